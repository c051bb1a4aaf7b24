"""Posting a listing, and what the form asks for while it is being filled in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from marketplace import clock, policy
from marketplace.errors import Conflict, Invalid
from marketplace.files import FileStore, Upload, plain_name, read_upload
from marketplace.listings.forms import ListingForm
from marketplace.listings.models import Listing, State
from marketplace.listings.queries import listing_by_reference
from marketplace.listings.services import (
    ListingValues,
    change_files,
    edit_listing,
    possible,
    post_listing,
    submit_listing,
    too_late,
    values_of,
)
from marketplace.listings.views.blueprint import bp
from marketplace.listings.views.page import Surroundings, asked_form, post_page, suggestions, surroundings
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, settings, transaction
from matching.sectors import sector_title

Answer = Response | tuple[str, int]
# Nobody else reads these: they may be saved half-finished.
UNSEEN = frozenset({State.DRAFT, State.RETURNED})


@bp.get("/post")
@needs("account:use")
def post() -> Answer:
    """Show an empty form; a person without an organisation is sent to describe it first."""
    if not policy.allowed(actor(), "listing:post"):
        flash(_("Tell us first which organisation you post for; it takes a minute."), "info")
        return redirect("/me/organisation")
    with reading() as session:
        form = asked_form(session)
        about = surroundings(session, form)
    return post_page(form, about)


@bp.post("/post")
@needs("listing:post")
def send() -> Answer:
    """Save what was typed, and send it to the office where that was asked."""
    with reading() as session:
        form = asked_form(session)
        about = surroundings(session, form)
    return _save(form, about, submit=request.form.get("do") == "submit")


@bp.get("/me/listings/<reference>/edit")
@needs("listing:edit")
def edit(reference: str) -> Answer:
    """Show the form filled from a listing."""
    with reading() as session:
        listing = listing_by_reference(session, actor(), reference)
        policy.require(actor(), "listing:edit", listing)
        if not possible(listing, "edit"):
            raise too_late(listing)
        form = asked_form(session, values_of(listing))
        form.reference.process_data(listing.reference)
        form.version.process_data(listing.version)
        about = surroundings(session, form, listing)
    return post_page(form, about)


@bp.post("/me/listings/<reference>/edit")
@needs("listing:edit")
def save(reference: str) -> Answer:
    """Save an edit; a draft may be sent to the office with it."""
    with reading() as session:
        listing = listing_by_reference(session, actor(), reference)
        policy.require(actor(), "listing:edit", listing)
        form = asked_form(session, values_of(listing))
        about = surroundings(session, form, listing)
    form.reference.process_data(listing.reference)
    return _save(form, about, submit=request.form.get("do") == "submit")


def _save(form: ListingForm, about: Surroundings, *, submit: bool) -> Answer:
    now = clock.now()
    values = form.values(now.date(), for_review=submit or about.state not in {None, *UNSEEN})
    if values is not None and not values.title:
        form.blame(Invalid("title", _("Give it a title, so that you find it again."), "missing"))
        values = None
    uploads = _uploads(form)
    if values is None or form.files.errors:
        return post_page(form, about, status=422)
    try:
        with transaction() as session:
            listing = _write(session, form, values, now)
            if listing.state in UNSEEN or about.state is not None:
                _change_files(session, form, listing, uploads, now)
            if submit and listing.state in UNSEEN:
                listing = submit_listing(session, actor(), str(listing.reference), now=now)
            state, reference = listing.state, listing.reference
            told = _told(listing, about)
    except Invalid as problem:
        form.blame(problem)
        return post_page(form, about, status=422)
    except Conflict as conflict:
        if "values" not in conflict.current:
            raise
        return post_page(form, about, conflict=conflict, status=409)
    flash(told, "success" if state is State.PUBLISHED else "info")
    return redirect(url_for("listings.show", reference=reference), code=303)


def _write(session: Session, form: ListingForm, values: ListingValues, now: datetime) -> Listing:
    """Write what was typed into the listing of this form; the first time it makes one."""
    if form.reference.data:
        return edit_listing(
            session, actor(), str(form.reference.data), values, version=form.known_version or 0, now=now
        )
    posted = post_listing(
        session,
        actor(),
        values,
        organisation_id=_chosen_organisation(form),
        form_key=str(form.form_key.data)[:64],
        version=form.known_version,
        now=now,
    )
    return posted.listing


def _uploads(form: ListingForm) -> list[Upload]:
    """Read the files that were sent; what cannot be taken is said at the field."""
    found = []
    for sent in form.files.data or ():
        if not getattr(sent, "filename", ""):
            continue
        try:
            found.append(
                read_upload(sent.filename, sent.stream, limit_mb=settings().upload_max_mb, field="files")
            )
        except Invalid as problem:
            form.blame(Invalid("files", f"{plain_name(sent.filename)}: {problem.message}", problem.code))
    return found


def _change_files(
    session: Session, form: ListingForm, listing: Listing, uploads: list[Upload], now: datetime
) -> None:
    remove = [int(word) for word in form.remove_files.data or () if word.isascii() and word.isdigit()]
    if uploads or remove:
        change_files(
            session,
            actor(),
            str(listing.reference),
            store=FileStore(settings().var / "files"),
            add=uploads,
            remove=remove,
            now=now,
        )


def _chosen_organisation(form: ListingForm) -> int:
    chosen = str(form.organisation.data or next(iter(form.organisations), ""))
    for key in form.organisations:
        if str(key) == chosen:
            return key
    raise Invalid("organisation", _("Choose one of your organisations."), "unknown_choice")


def _told(listing: Listing, about: Surroundings) -> str:
    """Return what has happened, in a sentence."""
    if listing.state is State.PUBLISHED and about.state is State.PUBLISHED:
        return _("Saved. Partners are looked for again.")
    if listing.state is State.PUBLISHED:
        return _("Published. We are looking for partners now; you get a mail for each good match.")
    if listing.state is State.SUBMITTED and listing.held_because:
        return _("Sent to the office. There seems to be a contact or a name in the text; it is read first.")
    if listing.state is State.SUBMITTED:
        return _(
            "Sent to %(office)s. You get a mail when it is published or needs a change.",
            office=about.office or _("the office"),
        )
    return _("Saved. Nobody else sees it yet.") if listing.state is State.DRAFT else _("Saved.")


@bp.post("/post/draft")
@needs("listing:post")
def keep() -> tuple[dict[str, Any], int]:
    """Save a draft by itself while its author writes; answers what the form must know next time."""
    now = clock.now()
    with reading() as session:
        form = asked_form(session)
        if form.reference.data:
            listing = listing_by_reference(session, actor(), form.reference.data)
            policy.require(actor(), "listing:edit", listing)
            if listing.state not in UNSEEN:
                return {"saved": False}, 200
    values = form.values(now.date())
    if values is None or not values.title:
        return {"saved": False}, 200
    try:
        with transaction() as session:
            listing = _write(session, form, values, now)
            return {"saved": True, "reference": listing.reference, "version": listing.version}, 200
    except (Conflict, Invalid) as problem:
        return {"saved": False, "message": problem.message}, 409 if isinstance(problem, Conflict) else 422


@bp.post("/post/sectors")
@needs("listing:post")
def sectors() -> dict[str, Any]:
    """Propose sectors for the words of a form."""
    with reading() as session:
        form = asked_form(session)
    return {
        "sectors": [
            {"code": one.code, "title": sector_title(one.code), "reason": one.reason}
            for one in suggestions(form)
        ]
    }


@bp.post("/post/fields")
@needs("listing:post")
def fields() -> str:
    """Return the fields of the kind and side just chosen, with what was typed in those of one name."""
    with reading() as session:
        form = asked_form(session)
    return render_template("listings/_details.html", form=form)
