"""What would bring more partners: what a listing could add, and what its own conditions cost.

Every figure is exact: the listing is changed in one point and counted anew over the whole pool.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Final, Protocol

from matching.certificates import parse_schemes
from matching.changes import grant, looser, singles
from matching.criteria import CRITERIA, DataType
from matching.normalise import clean, phrase
from matching.profiles import CAPABILITIES
from matching.requirements import evaluate
from matching.score import GOOD
from matching.terms import Terms
from matching.types import Condition, Found, Listing, Operator, Outcome, Score, Side

MOST: Final = 40
"""Changes that are counted for one answer: what a page waits for (chosen 2026-11-26)."""
PHRASES: Final = 10
"""Capabilities among them: a phrase that no offer has yet is compared with every word of the pool."""
WON: Final = 3
"""Partners won that are named with each change."""
MET: Final = 0.6
"""Similarity from which an asked phrase counts as met; what a page shows as a match, too."""
FIXED: Final = frozenset({"country", "women_led", "year_founded"})
"""Criteria that nobody can change at will: what a listing is, not what it could do."""
_BOUNDS: Final = frozenset({Operator.AT_MOST, Operator.AT_LEAST})
Key = tuple[str, Operator, float | None, float | None, frozenset[str]]


class Pool(Protocol):
    """The open listings as one reader may know them; :class:`matching.index.Index` is one."""

    @property
    def terms(self) -> Terms:
        """What compares the terms of conditions."""
        ...

    def best(
        self, listing: Listing, k: int, today: date, minimum: float = 0.0, *, hard: bool = True
    ) -> Found:
        """Return the best partners; see :meth:`matching.index.Index.best`."""
        ...

    def count(self, listing: Listing, today: date, minimum: float, *, hard: bool = True) -> int:
        """Return how many partners reach a minimum."""
        ...

    def explain(self, request: Listing, offer: Listing, today: date) -> Score:
        """Return the score of a pair with its reasons."""
        ...


@dataclass(frozen=True, slots=True)
class Gain:
    """One thing that a listing could add, and what it would bring.

    Parameters
    ----------
    condition
        What would be met, in canonical values; ``None`` where a capability is added.
    capability
        The phrase that would be added, as a request wrote it; else empty.
    outcome
        What becomes of the condition now: UNKNOWN where it need only be stated, else GAP.
    gained
        How many more partners reach the minimum, from 1.
    won
        Some of them, best first, at most :data:`WON`.
    """

    condition: Condition | None
    capability: str
    outcome: Outcome
    gained: int
    won: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Price:
    """What one condition of a listing costs.

    Parameters
    ----------
    condition
        As it stands.
    relaxed
        In its place; ``None`` where it is dropped.
    gained
        How many more partners reach the minimum.  Below 1 only where the condition is dropped: it
        then costs nothing.
    won
        Some of them, best first, at most :data:`WON`.
    """

    condition: Condition
    relaxed: Condition | None
    gained: int
    won: tuple[int, ...]


class _Counted:
    """A listing as it is, against which changes are counted."""

    def __init__(self, pool: Pool, listing: Listing, today: date, minimum: float) -> None:
        self._pool, self._today, self._minimum = pool, today, minimum
        self.reached = pool.count(listing, today, minimum)
        self._known = {hit.id for hit in pool.best(listing, self.reached, today, minimum).hits}

    def gained(self, changed: Listing) -> tuple[int, tuple[int, ...]]:
        """Return how many more partners a changed listing has, and some of those that are new."""
        gained = self._pool.count(changed, self._today, self._minimum) - self.reached
        if gained <= 0:
            return gained, ()
        # Among so many, at least WON are new, if so many are.
        found = self._pool.best(changed, self.reached + WON, self._today, self._minimum).hits
        return gained, tuple(hit.id for hit in found if hit.id not in self._known)[:WON]


def gaps(
    pool: Pool, listing: Listing, others: Sequence[Listing], today: date, minimum: float = GOOD
) -> tuple[Gain, ...]:
    """Return what a listing could add that would bring it more partners, most first.

    Parameters
    ----------
    pool
        All that may be counted.
    listing
        An offer or a request; capabilities are proposed to offers only: those of a request ask.
    others
        The nearest listings of the other side, hard conditions aside: what they ask and do not
        find is what is tried, the most asked first, at most :data:`MOST` things.
    minimum
        Total from which a partner counts, 0 to 100.

    Returns
    -------
    tuple of Gain
        Harder ones that bring no more than an easier one are left out.
    """
    scores = [
        pool.explain(*((other, listing) if listing.side is Side.OFFER else (listing, other)), today)
        for other in others
    ]
    asked = _asked_conditions(listing, scores, today, pool.terms)
    phrases = _asked_phrases(listing, others, scores)
    support: list[tuple[int, str, Condition | None, str]] = [
        *((-count, repr(c), c, "") for c, count in asked.items()),
        *sorted((-count, text, None, text) for text, count in phrases.items())[:PHRASES],
    ]
    before = _Counted(pool, listing, today, minimum)
    found = []
    for _, _, condition, text in sorted(support, key=lambda one: one[:2])[:MOST]:
        outcome = evaluate(condition, listing.facts, today, pool.terms)[0] if condition else Outcome.GAP
        changed = _changed(listing, condition, text, today, pool.terms)
        gained, won = before.gained(changed) if changed else (0, ())
        if gained > 0:
            found.append(Gain(condition, text, outcome, gained, won))
    kept = [gain for gain in found if not any(_spares(other, gain) for other in found)]
    return tuple(sorted(kept, key=lambda gain: -gain.gained))


def prices(
    pool: Pool, listing: Listing, others: Sequence[Listing], today: date, minimum: float = GOOD
) -> tuple[Price, ...]:
    """Return what relaxing each condition of a listing would bring, one condition at a time.

    Parameters
    ----------
    others
        The nearest listings of the other side, hard conditions aside: what they state beyond a
        bound are the bounds that are tried.
    minimum
        Total from which a partner counts, 0 to 100.

    Returns
    -------
    tuple of Price
        The conditions in the listing's order; for each what happens without it, and then every
        relaxation that brings something, the slightest first.  At most :data:`MOST` are counted.
    """
    before = _Counted(pool, listing, today, minimum)
    conditions = listing.conditions[:MOST]
    found: list[Price] = []
    left = MOST
    for at, condition in enumerate(conditions):
        # One count is kept back for each later condition: every one is told its price.
        tried = _relaxed(condition, others, today, pool.terms)[: max(1, left - (len(conditions) - at - 1))]
        left -= len(tried)
        told: list[Price] = []
        for relaxed in tried:
            kept = (*listing.conditions[:at], *([relaxed] if relaxed else []), *listing.conditions[at + 1 :])
            gained, won = before.gained(replace(listing, conditions=kept))
            # A bound that is moved further and brings no more is moved for nothing.
            moved = relaxed is not None and relaxed.hard == condition.hard and condition.operator in _BOUNDS
            needless = moved and gained <= max((price.gained for price in told[1:]), default=0)
            if relaxed is None or (gained > 0 and not needless):
                told.append(Price(condition, relaxed, gained, won))
        found.extend(told)
    return tuple(found)


def _relaxed(
    condition: Condition, others: Sequence[Listing], today: date, terms: Terms
) -> list[Condition | None]:
    """Return what is tried in place of a condition: nothing, its wider forms, itself as a mere wish."""
    wider = looser(condition, [other.facts for other in others], today, terms)
    return [None, *wider, *([replace(condition, hard=False)] if condition.hard else [])]


def _asked_conditions(
    listing: Listing, scores: Iterable[Score], today: date, terms: Terms
) -> dict[Condition, int]:
    """Return the single conditions that a listing does not meet, and how many others each would please."""
    named: dict[Key, Condition] = {}
    asked: Counter[Key] = Counter()
    for score in scores:
        keys = set()
        for result in score.conditions:
            condition = result.condition
            if result.asked_by is listing.side or result.outcome is Outcome.MATCH:
                continue
            if condition.criterion not in FIXED and condition.criterion in CRITERIA:
                for single in singles(condition):
                    keys.add(key := _key(single))
                    named[key] = min(single, named.get(key, single), key=repr)
        asked.update(keys)
    unmet = {
        key: one
        for key, one in named.items()
        if evaluate(one, listing.facts, today, terms)[0] is not Outcome.MATCH
    }
    return {
        one: sum(count for other, count in asked.items() if _easier(named[other], one))
        for one in unmet.values()
    }


def _asked_phrases(listing: Listing, others: Sequence[Listing], scores: Sequence[Score]) -> Mapping[str, int]:
    """Return the phrases that nothing meets, of requests met in part, and how many ask for each."""
    if listing.side is Side.REQUEST or len(listing.capabilities) >= CAPABILITIES:
        return {}
    named: dict[str, str] = {}
    asked: Counter[str] = Counter()
    for other, score in zip(others, scores, strict=True):
        wanted = {" ".join(clean(text).split()) for text in other.capabilities}
        asks = [m for m in score.meetings if m.asked in wanted]
        if not any(m.similarity >= MET for m in asks):
            # A turner is not told to dry fruit: who meets nothing of a request is of another trade.
            continue
        unmet = {m.asked for m in asks if m.similarity < MET}
        keys = {phrase(text, other.language).key: text for text in sorted(unmet, reverse=True)}
        for key, text in keys.items():
            named[key] = min(text, named.get(key, text))
        asked.update(keys.keys())
    return {named[key]: count for key, count in asked.items()}


def _changed(
    listing: Listing, condition: Condition | None, text: str, today: date, terms: Terms
) -> Listing | None:
    if condition is None:
        return replace(listing, capabilities=(*listing.capabilities, text))
    facts = grant(listing.facts, condition, today, terms)
    return None if facts is None else replace(listing, facts=facts)


@lru_cache(maxsize=10_000)
def _terms(condition: Condition) -> frozenset[str]:
    """Return the terms of a condition so that those that mean the same are equal."""
    if CRITERIA[condition.criterion].kind is DataType.CERTIFICATE:
        return frozenset(str(parse_schemes(term) or term) for term in condition.terms)
    return frozenset(phrase(term).key for term in condition.terms)


def _key(condition: Condition) -> Key:
    """Return what makes two single conditions the same."""
    return condition.criterion, condition.operator, condition.low, condition.high, _terms(condition)


def _easier(easy: Condition, hard: Condition) -> bool:
    """Whether whoever meets the one single condition meets the other, by its number or its terms."""
    if (easy.criterion, easy.operator) != (hard.criterion, hard.operator):
        return False
    if easy.operator is Operator.ALL_OF:
        return _terms(easy) <= _terms(hard)
    if _terms(easy) != _terms(hard):
        return False
    lower = easy.low is None or (hard.low is not None and easy.low <= hard.low)
    return lower and (easy.high is None or (hard.high is not None and easy.high >= hard.high))


def _spares(easy: Gain, hard: Gain) -> bool:
    """Whether a gain makes another, harder one needless."""
    if easy is hard or easy.condition is None or hard.condition is None:
        return False
    return easy.gained >= hard.gained and _easier(easy.condition, hard.condition)
