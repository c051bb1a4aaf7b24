"""Files that go with a listing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import audit, policy
from marketplace.errors import Invalid
from marketplace.files import FileStore, Upload, keep_file
from marketplace.listings.models import Attachment
from marketplace.listings.services.states import locked_listing
from marketplace.policy import Actor

MOST: Final = 10


def change_files(
    session: Session,
    actor: Actor,
    reference: str,
    *,
    store: FileStore,
    add: Sequence[Upload],
    remove: Iterable[int] = (),
    now: datetime,
) -> None:
    """Attach files to a listing and take others out.

    Parameters
    ----------
    add
        What was read and found to be allowed; a content that is there already is not added again,
        so that a double click attaches it once.
    remove
        Positions; those that do not exist are passed over.

    Raises
    ------
    Invalid
        Where there would be more than :data:`MOST`.
    """
    listing = locked_listing(session, reference)
    policy.require(actor, "listing:edit", listing)
    gone = set(remove)
    kept = [row for row in listing.attachments if row.position not in gone]
    known = {row.file.sha256 for row in kept}
    next_position = max((row.position for row in listing.attachments), default=-1) + 1
    added = 0
    for upload in add:
        file = keep_file(
            session, store, upload, organisation_id=listing.organisation_id, user_id=actor.user_id, now=now
        )
        if file.sha256 in known:
            session.delete(file)
            continue
        known.add(file.sha256)
        kept.append(Attachment(position=next_position + added, file=file))
        added += 1
    if len(kept) > MOST:
        raise Invalid("files", _("At most %(most)s files go with a listing.", most=MOST), "too_many")
    if added or len(kept) != len(listing.attachments):
        listing.attachments = kept
        listing.updated_at = now
        audit.note(session, actor.user_id, "listing:files", "listing", listing.id, now, {"added": added})
    session.flush()
