"""The numbers: every figure by quarter, and the parts of a few of them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import kept
from marketplace.reports.queries.figures import Figure, Measure
from marketplace.reports.queries.kept import kept_numbers, kept_rows
from marketplace.reports.queries.parts import By, Part, numbers_of_parts, of_part, told_apart
from marketplace.reports.queries.scope import Quarter, Scope, Span
from marketplace.reports.queries.things import Rows


@dataclass(frozen=True, slots=True)
class Counted:
    """A number, and how many rows stand behind it.

    Parameters
    ----------
    value
        The count; or the sum; or the mean of days; or how many of 100.  ``None`` for a mean of nothing.
    """

    n: int
    value: float | None


@dataclass(frozen=True, slots=True)
class Parts:
    """The largest parts of some figures.

    Parameters
    ----------
    numbers
        By the part's key and the figure's name.
    total
        How many parts there are.
    """

    numbers: Mapping[str, Mapping[str, Counted]]
    total: int


def selected(
    figure: Figure, scope: Scope, quarter: Quarter, closed: Container[Quarter], part: Part | None = None
) -> Rows:
    """Return what a figure counts in a quarter: the number and the list are made of this.

    Parameters
    ----------
    closed
        The quarters that are closed: of them, what was counted then; of others, what is counted now.
    part
        Only this part of it.
    """
    rows = kept_rows(figure.name, scope, quarter) if quarter in closed else figure.rows(scope, quarter.span)
    return rows if part is None else of_part(rows, part)


def counted(figure: Figure, n: int, mean: float | None) -> Counted:
    """Return the number that a figure makes of its rows.

    Parameters
    ----------
    mean
        Of the rows' values; ``None`` of no rows.
    """
    if figure.measure is Measure.COUNT:
        return Counted(n, n)
    if figure.measure is Measure.SUM:
        return Counted(n, round(n * float(mean or 0.0)))
    if mean is None:
        return Counted(0, None)
    return Counted(n, float(mean) * (100 if figure.measure is Measure.SHARE else 1))


def by_quarter(
    session: Session,
    figures: Iterable[Figure],
    scope: Scope,
    quarters: Sequence[Quarter],
    closed: Container[Quarter],
) -> Mapping[tuple[str, Quarter], Counted]:
    """Return the numbers of figures for quarters: of closed ones as they were kept, of others as they are."""
    asked = tuple(figures)
    found: dict[tuple[str, Quarter], tuple[int, float | None]] = {}
    kept = [quarter for quarter in quarters if quarter in closed]
    if kept:
        found.update(kept_numbers(session, scope, kept))
    for run in _runs(quarter for quarter in quarters if quarter not in closed):
        for name, place, n, mean in session.execute(_counts(asked, scope, run)):
            found[name, run[place]] = (n, mean)
    return {
        (figure.name, quarter): counted(figure, *found.get((figure.name, quarter), (0, None)))
        for figure in asked
        for quarter in quarters
    }


def _runs(quarters: Iterable[Quarter]) -> Iterator[tuple[Quarter, ...]]:
    """Yield those that follow each other together: they are counted at once."""
    run: list[Quarter] = []
    for quarter in sorted(quarters):
        if run and run[-1].shifted(1) != quarter:
            yield tuple(run)
            run = []
        run.append(quarter)
    if run:
        yield tuple(run)


@kept
def _counts(asked: tuple[Figure, ...], scope: Scope, run: tuple[Quarter, ...]) -> sa.CompoundSelect[Any]:
    span = Span(run[0].start, run[-1].end)
    selects = []
    for figure in asked:
        rows = figure.rows(scope, span).subquery()
        place = (
            sa.case(
                *((rows.c.at < quarter.end, number) for number, quarter in enumerate(run[:-1])),
                else_=len(run) - 1,
            )
            if len(run) > 1
            else sa.literal(0, sa.Integer())
        )
        counted_rows = sa.select(place.label("place"), rows.c.value).subquery()
        selects.append(
            sa.select(
                sa.literal(figure.name, sa.String()).label("name"),
                counted_rows.c.place,
                sa.func.count().label("n"),
                sa.func.avg(counted_rows.c.value).label("mean"),
            ).group_by(counted_rows.c.place)
        )
    return sa.union_all(*selects)


def by_parts(
    session: Session,
    wanted: Mapping[By, Iterable[Figure]],
    scope: Scope,
    quarter: Quarter,
    closed: Container[Quarter],
    most: int | None = None,
) -> Mapping[By, Parts]:
    """Return the numbers of the parts of figures, the largest parts first.

    Parameters
    ----------
    most
        No more parts than this; all of them where it is not told.
    """
    asked = tuple((by, tuple(figures)) for by, figures in wanted.items())
    found: dict[str, dict[str, dict[str, tuple[int, float | None]]]] = {by: {} for by, _figures in asked}
    # All at once: there are as many pairs as two countries can make.
    for by, name, key, n, mean in session.execute(
        _parts(asked, scope, quarter, closed=quarter in closed)
    ).all():
        found[by].setdefault(key, {})[name] = (n, mean)
    return {by: _in_order(found[by], figures, most) for by, figures in asked}


def _in_order(
    parts: Mapping[str, Mapping[str, tuple[int, float | None]]], figures: Iterable[Figure], most: int | None
) -> Parts:
    sizes = {key: -sum(n for n, _mean in numbers.values()) for key, numbers in parts.items()}
    largest = sorted(sizes, key=lambda key: (sizes[key], key))[:most]
    return Parts(
        {
            key: {figure.name: counted(figure, *parts[key].get(figure.name, (0, None))) for figure in figures}
            for key in largest
        },
        len(parts),
    )


@kept
def _parts(
    asked: tuple[tuple[By, tuple[Figure, ...]], ...], scope: Scope, quarter: Quarter, *, closed: bool
) -> sa.CompoundSelect[Any]:
    """Return the statement: the rows of a figure are looked up once, for all ways to break it down."""
    ways: dict[Figure, set[By]] = {}
    for by, figures in asked:
        for figure in figures:
            ways.setdefault(figure, set()).add(by)
    rows = {
        figure: told_apart(selected(figure, scope, quarter, (quarter,) if closed else ()), some)
        for figure, some in ways.items()
    }
    selects = []
    for by, figures in asked:
        for figure in figures:
            parts = numbers_of_parts(rows[figure], by).subquery()
            selects.append(
                sa.select(
                    sa.literal(by.value, sa.String()).label("by"),
                    sa.literal(figure.name, sa.String()).label("name"),
                    parts.c.key,
                    parts.c.n,
                    parts.c.mean,
                )
            )
    return sa.union_all(*selects)
