"""Listings, what belongs to them, and the pairs that the engine found."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any, Final

from exchange.bench.pages.world.draw import Row, Size, Weighted, ago, chance, random_of
from exchange.bench.pages.world.people import OFFICER, YEARS_DAYS, Firm, member_of
from marketplace.listings.models import SUMMARY_LENGTH, Dissemination, State
from marketplace.listings.services.write import PREFIXES
from marketplace.listings.text_key import text_key
from marketplace.matches.models import DismissReason
from marketplace.matches.stored import score_as_json
from matching.evaluation.synthetic import TODAY, SyntheticListings
from matching.index import Index
from matching.reading import Reader
from matching.types import Kind, Side
from matching.types import Listing as Described

YEAR_DAYS: Final = 365
OFFERS: Final = 100
"""Among which the engine looks for the pairs that it explains."""
PATTERNS: Final = 30
"""Explanations of the engine that the matches repeat, with totals of their own."""
REPEATED: Final = 0.02
"""Share of listings with the words of another one."""
DISMISSED: Final = 0.01
_KINDS: Final = Weighted(
    {Kind.SUBCONTRACTING: 60, Kind.TECHNOLOGY: 20, Kind.INVESTMENT: 10, Kind.ENVIRONMENT: 10}
)
_STATES: Final = Weighted(
    {
        State.PUBLISHED: 0.6,
        State.EXPIRED: 0.16,
        State.CLOSED: 0.06,
        State.MATCHED: 0.05,
        State.ARCHIVED: 0.04,
        State.DRAFT: 0.03,
        State.PAUSED: 0.02,
        State.SUBMITTED: 0.02,
        State.RETURNED: 0.02,
    }
)
_BEFORE_PUBLICATION: Final = frozenset({State.DRAFT, State.SUBMITTED, State.RETURNED})
_LIVING: Final = frozenset({State.PUBLISHED, State.PAUSED})


@dataclass(frozen=True, slots=True)
class Posted:
    """What the other parts of the world need to know of a listing."""

    id: int
    firm: Firm
    side: Side
    kind: Kind
    state: State
    words: Described

    @property
    def was_open(self) -> bool:
        """Whether it has ever been published."""
        return self.state not in _BEFORE_PUBLICATION


def listings(size: Size, firms: Sequence[Firm]) -> list[Posted]:
    """Return whose listings there are; offers and requests take turns, some firms have many."""
    rng = random_of(size, "listings")
    made = SyntheticListings(size.listings, size.seed)
    half = size.listings // 2
    words: list[Iterator[Described]] = [made.requests(size.listings - half), made.offers(half)]
    found = []
    for number in range(1, size.listings + 1):
        side = Side.OFFER if number % 2 == 0 else Side.REQUEST
        firm = firms[int(len(firms) * rng.random() ** 1.5)]
        found.append(
            Posted(number, firm, side, _KINDS.draw(rng), _STATES.draw(rng), next(words[number % 2 == 0]))
        )
    return found


def rows(
    size: Size, posted: Sequence[Posted], answered: Mapping[int, datetime], now: datetime
) -> Iterator[Row]:
    """Yield the listings' rows.

    Parameters
    ----------
    answered
        When both sides of an introduction have first said yes, by the listing.
    """
    rng = random_of(size, "listing rows")
    for listing in posted:
        described = posted[rng.randrange(listing.id)].words if chance(rng, REPEATED) else listing.words
        yield {**_row(rng, listing, described, now), "answered_at": answered.get(listing.id)}


def _row(rng: Random, listing: Posted, described: Described, now: datetime) -> Row:
    state, words = listing.state, listing.words
    created, submitted, published, ended = _moments(rng, state, now)
    summary = ", ".join(words.capabilities)[:SUMMARY_LENGTH]
    valid_from = published or created
    quantity = (
        rng.choice([None, round(10 ** rng.uniform(1, 6))]) if listing.kind is Kind.SUBCONTRACTING else None
    )
    return {
        "id": listing.id,
        "reference": f"{PREFIXES[listing.side]}-{created.year}-{listing.id:05d}",
        "side": listing.side,
        "kind": listing.kind,
        "state": state,
        "organisation_id": listing.firm.id,
        "office_id": listing.firm.office_id,
        "created_by_id": member_of(listing.firm.id),
        "title": words.title,
        "summary": summary,
        "description": described.text,
        "language": words.language or "en",
        "country": listing.firm.country,
        "target_countries": sorted(words.target_countries),
        "partnership_types": ["subcontracting"] if listing.kind is Kind.SUBCONTRACTING else ["joint_venture"],
        "sdgs": sorted(rng.sample(range(1, 18), rng.randint(0, 3))),
        "quantity_per_year": quantity,
        "quantity_unit": "pieces" if quantity else "",
        "details": _details(rng, listing.kind),
        "anonymous": chance(rng, 0.2),
        "dissemination": rng.choices(list(Dissemination), (70, 25, 5))[0],
        "open_for_interest": chance(rng, 0.97),
        "valid_until": (valid_from + timedelta(days=YEAR_DAYS)).date(),
        "response_deadline": (now + timedelta(days=rng.randint(5, 90))).date() if chance(rng, 0.3) else None,
        "held_because": ["summary:phone"] if state is State.SUBMITTED and chance(rng, 0.2) else [],
        "returned_because": "Please say more." if state is State.RETURNED else "",
        "text_key": text_key(summary, described.text),
        "submitted_at": submitted,
        "published_at": published,
        "ended_at": ended,
        "created_at": created,
        "updated_at": ended or published or submitted or created,
        "change": listing.id,
    }


def _moments(
    rng: Random, state: State, now: datetime
) -> tuple[datetime, datetime | None, datetime | None, datetime | None]:
    """Return when a listing was begun, handed in, published and ended, as far as it was."""
    if state is State.DRAFT:
        return ago(rng, now, 0, YEAR_DAYS), None, None, None
    if state in _BEFORE_PUBLICATION:
        submitted = ago(rng, now, 0, 12)
        return submitted - timedelta(days=rng.random()), submitted, None, None
    fewest, most = (1, YEAR_DAYS - 2) if state in _LIVING else (YEAR_DAYS, YEARS_DAYS)
    published = ago(rng, now, fewest, most)
    submitted = published - timedelta(days=rng.uniform(0, 6))
    ended = None if state in _LIVING else published + timedelta(days=rng.uniform(10, YEAR_DAYS))
    return submitted - timedelta(days=rng.random()), submitted, published, ended


def _details(rng: Random, kind: Kind) -> Row:
    if kind is Kind.INVESTMENT:
        return {"currency": "EUR", "total_cost": round(10 ** rng.uniform(4.5, 7.5))}
    return {"stage": "on_the_market"} if kind is Kind.TECHNOLOGY else {}


def capabilities(posted: Sequence[Posted]) -> Iterator[Row]:
    """Yield the phrases of each listing."""
    for listing in posted:
        for position, phrase in enumerate(listing.words.capabilities):
            yield {"listing_id": listing.id, "position": position, "phrase": phrase[:120]}


def sectors_of(posted: Sequence[Posted]) -> Iterator[Row]:
    """Yield the classes of each listing: those of its firm."""
    for listing in posted:
        for position, code in enumerate(listing.firm.sectors):
            yield {"listing_id": listing.id, "position": position, "code": code}


def requirements(posted: Sequence[Posted]) -> Iterator[Row]:
    """Yield the conditions of each listing."""
    for listing in posted:
        for position, one in enumerate(listing.words.conditions):
            yield {
                "listing_id": listing.id, "position": position, "criterion": one.criterion,
                "operator": one.operator, "low": one.low, "high": one.high, "terms": list(one.terms),
                "hard": one.hard, "weight": one.weight,
            }  # fmt: skip


def pairs(size: Size, posted: Sequence[Posted]) -> list[tuple[int, int, float]]:
    """Return which open requests and offers of one kind were matched, and their totals."""
    rng = random_of(size, "pairs")
    sides: dict[tuple[Side, Kind], list[Posted]] = {}
    for listing in posted:
        if listing.state is State.PUBLISHED:
            sides.setdefault((listing.side, listing.kind), []).append(listing)
    asking = [one for (side, _kind), some in sides.items() if side is Side.REQUEST for one in some]
    each = size.matches / max(1, len(asking))
    found = []
    for request in asking:
        offers = sides.get((Side.OFFER, request.kind), [])
        many = min(len(offers), int(each) + (rng.random() < each % 1))
        found += [
            (request.id, offer.id, round(60 + 38 * rng.betavariate(1.2, 6), 2))
            for offer in rng.sample(offers, many)
            if offer.firm.id != request.firm.id
        ]
    return found


def matches(size: Size, found: Sequence[tuple[int, int, float]], now: datetime) -> Iterator[Row]:
    """Yield the stored matches; their reasons are the engine's, of other listings."""
    rng = random_of(size, "matches")
    patterns = explanations(size.seed)
    for request_id, offer_id, total in found:
        at = ago(rng, now, 0, YEAR_DAYS)
        yield {
            "request_id": request_id,
            "offer_id": offer_id,
            "total": total,
            "explanation": explained(rng.choice(patterns), total),
            "found_at": at,
            "scored_at": at,
        }


