"""What each kind of listing holds of its own, described once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _

from marketplace.errors import Invalid
from marketplace.listings.kinds.field import KindField, Type, read_currency
from marketplace.listings.kinds.table import FIELDS, NEEDS
from matching.types import Kind, Side

__all__ = [
    "FIELDS",
    "NEEDS",
    "KindField",
    "Type",
    "columns",
    "details_text",
    "fields_of",
    "read_currency",
    "read_details",
]


def fields_of(kind: Kind, side: Side) -> tuple[KindField, ...]:
    """Return the fields shown for a kind on a side, in the order of the form."""
    return tuple(of for of in FIELDS[kind] if side in of.sides)


def columns() -> Mapping[str, tuple[KindField, ...]]:
    """Return every name a file may give as a column, with the fields of that name."""
    found: dict[str, tuple[KindField, ...]] = {}
    for fields in FIELDS.values():
        for of in fields:
            found[of.name] = (*found.get(of.name, ()), of)
    return found


def read_details(
    kind: Kind, side: Side, raw: Mapping[str, Any], today: date
) -> tuple[dict[str, Any], list[Invalid]]:
    """Check the fields of a kind.

    Parameters
    ----------
    raw
        By the field's name, from a form, a file or JSON; names of other kinds are left aside,
        so that changing one's mind about the kind costs nothing.

    Returns
    -------
    tuple of dict and list of Invalid
        What may be stored in ``Listing.details``, and everything that is wrong.
    """
    kept: dict[str, Any] = {}
    problems: list[Invalid] = []
    for of in fields_of(kind, side):
        try:
            value = of.read(raw.get(of.name), today)
        except Invalid as problem:
            problems.append(problem)
            continue
        if value is not None:
            kept[of.name] = value
    failed = {problem.field for problem in problems}
    problems.extend(
        Invalid(unit, _("Choose it as well: the figure alone does not say what it counts."), "missing")
        for unit in dict.fromkeys(unit for figure, unit in NEEDS[kind] if figure in kept and unit not in kept)
        if unit not in failed
    )
    return kept, problems


def details_text(kind: Kind, details: Mapping[str, Any]) -> str:
    """Return the words of the fields that people search by, for the engine to read."""
    found: list[str] = []
    for of in FIELDS[kind]:
        value = details.get(of.name)
        if of.searched and value:
            found.extend(value if isinstance(value, list) else [str(value)])
    return "\n".join(found)
