"""The decisions on introductions that a calibration is learnt from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.learning.models import PairDecision, Verdict
from matching.calibrate import Decision

# Silence counts as not accepted: whoever is told "24 of 34" wants to know how often a yes came back.
COUNTED: Final = (Verdict.ACCEPTED, Verdict.DECLINED, Verdict.EXPIRED)


def decided(session: Session) -> list[Decision]:
    """Return what became of each introduction that had a score: both said yes, or it did not come to that.

    An introduction has one of these verdicts: it is accepted, or it ends before.  What was taken back
    was not decided by those who were asked, and is left out.
    """
    rows = session.execute(
        sa.select(PairDecision.total, PairDecision.verdict, PairDecision.kind)
        .where(PairDecision.verdict.in_(COUNTED), PairDecision.total.is_not(None))
        .order_by(PairDecision.id)
    )
    return [
        Decision(total, verdict is Verdict.ACCEPTED, kind)
        for total, verdict, kind in rows
        if total is not None
    ]


def verdict_counts(session: Session) -> Mapping[Verdict, int]:
    """Count all decisions that are kept, by what they were."""
    rows = session.execute(sa.select(PairDecision.verdict, sa.func.count()).group_by(PairDecision.verdict))
    found = {verdict: count for verdict, count in rows}  # noqa: C416 (a row is no pair to mypy)
    return {verdict: found.get(verdict, 0) for verdict in Verdict}
