"""What stands around a figure or a name: what it is about, and how much it counts."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection
from enum import StrEnum
from itertools import accumulate
from typing import Final

from matching.stated.scope import LONGEST, Place, Scope
from matching.stated.tokens import Token

REACH: Final = 14
"""Tokens within which a word says what a figure is about."""
ACROSS: Final = 4.0
"""A comma between two words parts them like so many words."""
AFTERWARDS: Final = 1.5
"""Words before a figure speak for it rather than words after it."""

BESIDE: Final = 1.0
"""How far "without" reaches."""
UNNEEDED: Final = 6.0
"""How far "is not required" reaches."""
PAST_FIGURE: Final = 3.0
"""Another figure between two words parts them like so many words: it has words of its own."""


class Force(StrEnum):
    """How much a condition counts, as far as its text says so."""

    HARD = "hard"
    SOFT = "soft"
    OPEN = "open"


class Context:
    """The words of a text that say something about others, by their place."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self._places: dict[str, list[int]] = defaultdict(list)
        self._figures = [0, *accumulate(token.number for token in tokens)]
        for at, token in enumerate(tokens):
            for role in token.roles:
                if role.name in {"topic", "force", "bound", "every", "term"}:
                    self._places[f"{role.name} {role.value}"].append(at)

    def distance(self, place: int, first: int, last: int) -> float | None:
        """Return how far a word is from a stretch of tokens; ``None`` in another sentence."""
        one, other = self.tokens[place], self.tokens[first]
        if one.sentence != other.sentence:
            return None
        if place < first:
            figures = self._figures[first] - self._figures[place]
            before = first - (place + one.size - 1)
            return before + ACROSS * (other.clause - one.clause) + PAST_FIGURE * figures
        figures = self._figures[place] - self._figures[last + 1]
        apart = place - last + AFTERWARDS
        return apart + ACROSS * (one.clause - self.tokens[last].clause) + PAST_FIGURE * figures

    def nearest(self, name: str, values: Collection[str], first: int, last: int) -> tuple[str, float]:
        """Return which word of a role is nearest to a stretch of tokens, and how far it is.

        Returns
        -------
        tuple of str and float
            The role's value, empty and infinitely far where none is within :data:`REACH`.
        """
        best, least = "", float("inf")
        for value in values:
            places = self._places.get(f"{name} {value}", ())
            at = bisect_left(places, first)
            for place in (*places[max(0, at - 1) : at], *_beyond(places, at, last)):
                far = self.distance(place, first, last)
                if far is not None and far < least and far <= REACH:
                    best, least = value, far
        return best, least

    def force(self, place: Place, scope: Scope) -> Force | None:
        """Return how much a condition counts; ``None`` where it is said not to be needed."""
        first, last, _ = place
        found, far = self._nearest_force(place, scope)
        if self.nearest("force", ("without",), first, last)[1] <= BESIDE:
            return None
        _, least = self.nearest("bound", ("at_least",), first, last)
        if found == "none":
            return None if far <= UNNEEDED else Force.OPEN
        if not found or (found != "hard" and least < far):
            return Force.HARD if least <= 3 else Force.OPEN  # noqa: PLR2004 - "at least" stands beside its figure
        return Force(found)

    def _nearest_force(self, place: Place, scope: Scope) -> tuple[str, float]:
        """Return the nearest word of force that can speak for a condition; see :meth:`nearest`."""
        first, last, criterion = place
        best, least = "", float("inf")
        for value in ("hard", "soft", "none"):
            places = self._places.get(f"force {value}", [])
            low, high = bisect_left(places, first - REACH - LONGEST), bisect_left(places, last + REACH)
            for at in places[low:high]:
                if first <= at <= last:
                    continue
                listed = at < first and scope.heads(at, first, hard=value == "hard")
                if not listed and not scope.reaches(at, first, last, criterion):
                    continue
                far = self._apart(at, first) if listed else self.distance(at, first, last)
                if far is not None and far < least and far <= REACH:
                    best, least = value, far
        return best, least

    def _apart(self, place: int, first: int) -> float | None:
        """Return how far the heading of a list is from what stands in it, whatever stands between."""
        if self.tokens[place].sentence != self.tokens[first].sentence:
            return None
        return float(first - (place + self.tokens[place].size - 1))


def _beyond(places: list[int] | tuple[int, ...], at: int, last: int) -> list[int]:
    """Return the first place after a stretch of tokens."""
    while at < len(places) and places[at] <= last:
        at += 1
    return list(places[at : at + 1])
