"""What a side does: say yes or no, take it back, and tell what has become of it."""

from __future__ import annotations

from flask_babel import gettext as _

from marketplace import clock
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.introductions.forms import ReasonForm, StepForm
from marketplace.introductions.queries.find import introduction_by_reference
from marketplace.introductions.services.answer import accept_introduction, decline_introduction
from marketplace.introductions.services.progress import NOTED, note_progress
from marketplace.introductions.services.withdraw import withdraw_introduction
from marketplace.introductions.states import IntroductionState
from marketplace.introductions.views.blueprint import MINE, Answer, bp, done, too_late
from marketplace.introductions.views.mine import page
from marketplace.web.access import needs
from marketplace.web.context import actor, transaction


@bp.post("/me/introductions/<reference>/accept")
@needs("introduction:accept")
def accept(reference: str) -> Answer:
    """Say yes."""
    try:
        with transaction() as session:
            found = introduction_by_reference(session, actor(), reference)
            accept_introduction(session, actor(), found, now=clock.now())
            opened = found.state is not IntroductionState.SENT
    except Conflict as conflict:
        return too_late(MINE, reference, conflict)
    if opened:
        return done(MINE, reference, _("Both sides have said yes. Here are the contacts."))
    return done(MINE, reference, _("Your yes is noted. We tell you when the other side has answered."))


@bp.post("/me/introductions/<reference>/decline")
@needs("introduction:decline")
def decline(reference: str) -> Answer:
    """Say no, with a reason."""
    form = ReasonForm()
    if not form.validate():
        return page(reference, {"decline": form}), 422
    try:
        with transaction() as session:
            decline_introduction(
                session,
                actor(),
                introduction_by_reference(session, actor(), reference),
                reason=form.chosen(),
                words=form.text("words"),
                version=form.opened_at(),
                now=clock.now(),
            )
    except Invalid as problem:
        form.blame(problem)
        return page(reference, {"decline": form}), 422
    except Conflict as conflict:
        return too_late(MINE, reference, conflict)
    return done(MINE, reference, _("You have declined. The other side reads the reason, and not your name."))


@bp.post("/me/introductions/<reference>/withdraw")
@needs("introduction:withdraw")
def withdraw(reference: str) -> Answer:
    """Take one's interest back, with a reason."""
    form = ReasonForm()
    if not form.validate():
        return page(reference, {"withdraw": form}), 422
    try:
        with transaction() as session:
            withdraw_introduction(
                session,
                actor(),
                introduction_by_reference(session, actor(), reference),
                reason=form.chosen(),
                words=form.text("words"),
                version=form.opened_at(),
                now=clock.now(),
            )
    except Invalid as problem:
        form.blame(problem)
        return page(reference, {"withdraw": form}), 422
    except Conflict as conflict:
        return too_late(MINE, reference, conflict)
    return done(MINE, reference, _("It is taken back. The other side never learnt from us who you are."))


@bp.post("/me/introductions/<reference>/progress/<name>")
@needs("introduction:progress")
def progress(reference: str, name: str) -> Answer:
    """Tell that the two have met, negotiate, or that nothing came of it."""
    if name not in NOTED:
        raise NotFound
    form = ReasonForm() if name == "fail" else StepForm()
    if not form.validate():
        return page(reference, {name: form}), 422
    try:
        with transaction() as session:
            note_progress(
                session,
                actor(),
                introduction_by_reference(session, actor(), reference),
                name,
                reason=form.chosen() if isinstance(form, ReasonForm) else None,
                words=form.text("words") if isinstance(form, ReasonForm) else "",
                version=form.opened_at(),
                now=clock.now(),
            )
    except Invalid as problem:
        form.blame(problem)
        return page(reference, {name: form}), 422
    except Conflict as conflict:
        return too_late(MINE, reference, conflict)
    return done(MINE, reference, _("Noted. The other side and the offices see it."))
