"""Writing listings: posting, editing, review, and what becomes of them."""

from __future__ import annotations

from marketplace.listings.services.attach import change_files
from marketplace.listings.services.contacts import Contact, find_contacts
from marketplace.listings.services.current import values_of
from marketplace.listings.services.life import (
    PLAIN_VERBS,
    Swept,
    change_state,
    expire_listings,
    renew_listing,
    touch_listings_of,
)
from marketplace.listings.services.requirements import RequirementValues, operators_of, read_requirements
from marketplace.listings.services.review import publish_listing, return_listing, submit_listing
from marketplace.listings.services.states import STATES, possible, too_late
from marketplace.listings.services.values import ListingValues, missing_for_review, read_listing
from marketplace.listings.services.write import Posted, edit_listing, post_listing

__all__ = [
    "PLAIN_VERBS",
    "STATES",
    "Contact",
    "ListingValues",
    "Posted",
    "RequirementValues",
    "Swept",
    "change_files",
    "change_state",
    "edit_listing",
    "expire_listings",
    "find_contacts",
    "missing_for_review",
    "operators_of",
    "possible",
    "post_listing",
    "publish_listing",
    "read_listing",
    "read_requirements",
    "renew_listing",
    "return_listing",
    "submit_listing",
    "too_late",
    "touch_listings_of",
    "values_of",
]
