"""The geometry of our charts; ``templates/macros/chart.html`` only prints it.

Every ``x`` and ``width`` is in per cent of the drawing's width, from where lines begin; every ``y`` and
``height`` in pixels, from above.  See :mod:`marketplace.web.scales`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from marketplace.web.scales import (
    LETTER_PX,
    NARROWEST_PX,
    Scale,
    Tick,
    every,
    round_numbers,
    shortened,
    text_px,
)
from marketplace.web.shapes import (
    Bars,
    Cell,
    Funnel,
    Heat,
    Judged,
    Label,
    Lines,
    Mark,
    Point,
    Reliability,
    Series,
    Stage,
    Stroke,
)
from matching.reliability import Bin

SERIES_MOST: Final = 4
"""Series that colours, patterns and shapes tell apart."""
LEVELS: Final = 5
"""Shades of a heat map above nothing."""
VALUES_MOST: Final = 8
"""Marks whose values stand beside them; with more, they would run into each other."""
COLUMNS: Final = 6
"""Columns of a heat map that a narrow screen has room for; with more it is wider, and scrolls."""

LINE_PX = 22  # a line of text with its room
BAR_PX = 16
GAP_PX = 12
SHARE_PX = 14  # between two stages of a funnel
WIDER = 1.6  # times the narrowest: a chart from 30 rem on; see charts.css
PLOT_PX = 200  # height of what stands on an axis
TOP_PX = 22  # room above it for the topmost value
VALUE_ROOM = 20.0  # of the width, beside a bar, for its value
CELL_PX = 30


def bars_across(labels: Sequence[str], series: Sequence[Series]) -> Bars:
    """Return bars along lines, each label above its own: for names, which are long.

    Raises
    ------
    ValueError
        For more than :data:`SERIES_MOST` series, or one that is not as long as the labels.
    """
    _check(labels, series)
    numbers = round_numbers(_all(series))
    low, high = min([0.0, *_known(series)]), max([0.0, *_known(series)])
    scale = Scale(
        low,
        high if high > low else numbers[-1],
        VALUE_ROOM if low < 0 else 0.0,
        100 - VALUE_ROOM if high > 0 or low == 0 else 100.0,
    )
    zero = scale.at(0)
    row_px = LINE_PX + BAR_PX * len(series) + GAP_PX
    marks = []
    for row in range(len(labels)):
        for number, one in enumerate(series):
            value = one.values[row]
            if value is None:
                continue
            y, end = row * row_px + LINE_PX + number * BAR_PX, scale.at(value)
            marks.append(
                Mark(
                    number,
                    value,
                    min(zero, end),
                    y,
                    round(abs(end - zero), 2),
                    BAR_PX - 2,
                    end,
                    y + BAR_PX - 4,
                    "end" if value < 0 else "start",
                )
            )
    return Bars(
        tuple(_name(text, i * row_px + 15) for i, text in enumerate(labels)),
        tuple(series),
        tuple(marks),
        (),
        zero,
        0,
        len(labels) * row_px,
        values_shown=True,
    )


def bars_up(labels: Sequence[str], series: Sequence[Series]) -> Bars:
    """Return upright bars side by side, for few short labels such as quarters; see :func:`bars_across`."""
    _check(labels, series)
    ticks, scale, start = _upright(series)
    step = (100 - start) / max(1, len(labels))
    width = step * 0.8 / max(1, len(series))
    zero = scale.at(0)
    marks = []
    for place in range(len(labels)):
        for number, one in enumerate(series):
            value = one.values[place]
            if value is None:
                continue
            x, end = start + step * (place + 0.1) + width * number, scale.at(value)
            marks.append(
                Mark(
                    number,
                    value,
                    round(x, 2),
                    min(zero, end),
                    round(width * 0.94, 2),
                    round(abs(end - zero), 2),
                    round(x + width * 0.47, 2),
                    end + 15 if value < 0 else end - 5,
                    "middle",
                )
            )
    return Bars(
        _below(labels, start),
        tuple(series),
        tuple(marks),
        ticks,
        zero,
        start,
        TOP_PX + PLOT_PX + LINE_PX + 4,
        values_shown=len(marks) <= VALUES_MOST,
    )


def lines(labels: Sequence[str], series: Sequence[Series]) -> Lines:
    """Return lines over time; where a value is not known, the line is broken.  See :func:`bars_across`."""
    _check(labels, series)
    ticks, scale, start = _upright(series)
    step = (100 - start) / max(1, len(labels))
    points: list[Point] = []
    strokes: list[Stroke] = []
    for number, one in enumerate(series):
        places = [
            None
            if value is None
            else Point(number, value, round(start + step * (i + 0.5), 2), scale.at(value))
            for i, value in enumerate(one.values)
        ]
        points += [point for point in places if point]
        strokes += [Stroke(number, a.x, a.y, b.x, b.y) for a, b in pairwise(places) if a and b]
    return Lines(
        _below(labels, start),
        tuple(series),
        tuple(points),
        tuple(strokes),
        ticks,
        scale.at(0),
        start,
        TOP_PX + PLOT_PX + LINE_PX + 4,
        values_shown=len(points) <= VALUES_MOST,
    )


def heat(rows: Sequence[str], columns: Sequence[str], values: Sequence[Sequence[float | None]]) -> Heat:
    """Return a heat map.

    Parameters
    ----------
    rows, columns
        Labels; those of columns as short as can be, such as codes of countries.
    values
        Row by row, from 0; ``None`` where it is not known.

    Raises
    ------
    ValueError
        Where a row does not have a value for each column, or a value is below 0.
    """
    if len(values) != len(rows) or any(len(row) != len(columns) for row in values):
        raise ValueError("each row has a value for each column")
    known = [value for row in values for value in row if value is not None]
    if any(value < 0 for value in known):
        raise ValueError("a heat map shades from 0 upwards")
    highest = max(known, default=0.0)
    width, row_px = 100 / max(1, len(columns)), LINE_PX + CELL_PX + 6
    wide = max(1, min(4, math.ceil(len(columns) / COLUMNS)))
    room = NARROWEST_PX * wide / max(1, len(columns)) - 2
    cells = tuple(
        tuple(
            Cell(
                value,
                _level(value, highest),
                round(width * column, 2),
                LINE_PX + row_px * number + LINE_PX,
                round(width * 0.98, 2),
                CELL_PX,
            )
            for column, value in enumerate(row)
        )
        for number, row in enumerate(values)
    )
    return Heat(
        tuple(_name(text, LINE_PX + row_px * i + 15) for i, text in enumerate(rows)),
        tuple(
            Label(text, shortened(text, room), round(width * (i + 0.49), 2), 15)
            for i, text in enumerate(columns)
        ),
        cells,
        LINE_PX + row_px * len(rows),
        wide,
    )


def funnel(stages: Iterable[tuple[str, int]]) -> Funnel:
    """Return a funnel: label and count of each stage, in order."""
    told = list(stages)
    highest = max((count for _, count in told), default=0) or 1
    row_px = LINE_PX + BAR_PX + GAP_PX + SHARE_PX
    drawn = []
    before: int | None = None
    for i, (text, count) in enumerate(told):
        width = round(100 * count / highest, 2)
        label = _name(text, i * row_px + 15, NARROWEST_PX * 0.75)
        of_before = round(100 * count / before) if before else None
        drawn.append(Stage(label, count, of_before, round((100 - width) / 2, 2), i * row_px + LINE_PX, width))
        before = count
    return Funnel(tuple(drawn), len(told) * row_px - SHARE_PX)


def reliability_chart(bins: Sequence[Bin]) -> Reliability:
    """Return the reliability chart of :func:`matching.reliability.reliability`."""
    start, bottom = 11.0, float(TOP_PX + PLOT_PX + 40)
    across, up = Scale(0, 1, start, 95), Scale(0, 1, bottom, TOP_PX)
    numbers = (0.0, 0.25, 0.5, 0.75, 1.0)
    # Where the numbers of decisions would touch, every second one stands a line lower.
    widest = max((text_px(f"{one.n:,}") for one in bins), default=0.0)
    narrowest = min((one.high - one.low for one in bins), default=1.0)
    room = NARROWEST_PX * (across.end - across.start) / 100 * narrowest
    lowered = widest + LETTER_PX / 2 > room
    return Reliability(
        tuple(
            Judged(
                one,
                across.at(one.stated),
                up.at(one.share),
                up.at(one.at_most),
                up.at(one.at_least),
                across.at((one.low + one.high) / 2),
                place % 2 if lowered else 0,
            )
            for place, one in enumerate(bins)
        ),
        tuple(Tick(100 * value, across.at(value)) for value in numbers),
        tuple(Tick(100 * value, up.at(value)) for value in numbers),
        start,
        bottom + 4 * LINE_PX + 4,
    )


def _check(labels: Sequence[str], series: Sequence[Series]) -> None:
    if len(series) > SERIES_MOST:
        raise ValueError(f"{len(series)} series cannot be told apart; at most {SERIES_MOST}")
    for one in series:
        if len(one.values) != len(labels):
            raise ValueError(f"{one.name!r} has {len(one.values)} values for {len(labels)} labels")


def _all(series: Sequence[Series]) -> list[float | None]:
    return [value for one in series for value in one.values]


def _known(series: Sequence[Series]) -> list[float]:
    return [value for value in _all(series) if value is not None]


def _upright(series: Sequence[Series]) -> tuple[tuple[Tick, ...], Scale, float]:
    """Return the axis at the side, its scale, and where the plot begins beside its numbers."""
    numbers = round_numbers(_all(series))
    scale = Scale(numbers[0], numbers[-1], TOP_PX + PLOT_PX, TOP_PX)
    widest = max(text_px(f"{number:,.10g}") for number in numbers)
    start = round(100 * (widest + 8) / NARROWEST_PX, 2)
    return tuple(Tick(number, scale.at(number)) for number in numbers), scale, start


def _below(labels: Sequence[str], start: float) -> tuple[Label, ...]:
    """Return the labels under a plot, as many as have room; the others are empty."""
    room = NARROWEST_PX * (100 - start) / 100
    shown, step = every(labels, room), (100 - start) / max(1, len(labels))
    return tuple(
        Label(text, text if i % shown == 0 else "", round(start + step * (i + 0.5), 2), TOP_PX + PLOT_PX + 18)
        for i, text in enumerate(labels)
    )


def _name(text: str, y: float, room_px: float = NARROWEST_PX) -> Label:
    short, wide = shortened(text, room_px), shortened(text, room_px * WIDER)
    return Label(text, short, 0, y, "" if wide == short else wide)


def _level(value: float | None, highest: float) -> int:
    return 0 if not value else max(1, math.ceil(LEVELS * value / highest))
