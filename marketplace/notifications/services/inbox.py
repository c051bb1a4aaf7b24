"""Reading notices, and choosing which mails to get."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import audit
from marketplace.accounts.models import User
from marketplace.notifications.models import Channel, Delivery, Silence
from marketplace.notifications.queries.inbox import silences
from marketplace.notifications.queries.kinds import OPTIONAL
from marketplace.policy import Actor, require


def mark_all_read(session: Session, actor: Actor, *, up_to: int, now: datetime) -> int:
    """Mark the actor's notices as read.

    Parameters
    ----------
    up_to
        The newest one that was on the page: what came since stays unread.

    Returns
    -------
    int
        How many were unread.
    """
    require(actor, "account:use")
    marked = session.scalars(
        sa.update(Delivery)
        .where(
            Delivery.user_id == actor.user_id,
            Delivery.channel == Channel.NOTICE,
            Delivery.read_at.is_(None),
            Delivery.id <= up_to,
        )
        .values(read_at=now)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(marked)


def choose_mails(
    session: Session, actor: Actor, *, offered: Collection[str], wanted: Collection[str], now: datetime
) -> None:
    """Keep which kinds of mail the actor wants; the others that were offered are silenced.

    Parameters
    ----------
    offered
        What the actor could choose among; kinds beyond it stay as they are.
    wanted
        What was chosen.
    """
    require(actor, "account:use")
    if actor.user_id is None:
        return
    silent = silences(session, actor.user_id)
    for kind in offered:
        if kind in wanted and kind in silent:
            restore(session, user_id=actor.user_id, kind=kind, now=now)
        elif kind not in wanted and kind not in silent:
            silence(session, user_id=actor.user_id, kind=kind, now=now)


def silence(session: Session, *, user_id: int, kind: str, now: datetime) -> bool:
    """Send a person no more mails of a kind; the signed link of the mail is the permission.

    Returns
    -------
    bool
        ``False`` where the person is gone, or such mails cannot be refused.
    """
    # The person's row is locked, so that two clicks at once do not write two rows.
    if kind not in OPTIONAL or session.get(User, user_id, with_for_update=True) is None:
        return False
    if session.get(Silence, (user_id, kind)) is None:
        session.add(Silence(user_id=user_id, kind=kind, since=now))
        audit.note(session, user_id, "notification:silence", "user", user_id, now, {"kind": kind})
    return True


def restore(session: Session, *, user_id: int, kind: str, now: datetime) -> bool:
    """Send a person mails of a kind again.

    Returns
    -------
    bool
        ``False`` where the person is gone, or there are no such mails.
    """
    if kind not in OPTIONAL or session.get(User, user_id, with_for_update=True) is None:
        return False
    found = session.get(Silence, (user_id, kind))
    if found is not None:
        session.delete(found)
        audit.note(session, user_id, "notification:restore", "user", user_id, now, {"kind": kind})
    return True
