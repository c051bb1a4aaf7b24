"""What an officer does with one introduction."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import clock
from marketplace.errors import Conflict, Invalid
from marketplace.introductions.forms import OfficerForm, PresentForm, ReasonForm, StepForm
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.find import introduction_by_reference
from marketplace.introductions.services.answer import accept_introduction, decline_introduction
from marketplace.introductions.services.broker import remind, send_on, vet_introduction
from marketplace.introductions.services.hands import reassign
from marketplace.introductions.services.withdraw import withdraw_introduction
from marketplace.introductions.views.blueprint import DESK, Answer, bp, done, too_late
from marketplace.introductions.views.desk import page
from marketplace.web.access import needs
from marketplace.web.context import actor, transaction


def _carry_out(
    reference: str, verb: str, form: StepForm, act: Callable[[Session, Introduction], None], told: str
) -> Answer:
    """Call one service, and answer: done, wrongly filled in, or too late."""
    if not form.validate():
        return page(reference, {verb: form}), 422
    try:
        with transaction() as session:
            act(session, introduction_by_reference(session, actor(), reference))
    except Invalid as problem:
        form.blame(problem)
        return page(reference, {verb: form}), 422
    except Conflict as conflict:
        return too_late(DESK, reference, conflict)
    return done(DESK, reference, told)


@bp.post("/desk/introductions/<reference>/vet")
@needs("introduction:vet")
def vet(reference: str) -> Answer:
    """Let an expression of interest pass."""
    form = PresentForm()
    return _carry_out(
        reference,
        "vet",
        form,
        lambda session, found: vet_introduction(
            session,
            actor(),
            found,
            presented=form.text("presented"),
            version=form.opened_at(),
            now=clock.now(),
        ),
        _("It is passed on; whoever is next has been told."),
    )


@bp.post("/desk/introductions/<reference>/send-on")
@needs("introduction:send_on")
def pass_on(reference: str) -> Answer:
    """Ask the side that has not said yes."""
    form = PresentForm()
    return _carry_out(
        reference,
        "send_on",
        form,
        lambda session, found: send_on(
            session,
            actor(),
            found,
            presented=form.text("presented"),
            version=form.opened_at(),
            now=clock.now(),
        ),
        _("The side is asked, by a mail and in its inbox."),
    )


@bp.post("/desk/introductions/<reference>/accept")
@needs("introduction:accept")
def accept_for_office(reference: str) -> Answer:
    """Say yes for a listing that the office holds."""
    return _carry_out(
        reference,
        "accept",
        StepForm(),
        _accept,
        _("The yes of your office is noted."),
    )


def _accept(session: Session, found: Introduction) -> None:
    accept_introduction(session, actor(), found, now=clock.now())


@bp.post("/desk/introductions/<reference>/decline")
@needs("introduction:decline")
def decline_for_office(reference: str) -> Answer:
    """Say no, with a reason."""
    form = ReasonForm()
    return _carry_out(
        reference,
        "decline",
        form,
        lambda session, found: decline_introduction(
            session,
            actor(),
            found,
            reason=form.chosen(),
            words=form.text("words"),
            version=form.opened_at(),
            now=clock.now(),
        ),
        _("It is declined; who knew of it has been told the reason."),
    )


@bp.post("/desk/introductions/<reference>/withdraw")
@needs("introduction:withdraw")
def withdraw_for_office(reference: str) -> Answer:
    """Take the office's own proposal back, with a reason."""
    form = ReasonForm()
    return _carry_out(
        reference,
        "withdraw",
        form,
        lambda session, found: withdraw_introduction(
            session,
            actor(),
            found,
            reason=form.chosen(),
            words=form.text("words"),
            version=form.opened_at(),
            now=clock.now(),
        ),
        _("It is taken back; who knew of it has been told."),
    )


@bp.post("/desk/introductions/<reference>/remind")
@needs("introduction:remind")
def remind_now(reference: str) -> Answer:
    """Remind whoever is awaited."""
    return _carry_out(
        reference,
        "remind",
        StepForm(),
        lambda session, found: remind(session, actor(), found, now=clock.now()),
        _("A reminder is on its way."),
    )


@bp.post("/desk/introductions/<reference>/reassign")
@needs("introduction:reassign")
def give_to(reference: str) -> Answer:
    """Give it into a colleague's hands, or back to the office."""
    form = OfficerForm()
    return _carry_out(
        reference,
        "reassign",
        form,
        lambda session, found: reassign(
            session,
            actor(),
            found,
            officer_id=form.chosen(),
            version=form.opened_at(),
            now=clock.now(),
        ),
        _("It is in other hands now."),
    )
