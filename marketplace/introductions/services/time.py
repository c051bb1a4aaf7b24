"""What happens by itself: reminders at half-time and before the end, and the end of a silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import audit, outbox
from marketplace.introductions.models import Introduction
from marketplace.introductions.services.move import THING, move
from marketplace.introductions.states import AWAITED, By, row

SWEEP: Final = 200


@dataclass(frozen=True, slots=True)
class Swept:
    """How many introductions ended by silence, and how many were reminded of."""

    expired: int
    reminded: int


def keep_time(session: Session, *, now: datetime, limit: int = SWEEP) -> Swept:
    """End what nobody has answered in time, and remind of what is waiting.

    Two sweeps at once take different rows; an answer that comes in the same moment is either
    there before, and nothing ends, or finds that it has ended.

    Parameters
    ----------
    limit
        At most so many of each in this transaction; call again while the answer is full.
    """
    over = _locked(session, Introduction.due_at <= now, limit)
    for introduction in over:
        move(session, None, introduction, row("expire"), By.EXCHANGE, now=now)
    due = sa.or_(Introduction.remind_half_at <= now, Introduction.remind_last_at <= now)
    waiting = _locked(session, sa.and_(Introduction.due_at > now, due), limit)
    for introduction in waiting:
        _remind(session, introduction, now)
    return Swept(len(over), len(waiting))


def _locked(session: Session, condition: sa.ColumnElement[bool], limit: int) -> Sequence[Introduction]:
    return session.scalars(
        sa.select(Introduction)
        .where(Introduction.state.in_(AWAITED), condition)
        .order_by(Introduction.due_at, Introduction.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()


def _remind(session: Session, introduction: Introduction, now: datetime) -> None:
    """Remind once, even where both moments have passed while nobody swept."""
    last = introduction.remind_last_at is not None and introduction.remind_last_at <= now
    which = "last" if last else "half"
    introduction.remind_half_at = None
    if last:
        introduction.remind_last_at = None
    session.flush()
    facts = {"by": By.EXCHANGE.value, "state": introduction.state.value, "which": which}
    audit.note(session, None, "introduction:remind", THING, introduction.id, now, facts)
    outbox.record(
        session,
        "IntroductionWaiting",
        {"introduction": introduction.id, "state": introduction.state.value},
        at=now,
        key=f"introduction:{introduction.id}:{introduction.version}:{which}",
    )
