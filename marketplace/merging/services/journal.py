"""What a merge has done, row by row, as JSON; played back it undoes it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.merging.queries.pointing import Column
from marketplace.merging.queries.recorded import Row, as_json, where


class Journal:
    """Writes rows, and writes down what they were.

    Parameters
    ----------
    session
        In whose transaction.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.pages: dict[str, list[Row]] = {"changed": [], "added": [], "removed": []}

    def note(self, table: str, key: Row, before: Row, now: Row) -> None:
        """Write down that a row was changed."""
        was, became = ({name: as_json(value) for name, value in of.items()} for of in (before, now))
        self.pages["changed"].append({"table": table, "key": key, "was": was, "is": became})

    def set(self, column: Column, value: Any, condition: sa.ColumnElement[bool]) -> list[Row]:
        """Give a column of some rows another value, which is a number; return their keys as they are now."""
        table = column.table
        keys = list(table.primary_key.columns)
        rows = self._session.execute(
            sa.select(*keys, column.label("before")).where(condition).order_by(*keys).with_for_update()
        ).all()
        found = []
        for row in rows:
            key = {of.name: row[at] for at, of in enumerate(keys)}
            self._session.execute(sa.update(table).where(*where(table, key)).values({column.name: value}))
            now = {name: value if name == column.name else part for name, part in key.items()}
            self.note(table.name, now, {column.name: row.before}, {column.name: value})
            found.append(now)
        return found

    def add(self, table: sa.Table, values: Row) -> None:
        """Add a row."""
        self._session.execute(sa.insert(table).values(values))
        key = {of.name: values[of.name] for of in table.primary_key.columns}
        said = {name: as_json(value) for name, value in values.items()}
        self.pages["added"].append({"table": table.name, "key": key, "is": said})

    def remove(self, table: sa.Table, condition: sa.ColumnElement[bool]) -> None:
        """Remove rows, keeping all that they said."""
        for row in self._session.execute(sa.select(table).where(condition)).mappings():
            said = {name: as_json(value) for name, value in row.items()}
            self.pages["removed"].append({"table": table.name, "row": said})
        self._session.execute(sa.delete(table).where(condition))
