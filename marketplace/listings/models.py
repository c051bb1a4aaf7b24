"""Tables of listings."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from marketplace.db import Base, Json, UtcDateTime, choice
from marketplace.files import StoredFile
from marketplace.listings.text_key import LENGTH, text_key
from marketplace.organisations.models import Organisation
from matching.types import Kind, Operator, Side

TITLE_LENGTH = 256
SUMMARY_LENGTH = 500
TEXT_LENGTH = 4000
CAPABILITY_LENGTH = 120
CAPABILITIES = 20
SECTORS = 5


class State(enum.StrEnum):
    """Where a listing stands; services/ holds the transitions."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"
    PAUSED = "paused"
    MATCHED = "matched"
    CLOSED = "closed"
    EXPIRED = "expired"
    ARCHIVED = "archived"


class Dissemination(enum.StrEnum):
    """Who may read a published listing."""

    PUBLIC = "public"
    MEMBERS = "members"
    OFFICES = "offices"


# What is counted or filtered by beside the moments of a listing.
_COUNTED: Final = ("office_id", "country", "organisation_id", "id")


class Listing(Base):
    """An offer or a request.

    ``change`` is taken from one counter inside the writing transaction, so that replicas which
    ask for everything after a number miss nothing.  A listing without an organisation is held
    by its office, as are notices imported from a source that names nobody.
    """

    __tablename__ = "listing"
    __table_args__ = (
        sa.CheckConstraint("organisation_id IS NOT NULL OR office_id IS NOT NULL", name="held"),
        sa.CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name="published_at"),
        sa.CheckConstraint("quantity_per_year >= 0", name="quantity"),
        sa.CheckConstraint("lead_time_days BETWEEN 0 AND 3650", name="lead_time"),
        sa.Index(
            "ix_listing_open",
            # All that the search narrows down by, and counts.
            "published_at",
            "id",
            "side",
            "kind",
            "country",
            "dissemination",
            "organisation_id",
            "valid_until",
            "response_deadline",
            "state",
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        ),
        sa.Index("ix_listing_ends", "state", "valid_until"),
        sa.Index(
            "ix_listing_waiting",
            "office_id",
            "submitted_at",
            sqlite_where=sa.text("state = 'submitted'"),
            postgresql_where=sa.text("state = 'submitted'"),
        ),
        # What reports count of a quarter, found by its moment; see docs/decisions/0014.
        sa.Index("ix_listing_submitted", "submitted_at", "published_at", *_COUNTED, "kind", "sdgs"),
        sa.Index("ix_listing_published", "published_at", "submitted_at", *_COUNTED),
        sa.Index(
            "ix_listing_answered",
            "answered_at",
            *_COUNTED,
            sqlite_where=sa.text("answered_at IS NOT NULL"),
            postgresql_where=sa.text("answered_at IS NOT NULL"),
        ),
        # By which the desk finds the introductions of listings, and counts its own.
        sa.Index("ix_listing_country", "country", "id"),
        sa.Index("ix_listing_kind", "kind", "id"),
        sa.Index("ix_listing_office", "office_id", "state"),
        # What an introduction says of the listing that was asked.
        sa.Index("ix_listing_asked", "id", "kind", "sdgs"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str | None] = mapped_column(sa.String(32), unique=True)
    external_id: Mapped[str | None] = mapped_column(sa.String(80), unique=True)
    # Made with the form: a double click posts the same key twice and creates one listing.
    form_key: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    side: Mapped[Side] = mapped_column(choice(Side, "side"))
    kind: Mapped[Kind] = mapped_column(choice(Kind, "kind"))
    state: Mapped[State] = mapped_column(choice(State, "state"), default=State.DRAFT)
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    office_id: Mapped[int | None] = mapped_column(sa.ForeignKey("office.id"))
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    title: Mapped[str] = mapped_column(sa.String(TITLE_LENGTH))
    summary: Mapped[str] = mapped_column(sa.String(SUMMARY_LENGTH), default="")
    description: Mapped[str] = mapped_column(sa.String(TEXT_LENGTH), default="")
    partner_sought: Mapped[str] = mapped_column(sa.String(TEXT_LENGTH), default="")
    language: Mapped[str] = mapped_column(sa.String(5), default="en")
    country: Mapped[str] = mapped_column(sa.String(2))
    target_countries: Mapped[list[str]] = mapped_column(Json, default=list)
    excluded_countries: Mapped[list[str]] = mapped_column(Json, default=list)
    held_certificates: Mapped[list[str]] = mapped_column(Json, default=list)
    partnership_types: Mapped[list[str]] = mapped_column(Json, default=list)
    sdgs: Mapped[list[int]] = mapped_column(Json, default=list)
    quantity_per_year: Mapped[float | None] = mapped_column()
    quantity_unit: Mapped[str] = mapped_column(sa.String(16), default="")
    lead_time_days: Mapped[int | None] = mapped_column()
    # The kind's own fields, as listings/kinds.py describes and checks them.
    details: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    anonymous: Mapped[bool] = mapped_column(default=False)
    dissemination: Mapped[Dissemination] = mapped_column(
        choice(Dissemination, "dissemination"), default=Dissemination.PUBLIC
    )
    open_for_interest: Mapped[bool] = mapped_column(default=True)
    valid_until: Mapped[date] = mapped_column()
    response_deadline: Mapped[date | None] = mapped_column()
    # Why review must look closer, such as a phone number in the public summary.
    held_because: Mapped[list[str]] = mapped_column(Json, default=list)
    # By which the same text is found again; written with it, see below.
    text_key: Mapped[str | None] = mapped_column(sa.String(LENGTH), index=True)
    returned_because: Mapped[str] = mapped_column(sa.String(1000), default="")
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When both sides of an introduction that it takes part in have first said yes.
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The last day of notice given before expiry; so that it is given once.
    expiry_notice_for: Mapped[date | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    change: Mapped[int] = mapped_column(sa.BigInteger, default=0, index=True)
    version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation | None] = relationship()
    capabilities: Mapped[list[Capability]] = relationship(
        cascade="all, delete-orphan", order_by="Capability.position"
    )
    sectors: Mapped[list[ListingSector]] = relationship(
        cascade="all, delete-orphan", order_by="ListingSector.position"
    )
    requirements: Mapped[list[Requirement]] = relationship(
        cascade="all, delete-orphan", order_by="Requirement.position"
    )
    attachments: Mapped[list[Attachment]] = relationship(
        cascade="all, delete-orphan", order_by="Attachment.position"
    )

    __mapper_args__ = {"version_id_col": version}


