"""Tables of offices."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.db import Base, UtcDateTime, choice

OFFICER_DAYS: Final = 5
SIDE_DAYS: Final = 10
WEEKEND: Final = "67"
MOST_DAYS: Final = 60
# Live introductions of a company beyond which no more are proposed for it.
MOST_LIVE: Final = 5
LARGEST_MOST_LIVE: Final = 100
HOLIDAY_NAME: Final = 80


class OfficeKind(enum.StrEnum):
    """The two kinds of office."""

    SPX = "spx"
    ITPO = "itpo"


class Office(Base):
    """An office that reviews listings and brokers introductions for the countries it covers."""

    __tablename__ = "office"
    __table_args__ = (
        sa.CheckConstraint(f"officer_days BETWEEN 1 AND {MOST_DAYS}", name="officer_days"),
        sa.CheckConstraint(f"side_days BETWEEN 1 AND {MOST_DAYS}", name="side_days"),
        sa.CheckConstraint(f"most_live BETWEEN 1 AND {LARGEST_MOST_LIVE}", name="most_live"),
        # Each day once, and one at least that is left to work on.
        sa.CheckConstraint("length(weekend) <= 6", name="weekend"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(32), unique=True)
    kind: Mapped[OfficeKind] = mapped_column(choice(OfficeKind, "kind"))
    name: Mapped[str] = mapped_column(sa.String(160))
    country: Mapped[str] = mapped_column(sa.String(2))
    city: Mapped[str] = mapped_column(sa.String(120), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    time_zone: Mapped[str] = mapped_column(sa.String(64), default="UTC")
    # Verified organisations' listings go out without review.
    publishes_verified_at_once: Mapped[bool] = mapped_column(default=False)
    # How many working days an officer has to look at an introduction, and a side to answer it.
    officer_days: Mapped[int] = mapped_column(default=OFFICER_DAYS, server_default=str(OFFICER_DAYS))
    side_days: Mapped[int] = mapped_column(default=SIDE_DAYS, server_default=str(SIDE_DAYS))
    # Days of the week without work, as ISO figures in order: 67 is Saturday and Sunday.
    weekend: Mapped[str] = mapped_column(sa.String(6), default=WEEKEND, server_default=WEEKEND)
    # A company with more live introductions than this is held back from being proposed.
    most_live: Mapped[int] = mapped_column(default=MOST_LIVE, server_default=str(MOST_LIVE))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    countries: Mapped[list[OfficeCountry]] = relationship(
        back_populates="office", cascade="all, delete-orphan", order_by="OfficeCountry.country"
    )

    holidays: Mapped[list[OfficeHoliday]] = relationship(
        cascade="all, delete-orphan", order_by="OfficeHoliday.date"
    )

    __mapper_args__ = {"version_id_col": version}


class OfficeCountry(Base):
    """A country an office covers; one office of each kind may cover it."""

    __tablename__ = "office_country"
    __table_args__ = (sa.UniqueConstraint("kind", "country"),)

    office_id: Mapped[int] = mapped_column(sa.ForeignKey("office.id", ondelete="CASCADE"), primary_key=True)
    country: Mapped[str] = mapped_column(sa.String(2), primary_key=True)
    kind: Mapped[OfficeKind] = mapped_column(choice(OfficeKind, "kind"))

    office: Mapped[Office] = relationship(back_populates="countries")


class Officer(Base):
    """A person on an office's staff; one office a person."""

    __tablename__ = "officer"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    office_id: Mapped[int] = mapped_column(sa.ForeignKey("office.id"), index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)

    office: Mapped[Office] = relationship()


class OfficeHoliday(Base):
    """A day on which an office does not work: no time limit runs on it."""

    __tablename__ = "office_holiday"

    office_id: Mapped[int] = mapped_column(sa.ForeignKey("office.id", ondelete="CASCADE"), primary_key=True)
    date: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(HOLIDAY_NAME), default="")
