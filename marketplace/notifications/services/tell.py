"""From an event to the deliveries that tell people of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketplace.notifications.models import Channel, Delivery, DeliveryState, Silence
from marketplace.notifications.queries.kinds import KINDS
from marketplace.notifications.queries.recipient import Recipient
from marketplace.notifications.queries.recipients import recipients
from marketplace.outbox import Event


def plan(session: Session, event: Event, now: datetime) -> int:
    """Write down who is to be told of an event, once for each person and way.

    Runs in the transaction that carries out the event.  A second run writes nothing new.

    Returns
    -------
    int
        How many mails wait because of it that did not before.
    """
    kind = KINDS.get(event.kind)
    found = recipients(session, event)
    if kind is None or not found:
        return 0
    silent = _silent(session, event.kind, found) if kind.optional else frozenset()
    rows = [
        _row(event, recipient, channel, now)
        for recipient in found
        for channel in sorted(recipient.channels)
        if not (channel is Channel.MAIL and recipient.user_id in silent)
    ]
    if not rows:
        return 0
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    written = session.scalars(
        insert(Delivery)
        .values(rows)
        .on_conflict_do_nothing(index_elements=["event_id", "recipient", "channel"])
        .returning(Delivery.channel)
    )
    return sum(channel is Channel.MAIL for channel in written)


def _silent(session: Session, kind: str, found: list[Recipient]) -> frozenset[int]:
    asked = sa.select(Silence.user_id).where(
        Silence.kind == kind, Silence.user_id.in_([recipient.user_id for recipient in found])
    )
    return frozenset(session.scalars(asked))


def _row(event: Event, recipient: Recipient, channel: Channel, now: datetime) -> dict[str, Any]:
    mail = channel is Channel.MAIL
    return {
        "event_id": event.id,
        "kind": event.kind,
        "recipient": recipient.email if mail else str(recipient.user_id),
        "user_id": recipient.user_id,
        "channel": channel,
        "ids": event.ids,
        # A notice is there as soon as its row is.
        "state": DeliveryState.WAITING if mail else DeliveryState.SENT,
        "attempts": 0,
        "due_at": now,
        "sent_at": None if mail else now,
        "error": "",
        "created_at": now,
    }
