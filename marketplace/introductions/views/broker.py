"""What an officer does with one introduction."""

from __future__ import annotations

from flask_babel import gettext as _

from marketplace import clock
from marketplace.introductions.forms import OfficerForm, PresentForm, ReasonForm, StepForm
from marketplace.introductions.services.answer import accept_introduction, decline_introduction
from marketplace.introductions.services.broker import remind, send_on, vet_introduction
from marketplace.introductions.services.hands import reassign
from marketplace.introductions.services.withdraw import withdraw_introduction
from marketplace.introductions.views.acts import carry_out, note_step, with_reason
from marketplace.introductions.views.blueprint import DESK, Answer, bp
from marketplace.web.access import needs
from marketplace.web.context import actor


@bp.post("/desk/introductions/<reference>/vet")
@needs("introduction:vet")
def vet(reference: str) -> Answer:
    """Let an expression of interest pass."""
    form = PresentForm()
    return carry_out(
        DESK,
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
        told=_("It is passed on; whoever is next has been told."),
    )


@bp.post("/desk/introductions/<reference>/send-on")
@needs("introduction:send_on")
def pass_on(reference: str) -> Answer:
    """Ask the side that has not said yes."""
    form = PresentForm()
    return carry_out(
        DESK,
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
        told=_("The side is asked, by a mail and in its inbox."),
    )


@bp.post("/desk/introductions/<reference>/accept")
@needs("introduction:accept")
def accept_for_office(reference: str) -> Answer:
    """Say yes for a listing that the office holds."""
    return carry_out(
        DESK,
        reference,
        "accept",
        StepForm(),
        lambda session, found: accept_introduction(session, actor(), found, now=clock.now()),
        told=_("The yes of your office is noted."),
    )


@bp.post("/desk/introductions/<reference>/decline")
@needs("introduction:decline")
def decline_for_office(reference: str) -> Answer:
    """Say no, with a reason."""
    form, told = ReasonForm(), _("It is declined; who knew of it has been told the reason.")
    return carry_out(DESK, reference, "decline", form, with_reason(decline_introduction, form), told=told)


@bp.post("/desk/introductions/<reference>/withdraw")
@needs("introduction:withdraw")
def withdraw_for_office(reference: str) -> Answer:
    """Take the office's own proposal back, with a reason."""
    form, told = ReasonForm(), _("It is taken back; who knew of it has been told.")
    return carry_out(DESK, reference, "withdraw", form, with_reason(withdraw_introduction, form), told=told)


@bp.post("/desk/introductions/<reference>/progress/<name>")
@needs("introduction:progress")
def progress_for_office(reference: str, name: str) -> Answer:
    """Note that the two have met, negotiate, or that nothing came of it."""
    form, act = note_step(name)
    return carry_out(DESK, reference, name, form, act, told=_("Noted. Both sides and the offices see it."))


@bp.post("/desk/introductions/<reference>/remind")
@needs("introduction:remind")
def remind_now(reference: str) -> Answer:
    """Remind whoever is awaited."""
    return carry_out(
        DESK,
        reference,
        "remind",
        StepForm(),
        lambda session, found: remind(session, actor(), found, now=clock.now()),
        told=_("A reminder is on its way."),
    )


@bp.post("/desk/introductions/<reference>/reassign")
@needs("introduction:reassign")
def give_to(reference: str) -> Answer:
    """Give it into a colleague's hands, or back to the office."""
    form = OfficerForm()
    return carry_out(
        DESK,
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
        told=_("It is in other hands now."),
    )
