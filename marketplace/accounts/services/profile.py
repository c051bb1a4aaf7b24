"""What a person changes of their own login, and what an administrator does with it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import audit, policy
from marketplace.accounts.models import Purpose, User
from marketplace.accounts.services.links import use_up_links
from marketplace.accounts.services.register import new_session_key
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.policy import Actor


def _locked(session: Session, user_id: int | None) -> User:
    user = session.get(User, user_id, with_for_update=True) if user_id is not None else None
    if user is None:
        raise NotFound
    return user


def change_profile(
    session: Session, actor: Actor, *, name: str, language: str, time_zone: str, now: datetime
) -> None:
    """Change the name, the language and the time zone of one's own login."""
    policy.require(actor, "account:use")
    user = _locked(session, actor.user_id)
    user.name, user.language, user.time_zone = name, language, time_zone
    audit.note(session, actor.user_id, "account:change", "user", user.id, now)


def change_password(
    session: Session, actor: Actor, *, old_hash: str, password_hash: str, now: datetime
) -> str:
    """Change one's own password; other browsers are logged out.

    Parameters
    ----------
    old_hash
        What the old password was compared with.

    Returns
    -------
    str
        The new session key, for this browser to go on.

    Raises
    ------
    Conflict
        When it was changed elsewhere meanwhile.
    """
    policy.require(actor, "account:use")
    user = _locked(session, actor.user_id)
    if user.password_hash != old_hash:
        raise Conflict(_("The password was changed elsewhere a moment ago. Log in again."))
    user.password_hash = password_hash
    user.session_key = new_session_key()
    use_up_links(session, user_id=user.id, purpose=Purpose.RESET, now=now)
    audit.note(session, actor.user_id, "account:password", "user", user.id, now)
    return user.session_key


def suspend_user(session: Session, actor: Actor, *, user_id: int, reason: str, now: datetime) -> None:
    """Shut a person out at once, in every browser."""
    policy.require(actor, "admin:use")
    if user_id == actor.user_id:
        raise Invalid("", _("You cannot suspend yourself. Ask another administrator."), "self")
    user = _locked(session, user_id)
    if user.suspended_at is None:
        user.suspended_at = now
        user.session_key = new_session_key()
        audit.note(session, actor.user_id, "account:suspend", "user", user.id, now, {"reason": reason})


def readmit_user(session: Session, actor: Actor, *, user_id: int, now: datetime) -> None:
    """Let a suspended person in again."""
    policy.require(actor, "admin:use")
    user = _locked(session, user_id)
    if user.suspended_at is not None:
        user.suspended_at = None
        audit.note(session, actor.user_id, "account:readmit", "user", user.id, now)


def set_admin(session: Session, actor: Actor, *, user_id: int, is_admin: bool, now: datetime) -> None:
    """Make a person an administrator, or an administrator an ordinary person."""
    policy.require(actor, "admin:use")
    if user_id == actor.user_id:
        raise Invalid("", _("You cannot change your own rights. Ask another administrator."), "self")
    # Two administrators who demote each other at once: every one's row is locked, in one order.
    admins = set(
        session.scalars(
            sa.select(User.id)
            .where(User.is_admin, User.suspended_at.is_(None))
            .order_by(User.id)
            .with_for_update()
        )
    )
    if actor.user_id not in admins:
        raise Conflict(_("You are no longer an administrator."))
    user = _locked(session, user_id)
    if user.is_admin != is_admin:
        user.is_admin = is_admin
        act = "account:promote" if is_admin else "account:demote"
        audit.note(session, actor.user_id, act, "user", user.id, now)
