"""Tables of expressions of interest."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.db import Base, Json, UtcDateTime
from marketplace.listings.models import Listing


class Interest(Base):
    """That an organisation would like to meet the one behind a listing; one at a time."""

    __tablename__ = "interest"
    __table_args__ = (
        sa.Index(
            "uq_interest_live",
            "organisation_id",
            "listing_id",
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    listing_id: Mapped[int] = mapped_column(sa.ForeignKey("listing.id"), index=True)
    # The listing of one's own that it comes from, when it comes from a match.
    own_listing_id: Mapped[int | None] = mapped_column(sa.ForeignKey("listing.id"))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    sought: Mapped[str] = mapped_column(sa.String(1000), default="")
    unclear: Mapped[str] = mapped_column(sa.String(1000), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    total: Mapped[float | None] = mapped_column()
    explanation: Mapped[dict[str, Any] | None] = mapped_column(Json)

    listing: Mapped[Listing] = relationship(foreign_keys=[listing_id])
    own_listing: Mapped[Listing | None] = relationship(foreign_keys=[own_listing_id])
