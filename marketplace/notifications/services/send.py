"""The life of a mail between being planned and being sent: leases, tries, and giving up."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import audit
from marketplace.db import RING
from marketplace.notifications.models import Channel, Delivery, DeliveryState
from marketplace.policy import Actor, require

# Longer than one mail can take: a dozen answers of the server, each within its time-out.
LEASE = timedelta(seconds=120)
ATTEMPTS = 5
# Waiting before the next try, by how many tries there were: a refusal "for now" is often meant to
# last some minutes (greylisting), sometimes hours.
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 10, 60, 240))
# How long no server may answer before a mail is set aside: RFC 5321, 4.5.4.1, asks for 4 to 5 days.
OUTAGE = timedelta(days=5)
PAUSE = timedelta(seconds=30)
ERROR_LENGTH = 2000


def claim_delivery(session: Session, now: datetime) -> Delivery | None:
    """Lease the mail that is due first.

    Returns
    -------
    Delivery or None
        A detached row that nobody else is given before its lease ends; ``None`` where none is due.
    """
    due = (Delivery.state == DeliveryState.WAITING, Delivery.due_at <= now)
    while True:
        delivery = session.scalar(
            sa.select(Delivery)
            .where(*due)
            .order_by(Delivery.due_at, Delivery.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if delivery is None:
            return None
        if delivery.attempts < ATTEMPTS:
            delivery.attempts += 1
            delivery.due_at = now + LEASE
            # What it failed for before; a mail that is being sent has no error, see retry_deliveries.
            delivery.error = ""
            session.flush()
            return delivery
        # Its last try never came back to say why: the process died with it.
        delivery.state = DeliveryState.SET_ASIDE
        delivery.error = "the process ended while sending it"
        session.flush()


def _change(session: Session, delivery: Delivery, **values: object) -> bool:
    """Write values if the claim still holds; whoever lost the lease meanwhile changes nothing."""
    result = session.execute(
        sa.update(Delivery)
        .where(
            Delivery.id == delivery.id,
            Delivery.attempts == delivery.attempts,
            Delivery.state == DeliveryState.WAITING,
        )
        .values(**values)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return result.first() is not None


def settle_delivery(session: Session, delivery: Delivery, now: datetime) -> bool:
    """Note that the mail was handed to the server."""
    return _change(session, delivery, state=DeliveryState.SENT, sent_at=now, error="")


def drop_delivery(session: Session, delivery: Delivery, why: str) -> bool:
    """Note that there is nothing left to tell."""
    return _change(session, delivery, state=DeliveryState.DROPPED, error=why[:ERROR_LENGTH])


def refuse_delivery(session: Session, delivery: Delivery, why: str) -> bool:
    """Set a mail aside that the server will never take."""
    return _change(session, delivery, state=DeliveryState.SET_ASIDE, error=why[:ERROR_LENGTH])


def postpone_delivery(session: Session, delivery: Delivery, why: str, now: datetime) -> bool:
    """Note a failed try; after :data:`ATTEMPTS` of them the mail is set aside for staff."""
    if delivery.attempts >= ATTEMPTS:
        return refuse_delivery(session, delivery, why)
    due = now + BACKOFF[min(delivery.attempts, len(BACKOFF)) - 1]
    return _change(session, delivery, due_at=due, error=why[:ERROR_LENGTH])


def await_server(session: Session, delivery: Delivery, why: str, now: datetime) -> bool:
    """Give a mail back that no server could be asked to take: this is no fault of the mail.

    All others that are due wait with it, so that workers do not spend their time on knocking.
    """
    session.execute(
        sa.update(Delivery)
        .where(Delivery.state == DeliveryState.WAITING, Delivery.due_at <= now)
        .values(due_at=now + PAUSE, error=why[:ERROR_LENGTH])
        .execution_options(synchronize_session=False)
    )
    if now - delivery.created_at > OUTAGE:
        return refuse_delivery(session, delivery, why)
    return _change(
        session, delivery, due_at=now + PAUSE, attempts=delivery.attempts - 1, error=why[:ERROR_LENGTH]
    )


def retry_deliveries(session: Session, actor: Actor, *, delivery_ids: list[int] | None, now: datetime) -> int:
    """Give mails that were set aside another :data:`ATTEMPTS` tries, and waiting ones their turn now.

    Parameters
    ----------
    delivery_ids
        ``None`` for all.

    Returns
    -------
    int
        How many.
    """
    require(actor, "admin:use")
    states = [DeliveryState.WAITING, DeliveryState.SET_ASIDE]
    # One without an error is being sent at this moment, or will be in the next.
    chosen = [Delivery.channel == Channel.MAIL, Delivery.state.in_(states), Delivery.error != ""]
    if delivery_ids is not None:
        chosen.append(Delivery.id.in_(delivery_ids))
    found = session.scalars(
        sa.update(Delivery)
        .where(*chosen)
        .values(
            state=DeliveryState.WAITING,
            attempts=sa.case((Delivery.state == DeliveryState.SET_ASIDE, 0), else_=Delivery.attempts),
            due_at=now,
            # A set-aside mail may be older than an outage may last; it starts anew.
            created_at=sa.case((Delivery.state == DeliveryState.SET_ASIDE, now), else_=Delivery.created_at),
        )
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    ).all()
    for delivery_id in found:
        audit.note(session, actor.user_id, "admin:use", "delivery", delivery_id, now, {"retry": True})
    if found:
        session.info[RING] = True
    return len(found)
