"""What two sides have agreed, and how it fares."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from marketplace import policy
from marketplace.errors import NotFound
from marketplace.files import StoredFile
from marketplace.introductions.models import Agreement, FollowUp, Introduction
from marketplace.policy import Actor


def agreement_of(session: Session, introduction: Introduction) -> Agreement | None:
    """Return the agreement of an introduction, where one is recorded."""
    return session.scalar(
        sa.select(Agreement)
        .where(Agreement.introduction_id == introduction.id)
        .options(joinedload(Agreement.file), joinedload(Agreement.introduction))
    )


def evidence(session: Session, actor: Actor, introduction: Introduction) -> StoredFile:
    """Return the file that shows an agreement.

    Raises
    ------
    NotFound
        Where there is none, or it is hidden from the actor.
    """
    found = agreement_of(session, introduction)
    if found is None or found.file is None:
        raise NotFound
    policy.require(actor, "agreement:evidence", found)
    return found.file


def follow_ups_of(session: Session, actor: Actor, introduction: Introduction) -> Sequence[FollowUp]:
    """Return the questions that the actor may see: one's own side's, or, for an office, those of both."""
    rows = session.scalars(
        sa.select(FollowUp)
        .where(FollowUp.introduction_id == introduction.id)
        .order_by(FollowUp.months, FollowUp.side)
        .options(joinedload(FollowUp.agreement).joinedload(Agreement.introduction))
    ).all()
    brokers = policy.allowed(actor, "introduction:broker", introduction)
    return [row for row in rows if brokers or policy.allowed(actor, "follow_up:answer", row)]


def follow_up_by_id(session: Session, actor: Actor, number: int) -> FollowUp:
    """Return a question that was asked and that the actor may answer.

    Raises
    ------
    NotFound
        Where there is none.
    """
    found = session.get(FollowUp, number)
    if found is None or found.asked_at is None or not policy.allowed(actor, "follow_up:answer", found):
        raise NotFound
    return found
