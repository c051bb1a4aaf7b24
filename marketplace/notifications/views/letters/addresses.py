"""Full addresses of the pages that letters lead to."""

from __future__ import annotations

from flask import url_for

from marketplace.listings.models import Listing
from marketplace.organisations.models import Invitation
from marketplace.organisations.queries.colleagues import invitation_token
from marketplace.web.context import settings


def of_listing(listing: Listing) -> str:
    """Return the address of a listing's page."""
    return url_for("listings.show", reference=listing.reference, _external=True)


def of_editing(listing: Listing) -> str:
    """Return the address where a listing is changed."""
    return url_for("listings.edit", reference=listing.reference, _external=True)


def of_matches(listing: Listing) -> str:
    """Return the address of the page of a listing's matches."""
    return url_for("matches.of_listing", reference=listing.reference, _external=True)


def of_review() -> str:
    """Return the address of the listings that wait for an officer."""
    return url_for("listings.review", _external=True)


def of_invitation(invitation: Invitation) -> str:
    """Return the address where an invitation is accepted."""
    token = invitation_token(settings().secret_key, invitation.id)
    return url_for("organisations.invitation", token=token, _external=True)