@sa.event.listens_for(Listing, "before_insert")
@sa.event.listens_for(Listing, "before_update")
def _mark_text(_mapper: Any, _connection: Any, listing: Listing) -> None:
    """Keep the mark beside the text, whichever service has written it."""
    key = text_key(listing.summary or "", listing.description or "")
    if listing.text_key != key:
        listing.text_key = key


class Capability(Base):
    """One short phrase: what can be done, or what is needed."""

    __tablename__ = "capability"

    listing_id: Mapped[int] = mapped_column(sa.ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    phrase: Mapped[str] = mapped_column(sa.String(CAPABILITY_LENGTH))


class ListingSector(Base):
    """A class of ISIC Rev.4 a listing belongs to."""

    __tablename__ = "listing_sector"

    listing_id: Mapped[int] = mapped_column(sa.ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(4), index=True)


class Requirement(Base):
    """One measurable condition on the other side; bounds in the canonical unit.

    ``unit`` is the unit it was typed in, for showing it as it was meant.
    """

    __tablename__ = "requirement"
    __table_args__ = (
        sa.CheckConstraint("low IS NULL OR high IS NULL OR low <= high", name="bounds"),
        sa.CheckConstraint("weight > 0 AND weight <= 10", name="weight"),
    )

    listing_id: Mapped[int] = mapped_column(sa.ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    criterion: Mapped[str] = mapped_column(sa.String(40))
    operator: Mapped[Operator] = mapped_column(choice(Operator, "operator"))
    low: Mapped[float | None] = mapped_column()
    high: Mapped[float | None] = mapped_column()
    terms: Mapped[list[str]] = mapped_column(Json, default=list)
    unit: Mapped[str] = mapped_column(sa.String(16), default="")
    hard: Mapped[bool] = mapped_column(default=False)
    weight: Mapped[float] = mapped_column(default=1.0)
    evidence: Mapped[str] = mapped_column(sa.String(255), default="")


class Attachment(Base):
    """A file that goes with a listing; shown to others only as its media type and size."""

    __tablename__ = "attachment"

    listing_id: Mapped[int] = mapped_column(sa.ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_file.id"))

    file: Mapped[StoredFile] = relationship()


class ChangeCounter(Base):
    """One row: the number of the last change to any listing."""

    __tablename__ = "change_counter"

    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(sa.BigInteger)


FIRST_CHANGE = "INSERT INTO change_counter (id, value) VALUES (1, 0)"
sa.event.listen(ChangeCounter.__table__, "after_create", sa.DDL(FIRST_CHANGE))


def next_change(session: Session) -> int:
    """Take the next number of a change; the counter's row stays locked until the commit.

    Numbers are therefore in the order of commits: a replica that has seen *n* never finds a
    smaller one later.
    """
    return session.execute(
        sa.update(ChangeCounter)
        .where(ChangeCounter.id == 1)
        .values(value=ChangeCounter.value + 1)
        .returning(ChangeCounter.value)
    ).scalar_one()
