"""Somebody who is to be told, and by which ways."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from marketplace.accounts.models import User
from marketplace.notifications.models import Channel
from marketplace.organisations.models import MemberRole

BOTH = frozenset({Channel.NOTICE, Channel.MAIL})
NOTICE_ONLY = frozenset({Channel.NOTICE})
MAIL_ONLY = frozenset({Channel.MAIL})
WRITERS = frozenset({MemberRole.OWNER, MemberRole.EDITOR})


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person who is to be told.

    Parameters
    ----------
    user_id
        ``None`` for somebody who has no login yet.
    """

    user_id: int | None
    email: str
    channels: frozenset[Channel]


def able() -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions on a person who may be written to."""
    return (User.verified_at.is_not(None), User.suspended_at.is_(None))
