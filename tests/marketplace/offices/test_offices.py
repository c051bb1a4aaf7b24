from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DataError, IntegrityError

from marketplace.accounts.models import User
from marketplace.audit import AuditEntry
from marketplace.db import Database
from marketplace.offices.models import Office, OfficeKind, Officer
from marketplace.offices.queries import Pace, covering_office_id, pace_of
from tests.marketplace.organisations.firms import add_office
from tests.marketplace.visitor import Visitor, add_person, database_of, hidden, words

NAIROBI = {
    "kind": "spx",
    "code": "spx-nbo",
    "name": "SPX Nairobi",
    "country": "KE",
    "city": "Nairobi",
    "email": "Nairobi@Example.org",
    "time_zone": "Africa/Nairobi",
    "countries": ["KE", "UG"],
    "publishes_verified_at_once": "y",
    "officer_days": "5",
    "side_days": "10",
    "weekend": ["6", "7"],
    "most_live": "5",
}
PLACE = "/offices/SPX-NBO"
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture
def admin(app: Flask) -> Visitor:
    """Give a browser of an administrator."""
    add_person(database_of(app), "admin@example.org", is_admin=True)
    return Visitor(app).enter("admin@example.org")


def offices(database: Database) -> list[Office]:
    with database.reading() as session:
        return list(session.scalars(sa.select(Office).options(sa.orm.selectinload(Office.countries))))


def test_an_administrator_makes_an_office(app: Flask, admin: Visitor) -> None:
    assert "No office yet" in words(admin.get("/admin/offices").text)
    answer = admin.post("/admin/offices/new", NAIROBI)
    assert "SPX Nairobi has been made" in words(answer.text)
    (office,) = offices(database_of(app))
    assert (office.code, office.email, office.publishes_verified_at_once) == (
        "SPX-NBO",
        "nairobi@example.org",
        True,
    )
    assert [entry.country for entry in office.countries] == ["KE", "UG"]
    assert "Kenya, Uganda" in words(admin.get("/admin/offices").text)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "Give the office a name"),
        ({"code": ""}, "Give the office a code"),
        ({"code": "SPX/NBO"}, "Capital letters, digits and hyphens"),
        ({"code": "SPX-ONE"}, "an office with this code already"),
        ({"countries": ["UG", "GH"]}, "GH: SPX-ONE office"),
        ({"countries": ["XX"]}, "Not in the list: XX"),
        ({"email": "nairobi"}, "not an e-mail address"),
        ({"time_zone": "Mars/Base"}, "Not a valid choice"),
        ({"kind": "bank"}, "Not a valid choice"),
    ],
)
def test_a_wrong_office_is_refused_at_its_field(
    app: Flask, admin: Visitor, changes: dict[str, Any], message: str
) -> None:
    add_office(database_of(app), "SPX-ONE", "GH")
    answer = admin.post("/admin/offices/new", {**NAIROBI, **changes})
    assert answer.status_code == 422
    assert message in words(answer.text)
    assert 'value="Nairobi"' in answer.text
    assert len(offices(database_of(app))) == 1


def test_offices_of_two_kinds_may_cover_one_country(app: Flask, admin: Visitor) -> None:
    database = database_of(app)
    itpo = add_office(database, "ITPO-ONE", "KE", "TZ", kind=OfficeKind.ITPO)
    assert admin.post("/admin/offices/new", NAIROBI).status_code == 200
    with database.reading() as session:
        assert covering_office_id(session, "KE") == 2
        assert covering_office_id(session, "TZ") == itpo
        assert covering_office_id(session, "FJ") == itpo, "the oldest takes what nobody covers"


def test_countries_are_changed_and_another_offices_are_refused(app: Flask, admin: Visitor) -> None:
    add_office(database_of(app), "SPX-ONE", "GH")
    admin.post("/admin/offices/new", NAIROBI)
    refused = admin.post(f"{PLACE}/countries", {"countries": ["KE", "GH"]})
    assert refused.status_code == 422
    assert "GH: SPX-ONE office" in words(refused.text)
    admin.post(f"{PLACE}/countries", {"countries": ["KE", "TZ"]})
    assert [entry.country for entry in offices(database_of(app))[1].countries] == ["KE", "TZ"]


def test_staff_comes_and_goes(app: Flask, admin: Visitor) -> None:
    database = database_of(app)
    admin.post("/admin/offices/new", NAIROBI)
    add_office(database, "SPX-ONE", "GH", officer="taken@example.org")
    user_id = add_person(database, "officer@example.org")
    add_person(database, "waiting@example.org", verified=False)
    for email, message in (
        ("nobody@example.org", "Nobody with this address"),
        ("waiting@example.org", "Nobody with this address"),
        ("taken@example.org", "works for SPX-ONE office"),
        ("officer@", "not an e-mail address"),
    ):
        answer = admin.post(f"{PLACE}/staff", {"email": email})
        assert answer.status_code == 422
        assert message in words(answer.text)
    officer = Visitor(app).enter("officer@example.org")
    assert officer.get("/desk/office").status_code == 404
    for _click in range(2):
        assert "Saved." in words(admin.post(f"{PLACE}/staff", {"email": "Officer@example.org"}).text)
    assert officer.get("/desk/office").request.path == f"{PLACE}/settings"
    admin.post(f"{PLACE}/staff/{user_id}/remove")
    assert officer.get(f"{PLACE}/settings").status_code == 404
    assert admin.post(f"{PLACE}/staff/{user_id}/remove").status_code == 404
    with database.reading() as session:
        assert session.get(Officer, user_id) is None


