"""Offers that cover a request together: the smallest set of at most four, and who brings what.

What is asked is covered where some member's phrase meets it; the weighted share that is covered
decides, then how well it is met, then how well the members fit one by one.  The search is exact:
branch and bound, where the cover of a set can grow by no more than what each further offer adds.
Offers that others can stand in for in every set are left out beforehand, which changes no answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.normalise import phrase
from matching.requirements import evaluate
from matching.terms import Terms
from matching.types import Condition, Fact, Listing, Meeting, Outcome, Score, Side
from matching.weights import GENERIC_WEIGHT, SAYING_WEIGHT, UNIT
from matching.whatif import MET

MEMBERS: Final = 4
"""The most members: beyond, agreeing costs more than it brings (chosen 2026-11-26)."""
CANDIDATES: Final = 200
"""Offers that are combined, of those in whose place no others can stand."""
STEPS: Final = 20_000
"""Sets looked into before the search is cut short, and says so."""
ADDS_UP: Final = frozenset({"quantity_per_year", "tonnes_per_year"})
"""Criteria whose numbers the members reach together."""
ONE_SUFFICES: Final = frozenset({"process", "material", "inspection", "language"})
"""Criteria that the members answer together, one this and another that.  Every other condition,
such as a certificate or a tolerance, is about whoever makes, and must hold for each."""
POINTS: Final = 1_000_000
"""Points of a score are added as whole numbers of this part, so that sums are exact."""


@dataclass(frozen=True, slots=True)
class Member:
    """An offer of a team, and the asked phrases that it is the one to bring."""

    offer_id: int
    brings: tuple[Meeting, ...]


@dataclass(frozen=True, slots=True)
class Team:
    """Offers that fit together: the best of all sets of their number.

    Parameters
    ----------
    members
        By id.
    cover
        Weighted share of the asked phrases that are met, 0 to 1.
    missing
        The asked phrases that nobody meets.
    """

    members: tuple[Member, ...]
    cover: float
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Consortium:
    """The best teams for a request.

    Parameters
    ----------
    teams
        The best of one member, of two, and so on, each in which everybody adds something; a number
        that covers no more than a smaller one is left out.
    best
        The smallest team with the highest cover; ``None`` where nothing asked is met.
    exact
        ``False`` where the search was cut short: there may be better ones.
    """

    teams: tuple[Team, ...]
    best: Team | None
    exact: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    offer: Listing
    meetings: tuple[Meeting, ...]
    mask: int
    near: tuple[int, ...]
    points: int


Key = tuple[int, int, int, tuple[int, ...]]


def consortium(
    request: Listing,
    offers: Sequence[Listing],
    scores: Sequence[Score],
    today: date,
    terms: Terms | None = None,
) -> Consortium:
    """Return the teams that cover a request best, up to :data:`MEMBERS` strong.

    Parameters
    ----------
    request
        What it asks are its capabilities; without any there is no team.
    offers, scores
        The candidates, and the score of the request with each.
    today
        For certificates.
    terms
        What compares the terms of conditions; that of the engine's own thesaurus unless told.

    Returns
    -------
    Consortium
        The same for any order of the candidates.  Ties: the better met, the higher sum of scores,
        the lower ids.
    """
    if not any(phrase(text, request.language).tokens for text in request.capabilities) or not offers:
        return Consortium((), None, exact=True)
    asked = [meeting.asked for meeting in scores[0].meetings]
    weights = [_weight(text, request.language) for text in asked]
    shared = [c for c in request.conditions if c.hard and c.criterion in ADDS_UP | ONE_SUFFICES]
    pairs = zip(offers, scores, strict=True)
    able = [_candidate(offer, score) for offer, score in pairs if not _out(score)]
    search = _Search([one for one in able if one.mask], weights, shared, today, terms)
    found = [search.best(size) for size in range(1, MEMBERS + 1)]
    teams = tuple(_team(members, asked, weights) for members in found if members)
    return Consortium(teams, teams[-1] if teams else None, exact=search.whole and search.steps < STEPS)


def _weight(text: str, language: str) -> int:
    """Return what an asked phrase counts; see :func:`matching.query.asked_weight`."""
    generic = all(token.generic for token in phrase(text, language).tokens)
    return GENERIC_WEIGHT if generic else SAYING_WEIGHT


def _out(score: Score) -> bool:
    """Whether an offer can be no member: excluded by more than what members answer together."""
    together = {
        result.condition.criterion
        for result in score.conditions
        if result.asked_by is Side.REQUEST and result.condition.criterion in ADDS_UP | ONE_SUFFICES
    }
    own = {
        result.condition.criterion
        for result in score.conditions
        if result.asked_by is Side.OFFER and result.condition.hard and result.outcome is Outcome.GAP
    }
    return bool(set(score.excluded_by) - together or own)


def _candidate(offer: Listing, score: Score) -> _Candidate:
    near = tuple(round(m.similarity * UNIT) if m.similarity >= MET else 0 for m in score.meetings)
    mask = sum(1 << at for at, value in enumerate(near) if value)
    points = round(POINTS * sum(part.points for part in score.contributions))
    return _Candidate(offer, score.meetings, mask, near, points)


def _team(members: Sequence[_Candidate], asked: Sequence[str], weights: Sequence[int]) -> Team:
    by_id = sorted(members, key=lambda c: c.offer.id)
    brings: dict[int, list[Meeting]] = {c.offer.id: [] for c in by_id}
    missing, met = [], 0
    for at, (text, weight) in enumerate(zip(asked, weights, strict=True)):
        one = max(by_id, key=lambda c: (c.meetings[at].similarity, c.points, -c.offer.id))
        if one.meetings[at].similarity >= MET:
            brings[one.offer.id].append(one.meetings[at])
            met += weight
        else:
            missing.append(text)
    named = tuple(Member(c.offer.id, tuple(brings[c.offer.id])) for c in by_id)
    return Team(named, met / sum(weights), tuple(missing))


def _stands_in(one: _Candidate, other: _Candidate, shared: Sequence[Condition]) -> bool:
    """Whether a set with one of two of a mask in the other's place is as good, whoever else is in it."""
    return (
        one.points >= other.points
        and all(a >= b for a, b in zip(one.near, other.near, strict=True))
        and all(one.offer.facts.get(c.criterion) == other.offer.facts.get(c.criterion) for c in shared)
    )


