"""What a side does: say yes or no, take it back, and tell what has become of it."""

from __future__ import annotations

from flask_babel import gettext as _

from marketplace import clock
from marketplace.errors import Conflict
from marketplace.introductions.forms import ReasonForm
from marketplace.introductions.queries.find import introduction_by_reference
from marketplace.introductions.services.answer import accept_introduction, decline_introduction
from marketplace.introductions.services.withdraw import withdraw_introduction
from marketplace.introductions.states import IntroductionState
from marketplace.introductions.views.acts import carry_out, note_step, with_reason
from marketplace.introductions.views.blueprint import MINE, Answer, bp, done, too_late
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
    form, told = ReasonForm(), _("You have declined. The other side reads the reason, and not your name.")
    return carry_out(MINE, reference, "decline", form, with_reason(decline_introduction, form), told=told)


@bp.post("/me/introductions/<reference>/withdraw")
@needs("introduction:withdraw")
def withdraw(reference: str) -> Answer:
    """Take one's interest back, with a reason."""
    form, told = ReasonForm(), _("It is taken back. The other side never learnt from us who you are.")
    return carry_out(MINE, reference, "withdraw", form, with_reason(withdraw_introduction, form), told=told)


@bp.post("/me/introductions/<reference>/progress/<name>")
@needs("introduction:progress")
def progress(reference: str, name: str) -> Answer:
    """Tell that the two have met, negotiate, or that nothing came of it."""
    form, act = note_step(name)
    return carry_out(
        MINE, reference, name, form, act, told=_("Noted. The other side and the offices see it.")
    )
