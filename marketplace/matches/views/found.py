"""Pages of matches: of a listing, and beside the form while a listing is typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from marketplace import clock, policy
from marketplace.errors import Invalid
from marketplace.listings.queries import ListingCard, card, listing_by_reference
from marketplace.listings.views.page import asked_listing, post_page, surroundings
from marketplace.matches import queries, services
from marketplace.matches.explanation import Explained, explain, shared_chances
from marketplace.matches.forms import DismissForm
from marketplace.matches.models import DismissReason
from marketplace.matches.queries import Matched, Waved
from marketplace.matches.views.blueprint import bp
from marketplace.search.replica import Replica
from marketplace.web.access import needs
from marketplace.web.context import actor, part, reading, transaction
from marketplace.web.paging import Page, asked_page
from matching.types import Listing as EngineListing
from matching.types import Side

PAGE_SIZE: Final = 20
Answer = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Shown:
    """A match as the page shows it."""

    match_id: int | None
    card: ListingCard
    explained: Explained
    found_at: datetime | None
    waved: Waved | None
    form: DismissForm | None


@dataclass(frozen=True, slots=True)
class Live:
    """Partners beside the form.

    Parameters
    ----------
    asked
        Whether anything was typed that partners could be sought by.
    side
        Of those found.
    """

    asked: bool
    side: Side
    best: tuple[tuple[ListingCard, Explained], ...] = ()
    total: int = 0
    more: bool = False


@bp.get("/me/listings/<reference>/matches")
@needs("match:view")
def of_listing(reference: str) -> str:
    """Show the matches of a listing, with their reasons."""
    return _page(reference, waved=request.args.get("show") == "dismissed")


@bp.post("/me/listings/<reference>/matches/<int:match_id>/dismiss")
@needs("match:dismiss")
def dismiss(reference: str, match_id: int) -> Answer:
    """Wave a match away."""
    form = DismissForm.of(match_id)
    if not form.validate():
        return _page(reference, refused=(match_id, form)), 422
    try:
        with transaction() as session:
            listing = listing_by_reference(session, actor(), reference)
            policy.require(actor(), "match:view", listing)
            services.dismiss_match(
                session,
                actor(),
                listing,
                queries.match_of(session, listing, match_id),
                reason=DismissReason(form.reason.data),
                text=form.text("words"),
                now=clock.now(),
            )
    except Invalid as problem:
        form.words.errors = [problem.message]
        return _page(reference, refused=(match_id, form)), 422
    flash(_("Put aside. You find it under “Put aside” and can take it back."), "info")
    return redirect(url_for("matches.of_listing", reference=reference), code=303)


@bp.post("/me/listings/<reference>/matches/restore")
@needs("match:dismiss")
def restore(reference: str) -> Response:
    """Take back that a match was waved away."""
    with transaction() as session:
        listing = listing_by_reference(session, actor(), reference)
        partner = listing_by_reference(session, actor(), request.form.get("partner", ""))
        services.undo_dismissal(session, actor(), listing, partner.id, now=clock.now())
    flash(_("It is among your matches again."), "success")
    return redirect(url_for("matches.of_listing", reference=reference), code=303)


@bp.post("/post/partners")
@needs("listing:post")
def partners() -> str:
    """Return the best partners for what is typed so far, as a piece of the page of the form."""
    with reading() as session:
        _form, typed = asked_listing(session)
        return render_template("search/partners.html", partners=_live(session, typed))


@bp.post("/post/preview")
@needs("listing:post")
def preview() -> Answer:
    """Show the form as it was sent with the partners beside it, for browsers without scripts."""
    with reading() as session:
        form, typed = asked_listing(session)
        listing = None
        if form.reference.data:
            listing = listing_by_reference(session, actor(), form.reference.data)
            policy.require(actor(), "listing:edit", listing)
        about = surroundings(session, form, listing)
        found = _live(session, typed)
    return post_page(form, about, partners=found)


def _live(session: Session, typed: EngineListing | None) -> Live:
    """Return the partners of what was typed; bad input finds nobody, and says what to type."""
    if typed is None or not (typed.title.strip() or typed.capabilities):
        return Live(asked=False, side=typed.side.other if typed else Side.OFFER)
    today = clock.today()
    found = queries.live_partners(session, part(Replica).fresh(), actor(), typed, today=today)
    best = tuple((partner.card, explain(partner.score, typed.side)) for partner in found.best)
    return Live(asked=True, side=typed.side.other, best=best, total=found.total, more=found.more)


def _page(reference: str, *, waved: bool = False, refused: tuple[int, DismissForm] | None = None) -> str:
    number, today = asked_page(), clock.today()
    with reading() as session:
        listing = listing_by_reference(session, actor(), reference)
        listed = queries.matches_of(
            session,
            actor(),
            listing,
            today=today,
            waved=waved,
            offset=(number - 1) * PAGE_SIZE,
            limit=PAGE_SIZE,
        )
        running = not listed.total and queries.still_matching(session, listing.id)
        own = card(actor(), listing)
        may_dismiss = policy.allowed(actor(), "match:dismiss", listing)
    rows = [_shown(row, listing.side, refused, may_dismiss=may_dismiss) for row in listed.rows]
    return render_template(
        "matches/of_listing.html",
        own=own,
        page=Page(rows, number, PAGE_SIZE, listed.total),
        waved=waved,
        waved_total=listed.waved,
        running=running,
        may_edit=policy.allowed(actor(), "listing:edit", listing),
        may_dismiss=may_dismiss,
        chances=[] if waved else shared_chances([row.score for row in listed.rows], listing.side),
        refused=refused[1] if refused else None,
    )


def _shown(row: Matched, side: Side, refused: tuple[int, DismissForm] | None, *, may_dismiss: bool) -> Shown:
    form = None
    if may_dismiss and row.match_id is not None:
        form = refused[1] if refused and refused[0] == row.match_id else _blank(row.match_id)
    return Shown(row.match_id, row.card, explain(row.score, side), row.found_at, row.waved, form)


def _blank(match_id: int) -> DismissForm:
    """Return an empty form; what was sent belongs to another one of the page."""
    return DismissForm(formdata=None, prefix=f"m{match_id}-")
