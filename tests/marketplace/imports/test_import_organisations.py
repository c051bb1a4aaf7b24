from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from marketplace.db import Database
from marketplace.organisations.models import EmployeeBand, Identifier, MemberRole, Organisation
from tests.marketplace.imports.databank import (
    NIP,
    counts,
    events,
    everything,
    firm,
    firms,
    problems_in,
    stored_firm,
    table,
    told,
)
from tests.marketplace.organisations.firms import add_office, join

FULL = firm(
    identifier="C0000803561",
    identifier_scheme="tin",
    other_names="Adom; Adom Precision",
    type="cso",
    region="Ashanti",
    address="12 Harper Road",
    email="Office@Adom.example.org",
    phone="+233 20 000 0000",
    website="adom.example.org",
    founded_year="1998",
    employees="37",
    turnover="<2",
    turnover_currency="ghs",
    export_percent="40 %",
    languages="English; twi",
    women_led="yes",
    youth_led="no",
    sectors="2592; 2511",
    products="Turned parts",
    description="We turn.\nWe mill.",
    certificates="ISO 9001; ISO 14001",
    references_text="Two breweries",
)


def test_a_row_becomes_an_organisation_with_all_it_says(database: Database, tmp_path: Path) -> None:
    office = add_office(database, "spx-accra", "GH")
    assert counts(firms(database, table(tmp_path / "f.csv", FULL))) == (1, 0, 0, 0)
    with database.reading() as session:
        stored = stored_firm(session)
        assert stored.reference == f"ORG-2026-{stored.id:05d}"
        assert (stored.name, stored.name_key, stored.country, stored.city) == (
            "Adom Works Ltd",
            "adom works",
            "GH",
            "Kumasi",
        )
        assert (stored.email, stored.website) == ("office@adom.example.org", "https://adom.example.org")
        assert (stored.employees, stored.founded_year, stored.export_percent) == (
            EmployeeBand.SMALL,
            1998,
            40,
        )
        assert (stored.turnover_currency, stored.languages, stored.sectors) == (
            "GHS",
            ["en", "tw"],
            ["2592", "2511"],
        )
        assert (stored.women_led, stored.youth_led, stored.rural) == (True, False, None)
        assert (stored.other_names, stored.office_id) == (["Adom", "Adom Precision"], office)
        assert stored.description == "We turn.\nWe mill."
        assert [(row.scheme, row.value) for row in stored.identifiers] == [("tin", "C0000803561")]
        assert [row.scheme for row in stored.certificates] == ["ISO 9001", "ISO 14001"]


@pytest.mark.parametrize(
    "row", [FULL, {"nip": NIP, "name": "Binstal", "country": "PL"}, firm(external_id="")]
)
def test_a_second_run_changes_nothing(database: Database, tmp_path: Path, row: dict[str, str]) -> None:
    path = table(tmp_path / "f.csv", row)
    assert counts(firms(database, path)) == (1, 0, 0, 0)
    before = everything(database)
    assert counts(firms(database, path, days=1)) == (0, 0, 1, 0)
    assert everything(database) == before


def test_a_row_that_changed_brings_the_organisation_up_to_date(database: Database, tmp_path: Path) -> None:
    accra, lagos = add_office(database, "spx-accra", "GH"), add_office(database, "spx-lagos", "NG")
    firms(database, table(tmp_path / "f.csv", firm(description="We turn.")))
    with database.reading() as session:
        assert stored_firm(session).office_id == accra
    changed = firm(name="Adom Works Nigeria Ltd", country="Nigeria", city="", women_led="yes")
    assert counts(firms(database, table(tmp_path / "g.csv", changed), days=1)) == (0, 1, 0, 0)
    with database.reading() as session:
        stored = stored_firm(session)
        assert (stored.name, stored.name_key, stored.country) == (
            "Adom Works Nigeria Ltd",
            "adom works nigeria",
            "NG",
        )
        assert stored.office_id == lagos
        # What the row leaves open stays.
        assert (stored.city, stored.description) == ("Kumasi", "We turn.")
        assert events(database, "OrganisationChanged") == [{"organisation": stored.id}]


