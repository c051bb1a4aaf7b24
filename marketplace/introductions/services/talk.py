"""Writing to everybody who knows of an introduction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketplace import audit, outbox, policy
from marketplace.errors import Invalid
from marketplace.files import FileStore, Upload, keep_file
from marketplace.introductions.models import Introduction, Message, MessageFile
from marketplace.introductions.models.message import MESSAGE_LENGTH, MOST_FILES, TOKEN_LENGTH
from marketplace.introductions.queries.speakers import speaker
from marketplace.introductions.queries.thread import TALKING
from marketplace.introductions.services.discreet import check_discreet
from marketplace.introductions.services.hold import hold
from marketplace.introductions.services.move import THING, too_late
from marketplace.introductions.states import By
from marketplace.policy import Actor

# Whoever has more to say in an hour writes longer messages.
MOST_AN_HOUR: Final = 20
HOUR: Final = timedelta(hours=1)


def write_message(
    session: Session,
    actor: Actor,
    introduction: Introduction,
    *,
    text: str,
    uploads: Sequence[Upload],
    store: FileStore,
    once: str,
    to_all: bool,
    now: datetime,
) -> bool:
    """Write a message; everybody who knows of the introduction reads it, and is told by mail.

    Parameters
    ----------
    uploads
        What was read and found to be allowed.
    once
        A word of the form, made anew for each: the same form sent twice is one message.
    to_all
        Whether the page said that both sides read it; before they are asked, only those read it
        who know of the introduction.

    Returns
    -------
    bool
        Whether it is new.

    Raises
    ------
    Conflict
        Where the introduction has ended.
    Invalid
        For ``message`` or ``files``.
    """
    policy.require(actor, "introduction:write", introduction)
    hold(session, introduction)
    if introduction.state not in TALKING:
        raise too_late(session, actor, introduction)
    by = speaker(actor, introduction)
    asked = introduction.sent_at is not None
    _check_text(session, introduction, text, by)
    if asked and not to_all:
        raise Invalid(
            "message",
            _("Meanwhile both sides have been asked, and would read this. Send it again if that is right."),
            "audience",
        )
    if len(uploads) > MOST_FILES:
        raise Invalid("files", _("At most %(most)s files go with a message.", most=MOST_FILES), "too_many")
    insert: Any = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    written = session.scalar(
        insert(Message)
        .values(
            introduction_id=introduction.id,
            written_by=by,
            author_id=actor.user_id,
            once=once[:TOKEN_LENGTH],
            text=text,
            for_all=asked,
            written_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Message.id)
    )
    if written is None:
        return False
    _check_pace(session, actor, now)
    _attach(session, actor, introduction, written, by, uploads, store, now)
    facts = {"by": by.value, "message": written, "files": len(uploads)}
    audit.note(session, actor.user_id, "introduction:write", THING, introduction.id, now, facts)
    outbox.record(
        session,
        "IntroductionMessageWritten",
        {"introduction": introduction.id, "message": written},
        at=now,
        key=f"message:{written}",
    )
    return True


def _check_text(session: Session, introduction: Introduction, text: str, by: By) -> None:
    if not text:
        raise Invalid("message", _("Write a message first."), "missing")
    if len(text) > MESSAGE_LENGTH:
        raise Invalid(
            "message", _("At most %(longest)s characters are possible.", longest=MESSAGE_LENGTH), "too_long"
        )
    if introduction.revealed_at is None:
        check_discreet(session, "message", text, introduction, by)


def _check_pace(session: Session, actor: Actor, now: datetime) -> None:
    """Refuse what comes too fast; counted in the database, so that no worker counts for itself."""
    lately = sa.select(sa.func.count(Message.id)).where(
        Message.author_id == actor.user_id, Message.written_at > now - HOUR
    )
    if (session.scalar(lately) or 0) > MOST_AN_HOUR:
        raise Invalid(
            "message",
            _("You have written %(most)s messages within an hour. Please wait a while.", most=MOST_AN_HOUR),
            "too_many",
        )


def _attach(
    session: Session,
    actor: Actor,
    introduction: Introduction,
    message_id: int,
    by: By,
    uploads: Sequence[Upload],
    store: FileStore,
    now: datetime,
) -> None:
    owners = {
        By.PROPOSER: introduction.proposer_organisation_id,
        By.OTHER: introduction.other_organisation_id,
    }
    for position, upload in enumerate(uploads):
        file = keep_file(
            session, store, upload, organisation_id=owners.get(by), user_id=actor.user_id, now=now
        )
        session.add(MessageFile(message_id=message_id, position=position, file_id=file.id))
    session.flush()
