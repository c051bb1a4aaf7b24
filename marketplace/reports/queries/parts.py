"""By what a figure is broken down: the kind of listing, the two countries, the goals, the value."""

from __future__ import annotations

import enum
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


def with_key(rows: Rows, by: By) -> Rows:
    """Return the rows with the column ``key``: in which part each is.

    A row with several goals is there once for each; one without any is not there.
    """
    found = rows.subquery()
    if by is By.KIND:
        return sa.select(*found.c, found.c.kind.label("key")).where(found.c.kind != "")
    if by is By.PAIR:
        first, second = found.c.first, found.c.second
        in_order: Any = sa.case((first <= second, first + "-" + second), else_=second + "-" + first)
        return sa.select(*found.c, in_order.label("key")).where(second != "")
    if by is By.VALUE:
        return sa.select(*found.c, found.c.band.label("key")).where(found.c.band != "")
    goals = sa.union_all(*(sa.select(_text(str(goal)).label("goal")) for goal in GOALS)).subquery()
    within = found.c.sdgs.like(_text("%,") + goals.c.goal + _text(",%"))
    return sa.select(*found.c, goals.c.goal.label("key")).join(goals, within)


def _text(value: str) -> sa.ColumnElement[str]:
    return sa.literal(value, sa.String())
