"""Tables of programmes."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date, datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.db import Base, Json, UtcDateTime
from marketplace.offices.models import Office
from marketplace.organisations.models import Organisation

NAME_LENGTH: Final = 160
AIM_LENGTH: Final = 2000


class Programme(Base):
    """A programme; one office leads it, others may take part."""

    __tablename__ = "programme"
    __table_args__ = (sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="dates"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # Stands in addresses and reports, and never changes.
    code: Mapped[str] = mapped_column(sa.String(32), unique=True)
    name: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    aim: Mapped[str] = mapped_column(sa.String(AIM_LENGTH), default="")
    countries: Mapped[list[str]] = mapped_column(Json, default=list)
    sectors: Mapped[list[str]] = mapped_column(Json, default=list)
    office_id: Mapped[int] = mapped_column(sa.ForeignKey("office.id"))
    starts_on: Mapped[date] = mapped_column()
    ends_on: Mapped[date | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    office: Mapped[Office] = relationship()
    partners: Mapped[list[ProgrammeOffice]] = relationship(cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}

    @property
    def office_ids(self) -> AbstractSet[int]:
        """The office that leads it and those that take part."""
        return {self.office_id, *(partner.office_id for partner in self.partners)}


class ProgrammeOffice(Base):
    """An office that takes part beside the one that leads."""

    __tablename__ = "programme_office"

    programme_id: Mapped[int] = mapped_column(
        sa.ForeignKey("programme.id", ondelete="CASCADE"), primary_key=True
    )
    office_id: Mapped[int] = mapped_column(sa.ForeignKey("office.id"), primary_key=True)

    office: Mapped[Office] = relationship()


class Enrolment(Base):
    """That an organisation takes part, from a moment until another; kept when it has left.

    Reports of the past are made of these moments: a row is ended, never deleted or moved.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        sa.CheckConstraint("left_at IS NULL OR left_at >= since", name="moments"),
        sa.Index("ix_enrolment_organisation", "organisation_id", "programme_id"),
        sa.Index(
            "uq_enrolment_open",
            "programme_id",
            "organisation_id",
            unique=True,
            sqlite_where=sa.text("left_at IS NULL"),
            postgresql_where=sa.text("left_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id", ondelete="CASCADE"))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    enrolled_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))

    organisation: Mapped[Organisation] = relationship()
