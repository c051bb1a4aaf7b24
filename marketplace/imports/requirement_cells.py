"""Requirements as they are written in one cell of a table.

One stands beside the other, parted by a semicolon or a line end::

    hard tolerance_mm <= 0.05 mm; certificate: ISO 9001 & ISO 14001; material: 1.4301 | 1.4404
    quantity_per_year = 1000..5000 pieces

``hard`` before a condition excludes whoever does not meet it; without, a miss costs points.
``:`` and ``=`` compare in the criterion's usual way, ``|`` asks for one of several, ``&`` for all.
"""

from __future__ import annotations

import re
from typing import Any, Final

from flask_babel import gettext as _

from marketplace.errors import Invalid
from marketplace.listings.kinds.reading import read_number
from matching.types import Operator

SHOWN: Final = 60
_CONDITION: Final = re.compile(r"(hard\s+)?([^<>=≤≥:]+?)\s*(<=|>=|≤|≥|=|:)\s*(.+)", re.IGNORECASE | re.DOTALL)
_OPERATORS: Final = {
    "<=": Operator.AT_MOST,
    "≤": Operator.AT_MOST,
    ">=": Operator.AT_LEAST,
    "≥": Operator.AT_LEAST,
}


def requirement_rows(field: str, text: str) -> list[dict[str, Any]]:
    """Cut a cell into rows for ``listings.services.read_requirements``.

    Raises
    ------
    Invalid
        ``not_a_requirement``, naming the part that cannot be read.
    """
    parts = (part.strip() for part in re.split(r"[;\n]", text))
    return [_row(field, part) for part in parts if part]


def _row(field: str, part: str) -> dict[str, Any]:
    found = _CONDITION.fullmatch(part)
    if found is None:
        message = _(
            "“%(text)s” is not a requirement. Write it as in: hard tolerance_mm <= 0.05 mm; "
            "certificate: ISO 9001",
            text=part[:SHOWN],
        )
        raise Invalid(field, message, "not_a_requirement")
    hard, criterion, sign, value = found.groups()
    row: dict[str, Any] = {"criterion": criterion.strip(), "hard": bool(hard), "value": value}
    if sign in _OPERATORS:
        return row | {"operator": _OPERATORS[sign]}
    first, between, second = value.partition("..")
    if between and second.strip():
        return row | {"operator": Operator.BETWEEN, "value": first, "value_to": second, "unit": _unit(second)}
    if "&" in value:
        return row | {"operator": Operator.ALL_OF, "value": value.split("&")}
    return row | {"operator": Operator.ONE_OF if "|" in value else ""}


def _unit(text: str) -> str:
    """Return the unit behind the second bound, which holds for the first one too."""
    try:
        return read_number("", text)[1]
    except Invalid:
        # A rank, such as a stage of development; or no number, which whoever reads the row will say.
        return ""
