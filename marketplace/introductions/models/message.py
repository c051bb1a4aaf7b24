"""The tables of messages within an introduction, and of the files that go with them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.db import Base, UtcDateTime, choice
from marketplace.files import StoredFile
from marketplace.introductions.models.introduction import Introduction
from marketplace.introductions.states import By

MESSAGE_LENGTH: Final = 4000
MOST_FILES: Final = 5
TOKEN_LENGTH: Final = 32


class Message(Base):
    """What somebody wrote to everybody who knows of an introduction."""

    __tablename__ = "message"
    __table_args__ = (
        # The same form sent twice is one message.
        sa.UniqueConstraint("introduction_id", "author_id", "once"),
        sa.CheckConstraint("written_by <> 'exchange'", name="somebody"),
        sa.CheckConstraint("text <> ''", name="words"),
        sa.Index("ix_message_author", "author_id", "written_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    introduction_id: Mapped[int] = mapped_column(sa.ForeignKey("introduction.id"), index=True)
    written_by: Mapped[By] = mapped_column(choice(By, "written_by"))
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    # A word that the form held, made anew for each form.
    once: Mapped[str] = mapped_column(sa.String(TOKEN_LENGTH))
    text: Mapped[str] = mapped_column(sa.String(MESSAGE_LENGTH))
    # Whether the sides had been asked when it was written; before, it is not for a side asked later.
    for_all: Mapped[bool] = mapped_column()
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)

    introduction: Mapped[Introduction] = relationship()
    author: Mapped[User | None] = relationship()
    files: Mapped[list[MessageFile]] = relationship(
        back_populates="message", order_by="MessageFile.position", cascade="all, delete-orphan"
    )


class MessageFile(Base):
    """A file that goes with a message."""

    __tablename__ = "message_file"
    __table_args__ = (
        sa.UniqueConstraint("message_id", "position"),
        sa.CheckConstraint(f"position BETWEEN 0 AND {MOST_FILES - 1}", name="position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(sa.ForeignKey("message.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column()
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_file.id"))

    message: Mapped[Message] = relationship(back_populates="files")
    file: Mapped[StoredFile] = relationship()
