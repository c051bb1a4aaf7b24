"""Tables of decisions, and of what was learnt from them."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base, Json, UtcDateTime, choice
from marketplace.introductions.states import By
from matching.types import Kind, Side


class Verdict(enum.StrEnum):
    """What somebody, or the clock, made of a pair."""

    # A side has waved a match away, before anybody was introduced.
    DISMISSED = "dismissed"
    # An officer has let it pass, or has proposed it.
    VETTED = "vetted"
    DECLINED = "declined"
    # Nobody has answered in time.
    EXPIRED = "expired"
    # Both sides have said yes.
    ACCEPTED = "accepted"
    AGREED = "agreed"
    FAILED = "failed"


class PairDecision(Base):
    """One decision on a pair, with the score and its contributions as they were then.

    Of an introduction there is one for each verdict; of a match that a side waved away, one for
    each side, as long as the side does not take it back.  ``total`` is null where an interest came
    from no listing, so that there was no pair to score.
    """

    __tablename__ = "decision"
    __table_args__ = (
        sa.CheckConstraint("(verdict = 'dismissed') = (introduction_id IS NULL)", name="of_introduction"),
        sa.CheckConstraint("(verdict = 'dismissed') = (side IS NOT NULL)", name="of_side"),
        sa.CheckConstraint(
            "side IS NULL OR (request_id IS NOT NULL AND offer_id IS NOT NULL)", name="of_pair"
        ),
        sa.CheckConstraint("total BETWEEN 0 AND 100", name="total"),
        sa.UniqueConstraint("introduction_id", "verdict"),
        sa.Index(
            "uq_decision_dismissed",
            "request_id",
            "offer_id",
            "side",
            unique=True,
            sqlite_where=sa.text("verdict = 'dismissed'"),
            postgresql_where=sa.text("verdict = 'dismissed'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    verdict: Mapped[Verdict] = mapped_column(choice(Verdict, "verdict"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    introduction_id: Mapped[int | None] = mapped_column(sa.ForeignKey("introduction.id"))
    request_id: Mapped[int | None] = mapped_column(sa.ForeignKey("listing.id", ondelete="CASCADE"))
    offer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("listing.id", ondelete="CASCADE"))
    # Which side has waved it away.
    side: Mapped[Side | None] = mapped_column(choice(Side, "side"))
    # Who has ended an introduction.
    by: Mapped[By | None] = mapped_column(choice(By, "by"))
    reason: Mapped[str | None] = mapped_column(sa.String(32))
    kind: Mapped[Kind] = mapped_column(choice(Kind, "kind"))
    total: Mapped[float | None] = mapped_column()
    explanation: Mapped[dict[str, Any] | None] = mapped_column(Json)


class KeptCalibration(Base):
    """What scores have meant, as learnt at one moment; the newest row speaks."""

    __tablename__ = "calibration"
    __table_args__ = (sa.CheckConstraint("decisions >= 0", name="decisions"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    fitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # How many introductions it was learnt from.
    decisions: Mapped[int] = mapped_column()
    # The text of matching.calibrate.to_json, which names its own version.
    fitted: Mapped[str] = mapped_column(sa.Text)
    # Quality and reliability on decisions that were not fitted on; see learning/measured.py.
    measured: Mapped[dict[str, Any]] = mapped_column(Json)
