"""Tables of matches."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.db import Base, Json, UtcDateTime, choice
from marketplace.listings.models import Listing
from matching.types import Side


class DismissReason(enum.StrEnum):
    """Why a side waves a match away; kept for calibrating the engine."""

    WRONG_CAPABILITY = "wrong_capability"
    WRONG_SECTOR = "wrong_sector"
    TOO_FAR = "too_far"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    ALREADY_IN_CONTACT = "already_in_contact"
    NOT_TRUSTED = "not_trusted"
    OTHER = "other"


class Match(Base):
    """A pair that the engine found worth keeping, with the score and its reasons as they were."""

    __tablename__ = "match"
    __table_args__ = (
        sa.UniqueConstraint("request_id", "offer_id"),
        sa.CheckConstraint("total BETWEEN 0 AND 100", name="total"),
        sa.Index("ix_match_request", "request_id", "total"),
        sa.Index("ix_match_offer", "offer_id", "total"),
        # The best of all, for those who broker them.
        sa.Index("ix_match_total", "total"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("listing.id", ondelete="CASCADE"))
    offer_id: Mapped[int] = mapped_column(sa.ForeignKey("listing.id", ondelete="CASCADE"))
    total: Mapped[float] = mapped_column()
    # The engine's Score as JSON; matches/explanation.py turns it into words.
    explanation: Mapped[dict[str, Any]] = mapped_column(Json)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    scored_at: Mapped[datetime] = mapped_column(UtcDateTime)

    request: Mapped[Listing] = relationship(foreign_keys=[request_id])
    offer: Mapped[Listing] = relationship(foreign_keys=[offer_id])


class Dismissal(Base):
    """That one side of a pair does not want it; outlives the match row."""

    __tablename__ = "dismissal"

    request_id: Mapped[int] = mapped_column(sa.ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True)
    offer_id: Mapped[int] = mapped_column(sa.ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True)
    side: Mapped[Side] = mapped_column(choice(Side, "side"), primary_key=True)
    reason: Mapped[DismissReason] = mapped_column(choice(DismissReason, "reason"))
    text: Mapped[str] = mapped_column(sa.String(500), default="")
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    # The score and the contributions as they were: what the calibration will learn from.
    total: Mapped[float] = mapped_column()
    explanation: Mapped[dict[str, Any]] = mapped_column(Json)
