"""Asking both sides, some months after an agreement, how it fares; and taking their answers."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import audit, outbox, policy
from marketplace.introductions.models import FollowUp, FollowUpAnswer
from marketplace.introductions.services.move import THING
from marketplace.policy import Actor

SWEEP: Final = 200


def ask_follow_ups(session: Session, *, now: datetime, limit: int = SWEEP) -> int:
    """Ask what is due; two sweeps at once take different rows, and each is asked once.

    Parameters
    ----------
    limit
        At most so many in this transaction; call again while the answer is full.

    Returns
    -------
    int
        How many were asked.
    """
    due = session.scalars(
        sa.select(FollowUp)
        .where(FollowUp.asked_at.is_(None), FollowUp.due_at <= now)
        .order_by(FollowUp.due_at, FollowUp.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    for question in due:
        question.asked_at = now
        outbox.record(
            session,
            "IntroductionFollowUpAsked",
            {"introduction": question.introduction_id, "follow_up": question.id},
            at=now,
            key=f"follow_up:{question.id}",
        )
    session.flush()
    return len(due)


def answer_follow_up(
    session: Session, actor: Actor, question: FollowUp, answer: FollowUpAnswer, *, now: datetime
) -> bool:
    """Take the answer of a side; a later one takes the place of an earlier one.

    Returns
    -------
    bool
        Whether it says something new; nothing is taken before it was asked.

    Raises
    ------
    NotFound
        Where the actor does not speak for this side.
    """
    policy.require(actor, "follow_up:answer", question)
    written = session.scalar(
        sa.update(FollowUp)
        .where(
            FollowUp.id == question.id,
            FollowUp.asked_at.is_not(None),
            sa.or_(FollowUp.answer.is_(None), FollowUp.answer != answer),
        )
        .values(answer=answer, answered_at=now, answered_by_id=actor.user_id)
        .returning(FollowUp.id)
        .execution_options(synchronize_session=False)
    )
    session.refresh(question)
    if written is None:
        return False
    facts = {"by": question.side.value, "months": question.months, "answer": answer.value}
    audit.note(session, actor.user_id, "follow_up:answer", THING, question.introduction_id, now, facts)
    return True
