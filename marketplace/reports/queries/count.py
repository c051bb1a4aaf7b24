"""The numbers: every figure by quarter, and the parts of a few of them, in one query each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.reports.queries.figures import Figure, Measure
from marketplace.reports.queries.parts import By, Part, numbers_of_parts, with_key
from marketplace.reports.queries.scope import Quarter, Scope
from marketplace.reports.queries.things import Rows

KEPT: Final = 256
"""Statements that are kept, without an answer: one for each scope and quarter that is asked for."""


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


def selected(figure: Figure, scope: Scope, first: Quarter, last: Quarter, part: Part | None = None) -> Rows:
    """Return what a figure counts from one quarter to another: the number and the list are made of this.

    Parameters
    ----------
    part
        Only this part of it.
    """
    rows = figure.rows(scope)
    if part is not None:
        rows = _narrowed(with_key(rows, part.by), part.key)
    found = rows.subquery()
    return sa.select(*found.c).where(found.c.at >= first.start, found.c.at < last.end)


def _narrowed(rows: Rows, key: str) -> Rows:
    found = rows.subquery()
    return sa.select(*found.c).where(found.c.key == key)


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
    session: Session, figures: Iterable[Figure], scope: Scope, quarters: Sequence[Quarter]
) -> Mapping[tuple[str, Quarter], Counted]:
    """Return the numbers of figures for quarters that follow each other."""
    asked = tuple(figures)
    rows = session.execute(_by_quarter(asked, scope, tuple(quarters)))
    found = {(name, quarters[place]): (n, mean) for name, place, n, mean in rows}
    return {
        (figure.name, quarter): counted(figure, *found.get((figure.name, quarter), (0, None)))
        for figure in asked
        for quarter in quarters
    }


@lru_cache(maxsize=KEPT)
def _by_quarter(
    asked: tuple[Figure, ...], scope: Scope, quarters: tuple[Quarter, ...]
) -> sa.CompoundSelect[Any]:
    """Return the statement alone: putting it together takes longer than many an answer."""
    selects = []
    for figure in asked:
        rows = selected(figure, scope, quarters[0], quarters[-1]).subquery()
        place = (
            sa.case(
                *((rows.c.at < quarter.end, number) for number, quarter in enumerate(quarters[:-1])),
                else_=len(quarters) - 1,
            )
            if len(quarters) > 1
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


def by_part(
    session: Session, figures: Iterable[Figure], scope: Scope, quarter: Quarter, by: By
) -> Mapping[str, Mapping[str, Counted]]:
    """Return the numbers of the parts of figures, by key and name of the figure; the largest parts first."""
    asked = tuple(figures)
    found: dict[str, dict[str, tuple[int, float | None]]] = {}
    for name, key, n, mean in session.execute(_by_part(asked, scope, quarter, by)):
        found.setdefault(key, {})[name] = (n, mean)
    ordered = sorted(found, key=lambda key: (-sum(n for n, _mean in found[key].values()), key))
    return {
        key: {figure.name: counted(figure, *found[key].get(figure.name, (0, None))) for figure in asked}
        for key in ordered
    }


@lru_cache(maxsize=KEPT)
def _by_part(asked: tuple[Figure, ...], scope: Scope, quarter: Quarter, by: By) -> sa.CompoundSelect[Any]:
    selects = []
    for figure in asked:
        parts = numbers_of_parts(selected(figure, scope, quarter, quarter), by).subquery()
        selects.append(
            sa.select(
                sa.literal(figure.name, sa.String()).label("name"), parts.c.key, parts.c.n, parts.c.mean
            )
        )
    return sa.union_all(*selects)
