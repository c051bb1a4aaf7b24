"""Taking a proposal back, by whoever made it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace import policy
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.seats import withdrawer
from marketplace.introductions.services.move import move, read_reason
from marketplace.introductions.states import Reason, row
from marketplace.policy import Actor


def withdraw_introduction(
    session: Session,
    actor: Actor,
    introduction: Introduction,
    *,
    reason: Reason | None,
    words: str,
    version: int | None,
    now: datetime,
) -> None:
    """Take it back; possible until both sides have said yes.

    Raises
    ------
    Conflict
        Where it is too late for that.
    Invalid
        For ``reason`` or ``words``.
    """
    policy.require(actor, "introduction:withdraw", introduction)
    step = row("withdraw")
    given = read_reason(step, reason, words)
    move(session, actor, introduction, step, withdrawer(introduction), now=now, version=version, **given)
