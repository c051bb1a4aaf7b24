"""Sending a listing to the office, and the office's decision."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import policy
from marketplace.errors import Invalid
from marketplace.listings.kinds.reading import read_text
from marketplace.listings.models import Listing, State
from marketplace.listings.services.checks import reasons_to_hold
from marketplace.listings.services.current import values_of
from marketplace.listings.services.meanwhile import changed_meanwhile
from marketplace.listings.services.states import locked_listing, move
from marketplace.listings.services.values import missing_for_review
from marketplace.offices.models import Office
from marketplace.policy import Actor

REASON_LENGTH: Final = 1000


def submit_listing(session: Session, actor: Actor, reference: str, *, now: datetime) -> Listing:
    """Send a draft to the office; publish it at once where the office trusts verified organisations.

    Raises
    ------
    Invalid
        Where something that every listing needs is missing.
    Conflict
        Where it is no draft any more.
    """
    listing = locked_listing(session, reference)
    policy.require(actor, "listing:edit", listing)
    if listing.state not in {State.DRAFT, State.RETURNED}:
        # The table knows no such act there, and says what has happened.
        move(session, actor, listing, "submit", now)
    problems = missing_for_review(values_of(listing))
    if listing.response_deadline is not None and listing.response_deadline < now.date():
        problems.append(Invalid("response_deadline", _("This day has passed. Choose a later one."), "past"))
    if listing.valid_until < now.date():
        problems.append(Invalid("valid_until", _("This day has passed. Choose a later one."), "past"))
    if problems:
        raise problems[0]
    listing.held_because = reasons_to_hold(listing, listing.organisation)
    listing.returned_because = ""
    listing.submitted_at = now
    if listing.organisation is not None:
        listing.office_id = listing.organisation.office_id
    if _goes_out_at_once(session, listing):
        listing.published_at = now
        move(session, actor, listing, "publish_at_once", now)
    else:
        move(session, actor, listing, "submit", now)
    return listing


def _goes_out_at_once(session: Session, listing: Listing) -> bool:
    if listing.held_because or listing.organisation is None or listing.organisation.verified_at is None:
        return False
    office = session.get(Office, listing.office_id) if listing.office_id is not None else None
    return office is not None and office.publishes_verified_at_once


def publish_listing(
    session: Session, actor: Actor, reference: str, *, version: int, now: datetime
) -> Listing:
    """Publish what was submitted.

    Parameters
    ----------
    version
        That the officer has read; what has changed since is not published unseen.

    Raises
    ------
    Conflict
        Where it was changed or decided meanwhile: it says by whom, what and when.
    """
    listing = _decided(session, actor, reference, version)
    listing.published_at = now
    move(session, actor, listing, "publish", now, {"held_because": list(listing.held_because)})
    return listing


def return_listing(
    session: Session, actor: Actor, reference: str, *, version: int, reason: str, now: datetime
) -> Listing:
    """Return a listing to its author; a published one leaves the public pages.

    Raises
    ------
    Invalid
        Without a reason: the author must know what to mend.
    Conflict
        Where it was changed or decided meanwhile: it says by whom, what and when.
    """
    words = read_text("reason", reason, REASON_LENGTH)
    if not words:
        raise Invalid("reason", _("Say what has to be mended; the author reads it."), "missing")
    listing = _decided(session, actor, reference, version)
    listing.returned_because = words
    move(session, actor, listing, "return", now)
    return listing


def _decided(session: Session, actor: Actor, reference: str, version: int) -> Listing:
    listing = locked_listing(session, reference)
    policy.require(actor, "listing:review", listing)
    if listing.version != version:
        raise changed_meanwhile(session, listing)
    return listing
