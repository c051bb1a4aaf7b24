"""Where a value lies in a drawing, which round numbers stand beside it, and how much text has room.

Drawings are as wide as the page lets them be: positions along a line are shares of the width in per
cent, from where lines begin; heights, and text, are pixels that never shrink on a narrow screen.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

NARROWEST_PX: Final = 300
"""Width for which text is measured: a page of 360 pixels less its margins and those of a panel."""
LETTER_PX: Final = 8.0
"""A letter of 13 pixels, in the widest of the fonts that are asked for."""
SIGN_PX: Final = 13.0
"""A sign of Chinese, Japanese or Korean."""
STEPS: Final = (1.0, 2.0, 5.0, 10.0)
"""Steps between round numbers that people count in, times a power of ten."""


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to places.

    Parameters
    ----------
    low, high
        Values; ``low < high``.
    start, end
        Their places; ``start > end`` where places are counted from above.
    """

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the place of a value, to a hundredth."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 2)


@dataclass(frozen=True, slots=True)
class Tick:
    """A round value beside a scale, and its place."""

    value: float
    at: float


def round_numbers(values: Iterable[float | None], most: int = 5) -> tuple[float, ...]:
    """Return round numbers that hold all values and zero between them.

    Parameters
    ----------
    values
        ``None`` for what is not known.  Where all are whole, so are the round numbers.
    most
        About how many numbers, from 2; at most two more.

    Returns
    -------
    tuple of float
        At least two, rising, equally far apart.  Without values, or with zeros only: 0 and 1.

    Raises
    ------
    ValueError
        For a value without a place, such as infinity.
    """
    known = [value for value in values if value is not None]
    if not all(math.isfinite(value) for value in known):
        raise ValueError("a value without end has no place in a drawing")
    low, high = min([0.0, *known]), max([0.0, *known])
    if low == high:
        return (0.0, 1.0)
    wanted = (high - low) / (most - 1)
    power = 10.0 ** math.floor(math.log10(wanted))
    step = next(power * times for times in STEPS if power * times >= wanted * (1 - 1e-9))
    if all(float(value).is_integer() for value in known):
        step = max(step, 1.0)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    # Rounding takes away what binary fractions leave: 3 × 0.1 is no 0.30000000000000004.
    digits = max(0, 1 - math.floor(math.log10(step)))
    return tuple(round(place * step, digits) for place in range(first, last + 1))


def text_px(text: str) -> float:
    """Return about how wide a text of 13 pixels is."""
    return sum(SIGN_PX if unicodedata.east_asian_width(sign) in "WF" else LETTER_PX for sign in text)


def shortened(text: str, room_px: float) -> str:
    """Return a text as far as there is room for it, with an ellipsis where it is cut."""
    if text_px(text) <= room_px:
        return text
    kept = text
    while kept and text_px(kept) + LETTER_PX > room_px:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def every(labels: Iterable[str], room_px: float) -> int:
    """Return n where every n-th label has room beside the next.

    Parameters
    ----------
    labels
        Of equal shares of the room.
    room_px
        For all of them together.
    """
    widths = [text_px(label) + LETTER_PX for label in labels]
    return max(1, math.ceil(max(widths, default=0) * len(widths) / room_px))
