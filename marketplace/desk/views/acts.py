"""What is done with one click in a list: the services of introductions, and back to the list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import clock
from marketplace.desk.views import pipeline, today
from marketplace.desk.views.blueprint import PIPELINE, Answer, bp
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.introductions.forms import OfficerForm, ReasonForm, StepForm
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.find import introduction_by_reference
from marketplace.introductions.services.answer import accept_introduction, decline_introduction
from marketplace.introductions.services.broker import remind, send_on, vet_introduction
from marketplace.introductions.services.hands import reassign
from marketplace.introductions.services.progress import note_progress
from marketplace.web.access import needs
from marketplace.web.context import actor, transaction

# What needs no more words than the click; the others are noted on the introduction's page.
PLAIN_STEPS: Final = ("hold_meeting", "negotiate")
Act = Callable[[Session, Introduction], None]


def _carry_out(reference: str, verb: str, form: StepForm, act: Act, told: str) -> Answer:
    """Call one service, and lead back to the list that the button stood in."""
    if not form.validate():
        return _wrong(reference, verb, form)
    try:
        with transaction() as session:
            act(session, introduction_by_reference(session, actor(), reference))
    except Invalid as problem:
        form.blame(problem)
        return _wrong(reference, verb, form)
    except Conflict as conflict:
        return _too_late(reference, conflict)
    flash(f"{reference.upper()}: {told}", "success")
    return redirect(_back(), 303)


def _back() -> str:
    """Return the address of the list; only words that it knows are carried over."""
    if request.form.get("back") == PIPELINE:
        words: dict[str, Any] = dict(pipeline.asked().words)
        return url_for("desk.pipeline", **words)
    return url_for("desk.today", show=today.WHOLE if request.form.get("show") == today.WHOLE else None)


def _wrong(reference: str, verb: str, form: StepForm) -> Answer:
    return today.page(filled={(reference.upper(), verb): form}), 422


def _too_late(reference: str, conflict: Conflict) -> Answer:
    """Say what somebody else has done; the list behind it is as it is now."""
    page = render_template(
        "desk/too_late.html", reference=reference.upper(), message=conflict.message, address=_back()
    )
    return page, 409


@bp.post("/desk/today/<reference>/vet")
@needs("introduction:vet")
def vet(reference: str) -> Answer:
    """Let an expression of interest pass."""
    form = StepForm()

    def act(session: Session, found: Introduction) -> None:
        vet_introduction(
            session, actor(), found,
            presented=found.presented, version=form.opened_at(), now=clock.now(),
        )  # fmt: skip

    return _carry_out(reference, "vet", form, act, _("passed on; whoever is next has been told."))


@bp.post("/desk/today/<reference>/send-on")
@needs("introduction:send_on")
def pass_on(reference: str) -> Answer:
    """Ask the side, or both, in the words that the first office wrote."""
    form = StepForm()

    def act(session: Session, found: Introduction) -> None:
        send_on(
            session, actor(), found,
            presented=found.presented, version=form.opened_at(), now=clock.now(),
        )  # fmt: skip

    return _carry_out(reference, "send_on", form, act, _("the side is asked, by a mail and in its inbox."))


@bp.post("/desk/today/<reference>/accept")
@needs("introduction:accept")
def accept(reference: str) -> Answer:
    """Say yes for a listing that the office holds."""

    def act(session: Session, found: Introduction) -> None:
        accept_introduction(session, actor(), found, now=clock.now())

    return _carry_out(reference, "accept", StepForm(), act, _("the yes of your office is noted."))


@bp.post("/desk/today/<reference>/decline")
@needs("introduction:decline")
def decline(reference: str) -> Answer:
    """Say no, with a reason."""
    form = ReasonForm()

    def act(session: Session, found: Introduction) -> None:
        decline_introduction(
            session, actor(), found,
            reason=form.chosen(), words=form.text("words"), version=form.opened_at(), now=clock.now(),
        )  # fmt: skip

    told = _("declined; who knew of it has been told the reason.")
    return _carry_out(reference, "decline", form, act, told)


@bp.post("/desk/today/<reference>/remind")
@needs("introduction:remind")
def remind_now(reference: str) -> Answer:
    """Remind whoever is awaited."""

    def act(session: Session, found: Introduction) -> None:
        remind(session, actor(), found, now=clock.now())

    return _carry_out(reference, "remind", StepForm(), act, _("a reminder is on its way."))


@bp.post("/desk/today/<reference>/reassign")
@needs("introduction:reassign")
def give_to(reference: str) -> Answer:
    """Give it into a colleague's hands, or back to the office."""
    form = OfficerForm()

    def act(session: Session, found: Introduction) -> None:
        reassign(
            session, actor(), found,
            officer_id=form.chosen(), version=form.opened_at(), now=clock.now(),
        )  # fmt: skip

    return _carry_out(reference, "reassign", form, act, _("in other hands now."))


@bp.post("/desk/today/<reference>/progress/<name>")
@needs("introduction:progress")
def progress(reference: str, name: str) -> Answer:
    """Note that the two have met, or negotiate."""
    if name not in PLAIN_STEPS:
        raise NotFound
    form = StepForm()

    def act(session: Session, found: Introduction) -> None:
        note_progress(
            session, actor(), found, name,
            reason=None, words="", version=form.opened_at(), now=clock.now(),
        )  # fmt: skip

    return _carry_out(reference, name, form, act, _("noted; both sides and the offices see it."))
