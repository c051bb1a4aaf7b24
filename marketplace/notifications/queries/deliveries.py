"""Mails that wait, and those that were set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import actors
from marketplace.accounts.models import User
from marketplace.notifications.models import Channel, Delivery, DeliveryState
from marketplace.notifications.queries.inbox import silences
from marketplace.notifications.queries.kinds import KINDS
from marketplace.policy import VISITOR, Actor

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Standing:
    """How many mails stand where."""

    waiting: int
    late: int
    set_aside: int


def standing(session: Session, late_before: datetime) -> Standing:
    """Count the mails that wait, those of them written down before a moment, and those set aside."""
    mail = Delivery.channel == Channel.MAIL
    waiting = sa.and_(mail, Delivery.state == DeliveryState.WAITING)
    row = session.execute(
        sa.select(
            sa.func.count().filter(waiting),
            sa.func.count().filter(waiting, Delivery.created_at < late_before),
            sa.func.count().filter(mail, Delivery.state == DeliveryState.SET_ASIDE),
        ).where(Delivery.state.in_([DeliveryState.WAITING, DeliveryState.SET_ASIDE]))
    ).one()
    return Standing(*row)


def due_count(session: Session, now: datetime) -> int:
    """Count the mails that could go out now."""
    due = (Delivery.state == DeliveryState.WAITING, Delivery.due_at <= now)
    return session.scalar(sa.select(sa.func.count()).select_from(Delivery).where(*due)) or 0


def in_state(session: Session, state: DeliveryState, limit: int = SHOWN) -> Sequence[Delivery]:
    """Return the mails in a state, the one that is due first at the head."""
    return session.scalars(
        sa.select(Delivery)
        .where(Delivery.state == state, Delivery.channel == Channel.MAIL)
        .order_by(Delivery.due_at, Delivery.id)
        .limit(limit)
    ).all()


def addressee(session: Session, delivery: Delivery) -> Actor | None:
    """Return who is to read a mail, as things are now.

    Returns
    -------
    Actor or None
        ``None`` where the person is gone, suspended, or has refused this kind meanwhile.  Somebody
        without a login is a visitor with that address.
    """
    if delivery.user_id is None:
        return Actor(email=delivery.recipient, language=VISITOR.language)
    user = session.get(User, delivery.user_id)
    if user is None or user.suspended_at is not None:
        return None
    kind = KINDS.get(delivery.kind)
    if kind is not None and kind.optional and delivery.kind in silences(session, user.id):
        return None
    return actors.actor_of(session, user)
