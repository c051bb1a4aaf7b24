"""The list behind a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import policy
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.desk import brokered
from marketplace.listings.models import Listing
from marketplace.organisations.models import Organisation
from marketplace.policy import Actor
from marketplace.reports.queries.figures import Thing
from marketplace.reports.queries.things import Rows


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was counted.

    Parameters
    ----------
    title
        ``""`` where it is another office's, and not for this reader: it counts, but is not shown.
    at
        When it came into the figure.
    first, second
        Countries; ``second`` is ``""`` where there is one side.
    """

    reference: str
    title: str
    at: datetime
    value: float
    kind: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Summed:
    """What all rows of a list come to."""

    n: int
    mean: float | None


def summed(session: Session, rows: Rows) -> Summed:
    """Return how many rows a list has, and the mean of their values."""
    found = rows.subquery()
    n, mean = session.execute(sa.select(sa.func.count(), sa.func.avg(found.c.value))).one()
    return Summed(n, mean)


def listed(
    session: Session, actor: Actor, thing: Thing, rows: Rows, *, offset: int = 0, limit: int | None = None
) -> Sequence[Row]:
    """Return a window of the rows that a figure counts, the last of them first."""
    found = rows.subquery()
    shown, row_id, reference, title = _shown(actor, thing)
    wanted = (
        sa.select(
            reference,
            sa.case((shown, title), else_=""),
            found.c.at,
            found.c.value,
            found.c.kind,
            found.c.first,
            found.c.second,
        )
        .select_from(found)
        .join(row_id.class_, row_id == found.c.id)
        .order_by(found.c.at.desc(), found.c.id.desc())
        .offset(offset)
        .limit(limit)
    )
    if thing is Thing.INTRODUCTION:
        wanted = wanted.join(Listing, Listing.id == Introduction.other_listing_id)
    return [Row(number or "", *values) for number, *values in session.execute(wanted)]


def _shown(actor: Actor, thing: Thing) -> tuple[Any, Any, Any, Any]:
    """Return when a row may be shown with its title; then its key, its reference and its title."""
    if thing is Thing.LISTING:
        return policy.visible_to(actor, Listing), Listing.id, Listing.reference, Listing.title
    if thing is Thing.INTRODUCTION:
        return brokered(actor), Introduction.id, Introduction.reference, Listing.title
    # Whoever works for an office sees every organisation.
    return sa.true(), Organisation.id, Organisation.reference, Organisation.name
