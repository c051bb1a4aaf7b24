"""What both sides and their offices do on the page of an introduction: write, meet, agree, answer."""

from __future__ import annotations

import secrets

from flask import current_app, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from marketplace import clock
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.files import FileStore, StoredFile, Upload, download_headers, plain_name, read_upload
from marketplace.introductions.forms import AgreementForm, CallOffForm, MeetingForm, MessageForm
from marketplace.introductions.forms.room import number_in
from marketplace.introductions.models import FollowUpAnswer
from marketplace.introductions.queries.find import introduction_by_reference
from marketplace.introductions.queries.outcomes import evidence, follow_up_by_id
from marketplace.introductions.queries.thread import message_file
from marketplace.introductions.services.agree import record_agreement
from marketplace.introductions.services.call_off import call_off
from marketplace.introductions.services.follow_up import answer_follow_up
from marketplace.introductions.services.meet import accept_time, note_meeting, propose_meeting
from marketplace.introductions.services.talk import write_message
from marketplace.introductions.views.acts import again, carry_out
from marketplace.introductions.views.blueprint import DESK, MINE, Answer, bp, done, too_late
from marketplace.introductions.views.calendar import calendar_of
from marketplace.policy import allowed
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, settings, transaction
from marketplace.web.fields import Form

LARGEST: int = 2**31 - 1


def _endpoint(reference: str) -> str:
    """Return the page on which the reader sees an introduction."""
    with reading() as session:
        found = introduction_by_reference(session, actor(), reference)
        return DESK if allowed(actor(), "introduction:broker", found) else MINE


def _store() -> FileStore:
    return FileStore(settings().var / "files")


def _uploads(form: Form, name: str) -> list[Upload]:
    """Read the files that were sent; what cannot be taken is said at the field."""
    sent = form[name].data
    found = []
    for file in sent if isinstance(sent, list) else [sent]:
        if not getattr(file, "filename", ""):
            continue
        try:
            found.append(
                read_upload(file.filename, file.stream, limit_mb=settings().upload_max_mb, field=name)
            )
        except Invalid as problem:
            form.blame(Invalid(name, f"{plain_name(file.filename)}: {problem.message}", problem.code))
    return found


@bp.post("/introductions/<reference>/messages")
@needs("introduction:write")
def write(reference: str) -> Answer:
    """Write a message."""
    form = MessageForm()
    form.validate()
    uploads = _uploads(form, "files")
    return carry_out(
        _endpoint(reference),
        reference,
        "message",
        form,
        lambda session, found: write_message(
            session,
            actor(),
            found,
            text=form.text("message"),
            uploads=uploads,
            store=_store(),
            once=form.text("once") or secrets.token_hex(12),
            to_all=form.text("to_all") == "yes",
            now=clock.now(),
        ),
        told=_("Your message is on its way."),
        typed=form.text("message"),
    )


@bp.get(f"/introductions/<reference>/files/<int(max={LARGEST}):number>")
@needs("introduction:view")
def attached(reference: str, number: int) -> Response:
    """Hand out a file of a message."""
    with reading() as session:
        found = introduction_by_reference(session, actor(), reference)
        file = message_file(session, actor(), found, number)
    return _handed_out(file)


@bp.get("/introductions/<reference>/evidence")
@needs("introduction:view")
def evidence_file(reference: str) -> Response:
    """Hand out the evidence of an agreement."""
    with reading() as session:
        file = evidence(session, actor(), introduction_by_reference(session, actor(), reference))
    return _handed_out(file)


def _handed_out(file: StoredFile) -> Response:
    try:
        content = _store().read(file.sha256)
    except OSError:
        current_app.logger.error("the content of file %s is gone", file.id)  # noqa: TRY400 - the trace says no more
        raise NotFound from None
    return Response(content, headers=download_headers(file))


@bp.post("/introductions/<reference>/meetings")
@needs("introduction:propose_times")
def propose_times(reference: str) -> Answer:
    """Propose times for a meeting."""
    form = MeetingForm()
    if not form.validate():
        return again(_endpoint(reference), reference, "meeting", form)
    try:
        times = form.times()
        with transaction() as session:
            propose_meeting(
                session,
                actor(),
                introduction_by_reference(session, actor(), reference),
                times=times,
                minutes=number_in(form.text("minutes")),
                place=form.text("place"),
                answering=number_in(form.text("answering")),
                now=clock.now(),
            )
    except Invalid as problem:
        form.blame(problem)
        return again(_endpoint(reference), reference, "meeting", form)
    except Conflict as conflict:
        # Nothing typed is lost; with what has happened before the eyes it can be sent again.
        form.blame(Invalid("times", conflict.message))
        return again(_endpoint(reference), reference, "meeting", form, 409)
    return done(_endpoint(reference), reference, _("Proposed. The other side is asked by mail."))


