"""Pairs of organisations of an office that look like one: by blocks of keys, never all against all."""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from marketplace import policy
from marketplace.merging.models import Distinct
from marketplace.organisations.duplicates import LIKE_NAME, like_pairs
from marketplace.organisations.models import Identifier, Organisation
from marketplace.policy import Actor

# So many with one key say that the key says nothing: a host of free pages, an empty name.
MOST_ALIKE: Final = 50


class Why(enum.StrEnum):
    """Why two look like one; the strongest first."""

    IDENTIFIER = "identifier"
    NAME = "name"
    WEBSITE = "website"
    LIKE_NAME = "like_name"


# Of 100.  Two legal persons never have one number; two of one name in a country are one more often than not
# (chosen 2026-11-26, to order the list by; no measurement).
LIKENESS: Final = {Why.IDENTIFIER: 100.0, Why.NAME: 97.0, Why.WEBSITE: 90.0}
ORDER: Final = tuple(Why)
Key = tuple[int, int]


@dataclass(slots=True)
class Alike:
    """Two organisations that may be one.

    Parameters
    ----------
    first, second
        The lower id first.
    likeness
        Of 100; of the strongest reason.
    """

    first: int
    second: int
    likeness: float
    why: list[Why]


def alike_of_office(session: Session, actor: Actor) -> list[Alike]:
    """Return the pairs of the actor's office, the likest first, without those that were told apart."""
    rows = session.execute(
        sa.select(
            Organisation.id,
            Organisation.country,
            Organisation.city,
            Organisation.name_key,
            Organisation.website,
        )
        .where(*_looked_at(actor, Organisation))
        .order_by(Organisation.id)
    ).all()
    found: dict[Key, Alike] = {}
    for why, key, likeness in _reasons(session, actor, rows):
        pair = found.get(key)
        if pair is None:
            found[key] = Alike(*key, likeness, [why])
        elif why not in pair.why:
            pair.why.append(why)
            pair.likeness = max(pair.likeness, likeness)
    for key in _told_apart(session, actor) & found.keys():
        del found[key]
    for pair in found.values():
        pair.why.sort(key=ORDER.index)
    return sorted(found.values(), key=lambda pair: (-pair.likeness, -len(pair.why), pair.first, pair.second))


def _looked_at(actor: Actor, organisation: Any) -> tuple[sa.ColumnElement[bool], ...]:
    return (policy.kept_by(actor, organisation), organisation.suspended_at.is_(None))


def _reasons(session: Session, actor: Actor, rows: Sequence[Any]) -> Iterator[tuple[Why, Key, float]]:
    for key in _same_identifier(session, actor):
        yield Why.IDENTIFIER, key, LIKENESS[Why.IDENTIFIER]
    names: dict[tuple[str, ...], list[int]] = defaultdict(list)
    hosts: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for key, country, _city, name_key, website in rows:
        names[country, name_key].append(key)
        if host := host_of(website):
            hosts[country, host].append(key)
    for why, blocks in ((Why.NAME, names), (Why.WEBSITE, hosts)):
        for ids in blocks.values():
            if 1 < len(ids) <= MOST_ALIKE:
                yield from ((why, pair, LIKENESS[why]) for pair in _pairs(ids))
    places = ((key, country, city, name_key) for key, country, city, name_key, _website in rows)
    for first, second, likeness in like_pairs(places):
        # Below the same name, however few letters they differ by.
        share = (likeness - LIKE_NAME) / (100 - LIKE_NAME)
        yield Why.LIKE_NAME, (min(first, second), max(first, second)), 80 + 15 * share


# A databank's addresses are looked at again whenever somebody opens the page.
@lru_cache(maxsize=1 << 16)
def host_of(website: str) -> str:
    """Return the host of an address without its www; ``""`` for none."""
    if not website:
        return ""
    host = urlsplit(website if "//" in website else f"//{website}").hostname or ""
    return host.removeprefix("www.")


def _pairs(ids: Sequence[int]) -> Iterator[Key]:
    for at, first in enumerate(ids):
        for second in ids[at + 1 :]:
            yield first, second


def _same_identifier(session: Session, actor: Actor) -> Iterator[Key]:
    # Joined with itself in SQL, SQLite compares all organisations with all.
    rows = session.execute(
        sa.select(Identifier.country, Identifier.scheme, Identifier.value, Identifier.organisation_id)
        .join(Organisation)
        .where(*_looked_at(actor, Organisation))
        .order_by(Identifier.organisation_id)
    )
    holders: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for row in rows:
        holders[row.country, row.scheme, row.value].append(row.organisation_id)
    return (pair for ids in holders.values() if 1 < len(ids) <= MOST_ALIKE for pair in _pairs(ids))


def _told_apart(session: Session, actor: Actor) -> set[Key]:
    first = aliased(Organisation)
    rows = session.execute(
        sa.select(Distinct.organisation_id, Distinct.other_organisation_id)
        .join(first, first.id == Distinct.organisation_id)
        .where(policy.kept_by(actor, first))
    )
    return {(row[0], row[1]) for row in rows}


def organisations_of(session: Session, pairs: Sequence[Alike]) -> dict[int, Organisation]:
    """Return the organisations of some pairs, by their ids."""
    ids = sorted({key for pair in pairs for key in (pair.first, pair.second)})
    return {row.id: row for row in session.scalars(sa.select(Organisation).where(Organisation.id.in_(ids)))}
