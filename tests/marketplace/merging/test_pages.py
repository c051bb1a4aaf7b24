from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.merging.models import Distinct, Merge
from marketplace.organisations.models import Membership
from tests.marketplace.introductions.world import World
from tests.marketplace.merging.twins import Twins
from tests.marketplace.visitor import Visitor, database_of, hidden, words


class Desk:
    """The twins under an application, and browsers of the people."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        database = database_of(app)
        self.twins = Twins(database, World(database, now=clock.now()))
        kept, twin = (self.twins.reference(key) for key in (self.twins.kept, self.twins.twin))
        self.kept, self.twin = kept, twin
        self.place = f"/desk/databank/merge/{kept}/{twin}"

    def browser(self, person: str = "first") -> Visitor:
        """Give a browser of somebody of the world."""
        actor = getattr(self.twins.world, person, None) or getattr(self.twins, person)
        with database_of(self.app).reading() as session:
            email = session.get_one(User, actor.user_id).email
        return Visitor(self.app).enter(email)

    def merge(self, browser: Visitor, **chosen: str) -> str:
        """Merge by the form, and return the page that follows."""
        page = browser.get(self.place).text
        seen = {name: hidden(page, name) for name in ("kept_version", "merged_version")}
        return browser.post(self.place, {**seen, **chosen}).text


@pytest.fixture
def desk(app: Flask) -> Desk:
    return Desk(app)


def test_an_officer_finds_compares_merges_and_undoes(desk: Desk) -> None:
    browser = desk.browser()
    listed = browser.get("/desk/databank/duplicates").text
    assert "1 pair looks alike" in words(listed)
    assert "the same legal identifier" in words(listed)
    page = browser.get(desk.place).text
    assert "Legal identifiers" in page
    assert re.search(r'name="field-city" value="merged" checked', page)
    assert "Ama belongs to both and will be: Editor." in words(page)
    done = words(desk.merge(browser, **{"field-name": "merged", "field-city": "merged"}))
    assert "is merged into" in done
    assert desk.twins.get(desk.twins.kept).name == "Nyota Works Limited"
    assert "No two records look alike" in words(browser.get("/desk/databank/duplicates").text)
    assert "can be undone until" in words(browser.get("/desk/databank/merges").text)
    with desk.twins.database.reading() as session:
        number = session.scalars(sa.select(Merge.id)).one()
    place = f"/desk/databank/merges/{number}"
    undoing = browser.get(place).text
    assert "Listings that go back to" in words(undoing)
    answer = browser.post(place, {"version": hidden(undoing, "version")})
    assert "are two again" in words(answer.text)
    assert desk.twins.get(desk.twins.twin).merged_into_id is None


def test_the_page_of_the_duplicate_leads_to_the_kept_one(desk: Desk) -> None:
    desk.merge(desk.browser())
    for visitor in (Visitor(desk.app), desk.browser(), desk.browser("twin_person")):
        answer = visitor.get(f"/organisations/{desk.twin}", follow_redirects=False)
        assert (answer.status_code, answer.location) == (301, f"/organisations/{desk.kept}")
    desk.twins.world.suspend(desk.twins.kept)
    assert Visitor(desk.app).get(f"/organisations/{desk.twin}").status_code == 404


def test_who_comes_too_late_is_told_what_happened(desk: Desk) -> None:
    browser, late = desk.browser(), desk.browser()
    page = late.get(desk.place).text
    seen = {name: hidden(page, name) for name in ("kept_version", "merged_version")}
    desk.merge(browser)
    answer = late.post(desk.place, seen)
    assert answer.status_code == 409
    assert words(answer.text).count(" into Nyota Works") == 1
    assert "has been merged into" in words(answer.text)
    assert "already, by Ama" in words(answer.text)
    # A stub is out of use by the merge: nothing is to be readmitted, and nothing to be merged again.
    for page in (answer.text, late.get(desk.place).text):
        assert "suspended" not in words(page)
        assert "Merge them" not in page
    assert "is merged into Nyota Works" in words(late.get(desk.place).text)
    assert late.post(desk.place, {"kept_version": "?", "merged_version": "9" * 30}).status_code == 409


def test_what_is_dangerous_has_no_button_and_is_refused(desk: Desk) -> None:
    desk.twins.world.suspend(desk.twins.twin)
    browser = desk.browser()
    page = browser.get(desk.place).text
    assert "is suspended. Readmit it first" in words(page)
    assert "Merge them" not in page
    seen = {name: hidden(page, name) for name in ("kept_version", "merged_version")}
    assert browser.post(desk.place, seen).status_code == 422


def test_mail_is_promised_only_where_somebody_reads_it(desk: Desk) -> None:
    browser, twins = desk.browser(), desk.twins
    both = "are told by mail; those of Nyota Works find it in their inbox."
    assert both in words(browser.get(desk.place).text)

    def leave(organisation_id: int) -> None:
        with twins.database.transaction() as session:
            session.execute(sa.delete(Membership).where(Membership.organisation_id == organisation_id))

    leave(twins.twin)
    page = words(browser.get(desk.place).text)
    assert "by mail" not in page
    assert "The members of Nyota Works find it in their inbox." in page
    leave(twins.kept)
    assert "Nobody is told" in words(browser.get(desk.place).text)
    done = words(desk.merge(browser))
    assert "is merged into" in done
    assert "by mail" not in done


def test_others_find_nothing(desk: Desk) -> None:
    for person in ("second", "unrelated", "maker_person", "stranger"):
        browser = desk.browser(person)
        assert browser.get(desk.place).status_code == 404, person
        assert browser.post(desk.place, {}).status_code == 404, person
        for act in ("apart", "alike"):
            data = {"first": desk.kept, "second": desk.twin}
            assert browser.post(f"/desk/databank/duplicates/{act}", data).status_code == 404, person
    for reference in ("ORG-2026-99999", "x", desk.kept.lower()):
        place = f"/desk/databank/merge/{reference}/ORG-2026-88888"
        assert desk.browser().get(place).status_code == 404
    assert desk.browser().get("/desk/databank/merges/99").status_code == 404


def test_two_are_told_apart_and_that_is_taken_back(desk: Desk) -> None:
    browser, data = desk.browser(), {"first": desk.kept, "second": desk.twin}
    told = words(browser.post("/desk/databank/duplicates/apart", data).text)
    assert "They are not proposed again" in told
    assert "Found not to be the same" in told
    assert "Take this back" in told
    back = words(browser.post("/desk/databank/duplicates/alike", data).text)
    assert "1 pair looks alike" in back
    with desk.twins.database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Distinct)) == 0


def test_a_member_reads_of_it_in_the_inbox_and_on_the_dashboard(desk: Desk) -> None:
    desk.merge(desk.browser())
    page = desk.browser("twin_person").get("/me").text
    assert "Nyota Works" in page
    assert desk.browser("twin_person").get(f"/me/organisation/{desk.twin}").status_code == 404


def test_the_audit_of_the_kept_one_holds_that_of_the_duplicate(desk: Desk) -> None:
    twins = desk.twins
    admin = desk.browser("admin")
    desk.merge(desk.browser())
    page = words(admin.get(f"/admin/audit?thing=organisation&id={twins.kept}").text)
    assert page.count("organisation:merge") >= 2
