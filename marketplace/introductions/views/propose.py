"""An officer's proposal to introduce the sides of two listings."""

from __future__ import annotations

from flask import render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import clock, policy
from marketplace.errors import Conflict, Invalid
from marketplace.introductions.forms import ProposeForm
from marketplace.introductions.queries.find import joined_already
from marketplace.introductions.services.propose import Pair, in_the_way, propose_introduction
from marketplace.introductions.views.blueprint import DESK, Answer, bp, done
from marketplace.listings.queries import cards, listing_by_reference
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, transaction


@bp.get("/desk/introductions/new")
@needs("desk:use")
def propose() -> str:
    """Show the two listings, and ask what the sides are to be told."""
    form = ProposeForm(formdata=None)
    form.first.data, form.second.data = request.args.get("first", ""), request.args.get("second", "")
    return _page(form)


@bp.post("/desk/introductions/new")
@needs("desk:use")
def propose_pair() -> Answer:
    """Propose that the two meet."""
    form = ProposeForm()
    if not form.validate():
        return _page(form), 422
    try:
        with transaction() as session:
            begun = propose_introduction(
                session, actor(), _pair(session, form), presented=form.text("presented"), now=clock.now()
            )
            reference = begun.reference or ""
    except Invalid as problem:
        form.blame(problem)
        return _page(form), 422
    except Conflict as conflict:
        return _page(form, conflict.message), 409
    return done(DESK, reference, _("The two are being introduced; whoever is next has been told."))


def _pair(session: Session, form: ProposeForm) -> Pair:
    return Pair(
        listing_by_reference(session, actor(), form.text("first")),
        listing_by_reference(session, actor(), form.text("second")),
    )


def _page(form: ProposeForm, conflict: str = "") -> str:
    with reading() as session:
        pair = _pair(session, form)
        policy.require(actor(), "introduction:propose", pair)
        shown = cards(session, actor(), [pair.first.id, pair.second.id])
        joined = joined_already(session, pair.first, pair.second)
        seen = joined is not None and policy.allowed(actor(), "introduction:view", joined)
    return render_template(
        "introductions/propose.html",
        form=form,
        cards=shown,
        conflict=conflict or (in_the_way(joined) if joined else ""),
        reference=joined.reference if joined and seen else None,
        within=pair.first.office_id == pair.second.office_id,
    )
