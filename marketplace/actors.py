"""From a login to an actor: the person, the office and the organisations, read at each request."""

from __future__ import annotations

from types import MappingProxyType

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.accounts.models import User
from marketplace.offices.models import Officer
from marketplace.organisations.models import Membership, Organisation
from marketplace.policy import Actor


def actor_of(session: Session, user: User) -> Actor:
    """Put together what permissions need to know of a person.

    Members of a suspended organisation lose it at once, since this runs at each request.
    """
    rows = session.execute(
        sa.select(
            Membership.organisation_id, Membership.role, Membership.by_merge, Organisation.merged_into_id
        )
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            Membership.user_id == user.id,
            sa.or_(Organisation.suspended_at.is_(None), Organisation.merged_into_id.is_not(None)),
        )
    ).all()
    memberships = {row.organisation_id: row.role.value for row in rows if row.merged_into_id is None}
    return Actor(
        user_id=user.id,
        name=user.name,
        email=user.email,
        language=user.language,
        time_zone=user.time_zone,
        is_admin=user.is_admin,
        office_id=session.scalar(sa.select(Officer.office_id).where(Officer.user_id == user.id)),
        memberships=MappingProxyType(memberships),
        by_merge=frozenset(
            row.organisation_id for row in rows if row.by_merge and row.organisation_id in memberships
        ),
        formerly=frozenset(
            row.organisation_id for row in rows if row.merged_into_id in memberships and not row.by_merge
        ),
    )


def actor_by_id(session: Session, user_id: int) -> Actor | None:
    """Return the actor of a user, or ``None`` where there is none that may act."""
    user = session.get(User, user_id)
    return None if user is None or user.suspended_at is not None else actor_of(session, user)


def load_login(session: Session, cookie: str) -> tuple[Actor, str] | None:
    """Return the actor a cookie stands for and its session key.

    Returns
    -------
    tuple or None
        ``None`` where the cookie is not of this form, the person is gone, suspended or not
        verified, or the session key has been changed since.
    """
    number, _, key = cookie.partition(":")
    if not number.isascii() or not number.isdigit():
        return None
    user = session.get(User, int(number))
    if user is None or user.session_key != key or user.suspended_at or not user.verified_at:
        return None
    return actor_of(session, user), key
