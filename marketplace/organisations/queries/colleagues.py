"""Who belongs to an organisation, and who is invited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session, joinedload

from marketplace.accounts.models import User
from marketplace.organisations.models import Invitation, MemberRole, Membership, Organisation

SALT = "invitation"


@dataclass(frozen=True, slots=True)
class Colleague:
    """A person who belongs to an organisation."""

    user_id: int
    name: str
    email: str
    role: MemberRole
    since: datetime


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """An invitation that waits for an answer."""

    id: int
    email: str
    role: MemberRole
    organisation: str
    invited_by: str
    expires_at: datetime


def colleagues_of(session: Session, organisation_id: int) -> Sequence[Colleague]:
    """Return who belongs to an organisation, owners first."""
    rows = session.execute(
        sa.select(User.id, User.name, User.email, Membership.role, Membership.since)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id == organisation_id)
        .order_by(User.name, User.id)
    )
    order = list(MemberRole)
    return sorted((Colleague(*row) for row in rows), key=lambda person: order.index(person.role))


def open_condition(now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition under which an invitation can still be accepted."""
    return sa.and_(
        Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None), Invitation.expires_at > now
    )


def _open(session: Session, now: datetime, *conditions: sa.ColumnElement[bool]) -> Sequence[OpenInvitation]:
    rows = session.execute(
        sa.select(
            Invitation.id,
            Invitation.email,
            Invitation.role,
            Organisation.name,
            User.name,
            Invitation.expires_at,
        )
        .join(Organisation, Organisation.id == Invitation.organisation_id)
        .join(User, User.id == Invitation.invited_by_id)
        .where(open_condition(now), Organisation.suspended_at.is_(None), *conditions)
        .order_by(Invitation.id)
    )
    return [OpenInvitation(*row) for row in rows]


def invitations_of(session: Session, organisation_id: int, now: datetime) -> Sequence[OpenInvitation]:
    """Return the open invitations of an organisation."""
    return _open(session, now, Invitation.organisation_id == organisation_id)


def invitations_for(session: Session, email: str, now: datetime) -> Sequence[OpenInvitation]:
    """Return the open invitations of a person.

    Parameters
    ----------
    email
        In the spelling in which it is stored.
    """
    return _open(session, now, Invitation.email == email)


def open_invitation(session: Session, invitation_id: int, now: datetime) -> OpenInvitation | None:
    """Return an invitation if it is still open."""
    return next(iter(_open(session, now, Invitation.id == invitation_id)), None)


def invitation_token(secret_key: str, invitation_id: int) -> str:
    """Return the word that stands for an invitation in an address; it is signed, and stored nowhere."""
    return str(URLSafeSerializer(secret_key, salt=SALT).dumps(invitation_id))


def invitation_of_token(session: Session, secret_key: str, token: str) -> Invitation | None:
    """Return the invitation a token stands for, whatever became of it."""
    try:
        number = URLSafeSerializer(secret_key, salt=SALT).loads(token)
    except BadSignature:
        return None
    if not isinstance(number, int):
        return None
    return session.get(Invitation, number, options=[joinedload(Invitation.organisation)])
