"""Notes for the staff of the office alone."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext as _

from marketplace import clock
from marketplace.databank.forms import NoteForm
from marketplace.databank.queries.record import note_of
from marketplace.databank.services.notes import delete_note, edit_note, write_note
from marketplace.databank.views.blueprint import LARGEST, ONE, Answer, bp, done
from marketplace.databank.views.record import page
from marketplace.errors import Conflict, Invalid
from marketplace.organisations.forms.profile import version_of
from marketplace.organisations.queries.found import organisation_of
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, transaction

NOTE = f"{ONE}/notes/<int(max={LARGEST}):note_id>"


@bp.post(f"{ONE}/notes")
@needs("databank:note")
def write(reference: str) -> Answer:
    """Add a note."""
    form = NoteForm()
    if form.validate():
        try:
            with transaction() as session:
                write_note(session, actor(), reference, text=form.text("words"), now=clock.now())
        except Invalid as problem:
            form.blame(problem)
        else:
            return done(reference, _("Your note is kept; only staff of your office reads it."), "notes")
    return page(reference, {"note": form}), 422


@bp.get(NOTE)
@needs("note:edit")
def note(reference: str, note_id: int) -> str:
    """Show one's own note for changing it."""
    return _note_page(reference, note_id)


@bp.post(NOTE)
@needs("note:edit")
def edit(reference: str, note_id: int) -> Answer:
    """Change one's own note."""
    form = NoteForm()
    if not form.validate():
        return _note_page(reference, note_id, form), 422
    try:
        with transaction() as session:
            organisation = organisation_of(session, actor(), reference, "databank:view")
            edit_note(
                session,
                actor(),
                organisation,
                note_id,
                text=form.text("words"),
                version=version_of(form),
                now=clock.now(),
            )
    except Conflict as conflict:
        return _note_page(reference, note_id, form, conflict), 409
    return done(reference, _("The note is changed."), "notes")


@bp.post(f"{NOTE}/delete")
@needs("note:edit")
def delete(reference: str, note_id: int) -> Answer:
    """Delete one's own note."""
    with transaction() as session:
        organisation = organisation_of(session, actor(), reference, "databank:view")
        delete_note(session, actor(), organisation, note_id, now=clock.now())
    return done(reference, _("The note is deleted."), "notes")


def _note_page(
    reference: str, note_id: int, form: NoteForm | None = None, conflict: Conflict | None = None
) -> str:
    with reading() as session:
        organisation = organisation_of(session, actor(), reference, "databank:view")
        found = note_of(session, actor(), organisation, note_id)
    form = form or NoteForm(formdata=None, data={"words": found.text, "version": found.version})
    if conflict is not None:
        form.version.process_data(found.version)
    return render_template(
        "databank/note.html", organisation=organisation, written=found, form=form, conflict=conflict
    )
