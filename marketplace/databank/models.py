"""Tables of what an office keeps of organisations for itself: notes and tags."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.db import Base, UtcDateTime

NOTE_LENGTH: Final = 4000
TAG_LENGTH: Final = 40


class Note(Base):
    """What an officer notes of an organisation, for the staff of the same office alone."""

    __tablename__ = "organisation_note"
    # What the audit says of a note that was deleted is never said of another.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        sa.ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    # The office as it was then: where the organisation goes to another one, its notes stay behind.
    office_id: Mapped[int | None] = mapped_column(sa.ForeignKey("office.id"))
    text: Mapped[str] = mapped_column(sa.String(NOTE_LENGTH))
    written_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    written_by: Mapped[User | None] = relationship()

    __mapper_args__ = {"version_id_col": version}


class Tag(Base):
    """A word of an office's own, by which it finds organisations again."""

    __tablename__ = "tag"
    __table_args__ = (sa.UniqueConstraint("office_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(sa.ForeignKey("office.id", ondelete="CASCADE"))
    word: Mapped[str] = mapped_column(sa.String(TAG_LENGTH))
    # Capitals, accents and punctuation do not make another tag.
    key: Mapped[str] = mapped_column(sa.String(TAG_LENGTH))


class OrganisationTag(Base):
    """That an organisation has a tag."""

    __tablename__ = "organisation_tag"

    organisation_id: Mapped[int] = mapped_column(
        sa.ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True
    )
    tag_id: Mapped[int] = mapped_column(
        sa.ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    added_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
