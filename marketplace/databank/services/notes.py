"""What officers note of an organisation, for their own office alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import audit
from marketplace.databank.models import Note
from marketplace.databank.queries.record import MOST_NOTES, note_of
from marketplace.errors import Conflict, Invalid
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries.found import locked_organisation
from marketplace.policy import Actor

THING: Final = "note"
# A second click within this time means the note that the first one made.
SAME_CLICK: Final = timedelta(minutes=10)


def write_note(session: Session, actor: Actor, reference: str, *, text: str, now: datetime) -> Note:
    """Add a note.

    Raises
    ------
    Invalid
        For an empty one, and where there are too many.
    """
    organisation = locked_organisation(session, actor, reference, "databank:note")
    if not text:
        raise Invalid("words", _("Write something first."), "missing")
    mine = (Note.organisation_id == organisation.id, Note.written_by_id == actor.user_id)
    same = session.scalar(sa.select(Note).where(*mine, Note.text == text, Note.written_at > now - SAME_CLICK))
    if same is not None:
        return same
    count = sa.select(sa.func.count()).select_from(Note).where(Note.organisation_id == organisation.id)
    if (session.scalar(count) or 0) >= MOST_NOTES:
        raise Invalid("words", _("There are too many notes. Delete those that are of no use."), "too_many")
    note = Note(
        organisation_id=organisation.id,
        office_id=actor.office_id if actor.office_id is not None else organisation.office_id,
        text=text,
        written_by_id=actor.user_id,
        written_at=now,
    )
    session.add(note)
    session.flush()
    audit.note(session, actor.user_id, "note:write", THING, note.id, now, {"organisation": organisation.id})
    return note


def edit_note(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    note_id: int,
    *,
    text: str,
    version: int,
    now: datetime,
) -> None:
    """Change one's own note.

    Parameters
    ----------
    version
        Of the note when the form was opened.

    Raises
    ------
    Conflict
        Where it says something else by now; ``current`` holds what.
    """
    note = note_of(session, actor, organisation, note_id)
    if not text:
        raise Invalid("words", _("Write something, or delete the note."), "missing")
    if note.text == text:
        return
    if note.version != version:
        raise Conflict(_("You have changed this note meanwhile, in another window."), {"text": note.text})
    note.text = text
    note.edited_at = now
    session.flush()
    audit.note(session, actor.user_id, "note:edit", THING, note.id, now, {"organisation": organisation.id})


def delete_note(
    session: Session, actor: Actor, organisation: Organisation, note_id: int, *, now: datetime
) -> None:
    """Delete one's own note; what it said is kept in the audit, which administrators read."""
    note = note_of(session, actor, organisation, note_id)
    facts = {"organisation": organisation.id, "said": note.text}
    session.delete(note)
    session.flush()
    audit.note(session, actor.user_id, "note:delete", THING, note_id, now, facts)
