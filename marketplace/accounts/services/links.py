"""Single-use, expiring links."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.accounts.models import Link, Purpose

LIFETIME = {Purpose.VERIFY: timedelta(days=3), Purpose.RESET: timedelta(hours=1)}


def make_link(session: Session, *, user_id: int, purpose: Purpose, now: datetime) -> Link:
    """Make a link for a person; the mail carries its signed id."""
    link = Link(user_id=user_id, purpose=purpose, created_at=now, expires_at=now + LIFETIME[purpose])
    session.add(link)
    session.flush()
    return link


def use_link(session: Session, *, link_id: int, purpose: Purpose, now: datetime) -> int | None:
    """Use a link up, in one statement, so that of two that try at once one gets it.

    Returns
    -------
    int or None
        The person's id; ``None`` where the link is used, expired or not there.
    """
    return session.execute(
        sa.update(Link)
        .where(Link.id == link_id, Link.purpose == purpose, Link.used_at.is_(None), Link.expires_at > now)
        .values(used_at=now)
        .returning(Link.user_id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()


def use_up_links(session: Session, *, user_id: int, purpose: Purpose, now: datetime) -> None:
    """Make every other link of a person for one purpose useless."""
    session.execute(
        sa.update(Link)
        .where(Link.user_id == user_id, Link.purpose == purpose, Link.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
