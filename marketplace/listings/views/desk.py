"""The review of submitted listings at the officers' desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from marketplace import clock
from marketplace.errors import Invalid
from marketplace.listings.forms import ReturnForm
from marketplace.listings.forms.listing import SIGNIFICANT
from marketplace.listings.models import Listing
from marketplace.listings.queries import (
    QUEUE,
    Alike,
    ListingCard,
    SameText,
    alike,
    card,
    listing_by_reference,
    review_queue,
)
from marketplace.listings.services import publish_listing, return_listing, values_of
from marketplace.listings.services.values import missing_for_review
from marketplace.listings.views.blueprint import bp
from marketplace.listings.views.shown import Row, common, file_words, requirement_rows, stated
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, transaction
from matching.types import Side

LONGEST_REFERENCE = 32
Answer = Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A submitted listing with everything an officer decides by."""

    card: ListingCard
    listing: Listing
    common: list[tuple[str, str]]
    groups: list[tuple[str, list[tuple[str, str]]]]
    requirements: list[Row]
    files: list[tuple[int, str, str]]
    missing: list[str]
    doubles: Sequence[str]
    same_text: SameText | None
    no_deadline: bool
    form: ReturnForm


@bp.get("/desk/review")
@needs("desk:use")
def review() -> Answer:
    """Show the submitted listings, oldest first, each with what the checks found."""
    return _queue(None, 200)


def _queue(refused: tuple[str, ReturnForm] | None, status: int) -> tuple[str, int]:
    with reading() as session:
        only = request.args.get("listing", "")[:LONGEST_REFERENCE]
        queue = review_queue(session, actor(), only)
        found = alike(session, queue)
        items = [_waiting(listing, found, refused) for listing in queue]
    return render_template("listings/review.html", items=items, only=only, most=QUEUE), status


def _waiting(listing: Listing, found: Alike, refused: tuple[str, ReturnForm] | None) -> Waiting:
    form = refused[1] if refused and refused[0] == listing.reference else ReturnForm(formdata=None)
    form.version.process_data(listing.version)
    for field in form:
        # Several of these forms stand on one page.
        field.id = f"{field.id}-{listing.reference}"
    return Waiting(
        card=card(actor(), listing),
        listing=listing,
        common=common(listing),
        groups=stated(listing),
        requirements=requirement_rows(listing.requirements),
        files=[
            (row.position, row.file.name, file_words(row.file.media_type, row.file.size))
            for row in listing.attachments
        ],
        missing=[problem.message for problem in missing_for_review(values_of(listing))],
        doubles=found.titles.get(listing.id, ()),
        same_text=found.texts.get(listing.id),
        no_deadline=listing.side is Side.REQUEST and listing.response_deadline is None,
        form=form,
    )


@bp.post("/desk/review/<reference>")
@needs("desk:use")
def decide(reference: str) -> Answer:
    """Publish a listing, or return it with a reason."""
    form = ReturnForm()
    typed = str(form.version.data or "")
    version = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < SIGNIFICANT else 0
    now = clock.now()
    try:
        with transaction() as session:
            if request.form.get("do") == "publish":
                listing = publish_listing(session, actor(), reference, version=version, now=now)
                told = _("%(reference)s is published; its author gets a mail.", reference=listing.reference)
            else:
                listing = return_listing(
                    session, actor(), reference, version=version, reason=form.reason(), now=now
                )
                told = _(
                    "%(reference)s went back to its author, with your reason.", reference=listing.reference
                )
    except Invalid as problem:
        form.words.errors = [problem.message]
        with reading() as session:
            reference = str(listing_by_reference(session, actor(), reference).reference)
        return _queue((reference, form), 422)
    flash(told, "success")
    return redirect(url_for("listings.review"), code=303)
