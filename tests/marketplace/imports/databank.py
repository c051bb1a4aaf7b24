"""Importing small tables that a test writes down, and looking at all that came of it."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import Database
from marketplace.imports.listings import ListingImporter
from marketplace.imports.organisations import OrganisationImporter
from marketplace.imports.run import Importer, Options, import_table
from marketplace.imports.summary import Summary
from marketplace.listings.models import Listing
from marketplace.listings.queries import whole_loads
from marketplace.organisations.models import Organisation
from marketplace.outbox import Event
from marketplace.policy import OPERATOR, Actor
from marketplace.schema import metadata
from tests.marketplace.imports.files import csv_text, put

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
TODAY = NOW.date()
# A number whose check digit fits, of nobody.
NIP = "1234563218"

Cells = Mapping[str, str]


def firm(**cells: str) -> dict[str, str]:
    """Return a row of a table of organisations, with changes."""
    return {"external_id": "F-1", "name": "Adom Works Ltd", "country": "GH", "city": "Kumasi", **cells}


def offer(**cells: str) -> dict[str, str]:
    """Return a row of a table of listings, with changes."""
    return {
        "external_id": "L-1",
        "side": "offer",
        "kind": "subcontracting",
        "title": "CNC turning of brass parts",
        "country": "AT",
        "capabilities": "CNC turning; thread rolling",
        **cells,
    }


def table(path: Path, *rows: Cells) -> Path:
    """Write rows as a CSV file with every column that one of them has."""
    header = list(dict.fromkeys(name for row in rows for name in row))
    return put(path, csv_text([header, *([row.get(name, "") for name in header] for row in rows)]))


def run(database: Database, importer: Importer, path: Path, *, days: int = 0, **options: Any) -> Summary:
    """Import a file, some days after the tests' day; no row may get lost."""
    moment = NOW + timedelta(days=days)
    actor = importer.actor  # type: ignore[attr-defined]
    summary = import_table(database, actor, path, importer, Options(**options), now=lambda: moment)
    assert_counted(summary)
    return summary


def firms(database: Database, path: Path, actor: Actor = OPERATOR, **options: Any) -> Summary:
    """Import a table of organisations."""
    return run(database, OrganisationImporter(actor), path, **options)


def listings(database: Database, path: Path, actor: Actor = OPERATOR, **options: Any) -> Summary:
    """Import a table of listings."""
    return run(database, ListingImporter(actor, TODAY), path, **options)


def assert_counted(summary: Summary) -> None:
    """Every row that was read is new, changed, as it was, or refused."""
    assert summary.rows == summary.created + summary.changed + summary.unchanged + summary.refused


def counts(summary: Summary) -> tuple[int, int, int, int]:
    """Return how many rows were new, changed, as they were, refused."""
    return summary.created, summary.changed, summary.unchanged, summary.refused


def told(summary: Summary) -> list[tuple[int, str, str]]:
    """Return line, column and code of each problem shown."""
    return [(problem.line, problem.field, problem.code) for problem in summary.shown]


def problems_in(report: Path) -> list[tuple[int, str, str, str]]:
    """Return line, column, code and severity of each problem in a report."""
    with report.open(encoding="utf-8-sig", newline="") as file:
        return [
            (int(row["line"] or 0), row["field"], row["code"], row["severity"])
            for row in csv.DictReader(file)
        ]


def everything(database: Database) -> dict[str, Sequence[Any]]:
    """Return all rows of all tables."""
    with database.reading() as session:
        return {
            name: sorted(map(repr, session.execute(sa.select(rows)).all()))
            for name, rows in metadata.tables.items()
        }


def stored_listing(session: Session, external_id: str = "L-1") -> Listing:
    """Return a listing with all its rows."""
    wanted = sa.select(Listing).where(Listing.external_id == external_id).options(*whole_loads())
    return session.scalars(wanted).one()


def stored_firm(session: Session, external_id: str = "F-1") -> Organisation:
    """Return an organisation."""
    return session.scalars(sa.select(Organisation).where(Organisation.external_id == external_id)).one()


def events(database: Database, kind: str) -> list[dict[str, Any]]:
    """Return what was recorded of a kind, oldest first."""
    with database.reading() as session:
        return [
            row.ids for row in session.scalars(sa.select(Event).where(Event.kind == kind).order_by(Event.id))
        ]
