from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace.db import Database
from marketplace.organisations.models import HeldCertificate, Identifier, Machine, MemberRole, Organisation
from marketplace.organisations.queries.directory import Wanted, organisations_like
from marketplace.organisations.queries.masked import without_contacts
from marketplace.outbox import Event
from tests.marketplace.organisations.firms import NOW, add_firm, add_office, join
from tests.marketplace.visitor import Visitor, add_person, database_of, words

CONTACTS = {
    "address": "12 Ring Road",
    "email": "office@adom.example.org",
    "phone": "+233 20 123 4567",
    "website": "https://adom.example.org",
}
SECRETS = ("12 Ring Road", "office@adom", "20 123 4567", "adom.example.org", "C0000803561", "020 1234567")


@pytest.fixture
def firm(app: Flask) -> str:
    """Add a firm that says much of itself; gives its reference."""
    database = database_of(app)
    add_office(database, "SPX-ACC", "GH", officer="officer@example.org")
    number, reference = add_firm(
        database,
        description="We turn shafts.\nWrite to office@adom.example.org or call 020 1234567.",
        products="Shafts, see https://adom.example.org/catalogue",
        sectors=("2592",),
        languages=("en",),
        **CONTACTS,
    )
    with database.transaction() as session:
        row = session.get_one(Organisation, number)
        row.certificates = [
            HeldCertificate(scheme="ISO 9001", expires_on=date(2100, 1, 1), body="cert@adom.example.org"),
            HeldCertificate(scheme="EN 1090-2", expires_on=date(2020, 1, 1)),
        ]
        row.machines = [Machine(type="CNC lathe", maker="Example", quantity=2)]
        row.identifiers = [Identifier(country="GH", scheme="tin", value="C0000803561", valid=True)]
    return reference


def test_a_visitor_reads_a_profile_without_any_contact(app: Flask, visitor: Visitor, firm: str) -> None:
    add_person(database_of(app), "stranger@example.org")
    for reader in (visitor, Visitor(app).enter("stranger@example.org")):
        page = reader.get(f"/organisations/{firm}").text
        text = words(page)
        for said in (
            "Adom Precision Works Ltd",
            "We turn shafts.",
            "ISO 9001",
            "CNC lathe",
            "Not verified yet",
        ):
            assert said in text
        assert "Jan 1, 2020 expired" in text or "1 Jan 2020 expired" in text
        for secret in SECRETS:
            assert secret not in page


def test_colleagues_and_the_office_read_the_contacts(app: Flask, firm: str) -> None:
    database = database_of(app)
    join(database, 1, "viewer@example.org", MemberRole.VIEWER)
    add_office(database, "SPX-NBO", "KE", officer="elsewhere@example.org")
    for email, sees in (
        ("viewer@example.org", True),
        ("officer@example.org", True),
        ("elsewhere@example.org", False),
    ):
        page = Visitor(app).enter(email).get(f"/organisations/{firm}").text
        assert ("12 Ring Road" in page) is sees
        assert ("C0000803561" in page) is sees


def test_text_that_looks_like_a_contact_is_struck_out_and_other_text_is_not() -> None:
    kept = "ISO 9001:2015, ±0.02 mm, 1 200 000 pieces a year, DIN EN 10204 3.1, 24/7, M8x1.25, 2009-2024"
    assert without_contacts(kept) == kept
    for contact in (
        "a.b@example.org",
        "a.b (at) example.org",
        "www.example.org/x",
        "http://x",
        "example.com",
        "+49 30 1234567",
        "0049 30 1234567",
        "Tel.: 030/123 45 67",
    ):
        assert without_contacts(f"Before {contact} after") == "Before ••• after"


