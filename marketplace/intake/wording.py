"""What the fields of a table are called on the pages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.intake.models import ImportKind
from marketplace.listings.kinds import columns
from marketplace.web.words import label

# Where the field's own name, with spaces, would not be understood.
NAMES: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "external_id": _l("Your own number or key"),
        "identifier": _l("Legal identifier (tax or register number)"),
        "identifier_scheme": _l("Which identifier it is (NIP, VAT, KRS …)"),
        "type": _l("Type of organisation"),
        "city": _l("Town"),
        "email": _l("E-mail"),
        "employees": _l("People employed"),
        "turnover": _l("Turnover band"),
        "turnover_currency": _l("Currency of the turnover"),
        "export_percent": _l("Exports, % of the turnover"),
        "women_led": _l("Led by women"),
        "youth_led": _l("Led by young people"),
        "sectors": _l("Sectors (ISIC Rev.4)"),
        "references_text": _l("References"),
        "side": _l("Offer or request"),
        "sdgs": _l("Sustainable Development Goals"),
        "lead_time_days": _l("Lead time, days"),
        "anonymous": _l("Anonymous, yes or no"),
        "dissemination": _l("Who may read it"),
        "open_for_interest": _l("Open for interest, yes or no"),
        "organisation": _l("Organisation: name"),
        "organisation_identifier": _l("Organisation: legal identifier"),
        "organisation_town": _l("Organisation: town"),
        "organisation_country": _l("Organisation: country"),
    }
)


def field_name(name: str) -> str:
    """Return what a field is called."""
    if name in NAMES:
        return str(NAMES[name])
    of_a_kind = columns().get(name)
    if not of_a_kind:
        return label(name)
    of = of_a_kind[0]
    unit = "" if of.unit in {"", "currency"} else f", {of.unit}"
    return f"{of.label}{unit}"


def delimiter_name(delimiter: str) -> str:
    """Return by what the cells are parted; ``""`` for a workbook."""
    names = {",": _("comma"), ";": _("semicolon"), "\t": _("tab"), "": ""}
    return names.get(delimiter, delimiter)


def encoding_name(encoding: str) -> str:
    """Return an encoding as spreadsheet programs call it; ``""`` for a workbook."""
    names = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "cp1252": "Windows-1252", "cp1250": "Windows-1250"}
    return names.get(encoding, encoding.upper())


def kind_meaning(kind: ImportKind) -> str:
    """Return what the rows are, for choosing."""
    meanings = {
        ImportKind.ORGANISATIONS: _("Organisations"),
        ImportKind.OFFERS: _("Offers, all of them"),
        ImportKind.REQUESTS: _("Requests, all of them"),
        ImportKind.LISTINGS: _("Offers and requests; a column says which"),
    }
    return meanings[kind]
