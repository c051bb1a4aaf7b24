"""The tables of agreements, and of the questions that follow them up."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.db import Base, UtcDateTime, choice
from marketplace.files import StoredFile
from marketplace.introductions.models.introduction import TEXT_LENGTH, Introduction
from marketplace.introductions.states import By

FOLLOWED_AFTER_MONTHS: Final = (6, 12)
MOST_JOBS: Final = 100_000


class PartnershipType(enum.StrEnum):
    """What kind of partnership was agreed: the kinds that a listing may seek."""

    SUBCONTRACTING = "subcontracting"
    SUPPLIER = "supplier"
    DISTRIBUTION = "distribution"
    FRANCHISE = "franchise"
    JOINT_VENTURE = "joint_venture"
    MERGER = "merger"
    ACQUISITION = "acquisition"
    RECIPROCAL_PRODUCTION = "reciprocal_production"
    LICENCE = "licence"
    COMMERCIAL_AGREEMENT = "commercial_agreement"
    TECHNICAL_COOPERATION = "technical_cooperation"
    RD_COOPERATION = "rd_cooperation"
    INVESTMENT = "investment"


class ValueBand(enum.StrEnum):
    """What an agreement is worth a year, roughly, in its currency."""

    UNDER_10K = "under_10k"
    UNDER_50K = "under_50k"
    UNDER_250K = "under_250k"
    UNDER_1M = "under_1m"
    UNDER_5M = "under_5m"
    OVER_5M = "over_5m"
    NOT_TOLD = "not_told"


class FollowUpAnswer(enum.StrEnum):
    """How a partnership fares."""

    GROWING = "growing"
    AS_AGREED = "as_agreed"
    SMALLER = "smaller"
    ENDED = "ended"
    NEVER_BEGUN = "never_begun"


class Agreement(Base):
    """What two sides have agreed; one for each introduction."""

    __tablename__ = "agreement"
    __table_args__ = (
        sa.CheckConstraint("(value_band = 'not_told') = (currency = '')", name="currency"),
        sa.CheckConstraint(f"jobs BETWEEN 0 AND {MOST_JOBS}", name="jobs"),
        sa.CheckConstraint("recorded_by <> 'exchange'", name="somebody"),
        sa.Index("ix_agreement_agreed_on", "agreed_on"),
    )

    introduction_id: Mapped[int] = mapped_column(
        sa.ForeignKey("introduction.id"), primary_key=True, autoincrement=False
    )
    type: Mapped[PartnershipType] = mapped_column(choice(PartnershipType, "type"))
    agreed_on: Mapped[date] = mapped_column()
    value_band: Mapped[ValueBand] = mapped_column(choice(ValueBand, "value_band"))
    # ISO 4217; "" where the value is not told.
    currency: Mapped[str] = mapped_column(sa.String(3))
    # New ones, on both sides together, as far as whoever recorded it knows.
    jobs: Mapped[int | None] = mapped_column()
    note: Mapped[str] = mapped_column(sa.String(TEXT_LENGTH), default="")
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    recorded_by: Mapped[By] = mapped_column(choice(By, "recorded_by"))
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    introduction: Mapped[Introduction] = relationship()
    file: Mapped[StoredFile | None] = relationship()


class FollowUp(Base):
    """A question to one side, some months after the agreement."""

    __tablename__ = "follow_up"
    __table_args__ = (
        sa.UniqueConstraint("introduction_id", "side", "months"),
        sa.CheckConstraint("side IN ('proposer', 'other')", name="of_a_side"),
        sa.CheckConstraint(f"months IN {FOLLOWED_AFTER_MONTHS}", name="months"),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
        # Nobody answers what was not asked.
        sa.CheckConstraint("answered_at IS NULL OR asked_at IS NOT NULL", name="asked"),
        sa.Index(
            "ix_follow_up_due",
            "due_at",
            sqlite_where=sa.text("asked_at IS NULL"),
            postgresql_where=sa.text("asked_at IS NULL"),
        ),
        sa.Index(
            "ix_follow_up_answered",
            "answered_at",
            "introduction_id",
            sqlite_where=sa.text("answered_at IS NOT NULL"),
            postgresql_where=sa.text("answered_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    introduction_id: Mapped[int] = mapped_column(sa.ForeignKey("agreement.introduction_id"))
    side: Mapped[By] = mapped_column(choice(By, "side"))
    months: Mapped[int] = mapped_column()
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[FollowUpAnswer | None] = mapped_column(choice(FollowUpAnswer, "answer"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))

    agreement: Mapped[Agreement] = relationship()

    @property
    def introduction(self) -> Introduction:
        """The introduction that it is about."""
        return self.agreement.introduction
