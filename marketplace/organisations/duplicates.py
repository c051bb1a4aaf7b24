"""Organisations that may be one: the same legal identifier, or a like name in the same town.

They are reported, never merged: that is a person's decision.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

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

    Keys stand in blocks by country, town and the first letters of the first word, so that one
    look compares with a handful.
    """

    def __init__(self) -> None:
        self._by_identifier: dict[tuple[str, str, str], int] = {}
        self._blocks: dict[tuple[str, str, str], dict[int, str]] = defaultdict(dict)

    @classmethod
    def of_countries(cls, session: Session, countries: Iterable[str]) -> DuplicateFinder:
        """Return a finder that knows every organisation of some countries."""
        wanted = sorted(set(countries))
        finder = cls()
        rows = session.execute(
            sa.select(Organisation.id, Organisation.country, Organisation.city, Organisation.name_key)
            .where(Organisation.country.in_(wanted))
            .execution_options(yield_per=5_000)
        )
        for row in rows:
            finder._blocks[_block(row.country, row.city, row.name_key)][row.id] = row.name_key
        identifiers = session.execute(
            sa.select(Identifier.country, Identifier.scheme, Identifier.value, Identifier.organisation_id)
            .where(Identifier.country.in_(wanted))
            .execution_options(yield_per=5_000)
        )
        for row in identifiers:
            finder._by_identifier[row.country, row.scheme, row.value] = row.organisation_id
        return finder

    def add(
        self, organisation_id: int, *, name: str, country: str, city: str, identifiers: Iterable[tuple[str, str]] = ()
    ) -> None:
        """Take note of an organisation."""
        key = name_key(name)
        self._blocks[_block(country, city, key)][organisation_id] = key
        for scheme, value in identifiers:
            self._by_identifier.setdefault((country, scheme, value), organisation_id)

    def holder(self, country: str, scheme: str, value: str) -> int | None:
        """Return the organisation that has a legal identifier."""
        return self._by_identifier.get((country, scheme, value))

    def named(self, *, name: str, country: str, city: str) -> int | None:
        """Return the organisation of exactly this name, legal form aside, in the town."""
        key = name_key(name)
        block = self._blocks.get(_block(country, city, key), {})
        return next((found for found, other in block.items() if other == key), None)

    def likely(
        self,
        *,
        name: str,
        country: str,
        city: str,
        identifiers: Iterable[tuple[str, str]] = (),
        but: int | None = None,
    ) -> LikelyDuplicate | None:
        """Return the organisation most likely to be the same, if there is one.

        Parameters
        ----------
        identifiers
            (scheme, value).
        but
            The organisation asked about itself.
        """
        for scheme, value in identifiers:
            holder = self.holder(country, scheme, value)
            if holder is not None and holder != but:
                return LikelyDuplicate(holder, "identifier")
        key = name_key(name)
        block = self._blocks.get(_block(country, city, key))
        if not block:
            return None
        candidates = {found: other for found, other in block.items() if found != but}
        if len(candidates) > LOOKED_AT:
            candidates = {found: other for found, other in candidates.items() if other == key}
        best = process.extractOne(key, candidates, scorer=fuzz.token_sort_ratio, score_cutoff=LIKE_NAME)
        return None if best is None else LikelyDuplicate(best[2], "name")


def _block(country: str, city: str, key: str) -> tuple[str, str, str]:
    # The last part of a town's name may be a district or a delivery office ("Paris Cedex 17").
    town = plain(city).split(" ")[0]
    return country, town, key[:BLOCK]


def likely_duplicates(session: Session, organisation: Organisation, limit: int = 5) -> list[LikelyDuplicate]:
    """Return the organisations that may be the same as a stored one, likeliest first.

    Parameters
    ----------
    limit
        At most so many.
    """
    values = [(identifier.scheme, identifier.value) for identifier in organisation.identifiers]
    found: dict[int, str] = {}
    if values:
        same = sa.tuple_(Identifier.scheme, Identifier.value).in_(values)
        rows = session.scalars(
            sa.select(Identifier.organisation_id)
            .where(Identifier.country == organisation.country, same, Identifier.organisation_id != organisation.id)
            .limit(limit)
        )
        found |= dict.fromkeys(rows, "identifier")
    near = session.execute(
        sa.select(Organisation.id, Organisation.city, Organisation.name_key)
        .where(
            Organisation.country == organisation.country,
            Organisation.name_key.startswith(organisation.name_key[:BLOCK], autoescape=True),
            Organisation.id != organisation.id,
        )
        .limit(LOOKED_AT)
    ).all()
    home = _block(organisation.country, organisation.city, organisation.name_key)
    keys = {row.id: row.name_key for row in near if _block(organisation.country, row.city, row.name_key) == home}
    for _key, _score, other in process.extract(
        organisation.name_key, keys, scorer=fuzz.token_sort_ratio, score_cutoff=LIKE_NAME, limit=limit
    ):
        found.setdefault(other, "name")
    return [LikelyDuplicate(other, why) for other, why in found.items()][:limit]
