"""The databank as a table: columns that ``exchange import organisations`` reads again, and others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from flask_babel import gettext as _

from marketplace.databank.queries.listed import Row
from marketplace.imports.fields import ORGANISATION_FIELDS
from marketplace.listings.kinds.reading import LIST_LENGTH
from marketplace.organisations.identifiers import schemes_of
from marketplace.organisations.models import Identifier, Organisation
from marketplace.web.words import label

Cell = str | int | float | None
# What only those may read to whom an organisation's contacts are open.
CONTACTS: Final = frozenset({"address", "email", "phone", "website", "identifier", "identifier_scheme"})
# The office's own; the importer knows none of these names.
OWN: Final = (
    "reference",
    "other_identifiers",
    "complete_percent",
    "verified_on",
    "confirmed",
    "tags",
    "members",
    "open_listings",
    "live_introductions",
    "suspended_on",
    "entered_on",
    "changed_on",
)
HEAD: Final = (*(field.name for field in ORGANISATION_FIELDS), *OWN)


def cells_of(row: Row, *, contacts: bool) -> list[Cell]:
    """Return an organisation as a line under :data:`HEAD`.

    Parameters
    ----------
    contacts
        Whether whoever reads it may read the organisation's contacts.
    """
    of = row.organisation
    numbers = _identifiers(of) if contacts else []
    first = numbers[0] if numbers else None
    said: dict[str, Cell] = {name: read(of) for name, read in _READ.items()}
    said |= {
        "identifier": first.value if first else "",
        "identifier_scheme": first.scheme if first else "",
        "reference": of.reference or "",
        "other_identifiers": _list(f"{number.scheme} {number.value}" for number in numbers[1:]),
        "complete_percent": row.percent,
        "verified_on": _day(of.verified_at),
        "confirmed": _list(label(check) for check in row.checks),
        "tags": _list(tag.word for tag in row.tags),
        "members": row.members,
        "open_listings": row.listings,
        "live_introductions": row.introductions,
        "suspended_on": _day(of.suspended_at),
        "entered_on": _day(of.created_at),
        "changed_on": _day(of.updated_at),
    }
    if not contacts:
        said |= dict.fromkeys(CONTACTS, "")
    return [said.get(name, _plain(getattr(of, name, ""))) for name in HEAD]


def sheet_name() -> str:
    """Return what a workbook's sheet is called."""
    return _("Organisations")


def _plain(value: Any) -> Cell:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, int) else str(value)


def _list(words: Iterable[str]) -> str:
    """Return several words as one cell; a last semicolon keeps a comma in a single one from parting it."""
    found = list(words)
    return f"{found[0]};" if len(found) == 1 and "," in found[0] else "; ".join(found)


def _schemes(of: Organisation) -> list[str]:
    """Return the certificates' names, each once, as many as an import takes."""
    names: dict[str, str] = {}
    for certificate in of.certificates:
        names.setdefault(certificate.scheme.casefold(), certificate.scheme)
    return list(names.values())[:LIST_LENGTH]


def _identifiers(of: Organisation) -> list[Identifier]:
    """Return the legal identifiers, the country's usual one first."""
    order = {scheme: place for place, scheme in enumerate(schemes_of(of.country))}
    return sorted(of.identifiers, key=lambda one: (order.get(one.scheme, len(order)), one.id))


def _day(moment: Any) -> str:
    return "" if moment is None else moment.date().isoformat()


_READ: Final[Mapping[str, Callable[[Organisation], Cell]]] = MappingProxyType(
    {
        "other_names": lambda of: _list(of.other_names),
        "languages": lambda of: _list(of.languages),
        "sectors": lambda of: _list(of.sectors),
        "certificates": lambda of: _list(_schemes(of)),
        "external_id": lambda of: of.external_id or "",
    }
)
