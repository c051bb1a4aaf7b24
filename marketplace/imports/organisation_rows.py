"""One row of a table of organisations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

from flask_babel import gettext as _

from marketplace.accounts.queries import normal_email
from marketplace.errors import Invalid
from marketplace.imports.rows import SHOWN, RowReader
from marketplace.listings.kinds import read_currency
from marketplace.listings.kinds.reading import LIST_LENGTH, read_number, read_text, read_yes_no
from marketplace.listings.services.codes import read_country, read_language
from marketplace.organisations.duplicates import Known
from marketplace.organisations.identifiers import CheckedIdentifier
from marketplace.organisations.models import EmployeeBand, OrganisationType, TurnoverBand
from matching.sectors import is_sector

# The longest text of each, in characters; see ``organisations/models.py``.
LINES: Final = MappingProxyType({"region": 80, "city": 120, "address": 255, "phone": 40})
TEXTS: Final = MappingProxyType({"products": 1000, "description": 4000, "references_text": 2000})
BANDS: Final = MappingProxyType(
    {"type": OrganisationType, "employees": EmployeeBand, "turnover": TurnoverBand}
)
FLAGS: Final = ("women_led", "youth_led", "rural")
NUMBERS: Final = MappingProxyType({"founded_year": (1000, 2100), "export_percent": (0, 100)})
NAME_LENGTH: Final = 255
WEBSITE_LENGTH: Final = 255
SECTORS: Final = 5
# Persons employed up to which a band goes.
STAFF: Final = ((9, EmployeeBand.MICRO), (49, EmployeeBand.SMALL), (249, EmployeeBand.MEDIUM))
EMPTY: Final = (None, "", ())
STAFF_MOST: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """A row that can be written; made by :func:`organisation_row`.

    Parameters
    ----------
    said
        Fields of ``organisations.services.values.Profile``: only what the row says, nothing for
        what it leaves open.
    """

    said: dict[str, Any]
    known: Known
    external_id: str = ""
    identifier: CheckedIdentifier | None = None
    certificates: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As it is registered, or as the source spells it."""
        return str(self.said["name"])

    @property
    def country(self) -> str:
        """ISO 3166-1 alpha-2."""
        return str(self.said["country"])


def organisation_row(
    said: Mapping[str, Any],
    identifier: CheckedIdentifier | None = None,
    *,
    external_id: str = "",
    certificates: tuple[str, ...] = (),
) -> OrganisationRow:
    """Return a row that says a name and a country at the least; what is empty says nothing."""
    filled = {field: value for field, value in said.items() if value not in EMPTY}
    identifiers = () if identifier is None else ((identifier.scheme, identifier.value),)
    what = Known(filled["name"], filled["country"], filled.get("city", ""), identifiers)
    return OrganisationRow(filled, what, external_id, identifier, certificates)


class OrganisationReader(RowReader):
    """Reads one row."""

    def row(self) -> OrganisationRow | None:
        """Return what it says; ``None`` where something keeps it out."""
        name = self.text("name", NAME_LENGTH)
        if not self.cell("name"):
            self.refuse("name", "missing", _("The row has no name."))
        country = self.one("country", read_country) or ""
        if not self.cell("country"):
            self.refuse("country", "missing", _("The row has no country."))
        said = {
            "name": name,
            "country": country,
            **self.texts(),
            **self.choices(),
            **self.numbers(),
            **self.lists(),
        }
        identifier = self.identifier("identifier", country, self.cell("identifier_scheme"))
        external_id = self.external_id()
        certificates = self.terms("certificates", LIST_LENGTH, _same)
        if self.refused:
            return None
        return organisation_row(said, identifier, external_id=external_id, certificates=certificates)

    def texts(self) -> dict[str, str | None]:
        """Return what is said in words, and the ways to reach somebody."""
        return {
            **{name: self.text(name, longest) for name, longest in LINES.items()},
            **{name: self.text(name, longest, lines=True) for name, longest in TEXTS.items()},
            "email": self.one("email", _read_email),
            "website": self.one("website", _read_website),
            "turnover_currency": self.one("turnover_currency", read_currency),
        }

    def choices(self) -> dict[str, Any]:
        """Return what is said by one of a few words."""
        bands = {name: self.one(name, partial(_read_band, kind)) for name, kind in BANDS.items()}
        return bands | {name: self.one(name, read_yes_no) for name in FLAGS}

    def numbers(self) -> dict[str, int | None]:
        """Return what is said in figures."""
        return {name: self.one(name, partial(_read_whole, span)) for name, span in NUMBERS.items()}

    def lists(self) -> dict[str, tuple[str, ...]]:
        """Return what is said by several words."""
        return {
            "other_names": self.terms("other_names", LIST_LENGTH, _same, NAME_LENGTH),
            "languages": self.terms("languages", LIST_LENGTH, read_language),
            "sectors": self.terms("sectors", SECTORS, _read_sector),
        }


def _same(_field: str, word: str) -> str:
    return word


def _read_whole(span: tuple[int, int], field: str, raw: str) -> int:
    low, high = span
    number, unit = read_number(field, raw)
    if not low <= number <= high or number != int(number) or unit not in {"", "%"}:
        message = _("Write a whole number from %(low)s to %(high)s.", low=low, high=high)
        raise Invalid(field, message, "out_of_range")
    return int(number)


def _read_band(kind: Any, field: str, raw: str) -> Any:
    word = "".join(raw.casefold().replace("–", "-").split())
    if word in set(kind):
        return kind(word)
    if kind is EmployeeBand and word.isascii() and word.isdigit() and 0 < int(word[:SHOWN]) < STAFF_MOST:
        return next((band for most, band in STAFF if int(word) <= most), EmployeeBand.LARGE)
    message = _("“%(word)s” is not one of: %(choices)s.", word=raw[:SHOWN], choices=", ".join(kind))
    raise Invalid(field, message, "unknown_choice")


def _read_sector(field: str, raw: str) -> str:
    code = raw.upper()
    if not is_sector(code):
        message = _("“%(code)s” is not a code of ISIC Rev.4, such as 2592.", code=code[:SHOWN])
        raise Invalid(field, message, "unknown_sector")
    return code


def _read_email(field: str, raw: str) -> str:
    email = normal_email(raw)
    if not email:
        raise Invalid(field, _("“%(text)s” is not an e-mail address.", text=raw[:SHOWN]), "not_an_address")
    return email


def _read_website(field: str, raw: str) -> str:
    """Return the address of a web page; others (``javascript:``) are no place to send people to."""
    text = read_text(field, raw, WEBSITE_LENGTH, lines=False)
    address = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(address)
        good = parts.scheme in {"http", "https"} and "." in (parts.hostname or "") and " " not in address
    except ValueError:
        good = False
    if not good or len(address) > WEBSITE_LENGTH:
        message = _(
            "“%(text)s” is not the address of a website, such as https://www.example.org.", text=raw[:SHOWN]
        )
        raise Invalid(field, message, "not_an_address")
    return address
