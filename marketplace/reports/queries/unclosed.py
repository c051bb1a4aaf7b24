"""Which quarter is to be closed next."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.reports.models import ClosedQuarter
from marketplace.reports.queries.figures import FIGURES
from marketplace.reports.queries.scope import Quarter, Scope, Span

EARLIEST: Final = Quarter(2000, 1)
"""Before it, nothing is counted: no earlier quarter can be written."""


def next_to_close(session: Session, now: datetime) -> Quarter | None:
    """Return the oldest quarter that is over and not closed; ``None`` where there is none.

    They follow each other, from the first in which anything was counted.
    """
    newest = session.scalar(sa.select(sa.func.max(ClosedQuarter.quarter)))
    last = None if newest is None else Quarter.read(newest)
    following = _first_counted(session, now) if last is None else last.shifted(1)
    return following if following is not None and following.closable_from <= now else None


def _first_counted(session: Session, now: datetime) -> Quarter | None:
    ever = Span(EARLIEST.start, now)
    moments = (
        sa.select(sa.func.min(figure.rows(Scope(), ever).subquery().c.at)) for figure in FIGURES.values()
    )
    found = [moment for moment in session.scalars(sa.union_all(*moments)) if moment is not None]
    return Quarter.of(min(found)) if found else None
