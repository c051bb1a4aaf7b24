"""Quarters that are closed: when, and what was counted in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.reports.models import ClosedQuarter, KeptNumber, KeptProgramme, KeptRow
from marketplace.reports.queries.scope import Quarter, Scope
from marketplace.reports.queries.things import Rows

COLUMNS: Final[tuple[Any, ...]] = (
    KeptRow.thing_id.label("id"),
    KeptRow.at,
    KeptRow.value,
    KeptRow.kind,
    KeptRow.first,
    KeptRow.second,
    KeptRow.sdgs,
    KeptRow.band,
    KeptRow.reference,
    KeptRow.office_id,
    KeptRow.other_office_id,
)


def closings(session: Session, quarters: Collection[Quarter]) -> Mapping[Quarter, datetime]:
    """Return when those of some quarters were closed that are."""
    by_word = {str(quarter): quarter for quarter in quarters}
    rows = session.execute(
        sa.select(ClosedQuarter.quarter, ClosedQuarter.closed_at).where(ClosedQuarter.quarter.in_(by_word))
    )
    return {by_word[word]: at for word, at in rows}


def kept_rows(figure: str, scope: Scope, quarter: Quarter) -> Rows:
    """Return what a figure counted in a closed quarter: the columns that ``things.py`` describes."""
    rows: Rows = sa.select(*COLUMNS).where(KeptRow.quarter == str(quarter), KeptRow.figure == figure)
    if scope.office_id is not None:
        rows = rows.where(
            sa.or_(KeptRow.office_id == scope.office_id, KeptRow.other_office_id == scope.office_id)
        )
    if scope.country:
        rows = rows.where(sa.or_(KeptRow.first == scope.country, KeptRow.second == scope.country))
    if scope.programme:
        counts = sa.exists().where(
            KeptProgramme.row_id == KeptRow.id, KeptProgramme.programme == scope.programme
        )
        rows = rows.where(counts)
    return rows


def kept_numbers(
    session: Session, scope: Scope, quarters: Collection[Quarter]
) -> Mapping[tuple[str, Quarter], tuple[int, float]]:
    """Return how many rows figures had in closed quarters, where any, and the mean of their values."""
    by_word = {str(quarter): quarter for quarter in quarters}
    rows = session.execute(
        sa.select(KeptNumber.figure, KeptNumber.quarter, KeptNumber.n, KeptNumber.mean).where(
            KeptNumber.scope == scope.word, KeptNumber.quarter.in_(by_word)
        )
    )
    return {(figure, by_word[word]): (n, mean) for figure, word, n, mean in rows}