def test_only_what_matters_for_matching_is_announced(database: Database, tmp_path: Path) -> None:
    firms(database, table(tmp_path / "f.csv", firm()))
    assert counts(firms(database, table(tmp_path / "g.csv", firm(phone="+233 20 000 0000")))) == (0, 1, 0, 0)
    assert events(database, "OrganisationChanged") == []
    assert counts(firms(database, table(tmp_path / "h.csv", firm(certificates="ISO 9001")))) == (0, 1, 0, 0)
    assert len(events(database, "OrganisationChanged")) == 1


def test_identifier_and_certificates_are_added_when_they_come_later(
    database: Database, tmp_path: Path
) -> None:
    firms(database, table(tmp_path / "f.csv", firm(certificates="ISO 9001")))
    later = table(tmp_path / "g.csv", firm(certificates="iso 9001; ISO 14001", identifier="C0000803561"))
    assert counts(firms(database, later)) == (0, 1, 0, 0)
    with database.reading() as session:
        stored = stored_firm(session)
        assert [row.scheme for row in stored.certificates] == ["ISO 9001", "ISO 14001"]
        assert [row.value for row in stored.identifiers] == ["C0000803561"]
    before = everything(database)
    assert counts(firms(database, later)) == (0, 0, 1, 0)
    assert everything(database) == before


def test_an_organisation_known_by_its_number_takes_the_external_id(
    database: Database, tmp_path: Path
) -> None:
    firms(database, table(tmp_path / "f.csv", {"nip": NIP, "name": "Binstal", "country": "PL"}))
    row = {"external_id": "B-7", "nip": NIP, "name": "Binstal", "country": "PL"}
    assert counts(firms(database, table(tmp_path / "g.csv", row))) == (0, 1, 0, 0)
    # From now on the external_id is enough.
    renamed = {"external_id": "B-7", "name": "Binstal Group", "country": "PL"}
    assert counts(firms(database, table(tmp_path / "h.csv", renamed))) == (0, 1, 0, 0)
    with database.reading() as session:
        assert session.scalars(sa.select(Organisation.name)).all() == ["Binstal Group"]


def test_two_rows_of_one_source_with_one_number_are_two_and_reported(
    database: Database, tmp_path: Path
) -> None:
    path = table(
        tmp_path / "f.csv",
        *(firm(external_id=f"F-{n}", name=f"Firm {n}", identifier="C0000803561") for n in (1, 2)),
    )
    summary = firms(database, path)
    assert counts(summary) == (2, 0, 0, 0)
    assert told(summary) == [(3, "name", "likely_duplicate")]
    assert "line 2" in summary.shown[0].message
    before = everything(database)
    assert counts(firms(database, path)) == (0, 0, 2, 0)
    assert everything(database) == before


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize("between", [0, 499])
def test_a_like_name_in_the_same_town_is_reported_and_kept(
    database: Database, tmp_path: Path, between: int, *, dry_run: bool
) -> None:
    rows = [
        firm(name="Kumasi Precision Works Ltd"),
        *(firm(external_id=f"X-{n}", name=f"{n:04d} Traders", city="Tema") for n in range(between)),
        firm(external_id="F-2", name="KUMASI PRECISON WORKS"),
        firm(external_id="F-3", name="Kumasi Precision Works", city="Accra"),
    ]
    summary = firms(database, table(tmp_path / "f.csv", *rows), dry_run=dry_run)
    assert counts(summary) == (len(rows), 0, 0, 0)
    found = [problem for problem in summary.shown if problem.line == between + 3]
    assert [problem.code for problem in found] == ["likely_duplicate"]
    written = "ORG-2026-" if between and not dry_run else "line 2"
    assert written in found[0].message


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize("between", [0, 499])
@pytest.mark.parametrize("cells", [{}, {"external_id": ""}, {"external_id": "", "identifier": "C0000803561"}])
def test_the_same_organisation_twice_in_a_file_is_taken_once(
    database: Database, tmp_path: Path, between: int, cells: dict[str, str], *, dry_run: bool
) -> None:
    first = firm(**cells)
    rows = [
        first,
        *(firm(external_id=f"X-{n}", name=f"{n:04d} Traders") for n in range(between)),
        {**first, "description": "Said later."},
    ]
    path = table(tmp_path / "f.csv", *rows)
    summary = firms(database, path, dry_run=dry_run)
    assert counts(summary) == (len(rows) - 1, 0, 0, 1)
    assert told(summary)[0] == (len(rows) + 1, "", "same_twice")
    if not dry_run:
        before = everything(database)
        assert counts(firms(database, path)) == (0, 0, len(rows) - 1, 1)
        assert everything(database) == before


