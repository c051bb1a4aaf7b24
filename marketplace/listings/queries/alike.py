"""Listings that say the same as those under review: posted twice, or posted by the dozen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.listings.models import Listing, State

ALIVE: Final = (State.SUBMITTED, State.PUBLISHED, State.PAUSED)


@dataclass(frozen=True, slots=True)
class SameText:
    """How often the same text stands elsewhere.

    Parameters
    ----------
    references
        Of some of them, the oldest first.
    total
        Listings besides this one.
    organisations
        Different ones besides its own.
    """

    references: tuple[str, ...]
    total: int
    organisations: int


@dataclass(frozen=True, slots=True)
class Alike:
    """What stands elsewhere too, by the key of the listing under review."""

    titles: Mapping[int, Sequence[str]] = field(default_factory=dict)
    texts: Mapping[int, SameText] = field(default_factory=dict)


SHOWN: Final = 3
_MOST: Final = 1000


def alike(session: Session, listings: Sequence[Listing]) -> Alike:
    """Find out what of some listings stands elsewhere, in three queries however many they are.

    Titles are compared within an organisation and side; texts, whoever posted them.
    """
    if not listings:
        return Alike()
    return Alike(_titles(session, listings), _texts(session, listings))


def _titles(session: Session, listings: Sequence[Listing]) -> dict[int, Sequence[str]]:
    rows = session.execute(
        sa.select(
            Listing.id, Listing.reference, Listing.organisation_id, Listing.side,
            sa.func.lower(Listing.title).label("title"),
        )
        .where(
            Listing.organisation_id.in_({row.organisation_id for row in listings if row.organisation_id}),
            sa.func.lower(Listing.title).in_({row.title.lower() for row in listings}),
            Listing.state.in_(ALIVE),
        )
        .order_by(Listing.id)
        .limit(_MOST)
    )  # fmt: skip
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.organisation_id, row.side, row.title].append(row)
    return {
        listing.id: [
            row.reference
            for row in found[listing.organisation_id, listing.side, listing.title.lower()]
            if row.id != listing.id
        ]
        for listing in listings
    }


def _texts(session: Session, listings: Sequence[Listing]) -> dict[int, SameText]:
    keys = {row.text_key for row in listings if row.text_key}
    alive = (Listing.text_key.in_(keys), Listing.state.in_(ALIVE))
    counted = session.execute(
        sa.select(
            Listing.text_key,
            sa.func.count().label("total"),
            sa.func.count(sa.distinct(Listing.organisation_id)).label("organisations"),
        )
        .where(*alive)
        .group_by(Listing.text_key)
    ).all()
    many = {row.text_key: row for row in counted if row.total > 1}
    numbered = (
        sa.select(
            Listing.id,
            Listing.reference,
            Listing.text_key,
            sa.func.row_number().over(partition_by=Listing.text_key, order_by=Listing.id).label("at"),
        )
        .where(Listing.text_key.in_(many), Listing.state.in_(ALIVE))
        .subquery()
    )
    named: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in session.execute(sa.select(numbered).where(numbered.c.at <= SHOWN + 1)):
        named[row.text_key].append((row.id, row.reference))
    return {
        listing.id: _same(listing, many[listing.text_key], named[listing.text_key])
        for listing in listings
        if listing.text_key is not None and listing.text_key in many
    }


def _same(listing: Listing, counted: Any, named: Sequence[tuple[int, str]]) -> SameText:
    others = [reference for key, reference in sorted(named) if key != listing.id]
    return SameText(tuple(others[:SHOWN]), counted.total - 1, max(0, counted.organisations - 1))
