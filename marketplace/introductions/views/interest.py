"""Expressing interest in a listing."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import clock, policy
from marketplace.errors import Invalid
from marketplace.introductions.forms import InterestForm
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.approach import organisations_written_for, own_listings_facing
from marketplace.introductions.queries.find import live_with
from marketplace.introductions.services.express import express_interest
from marketplace.introductions.views.blueprint import MINE, Answer, bp
from marketplace.listings.models import Listing
from marketplace.listings.queries import ListingCard, card, listing_by_reference
from marketplace.policy import OPEN_STATES
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, transaction


@bp.get("/opportunities/<reference>/interest")
@needs("listing:approach")
def interest(reference: str) -> Answer:
    """Say what will happen, and ask what is sought."""
    with reading() as session:
        listing = listing_by_reference(session, actor(), reference)
        shown = card(actor(), listing)
        if not policy.allowed(actor(), "listing:approach", listing):
            return render_template(
                "introductions/not_now.html", card=shown, hindrance=_hindrance(listing)
            ), 403
        form = _form(session, listing)
        existing = list(live_with(session, actor(), listing.id))
    asked = request.args.get("from", "").upper()
    if asked in form.own_references:
        form.own_listing.data = asked
    return _page(form, shown, existing)


@bp.post("/opportunities/<reference>/interest")
@needs("listing:approach")
def express(reference: str) -> Answer:
    """Take the interest down."""
    with reading() as session:
        listing = listing_by_reference(session, actor(), reference)
        policy.require(actor(), "listing:approach", listing)
        shown = card(actor(), listing)
        form = _form(session, listing)
    if not form.validate():
        return _page(form, shown), 422
    try:
        with transaction() as session:
            listing = listing_by_reference(session, actor(), reference)
            chosen = form.text("own_listing")
            own = listing_by_reference(session, actor(), chosen) if chosen else None
            expressed = express_interest(
                session,
                actor(),
                listing,
                organisation_id=form.organisation.data,
                own_listing=own,
                sought=form.text("sought"),
                unclear=form.text("unclear"),
                now=clock.now(),
            )
    except Invalid as problem:
        form.blame(problem)
        return _page(form, shown), 422
    if expressed.new:
        flash(_("Your interest is noted, and your office has been told. You hear from it."), "success")
    elif expressed.introduction.other_listing_id == listing.id:
        flash(_("You had expressed interest in this listing already; it stands as it was."), "info")
    else:
        flash(_("You are being introduced to each other already; this is where it stands."), "info")
    return redirect(url_for(MINE, reference=expressed.introduction.reference), 303)


def _form(session: Session, listing: Listing) -> InterestForm:
    form = InterestForm()
    form.offer(
        organisations_written_for(session, actor()),
        own_listings_facing(session, actor(), listing.side),
    )
    return form


def _page(form: InterestForm, shown: ListingCard, already: list[Introduction] | None = None) -> str:
    return render_template("introductions/interest.html", form=form, card=shown, already=already or [])


def _hindrance(listing: Listing) -> str:
    """Return why the actor cannot approach a listing that may be read."""
    who = actor()
    if who.belongs(listing.organisation_id):
        return _("This listing is your own organisation’s.")
    if listing.state not in OPEN_STATES:
        return _("This listing is not open any more.")
    if not listing.open_for_interest:
        return _("The one who posted it takes no expressions of interest at the moment.")
    if who.memberships:
        return _("Your role in your organisation is to read. Ask an owner or editor to express the interest.")
    return _("Interest is expressed by an organisation. Enter yours first; it takes about two minutes.")
