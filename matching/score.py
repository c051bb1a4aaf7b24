"""How well a request and an offer fit: a sum of named comparisons, and the words to explain it.

A comparison for which a side says nothing has no part in the score: its weight goes to the
others in proportion.  A condition that nobody answered counts half (UNKNOWN is not a GAP).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from matching.lexical import similarity
from matching.profiles import Profile, phrase_weight, profile
from matching.requirements import evaluate
from matching.sectors import nearest_pair
from matching.types import (
    ConditionResult,
    Contribution,
    Fact,
    Listing,
    Meeting,
    Outcome,
    Score,
    Side,
)
from matching.vocabulary import how

WEIGHTS_DATED: Final = date(2026, 11, 22)
"""Day on which :data:`WEIGHTS` were set."""
WEIGHTS: Final[Mapping[str, float]] = MappingProxyType({
    "capability": 0.45,
    "sector": 0.15,
    "text": 0.15,
    "requirement": 0.10,
    "geography": 0.05,
    "language": 0.03,
    "partnership": 0.04,
    "freshness": 0.03,
})  # fmt: skip
"""Share of each comparison; they add up to 1.

Set by hand: what is made outweighs all circumstances, so that a pair that shares only
circumstances stays below 30, and one that shares capabilities and sector reaches 75.
"""
GOOD: Final = 60.0
"""Total from which a match is worth telling someone (chosen with the weights)."""
TOLD_DISCOUNT: Final = 0.85
"""Factor on the similarity of a phrase that stands in the title or text, not as a capability."""
TEXT_FULL: Final = 0.5
"""Share of the request's words, set against the offer's length, from which texts fit in full."""
OTHER_LANGUAGE: Final = 0.4
"""Value of two listings in different languages: harder, not impossible."""
HALF_LIFE_DAYS: Final = 180
"""Age at which the older of two listings has lost half its freshness."""
AGE_DAYS: Final = 3650
"""Ages beyond it are all alike."""

# math.pow(0.5, age / half-life), a table so that one pair and many pairs take the very same numbers.
FRESHNESS: Final[tuple[float, ...]] = tuple(
    math.pow(0.5, age / HALF_LIFE_DAYS) for age in range(AGE_DAYS + 1)
)

_NO_FACTS: Final[Mapping[str, Fact]] = MappingProxyType({})
Values = dict[str, float | None]


def explain(request: Listing, offer: Listing, today: date) -> Score:
    """Return how well a request and an offer fit, and why.

    Parameters
    ----------
    request, offer
        The side that asks and the side that offers.
    today
        For certificates and freshness.

    Returns
    -------
    Score
        Total from 0 to 100; it depends on the pair and the day alone.
    """
    return explain_profiles(profile(request), profile(offer), today)


def explain_profiles(request: Profile, offer: Profile, today: date) -> Score:
    """Return the score of two listings already in normal form; see :func:`explain`."""
    asking, offering = request.listing, offer.listing
    meetings = tuple(_meeting(i, request, offer) for i in range(len(request.asked)))
    conditions = judge(asking, offering, today)
    pair = nearest_pair(request.sectors, offer.sectors)
    contributions = weigh({
        "capability": capability(request, [m.similarity for m in meetings]) if offers_any(offer) else None,
        "sector": pair[2] if pair else None,
        "text": text_relevance(request, offer),
        "requirement": requirement(conditions),
        "geography": geography(asking, offering),
        "language": same_language(asking.language, offering.language),
        "partnership": partnership(asking.partnership_types, offering.partnership_types),
        "freshness": freshness(asking.published_on, offering.published_on, today),
    })  # fmt: skip
    excluded = (*excluded_by(asking, offering), *hard_gaps(conditions))
    return Score(
        request_id=asking.id,
        offer_id=offering.id,
        total=0.0 if excluded else total(contributions),
        contributions=contributions,
        meetings=meetings,
        conditions=conditions,
        sector_pair=pair,
        excluded_by=excluded,
    )


def weigh(values: Values) -> tuple[Contribution, ...]:
    """Return all contributions in the order of the weights; weight 0 where there is no value."""
    present = 0.0
    for name, weight in WEIGHTS.items():
        if values[name] is not None:
            present += weight
    found = []
    for name, weight in WEIGHTS.items():
        value = values[name]
        share = weight / present if value is not None else 0.0
        kept = value if value is not None else 0.0
        found.append(Contribution(name, share, kept, 100.0 * share * kept))
    return tuple(found)


def total(contributions: tuple[Contribution, ...]) -> float:
    """Return the sum of the points, from the first to the last, at most 100."""
    points = 0.0
    for contribution in contributions:
        points += contribution.points
    return min(100.0, points)


def offers_any(offer: Profile) -> bool:
    """Whether an offer says anything that a capability could meet."""
    return bool(offer.named or offer.told)


def _meeting(position: int, request: Profile, offer: Profile) -> Meeting:
    """Return the best offered phrase for an asked one; the first of equals, capabilities first."""
    asked = request.asked[position]
    best = Meeting(asked.text, "", 0.0, "none")
    for offered in offer.named:
        near = similarity(asked, offered)
        if near > best.similarity:
            best = Meeting(asked.text, offered.text, near, how(near))
    for offered in offer.told:
        near = similarity(asked, offered) * TOLD_DISCOUNT
        if near > best.similarity:
            best = Meeting(asked.text, offered.text, near, "text")
    return best


def capability(request: Profile, bests: list[float]) -> float | None:
    """Return the weighted share of what is asked that is met; ``None`` when nothing is asked."""
    met = whole = 0.0
    for asked, best in zip(request.asked, bests, strict=True):
        met += phrase_weight(asked) * best
        whole += phrase_weight(asked)
    return met / whole if whole else None


def text_relevance(request: Profile, offer: Profile) -> float | None:
    """Return how much of the request's words the offer has, full from :data:`TEXT_FULL`.

    With the weights r of the request's words, o of the offer's and s of the shared ones it is
    s / (r^¾ o^¼): mostly coverage, with a mild hand against long offers that hold every word.
    """
    asked, offered = request.terms_weight, offer.terms_weight
    if asked == 0.0 or offered == 0.0:
        return None
    shared = sum(weight for term, weight in request.terms.items() if term in offer.terms)
    share = shared / math.sqrt(asked) / math.sqrt(math.sqrt(asked * offered))
    return min(1.0, share / TEXT_FULL)


def judge(request: Listing, offer: Listing, today: date) -> tuple[ConditionResult, ...]:
    """Return what becomes of both sides' conditions, the request's first."""
    found = []
    for asking, other in ((request, offer), (offer, request)):
        for condition in asking.conditions:
            outcome, stated, credit = evaluate(condition, other.facts, today)
            found.append(ConditionResult(asking.side, condition, outcome, stated, credit))
    return tuple(found)


def requirement(results: tuple[ConditionResult, ...]) -> float | None:
    """Return the weighted mean credit of each side's conditions, averaged over the sides."""
    sides = []
    for side in (Side.REQUEST, Side.OFFER):
        own = [r for r in results if r.asked_by is side]
        whole = sum(r.condition.weight for r in own)
        if whole > 0:
            sides.append(sum(r.condition.weight * r.credit for r in own) / whole)
    return min(1.0, sum(sides) / len(sides)) if sides else None


