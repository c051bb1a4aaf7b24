"""The databank as a file: read again by the importer, harmless to spreadsheet programs, and noted."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa

from marketplace.audit import AuditEntry
from marketplace.imports.organisations import OrganisationImporter
from marketplace.imports.run import Options, import_table
from marketplace.organisations.models import (
    Check,
    EmployeeBand,
    HeldCertificate,
    Identifier,
    Organisation,
    TurnoverBand,
)
from marketplace.policy import OPERATOR
from tests.marketplace.databank.offices import ELSEWHERE, Site
from tests.marketplace.organisations.firms import NOW
from tests.marketplace.visitor import Visitor, add_person, words


@pytest.fixture
def sown(site: Site) -> Site:
    """Say everything of one firm, in words that a table finds hard."""
    with site.database.transaction() as session:
        adom = session.get_one(Organisation, site.adom_id)
        said = {
            "external_id": "=src-1",
            "other_names": ["Adom, Kumasi"],
            "region": "Ashanti",
            "address": "12 Ring Road; first floor",
            "email": "office@adom.example.org",
            "phone": "+233 20 123 4567",
            "website": "https://adom.example.org",
            "founded_year": 2009,
            "employees": EmployeeBand.SMALL,
            "turnover": TurnoverBand.UNDER_2,
            "turnover_currency": "EUR",
            "export_percent": 15,
            "languages": ["en", "fr"],
            "women_led": True,
            "rural": False,
            "sectors": ["2592", "2811"],
            "products": '=HYPERLINK("http://x.example.org")',
            "description": "We turn \u201cshafts\u201d.\n- one piece\n- 5,000 pieces",
            "references_text": "'=quoted",
        }
        for name, value in said.items():
            setattr(adom, name, value)
        adom.certificates = [
            HeldCertificate(scheme="ISO 9001:2015"),
            HeldCertificate(scheme="iso 9001:2015"),
            HeldCertificate(scheme="EN 1090-2"),
        ]
        adom.identifiers = [
            Identifier(country="GH", scheme="other", value="BN2291"),
            Identifier(country="GH", scheme="tin", value="C0000803561", valid=True),
        ]
    site.check(site.adom, Check.REGISTER, evidence="zqevidencezq")
    site.browser().post(f"/desk/databank/{site.adom}/notes", {"words": "zqnotezq"})
    site.browser().post(f"/desk/databank/{site.adom}/tags", {"words": "=fair", "act": "add"})
    return site


def export(site: Site, ending: str, **filters: str) -> bytes:
    answer = site.browser().post("/desk/databank/export", {"ending": ending, **filters})
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="databank-')
    assert answer.headers["Cache-Control"] == "private, no-store"
    return answer.data


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_was_exported_is_imported_as_the_same(sown: Site, tmp_path: Path, ending: str) -> None:
    before = everything(sown)
    path = tmp_path / f"databank.{ending}"
    path.write_bytes(export(sown, ending))
    summary = import_table(
        sown.database, OPERATOR, path, OrganisationImporter(OPERATOR), Options(), now=lambda: NOW
    )
    assert (summary.created, summary.changed, summary.refused) == (0, 0, 0)
    assert summary.unchanged == 2
    assert everything(sown) == before


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_empty_databank_is_filled_from_it(sown: Site, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"databank.{ending}"
    path.write_bytes(export(sown, ending))
    kept = everything(sown)
    with sown.database.transaction() as session:
        for table in ("organisation_tag", "organisation_note", "verification", "organisation_identifier"):
            session.execute(sa.text(f"DELETE FROM {table}"))  # noqa: S608 (our own)
        session.execute(sa.text("DELETE FROM organisation"))
    import_table(sown.database, OPERATOR, path, OrganisationImporter(OPERATOR), Options(), now=lambda: NOW)
    assert [one[1:] for one in everything(sown)] == [one[1:] for one in kept if one[1] != "Nyota Works"]


def everything(site: Site) -> list[tuple[object, ...]]:
    """Return all that the firms say."""
    names = (
        "name", "country", "city", "external_id", "other_names", "region", "address", "email", "phone",
        "website", "founded_year", "employees", "turnover", "turnover_currency", "export_percent",
        "languages",
        "women_led", "youth_led", "rural", "sectors", "products", "description", "references_text", "type",
    )  # fmt: skip
    with site.database.reading() as session:
        found = session.scalars(sa.select(Organisation).order_by(Organisation.name_key)).all()
        return [(row.id, *(getattr(row, name) for name in names)) for row in found]


def test_no_spreadsheet_program_calculates_anything(sown: Site) -> None:
    row = rows_of(export(sown, "csv"))[0]
    assert row["products"].startswith("'=HYPERLINK")
    assert row["phone"] == "'+233 20 123 4567"
    assert row["tags"] == "'=fair"
    book = openpyxl.load_workbook(io.BytesIO(export(sown, "xlsx")))
    sheet = book.active
    assert sheet is not None
    kinds = {cell.data_type for line in sheet.iter_rows() for cell in line}
    assert "f" not in kinds


def test_a_row_holds_what_the_office_knows_and_no_note_and_no_evidence(sown: Site) -> None:
    content = export(sown, "csv")
    row = rows_of(content)[0]
    assert row["reference"] == sown.adom
    assert (row["identifier"], row["identifier_scheme"]) == ("C0000803561", "tin")
    assert row["other_identifiers"] == "other BN2291"
    assert row["certificates"] == "ISO 9001:2015; EN 1090-2"
    assert (row["verified_on"], row["confirmed"]) == ("2026-11-22", "entry in a register")
    assert (row["women_led"], row["rural"], row["youth_led"]) == ("yes", "no", "")
    assert b"zq" not in content


def test_the_file_holds_the_filtered_list_and_says_who_took_it(sown: Site) -> None:
    assert [row["name"] for row in rows_of(export(sown, "csv", q="volta", women="", below="100"))] == [
        "Volta Solar Systems"
    ]
    assert len(rows_of(export(sown, "csv"))) == 2
    with sown.database.reading() as session:
        noted = session.scalars(sa.select(AuditEntry).where(AuditEntry.act == "databank:export")).all()
    assert [(entry.actor_id, entry.thing_id) for entry in noted] == [(1, 1), (1, 1)]
    assert noted[0].facts == {"filters": {"below": "100"}, "ending": "csv", "rows": 1}


def test_others_export_nothing_of_it(sown: Site) -> None:
    app = sown.app
    add_person(sown.database, "member@example.org")
    wrong = {"ending": "csv"}
    assert Visitor(app).enter("member@example.org").post("/desk/databank/export", wrong).status_code == 403
    assert Visitor(app).post("/desk/databank/export", wrong).request.path == "/login"
    elsewhere = sown.browser(ELSEWHERE).post("/desk/databank/export", wrong).data
    assert [row["name"] for row in rows_of(elsewhere)] == ["Nyota Works"]
    strange = sown.browser().post("/desk/databank/export", {"ending": "exe"})
    assert strange.status_code == 404
    assert "This page is not here" in words(strange.text)
