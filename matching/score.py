"""How well a request and an offer fit: a sum of named comparisons, plainly, with the words to explain it.

This is the definition of a score.  :mod:`matching.kernels` works out the same numbers for many pairs
at once; the tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from matching import weights as w
from matching.comparing import CUTOFF
from matching.profiles import ROOT_UNIT, Profile, Sectors
from matching.query import NAMES, OF_OFFER, OF_REQUEST, Query, coverage, nearness
from matching.reading import Reader, Reading
from matching.requirements import evaluate
from matching.sectors import nearest_pair, sector_similarity
from matching.terms import Terms
from matching.types import (
    Condition,
    ConditionResult,
    Contribution,
    Fact,
    Listing,
    Meeting,
    Outcome,
    Score,
    Side,
)

GOOD: Final = w.GOOD
TOLD_LEAST: Final = 2_500
"""Nearness from which a phrase of the text is shown to explain a request without capabilities."""
TOLD_MOST: Final = 5
"""Phrases of the text that are shown."""

_NO_FACTS: Final[Mapping[str, Fact]] = MappingProxyType({})
Judged = tuple[int, bool]


def explain(request: Profile, offer: Profile, asked: Query, reader: Reader, today: date) -> Score:
    """Return how well a request and an offer fit, and why.

    Parameters
    ----------
    request, offer
        The side that asks and the side that offers.
    asked
        The request, ready; see :func:`matching.query.query`.
    reader
        The one who read the phrases.
    today
        For certificates and freshness.

    Returns
    -------
    Score
        Total from 0 to 100; it depends on the pair, the day and the rarity of the request's words.
    """
    asking, offering = request.listing, offer.listing
    meetings = [_meeting(one, offer, reader) for one, _ in asked.asked]
    values = {
        "capability": _capability(asked, meetings),
        "text": text_value(asked, offer),
        "topic": topic_value(asked, offer),
        "sector": sector_value(request.sectors, offer.sectors),
        "requirement": judged(asking.conditions, facts_key(offering), today, reader.terms)[0],
        "terms": judged(offering.conditions, facts_key(asking), today, reader.terms)[0],
        "geography": wish_value(asking.target_countries, offering.country),
        "market": wish_value(offering.target_countries, asking.country),
        "partnership": partnership_value(asking.partnership_types, offering.partnership_types),
        "freshness": freshness_value(asking.published_on, offering.published_on, today),
    }
    conditions = _results(asking, offering, today, reader.terms)
    excluded = (*excluded_by(asking, offering), *hard_gaps(conditions))
    points = {name: asked.weights[name] * values[name] for name in NAMES}
    return Score(
        request_id=asking.id,
        offer_id=offering.id,
        total=0.0 if excluded else total_of(sum(points.values()), asked.whole),
        for_request=0.0 if excluded else _without(OF_OFFER, points, asked),
        for_offer=0.0 if excluded else _without(OF_REQUEST, points, asked),
        contributions=tuple(_contribution(name, values[name], asked) for name in NAMES),
        meetings=tuple(meetings) or _told(request, offer, asked),
        conditions=conditions,
        sector_pair=_sector_pair(request.sectors, offer.sectors),
        excluded_by=excluded,
    )


def total_of(points: int, whole: int) -> float:
    """Return a total from 0 to 100 for a sum of weights times values, and the sum of the weights."""
    return points / (whole * (w.UNIT // 100))


def _without(names: frozenset[str], points: Mapping[str, int], asked: Query) -> float:
    kept = [name for name in NAMES if name not in names]
    return total_of(sum(points[name] for name in kept), sum(asked.weights[name] for name in kept))


def _contribution(name: str, value: int, asked: Query) -> Contribution:
    weight = asked.weights[name] / asked.whole
    return Contribution(name, weight, value / w.UNIT, total_of(asked.weights[name] * value, asked.whole))


def similarity_of(a: Reading, b: Reading, reader: Reader) -> tuple[int, str]:
    """Return how alike two phrases are in 1/10,000, and how; 0 below the cut-off."""
    found = reader.alike(a, b)
    near = round(found.value * w.UNIT)
    return (near, found.how) if near >= round(CUTOFF * w.UNIT) else (0, "none")


def _meeting(asked: Reading, offer: Profile, reader: Reader) -> Meeting:
    """Return the best offered phrase for an asked one; the first of equals, capabilities first."""
    best, met = 0, Meeting(asked.text, "", 0.0, "none")
    pairs = list(zip(offer.phrases, offer.named, strict=True))
    for offered, named in sorted(pairs, key=lambda pair: not pair[1]):
        near, how = similarity_of(asked, offered, reader)
        counted = near if named else near * w.TOLD_PERCENT // 100
        if counted > best:
            best, met = counted, Meeting(asked.text, offered.text, counted / w.UNIT, how if named else "text")
    return met


def _capability(asked: Query, meetings: Sequence[Meeting]) -> int:
    """Return the weighted share of what is asked that is met."""
    whole = sum(weight for _, weight in asked.asked)
    pairs = zip(asked.asked, meetings, strict=True)
    met = sum(weight * round(meeting.similarity * w.UNIT) for (_, weight), meeting in pairs)
    return met // whole if whole else 0


def text_value(asked: Query, offer: Profile) -> int:
    """Return how well an offer's phrases meet a request's text: by their wording and by all of them."""
    near = [nearness(asked, offered) for offered in offer.phrases]
    evidence = sum(
        int(w.CLAUSES_EVIDENCE[value]) for value, p in zip(near, offer.phrases, strict=True) if p.short
    )
    clauses = max([w.together(w.CLAUSES_EVIDENCE, evidence), *near])
    words = max((coverage(asked.words, offered.stems) for offered in offer.phrases), default=0)
    return (w.WORDS_SHARE * words + w.CLAUSES_SHARE * clauses) // (w.WORDS_SHARE + w.CLAUSES_SHARE)


def topic_value(asked: Query, offer: Profile) -> int:
    """Return how far an offer is about a request's topics: by its first phrase and by all of them."""
    met = [coverage(asked.topics, offered.topics) for offered in offer.phrases]
    evidence = sum(int(w.TOPICS_EVIDENCE[value]) for value in met)
    every, first = w.together(w.TOPICS_EVIDENCE, evidence), met[0] if met else 0
    return (w.ALL_SHARE * every + w.FIRST_SHARE * first) // (w.ALL_SHARE + w.FIRST_SHARE)


