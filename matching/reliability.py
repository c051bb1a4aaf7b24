"""How far stated chances can be trusted: intervals, the reliability chart, and two measures of error.

Everything here takes pairs of a stated chance and what came of it; where the chance came from does not
matter.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

Z: Final = 1.959963984540054
"""The standard normal deviate of a 95 % interval."""
BINS: Final = 10
"""Bins of a reliability chart: tenths of a chance, which people read without thinking."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """A chance that was stated, and what came of it.

    Parameters
    ----------
    chance
        0 to 1.
    accepted
        Whether the introduction was accepted.
    """

    chance: float
    accepted: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """The forecasts between two chances.

    Parameters
    ----------
    low, high
        The bin's bounds, 0 to 1; ``high`` belongs to it in the last bin only.
    stated
        The mean of the chances in it, 0 to 1.
    n, accepted
        How many forecasts, from 1, and how many of them came true.
    at_least, at_most
        Wilson's 95 % interval of the share accepted, 0 to 1.
    """

    low: float
    high: float
    stated: float
    n: int
    accepted: int
    at_least: float
    at_most: float

    @property
    def share(self) -> float:
        """The share that was accepted, 0 to 1."""
        return self.accepted / self.n


def wilson(accepted: int, n: int, z: float = Z) -> tuple[float, float]:
    """Return the interval in which the true share lies, as far as the numbers tell.

    Parameters
    ----------
    accepted, n
        How many of how many; ``n`` from 0.  Nothing seen tells nothing: (0, 1).
    z
        Standard normal deviate; :data:`Z` for 95 %.

    Returns
    -------
    tuple of float
        Lower and upper bound, 0 to 1.  Wilson, *Probable inference, the law of succession, and
        statistical inference*, J. Am. Stat. Assoc. 22 (1927) 209-212; kept for small numbers by
        Brown, Cai and DasGupta, *Interval estimation for a binomial proportion*, Statist. Sci. 16
        (2001) 101-133.

    Raises
    ------
    ValueError
        Unless 0 ≤ accepted ≤ n.
    """
    if not 0 <= accepted <= n:
        raise ValueError(f"{accepted} of {n} is no share")
    if n == 0:
        return 0.0, 1.0
    share, square = accepted / n, z * z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = z / (1 + square / n) * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    # The bounds touch 0 and 1 exactly where none or all were accepted; rounding must not hide it.
    return (0.0 if accepted == 0 else middle - half), (1.0 if accepted == n else middle + half)


def reliability(forecasts: Sequence[Forecast], bins: int = BINS) -> tuple[Bin, ...]:
    """Return the bins of the reliability chart, by rising chance; a bin without forecasts is left out.

    Parameters
    ----------
    forecasts
        In any order.
    bins
        How many bins of equal width there are between 0 and 1.
    """
    held: dict[int, list[Forecast]] = {}
    for forecast in forecasts:
        held.setdefault(min(int(forecast.chance * bins), bins - 1), []).append(forecast)
    return tuple(_bin(held[place], place / bins, (place + 1) / bins) for place in sorted(held))


def _bin(held: Sequence[Forecast], low: float, high: float) -> Bin:
    n, accepted = len(held), sum(forecast.accepted for forecast in held)
    at_least, at_most = wilson(accepted, n)
    # fsum, so that the order of the forecasts does not show in the last digit.
    stated = math.fsum(forecast.chance for forecast in held) / n
    return Bin(low, high, stated, n, accepted, at_least, at_most)


def brier(forecasts: Sequence[Forecast]) -> float:
    """Return the mean squared distance of chance and outcome: 0 is perfect, 0.25 a coin's.

    Brier, *Verification of forecasts expressed in terms of probability*, Mon. Weather Rev. 78 (1950) 1-3.

    Raises
    ------
    ValueError
        Without forecasts.
    """
    return math.fsum((f.chance - f.accepted) ** 2 for f in forecasts) / _some(forecasts)


def calibration_error(forecasts: Sequence[Forecast], bins: int = BINS) -> float:
    """Return how far stated and real shares lie apart, averaged over the bins by their size, 0 to 1.

    Naeini, Cooper and Hauskrecht, *Obtaining well calibrated probabilities using Bayesian binning*,
    AAAI 2015.

    Raises
    ------
    ValueError
        Without forecasts.
    """
    return math.fsum(b.n * abs(b.share - b.stated) for b in reliability(forecasts, bins)) / _some(forecasts)


def _some(forecasts: Sequence[Forecast]) -> int:
    if not forecasts:
        raise ValueError("nothing was stated, so that nothing can be measured")
    return len(forecasts)
