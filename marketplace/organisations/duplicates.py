"""Organisations that may be one: the same legal identifier, or a like name in the same town.

They are reported, never merged: that is a person's decision.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

import sqlalchemy as sa
from rapidfuzz import fuzz, process
from sqlalchemy.orm import Session

from marketplace.organisations.models import Identifier, Organisation
from marketplace.organisations.names import name_key, plain

# Of 100.  Names whose words are the same in another order count as the same; one typing error in
# a name of ten letters is let through, two are not (chosen 2026-11-22 on invented pairs).
LIKE_NAME: Final = 92
BLOCK: Final = 4
LOOKED_AT: Final = 2_000
# Names of one block that are compared all with all.
COMPARED: Final = 300
PAGE: Final = 5_000


@dataclass(frozen=True)
class Known:
    """What an organisation is recognised by.

    Parameters
    ----------
    country
        ISO 3166-1 alpha-2.
    identifiers
        (scheme, value), in the spelling in which they are stored.
    """

    name: str
    country: str
    city: str = ""
    identifiers: tuple[tuple[str, str], ...] = ()

    @cached_property
    def key(self) -> str:
        """The name's key, worked out once."""
        return name_key(self.name)

    @cached_property
    def town(self) -> str:
        """The town in small letters, without accents."""
        return plain(self.city)


@dataclass(frozen=True, slots=True)
class LikelyDuplicate:
    """An organisation that may be the same.

    Parameters
    ----------
    why
        ``identifier`` or ``name``.
    """

    organisation_id: int
    why: str


class DuplicateFinder:
    """Answers from memory, for looking at many organisations of a databank one after another.

    Keys of names stand in blocks by country, town and the first letters of the first word, so
    that one look compares with a handful.
    """

    def __init__(self) -> None:
        self._by_identifier: dict[tuple[str, str, str], int] = {}
        self._by_name: dict[tuple[str, str, str], set[int]] = {}
        self._blocks: defaultdict[tuple[str, str, str], dict[int, str]] = defaultdict(dict)
        self._countries: set[str] = set()
        # The highest keys of organisations and identifiers that have been read.
        self._newest = (0, 0)

    def learn(self, session: Session, countries: Iterable[str]) -> None:
        """Read every organisation of some countries; of those read before, what came since then."""
        newest = tuple(
            session.scalar(sa.select(sa.func.max(table.id))) or 0 for table in (Organisation, Identifier)
        )
        if self._countries:
            organisations, identifiers = self._newest
            known = sorted(self._countries)
            self._read_names(session, Organisation.country.in_(known), Organisation.id > organisations)
            self._read_identifiers(session, Identifier.country.in_(known), Identifier.id > identifiers)
        unknown = sorted(set(countries) - self._countries)
        if unknown:
            self._read_names(session, Organisation.country.in_(unknown))
            self._read_identifiers(session, Identifier.country.in_(unknown))
        self._countries.update(unknown)
        self._newest = (newest[0], newest[1])

    def _read_names(self, session: Session, *conditions: sa.ColumnElement[bool]) -> None:
        columns = (Organisation.id, Organisation.country, Organisation.city, Organisation.name_key)
        into = Organisation.merged_into_id
        for row in _pages(session, sa.select(*columns, into).where(*conditions).order_by(Organisation.id)):
            if row.merged_into_id is None:
                self._add_name(row.id, row.country, plain(row.city), row.name_key)
            else:
                # What it was called leads to the one that it was merged into.
                place = (row.country, plain(row.city), row.name_key)
                self._by_name.setdefault(place, set()).add(row.merged_into_id)

    def _read_identifiers(self, session: Session, *conditions: sa.ColumnElement[bool]) -> None:
        holder = sa.func.coalesce(Organisation.merged_into_id, Organisation.id).label("organisation_id")
        query = sa.select(Identifier.country, Identifier.scheme, Identifier.value, holder).join(Organisation)
        for row in _pages(session, query.where(*conditions).order_by(Identifier.id)):
            self._by_identifier.setdefault((row.country, row.scheme, row.value), row.organisation_id)

    def add(self, organisation_id: int, known: Known) -> None:
        """Take note of an organisation."""
        self._add_name(organisation_id, known.country, known.town, known.key)
        for scheme, value in known.identifiers:
            self._by_identifier.setdefault((known.country, scheme, value), organisation_id)

    def _add_name(self, organisation_id: int, country: str, town: str, key: str) -> None:
        self._by_name.setdefault((country, town, key), set()).add(organisation_id)
        self._blocks[_block(country, town, key)][organisation_id] = key

    def change(self, before: tuple[int, Known], now: tuple[int, Known]) -> None:
        """Know an organisation by another number, another name or in another place.

        Parameters
        ----------
        before, now
            Its number, and what it is recognised by; of identifiers, those of both are known.
        """
        organisation_id, known = before
        self._blocks[_block(known.country, known.town, known.key)].pop(organisation_id, None)
        self._by_name.get((known.country, known.town, known.key), set()).discard(organisation_id)
        for scheme, value in known.identifiers:
            if self._by_identifier.get((known.country, scheme, value)) == organisation_id:
                self._by_identifier[known.country, scheme, value] = now[0]
        self.add(*now)

    def holder(self, country: str, scheme: str, value: str) -> int | None:
        """Return the organisation that has a legal identifier; the first one, where several do."""
        return self._by_identifier.get((country, scheme, value))

    def named(self, name: str, country: str, city: str) -> int | None:
        """Return the organisation of exactly this name, legal form aside, in exactly this town.

        Where there are several it is the oldest; numbers below 0 are younger than all others.
        """
        found = self._by_name.get((country, plain(city), name_key(name)))
        return min(found, key=lambda number: (number < 0, abs(number))) if found else None

    def likely(self, known: Known, but: int | None = None) -> LikelyDuplicate | None:
        """Return the organisation most likely to be the same, if there is one.

        Parameters
        ----------
        but
            The organisation asked about itself.
        """
        for scheme, value in known.identifiers:
            holder = self.holder(known.country, scheme, value)
            if holder is not None and holder != but:
                return LikelyDuplicate(holder, "identifier")
        block = self._blocks.get(_block(known.country, known.town, known.key))
        if not block:
            return None
        candidates = {found: other for found, other in block.items() if found != but}
        if len(candidates) > LOOKED_AT:
            candidates = {found: other for found, other in candidates.items() if other == known.key}
        best = process.extractOne(known.key, candidates, scorer=fuzz.token_sort_ratio, score_cutoff=LIKE_NAME)
        return None if best is None else LikelyDuplicate(best[2], "name")


