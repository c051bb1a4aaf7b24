"""The files of the other side's listing, once both have said yes."""

from __future__ import annotations

from flask import current_app
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from marketplace import clock
from marketplace.errors import NotFound
from marketplace.files import FileStore, StoredFile, download_headers
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.find import introduction_by_reference
from marketplace.introductions.queries.sides import facing_listing, side_seat
from marketplace.introductions.services.see import see_contacts
from marketplace.introductions.views.blueprint import bp
from marketplace.web.access import needs
from marketplace.web.context import actor, settings, transaction


@bp.get("/me/introductions/<reference>/files/<int:position>")
@needs("introduction:contacts")
def opened_file(reference: str, position: int) -> Response:
    """Hand out a file of the other side's listing; that its contacts were open is noted, as on the page."""
    with transaction() as session:
        found = introduction_by_reference(session, actor(), reference)
        see_contacts(session, actor(), found, now=clock.now())
        file = _file(session, found, position)
    try:
        content = FileStore(settings().var / "files").read(file.sha256)
    except OSError:
        current_app.logger.error("the content of file %s is gone", file.id)  # noqa: TRY400 - the trace says no more
        raise NotFound from None
    return Response(content, headers=download_headers(file))


def _file(session: Session, found: Introduction, position: int) -> StoredFile:
    seat = side_seat(actor(), found)
    listing = None if seat is None else facing_listing(found, seat)
    files = {} if listing is None else {row.position: row.file for row in listing.attachments}
    file = files.get(position)
    if file is None:
        raise NotFound
    session.refresh(file)
    return file
