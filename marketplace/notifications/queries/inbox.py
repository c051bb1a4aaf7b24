"""A person's notices, and which mails the person has refused."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.notifications.models import Channel, Delivery, Silence


def _notices_of(user_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (Delivery.user_id == user_id, Delivery.channel == Channel.NOTICE)


def notices(session: Session, user_id: int, *, offset: int, limit: int) -> tuple[Sequence[Delivery], int]:
    """Return a person's notices, newest first, and how many there are in all."""
    total = session.scalar(sa.select(sa.func.count()).select_from(Delivery).where(*_notices_of(user_id))) or 0
    rows = session.scalars(
        sa.select(Delivery)
        .where(*_notices_of(user_id))
        .order_by(Delivery.created_at.desc(), Delivery.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return list(rows), total


def unread_count(session: Session, user_id: int) -> int:
    """Count the notices that a person has not looked at."""
    unread = (
        sa.select(sa.func.count())
        .select_from(Delivery)
        .where(*_notices_of(user_id), Delivery.read_at.is_(None))
    )
    return session.scalar(unread) or 0


def silences(session: Session, user_id: int) -> frozenset[str]:
    """Return the kinds of mail that a person has refused."""
    return frozenset(session.scalars(sa.select(Silence.kind).where(Silence.user_id == user_id)))