def test_no_two_fields_of_the_settings_have_one_name(admin: Visitor) -> None:
    page = admin.post("/admin/offices/new", NAIROBI).text
    found = re.findall(r'\sid="([^"]+)"', page)
    assert {"email", "officer-email"} <= set(found)
    assert sorted(set(found)) == sorted(found)
    assert re.findall(r'for="officer-email"', page)
    refused = admin.post(f"{PLACE}/staff", {"email": "officer@"}).text
    assert 'href="#officer-email"' in refused


def test_the_desk_leads_to_the_settings(app: Flask) -> None:
    add_office(database_of(app), "SPX-NBO", "KE", officer="officer@example.org")
    officer = Visitor(app).enter("officer@example.org")
    assert 'href="/desk/office"' in officer.get("/desk/pipeline").text
    settings = officer.get("/desk/office")
    assert settings.request.path == f"{PLACE}/settings"
    assert '<a href="/desk/office" aria-current="page">' in settings.text


def test_an_officer_sets_the_own_office_and_no_other(app: Flask) -> None:
    database = database_of(app)
    add_office(database, "SPX-NBO", "KE", officer="officer@example.org")
    add_office(database, "SPX-ONE", "GH")
    officer = Visitor(app).enter("officer@example.org")
    page = officer.get("/desk/office").text
    assert "Save the countries" not in page
    form = {**NAIROBI, "city": "Mombasa", "version": hidden(page, "version")}
    assert "Saved." in words(officer.post(f"{PLACE}/settings", form).text)
    assert offices(database)[0].city == "Mombasa"
    assert officer.post("/offices/SPX-ONE/settings", form).status_code in {403, 404}
    assert officer.post(f"{PLACE}/countries", {"countries": ["GH"]}).status_code == 404
    assert officer.post(f"{PLACE}/staff", {"email": "x@example.org"}).status_code == 404
    assert officer.get("/admin/offices").status_code == 404
    for missing in ("NOTHING", "%00", "a b"):
        assert officer.get(f"/offices/{missing}/settings").status_code == 404
    late = officer.post(f"{PLACE}/settings", {**form, "city": "Kisumu"})
    assert late.status_code == 409
    assert "Somebody else has changed this office" in words(late.text)
    assert "Mombasa" in late.text
    assert 'value="Kisumu"' in late.text
    again = {**form, "city": "Kisumu", "version": hidden(late.text, "version")}
    assert "Saved." in words(officer.post(f"{PLACE}/settings", again).text)


def test_an_administrator_finds_people_and_suspends_one(app: Flask, admin: Visitor) -> None:
    database = database_of(app)
    user_id = add_person(database, "efua@example.org", name="Efua Örnek")
    efua = Visitor(app).enter("efua@example.org")
    for text in ("efua@", "Efua", "örnek", "ÖRNEK"):
        assert "efua@example.org" in admin.get(f"/admin/users?q={text}").text, text
    for text in ("%25", "%00", "zzz"):
        assert "efua@example.org" in admin.get(f"/admin/users?q={text}").text or text != "%00"
    page = f"/admin/users/{user_id}"
    missing = admin.post(f"{page}/suspend", {"reason": ""})
    assert missing.status_code == 422
    assert "Suspended;" in words(admin.post(f"{page}/suspend", {"reason": "spam"}).text)
    assert efua.get("/me/account").request.path == "/login"
    assert efua.log_in("efua@example.org").status_code == 403
    with database.reading() as session:
        entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.act == "account:suspend")).one()
    assert (entry.thing_id, entry.facts) == (user_id, {"reason": "spam"})
    admin.post(f"{page}/readmit")
    assert efua.log_in("efua@example.org").status_code == 303


def test_rights_are_given_and_taken_but_not_ones_own(app: Flask, admin: Visitor) -> None:
    database = database_of(app)
    user_id = add_person(database, "second@example.org")
    second = Visitor(app).enter("second@example.org")
    assert second.get("/admin").status_code == 404
    admin.post(f"/admin/users/{user_id}/admin")
    assert second.get("/admin").status_code == 200
    assert second.post(f"/admin/users/{user_id}/admin/end").status_code == 422
    assert second.post(f"/admin/users/{user_id}/suspend", {"reason": "x"}).status_code == 422
    admin.post(f"/admin/users/{user_id}/admin/end")
    assert second.get("/admin").status_code == 404
    for missing in ("9999", "99999999999999999999"):
        assert admin.get(f"/admin/users/{missing}").status_code == 404
    assert admin.post("/admin/users/9999/admin").status_code == 404
    with database.reading() as session:
        assert [user.is_admin for user in session.scalars(sa.select(User).order_by(User.id))] == [True, False]


