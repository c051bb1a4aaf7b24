"""What becomes of two sides that know each other: met, negotiating, agreed, or nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace import policy
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.seats import PROGRESS, seats
from marketplace.introductions.services.move import move, read_reason
from marketplace.introductions.states import Reason, row
from marketplace.policy import Actor


def note_progress(
    session: Session,
    actor: Actor,
    introduction: Introduction,
    name: str,
    *,
    reason: Reason | None = None,
    words: str = "",
    version: int | None,
    now: datetime,
) -> None:
    """Note that the two have met, negotiate, have agreed, or that nothing came of it.

    Parameters
    ----------
    name
        A row of the table with the permission ``introduction:progress``.
    reason, words
        Where nothing came of it.

    Raises
    ------
    Conflict
        Where the row does not lead out of the present state.
    Invalid
        For ``reason`` or ``words``.
    """
    policy.require(actor, "introduction:progress", introduction)
    if name not in PROGRESS:
        raise ValueError(name)
    step = row(name)
    given: dict[str, Any] = read_reason(step, reason, words) if step.reasons else {}
    by = seats(actor, introduction)[0]
    move(session, actor, introduction, step, by, now=now, version=version, **given)
