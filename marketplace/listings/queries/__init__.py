"""Reading listings: cards for lists, single ones, the engine's view, the officers' queue."""

from __future__ import annotations

from marketplace.listings.queries.alike import Alike, SameText, alike
from marketplace.listings.queries.cards import ListingCard, card, card_loads, cards, cards_of, country_name
from marketplace.listings.queries.engine import (
    Change,
    as_engine_listing,
    engine_listing,
    engine_listings,
    engine_listings_of,
)
from marketplace.listings.queries.listings import (
    NOTICE_DAYS,
    QUEUE,
    Own,
    listing_by_reference,
    office_counts,
    open_counts,
    own_listings,
    review_queue,
    soon_expiring,
    whole_loads,
    writable_organisations,
)
from marketplace.listings.queries.standing import Standing, standings

__all__ = [
    "NOTICE_DAYS",
    "QUEUE",
    "Alike",
    "Change",
    "ListingCard",
    "Own",
    "SameText",
    "Standing",
    "alike",
    "as_engine_listing",
    "card",
    "card_loads",
    "cards",
    "cards_of",
    "country_name",
    "engine_listing",
    "engine_listings",
    "engine_listings_of",
    "listing_by_reference",
    "office_counts",
    "open_counts",
    "own_listings",
    "review_queue",
    "soon_expiring",
    "standings",
    "whole_loads",
    "writable_organisations",
]
