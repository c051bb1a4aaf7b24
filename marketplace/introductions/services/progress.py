"""What becomes of two sides that know each other: met, negotiating, or nothing; see also ``agree.py``."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from marketplace import policy
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.seats import PROGRESS, seats
from marketplace.introductions.services.move import move, read_reason
from marketplace.introductions.states import Reason, row
from marketplace.policy import Actor

# An agreement says what was agreed, and is recorded by a service of its own.
NOTED: Final = tuple(name for name in PROGRESS if name != "agree")


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
    """Note that the two have met, negotiate, or that nothing came of it.

    Parameters
    ----------
    name
        One of :data:`NOTED`.
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
    if name not in NOTED:
        raise ValueError(name)
    step = row(name)
    given: dict[str, Any] = read_reason(step, reason, words) if step.reasons else {}
    by = seats(actor, introduction)[0]
    move(session, actor, introduction, step, by, now=now, version=version, **given)
