"""What administrators do with events that were set aside."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace import audit, outbox
from marketplace.policy import Actor, require


def retry_event(session: Session, actor: Actor, *, event_id: int, now: datetime) -> bool:
    """Have an event carried out again.

    Returns
    -------
    bool
        Whether it was set aside.
    """
    require(actor, "admin:use")
    found = outbox.retry(session, event_id, now)
    if found:
        audit.note(session, actor.user_id, "admin:use", "event", event_id, now, {"retry": True})
    return found
