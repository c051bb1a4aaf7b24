"""What a chart is made of, ready to be printed; :mod:`marketplace.web.charts` works it out.

Every ``x`` and ``width`` is in per cent of the drawing's width, from where lines begin; every ``y`` and
``height`` in pixels, from above.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from marketplace.web.scales import Tick
from matching.reliability import Bin

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Series:
    """Values of one kind, one for each label; ``None`` where it is not known."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Mark:
    """One bar, and where its value is written."""

    series: int
    value: float
    x: float
    y: float
    width: float
    height: float
    text_x: float
    text_y: float
    anchor: Anchor


@dataclass(frozen=True, slots=True)
class Label:
    """A label of an axis or a row, and where it stands.

    Parameters
    ----------
    full
        As it is; the table shows it.
    short
        As far as a narrow screen has room for it; empty where there is none.
    x, y
        Its place.
    wide
        As far as a wide screen has room for it; empty where that is no more than ``short``.
    """

    full: str
    short: str
    x: float
    y: float
    wide: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars along lines or upwards.

    Parameters
    ----------
    labels, series
        What was given; the table behind the chart shows them.
    ticks
        Beside upright bars; those along lines have none.
    zero
        Where bars begin: ``x`` of bars along lines, ``y`` of upright ones.
    start
        Where the axis begins, in per cent.
    values_shown
        Whether the values stand beside the bars.
    """

    labels: tuple[Label, ...]
    series: tuple[Series, ...]
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]
    zero: float
    start: float
    height: float
    values_shown: bool


@dataclass(frozen=True, slots=True)
class Point:
    """A value on a line."""

    series: int
    value: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Stroke:
    """The line between two neighbouring points."""

    series: int
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines over time; see :class:`Bars` for the names."""

    labels: tuple[Label, ...]
    series: tuple[Series, ...]
    points: tuple[Point, ...]
    strokes: tuple[Stroke, ...]
    ticks: tuple[Tick, ...]
    zero: float
    start: float
    height: float
    values_shown: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of a heat map; ``level`` 0 for nothing up to :data:`marketplace.web.charts.LEVELS`."""

    value: float | None
    level: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Heat:
    """Rows and columns; ``wide`` is how many narrow screens it takes, 1 to 4."""

    rows: tuple[Label, ...]
    columns: tuple[Label, ...]
    cells: tuple[tuple[Cell, ...], ...]
    height: float
    wide: int


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a funnel; ``of_before`` is how many of 100 came from the stage before."""

    label: Label
    value: int
    of_before: int | None
    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Funnel:
    """What is left from stage to stage."""

    stages: tuple[Stage, ...]
    height: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A bin of the reliability chart.

    Parameters
    ----------
    x, y
        Of its point.
    top, bottom
        Of its interval.
    middle
        Of the bin: where its number of decisions stands.
    line
        0, or 1 where that number has to stand on a second line beside its neighbours.
    """

    bin: Bin
    x: float
    y: float
    top: float
    bottom: float
    middle: float
    line: int


@dataclass(frozen=True, slots=True)
class Reliability:
    """What was stated beside what came of it, both of 100; the diagonal would be the truth."""

    bins: tuple[Judged, ...]
    across: tuple[Tick, ...]
    ticks: tuple[Tick, ...]
    start: float
    height: float