@pytest.fixture
def databank(database: Database) -> Database:
    """Add four organisations."""
    add_firm(
        database, "Łódzkie Zakłady Metalowe Sp. z o.o.", country="PL", city="Łódź", sectors=("2511", "2592")
    )
    add_firm(database, "Adom Precision Works Ltd", sectors=("2592",))
    add_firm(database, "100% Steel_Works GmbH", country="DE", city="Bonn", sectors=("2410",))
    number, _reference = add_firm(database, "Hidden Works Ltd")
    with database.transaction() as session:
        session.get_one(Organisation, number).suspended_at = NOW
        session.get_one(Organisation, 2).verified_at = NOW
    return database


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), [3, 2, 1]),
        (Wanted(text="lodzkie zaklady"), [1]),
        (Wanted(text="ŁÓDŹ"), [1]),
        (Wanted(text="łódź"), [1]),
        (Wanted(text="works"), [3, 2]),
        (Wanted(text="works kumasi"), [2]),
        (Wanted(text="lodz"), [1]),
        (Wanted(text="100%"), [3]),
        (Wanted(text="%"), []),
        (Wanted(text="_"), []),
        (Wanted(text="hidden"), []),
        (Wanted(text="ORG-2026-00001"), [1]),
        (Wanted(country="DE"), [3]),
        (Wanted(sector="2592"), [2, 1]),
        (Wanted(sector="25"), [2, 1]),
        (Wanted(sector="24"), [3]),
        (Wanted(verified=True), [2]),
        (Wanted(type="research"), []),
    ],
)
def test_the_directory_finds(databank: Database, wanted: Wanted, found: list[int]) -> None:
    with databank.reading() as session:
        rows, total = organisations_like(session, wanted, limit=10, offset=0)
    assert [row.id for row in rows] == found
    assert total == len(found)


def test_the_directory_is_paged_and_filtered(app: Flask, visitor: Visitor) -> None:
    for number in range(27):
        add_firm(database_of(app), f"Works {number:02}", country="GH" if number else "KE")
    first = visitor.get("/organisations").text
    assert "27 organisations" in words(first)
    assert "Works 24" in first
    assert "Works 25" not in first
    assert "Works 26" in visitor.get("/organisations?page=2").text
    assert "1 organisation" in words(visitor.get("/organisations?country=KE").text)
    assert "Nobody like that" in words(visitor.get("/organisations?q=zzz").text)


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=%ff",
        "country=XX",
        "sector=A",
        "sector=%25",
        "type=x",
        "page=0",
        "page=99999999999",
        "q=" + "a" * 3000,
    ],
)
def test_a_strange_question_to_the_directory_is_answered(app: Flask, visitor: Visitor, query: str) -> None:
    add_firm(database_of(app))
    assert visitor.get(f"/organisations?{query}").status_code == 200


def test_nobody_suspends_their_own_or_another_offices_firm(app: Flask, firm: str) -> None:
    database = database_of(app)
    add_office(database, "SPX-NBO", "KE", officer="elsewhere@example.org")
    with database.transaction() as session:
        insert = "INSERT INTO membership (organisation_id, user_id, role, since) "
        session.execute(sa.text(f"{insert} VALUES (1, 1, 'viewer', '2026-01-01')"))
    for email in ("elsewhere@example.org", "officer@example.org"):
        staff = Visitor(app).enter(email)
        assert staff.post(f"/organisations/{firm}/suspend", {"reason": "x"}).status_code == 403


def test_a_suspended_organisation_is_gone_for_all_but_staff(app: Flask, visitor: Visitor, firm: str) -> None:
    database = database_of(app)
    join(database, 1, "owner@example.org")
    officer, owner = Visitor(app).enter("officer@example.org"), Visitor(app).enter("owner@example.org")
    officer.post(f"/organisations/{firm}/suspend", {"reason": "fraud"})
    assert visitor.get(f"/organisations/{firm}").status_code == 404
    assert owner.get(f"/me/organisation/{firm}").status_code == 404
    assert firm not in visitor.get("/organisations").text
    assert "Only staff see this page" in words(officer.get(f"/organisations/{firm}").text)
    officer.post(f"/organisations/{firm}/readmit")
    assert visitor.get(f"/organisations/{firm}").status_code == 200
    with database.reading() as session:
        told = session.scalars(sa.select(Event.kind)).all()
    assert told == ["OrganisationChanged"] * 2
