"""Drawing at random, the same for the same seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Size:
    """How large the exchange is.

    Parameters
    ----------
    listings, organisations, introductions, matches
        How many of each, 1 or more.
    seed
        Another one gives another exchange of the same size.
    """

    listings: int
    organisations: int
    introductions: int
    matches: int
    seed: int

    def divided(self, by: int) -> Size:
        """Return a size so many times smaller."""
        return Size(
            self.listings // by,
            self.organisations // by,
            self.introductions // by,
            self.matches // by,
            self.seed,
        )


class Zipf(Generic[T]):
    """Things of which the first is twice as common as the second, and three times as the third."""

    def __init__(self, things: Sequence[T]) -> None:
        self._things = things
        self._weights = list(accumulate(1 / place for place in range(1, len(things) + 1)))

    def draw(self, rng: Random) -> T:
        """Return one of them."""
        return rng.choices(self._things, cum_weights=self._weights)[0]


class Weighted(Generic[T]):
    """Things of which each has its own share."""

    def __init__(self, shares: dict[T, float]) -> None:
        self._things = list(shares)
        self._weights = list(accumulate(shares.values()))

    def draw(self, rng: Random) -> T:
        """Return one of them."""
        return rng.choices(self._things, cum_weights=self._weights)[0]


def random_of(size: Size, part: str) -> Random:
    """Return what draws for one part of the world, whatever the other parts have drawn."""
    return Random(f"{size.seed} {part}")  # noqa: S311 (no secret is made of it)


def ago(rng: Random, now: datetime, fewest_days: float, most_days: float) -> datetime:
    """Return a moment so many days before another one."""
    return now - timedelta(days=rng.uniform(fewest_days, most_days))


def chance(rng: Random, share: float) -> bool:
    """Return true in this share of the cases, 0 to 1."""
    return rng.random() < share
