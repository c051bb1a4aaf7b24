"""From a typed address to a confirmed one."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace import audit, outbox
from marketplace.accounts.models import Purpose, User
from marketplace.accounts.queries import normal_email, user_by_email
from marketplace.accounts.services.links import make_link, use_link
from marketplace.errors import Invalid

# A second click on "register" within this time is no news to the person.
SAME_CLICK = timedelta(minutes=2)
SESSION_KEY_BYTES = 16


def new_session_key() -> str:
    """Return a key for login cookies; a new one ends every session of the person."""
    return secrets.token_hex(SESSION_KEY_BYTES)


def add_user(
    session: Session,
    *,
    email: str,
    name: str,
    password_hash: str,
    now: datetime,
    language: str = "en",
    time_zone: str = "UTC",
    verified: bool = False,
    is_admin: bool = False,
) -> User:
    """Add a person; for the command line and the demo, whose addresses need no confirmation.

    Raises
    ------
    Invalid
        For what is no address, and for one that is taken.
    """
    normal = normal_email(email)
    if not normal:
        raise Invalid("email", _("This is not an e-mail address."), "email")
    user = User(
        email=normal,
        name=name,
        password_hash=password_hash,
        language=language,
        time_zone=time_zone,
        is_admin=is_admin,
        session_key=new_session_key(),
        verified_at=now if verified else None,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:
        raise Invalid("email", _("Somebody with this address is registered already."), "taken") from error
    audit.note(session, None, "account:register", "user", user.id, now)
    return user


def register(
    session: Session, *, email: str, name: str, password_hash: str, language: str, now: datetime
) -> None:
    """Register a person, or tell the owner of an address that it is taken.

    Nothing returned or raised tells the two apart: only the mail does.  The first to register an
    unconfirmed address does not get it: whoever resets its password by mail does.
    """
    taken = user_by_email(session, email)
    if taken is None:
        try:
            user = add_user(
                session, email=email, name=name, password_hash=password_hash, language=language, now=now
            )
        except Invalid as error:
            if error.code != "taken":
                raise
            taken = user_by_email(session, email)
        else:
            link = make_link(session, user_id=user.id, purpose=Purpose.VERIFY, now=now)
            outbox.record(session, "UserRegistered", {"user": user.id}, at=now)
            outbox.record(session, "VerificationAsked", {"link": link.id}, at=now)
            return
    if taken is not None and taken.created_at < now - SAME_CLICK:
        outbox.record(session, "AddressTaken", {"user": taken.id}, at=now)


def ask_verification(session: Session, *, email: str, now: datetime) -> None:
    """Send the link to confirm an address once more, if anybody waits for it."""
    user = user_by_email(session, email)
    if user is None or user.verified_at is not None or user.suspended_at is not None:
        return
    link = make_link(session, user_id=user.id, purpose=Purpose.VERIFY, now=now)
    outbox.record(session, "VerificationAsked", {"link": link.id}, at=now)


def verify_address(session: Session, *, link_id: int, now: datetime) -> bool:
    """Confirm an address with a link from a mail.

    Returns
    -------
    bool
        Whether the link could be used.
    """
    user_id = use_link(session, link_id=link_id, purpose=Purpose.VERIFY, now=now)
    user = None if user_id is None else session.get(User, user_id)
    if user is None:
        return False
    user.verified_at = user.verified_at or now
    audit.note(session, user.id, "account:verify", "user", user.id, now)
    return True
