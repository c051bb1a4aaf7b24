"""What could be: what would bring more partners, who covers a request together, why one is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest
from typing import Final

from sqlalchemy.orm import Session

from marketplace import policy
from marketplace.errors import NotFound
from marketplace.listings.models import Listing
from marketplace.listings.queries import ListingCard, cards, engine_listings_of
from marketplace.matches.queries.partners import USEFUL, Partner
from marketplace.matches.queries.visible import Visible, visible
from marketplace.policy import Actor
from matching.consortium import CANDIDATES, Consortium, consortium
from matching.index import Index
from matching.score import GOOD
from matching.types import Listing as EngineListing
from matching.types import Score, Side
from matching.whatif import Gain, Price, gaps, prices

NEAR: Final = 40
"""Nearest listings of which the conditions, or the bounds they state, are tried."""
NEARLY: Final = 20.0
"""Points by which the nearest may miss the total that counts, hard conditions aside."""
FOR_EACH: Final = 20
"""Offers looked for with each capability of a request alone: specialists fit little else of it."""
FAR: Final = 10.0
"""Total from which an offer may be a member of a team."""
MISSES: Final = 5
"""Near misses proposed for a closer look."""


@dataclass(frozen=True, slots=True)
class More:
    """What would bring a listing more partners.

    Parameters
    ----------
    minimum
        Total from which a partner counts here: :data:`~matching.score.GOOD`, or, where nothing
        would bring a further good one, :data:`~marketplace.matches.queries.USEFUL`.
    reached
        Partners that count now.
    cards
        Of the partners that gains and prices name.
    """

    minimum: float
    reached: int
    gains: Sequence[Gain]
    prices: Sequence[Price]
    cards: Mapping[int, ListingCard]


@dataclass(frozen=True, slots=True)
class Together:
    """Offers that cover a request together, and their cards."""

    found: Consortium
    cards: Mapping[int, ListingCard]


def more_partners(session: Session, index: Index, actor: Actor, listing: Listing, *, today: date) -> More:
    """Return what would bring a listing more partners, counting only those that the actor may see.

    Raises
    ------
    NotFound, Forbidden
        Where ``match:view`` does not hold.
    """
    policy.require(actor, "match:view", listing)
    own = _engine(session, listing)
    pool = visible(session, index, actor, own, today=today)
    for minimum in (GOOD, USEFUL):
        near = pool.best(own, NEAR, today, minimum - NEARLY, hard=False).hits
        others = list(engine_listings_of(session, [hit.id for hit in near]).values())
        gains, costs = gaps(pool, own, others, today, minimum), prices(pool, own, others, today, minimum)
        if gains or any(price.gained > 0 for price in costs):
            break
    named = {number for won in (*(g.won for g in gains), *(c.won for c in costs)) for number in won}
    reached = pool.count(own, today, minimum)
    return More(minimum, reached, gains, costs, _cards(session, actor, named))


def together(session: Session, index: Index, actor: Actor, listing: Listing, *, today: date) -> Together:
    """Return the offers that cover a request together, of those that the actor may see.

    Raises
    ------
    NotFound, Forbidden
        Where ``match:view`` does not hold; for an offer, too, since it asks for nothing.
    """
    policy.require(actor, "match:view", listing)
    if listing.side is not Side.REQUEST:
        raise NotFound
    own = _engine(session, listing)
    pool = visible(session, index, actor, own, today=today)
    able, every = _able(pool, own, today)
    offers = list(engine_listings_of(session, able).values())
    scores = [pool.explain(own, offer, today) for offer in offers]
    found = consortium(own, offers, scores, today, pool.terms)
    members = {member.offer_id for team in found.teams for member in team.members}
    return Together(replace(found, exact=found.exact and every), _cards(session, actor, members))


def pair_score(
    session: Session, index: Index, actor: Actor, listing: Listing, partner: Listing, *, today: date
) -> Score:
    """Return how a listing and any other that the actor may see fit.

    Raises
    ------
    NotFound, Forbidden
        Where ``match:view`` does not hold for the one, or ``listing:view`` for the other.
    """
    policy.require(actor, "match:view", listing)
    policy.require(actor, "listing:view", partner)
    own, other = _engine(session, listing), _engine(session, partner)
    pair = (own, other) if own.side is Side.REQUEST else (other, own)
    return index.explain(*pair, today)


def near_misses(
    session: Session, index: Index, actor: Actor, listing: Listing, *, today: date
) -> Sequence[Partner]:
    """Return the best partners that one hard condition or other keeps from a listing, best first.

    Raises
    ------
    NotFound, Forbidden
        Where ``match:view`` does not hold.
    """
    policy.require(actor, "match:view", listing)
    own = _engine(session, listing)
    pool = visible(session, index, actor, own, today=today)
    near = [hit.id for hit in pool.best(own, NEAR, today, USEFUL, hard=False).hits]
    fit = {hit.id for hit in pool.best(own, NEAR, today, USEFUL).hits}
    missed = [number for number in near if number not in fit][:MISSES]
    others, shown = engine_listings_of(session, missed), _cards(session, actor, missed)
    pairs = [(number, (own, others[number])) for number in missed if number in shown]
    if own.side is Side.OFFER:
        pairs = [(number, (other, mine)) for number, (mine, other) in pairs]
    return [Partner(shown[number], index.explain(*pair, today)) for number, pair in pairs]


def _engine(session: Session, listing: Listing) -> EngineListing:
    return engine_listings_of(session, (listing.id,))[listing.id]


def _able(pool: Visible, own: EngineListing, today: date) -> tuple[list[int], bool]:
    """Return offers that may be members, and whether these are all that may.

    They are the best for each capability and for the whole, in turn: what few bring is among them.
    """
    asked = [(replace(own, title=c, capabilities=(c,), text=""), FOR_EACH) for c in own.capabilities]
    every = True
    lists: list[list[int]] = []
    for listing, most in (*asked, (own, CANDIDATES)):
        hits = pool.best(listing, most + 1, today, FAR, hard=False).hits
        every = every and len(hits) <= most
        lists.append([hit.id for hit in hits[:most]])
    able = list(dict.fromkeys(n for turn in zip_longest(*lists) for n in turn if n is not None))
    return able[:CANDIDATES], every and len(able) <= CANDIDATES


def _cards(session: Session, actor: Actor, numbers: Iterable[int]) -> dict[int, ListingCard]:
    return {card.id: card for card in cards(session, actor, sorted(numbers))}
