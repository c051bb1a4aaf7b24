"""Who of the office has what in hand, and handing over all that a colleague has who leaves."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import ngettext

from marketplace import clock, policy
from marketplace.desk.queries.hands import colleague, hands_of_office
from marketplace.desk.views.blueprint import Answer, bp
from marketplace.errors import Invalid, NotFound
from marketplace.introductions.forms import OfficerForm
from marketplace.introductions.queries.desk import in_hand_count
from marketplace.introductions.services.hands import hand_over
from marketplace.offices.queries import staff_of
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, transaction

PLACE = "/desk/hands/<int(max=2147483647):user_id>"


@bp.get("/desk/hands")
@needs("desk:use")
def hands() -> str:
    """Show who has how much in hand."""
    with reading() as session:
        found = hands_of_office(session, actor())
    return render_template("desk/hands.html", hands=found, me=actor().user_id)


@bp.get(PLACE)
@needs("introduction:hand_over")
def hand_over_page(user_id: int) -> str:
    """Ask to whom all that a colleague has in hand is to go."""
    return _page(user_id, OfficerForm(formdata=None))


@bp.post(PLACE)
@needs("introduction:hand_over")
def hand_over_all(user_id: int) -> Answer:
    """Give all that a colleague has in hand to somebody else, or back to the office."""
    form = OfficerForm()
    try:
        with transaction() as session:
            officer = colleague(session, actor(), user_id)
            if officer is None:
                raise NotFound
            count = hand_over(session, actor(), officer, to_id=form.chosen(), now=clock.now())
    except Invalid as problem:
        form.blame(problem)
        return _page(user_id, form), 422
    told = ngettext(
        "%(num)s introduction is in other hands now.", "%(num)s introductions are in other hands now.", count
    )
    flash(told, "success")
    return redirect(url_for("desk.hands"), 303)


def _page(user_id: int, form: OfficerForm) -> str:
    with reading() as session:
        officer = colleague(session, actor(), user_id)
        if officer is None:
            raise NotFound
        policy.require(actor(), "introduction:hand_over", officer)
        people = staff_of(session, officer.office_id)
        count = in_hand_count(session, user_id)
    form.offer([person for person in people if person.user_id != user_id])
    name = next(person.name for person in people if person.user_id == user_id)
    return render_template("desk/hand_over.html", form=form, name=name, count=count)
