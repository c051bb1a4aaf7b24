"""Writing down what was decided; running it twice, or late, changes nothing.

The decisions follow from the rows that they were written into: an introduction keeps its score from the
day it was proposed, a dismissal from the day it was made.  So no event has to be carried out in time, or
in order, and one that was lost is made up for by the next.
"""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketplace.introductions.models import Introduction
from marketplace.introductions.states import IntroductionState
from marketplace.learning.models import PairDecision, Verdict
from marketplace.listings.models import Listing
from marketplace.matches.models import Dismissal
from matching.types import Side

# Whether an introduction has had a verdict is told by a moment, or by where it stands now.
_MOMENTS: Final = {Verdict.VETTED: "vetted_at", Verdict.ACCEPTED: "revealed_at"}
_ENDS: Final = {
    Verdict.DECLINED: IntroductionState.DECLINED,
    Verdict.EXPIRED: IntroductionState.EXPIRED,
    Verdict.AGREED: IntroductionState.AGREED,
    Verdict.FAILED: IntroductionState.FAILED,
}
# In the order of the columns of each select below.
_COLUMNS: Final = [
    "verdict", "at", "introduction_id", "request_id", "offer_id", "side", "by", "reason", "kind",
    "total", "explanation",
]  # fmt: skip


def keep_decisions(session: Session, introduction_id: int | None = None) -> None:
    """Write down every decision on an introduction, or on all of them, that is not yet.

    Parameters
    ----------
    introduction_id
        ``None`` for all.
    """
    of = [] if introduction_id is None else [Introduction.id == introduction_id]
    selects = [_at_moment(verdict, getattr(Introduction, name), of) for verdict, name in _MOMENTS.items()]
    selects += [_at_end(verdict, state, of) for verdict, state in _ENDS.items()]
    session.execute(_insert(session).from_select(_COLUMNS, sa.union_all(*selects)).on_conflict_do_nothing())


def keep_dismissals(session: Session, request_id: int | None = None, offer_id: int | None = None) -> None:
    """Bring the decisions on a pair, or on all pairs, into line with what sides have waved away.

    A dismissal that was taken back is no decision any more.
    """
    kept, of = [PairDecision.verdict == Verdict.DISMISSED], []
    if request_id is not None:
        kept += [PairDecision.request_id == request_id, PairDecision.offer_id == offer_id]
        of = [Dismissal.request_id == request_id, Dismissal.offer_id == offer_id]
    still = sa.exists().where(
        Dismissal.request_id == PairDecision.request_id,
        Dismissal.offer_id == PairDecision.offer_id,
        Dismissal.side == PairDecision.side,
    )
    session.execute(sa.delete(PairDecision).where(*kept, ~still).execution_options(synchronize_session=False))
    new = _insert(session).from_select(
        _COLUMNS,
        sa.select(
            _written("verdict", Verdict.DISMISSED), Dismissal.at, _written("introduction_id", None),
            Dismissal.request_id, Dismissal.offer_id, Dismissal.side, _written("by", None),
            sa.cast(Dismissal.reason, sa.String(32)), Listing.kind, Dismissal.total, Dismissal.explanation,
        )
        .join(Listing, Listing.id == Dismissal.request_id)
        .where(*of, sa.true()),
    )  # fmt: skip
    session.execute(
        new.on_conflict_do_update(
            index_elements=["request_id", "offer_id", "side"],
            index_where=sa.text("verdict = 'dismissed'"),
            set_={name: new.excluded[name] for name in ("at", "reason", "total", "explanation")},
        )
    )


def _insert(session: Session) -> Any:
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    return insert(PairDecision)


def _written(column: str, value: Any) -> sa.ColumnElement[Any]:
    """Return a value as a column of its type holds it, or nothing of that type."""
    kind = PairDecision.__table__.c[column].type
    return sa.cast(sa.null() if value is None else sa.literal(value, kind), kind)


def _at_moment(verdict: Verdict, at: Any, of: list[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    return _select(verdict, at, by=None, reason=None).where(at.is_not(None), *of)


def _at_end(verdict: Verdict, state: IntroductionState, of: list[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    reason = sa.cast(Introduction.reason, sa.String(32))
    return _select(verdict, Introduction.ended_at, by=Introduction.ended_by, reason=reason).where(
        Introduction.state == state, *of
    )


def _select(verdict: Verdict, at: Any, *, by: Any, reason: Any) -> sa.Select[Any]:
    """Return the columns of a decision; the two listings by what they are."""
    other, own = Introduction.other_listing_id, Introduction.proposer_listing_id
    asked = Listing.side == Side.REQUEST
    return sa.select(
        _written("verdict", verdict),
        at,
        Introduction.id,
        sa.case((asked, other), else_=own),
        sa.case((asked, own), else_=other),
        _written("side", None),
        _written("by", None) if by is None else by,
        _written("reason", None) if reason is None else reason,
        Listing.kind,
        Introduction.total,
        Introduction.explanation,
    ).join(Listing, Listing.id == other)
