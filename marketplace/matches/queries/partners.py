"""Partners for a listing that is still being typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import policy
from marketplace.listings.models import Listing, State
from marketplace.listings.queries import ListingCard, cards, engine_listings_of
from marketplace.policy import Actor
from matching.index import Index
from matching.types import Listing as EngineListing
from matching.types import Score

USEFUL: Final = 40.0
"""Total from which a partner is worth a look while typing: what would be kept as a match."""
LOOKED_AT: Final = 60
"""Partners looked at; beyond, the count says "more than"."""


@dataclass(frozen=True, slots=True)
class Partner:
    """A listing of the other side and how it fits."""

    card: ListingCard
    score: Score


@dataclass(frozen=True, slots=True)
class Partners:
    """The best partners found so far.

    Parameters
    ----------
    total
        How many reach :data:`USEFUL`.
    more
        Whether there are more than were counted.
    """

    best: Sequence[Partner]
    total: int
    more: bool


def live_partners(
    session: Session, index: Index, actor: Actor, listing: EngineListing, *, today: date, k: int = 3
) -> Partners:
    """Return the best partners that the actor may see for a listing that need not be stored.

    Parameters
    ----------
    listing
        What is typed so far.
    k
        How many are returned, 0 to :data:`LOOKED_AT`.
    """
    found = index.best(listing, LOOKED_AT + 1, today, USEFUL).hits
    seen = set(
        session.scalars(
            sa.select(Listing.id).where(
                Listing.id.in_([hit.id for hit in found[:LOOKED_AT]]),
                Listing.state == State.PUBLISHED,
                Listing.valid_until >= today,
                policy.visible_to(actor, Listing),
            )
        )
    )
    hits = [hit.id for hit in found[:LOOKED_AT] if hit.id in seen]
    shown = {card.id: card for card in cards(session, actor, hits[:k])}
    listings = engine_listings_of(session, shown)
    scores = index.explain_all(listing, [listings[key] for key in shown], today)
    best = [Partner(shown[key], score) for key, score in zip(shown, scores, strict=True)]
    return Partners(best, len(hits), len(found) > LOOKED_AT)
