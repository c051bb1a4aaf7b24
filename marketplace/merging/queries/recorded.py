"""Reading what a merge has written down."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import Base
from marketplace.merging.queries.pointing import Column

Row = dict[str, Any]


def as_json(value: Any) -> Any:
    """Return a value of a column as JSON has it."""
    if isinstance(value, enum.Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def from_json(column: Column, value: Any) -> Any:
    """Return it as the column has it."""
    if value is None:
        return None
    if isinstance(column.type, sa.Enum) and column.type.enum_class is not None:
        return column.type.enum_class(value)
    of = column.type.impl_instance if isinstance(column.type, sa.TypeDecorator) else column.type
    kind = of.python_type
    return kind.fromisoformat(value) if kind in {date, datetime} else value


def table_of(entry: Mapping[str, Any]) -> sa.Table:
    """Return the table that an entry of a journal is about."""
    return Base.metadata.tables[entry["table"]]


def where(table: sa.Table, key: Mapping[str, Any]) -> list[sa.ColumnElement[bool]]:
    """Return the conditions by which a row is found."""
    return [table.c[name] == value for name, value in key.items()]


def stored(session: Session, entry: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the row of an entry as JSON has it now; ``None`` where it is gone."""
    table = table_of(entry)
    row = session.execute(sa.select(table).where(*where(table, entry["key"]))).mappings().first()
    return None if row is None else {name: as_json(value) for name, value in row.items()}