_DIGIT: Final = re.compile(r"\d")
_WITH_DIGIT: Final = re.compile(r"\S*\d\S*")
# Thousands of organisations sit in a few hundred towns.
_town = lru_cache(maxsize=1 << 14)(plain)


def like_pairs(organisations: Iterable[tuple[int, str, str, str]]) -> Iterator[tuple[int, int, float]]:
    """Give the pairs of like names in one town, compared within their blocks.

    Parameters
    ----------
    organisations
        Id, country, town and the key of the name.

    Yields
    ------
    tuple
        Two ids, and how like their names are, from :data:`LIKE_NAME` to below 100: the same key, legal
        form aside, is the same name and needs no comparing.
    """
    blocks: defaultdict[tuple[str, ...], dict[str, list[int]]] = defaultdict(dict)
    for organisation_id, country, city, key in organisations:
        # Works 3 and works 4 are two, however like their names.
        numbers = sorted(_WITH_DIGIT.findall(key)) if _DIGIT.search(key) else ()
        place = (*_block(country, _town(city), key), *numbers)
        blocks[place].setdefault(key, []).append(organisation_id)
    for block in blocks.values():
        for part in _parts(block) if len(block) > 1 else ():
            yield from _compared(part)


def _parts(block: dict[str, list[int]]) -> Iterator[dict[str, list[int]]]:
    """Give a block, or its parts by more letters where it is large; what is large then says nothing."""
    if len(block) <= COMPARED:
        yield block
        return
    parts: defaultdict[str, dict[str, list[int]]] = defaultdict(dict)
    for key, ids in block.items():
        parts[key[: 3 * BLOCK]][key] = ids
    yield from (part for part in parts.values() if len(part) <= COMPARED)


def _compared(block: dict[str, list[int]]) -> Iterator[tuple[int, int, float]]:
    keys = list(block)
    for at, key in enumerate(keys[:-1]):
        for other, likeness, _place in process.extract(
            key, keys[at + 1 :], scorer=fuzz.token_sort_ratio, score_cutoff=LIKE_NAME, limit=None
        ):
            for first in block[key]:
                yield from ((first, second, likeness) for second in block[other])


def _pages(session: Session, statement: Any) -> sa.Result[Any]:
    return session.execute(statement.execution_options(yield_per=PAGE))


def _block(country: str, town: str, key: str) -> tuple[str, str, str]:
    # The last part of a town's name may be a district or a delivery office ("Paris Cedex 17").
    return country, town.partition(" ")[0], key[:BLOCK]
