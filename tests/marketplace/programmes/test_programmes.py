"""Programmes: making them, enrolling companies, and what the board and the reports then tell."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace import clock
from marketplace.audit import AuditEntry
from marketplace.db import Database
from marketplace.errors import Forbidden, Invalid, NotFound
from marketplace.introductions.models import Introduction
from marketplace.introductions.states import IntroductionState
from marketplace.offices.models import Office
from marketplace.organisations.models import Organisation
from marketplace.policy import Actor
from marketplace.programmes.models import Enrolment, Programme
from marketplace.programmes.queries import enrolled_in, programme_of
from marketplace.programmes.services import ProgrammeValues, enrol, let_go, make_programme
from tests.marketplace.introductions.test_side_pages import Site
from tests.marketplace.introductions.world import World
from tests.marketplace.matches.market import NOW
from tests.marketplace.visitor import words

S = IntroductionState
PLACE = "/desk/programmes"
FORM = {"code": "bpp-gh", "name": "Pumps of Ghana", "starts_on": "2026-01-01", "aim": "First orders."}


@pytest.fixture
def site(app: Flask) -> Site:
    return Site(app)


def made(world: World, actor: Actor | None = None, partners: tuple[str, ...] = ()) -> str:
    values = ProgrammeValues("Pumps", "", (), (), NOW.date(), None, partners)
    with world.database.transaction() as session:
        return make_programme(session, actor or world.first, values, code="P-1", now=NOW).code


def enrolled(database: Database, code: str = "P-1") -> list[str]:
    with database.reading() as session:
        found = session.scalars(sa.select(Programme).where(Programme.code == code)).one()
        return [row.name for row in enrolled_in(session, found)]


def test_an_officer_makes_a_programme_and_enrols_its_companies(site: Site) -> None:
    browser = site.browser("first")
    assert "No programme yet" in words(browser.get(PLACE).text)
    page = words(browser.post(f"{PLACE}/new", FORM).text)
    assert "Pumps of Ghana" in page
    assert "Nobody yet." in page
    wrong = browser.post(f"{PLACE}/BPP-GH/enrol", {"named": "Nyota Works\nNobody at all"})
    assert wrong.status_code == 422
    assert "No organisation of these offices has the reference or name “Nobody at all”." in words(wrong.text)
    assert "Nyota Works" in wrong.text  # What was typed stays.
    assert enrolled(site.world.database, "BPP-GH") == []
    page = words(browser.post(f"{PLACE}/BPP-GH/enrol", {"named": "nyota works"}).text)
    assert "1 organisation is new in it." in page
    assert "Pumps of Ghana" in words(browser.get(PLACE).text)
    again = words(browser.post(f"{PLACE}/BPP-GH/enrol", {"named": "Nyota Works"}).text)
    assert "0 organisations are new in it." in again
    with site.world.database.reading() as session:
        reference = session.get_one(Organisation, site.world.maker).reference
    page = words(browser.post(f"{PLACE}/BPP-GH/leave/{reference}").text)
    assert "Nyota Works takes part no more." in page
    assert browser.post(f"{PLACE}/BPP-GH/leave/{reference}").status_code == 404


def test_the_board_and_the_report_tell_of_a_programme_alone(site: Site) -> None:
    site.world.reach(S.AGREED)
    browser = site.browser("first")
    browser.post(f"{PLACE}/new", FORM)
    none = words(browser.get("/desk/pipeline?programme=BPP-GH&show=network").text)
    assert "Shafts wanted" not in none
    with site.world.database.transaction() as session:
        key = session.scalars(sa.select(Programme.id)).one()
        proposed = session.scalars(sa.select(Introduction.proposed_at)).one()
        session.add(
            Enrolment(
                programme_id=key,
                organisation_id=site.world.maker,
                since=proposed,
                left_at=proposed + timedelta(seconds=1),
            )
        )
    # It has left since, and what was proposed while it took part stays.
    assert "Shafts wanted" in words(browser.get("/desk/pipeline?programme=BPP-GH&show=network").text)
    report = browser.get("/desk/reports?of=programme:BPP-GH").text
    assert "Pumps of Ghana" in words(report)
    assert "/desk/reports/agreements?of=programme:BPP-GH" in report.replace("%3A", ":")
    assert "Shafts wanted" in words(browser.get("/desk/reports/agreements?of=programme:BPP-GH").text)
    assert browser.get("/desk/reports?of=programme:NONE").status_code == 404
    assert browser.get("/desk/report.csv?of=programme:BPP-GH").status_code == 200


def test_two_people_change_a_programme(site: Site) -> None:
    browser = site.browser("first")
    browser.post(f"{PLACE}/new", FORM)
    change = {**FORM, "name": "Pumps and valves", "version": "1"}
    assert "Pumps and valves" in words(browser.post(f"{PLACE}/BPP-GH/edit", change).text)
    late = browser.post(f"{PLACE}/BPP-GH/edit", {**change, "name": "Valves alone"})
    assert late.status_code == 409
    assert "Somebody else has changed this programme" in words(late.text)
    assert "Valves alone" in late.text
    wrong = browser.post(f"{PLACE}/BPP-GH/edit", {**change, "version": "2", "ends_on": "2025-01-01"})
    assert wrong.status_code == 422
    assert "It cannot end before it begins." in words(wrong.text)


def test_what_is_typed_wrong_is_said(site: Site) -> None:
    browser = site.browser("first")
    assert browser.post(f"{PLACE}/new", FORM).status_code == 200
    for change, told in (
        ({}, "There is a programme with this code already."),
        ({"code": "no code!"}, "Capital letters, digits and hyphens"),
        ({"code": "B-2", "starts_on": ""}, "Say on which day it begins."),
        ({"code": "B-2", "name": ""}, "Give the programme a name."),
        ({"code": "B-2", "partners": "NOWHERE"}, "Not a valid choice"),
    ):
        answer = browser.post(f"{PLACE}/new", {**FORM, **change})
        assert answer.status_code == 422, change
        assert told.lower() in words(answer.text).lower() or "NOWHERE" in answer.text, change
    many = "\n".join(f"ORG-{n}" for n in range(201))
    assert "At most 200 at once." in words(browser.post(f"{PLACE}/BPP-GH/enrol", {"named": many}).text)


def test_who_may(site: Site) -> None:
    site.browser("first").post(f"{PLACE}/new", FORM)
    assert site.browser("second").get(f"{PLACE}/BPP-GH").status_code == 200
    for name, status in (("second", 403), ("maker_person", 404), ("stranger", 404)):
        browser = site.browser(name)
        assert browser.post(f"{PLACE}/BPP-GH/enrol", {"named": "Nyota Works"}).status_code in {403, status}
        assert browser.get(f"{PLACE}/BPP-GH/edit").status_code in {403, status}
        assert browser.post(f"{PLACE}/BPP-GH/edit", FORM).status_code in {403, status}
    assert site.browser("first").get(f"{PLACE}/NONE").status_code == 404
    assert enrolled(site.world.database, "BPP-GH") == []


def test_each_office_enrols_its_own(database: Database) -> None:
    world = World(database)
    with database.transaction() as session:
        code = session.get_one(Office, world.second_office).code
    made(world, partners=(code,))
    with database.transaction() as session:
        found = programme_of(session, world.second, "P-1", "programme:enrol")
        assert found.office_ids == {world.first_office, world.second_office}
        assert enrol(session, world.second, found, ["Baobab Pumps", "BAOBAB PUMPS"], NOW) == 1
    with database.transaction() as session:
        found = programme_of(session, world.first, "P-1", "programme:enrol")
        stranger = session.scalars(sa.select(Organisation).where(Organisation.name == "Stranger")).one()
        with pytest.raises(Invalid, match="takes no part"):
            enrol(session, world.first, found, [stranger.reference or ""], NOW)
        with pytest.raises(Forbidden):
            enrol(session, world.unrelated, found, ["Baobab Pumps"], NOW)
    assert enrolled(database) == ["Baobab Pumps"]
    with database.reading() as session:
        acts = session.scalars(sa.select(AuditEntry.act).where(AuditEntry.thing_id == world.buyer)).all()
    assert "programme:enrol" in acts


def test_a_name_of_two_companies_asks_for_the_reference(database: Database) -> None:
    world = World(database)
    made(world)
    with world.market.together():
        world.market.organisation("KE", name="Nyota Works Ltd", office_id=world.first_office)
    with database.transaction() as session:
        session.execute(
            sa.update(Organisation)
            .where(Organisation.name == "Nyota Works Ltd")
            .values(name_key="nyota works")
        )
        session.execute(
            sa.update(Organisation).where(Organisation.name == "Nyota Works").values(name_key="nyota works")
        )
    with database.transaction() as session:
        found = programme_of(session, world.first, "P-1", "programme:enrol")
        with pytest.raises(Invalid, match="write the reference"):
            enrol(session, world.first, found, ["Nyota Works"], NOW)
        reference = session.get_one(Organisation, world.maker).reference or ""
        assert enrol(session, world.first, found, [reference.lower()], NOW) == 1


def test_nobody_is_enrolled_twice_even_by_raw_sql(database: Database) -> None:
    world = World(database)
    made(world)
    with database.transaction() as session:
        key = session.scalars(sa.select(Programme.id)).one()
        session.add(Enrolment(programme_id=key, organisation_id=world.maker, since=NOW))
    with pytest.raises(sa.exc.IntegrityError), database.transaction() as session:
        session.add(Enrolment(programme_id=key, organisation_id=world.maker, since=NOW))
    with database.transaction() as session:
        found = programme_of(session, world.first, "P-1", "programme:enrol")
        reference = session.get_one(Organisation, world.maker).reference or ""
        let_go(session, world.first, found, reference, NOW + timedelta(days=1))
        with pytest.raises(NotFound):
            let_go(session, world.first, found, reference, NOW + timedelta(days=2))
        assert enrol(session, world.first, found, [reference], clock.now()) == 1
