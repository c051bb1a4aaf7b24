"""Tables of merges, and of pairs that look alike and are not the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.db import Base, Json, UtcDateTime
from marketplace.organisations.models import Organisation

STANDING: Final = "undone_at IS NULL"


class Merge(Base):
    """That a duplicate was merged into another organisation, with all that is needed to undo it."""

    __tablename__ = "organisation_merge"
    __table_args__ = (
        sa.CheckConstraint("kept_id <> merged_id", name="two"),
        sa.Index(
            "uq_organisation_merge_standing",
            "merged_id",
            unique=True,
            sqlite_where=sa.text(STANDING),
            postgresql_where=sa.text(STANDING),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    merged_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Row by row what was changed, added and removed; see services/journal.py.
    journal: Mapped[dict[str, Any]] = mapped_column(Json)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))

    kept: Mapped[Organisation] = relationship(foreign_keys=[kept_id])
    merged: Mapped[Organisation] = relationship(foreign_keys=[merged_id])
    by: Mapped[User | None] = relationship(foreign_keys=[by_id])


class Distinct(Base):
    """That two organisations look alike and are not the same; the lower id stands first."""

    __tablename__ = "organisation_distinct"
    __table_args__ = (sa.CheckConstraint("organisation_id <> other_organisation_id", name="two"),)

    organisation_id: Mapped[int] = mapped_column(
        sa.ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True
    )
    other_organisation_id: Mapped[int] = mapped_column(
        sa.ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation] = relationship(foreign_keys=[organisation_id])
    other_organisation: Mapped[Organisation] = relationship(foreign_keys=[other_organisation_id])
    by: Mapped[User | None] = relationship()