def dismissals(size: Size, found: Sequence[tuple[int, int, float]], now: datetime) -> Iterator[Row]:
    """Yield which of them a side has waved away."""
    rng = random_of(size, "dismissals")
    patterns = explanations(size.seed)
    for request_id, offer_id, total in found:
        if chance(rng, DISMISSED):
            yield {
                "request_id": request_id,
                "offer_id": offer_id,
                "side": rng.choice(list(Side)),
                "reason": rng.choice(list(DismissReason)),
                "user_id": OFFICER,
                "at": ago(rng, now, 0, YEAR_DAYS),
                "total": total,
                "explanation": explained(rng.choice(patterns), total),
            }


@lru_cache(maxsize=1)
def explanations(seed: int) -> list[dict[str, Any]]:
    """Return what the engine says of some pairs that it finds good, as a match keeps it."""
    made = SyntheticListings(OFFERS, seed)
    index = Index(Reader())
    offers = list(made.offers(OFFERS))
    index.put_many(offers)
    by_id = {offer.id: offer for offer in offers}
    found = []
    for request in made.requests(2 * PATTERNS):
        hits = index.best(request, 1, TODAY).hits
        found += [score_as_json(index.explain(request, by_id[hit.id], TODAY)) for hit in hits]
    return sorted(found, key=lambda one: -one["total"])[:PATTERNS]


def explained(pattern: dict[str, Any], total: float) -> str:
    """Return an explanation with another total, as the text of JSON."""
    return json.dumps({**pattern, "total": total})
