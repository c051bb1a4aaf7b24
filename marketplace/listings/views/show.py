"""The page of one listing."""

from __future__ import annotations

from flask import current_app, render_template
from werkzeug.wrappers import Response

from marketplace import clock
from marketplace.errors import NotFound
from marketplace.files import FileStore, download_headers
from marketplace.listings.forms import ReturnForm
from marketplace.listings.queries import card, listing_by_reference
from marketplace.listings.services import PLAIN_VERBS, possible
from marketplace.listings.views.blueprint import bp
from marketplace.listings.views.shown import common, file_words, requirement_rows, stated
from marketplace.policy import allowed, require
from marketplace.web.access import needs, public
from marketplace.web.context import actor, reading, settings


@bp.get("/opportunities/<reference>")
@public
def show(reference: str) -> str:
    """Show one listing to whoever may see it; of an anonymous one, nothing that tells whose it is."""
    with reading() as session:
        listing = listing_by_reference(session, actor(), reference)
        named = card(actor(), listing)
        owner, reviewer = (
            allowed(actor(), "listing:edit", listing),
            allowed(actor(), "listing:review", listing),
        )
        files = [
            (
                row.position,
                row.file.name if allowed(actor(), "listing:files", listing) else "",
                file_words(row.file.media_type, row.file.size),
            )
            for row in listing.attachments
        ]
        return render_template(
            "listings/show.html",
            card=named,
            verified=named.organisation_name is not None
            and listing.organisation is not None
            and listing.organisation.verified_at is not None,
            description=listing.description,
            partner_sought=listing.partner_sought,
            common=common(listing),
            groups=stated(listing),
            requirements=requirement_rows(listing.requirements),
            files=files,
            over=listing.valid_until < clock.today(),
            may_approach=allowed(actor(), "listing:approach", listing),
            may_match=allowed(actor(), "match:view", listing),
            may_edit=owner and possible(listing, "edit"),
            verbs=[verb for verb in (*PLAIN_VERBS, "renew") if owner and possible(listing, verb)],
            review=ReturnForm(data={"version": listing.version})
            if reviewer and possible(listing, "return")
            else None,
            may_publish=reviewer and possible(listing, "publish"),
            held=listing.held_because if owner or reviewer else [],
            returned_because=listing.returned_because if owner or reviewer else "",
        )


@bp.get("/opportunities/<reference>/files/<int:position>")
@needs("listing:files")
def attachment(reference: str, position: int) -> Response:
    """Hand out a file to those whose it is and to the office; others see only its kind and size."""
    with reading() as session:
        listing = listing_by_reference(session, actor(), reference)
        require(actor(), "listing:files", listing)
        file = next((row.file for row in listing.attachments if row.position == position), None)
        if file is None:
            raise NotFound
    try:
        content = FileStore(settings().var / "files").read(file.sha256)
    except OSError:
        current_app.logger.error("the content of file %s is gone", file.id)  # noqa: TRY400 - the trace says no more
        raise NotFound from None
    return Response(content, headers=download_headers(file))
