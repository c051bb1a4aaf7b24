"""What points at an organisation, from the schema itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from marketplace.db import Base
from marketplace.merging.treatment import TREATMENTS, How, Treatment

Column = sa.Column[Any]


def name_of(column: Column) -> str:
    """Return the name under which a column stands in the table of treatments."""
    return f"{column.table.name}.{column.name}"


def pointing() -> Iterator[Column]:
    """Give every column of the schema that refers to organisations, in an order that never changes."""
    organisation = Base.metadata.tables["organisation"]
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column is organisation.c.id for key in column.foreign_keys):
                yield column


def treated() -> Iterator[tuple[Column, Treatment]]:
    """Give each of them with its treatment.

    Raises
    ------
    KeyError
        Where nobody has said what becomes of one: rather no merge than one that leaves things behind.
    """
    for column in pointing():
        yield column, TREATMENTS[name_of(column)]


def followers() -> Iterator[Column]:
    """Give those whose rows go to the kept organisation."""
    return (column for column, treatment in treated() if treatment.how is How.FOLLOWS)


def following(column: Column, kept_id: int, merged_id: int) -> sa.ColumnElement[bool]:
    """Return the condition on the rows that will follow, in SQL.

    A row stays where the kept organisation has the same already, and where it is between the two.
    """
    table, other = column.table, column.table.alias()
    conditions = [column == merged_id]
    for names in _said_once(column):
        same = (other.c[name].is_not_distinct_from(table.c[name]) for name in sorted(names))
        conditions.append(~sa.exists().where(other.c[column.name] == kept_id, *same))
    conditions.extend(
        sa.func.coalesce(across != kept_id, sa.true())
        for across in pointing()
        if across.table is table and across is not column and _is_side(across)
    )
    return sa.and_(*conditions)


def _is_side(column: Column) -> bool:
    return TREATMENTS[name_of(column)].how is How.FOLLOWS


def _said_once(column: Column) -> Iterator[set[str]]:
    """Give the sets of columns of which one organisation has each value once."""
    table = column.table
    unique = [
        key for key in table.constraints if isinstance(key, sa.UniqueConstraint | sa.PrimaryKeyConstraint)
    ]
    for key in unique:
        names = {part.name for part in key.columns}
        if column.name in names:
            yield names - {column.name}
    same = TREATMENTS[name_of(column)].same
    if same:
        yield set(same)
