"""The table of introductions: two sides, the consent of each, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.db import Base, Json, UtcDateTime, choice
from marketplace.introductions.states import (
    AWAITED,
    ENDED,
    LIVE,
    REASONED,
    REVEALED,
    By,
    IntroductionState,
    Origin,
    Reason,
)
from marketplace.listings.models import Listing
from marketplace.offices.models import Office
from marketplace.organisations.models import Organisation

TEXT_LENGTH: Final = 1000

# What is counted or filtered by beside any moment of an introduction, and beside each.
_COUNTED: Final = (
    "proposer_office_id", "other_office_id", "proposer_organisation_id", "other_organisation_id",
    "proposer_listing_id", "other_listing_id", "id",
)  # fmt: skip
_MOMENTS: Final = {
    "proposed": (),
    "vetted": ("origin", "proposed_at"),
    "sent": ("proposed_at",),
    "revealed": ("sent_at", "proposed_at"),
    "met": (),
    "ended": ("state", "ended_by", "revealed_at", "sent_at", "proposed_at"),
}


def _in(states: Iterable[IntroductionState]) -> str:
    return "state IN (" + ", ".join(f"'{state.value}'" for state in states) + ")"


class Introduction(Base):
    """Two sides that are brought together; the consent of each is its own column.

    The *proposer* is who has expressed interest, or the side of the office that proposes the
    pair; the *other* side is the one behind ``other_listing``.  A side without an organisation
    is a listing that an office holds: the office answers for it.

    ``version`` counts the transitions; nothing is written but by an UPDATE that names the state
    it expects, so that of two who act at once one is told what the other has done.
    """

    __tablename__ = "introduction"
    __table_args__ = (
        sa.CheckConstraint("proposer_organisation_id <> other_organisation_id", name="two_sides"),
        sa.CheckConstraint(
            "proposer_organisation_id IS NOT NULL OR proposer_listing_id IS NOT NULL", name="proposer"
        ),
        # An expression of interest is the proposer's consent, and an organisation's.
        sa.CheckConstraint(
            "origin <> 'interest' OR "
            "(proposer_accepted_at IS NOT NULL AND proposer_organisation_id IS NOT NULL)",
            name="interest",
        ),
        # Nobody answers who was not asked.
        sa.CheckConstraint("other_accepted_at IS NULL OR sent_at IS NOT NULL", name="other_asked"),
        sa.CheckConstraint(
            "proposer_accepted_at IS NULL OR origin = 'interest' OR sent_at IS NOT NULL",
            name="proposer_asked",
        ),
        sa.CheckConstraint(
            "(revealed_at IS NOT NULL) = "
            "(proposer_accepted_at IS NOT NULL AND other_accepted_at IS NOT NULL)",
            name="double_consent",
        ),
        sa.CheckConstraint(f"({_in(REVEALED)}) = (revealed_at IS NOT NULL)", name="revealed"),
        sa.CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name="sent"),
        sa.CheckConstraint("state <> 'vetted' OR vetted_at IS NOT NULL", name="vetted"),
        sa.CheckConstraint("state <> 'meeting_held' OR met_at IS NOT NULL", name="met"),
        sa.CheckConstraint("met_at IS NULL OR revealed_at IS NOT NULL", name="met_each_other"),
        sa.CheckConstraint(f"({_in(AWAITED)}) = (due_at IS NOT NULL)", name="due"),
        sa.CheckConstraint(
            "due_at IS NOT NULL OR (remind_half_at IS NULL AND remind_last_at IS NULL)", name="reminders"
        ),
        sa.CheckConstraint(f"({_in(ENDED)}) = (ended_at IS NOT NULL AND ended_by IS NOT NULL)", name="ended"),
        sa.CheckConstraint(f"({_in(REASONED)}) = (reason IS NOT NULL)", name="reasoned"),
        sa.CheckConstraint("reason <> 'other' OR reason_text <> ''", name="reason_in_words"),
        sa.Index(
            "uq_introduction_live",
            "proposer_organisation_id",
            "other_listing_id",
            unique=True,
            sqlite_where=sa.text(_in(LIVE)),
            postgresql_where=sa.text(_in(LIVE)),
        ),
        sa.Index(
            "uq_introduction_pair",
            "proposer_listing_id",
            "other_listing_id",
            unique=True,
            sqlite_where=sa.text(_in(LIVE)),
            postgresql_where=sa.text(_in(LIVE)),
        ),
        sa.Index(
            "ix_introduction_due",
            "due_at",
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        ),
        sa.Index("ix_introduction_state", "state", "changed_at"),
        sa.Index("ix_introduction_proposer_office", "proposer_office_id", "state", "changed_at"),
        sa.Index("ix_introduction_other_office", "other_office_id", "state", "changed_at"),
        # What an officer has in hand: few of all that were ever theirs.
        *(
            sa.Index(
                f"ix_introduction_{end}_officer",
                f"{end}_officer_id",
                sqlite_where=sa.text(_in(LIVE)),
                postgresql_where=sa.text(_in(LIVE)),
            )
            for end in ("proposer", "other")
        ),
        # What reports count of a quarter, found by its moment; see docs/decisions/0014.
        *(
            sa.Index(f"ix_introduction_{moment}", f"{moment}_at", *beside, *_COUNTED)
            for moment, beside in _MOMENTS.items()
        ),
        # A narrow copy of all that the desk looks at; see docs/decisions/0011.
        sa.Index(
            "ix_introduction_figures",
            "state",
            "proposer_office_id",
            "other_office_id",
            "proposer_officer_id",
            "other_officer_id",
            "due_at",
            "changed_at",
            "proposed_at",
            "proposer_organisation_id",
            "other_organisation_id",
            "proposer_listing_id",
            "other_listing_id",
            "id",
        ),
        sa.Index("ix_introduction_proposer", "proposer_organisation_id", "changed_at"),
        sa.Index("ix_introduction_other", "other_organisation_id", "changed_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str | None] = mapped_column(sa.String(32), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[IntroductionState] = mapped_column(choice(IntroductionState, "state"))
    origin: Mapped[Origin] = mapped_column(choice(Origin, "origin"))

    proposer_organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    # As whom this side said yes, where its record has been merged since: whoever belonged to that one
    # sees the introduction, and that one's contacts are shown.
    proposer_as_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    # The listing of one's own that it comes from, when it comes from one.
    proposer_listing_id: Mapped[int | None] = mapped_column(sa.ForeignKey("listing.id"), index=True)
    proposer_office_id: Mapped[int | None] = mapped_column(sa.ForeignKey("office.id"))
    # The officer who has it in hand; any of the office while there is none.
    proposer_officer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    proposer_accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proposer_accepted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))

    other_organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    other_as_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    other_listing_id: Mapped[int] = mapped_column(sa.ForeignKey("listing.id"), index=True)
    other_office_id: Mapped[int | None] = mapped_column(sa.ForeignKey("office.id"))
    other_officer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    other_accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    other_accepted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))

    # What the proposer wrote, for the offices; it may hold a name.
    sought: Mapped[str] = mapped_column(sa.String(TEXT_LENGTH), default="")
    unclear: Mapped[str] = mapped_column(sa.String(TEXT_LENGTH), default="")
    # What an officer tells the sides that are asked; checked for names and contacts.
    presented: Mapped[str] = mapped_column(sa.String(TEXT_LENGTH), default="")
    # The score and its reasons as they were: what the calibration will learn from.
    total: Mapped[float | None] = mapped_column()
    explanation: Mapped[dict[str, Any] | None] = mapped_column(Json)

    proposed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    vetted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When it was first noted that the two sides have met: by a meeting arranged here, or in words.
    met_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[By | None] = mapped_column(choice(By, "ended_by"))
    # The last transition.
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[Reason | None] = mapped_column(choice(Reason, "reason"))
    # For the offices and for whoever wrote it.
    reason_text: Mapped[str] = mapped_column(sa.String(TEXT_LENGTH), default="")

    # When silence ends it, and when it is reminded of; a reminder that was sent is emptied.
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    remind_half_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    remind_last_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The last reminder by an officer's hand.
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    proposer_organisation: Mapped[Organisation | None] = relationship(foreign_keys=[proposer_organisation_id])
    proposer_as: Mapped[Organisation | None] = relationship(foreign_keys=[proposer_as_id])
    proposer_listing: Mapped[Listing | None] = relationship(foreign_keys=[proposer_listing_id])
    proposer_office: Mapped[Office | None] = relationship(foreign_keys=[proposer_office_id])
    proposer_officer: Mapped[User | None] = relationship(foreign_keys=[proposer_officer_id])
    other_organisation: Mapped[Organisation | None] = relationship(foreign_keys=[other_organisation_id])
    other_as: Mapped[Organisation | None] = relationship(foreign_keys=[other_as_id])
    other_listing: Mapped[Listing] = relationship(foreign_keys=[other_listing_id])
    other_office: Mapped[Office | None] = relationship(foreign_keys=[other_office_id])
    other_officer: Mapped[User | None] = relationship(foreign_keys=[other_officer_id])

    @property
    def proposer_named(self) -> Organisation | None:
        """The organisation that the other side is told of, once both have said yes."""
        return self.proposer_as or self.proposer_organisation

    @property
    def other_named(self) -> Organisation | None:
        """Likewise, of the other side."""
        return self.other_as or self.other_organisation

    @property
    def within_one_office(self) -> bool:
        """Whether one office holds both ends: there is no second one to wait for."""
        return self.proposer_office_id == self.other_office_id

    @property
    def proposer_awaited(self) -> bool:
        """Whether the proposer's side is asked and has not answered."""
        return self.state is IntroductionState.SENT and self.proposer_accepted_at is None

    @property
    def other_awaited(self) -> bool:
        """Whether the other side is asked and has not answered."""
        return self.state is IntroductionState.SENT and self.other_accepted_at is None
