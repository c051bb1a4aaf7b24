"""Handing over all that an officer has in hand."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import ngettext
from werkzeug.exceptions import NotFound as PageNotFound

from marketplace import clock
from marketplace.errors import Invalid
from marketplace.introductions.forms import OfficerForm
from marketplace.introductions.queries.desk import in_hand_count, officer_by_id
from marketplace.introductions.services.hands import hand_over
from marketplace.introductions.views.blueprint import Answer, bp
from marketplace.offices.queries import staff_of
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, transaction


@bp.get("/desk/introductions/hand-over")
@needs("desk:use")
def hand_over_page() -> str:
    """Ask to whom."""
    return _page(OfficerForm(formdata=None))


@bp.post("/desk/introductions/hand-over")
@needs("desk:use")
def hand_over_all() -> Answer:
    """Give all that one has in hand to a colleague, or back to the office."""
    form = OfficerForm()
    try:
        with transaction() as session:
            officer = officer_by_id(session, actor().user_id or 0)
            if officer is None:
                raise PageNotFound
            count = hand_over(session, actor(), officer, to_id=form.chosen(), now=clock.now())
    except Invalid as problem:
        form.blame(problem)
        return _page(form), 422
    flash(
        ngettext(
            "%(num)s introduction is in other hands now.",
            "%(num)s introductions are in other hands now.",
            count,
        ),
        "success",
    )
    return redirect(url_for("introductions.desk"), 303)


def _page(form: OfficerForm) -> str:
    me = actor().user_id or 0
    with reading() as session:
        officer = officer_by_id(session, me)
        if officer is None:
            # An administrator has nothing in hand.
            raise PageNotFound
        colleagues = [person for person in staff_of(session, officer.office_id) if person.user_id != me]
        count = in_hand_count(session, me)
    form.offer(colleagues)
    return render_template("introductions/hand_over.html", form=form, count=count, alone=not colleagues)