def test_the_record_is_shown_by_thing(app: Flask, admin: Visitor) -> None:
    admin.post("/admin/offices/new", NAIROBI)
    everything = words(admin.get("/admin/audit").text)
    assert "office:create" in everything
    assert "account:register" in everything
    assert "code: SPX-NBO" in everything
    assert "Office 1" in everything
    assert "Proposed by an office" not in everything
    offices_only = words(admin.get("/admin/audit?thing=office&id=1").text)
    assert "office:create" in offices_only
    assert "account:register" not in offices_only
    for strange in ("thing=%00", "id=999999999999", "id=x", "page=x"):
        assert admin.get(f"/admin/audit?{strange}").status_code == 200
    assert "Nothing recorded" in words(admin.get("/admin/audit?thing=office&id=2").text)


@pytest.mark.parametrize("path", ["/admin", "/admin/offices", "/admin/users", "/admin/audit", "/desk/office"])
def test_staff_pages_are_not_there_for_others(app: Flask, visitor: Visitor, path: str) -> None:
    assert visitor.get(path).request.path == "/login"
    add_person(database_of(app), "member@example.org")
    assert visitor.enter("member@example.org").get(path).status_code == 404


def test_time_limits_and_weekends_are_an_offices_own(app: Flask) -> None:
    database = database_of(app)
    add_office(database, "SPX-NBO", "KE", officer="officer@example.org")
    officer = Visitor(app).enter("officer@example.org")
    page = officer.get(f"{PLACE}/settings").text
    form = {**NAIROBI, "officer_days": "3", "side_days": "15", "weekend": ["5", "6"], "most_live": "9"}
    form["version"] = hidden(page, "version")
    assert "Saved." in words(officer.post(f"{PLACE}/settings", form).text)
    (office,) = offices(database)
    assert (office.officer_days, office.side_days, office.weekend) == (3, 15, "56")
    assert office.most_live == 9
    page = officer.get(f"{PLACE}/settings").text
    assert re.search(r'<input(?=[^>]*value="5")(?=[^>]*name="weekend")[^>]*checked', page)
    for wrong, message in (
        ({"officer_days": "0"}, "From 1 to 60."),
        ({"side_days": "61"}, "From 1 to 60."),
        ({"side_days": "soon"}, "Write a whole number in digits"),
        ({"officer_days": ""}, "Say how many."),
        ({"weekend": list("1234567")}, "Leave at least one day to work on."),
        ({"weekend": ["8"]}, "not a valid choice"),
        ({"most_live": "0"}, "From 1 to 100."),
        ({"most_live": ""}, "Say how many."),
    ):
        answer = officer.post(f"{PLACE}/settings", {**form, "version": hidden(page, "version"), **wrong})
        assert answer.status_code == 422
        assert message in words(answer.text)
    none = officer.post(f"{PLACE}/settings", {**form, "version": hidden(page, "version"), "weekend": []})
    assert "Saved." in words(none.text)
    assert offices(database)[0].weekend == ""


def test_holidays_come_and_go(app: Flask) -> None:
    database = database_of(app)
    add_office(database, "SPX-NBO", "KE", officer="officer@example.org")
    add_office(database, "SPX-ONE", "GH")
    officer = Visitor(app).enter("officer@example.org")
    day = {"day": "2026-12-12", "celebrated": "Jamhuri Day"}
    told = words(officer.post(f"{PLACE}/holidays", day).text)
    assert "12 Dec 2026 · Jamhuri Day" in told
    again = officer.post(f"{PLACE}/holidays", day)
    assert again.status_code == 422
    assert "among the holidays already" in words(again.text)
    for wrong in ({}, {"day": "never"}, {"day": "2026-12-13", "celebrated": "x" * 81}):
        assert officer.post(f"{PLACE}/holidays", wrong).status_code == 422
    with database.reading() as session:
        assert pace_of(session, 1).calendar.holidays == {date(2026, 12, 12)}
        assert pace_of(session, None) == Pace()
    assert officer.post("/offices/SPX-ONE/holidays", day).status_code in {403, 404}
    assert officer.post("/offices/SPX-ONE/holidays/2026-12-12/remove").status_code in {403, 404}
    assert officer.post(f"{PLACE}/holidays/2026-12-13/remove").status_code == 404
    assert officer.post(f"{PLACE}/holidays/never/remove").status_code == 404
    told = words(officer.post(f"{PLACE}/holidays/2026-12-12/remove").text)
    assert "Jamhuri Day" not in told
    with database.reading() as session:
        acts = session.scalars(sa.select(AuditEntry.act).where(AuditEntry.thing == "office")).all()
    assert acts[-2:] == ["office:holiday-add", "office:holiday-remove"]


@pytest.mark.parametrize("values", [{"officer_days": 0}, {"side_days": 61}, {"weekend": "1234567"}])
def test_the_database_refuses_limits_that_cannot_be(database: Database, values: dict[str, Any]) -> None:
    with pytest.raises((IntegrityError, DataError)), database.transaction() as session:
        session.add(Office(code="X", kind=OfficeKind.SPX, name="x", country="GH", created_at=NOW, **values))