def hard_gaps(results: tuple[ConditionResult, ...]) -> tuple[str, ...]:
    """Return the criteria of hard conditions that are gaps."""
    gaps = (r.condition.criterion for r in results if r.condition.hard and r.outcome is Outcome.GAP)
    return tuple(dict.fromkeys(gaps))


def excluded_by(request: Listing, offer: Listing) -> tuple[str, ...]:
    """Return what rules the pair out before any condition is read."""
    reasons = {
        "side": request.side is not Side.REQUEST or offer.side is not Side.OFFER,
        "kind": request.kind is not offer.kind,
        "owner": request.owner is not None and request.owner == offer.owner,
        "country": offer.country in request.excluded_countries or request.country in offer.excluded_countries,
    }
    return tuple(reason for reason, holds in reasons.items() if holds)


def geography(request: Listing, offer: Listing) -> float | None:
    """Return the share of the wishes for certain countries that come true."""
    wishes = [
        other.country in wishing.target_countries
        for wishing, other in ((request, offer), (offer, request))
        if wishing.target_countries and other.country
    ]
    return sum(wishes) / len(wishes) if wishes else None


def same_language(a: str, b: str) -> float | None:
    """Return 1 for one language, less for two, ``None`` where one is unknown."""
    if not a or not b:
        return None
    return 1.0 if a == b else OTHER_LANGUAGE


def partnership(a: frozenset[str], b: frozenset[str]) -> float | None:
    """Return the share of the shorter list of partnership types that both name."""
    if not a or not b:
        return None
    return len(a & b) / float(min(len(a), len(b)))


def freshness(a: date | None, b: date | None, today: date) -> float | None:
    """Return 1 for listings of today, half as much for every half-life of the older one."""
    dates = [day for day in (a, b) if day is not None]
    if not dates:
        return None
    return FRESHNESS[max(0, min(AGE_DAYS, (today - min(dates)).days))]