def test_what_members_say_of_their_organisation_is_theirs(database: Database, tmp_path: Path) -> None:
    firms(database, table(tmp_path / "f.csv", firm()))
    with database.reading() as session:
        stored = stored_firm(session)
    join(database, stored.id, "owner@adom.example.org", MemberRole.OWNER)
    path = table(tmp_path / "g.csv", firm(name="ADOM", city="KUMASI 7", description="We turn."))
    summary = firms(database, path)
    assert counts(summary) == (0, 1, 0, 0)
    assert [problem.code for problem in summary.shown] == ["members_word"]
    with database.reading() as session:
        stored = stored_firm(session)
        assert (stored.name, stored.city, stored.description) == ("Adom Works Ltd", "Kumasi", "We turn.")
    assert counts(firms(database, path)) == (0, 0, 1, 0)


def test_a_new_name_ends_the_verification(database: Database, tmp_path: Path) -> None:
    firms(database, table(tmp_path / "f.csv", firm()))
    with database.transaction() as session:
        stored = stored_firm(session)
        stored.verified_at = stored.created_at
    firms(database, table(tmp_path / "g.csv", firm(phone="+233 20 000 0000")))
    with database.reading() as session:
        assert stored_firm(session).verified_at is not None
    firms(database, table(tmp_path / "h.csv", firm(name="Other Works Ltd")))
    with database.reading() as session:
        assert stored_firm(session).verified_at is None


def test_a_number_with_a_wrong_check_digit_is_kept_and_marked(database: Database, tmp_path: Path) -> None:
    summary = firms(
        database, table(tmp_path / "f.csv", {"nip": "123-456-32-19", "name": "Binstal", "country": "PL"})
    )
    assert counts(summary) == (1, 0, 0, 0)
    assert told(summary) == [(2, "nip", "bad_checksum")]
    with database.reading() as session:
        identifier = session.scalars(sa.select(Identifier)).one()
        assert (identifier.scheme, identifier.value, identifier.valid) == ("nip", "1234563219", False)


def test_the_name_of_the_column_says_which_number_it_is(database: Database, tmp_path: Path) -> None:
    summary = firms(
        database, table(tmp_path / "f.csv", {"KRS": "0000127793", "name": "Binstal", "country": "PL"})
    )
    assert told(summary) == []
    with database.reading() as session:
        assert session.scalars(sa.select(Identifier.scheme)).all() == ["krs"]


WRONG = (
    ({"name": " "}, "name", "missing"),
    ({"name": "A" * 256}, "name", "too_long"),
    ({"country": ""}, "country", "missing"),
    ({"country": "Atlantis"}, "country", "unknown_country"),
    ({"type": "charity"}, "type", "unknown_choice"),
    ({"employees": "many"}, "employees", "unknown_choice"),
    ({"turnover": "3500000"}, "turnover", "unknown_choice"),
    ({"turnover_currency": "XYZ"}, "turnover_currency", "unknown_currency"),
    ({"export_percent": "140"}, "export_percent", "out_of_range"),
    ({"founded_year": "1998.5"}, "founded_year", "out_of_range"),
    ({"founded_year": "long ago"}, "founded_year", "not_a_number"),
    ({"languages": "English; Klingon"}, "languages", "unknown_language"),
    ({"sectors": "2592; 9999"}, "sectors", "unknown_sector"),
    ({"sectors": "2592;2511;2811;2812;2813;2814"}, "sectors", "too_many"),
    ({"women_led": "perhaps"}, "women_led", "not_yes_no"),
    ({"email": "at home"}, "email", "not_an_address"),
    ({"website": "javascript:alert(1)"}, "website", "not_an_address"),
    ({"identifier": "---"}, "identifier", "missing"),
    ({"external_id": "x" * 81}, "external_id", "too_long"),
    ({"description": "a\x00b"}, "description", "control_character"),
    ({"description": "a\u2028b"}, "description", "control"),
)


