"""Taking the databank out: who did it, and what was asked for, is written down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace import audit, policy
from marketplace.policy import Actor


def note_export(
    session: Session, actor: Actor, *, filters: Mapping[str, str], ending: str, rows: int, now: datetime
) -> None:
    """Note that somebody has taken a list out.

    Parameters
    ----------
    filters
        The words of the list's address, without what was searched for.
    ending
        ``csv`` or ``xlsx``.
    """
    policy.require(actor, "databank:export")
    facts = {"filters": dict(filters), "ending": ending, "rows": rows}
    audit.note(session, actor.user_id, "databank:export", "office", actor.office_id, now, facts)
