"""Organisations from a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import audit
from marketplace.accounts.queries import normal_email
from marketplace.errors import Invalid
from marketplace.imports.fields import ORGANISATION_FIELDS
from marketplace.imports.problems import Problem, Severity
from marketplace.imports.run import Entry, Written
from marketplace.listings.kinds import reading
from marketplace.listings.services.codes import read_country, read_language
from marketplace.offices.queries import covering_office_id
from marketplace.organisations.duplicates import DuplicateFinder
from marketplace.organisations.identifiers import CheckedIdentifier, check_identifier
from marketplace.organisations.models import (
    EmployeeBand,
    HeldCertificate,
    Identifier,
    Organisation,
    OrganisationType,
    TurnoverBand,
)
from marketplace.organisations.names import name_key
from marketplace.policy import Actor
from matching.sectors import is_sector

TEXTS: Final = {
    "name": 255, "region": 80, "city": 120, "address": 255, "phone": 40, "website": 255,
    "products": 1000, "description": 4000, "references_text": 2000,
}  # fmt: skip
BANDS: Final = {"type": OrganisationType, "employees": EmployeeBand, "turnover": TurnoverBand}
FLAGS: Final = ("women_led", "youth_led", "rural")
NUMBERS: Final = {"founded_year": (1000, 2100), "export_percent": (0, 100)}
EXTERNAL_ID_LENGTH: Final = 80


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """A row that can be written: only what it says, nothing for what it leaves open."""

    columns: dict[str, Any]
    external_id: str
    identifier: CheckedIdentifier | None
    certificates: tuple[str, ...]


class OrganisationImporter:
    """Reads rows of organisations and writes them; see :class:`marketplace.imports.run.Importer`.

    A row is the organisation with its ``external_id``, else with its legal identifier, else, if
    it has neither, of its name in its town.
    """

    fields = ORGANISATION_FIELDS

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self._finder: dict[str, DuplicateFinder] = {}
        self._offices: dict[str, int | None] = {}

    def read(self, line: int, values: dict[str, str], column: Callable[[str], str]) -> Entry | list[Problem]:
        """Check one row."""
        reader = _Reader(line, values, column)
        row = reader.row()
        if row is None or any(problem.severity is Severity.ERROR for problem in reader.problems):
            return reader.problems
        return Entry(line, row, tuple(reader.problems))

    def write(self, session: Session, entries: Sequence[Entry], now: datetime) -> Written:
        """Write a batch: new organisations in one statement, known ones where they differ."""
        self._learn(session, {entry.values.columns["country"] for entry in entries})
        known_ids = self._by_external_id(session, entries)
        written = Written()
        new: list[Entry] = []
        known: list[tuple[Entry, int]] = []
        fresh_keys: dict[Any, int] = {}
        for entry in entries:
            row: OrganisationRow = entry.values
            found = known_ids.get(row.external_id) or self._holder(row)
            key = row.external_id or (row.identifier and (row.columns["country"], row.identifier.scheme, row.identifier.value))
            if found is not None:
                known.append((entry, found))
            elif key and key in fresh_keys:
                written.problems.append(_same_twice(entry.line, fresh_keys[key]))
                written.unchanged += 1
            else:
                if key:
                    fresh_keys[key] = entry.line
                new.append(entry)
        self._create(session, new, now, written)
        self._update(session, known, now, written)
        if written.created or written.changed:
            counts = {"created": written.created, "changed": written.changed}
            audit.note(session, self.actor.user_id, "databank:import", "organisation", None, now, counts)
        return written

    def _learn(self, session: Session, countries: set[str]) -> None:
        for country in countries - self._finder.keys():
            self._finder[country] = DuplicateFinder.of_countries(session, [country])
            self._offices[country] = covering_office_id(session, country)

    def _by_external_id(self, session: Session, entries: Sequence[Entry]) -> dict[str, int]:
        wanted = [entry.values.external_id for entry in entries if entry.values.external_id]
        rows = session.execute(sa.select(Organisation.external_id, Organisation.id).where(Organisation.external_id.in_(wanted)))
        return {str(row.external_id): row.id for row in rows} if wanted else {}

    def find(self, session: Session, row: OrganisationRow) -> int | None:
        """Return the organisation that a row is about, if the databank has it."""
        self._learn(session, {row.columns["country"]})
        return self._holder(row)

    def _holder(self, row: OrganisationRow) -> int | None:
        finder = self._finder[row.columns["country"]]
        if row.identifier is not None:
            return finder.holder(row.columns["country"], row.identifier.scheme, row.identifier.value)
        if row.external_id:
            return None
        return finder.named(name=row.columns["name"], country=row.columns["country"], city=row.columns.get("city", ""))

    def _create(self, session: Session, entries: Sequence[Entry], now: datetime, written: Written) -> None:
        if not entries:
            return
        rows = [self._new_columns(entry.values, now) for entry in entries]
        ids = session.scalars(sa.insert(Organisation).returning(Organisation.id, sort_by_parameter_order=True), rows).all()
        session.execute(
            sa.update(Organisation.__table__).where(Organisation.__table__.c.id == sa.bindparam("row")).values(reference=sa.bindparam("word")),
            [{"row": key, "word": f"ORG-{now.year}-{key:05d}"} for key in ids],
        )
        identifiers = [
            {"organisation_id": key, "country": entry.values.columns["country"], "scheme": known.scheme, "value": known.value, "valid": known.valid}
            for entry, key in zip(entries, ids, strict=True)
            if (known := entry.values.identifier) is not None
        ]
        if identifiers:
            session.execute(sa.insert(Identifier), identifiers)
        certificates = [
            {"organisation_id": key, "scheme": scheme} for entry, key in zip(entries, ids, strict=True) for scheme in entry.values.certificates
        ]
        if certificates:
            session.execute(sa.insert(HeldCertificate), certificates)
        for entry, key in zip(entries, ids, strict=True):
            self._report_duplicate(entry, key, written)
        written.created += len(ids)

    def _new_columns(self, row: OrganisationRow, now: datetime) -> dict[str, Any]:
        return {
            **_EMPTY,
            "external_id": row.external_id or None,
            "name_key": name_key(row.columns["name"]),
            "office_id": self._offices[row.columns["country"]],
            "created_at": now,
            "updated_at": now,
            **row.columns,
        }

    def _report_duplicate(self, entry: Entry, key: int, written: Written) -> None:
        row: OrganisationRow = entry.values
        country, city = row.columns["country"], row.columns.get("city", "")
        finder = self._finder[country]
        known = [(row.identifier.scheme, row.identifier.value)] if row.identifier else []
        found = finder.likely(name=row.columns["name"], country=country, city=city, identifiers=known)
        if found is not None:
            message = _(
                "“%(name)s” in %(city)s may be the organisation with number %(other)s (a like name in the same town). Both are kept.",
                name=row.columns["name"], city=city or country, other=found.organisation_id,
            )  # fmt: skip
            written.problems.append(Problem(entry.line, "name", "likely_duplicate", message, Severity.WARNING))
        finder.add(key, name=row.columns["name"], country=country, city=city, identifiers=known)

    def _update(self, session: Session, known: Sequence[tuple[Entry, int]], now: datetime, written: Written) -> None:
        keys = sorted({key for _entry, key in known})
        stored = {row.id: row for row in session.scalars(sa.select(Organisation).where(Organisation.id.in_(keys)))} if keys else {}
        for entry, key in known:
            organisation = stored[key]
            differing = {name: value for name, value in entry.values.columns.items() if getattr(organisation, name) != value}
            if not differing:
                written.unchanged += 1
                continue
            for name, value in differing.items():
                setattr(organisation, name, value)
            organisation.name_key = name_key(organisation.name)
            organisation.updated_at = now
            written.changed += 1
        session.flush()


_EMPTY: Final[dict[str, Any]] = {
    "type": OrganisationType.ENTERPRISE, "other_names": [], "region": "", "city": "", "address": "", "email": "", "phone": "",
    "website": "", "founded_year": None, "employees": None, "turnover": None, "turnover_currency": "", "export_percent": None,
    "languages": [], "women_led": None, "youth_led": None, "rural": None, "sectors": [], "products": "", "description": "",
    "references_text": "", "version": 1,
}  # fmt: skip


def _same_twice(line: int, first: int) -> Problem:
    message = _("The same organisation stands in line %(first)s already; this row was left out.", first=first)
    return Problem(line, "", "same_twice", message, Severity.WARNING)


class _Reader:
    """Reads the cells of one row; what is wrong is noted under the column's own name."""

    def __init__(self, line: int, values: dict[str, str], column: Callable[[str], str]) -> None:
        self.line = line
        self.values = values
        self.column = column
        self.problems: list[Problem] = []

    def row(self) -> OrganisationRow | None:
        columns = {name: text for name, longest in TEXTS.items() if (text := self.one(name, self.text(longest)))}
        country = self.one("country", read_country)
        if "name" not in columns:
            self.problem("name", "missing", _("The row has no name."))
        if not country:
            self.problem("country", "missing", _("The row has no country."))
        if any(problem.severity is Severity.ERROR for problem in self.problems):
            return None
        columns["country"] = country
        columns |= self.choices() | self.numbers() | self.lists()
        email = self.one("email", self.address)
        if email:
            columns["email"] = email
        return OrganisationRow(
            columns=columns,
            external_id=self.one("external_id", self.text(EXTERNAL_ID_LENGTH)) or "",
            identifier=self.identifier(country),
            certificates=tuple(self.one("certificates", lambda field, raw: reading.read_terms(field, raw)) or ()),
        )

    def one(self, name: str, read: Callable[[str, Any], Any]) -> Any:
        raw = self.values.get(name, "").strip()
        if not raw:
            return None
        try:
            return read(name, raw)
        except Invalid as error:
            self.problem(name, error.code, error.message)
            return None

    def text(self, longest: int) -> Callable[[str, Any], str]:
        return lambda field, raw: reading.read_text(field, raw, longest, lines=longest >= TEXTS["products"])

    def choices(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, kind in BANDS.items():
            value = self.one(name, lambda field, raw, kind=kind: _member(kind, field, raw))
            if value is not None:
                found[name] = value
        for name in FLAGS:
            value = self.one(name, reading.read_yes_no)
            if value is not None:
                found[name] = value
        return found

    def numbers(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for name, (low, high) in NUMBERS.items():
            value = self.one(name, reading.read_number)
            if value is None:
                continue
            if not low <= value[0] <= high or value[0] != int(value[0]):
                self.problem(name, "out_of_range", _("Write a whole number from %(low)s to %(high)s.", low=low, high=high))
            else:
                found[name] = int(value[0])
        return found

    def lists(self) -> dict[str, list[str]]:
        found = {
            "other_names": self.one("other_names", lambda field, raw: reading.read_terms(field, raw)),
            "languages": self.one("languages", lambda field, raw: [read_language(field, word) for word in reading.read_terms(field, raw)]),
            "sectors": self.one("sectors", lambda field, raw: [_sector(field, word) for word in reading.read_terms(field, raw, 5)]),
        }
        return {name: value for name, value in found.items() if value}

    def address(self, field: str, raw: str) -> str:
        email = normal_email(raw)
        if not email:
            raise Invalid(field, _("“%(text)s” is not an e-mail address.", text=raw[:40]), "not_an_address")
        return email

    def identifier(self, country: str) -> CheckedIdentifier | None:
        raw = self.values.get("identifier", "").strip()
        if not raw:
            return None
        found = check_identifier(country, self.values.get("identifier_scheme", ""), raw)
        if found.valid is False:
            message = _("“%(value)s” does not pass the check of %(scheme)s; it is kept and marked.", value=raw[:40], scheme=found.scheme)
            self.problem("identifier", "bad_checksum", message, Severity.WARNING)
        return found

    def problem(self, field: str, code: str, message: str, severity: Severity = Severity.ERROR) -> None:
        self.problems.append(Problem(self.line, self.column(field) or field, code, message, severity))


def _member(kind: Any, field: str, raw: str) -> Any:
    if raw not in set(kind):
        raise Invalid(field, _("“%(word)s” is not one of: %(choices)s.", word=raw[:40], choices=", ".join(kind)), "unknown_choice")
    return kind(raw)


def _sector(field: str, code: str) -> str:
    if not is_sector(code):
        raise Invalid(field, _("“%(code)s” is not a code of ISIC Rev.4.", code=code[:20]), "unknown_sector")
    return code