def _undominated(ranked: Iterable[_Candidate], shared: Sequence[Condition]) -> list[_Candidate]:
    """Return the candidates without those in whose place there is always another one.

    Another one can be a member already, or of the owner of one; but of :data:`MEMBERS` with owners
    of their own one is free, and so is the only one of the same owner.

    Parameters
    ----------
    ranked
        So that nobody stands in for an earlier one, except as an equal.

    Returns
    -------
    list of _Candidate
        The first of every mask, then the second of each, and so on.
    """
    kept: dict[int, list[_Candidate]] = defaultdict(list)
    for candidate in ranked:
        owner = candidate.offer.owner
        owners = [c.offer.owner for c in kept[candidate.mask] if _stands_in(c, candidate, shared)]
        unowned = owners.count(None)
        free = unowned + len(set(owners) - {None})
        if free < MEMBERS and (owner is None or owner not in owners):
            kept[candidate.mask].append(candidate)
    # Where some must go, what few bring is not to be lost behind what many do.
    turns = ((turn, one) for same in kept.values() for turn, one in enumerate(same))
    return [candidate for _, candidate in sorted(turns, key=lambda pair: pair[0])]


class _Search:
    """Finds the best set of each size; holds what is the same for all sizes.

    ``whole`` is ``False`` where there are more candidates than are combined.
    """

    def __init__(
        self,
        able: Iterable[_Candidate],
        weights: Sequence[int],
        shared: Sequence[Condition],
        today: date,
        terms: Terms | None,
    ) -> None:
        self._weights = np.array(weights, dtype=np.int64)
        self._shared, self._today, self._terms = shared, today, terms
        ranked = sorted(able, key=lambda c: (-sum(c.near), -c.points, c.offer.id))
        left = _undominated(ranked, shared)
        self.whole = len(left) <= CANDIDATES
        self._able = sorted(left[:CANDIDATES], key=lambda c: (-self._covers(c.mask), -c.points, c.offer.id))
        near = [c.near for c in self._able]
        self._near: NDArray[np.int64] = np.array(near, dtype=np.int64).reshape(-1, len(weights))
        self._points = np.array([c.points for c in self._able], dtype=np.int64)
        self._best: Key | None = None
        self._beyond = 0
        self._found: tuple[_Candidate, ...] = ()
        self.steps = 0

    def best(self, size: int) -> tuple[_Candidate, ...]:
        """Return the best set of a size that covers more than those asked before; empty where none does."""
        self._forget()
        self._extend((), np.zeros(len(self._weights), dtype=np.int64), 0, size)
        self._beyond = self._best[0] if self._best else self._beyond
        return self._found

    def _forget(self) -> None:
        self._best, self._found = None, ()

    def _extend(
        self, members: tuple[_Candidate, ...], near: NDArray[np.int64], first: int, left: int
    ) -> None:
        """Try all sets that begin with some members and go on with candidates from a place."""
        if self.steps >= STEPS or len(self._able) - first < left:
            return
        self.steps += 1
        # What each further candidate would add: phrases not met, how well, its score.
        rest = self._near[first:]
        added = ((rest > 0) & (near == 0)) @ self._weights
        better = (np.maximum(rest, near) - near) @ self._weights
        points = self._points[first:]
        now = int((near > 0) @ self._weights), int(near @ self._weights), sum(c.points for c in members)
        bound = tuple(
            have + int(np.sort(column)[-left:].sum())
            for have, column in zip(now, (added, better, points), strict=True)
        )
        if bound[0] <= self._beyond or (self._best is not None and bound < self._best[:3]):
            return
        needs_more = not self._holds(members)
        owners = {c.offer.owner for c in members} - {None}
        # The most promising first: a good set found early spares the others.
        for at in np.lexsort((-points, -better, -added)).tolist():
            one = self._able[first + at]
            if one.offer.owner in owners or not (added[at] or needs_more):
                continue
            grown = (*members, one)
            if left > 1:
                if self._all_needed(grown):
                    self._extend(grown, np.maximum(near, rest[at]), first + at + 1, left - 1)
                continue
            ids = tuple(-n for n in sorted(c.offer.id for c in grown))
            key = (now[0] + int(added[at]), now[1] + int(better[at]), now[2] + one.points, ids)
            better_key = key[0] > self._beyond and (self._best is None or key > self._best)
            if better_key and self._holds(grown) and self._all_needed(grown):
                self._best, self._found = key, grown

    def _covers(self, mask: int) -> int:
        return sum(int(w) for at, w in enumerate(self._weights) if mask >> at & 1)

    def _all_needed(self, members: Sequence[_Candidate]) -> bool:
        """Whether without any one of them something would not be met."""
        for left_out in members:
            others = [c for c in members if c is not left_out]
            mask = 0
            for c in others:
                mask |= c.mask
            if not left_out.mask & ~mask and self._holds(others):
                return False
        return True

    def _holds(self, members: Sequence[_Candidate]) -> bool:
        """Whether members meet together what must be met together; more members never meet less."""
        return bool(members) and all(self._met(condition, members) for condition in self._shared)

    def _met(self, condition: Condition, members: Sequence[_Candidate]) -> bool:
        facts = [c.offer.facts.get(condition.criterion, Fact()) for c in members]
        single = ({condition.criterion: fact} for fact in facts)
        if any(evaluate(condition, fact, self._today, self._terms)[0] is not Outcome.GAP for fact in single):
            return True
        joined = {condition.criterion: _joined(facts, adds_up=condition.criterion in ADDS_UP)}
        return evaluate(condition, joined, self._today, self._terms)[0] is not Outcome.GAP


def _joined(facts: Sequence[Fact], *, adds_up: bool) -> Fact:
    """Return what members state together."""
    if adds_up:
        highs = [fact.high if fact.high is not None else fact.low for fact in facts]
        total = sum(high for high in highs if high is not None)
        # Together they can also make less.
        return Fact(low=min((f.low for f in facts if f.low is not None), default=total), high=total)
    return replace(facts[0], terms=tuple(term for fact in facts for term in fact.terms))
