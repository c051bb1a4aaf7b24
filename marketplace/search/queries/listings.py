"""Open listings by words and filters, with how many there would be behind every other filter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import policy
from marketplace.listings.models import Listing, ListingSector, State
from marketplace.listings.queries import ListingCard, cards
from marketplace.policy import Actor
from marketplace.search.queries.filters import (
    DEADLINES,
    Filters,
    Sort,
    digits_of_row,
    in_sector,
    section_of_row,
)
from matching.search import Finder

MOST_HITS: Final = 5000
"""Hits of the engine that are looked at."""
NEAR_BEST: Final = 0.5
"""Share of the best hit's relevance that a hit must reach: one word of two is enough, of three not."""

Conditions = Mapping[str, sa.ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Facets:
    """How many listings there are for each value, all other filters kept.

    Parameters
    ----------
    sectors
        By section; by the next level below where a sector is chosen.
    deadlines
        By days from today; each holds the shorter ones too.
    """

    sides: Mapping[str, int]
    kinds: Mapping[str, int]
    countries: Mapping[str, int]
    sectors: Mapping[str, int]
    deadlines: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Results:
    """What was found.

    Parameters
    ----------
    cards
        Of the page asked for.
    total
        On all pages.
    """

    cards: Sequence[ListingCard]
    total: int
    facets: Facets
    sort: Sort


def search_listings(
    session: Session,
    finder: Finder,
    actor: Actor,
    text: str,
    filters: Filters,
    *,
    today: date,
    offset: int,
    limit: int,
) -> Results:
    """Return the open listings that the actor may see, by words and filters.

    Parameters
    ----------
    finder
        Of the process's replica, for the words; misspellings are forgiven.
    text
        What was typed; empty to look at all.
    offset, limit
        Which of them, from 0.
    """
    visible = sa.and_(
        Listing.state == State.PUBLISHED, Listing.valid_until >= today, policy.visible_to(actor, Listing)
    )
    relevance: dict[int, float] | None = None
    if text:
        relevance = _relevant(session, finder, text, visible)
        visible = sa.and_(visible, Listing.id.in_(sorted(relevance)))
    conditions = filters.conditions(actor, today)
    sort = _sort(filters.sort, relevance)
    if sort is Sort.RELEVANCE and relevance is not None:
        ids = sorted(
            session.scalars(sa.select(Listing.id).where(visible, *conditions.values())),
            key=lambda key: (-relevance[key], key),
        )
        chosen = ids[offset : offset + limit]
    else:
        query = sa.select(Listing.id).where(visible, *conditions.values()).order_by(*_order(sort))
        chosen = list(session.scalars(query.offset(offset).limit(limit)))
    total, facets = _facets(session, visible, conditions, filters, today)
    return Results(cards(session, actor, chosen), total, facets, sort)


def _sort(asked: Sort | None, relevance: Mapping[int, float] | None) -> Sort:
    usual = Sort.NEWEST if relevance is None else Sort.RELEVANCE
    return usual if asked is None or (asked is Sort.RELEVANCE and relevance is None) else asked


def _order(sort: Sort) -> Sequence[Any]:
    if sort is Sort.DEADLINE:
        return (sa.func.coalesce(Listing.response_deadline, Listing.valid_until), Listing.id)
    return (Listing.published_at.desc(), Listing.id.desc())


def _relevant(
    session: Session, finder: Finder, text: str, visible: sa.ColumnElement[bool]
) -> dict[int, float]:
    """Return the hits worth showing.

    What the actor may not see is taken out before anything is concluded from the hits: how good
    a hidden one is must not change what is shown.
    """
    hits = dict(finder.find(text, MOST_HITS))
    seen = session.scalars(sa.select(Listing.id).where(Listing.id.in_(sorted(hits)), visible))
    found = {key: hits[key] for key in seen}
    enough = NEAR_BEST * max(found.values(), default=0.0)
    return {key: relevance for key, relevance in found.items() if relevance >= enough}


COUNTED: Final[Mapping[str, Any]] = MappingProxyType(
    {"side": Listing.side, "kinds": Listing.kind, "countries": Listing.country}
)


def _facets(
    session: Session, visible: sa.ColumnElement[bool], conditions: Conditions, filters: Filters, today: date
) -> tuple[int, Facets]:
    """Return how many there are, and the facets.

    Those by which nothing is narrowed down ask for the same listings as the total does: they are counted
    together, in one look at them.
    """

    def others(name: str) -> list[sa.ColumnElement[bool]]:
        return [visible, *(condition for key, condition in conditions.items() if key != name)]

    free = [name for name in COUNTED if name not in conditions]
    columns = [COUNTED[name] for name in free]
    soon = _by_deadline(today)
    rows: Sequence[Any] = session.execute(
        sa.select(*columns, sa.func.count(), *soon).where(*others("")).group_by(*columns)
    ).all()
    counts: dict[str, Counter[str]] = {name: Counter() for name in COUNTED}
    for row in rows:
        for name, value in zip(free, row, strict=False):
            counts[name][str(value)] += row[len(free)]
    for name in COUNTED.keys() - set(free):
        column = COUNTED[name]
        query = sa.select(column, sa.func.count()).where(*others(name)).group_by(column)
        counts[name].update({str(value): count for value, count in session.execute(query)})
    if "within_days" in conditions:
        rows_by_deadline: list[Any] = [session.execute(sa.select(*soon).where(*others("within_days"))).one()]
    else:
        rows_by_deadline = [row[len(free) + 1 :] for row in rows]
    return sum(row[len(free)] for row in rows), Facets(
        sides=counts["side"],
        kinds=counts["kinds"],
        countries=counts["countries"],
        sectors=_sector_counts(session, others("sector"), filters.sector),
        deadlines={days: sum(row[at] for row in rows_by_deadline) for at, days in enumerate(DEADLINES)},
    )


def _by_deadline(today: date) -> list[sa.ColumnElement[int]]:
    """Return columns that count the listings whose deadline is within so many days."""
    return [
        sa.func.count(sa.case((Listing.response_deadline.between(today, today + timedelta(days=days)), 1)))
        for days in DEADLINES
    ]


def _sector_counts(session: Session, where: Iterable[sa.ColumnElement[bool]], chosen: str) -> dict[str, int]:
    """Count the sections, or what lies one level below the sector that is chosen."""
    column = section_of_row() if not chosen else digits_of_row(len(chosen) + 1 if chosen.isdigit() else 2)
    # Each listing once in a sector, however many of its classes it names.
    named = (
        sa.select(column.label("code"), Listing.id)
        .join(ListingSector, ListingSector.listing_id == Listing.id)
        .where(*where)
        .distinct()
    )
    if chosen:
        named = named.where(in_sector(chosen))
    once = named.subquery()
    query = sa.select(once.c.code, sa.func.count()).group_by(once.c.code)
    return {str(code): count for code, count in session.execute(query) if code != chosen}
