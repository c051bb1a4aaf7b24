"""What was written within an introduction, as far as somebody may read it."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace import policy
from marketplace.errors import NotFound
from marketplace.files import StoredFile
from marketplace.introductions.models import Introduction, Message, MessageFile
from marketplace.introductions.states import LIVE, IntroductionState
from marketplace.policy import Actor

# While it lives there is something to say, and after an agreement too.
TALKING: Final = (*LIVE, IntroductionState.AGREED)
# So many of the newest stand on the page.
SHOWN: Final = 200


def thread(session: Session, actor: Actor, introduction: Introduction) -> list[Message]:
    """Return the messages that the actor may read, oldest first, in a fixed number of queries."""
    newest = session.scalars(
        sa.select(Message)
        .where(Message.introduction_id == introduction.id)
        .order_by(Message.id.desc())
        .limit(SHOWN)
        .options(joinedload(Message.author), selectinload(Message.files).joinedload(MessageFile.file))
    ).all()
    return [message for message in reversed(newest) if policy.allowed(actor, "message:view", message)]


def message_file(session: Session, actor: Actor, introduction: Introduction, number: int) -> StoredFile:
    """Return a file of a message that the actor may open.

    Raises
    ------
    NotFound
        Where there is none, or it is hidden from the actor.
    Forbidden
        Where the other side's file is not opened yet.
    """
    found = session.get(MessageFile, number)
    if found is None or found.message.introduction_id != introduction.id:
        raise NotFound
    policy.require(actor, "message:files", found.message)
    return found.file


def message_by_id(session: Session, actor: Actor, number: int) -> Message | None:
    """Return a message that the actor may read."""
    found = session.get(Message, number)
    return found if found is not None and policy.allowed(actor, "message:view", found) else None
