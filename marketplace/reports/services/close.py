"""Closing a quarter: what its figures count is kept as it is then, and changes no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.errors import Conflict
from marketplace.programmes.queries import programme_names
from marketplace.reports.models import ClosedQuarter, KeptNumber, KeptProgramme, KeptRow
from marketplace.reports.queries.figures import FIGURES
from marketplace.reports.queries.scope import COUNTRY, NETWORK, OFFICE, PROGRAMME, Quarter, Scope
from marketplace.reports.queries.unclosed import next_to_close

LOCK: Final = 0x636C6F73
"""Any number that no other advisory lock of the installation uses."""
COLUMNS: Final = (
    "at", "value", "kind", "first", "second", "sdgs", "band", "reference", "office_id", "other_office_id",
)  # fmt: skip


def close_next(session: Session, *, now: datetime) -> Quarter | None:
    """Close the oldest quarter that is over and not closed.

    Returns
    -------
    Quarter or None
        The one that was closed; ``None`` where there is none, or another worker is at it.
    """
    quarter = next_to_close(session, now)
    return quarter if quarter is not None and close_quarter(session, quarter, now=now) else None


def close_quarter(session: Session, quarter: Quarter, *, now: datetime) -> bool:
    """Keep what all figures count in a quarter, unless that is done already.

    Returns
    -------
    bool
        ``False`` where it was closed before, or another worker is closing one right now.

    Raises
    ------
    Conflict
        While the quarter is not over, or has been for less than a day.
    """
    if now < quarter.closable_from:
        raise Conflict(f"{quarter} can be closed from {quarter.closable_from:%d %B %Y} on, and not before")
    if not _alone(session) or session.get(ClosedQuarter, str(quarter)) is not None:
        return False
    session.add(ClosedQuarter(quarter=str(quarter), closed_at=now))
    session.flush()
    _keep_rows(session, quarter)
    for code, _name in programme_names(session):
        _keep_programme(session, quarter, code)
    _keep_numbers(session, quarter)
    return True


def _alone(session: Session) -> bool:
    """Tell whether nobody else closes a quarter now; SQLite lets only one write."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    return bool(session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(LOCK))))


def _keep_rows(session: Session, quarter: Quarter) -> None:
    """Keep the rows, of all figures by one statement: they are of one and the same moment."""
    rows = []
    for figure in FIGURES.values():
        found = figure.rows(Scope(), quarter.span).subquery()
        rows.append(
            sa.select(
                _text(str(quarter)),
                _text(figure.name),
                found.c.id,
                *(found.c[name] for name in COLUMNS),
            )
        )
    into = sa.insert(KeptRow).from_select(["quarter", "figure", "thing_id", *COLUMNS], sa.union_all(*rows))
    session.execute(into)


def _keep_programme(session: Session, quarter: Quarter, code: str) -> None:
    """Keep which of the rows count for a programme."""
    counts = []
    for figure in FIGURES.values():
        found = figure.rows(Scope(programme=code), quarter.span).subquery()
        counts.append(
            sa.select(_text(code), KeptRow.id).where(
                KeptRow.quarter == str(quarter),
                KeptRow.figure == figure.name,
                KeptRow.thing_id.in_(sa.select(found.c.id)),
            )
        )
    session.execute(sa.insert(KeptProgramme).from_select(["programme", "row_id"], sa.union_all(*counts)))


def _keep_numbers(session: Session, quarter: Quarter) -> None:
    """Work the numbers out from the rows that are kept, for everybody for whom there are any."""
    counted = sa.union_all(*_by_scope(quarter)).subquery()
    numbers = sa.select(
        counted.c.scope,
        _text(str(quarter)),
        counted.c.figure,
        sa.func.count(),
        sa.func.avg(counted.c.value),
    ).group_by(counted.c.scope, counted.c.figure)
    session.execute(sa.insert(KeptNumber).from_select(["scope", "quarter", "figure", "n", "mean"], numbers))


def _by_scope(quarter: Quarter) -> Iterator[sa.Select[Any]]:
    """Yield the kept rows once for each for whom they count."""

    def rows(scope: sa.ColumnElement[str], *conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
        columns: tuple[Any, ...] = (scope.label("scope"), KeptRow.figure, KeptRow.value)
        return sa.select(*columns).where(KeptRow.quarter == str(quarter), *conditions)

    first, second = KeptRow.office_id, KeptRow.other_office_id
    yield rows(_text(NETWORK))
    yield rows(_text(OFFICE) + first.cast(sa.String()), first.is_not(None))
    # What two share counts for each of them, and what one holds both ends of, once.
    yield rows(_text(OFFICE) + second.cast(sa.String()), second.is_not(None), second.is_distinct_from(first))
    yield rows(_text(COUNTRY) + KeptRow.first)
    yield rows(_text(COUNTRY) + KeptRow.second, KeptRow.second != "", KeptRow.second != KeptRow.first)
    programme = rows(_text(PROGRAMME) + KeptProgramme.programme)
    yield programme.join(KeptProgramme, KeptProgramme.row_id == KeptRow.id)


def _text(value: str) -> sa.ColumnElement[str]:
    return sa.literal(value, sa.String())
