"""Pages of what could be: what would bring more, who covers a request together, why one is missing."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from marketplace import clock, policy
from marketplace.errors import NotFound
from marketplace.listings.models import State
from marketplace.listings.queries import ListingCard, card, listing_by_reference
from marketplace.matches import queries, wording
from marketplace.matches.explanation import explain
from marketplace.matches.queries import USEFUL, More
from marketplace.matches.views.blueprint import bp
from marketplace.search.replica import Replica
from marketplace.web.access import needs
from marketplace.web.context import actor, part, reading
from matching.score import GOOD
from matching.types import Condition, Outcome, Score
from matching.whatif import Gain, Price

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class ShownGain:
    """What could be added, in words.

    Parameters
    ----------
    note
        What stands in its place now.
    """

    words: str
    note: str
    gained: int
    won: list[ListingCard]


@dataclass(frozen=True, slots=True)
class ShownPrice:
    """What one form of a condition would bring, in words."""

    words: str
    gained: int
    won: list[ListingCard]


@dataclass(frozen=True, slots=True)
class ShownCondition:
    """A condition and what it costs.

    Parameters
    ----------
    free
        Whether the listing would have no more partners without it.
    """

    words: str
    hard: bool
    free: bool
    prices: list[ShownPrice]


@bp.get("/me/listings/<reference>/more")
@needs("match:view")
def more(reference: str) -> str:
    """Show what would bring a listing more partners."""
    with reading() as session:
        listing = listing_by_reference(session, actor(), reference)
        found = queries.more_partners(session, part(Replica).fresh(), actor(), listing, today=clock.today())
        own = card(actor(), listing)
        may_edit = policy.allowed(actor(), "listing:edit", listing)
    return render_template(
        "matches/more.html",
        own=own,
        reached=found.reached,
        good=found.minimum >= GOOD,
        gains=[_gain(found, gain) for gain in found.gains],
        conditions=_conditions(found),
        may_edit=may_edit,
    )


@bp.get("/me/listings/<reference>/together")
@needs("match:view")
def together(reference: str) -> str:
    """Show the offers that cover a request together."""
    with reading() as session:
        listing = listing_by_reference(session, actor(), reference)
        found = queries.together(session, part(Replica).fresh(), actor(), listing, today=clock.today())
        own = card(actor(), listing)
        may_edit = policy.allowed(actor(), "listing:edit", listing)
    return render_template(
        "matches/together.html",
        own=own,
        team=found.found.best,
        teams=found.found.teams,
        exact=found.found.exact,
        cards=found.cards,
        may_edit=may_edit,
    )


@bp.get("/me/listings/<reference>/why")
@needs("match:view")
def why(reference: str) -> Answer:
    """Show why another listing is, or is not, among the matches."""
    typed = request.args.get("partner", "").strip()[:40]
    today = clock.today()
    with reading() as session:
        index = part(Replica).fresh()
        listing = listing_by_reference(session, actor(), reference)
        misses = queries.near_misses(session, index, actor(), listing, today=today)
        own, other, score = card(actor(), listing), None, None
        if typed:
            try:
                partner = listing_by_reference(session, actor(), typed)
            except NotFound:
                partner = None
            if partner is not None:
                score = queries.pair_score(session, index, actor(), listing, partner, today=today)
                other = card(actor(), partner)
    page = render_template(
        "matches/why.html",
        own=own,
        typed=typed,
        other=other,
        explained=explain(score, own.side) if score else None,
        verdict=_verdict(score, own, other) if score and other else "",
        misses=[(one.card, explain(one.score, own.side)) for one in misses],
        here=url_for("matches.why", reference=own.reference),
    )
    return (page, 404) if typed and other is None else page


def _verdict(score: Score, own: ListingCard, other: ListingCard) -> str:
    """Say in a sentence why a pair is, or is not, a match."""
    if other.reference == own.reference:
        return _("This is the listing itself.")
    if score.excluded_by:
        return _("It is not among your matches, because something that must hold does not.")
    if State.PUBLISHED not in {own.state, other.state} or own.state != other.state:
        return _("It is not among your matches, because one of the two is not open now.")
    if score.total < USEFUL:
        return _("It is not among your matches, because too little of the two meets.")
    return _("Nothing stands in the way: it is among your matches, unless it was put aside.")


def _gain(found: More, gain: Gain) -> ShownGain:
    won = [found.cards[number] for number in gain.won if number in found.cards]
    if gain.condition is None:
        words, note = _("Capability: “%(phrase)s”", phrase=gain.capability), _("Not among yours")
    else:
        words = wording.asked(gain.condition)
        unknown = gain.outcome is Outcome.UNKNOWN
        note = _("You do not state it yet") if unknown else _("What you state does not reach it")
    return ShownGain(words, note, gain.gained, won)


def _conditions(found: More) -> list[ShownCondition]:
    """Return the conditions with their prices: each one's own begin with what happens without it."""
    shown: list[ShownCondition] = []
    for price in found.prices:
        if price.relaxed is None:
            free = price.gained <= 0
            shown.append(ShownCondition(wording.asked(price.condition), price.condition.hard, free, []))
        if price.gained > 0:
            won = [found.cards[number] for number in price.won if number in found.cards]
            words = _instead(price, price.relaxed)
            shown[-1].prices.append(ShownPrice(words, price.gained, won))
    return shown


def _instead(price: Price, relaxed: Condition | None) -> str:
    if relaxed is None:
        return _("Without it")
    if relaxed.hard != price.condition.hard:
        return _("As a wish, not a must")
    return wording.bound(relaxed)
