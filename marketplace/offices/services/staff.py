"""Who works for an office."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import audit, outbox, policy
from marketplace.accounts.queries import user_by_email
from marketplace.errors import Invalid, NotFound
from marketplace.offices.models import Office, Officer
from marketplace.policy import Actor


def add_officer(session: Session, actor: Actor, office: Office, email: str, now: datetime) -> None:
    """Put a person with a login on the staff of an office.

    Raises
    ------
    Invalid
        Where nobody has this address, or the person works for another office.
    """
    policy.require(actor, "admin:use")
    user = user_by_email(session, email)
    if user is None or user.verified_at is None:
        raise Invalid(
            "email",
            _("Nobody with this address has a confirmed login. Ask the person to register first."),
            "unknown",
        )
    # Two administrators at once: the second waits here, and then sees what the first did.
    session.refresh(user, with_for_update=True)
    present = session.get(Officer, user.id)
    if present is not None and present.office_id != office.id:
        raise Invalid(
            "email",
            _("This person works for %(office)s. Take them off its staff first.", office=present.office.name),
            "taken",
        )
    if present is None:
        session.add(Officer(user_id=user.id, office_id=office.id, since=now))
        audit.note(session, actor.user_id, "office:staff-add", "office", office.id, now, {"user": user.id})


def remove_officer(session: Session, actor: Actor, office: Office, user_id: int, now: datetime) -> None:
    """Take a person off the staff; what they saw as an officer is gone at their next request.

    Raises
    ------
    NotFound
        Where the person is not on this office's staff.
    """
    policy.require(actor, "admin:use")
    gone = session.execute(
        sa.delete(Officer)
        .where(Officer.user_id == user_id, Officer.office_id == office.id)
        .returning(Officer.user_id)
    ).first()
    if gone is None:
        raise NotFound
    # What the officer had in hand goes back to the office.
    outbox.record(session, "OfficerLeft", {"user": user_id, "office": office.id}, at=now)
    audit.note(session, actor.user_id, "office:staff-remove", "office", office.id, now, {"user": user_id})
