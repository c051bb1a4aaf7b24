"""Tables of organisations and what belongs to them."""

from __future__ import annotations

import enum
from datetime import date, datetime
from decimal import Decimal
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.db import Base, Json, UtcDateTime, choice
from marketplace.files import StoredFile
from marketplace.offices.models import Office


class OrganisationType(enum.StrEnum):
    """What an organisation is."""

    ENTERPRISE = "enterprise"
    CSO = "cso"
    GOVERNMENT = "government"
    SUPPORT = "support"
    RESEARCH = "research"
    MEDIA = "media"


class EmployeeBand(enum.StrEnum):
    """Size by persons employed."""

    MICRO = "1-9"
    SMALL = "10-49"
    MEDIUM = "50-249"
    LARGE = "250+"


class TurnoverBand(enum.StrEnum):
    """Yearly turnover, in millions of ``turnover_currency``."""

    UNDER_2 = "<2"
    UNDER_10 = "2-10"
    UNDER_50 = "10-50"
    OVER_50 = ">50"


class MemberRole(enum.StrEnum):
    """What a member may do for the organisation."""

    OWNER = "owner"
    EDITOR = "editor"
    VIEWER = "viewer"


class Organisation(Base):
    """An enterprise or other organisation; ``reference`` is public and never reused."""

    __tablename__ = "organisation"
    __table_args__ = (
        sa.CheckConstraint("export_percent BETWEEN 0 AND 100", name="export_percent"),
        # A duplicate is shut out like a suspended one: whatever hides those hides it.
        sa.CheckConstraint(
            "merged_into_id IS NULL OR (merged_into_id <> id AND suspended_at IS NOT NULL)", name="merged"
        ),
        sa.Index("ix_organisation_name_key", "country", "name_key"),
        # The two orders of an office's databank.
        sa.Index("ix_organisation_office_name", "office_id", "name_key", "id", "merged_into_id"),
        sa.Index("ix_organisation_office_changed", "office_id", "updated_at", "id", "merged_into_id"),
        # What reports count of a quarter, found by its moment; see docs/decisions/0014.
        sa.Index("ix_organisation_created", "created_at", "office_id", "country", "women_led", "id"),
        sa.Index("ix_organisation_verified", "verified_at", "office_id", "country", "id"),
        # Where it is and who leads it, of a side of an introduction.
        sa.Index("ix_organisation_side", "id", "country", "women_led"),
        sa.Index("ix_organisation_country", "country", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str | None] = mapped_column(sa.String(32), unique=True)
    external_id: Mapped[str | None] = mapped_column(sa.String(80), unique=True)
    type: Mapped[OrganisationType] = mapped_column(choice(OrganisationType, "type"))
    name: Mapped[str] = mapped_column(sa.String(255))
    # Name without legal form, case and accents: what duplicates are looked up by.
    name_key: Mapped[str] = mapped_column(sa.String(255))
    other_names: Mapped[list[str]] = mapped_column(Json, default=list)
    country: Mapped[str] = mapped_column(sa.String(2))
    region: Mapped[str] = mapped_column(sa.String(80), default="")
    city: Mapped[str] = mapped_column(sa.String(120), default="")
    # Contact details: never shown to another organisation before both sides accept.
    address: Mapped[str] = mapped_column(sa.String(255), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    website: Mapped[str] = mapped_column(sa.String(255), default="")
    founded_year: Mapped[int | None] = mapped_column()
    employees: Mapped[EmployeeBand | None] = mapped_column(choice(EmployeeBand, "employees"))
    turnover: Mapped[TurnoverBand | None] = mapped_column(choice(TurnoverBand, "turnover"))
    turnover_currency: Mapped[str] = mapped_column(sa.String(3), default="")
    export_percent: Mapped[int | None] = mapped_column()
    languages: Mapped[list[str]] = mapped_column(Json, default=list)
    women_led: Mapped[bool | None] = mapped_column()
    youth_led: Mapped[bool | None] = mapped_column()
    rural: Mapped[bool | None] = mapped_column()
    sectors: Mapped[list[str]] = mapped_column(Json, default=list)
    products: Mapped[str] = mapped_column(sa.String(1000), default="")
    description: Mapped[str] = mapped_column(sa.String(4000), default="")
    references_text: Mapped[str] = mapped_column(sa.String(2000), default="")
    office_id: Mapped[int | None] = mapped_column(sa.ForeignKey("office.id"), index=True)
    # Both follow from the records of what was checked; services/verification.py alone writes them.
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verified_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Of a duplicate, the one that was kept, and never another duplicate; merging/ writes it.
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    identifiers: Mapped[list[Identifier]] = relationship(
        back_populates="organisation", cascade="all, delete-orphan"
    )
    certificates: Mapped[list[HeldCertificate]] = relationship(
        back_populates="organisation", cascade="all, delete-orphan", order_by="HeldCertificate.id"
    )
    machines: Mapped[list[Machine]] = relationship(
        back_populates="organisation", cascade="all, delete-orphan", order_by="Machine.id"
    )
    members: Mapped[list[Membership]] = relationship(
        back_populates="organisation", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def organisation_id(self) -> int:
        """Its own id, so that policy can treat it like the things it owns."""
        return self.id


class Identifier(Base):
    """A legal identifier, such as a tax or register number."""

    __tablename__ = "organisation_identifier"
    __table_args__ = (
        sa.Index("ix_organisation_identifier_value", "country", "scheme", "value"),
        sa.UniqueConstraint("organisation_id", "scheme", "value"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        sa.ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    country: Mapped[str] = mapped_column(sa.String(2))
    scheme: Mapped[str] = mapped_column(sa.String(32))
    value: Mapped[str] = mapped_column(sa.String(64))
    # Whether the checksum of the scheme holds; null where the scheme has none we know.
    valid: Mapped[bool | None] = mapped_column()

    organisation: Mapped[Organisation] = relationship(back_populates="identifiers")


class Membership(Base):
    """That a person belongs to an organisation."""

    __tablename__ = "membership"

    organisation_id: Mapped[int] = mapped_column(
        sa.ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[MemberRole] = mapped_column(choice(MemberRole, "role"))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    # That only a merge has brought the person in: what was agreed before is not theirs to see.
    by_merge: Mapped[bool] = mapped_column(default=False, server_default=sa.false())

    organisation: Mapped[Organisation] = relationship(back_populates="members")


class Invitation(Base):
    """An invitation of a colleague; the link in the mail carries its id signed."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        sa.ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    email: Mapped[str] = mapped_column(sa.String(254))
    role: Mapped[MemberRole] = mapped_column(choice(MemberRole, "role"))
    invited_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation] = relationship()


class HeldCertificate(Base):
    """A certificate an organisation says it holds, and who has checked it."""

    __tablename__ = "certificate"
    __table_args__ = (
        sa.CheckConstraint(
            "expires_on IS NULL OR issued_on IS NULL OR expires_on >= issued_on", name="dates"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        sa.ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    scheme: Mapped[str] = mapped_column(sa.String(120))
    scope: Mapped[str] = mapped_column(sa.String(255), default="")
    body: Mapped[str] = mapped_column(sa.String(160), default="")
    number: Mapped[str] = mapped_column(sa.String(80), default="")
    issued_on: Mapped[date | None] = mapped_column()
    expires_on: Mapped[date | None] = mapped_column()
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    verified_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation] = relationship(back_populates="certificates")


class Machine(Base):
    """A machine or a group of equal machines, with what they can do and when they are free."""

    __tablename__ = "machine"
    __table_args__ = (
        sa.CheckConstraint("quantity >= 1", name="quantity"),
        sa.CheckConstraint("utilised_percent BETWEEN 0 AND 100", name="utilised_percent"),
        sa.CheckConstraint("shifts BETWEEN 1 AND 4", name="shifts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        sa.ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    type: Mapped[str] = mapped_column(sa.String(120))
    maker: Mapped[str] = mapped_column(sa.String(120), default="")
    year: Mapped[int | None] = mapped_column()
    quantity: Mapped[int] = mapped_column(default=1)
    axes: Mapped[int | None] = mapped_column()
    envelope_x_mm: Mapped[Decimal | None] = mapped_column(sa.Numeric(10, 2))
    envelope_y_mm: Mapped[Decimal | None] = mapped_column(sa.Numeric(10, 2))
    envelope_z_mm: Mapped[Decimal | None] = mapped_column(sa.Numeric(10, 2))
    max_weight_kg: Mapped[Decimal | None] = mapped_column(sa.Numeric(12, 3))
    max_force_kn: Mapped[Decimal | None] = mapped_column(sa.Numeric(12, 3))
    max_diameter_mm: Mapped[Decimal | None] = mapped_column(sa.Numeric(10, 2))
    tolerance_mm: Mapped[Decimal | None] = mapped_column(sa.Numeric(10, 5))
    shifts: Mapped[int | None] = mapped_column()
    hours_per_month: Mapped[int | None] = mapped_column()
    utilised_percent: Mapped[int | None] = mapped_column()
    free_from: Mapped[date | None] = mapped_column()

    organisation: Mapped[Organisation] = relationship(back_populates="machines")


class Check(enum.StrEnum):
    """What an office can look at."""

    IDENTITY = "identity"
    REGISTER = "register"
    TAX = "tax"
    ADDRESS = "address"
    BANK = "bank"
    VISIT = "visit"
    OWNERSHIP = "ownership"
    CERTIFICATES = "certificates"
    MACHINES = "machines"
    REFERENCES = "references"


class CheckResult(enum.StrEnum):
    """What came of a check."""

    CONFIRMED = "confirmed"
    OPEN = "open"
    WRONG = "wrong"


# Checks that speak of who an organisation is; the others speak of what it has.
OF_IDENTITY: Final = (Check.IDENTITY, Check.REGISTER, Check.TAX, Check.ADDRESS, Check.BANK, Check.VISIT)
EVIDENCE_LENGTH: Final = 1000
LINK_LENGTH: Final = 255
BECAUSE_LENGTH: Final = 500
AGAINST_LENGTH: Final = 200
FINDINGS_LENGTH: Final = 2000


class Verification(Base):
    """What an office has checked of an organisation; a record is withdrawn, never edited.

    ``Organisation.verified_at`` and ``verified_by_id`` follow from these records and from nothing
    else: see ``services/verification.py``.
    """

    __tablename__ = "verification"
    __table_args__ = (
        sa.CheckConstraint("valid_until IS NULL OR valid_until >= checked_on", name="dates"),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_because = '')", name="withdrawn"),
        sa.Index("ix_verification_organisation", "organisation_id", "withdrawn_at"),
        sa.Index("ix_verification_valid_until", "valid_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id", ondelete="CASCADE"))
    # What is public of a confirmed one: these four.  Nothing else of it leaves the office.
    check: Mapped[Check] = mapped_column("checked", choice(Check, "checked"))
    result: Mapped[CheckResult] = mapped_column(choice(CheckResult, "result"))
    checked_on: Mapped[date] = mapped_column()
    office_id: Mapped[int | None] = mapped_column(sa.ForeignKey("office.id"))
    valid_until: Mapped[date | None] = mapped_column()
    evidence: Mapped[str] = mapped_column(sa.String(EVIDENCE_LENGTH), default="")
    evidence_link: Mapped[str] = mapped_column(sa.String(LINK_LENGTH), default="")
    evidence_file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_because: Mapped[str] = mapped_column(sa.String(BECAUSE_LENGTH), default="")

    evidence_file: Mapped[StoredFile | None] = relationship()
    office: Mapped[Office | None] = relationship()
    recorded_by: Mapped[User | None] = relationship(foreign_keys=[recorded_by_id])
    withdrawn_by: Mapped[User | None] = relationship(foreign_keys=[withdrawn_by_id])


class Benchmark(Base):
    """How an organisation performs among its peers, as an office measured it; withdrawn, never edited."""

    __tablename__ = "benchmark"
    __table_args__ = (
        sa.CheckConstraint("better_than BETWEEN 0 AND 100", name="better_than"),
        sa.CheckConstraint("against <> ''", name="against"),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_because = '')", name="withdrawn"),
        sa.Index("ix_benchmark_organisation", "organisation_id", "recorded_at"),
        sa.Index("ix_benchmark_recorded", "recorded_at", "organisation_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id", ondelete="CASCADE"))
    # The office as it was then.
    office_id: Mapped[int | None] = mapped_column(sa.ForeignKey("office.id"))
    benchmarked_on: Mapped[date] = mapped_column()
    # With whom it was compared, and by what.
    against: Mapped[str] = mapped_column(sa.String(AGAINST_LENGTH))
    # Of 100 of its peers; empty where only words were found.
    better_than: Mapped[int | None] = mapped_column()
    findings: Mapped[str] = mapped_column(sa.String(FINDINGS_LENGTH), default="")
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_because: Mapped[str] = mapped_column(sa.String(BECAUSE_LENGTH), default="")

    office: Mapped[Office | None] = relationship()
    recorded_by: Mapped[User | None] = relationship(foreign_keys=[recorded_by_id])
    withdrawn_by: Mapped[User | None] = relationship(foreign_keys=[withdrawn_by_id])