@bp.post(f"/introductions/<reference>/meetings/<int(max={LARGEST}):number>/accept")
@needs("introduction:meet")
def accept_one(reference: str, number: int) -> Answer:
    """Accept one of the times."""
    try:
        with transaction() as session:
            accept_time(
                session,
                actor(),
                introduction_by_reference(session, actor(), reference),
                number=number,
                position=number_in(request.form.get("time", "")),
                now=clock.now(),
            )
    except Invalid as problem:
        form = MeetingForm(formdata=None)
        form.form_errors = [problem.message]
        return again(_endpoint(reference), reference, "meeting", form)
    except Conflict as conflict:
        return too_late(_endpoint(reference), reference, conflict)
    return done(
        _endpoint(reference), reference, _("It is agreed. Both sides get it by mail, for the calendar.")
    )


@bp.post(f"/introductions/<reference>/meetings/<int(max={LARGEST}):number>/call-off")
@needs("introduction:meet")
def call_it_off(reference: str, number: int) -> Answer:
    """Call an agreed meeting off."""
    form = CallOffForm()
    return carry_out(
        _endpoint(reference),
        reference,
        "call_off",
        form,
        lambda session, found: call_off(
            session,
            actor(),
            found,
            number=number,
            reason=form.text("reason"),
            now=clock.now(),
        ),
        told=_("It is called off. Both sides and both offices are told by mail."),
        typed=form.text("reason"),
    )


@bp.post(f"/introductions/<reference>/meetings/<int(max={LARGEST}):number>/<what>")
@needs("introduction:progress")
def note(reference: str, number: int, what: str) -> Answer:
    """Note whether a meeting was held."""
    if what not in {"held", "not-held"}:
        raise NotFound
    try:
        with transaction() as session:
            note_meeting(
                session,
                actor(),
                introduction_by_reference(session, actor(), reference),
                number=number,
                held=what == "held",
                now=clock.now(),
            )
    except Conflict as conflict:
        return too_late(_endpoint(reference), reference, conflict)
    return done(_endpoint(reference), reference, _("Noted. The other side and the offices see it."))


@bp.get(f"/introductions/<reference>/meetings/<int(max={LARGEST}):number>.ics")
@needs("introduction:view")
def calendar_entry(reference: str, number: int) -> Response:
    """Hand out a meeting that was agreed as a calendar file; one that was called off takes it out again."""
    with reading() as session:
        found = introduction_by_reference(session, actor(), reference)
        method, text = calendar_of(session, actor(), found, number)
    headers = {
        "Content-Type": f"text/calendar; charset=utf-8; method={method}",
        "Content-Disposition": f'attachment; filename="{found.reference}-{number}.ics"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return Response(text.encode(), headers=headers)


@bp.post("/introductions/<reference>/agreement")
@needs("introduction:progress")
def agree(reference: str) -> Answer:
    """Record an agreement."""
    form = AgreementForm()
    form.validate()
    uploads = _uploads(form, "file")
    return carry_out(
        _endpoint(reference),
        reference,
        "agree",
        form,
        lambda session, found: record_agreement(
            session,
            actor(),
            found,
            form.values(),
            upload=next(iter(uploads), None),
            store=_store(),
            version=form.opened_at(),
            now=clock.now(),
        ),
        told=_("Recorded. Congratulations to both sides."),
        typed=form.text("note"),
    )


@bp.post(f"/introductions/<reference>/follow-ups/<int(max={LARGEST}):number>")
@needs("follow_up:answer")
def answer(reference: str, number: int) -> Answer:
    """Answer how the partnership fares."""
    word = request.form.get("answer", "")
    if word not in set(FollowUpAnswer):
        raise NotFound
    with transaction() as session:
        found = introduction_by_reference(session, actor(), reference)
        question = follow_up_by_id(session, actor(), number)
        if question.introduction_id != found.id:
            raise NotFound
        answer_follow_up(session, actor(), question, FollowUpAnswer(word), now=clock.now())
    return done(_endpoint(reference), reference, _("Thank you. Your answer is noted."))
