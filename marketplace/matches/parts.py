"""The summands of a score by name, rounded so that they add up to the rounded total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from types import MappingProxyType
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from matching.types import Score

PART_LABELS: Final[Mapping[str, LazyString]] = MappingProxyType({
    "capability": _l("Capabilities"),
    "text": _l("Description"),
    "topic": _l("Field of work"),
    "sector": _l("Sector"),
    "requirement": _l("Requirements"),
    "geography": _l("Countries sought"),
    "partnership": _l("Kind of partnership"),
    "freshness": _l("How recent"),
    "terms": _l("Conditions of the one who offers"),
    "market": _l("Countries the one who offers seeks"),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExplainedPart:
    """One summand: points earned, of the most that could be earned.

    Parameters
    ----------
    shown, shown_most
        The same in whole numbers, which add up to what is shown of their sums.
    """

    name: str
    label: str
    points: float
    most: float
    shown: int
    shown_most: int


def explained_parts(score: Score) -> tuple[ExplainedPart, ...]:
    """Return the summands of a score, rounded so that what is shown of them adds up."""
    counted = [c for c in score.contributions if c.weight > 0]
    points, most = [c.points for c in counted], [100 * c.weight for c in counted]
    # Of an excluded pair the total is 0, whatever the points.
    whole = round(sum(points) if score.excluded_by else score.total)
    shown_most = apportioned(most, round(sum(most)), [ceil(value) for value in most])
    shown = apportioned(points, whole, shown_most)
    return tuple(
        ExplainedPart(c.name, part_label(c.name), c.points, 100 * c.weight, number, number_most)
        for c, number, number_most in zip(counted, shown, shown_most, strict=True)
    )


def part_label(name: str) -> str:
    """Return the name of a summand."""
    return str(PART_LABELS.get(name, name))


def apportioned(parts: Sequence[float], whole: int, most: Sequence[int]) -> list[int]:
    """Return parts as whole numbers that add up to a whole, by the largest remainders (Hamilton).

    Parameters
    ----------
    parts
        0 or more each; their sum rounds to ``whole``.
    whole
        What the rounded parts add up to.
    most
        What each part should not exceed, no less than the part rounded down.  It gives way only
        where all of these together are less than ``whole``.
    """
    rounded = [floor(part) for part in parts]
    for _ in range(whole - sum(rounded) if parts else 0):
        at = max(range(len(parts)), key=lambda at: (rounded[at] < most[at], parts[at] - rounded[at]))
        rounded[at] += 1
    return rounded
