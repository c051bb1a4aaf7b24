"""Listings from a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import audit, outbox
from marketplace.errors import Invalid
from marketplace.imports.fields import LISTING_FIELDS
from marketplace.imports.organisations import EXTERNAL_ID_LENGTH, OrganisationImporter, OrganisationRow
from marketplace.imports.problems import Problem, Severity
from marketplace.imports.run import Entry, Written
from marketplace.listings.kinds import reading
from marketplace.listings.models import CAPABILITIES, CAPABILITY_LENGTH, SUMMARY_LENGTH, TEXT_LENGTH, TITLE_LENGTH, Listing
from marketplace.listings.queries import whole_loads
from marketplace.listings.services import ListingValues, read_listing
from marketplace.listings.services.bring_in import Source, bring_in_listing, bring_up_to_date
from marketplace.listings.services.codes import read_country
from marketplace.offices.queries import covering_office_id
from marketplace.organisations.identifiers import CheckedIdentifier, check_identifier
from marketplace.organisations.models import Organisation
from marketplace.policy import Actor

# What is said by the row itself, under the same name.
PASSED_ON: Final = (
    "side", "kind", "partner_sought", "language", "country", "sectors", "target_countries", "excluded_countries",
    "held_certificates", "partnership_types", "sdgs", "quantity_per_year", "quantity_unit", "lead_time_days",
    "anonymous", "dissemination", "valid_until", "response_deadline",
)  # fmt: skip
NAME_LENGTH: Final = 255
TOWN_LENGTH: Final = 120


@dataclass(frozen=True, slots=True)
class ListingRow:
    """A row that can be written."""

    values: ListingValues
    external_id: str
    published_on: date | None
    organisation: OrganisationRow | None


class ListingImporter:
    """Reads rows of listings and writes them; see :class:`marketplace.imports.run.Importer`.

    Parameters
    ----------
    actor
        Who imports; an officer's listings without an organisation are held by the officer's
        office, else by the one that covers the country.
    today
        The day against which deadlines are checked.
    """

    fields = LISTING_FIELDS

    def __init__(self, actor: Actor, today: date) -> None:
        self.actor = actor
        self.today = today
        self._organisations = OrganisationImporter(actor)
        self._offices: dict[str, int | None] = {}
        self._lines: dict[str, int] = {}

    def read(self, line: int, values: dict[str, str], column: Callable[[str], str]) -> Entry | list[Problem]:
        """Check one row."""
        reader = _Reader(line, values, column, self.today)
        row = reader.row()
        if row is not None and row.external_id in self._lines:
            message = _("Line %(line)s has the same external_id.", line=self._lines[row.external_id])
            reader.problem("external_id", "same_twice", message)
        if row is None or any(problem.severity is Severity.ERROR for problem in reader.problems):
            return reader.problems
        self._lines[row.external_id] = line
        return Entry(line, row, tuple(reader.problems))

    def write(self, session: Session, entries: Sequence[Entry], now: datetime) -> Written:
        """Write a batch, with the organisations it names, and record one event for matching."""
        written = Written()
        owners = self._owners(session, entries, now, written)
        wanted = [entry.values.external_id for entry in entries]
        known = {
            listing.external_id: listing
            for listing in session.scalars(sa.select(Listing).where(Listing.external_id.in_(wanted)).options(*whole_loads()))
        }
        touched: list[int] = []
        for entry in entries:
            listing = known.get(entry.values.external_id)
            if listing is None:
                listing = self._bring_in(session, entry, owners.get(entry.line), now, written)
                written.created += 1
            elif bring_up_to_date(session, self.actor, listing, entry.values.values, now):
                written.changed += 1
            else:
                written.unchanged += 1
                continue
            touched.append(listing.id)
        if touched:
            counts = {"created": written.created, "changed": written.changed}
            audit.note(session, self.actor.user_id, "databank:import", "listing", None, now, counts)
            outbox.record(session, "ListingsImported", {"listings": touched}, at=now)
        return written

    def _bring_in(
        self, session: Session, entry: Entry, organisation: Organisation | None, now: datetime, written: Written
    ) -> Listing:
        row: ListingRow = entry.values
        published = datetime.combine(row.published_on, time(), UTC) if row.published_on else now
        office = organisation.office_id if organisation else self._office(session, row.values.country)
        if organisation is None and office is None:
            raise Invalid("organisation", _("There is no office yet that could hold listings without an organisation. Make one first."))
        source = Source(row.external_id, organisation, office, min(published, now))
        listing = bring_in_listing(session, self.actor, row.values, source, now)
        if listing.held_because:
            message = _("Held for review: the text seems to hold contact details (%(where)s).", where=", ".join(listing.held_because))
            written.problems.append(Problem(entry.line, "", "held_for_review", message, Severity.WARNING))
        return listing

    def _office(self, session: Session, country: str) -> int | None:
        if self.actor.office_id is not None:
            return self.actor.office_id
        if country not in self._offices:
            self._offices[country] = covering_office_id(session, country)
        return self._offices[country]

    def _owners(
        self, session: Session, entries: Sequence[Entry], now: datetime, written: Written
    ) -> dict[int, Organisation]:
        """Return the organisation of each line that names one, made where it is new."""
        rows: dict[Any, Entry] = {}
        for entry in entries:
            row = entry.values.organisation
            if row is not None:
                rows.setdefault(_identity(row), Entry(entry.line, row))
        if not rows:
            return {}
        made = self._organisations.write(session, list(rows.values()), now)
        written.problems += made.problems
        ids = {key: self._organisations.find(session, entry.values) for key, entry in rows.items()}
        keys = {found for found in ids.values() if found is not None}
        stored = {row.id: row for row in session.scalars(sa.select(Organisation).where(Organisation.id.in_(keys)))}
        return {
            entry.line: stored[found]
            for entry in entries
            if entry.values.organisation is not None
            and (found := ids[_identity(entry.values.organisation)]) is not None
        }


def _identity(row: OrganisationRow) -> tuple[Any, ...]:
    identifier = (row.identifier.scheme, row.identifier.value) if row.identifier else None
    return row.columns["country"], row.columns.get("city", ""), row.columns["name"], identifier


class _Reader:
    """Reads the cells of one row; what is wrong is noted under the column's own name."""

    def __init__(self, line: int, values: dict[str, str], column: Callable[[str], str], today: date) -> None:
        self.line = line
        self.values = values
        self.column = column
        self.today = today
        self.problems: list[Problem] = []

    def row(self) -> ListingRow | None:
        external_id = self.one("external_id", lambda field, raw: reading.read_text(field, raw, EXTERNAL_ID_LENGTH, lines=False))
        if not external_id:
            self.problem("external_id", "missing", _("The row has no external_id; without it a second run would double it."))
        texts = self.texts()
        raw = {name: self.values[name] for name in PASSED_ON if self.values.get(name, "").strip()}
        capabilities = self.phrases()
        values, problems = read_listing(raw | texts | {"capabilities": capabilities}, self.today)
        for error in problems:
            self.problem(error.field, error.code, error.message)
        published_on = self.one("published_on", reading.read_date)
        if values is None:
            return None
        if not values.title:
            self.problem("title", "missing", _("The row has no title."))
        if not values.country and "country" not in {error.field for error in problems}:
            self.problem("country", "missing", _("The row has no country."))
        return ListingRow(values, external_id or "", published_on, self.organisation(values.country))

    def texts(self) -> dict[str, str]:
        """Return title, summary and description; what does not fit moves down, and nothing is lost unsaid."""
        title, title_rest = self.fitting("title", self.values.get("title", ""), TITLE_LENGTH)
        summary, summary_rest = self.fitting("summary", self.values.get("summary", ""), SUMMARY_LENGTH)
        body = self.values.get("description", "").strip()
        moved = [text for text in (title_rest, summary_rest) if text and text not in body]
        description, lost = self.fitting("description", "\n\n".join([*moved, body] if body else moved), TEXT_LENGTH)
        if lost:
            cut = len(lost) - len(description)
            self.problem("description", "cut", _("%(count)s characters at the end of the description do not fit and are left out.", count=cut), Severity.WARNING)
        return {"title": " ".join(title.split()), "summary": summary, "description": description}

    def fitting(self, name: str, text: str, longest: int) -> tuple[str, str]:
        """Return the text, shortened at a word where it must be, and the whole where it was."""
        text = text.strip()
        if len(text) <= longest:
            return text, ""
        if name != "description":
            message = _("%(field)s has %(length)s characters, at most %(longest)s fit: shortened, and kept whole in the description.", field=name, length=len(text), longest=longest)
            self.problem(name, "shortened", message, Severity.WARNING)
        head = text[: longest - 1]
        return (head.rpartition(" ")[0] or head).rstrip(" ,;:–-") + "…", text

    def phrases(self) -> list[str]:
        """Return the capabilities, each short enough for a chip."""
        try:
            terms = reading.read_terms("capabilities", self.values.get("capabilities", ""), 1000, 10_000)
        except Invalid as error:
            self.problem("capabilities", error.code, error.message)
            return []
        kept = [self.fitting("capabilities", term, CAPABILITY_LENGTH)[0] for term in terms]
        if len(kept) > CAPABILITIES:
            self.problem("capabilities", "too_many", _("Only the first %(most)s capabilities are kept.", most=CAPABILITIES), Severity.WARNING)
        return kept[:CAPABILITIES]

    def organisation(self, country: str) -> OrganisationRow | None:
        name = self.one("organisation", lambda field, raw: reading.read_text(field, raw, NAME_LENGTH, lines=False))
        if not name:
            return None
        town = self.one("organisation_town", lambda field, raw: reading.read_text(field, raw, TOWN_LENGTH, lines=False)) or ""
        home = self.one("organisation_country", read_country) or country
        return OrganisationRow({"name": name, "city": town, "country": home}, "", self.identifier(home), ())

    def identifier(self, country: str) -> CheckedIdentifier | None:
        raw = self.values.get("organisation_identifier", "").strip()
        return check_identifier(country, "", raw) if raw else None

    def one(self, name: str, read: Callable[[str, Any], Any]) -> Any:
        raw = self.values.get(name, "").strip()
        if not raw:
            return None
        try:
            return read(name, raw)
        except Invalid as error:
            self.problem(name, error.code, error.message)
            return None

    def problem(self, field: str, code: str, message: str, severity: Severity = Severity.ERROR) -> None:
        self.problems.append(Problem(self.line, self.column(field) or field, code, message, severity))