def sector_value(asked: Sectors, offered: Sectors) -> int:
    """Return how near two listings stand in the tree of sectors."""
    if not asked.known or not offered.known:
        return w.UNKNOWN
    if asked.stated and offered.stated:
        return max(round(sector_similarity(a, b) * w.UNIT) for a in asked.stated for b in offered.stated)
    held = dict(offered.levels)
    return sum(root * held.get(code, 0) for code, root in asked.levels) // (3 * ROOT_UNIT**2 // w.UNIT)


def _sector_pair(asked: Sectors, offered: Sectors) -> tuple[str, str, float] | None:
    """Return the two nearest stated sectors, or the guessed one that says most."""
    if asked.stated and offered.stated:
        return nearest_pair(asked.stated, offered.stated)
    held = dict(offered.levels)
    shared = [(root * held[code], code) for code, root in asked.levels if code in held]
    if not shared:
        return None
    _, code = max(shared, key=lambda pair: (pair[0], len(pair[1])))
    return code, code, sector_value(asked, offered) / w.UNIT


def wish_value(wished: frozenset[str], country: str) -> int:
    """Return whether a wish for certain countries comes true; who wishes for none is content."""
    if not wished:
        return w.UNIT
    if not country:
        return w.UNKNOWN
    return w.UNIT if country in wished else 0


def partnership_value(asked: frozenset[str], offered: frozenset[str]) -> int:
    """Return the share of the shorter list of partnership types that both name."""
    if not asked or not offered:
        return w.UNKNOWN
    return w.UNIT * len(asked & offered) // min(len(asked), len(offered))


def freshness_value(a: date | None, b: date | None, today: date) -> int:
    """Return 1 for listings of today, half as much for every half-life of the older one."""
    known = [day for day in (a, b) if day is not None]
    if not known:
        return w.UNKNOWN
    return int(w.FRESHNESS_BY_AGE[max(0, min(w.AGE_DAYS, (today - min(known)).days))])


FactsKey = tuple[tuple[str, Fact], ...]


def facts_key(listing: Listing) -> FactsKey:
    """Return a listing's facts as a value that is equal where they are."""
    return tuple(sorted(listing.facts.items(), key=lambda item: item[0]))


@lru_cache(maxsize=100_000)
def judged(conditions: tuple[Condition, ...], facts: FactsKey, today: date, terms: Terms) -> Judged:
    """Return the weighted mean credit of conditions in 1/10,000, and whether none is a hard gap.

    Who asks for nothing is content.
    """
    held = dict(facts)
    whole = earned = 0.0
    fits = True
    for condition in conditions:
        outcome, _, credit = evaluate(condition, held, today, terms)
        fits = fits and not (condition.hard and outcome is Outcome.GAP)
        whole += condition.weight
        earned += condition.weight * credit
    return (min(w.UNIT, round(w.UNIT * earned / whole)) if whole > 0 else w.UNIT), fits


def _results(request: Listing, offer: Listing, today: date, terms: Terms) -> tuple[ConditionResult, ...]:
    """Return what becomes of both sides' conditions, the request's first."""
    found = []
    for asking, other in ((request, offer), (offer, request)):
        for condition in asking.conditions:
            outcome, stated, credit = evaluate(condition, other.facts, today, terms)
            found.append(ConditionResult(asking.side, condition, outcome, stated, credit))
    return tuple(found)


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


def _told(request: Profile, offer: Profile, asked: Query) -> tuple[Meeting, ...]:
    """Return the phrases of an offer's text that come nearest to a request without capabilities."""
    near = [(nearness(asked, offered), offered.text) for offered in offer.phrases]
    best = sorted((pair for pair in near if pair[0] >= TOLD_LEAST), key=lambda pair: -pair[0])[:TOLD_MOST]
    about = request.phrases[0].text if request.phrases else ""
    return tuple(Meeting(about, text, value / w.UNIT, "text") for value, text in best)
