"""What an office's import makes of a file: which importer reads it, and how its columns are called."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from marketplace.imports.fields import LISTING_FIELDS, ORGANISATION_FIELDS, Field
from marketplace.imports.listings import ListingImporter
from marketplace.imports.mapping import ColumnMapping, propose_columns
from marketplace.imports.organisations import OrganisationImporter
from marketplace.imports.reader import Row, open_table
from marketplace.imports.run import Importer
from marketplace.intake.models import DatabankImport, ImportKind
from marketplace.policy import Actor

EXAMPLES: Final = 3
EXAMPLE_LENGTH: Final = 60
# Rows that are looked at for examples; a column may be empty at first.
LOOKED_AT: Final = 200
# The column of a file of refused rows; it comes back when they are mended, and says nothing then.
REASON: Final = "refused_because"
SIDES: Final[Mapping[ImportKind, str]] = MappingProxyType(
    {ImportKind.OFFERS: "offer", ImportKind.REQUESTS: "request"}
)


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a look at the beginning of a file has found; kept as JSON.

    Parameters
    ----------
    examples
        For each column the first different values in it.
    """

    format: str
    encoding: str
    delimiter: str
    sheet: str
    header: tuple[str, ...]
    examples: tuple[tuple[str, ...], ...]


def look_at(path: Path, *, encoding: str = "", sheet: str = "") -> Beginning:
    """Look at the beginning of a file.

    Raises
    ------
    UnreadableTable
        Where it is no table that can be read.
    """
    with open_table(path, encoding=encoding, sheet=sheet) as table:
        seen: list[dict[str, None]] = [{} for _name in table.header]
        for item in itertools.islice(table.rows(), LOOKED_AT):
            if isinstance(item, Row):
                for values, value in zip(seen, item.values.values(), strict=True):
                    if value.strip() and len(values) < EXAMPLES:
                        values[_short(value)] = None
        return Beginning(
            table.format,
            table.encoding,
            table.delimiter,
            table.sheet,
            table.header,
            tuple(tuple(values) for values in seen),
        )


def _short(value: str) -> str:
    # PostgreSQL keeps no U+0000, and JSON no half of a pair; the trial will say that they are there.
    line = " ".join(value.encode("utf-8", "replace").decode().replace("\0", "").split())
    return line if len(line) <= EXAMPLE_LENGTH else line[: EXAMPLE_LENGTH - 1] + "…"


def header_key(header: Sequence[str]) -> str:
    """Return by what files with the same columns, in whatever order, are known."""
    names = sorted(name for name in header if name != REASON)
    return hashlib.sha256("\x1f".join(names).encode("utf-8", "replace")).hexdigest()


def fields_of(kind: ImportKind) -> tuple[Field, ...]:
    """Return what a column may be."""
    if kind is ImportKind.ORGANISATIONS:
        return ORGANISATION_FIELDS
    return tuple(field for field in LISTING_FIELDS if kind not in SIDES or field.name != "side")


def needed_fields(kind: ImportKind) -> tuple[str, ...]:
    """Return the fields that must have a column, or a value for every row."""
    always = {"country"}
    return tuple(field.name for field in fields_of(kind) if field.required or field.name in always)


def proposed(kind: ImportKind, header: Sequence[str]) -> dict[str, str]:
    """Return the columns that can be told by their names, with their fields."""
    found: ColumnMapping = propose_columns(header, fields_of(kind))
    return dict(found.fields)


def likely_kind(header: Sequence[str]) -> ImportKind:
    """Tell by the columns what the rows are most likely to be."""
    kinds = (ImportKind.ORGANISATIONS, ImportKind.LISTINGS)

    def fit(kind: ImportKind) -> tuple[int, int]:
        found = set(proposed(kind, header).values())
        return len(found.intersection(needed_fields(kind))) - len(needed_fields(kind)), len(found)

    return max(kinds, key=fit)


def fixed_values(work: DatabankImport) -> dict[str, str]:
    """Return what every row holds that says nothing itself, the side of offers and requests included."""
    side = SIDES.get(work.kind)
    return dict(work.fixed) | ({"side": side} if side else {})


def choices_of(work: DatabankImport) -> tuple[str, ...]:
    """Return what each column is, as the importer takes it."""
    header: Sequence[str] = work.found["header"]
    return tuple(f"{column}={work.columns.get(column, '')}" for column in header)


def importer_of(work: DatabankImport, actor: Actor, today: date) -> Importer:
    """Return the importer that the command uses too."""
    if work.kind is ImportKind.ORGANISATIONS:
        return OrganisationImporter(actor)
    return ListingImporter(actor, today)


def as_found(beginning: Beginning) -> dict[str, Any]:
    """Return what was found, for keeping."""
    return {
        "format": beginning.format,
        "encoding": beginning.encoding,
        "delimiter": beginning.delimiter,
        "sheet": beginning.sheet,
        "header": list(beginning.header),
        "examples": [list(values) for values in beginning.examples],
    }