def test_what_cannot_be_read_is_reported_and_the_others_go_in(database: Database, tmp_path: Path) -> None:
    rows = [
        firm(**{"external_id": f"F-{n}", "name": f"Firm {n}", **cells})
        for n, (cells, _, _) in enumerate(WRONG)
    ]
    path = table(tmp_path / "f.csv", firm(external_id="first"), *rows, firm(external_id="last", name="Last"))
    summary = firms(database, path, report=tmp_path / "report.csv")
    assert counts(summary) == (2, 0, 0, len(WRONG))
    reported = [problem for problem in problems_in(tmp_path / "report.csv") if problem[3] == "error"]
    assert [problem[:3] for problem in reported] == [
        (line, field, code) for line, (_cells, field, code) in enumerate(WRONG, start=3)
    ]


def test_everything_that_is_wrong_with_a_row_is_said_at_once(database: Database, tmp_path: Path) -> None:
    summary = firms(
        database, table(tmp_path / "f.csv", firm(country="Atlantis", employees="many", sectors="x"))
    )
    assert {field for _line, field, _code in told(summary)} == {"country", "employees", "sectors"}
    assert counts(summary) == (0, 0, 0, 1)


def test_what_looks_like_a_formula_stays_text(database: Database, tmp_path: Path) -> None:
    firms(database, table(tmp_path / "f.csv", firm(name="=1+1", description="@SUM(A1)", city="-Kumasi")))
    with database.reading() as session:
        stored = stored_firm(session)
        assert (stored.name, stored.description, stored.city) == ("=1+1", "@SUM(A1)", "-Kumasi")


def test_a_dry_run_says_the_same_and_writes_nothing(database: Database, tmp_path: Path) -> None:
    firms(database, table(tmp_path / "f.csv", firm(), firm(external_id="F-2", name="Second")))
    path = table(
        tmp_path / "g.csv",
        firm(city="Tema"),
        firm(external_id="F-2", name="Second"),
        firm(external_id="F-3", name="Third"),
        firm(country=""),
    )
    before = everything(database)
    dry = firms(database, path, dry_run=True)
    assert everything(database) == before
    assert counts(dry) == counts(firms(database, path)) == (1, 1, 1, 1)
    assert everything(database) != before


def test_columns_are_mapped_and_the_others_named(database: Database, tmp_path: Path) -> None:
    row: dict[str, Any] = {"Firma": "Adom", "Wo": "Ghana", "wins": "12", "Nummer": "C0000803561"}
    summary = firms(database, table(tmp_path / "f.csv", row), choices=("Wo=country", "Nummer=identifier"))
    assert counts(summary) == (1, 0, 0, 0)
    assert summary.ignored == ("wins",)


def test_the_report_holds_every_problem(database: Database, tmp_path: Path) -> None:
    rows = [firm(external_id=f"F-{n}", name=f"{n:04d} Traders", country="Atlantis") for n in range(30)]
    summary = firms(database, table(tmp_path / "f.csv", *rows), report=tmp_path / "report.csv")
    assert problems_in(tmp_path / "report.csv") == [
        (n + 2, "country", "unknown_country", "error") for n in range(30)
    ]
    assert len(summary.shown) == 20
    assert summary.codes == {"unknown_country": 30}
