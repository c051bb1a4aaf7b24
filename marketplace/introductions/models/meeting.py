"""The tables of meetings: times that a side proposes, of which the other accepts one."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.db import Base, UtcDateTime, choice
from marketplace.introductions.models.introduction import Introduction
from marketplace.introductions.states import By

MOST_TIMES: Final = 5
PLACE_LENGTH: Final = 300
REASON_LENGTH: Final = 300
LONGEST_MINUTES: Final = 480


class MeetingState(enum.StrEnum):
    """Where a proposal to meet stands."""

    PROPOSED = "proposed"
    # Other times were proposed, before or after it was agreed.
    REPLACED = "replaced"
    AGREED = "agreed"
    HELD = "held"
    NOT_HELD = "not_held"


OPEN: Final = (MeetingState.PROPOSED, MeetingState.AGREED)
_OPEN_ROWS: Final = "state IN ('proposed', 'agreed')"


class Meeting(Base):
    """A proposal to meet, and what became of it; one at a time is open in an introduction.

    ``number`` counts the proposals of an introduction.  ``series`` is the number of the first of
    those that try to arrange one and the same meeting: in a calendar they are one entry.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        sa.UniqueConstraint("introduction_id", "number"),
        sa.CheckConstraint("series BETWEEN 1 AND number", name="series"),
        sa.CheckConstraint("proposed_by IN ('proposer', 'other')", name="of_a_side"),
        # Nobody accepts what the same side has proposed.
        sa.CheckConstraint("accepted_by <> proposed_by", name="two_sides"),
        sa.CheckConstraint("accepted_by IN ('proposer', 'other')", name="accepted_by_a_side"),
        sa.CheckConstraint("(starts_at IS NULL) = (accepted_by IS NULL)", name="accepted"),
        sa.CheckConstraint("(starts_at IS NULL) = (accepted_at IS NULL)", name="accepted_when"),
        sa.CheckConstraint(
            "state NOT IN ('agreed', 'held', 'not_held') OR starts_at IS NOT NULL", name="agreed"
        ),
        sa.CheckConstraint("state <> 'proposed' OR starts_at IS NULL", name="proposed"),
        sa.CheckConstraint("(state IN ('held', 'not_held')) = (noted_at IS NOT NULL)", name="noted"),
        sa.CheckConstraint(f"minutes BETWEEN 5 AND {LONGEST_MINUTES}", name="minutes"),
        sa.Index(
            "uq_meeting_open",
            "introduction_id",
            unique=True,
            sqlite_where=sa.text(_OPEN_ROWS),
            postgresql_where=sa.text(_OPEN_ROWS),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    introduction_id: Mapped[int] = mapped_column(sa.ForeignKey("introduction.id"))
    number: Mapped[int] = mapped_column()
    series: Mapped[int] = mapped_column()
    state: Mapped[MeetingState] = mapped_column(choice(MeetingState, "state"))
    minutes: Mapped[int] = mapped_column()
    place: Mapped[str] = mapped_column(sa.String(PLACE_LENGTH))
    proposed_by: Mapped[By] = mapped_column(choice(By, "proposed_by"))
    # That an officer did it in the place of the side, which is told by mail then.
    by_office: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    proposed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # The time that was accepted, one of those proposed.
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_by: Mapped[By | None] = mapped_column(choice(By, "accepted_by"))
    accepted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When somebody noted whether it was held.
    noted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    noted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))

    introduction: Mapped[Introduction] = relationship()
    times: Mapped[list[MeetingTime]] = relationship(
        order_by="MeetingTime.position", cascade="all, delete-orphan"
    )
    called_off: Mapped[CalledOff | None] = relationship(cascade="all, delete-orphan", lazy="joined")


class MeetingTime(Base):
    """One of the times that are proposed."""

    __tablename__ = "meeting_time"
    __table_args__ = (
        sa.UniqueConstraint("meeting_id", "starts_at"),
        sa.CheckConstraint(f"position BETWEEN 0 AND {MOST_TIMES - 1}", name="position"),
    )

    meeting_id: Mapped[int] = mapped_column(sa.ForeignKey("meeting.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CalledOff(Base):
    """That an agreed meeting, which was not held, was called off before its time, by whom and why."""

    __tablename__ = "meeting_called_off"
    __table_args__ = (
        sa.CheckConstraint("called_by IN ('proposer', 'other')", name="by_a_side"),
        sa.CheckConstraint("reason <> ''", name="words"),
    )

    meeting_id: Mapped[int] = mapped_column(
        sa.ForeignKey("meeting.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    called_by: Mapped[By] = mapped_column(choice(By, "called_by"))
    reason: Mapped[str] = mapped_column(sa.String(REASON_LENGTH))
