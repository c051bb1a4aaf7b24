"""Logging in, and a new password for who has forgotten the old one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace import audit, outbox
from marketplace.accounts.models import Purpose, User
from marketplace.accounts.queries import user_by_email
from marketplace.accounts.services.links import make_link, use_link, use_up_links
from marketplace.accounts.services.register import new_session_key


def log_in(
    session: Session, *, user_id: int, old_hash: str, new_hash: str | None, now: datetime
) -> str | None:
    """Note a login whose password was found right.

    Parameters
    ----------
    old_hash
        What the password was compared with.
    new_hash
        With today's parameters, where the old one had others.

    Returns
    -------
    str or None
        The session key; ``None`` where the person was suspended or the password changed since.
    """
    user = session.get(User, user_id, with_for_update=True)
    if (
        user is None
        or user.suspended_at is not None
        or user.verified_at is None
        or user.password_hash != old_hash
    ):
        return None
    user.last_login_at = now
    user.password_hash = new_hash or old_hash
    audit.note(session, user.id, "account:login", "user", user.id, now)
    return user.session_key


def ask_reset(session: Session, *, email: str, now: datetime) -> None:
    """Send a link to set a new password, if there is such a person; the caller learns nothing."""
    user = user_by_email(session, email)
    if user is None or user.suspended_at is not None:
        return
    link = make_link(session, user_id=user.id, purpose=Purpose.RESET, now=now)
    outbox.record(session, "PasswordResetAsked", {"link": link.id}, at=now)


def reset_password(session: Session, *, link_id: int, password_hash: str, now: datetime) -> bool:
    """Set a new password with a link from a mail, and log the person out everywhere.

    The mail has reached its address, which confirms it too.

    Returns
    -------
    bool
        Whether the link could be used.
    """
    user_id = use_link(session, link_id=link_id, purpose=Purpose.RESET, now=now)
    user = None if user_id is None else session.get(User, user_id)
    if user is None or user.suspended_at is not None:
        return False
    use_up_links(session, user_id=user.id, purpose=Purpose.RESET, now=now)
    user.password_hash = password_hash
    user.session_key = new_session_key()
    user.verified_at = user.verified_at or now
    audit.note(session, user.id, "account:reset", "user", user.id, now)
    return True
