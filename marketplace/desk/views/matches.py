"""Matches to broker: the engine's best pairs, and 'introduce' in one step."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from marketplace import clock
from marketplace.desk.queries.matches import PairToBroker, pairs_to_broker
from marketplace.desk.views.blueprint import Answer, bp
from marketplace.errors import Conflict, Invalid
from marketplace.introductions.services.propose import Pair, propose_introduction
from marketplace.listings.queries import listing_by_reference
from marketplace.matches.explanation import Explained, explain
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, transaction


@dataclass(frozen=True, slots=True)
class Proposed:
    """A pair with its score in words."""

    pair: PairToBroker
    explained: Explained


@bp.get("/desk/matches")
@needs("desk:use")
def matches() -> str:
    """Show the best pairs."""
    return _page()


def _page(told: str = "", reference: str = "") -> str:
    with reading() as session:
        found = pairs_to_broker(session, actor(), today=clock.today())
    return render_template(
        "desk/matches.html",
        best=[Proposed(pair, explain(pair.score)) for pair in found.best],
        held_back=[Proposed(pair, explain(pair.score)) for pair in found.held_back],
        told=told,
        reference=reference,
    )


@bp.post("/desk/matches")
@needs("introduction:propose")
def introduce() -> Answer:
    """Introduce the two sides of a pair to each other."""
    form = request.form
    try:
        with transaction() as session:
            pair = Pair(
                listing_by_reference(session, actor(), form.get("request", "")),
                listing_by_reference(session, actor(), form.get("offer", "")),
            )
            begun = propose_introduction(session, actor(), pair, presented="", now=clock.now())
            reference, within = begun.reference, begun.within_one_office
    except (Conflict, Invalid) as problem:
        # One of the two was closed, or somebody else introduced them, since the page was opened.
        return _page(problem.message), 409
    told = _("Both sides are asked.") if within else _("The other office is told; then both sides are asked.")
    flash(_("%(reference)s has begun.", reference=reference) + " " + told, "success")
    return redirect(url_for("desk.matches"), 303)
