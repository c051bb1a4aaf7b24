"""The first rows of a file as they would come in."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from flask_babel import gettext as _

from marketplace.db import Database
from marketplace.imports.listing_rows import ListingRow
from marketplace.imports.mapping import ColumnMapping, map_columns
from marketplace.imports.organisation_rows import OrganisationRow
from marketplace.imports.problems import Problem, Severity
from marketplace.imports.reader import Row, open_table
from marketplace.imports.rows import Entry
from marketplace.imports.run import Importer, Options

ROWS: Final = 8
SHOWN: Final = 120


def preview(
    database: Database, path: Path, importer: Importer, options: Options, now: datetime
) -> list[dict[str, Any]]:
    """Return the first rows with what would become of each; nothing is written.

    Parameters
    ----------
    importer
        A new one; it takes note of these rows.

    Returns
    -------
    list of dict
        ``line``, ``verdict`` (``created``, ``changed``, ``unchanged``, ``refused``), ``values`` (field
        and text, in the order of the columns) and ``why``; ready to be kept as JSON.
    """
    found: list[dict[str, Any]] = []
    with open_table(path, options.limits, encoding=options.encoding, sheet=options.sheet) as table:
        mapping = map_columns(table.header, importer.fields, options.choices, options.fixed)
        for item in table.rows():
            if isinstance(item, Row):
                found.append(_of_row(database, importer, mapping, item, now))
            elif item.severity is Severity.ERROR and item.line:
                found.append(_shown(item.line, "refused", {}, [item]))
            if len(found) == ROWS:
                break
    return found


def _of_row(
    database: Database, importer: Importer, mapping: ColumnMapping, row: Row, now: datetime
) -> dict[str, Any]:
    cells = mapping.apply(row.values)
    entry = importer.read(row.line, cells, mapping.column)
    if not isinstance(entry, Entry):
        return _shown(row.line, "refused", cells, entry)
    with database.reading() as session:
        outcome = importer.look(session, [entry], now).outcome
    verdict = next(word for word in ("refused", "created", "changed", "unchanged") if getattr(outcome, word))
    said = _said(entry.values)
    read = {name: _words(said[name]) if said.get(name) is not None else cell for name, cell in cells.items()}
    return _shown(row.line, verdict, read, [*entry.problems, *outcome.problems])


def _shown(line: int, verdict: str, values: Mapping[str, str], problems: list[Problem]) -> dict[str, Any]:
    return {
        "line": line,
        "verdict": verdict,
        "values": [[name, _plain(text)] for name, text in values.items()],
        "why": [_plain(problem.message) for problem in problems],
    }


def _said(row: OrganisationRow | ListingRow) -> dict[str, Any]:
    """Return what a row says, by the names of the fields of a table, as far as it has them so."""
    if isinstance(row, OrganisationRow):
        identifier = None if row.identifier is None else row.identifier.value
        return {**row.said, "identifier": identifier, "certificates": row.certificates or None}
    values = row.values
    said = {name: getattr(values, name) for name in values.__dataclass_fields__ if name != "requirements"}
    return {**said, **values.details}


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, enum.Enum):
        return str(value.value)
    if isinstance(value, (list, tuple)):
        return "; ".join(_words(part) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        return " ".join(_words(part) for part in asdict(value).values() if part)
    return str(value)


def _plain(text: str) -> str:
    # PostgreSQL keeps no U+0000, and JSON no half of a pair.
    line = " ".join(text.encode("utf-8", "replace").decode().replace("\0", "").split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"
