"""What comes first on the desk: what is over its time limit, then chance × value × age.

The formula is explained in ``docs/reference/desk.md``; its constants are our own choice, made so
that each factor can at most decide between neighbours, and none can bury a matter for ever: age
grows by itself until the time limit, and what is over it stands before everything else.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

UNKNOWN_CHANCE: Final = 0.5
"""Where no score was kept: as likely as not."""
UNKNOWN_VALUE: Final = 1.5
"""Where neither a quantity nor an amount is stated: the middle between the smallest and the largest."""
LEAST_AGE: Final = 0.1
"""What has just come in is not worth nothing."""
LARGEST_QUANTITY: Final = 1_000_000.0
"""Per year, in the listing's own unit; more than that counts the same."""
LARGEST_AMOUNT: Final = 100_000_000.0
"""Of money, in the listing's own currency; more than that counts the same."""
AMOUNTS: Final = ("contribution_sought", "total_cost")


@dataclass(frozen=True, slots=True)
class Rank:
    """How urgent a matter is.

    Parameters
    ----------
    chance
        0 to 1: that it comes to something.
    value
        1 to 2: how much it would be worth, by orders of magnitude.
    age
        0.1 to 1: the share of its time limit that is used.
    overdue
        Whether the time limit has passed.
    """

    chance: float
    value: float
    age: float
    overdue: bool

    @property
    def priority(self) -> float:
        """The product of the three."""
        return self.chance * self.value * self.age

    @property
    def order(self) -> tuple[bool, float]:
        """Sort by this, smallest first."""
        return (not self.overdue, -self.priority)


def chance_of(total: float | None, accepted: float | None = None) -> float:
    """Return the chance that a pair comes to something.

    Parameters
    ----------
    total
        The score as it was when the two were proposed, 0 to 100.
    accepted
        The share of introductions like it that were accepted, 0 to 1, where enough were decided.
    """
    if accepted is not None:
        return accepted
    return UNKNOWN_CHANCE if total is None else total / 100


def amount_of(details: Mapping[str, Any]) -> float | None:
    """Return the amount of money that a listing is about, in its own currency."""
    for name in AMOUNTS:
        amount = details.get(name)
        if isinstance(amount, int | float):
            return float(amount)
    return None


def value_of(quantity: float | None, amount: float | None) -> float:
    """Return how much a matter would be worth, from 1 to 2: one step for each power of ten.

    Parameters
    ----------
    quantity
        A year, in the listing's own unit.
    amount
        Of money, in the listing's own currency: nothing is converted, since only its order of
        magnitude counts.
    """
    known = [
        math.log1p(max(figure, 0.0)) / math.log1p(largest)
        for figure, largest in ((quantity, LARGEST_QUANTITY), (amount, LARGEST_AMOUNT))
        if figure is not None
    ]
    return 1 + min(1.0, max(known)) if known else UNKNOWN_VALUE


def age_of(begun: datetime, due: datetime, now: datetime) -> float:
    """Return the share of a time limit that is used, from 0.1 to 1."""
    whole = (due - begun).total_seconds()
    if whole <= 0:
        return 1.0
    return min(1.0, max(LEAST_AGE, (now - begun).total_seconds() / whole))
