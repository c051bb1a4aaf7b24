"""One's own listings, and what their owner can do with them."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound as PageNotFound
from werkzeug.wrappers import Response

from marketplace import clock
from marketplace.listings.models import State
from marketplace.listings.queries import cards_of, own_listings
from marketplace.listings.services import PLAIN_VERBS, change_state, renew_listing
from marketplace.listings.views.blueprint import bp
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, transaction
from marketplace.web.paging import Page, asked_page

PAGE_SIZE = 20
# What the owner is told after each act.
DONE = {
    "withdraw": _l("It is a draft again; the office no longer has it."),
    "pause": _l("Paused. It is hidden from searches and matching until you reopen it."),
    "reopen": _l("Open again. We are looking for partners."),
    "mark_matched": _l("Congratulations. It is marked as matched and no longer searched for."),
    "close": _l("Closed. It takes no more interest."),
    "archive": _l("Put into the archive."),
}


@bp.get("/me/listings")
@needs("account:use")
def mine() -> str:
    """Show the listings of the actor's organisations, by state."""
    word = request.args.get("state", "")
    state = State(word) if word in set(State) else None
    number = asked_page()
    with reading() as session:
        own = own_listings(session, actor(), state, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
        cards = cards_of(actor(), own.rows)
    return render_template(
        "listings/mine.html",
        page=Page(cards, number, PAGE_SIZE, own.total),
        counts=[(one, own.counts[one]) for one in State if own.counts.get(one)],
        state=state,
        total=sum(count for one, count in own.counts.items() if one is not State.ARCHIVED),
    )


@bp.get("/me/listings/<reference>")
@needs("listing:edit")
def own(reference: str) -> Response:
    """Lead to the page of the listing, where its owner finds what can be done with it."""
    return redirect(url_for("listings.show", reference=reference))


@bp.post("/me/listings/<reference>/<verb>")
@needs("listing:edit")
def act(reference: str, verb: str) -> Response:
    """Pause, reopen, renew, close, mark as matched, withdraw or archive."""
    if verb not in {*PLAIN_VERBS, "renew"}:
        raise PageNotFound
    with transaction() as session:
        if verb == "renew":
            listing = renew_listing(session, actor(), reference, now=clock.now())
            told = _("Renewed until %(day)s.", day=listing.valid_until.isoformat())
        else:
            listing = change_state(session, actor(), reference, verb, now=clock.now())
            told = str(DONE[verb])
    flash(told, "success")
    return redirect(url_for("listings.show", reference=listing.reference), code=303)
