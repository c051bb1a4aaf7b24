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
    gone
        Whether it is not there any more, and only what was kept of it is.
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
    gone: bool


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
    every = rows.subquery()
    window = sa.select(every).order_by(every.c.at.desc(), every.c.id.desc()).offset(offset).limit(limit)
    # What is shown is chosen first, and joined then.
    found = window.subquery()
    model, shown, title = _shown(actor, thing)
    wanted = (
        sa.select(
            found.c.reference,
            # What is gone has no title that could be shown.
            sa.func.coalesce(sa.case((shown, title), else_=""), ""),
            found.c.at,
            found.c.value,
            found.c.kind,
            found.c.first,
            found.c.second,
            model.id.is_(None),
        )
        .select_from(found)
        # Outer: what was counted stays in the list, whatever has become of it.
        .outerjoin(model, model.id == found.c.id)
        .order_by(found.c.at.desc(), found.c.id.desc())
    )
    if thing is Thing.INTRODUCTION:
        wanted = wanted.outerjoin(Listing, Listing.id == Introduction.other_listing_id)
    return [Row(*values) for values in session.execute(wanted)]


def _shown(actor: Actor, thing: Thing) -> tuple[Any, Any, Any]:
    """Return the table of the things; then when one may be shown with its title, and the title."""
    if thing is Thing.LISTING:
        return Listing, policy.visible_to(actor, Listing), Listing.title
    if thing is Thing.INTRODUCTION:
        return Introduction, brokered(actor), Listing.title
    # Whoever works for an office sees every organisation.
    return Organisation, sa.true(), Organisation.name
