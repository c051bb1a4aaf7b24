"""Tables of people."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base, UtcDateTime, choice

EMAIL_LENGTH = 254
NAME_LENGTH = 120


class Purpose(enum.StrEnum):
    """What a link in a mail may be used for."""

    VERIFY = "verify"
    RESET = "reset"


class User(Base):
    """A person with a login.

    ``email`` is stored as :func:`marketplace.accounts.queries.normal_email` makes it, so that
    uniqueness means what people expect.
    """

    __tablename__ = "user"
    __table_args__ = (sa.CheckConstraint("email = lower(email)", name="email_lower"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(EMAIL_LENGTH), unique=True)
    name: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    language: Mapped[str] = mapped_column(sa.String(5), default="en")
    time_zone: Mapped[str] = mapped_column(sa.String(64), default="UTC")
    is_admin: Mapped[bool] = mapped_column(default=False)
    # Part of the login cookie: a new value logs out every browser (reset, suspension).
    session_key: Mapped[str] = mapped_column(sa.String(32))
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_login_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Link(Base):
    """A single-use, expiring link; the address carries its id signed, never stored."""

    __tablename__ = "link"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[Purpose] = mapped_column(choice(Purpose, "purpose"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
