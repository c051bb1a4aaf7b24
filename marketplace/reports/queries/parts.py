"""By what a figure is broken down: the kind of listing, the two countries, the goals, the value."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from marketplace.reports.queries.things import Rows

GOALS: Final = range(1, 18)
"""The United Nations' Sustainable Development Goals."""


class By(enum.StrEnum):
    """What tells the parts apart."""

    KIND = "kind"
    PAIR = "pair"
    SDG = "sdg"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Part:
    """One part, such as a kind: ``kind``, ``technology``; of a pair, the countries by the alphabet."""

    by: By
    key: str


TOLD_APART: Final[Mapping[By, tuple[str, ...]]] = {
    By.KIND: ("kind",),
    By.PAIR: ("first", "second"),
    By.SDG: ("sdgs",),
    By.VALUE: ("band",),
}
"""The columns that say in which part a row is."""


def of_part(rows: Rows, part: Part) -> Rows:
    """Return the rows of one part."""
    keyed = _with_key(rows.subquery(), part.by).subquery()
    return sa.select(*keyed.c).where(keyed.c.key == part.key)


def _with_key(found: sa.FromClause, by: By) -> Rows:
    """Return the rows with the column ``key``: in which part each is.

    A row with several goals is there once for each; one without any is not there.
    """
    if by is By.KIND:
        return sa.select(*found.c, found.c.kind.label("key")).where(found.c.kind != "")
    if by is By.PAIR:
        first, second = found.c.first, found.c.second
        in_order: Any = sa.case((first <= second, first + "-" + second), else_=second + "-" + first)
        return sa.select(*found.c, in_order.label("key")).where(second != "")
    if by is By.VALUE:
        return sa.select(*found.c, found.c.band.label("key")).where(found.c.band != "")
    goals = _goals()
    return sa.select(*found.c, goals.c.goal.label("key")).join(
        goals, _names(_written(found.c.sdgs), goals.c.goal)
    )


def told_apart(rows: Rows, ways: Collection[By]) -> sa.CTE:
    """Return what tells rows apart in some ways, and their values: looked up once for all parts."""
    found = rows.subquery()
    columns = [found.c[name] for by in By if by in ways for name in TOLD_APART[by]]
    told = sa.select(found.c.value, *columns).cte()
    return told.prefix_with("MATERIALIZED", dialect="postgresql")


def numbers_of_parts(found: sa.FromClause, by: By) -> Rows:
    """Return how many rows each part has, as ``n``, and the mean of their values, by ``key``."""
    if by is not By.SDG:
        keyed = _with_key(found, by).subquery()
        mean = sa.func.avg(keyed.c.value).label("mean")
        return sa.select(keyed.c.key, sa.func.count().label("n"), mean).group_by(keyed.c.key)
    # Thousands of rows name the same few sets of goals: the sets are looked into, not the rows.
    count, value = sa.func.count().label("n"), sa.func.sum(found.c.value).label("value")
    sets = sa.select(_written(found.c.sdgs).label("sdgs"), count, value).group_by(found.c.sdgs).subquery()
    goals, n = _goals(), sa.cast(sa.func.sum(sets.c.n), sa.Integer())
    return (
        sa.select(goals.c.goal.label("key"), n.label("n"), (sa.func.sum(sets.c.value) / n).label("mean"))
        .join_from(sets, goals, _names(sets.c.sdgs, goals.c.goal))
        .group_by(goals.c.goal)
    )


def _goals() -> sa.Subquery:
    return sa.union_all(*(sa.select(_text(str(goal)).label("goal")) for goal in GOALS)).subquery()


def _written(sdgs: Any) -> sa.ColumnElement[str]:
    """Return a list of goals as ``,3,12,``: both databases write JSON as text, with or without spaces."""
    text: Any = sa.cast(sdgs, sa.Text())
    for before, after in ((" ", ""), ("[", ","), ("]", ",")):
        text = sa.func.replace(text, before, after)
    return sa.type_coerce(text, sa.String())


def _names(written: Any, goal: Any) -> sa.ColumnElement[bool]:
    return sa.type_coerce(written.like(_text("%,") + goal + _text(",%")), sa.Boolean())


def _text(value: str) -> sa.ColumnElement[str]:
    return sa.literal(value, sa.String())
