"""One row of a table of listings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask_babel import gettext as _

from marketplace.imports.fields import LISTING_FIELDS
from marketplace.imports.organisation_rows import LINES, NAME_LENGTH, OrganisationRow, organisation_row
from marketplace.imports.requirement_cells import requirement_rows
from marketplace.imports.rows import RowReader
from marketplace.listings.kinds import columns, fields_of
from marketplace.listings.kinds.reading import read_date, read_terms
from marketplace.listings.models import (
    CAPABILITIES,
    CAPABILITY_LENGTH,
    SUMMARY_LENGTH,
    TEXT_LENGTH,
    TITLE_LENGTH,
)
from marketplace.listings.services import ListingValues, read_listing
from marketplace.listings.services.codes import read_country

# What is checked by ``read_listing`` as it stands in the cell.
AS_IT_STANDS: Final = tuple(
    field.name
    for field in LISTING_FIELDS
    if field.name in ListingValues.__dataclass_fields__
    and field.name not in {"title", "summary", "description", "capabilities", "requirements"}
)
# A cell of a spreadsheet holds no more; whatever is read of it is cut to its field afterwards.
CELL_LENGTH: Final = 32_767
TERMS: Final = 1000
OF_ONE_KIND: Final = tuple(columns())
# A word longer than this is cut in two.
LAST_WORD: Final = 60


@dataclass(frozen=True, slots=True)
class ListingRow:
    """A row that can be written.

    Parameters
    ----------
    values
        What a new listing would say.
    said
        Which of these the row says itself: what it leaves open stays as it is in a listing that
        is there already.
    """

    values: ListingValues
    said: Mapping[str, Any]
    external_id: str
    published_on: date | None
    organisation: OrganisationRow | None


class ListingReader(RowReader):
    """Reads one row.

    Parameters
    ----------
    today
        The day against which deadlines are checked.
    """

    def __init__(
        self, line: int, values: Mapping[str, str], column: Callable[[str], str], today: date
    ) -> None:
        super().__init__(line, values, column)
        self.today = today
        # Fields with something in them that belong to other kinds of listing than the row's.
        self.beside: tuple[str, ...] = ()

    def row(self) -> ListingRow | None:
        """Return what it says; ``None`` where something keeps it out."""
        external_id = self.external_id()
        if not self.cell("external_id"):
            message = _("The row has no external_id; without it a second run would double it.")
            self.refuse("external_id", "missing", message)
        raw: dict[str, Any] = {name: self.cell(name) for name in AS_IT_STANDS if self.cell(name)}
        raw |= self.texts()
        raw["requirements"] = self.one("requirements", requirement_rows) or ()
        details = {name: self.cell(name) for name in OF_ONE_KIND if self.cell(name)}
        values, problems = read_listing(raw | {"details": details}, self.today)
        for problem in problems:
            self.refuse(_field(problem.field), problem.code, problem.message)
        published_on = self.one("published_on", read_date)
        if values is None:
            return None
        for name in ("title", "country"):
            if not self.cell(name):
                self.refuse(name, "missing", _("The row has no %(field)s.", field=name))
        organisation = self.organisation(values.country)
        if self.refused:
            return None
        own = {field.name for field in fields_of(values.kind, values.side)}
        self.beside = tuple(name for name in details if name not in own)
        return ListingRow(values, _said(values, raw), external_id, published_on, organisation)

    def texts(self) -> dict[str, Any]:
        """Return title, texts and capabilities; what does not fit moves into the description."""
        title, whole_title = self.fitting("title", TITLE_LENGTH)
        summary, whole_summary = self.fitting("summary", SUMMARY_LENGTH)
        capabilities, whole_phrases = self.capabilities()
        body = self.text("description", CELL_LENGTH, lines=True)
        parts = (whole_title, whole_summary, body, *whole_phrases)
        whole = "\n\n".join(text for text in parts if text == body != "" or (text and text not in body))
        description = shortened(whole, TEXT_LENGTH)
        if description != whole:
            message = _(
                "%(count)s characters at the end of the description do not fit and are left out.",
                count=len(whole) - len(description) + 1,
            )
            self.warn("description" if body else "summary", "cut", message)
        texts = {"title": title, "summary": summary, "description": description, "capabilities": capabilities}
        return {name: text for name, text in texts.items() if text}

    def fitting(self, name: str, longest: int) -> tuple[str, str]:
        """Return a text, shortened at a word where it must be, and then the whole of it as well."""
        text = self.text(name, CELL_LENGTH, lines=name == "summary")
        if len(text) <= longest:
            return text, ""
        self.warn(name, "shortened", _too_long(len(text), longest))
        return shortened(text, longest), text

    def capabilities(self) -> tuple[list[str], list[str]]:
        """Return the capabilities, short enough for a chip each, and the whole of what is not there whole."""
        found = self.one("capabilities", lambda field, raw: read_terms(field, raw, TERMS, CELL_LENGTH)) or []
        kept = list(dict.fromkeys(shortened(term, CAPABILITY_LENGTH) for term in found[:CAPABILITIES]))
        longest = max(map(len, found), default=0)
        if longest > CAPABILITY_LENGTH:
            self.warn("capabilities", "shortened", _too_long(longest, CAPABILITY_LENGTH))
        if len(found) > CAPABILITIES:
            message = _(
                "Only the first %(most)s capabilities are kept as such; the others stand in the description.",
                most=CAPABILITIES,
            )
            self.warn("capabilities", "too_many", message)
        return kept, [term for term in found if term not in kept]

    def organisation(self, country: str) -> OrganisationRow | None:
        """Return whose listing it is; ``None`` where the row names nobody."""
        name = self.text("organisation", NAME_LENGTH)
        city = self.text("organisation_town", LINES["city"])
        home = self.one("organisation_country", read_country) or country
        identifier = self.identifier("organisation_identifier", home)
        if not name:
            if identifier is not None:
                message = _("The row has an identifier and no name of an organisation.")
                self.refuse("organisation", "missing", message)
            return None
        if not home:
            # Whoever reads the row refuses it for its country.
            return None
        return organisation_row({"name": name, "country": home, "city": city}, identifier)


def shortened(text: str, longest: int) -> str:
    """Return a text of at most so many characters, cut at a word."""
    if len(text) <= longest:
        return text
    head = text[: longest - 1]
    cut = max(head.rfind(space, max(1, longest - LAST_WORD)) for space in (" ", "\n"))
    return head[: cut if cut > 0 else None].rstrip(" \n,;:–-") + "…"


def _too_long(length: int, longest: int) -> str:
    return _(
        "This has %(length)s characters, at most %(longest)s fit: shortened, and kept whole in the "
        "description.",
        length=length,
        longest=longest,
    )


def _field(name: str) -> str:
    """Return the column's field for the name that a problem of a form has."""
    return "requirements" if name.startswith("requirements") else name.removeprefix("details-")


def _said(values: ListingValues, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the row itself says of a listing, by the names of ``ListingValues``."""
    names = {name for name in raw if raw[name] and name not in {"side", "kind", "quantity_unit"}}
    if "quantity_per_year" in names:
        names.add("quantity_unit")
    said = {name: getattr(values, name) for name in names}
    return said | ({"details": values.details} if values.details else {})
