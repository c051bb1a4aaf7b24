"""What a side sees of its introductions, and what it does there."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace import clock
from marketplace.audit import AuditEntry
from marketplace.files import FileStore, Upload, keep_file
from marketplace.introductions.states import IntroductionState
from marketplace.listings.models import Attachment, Listing
from tests.marketplace.introductions.world import World
from tests.marketplace.matches.market import OFFICES
from tests.marketplace.notifications.told import parts_of
from tests.marketplace.visitor import Visitor, database_of, hidden, words

S = IntroductionState


class Site:
    """The small world of today under an application."""

    def __init__(self, app: Flask, *, one_office: bool = False) -> None:
        self.app = app
        self.world = World(database_of(app), one_office=one_office, now=clock.now())

    def browser(self, name: str) -> Visitor:
        """Return a browser in which a person is logged in."""
        return Visitor(self.app).enter(getattr(self.world, name).email)

    def place(self, key: int) -> str:
        """Return where the sides see an introduction."""
        return f"/me/introductions/{self.world.get(key).reference}"


@pytest.fixture
def site(app: Flask) -> Site:
    return Site(app)


def test_empty_lists_teach(site: Site) -> None:
    browser = site.browser("maker_person")
    assert "choose “Express interest”" in words(browser.get("/me/introductions").text)
    assert "Nothing is over yet" in words(browser.get("/me/introductions?show=ended").text)


def test_each_side_sees_its_own_and_whose_turn_it_is(site: Site) -> None:
    key = site.world.express(sought="Mail me@example.com")
    maker, buyer = site.browser("maker_person"), site.browser("buyer_person")
    told = words(maker.get("/me/introductions").text)
    assert "Your office is to look at it." in told
    assert "Shafts wanted" in told
    assert "Answer due" in told
    assert "No introduction is under way" in words(buyer.get("/me/introductions").text)
    assert buyer.get(site.place(key)).status_code == 404
    site.world.reach(S.SENT, key)
    told = words(buyer.get("/me/introductions").text)
    assert "Your turn" in told
    assert "Kenya" in told
    page = buyer.get(site.place(key)).text
    told = words(page)
    assert "You are asked: would you like to meet?" in told
    assert "10 to 49 people" in told
    for secret in ("Nyota", "me@example.com", "hidden@", "OFR-2026-00001", "SPX Accra"):
        assert secret not in page
    assert "The other side expressed interest." in told
    assert "The other side’s office looked at it and passed it on." in told
    assert "Your office looked at it, and asked for an answer." in told
    assert "The other side is asked" in words(maker.get(site.place(key)).text)


def test_within_one_office_it_is_your_office_to_both(app: Flask) -> None:
    site = Site(app, one_office=True)
    key = site.world.express()
    site.world.do("vet", key)
    told = words(site.browser("buyer_person").get(site.place(key)).text)
    assert "Your office looked at it and passed it on." in told


def test_who_only_reads_has_no_buttons(site: Site) -> None:
    key = site.world.reach(S.SENT)
    page = site.browser("maker_reader").get(site.place(key)).text
    assert "Take it back" not in words(page)
    reason = {"reason": "partner_found"}
    assert site.browser("maker_reader").post(f"{site.place(key)}/withdraw", reason).status_code == 403


def test_yes_opens_the_contacts_of_both_and_who_reads_is_noted(site: Site) -> None:
    key = site.world.reach(S.SENT)
    buyer = site.browser("buyer_person")
    page = buyer.get(site.place(key)).text
    assert "the contact person, e-mail, telephone and website" in words(page)
    answer = buyer.post(f"{site.place(key)}/accept")
    assert answer.status_code == 200
    told = words(answer.text)
    assert "Both sides have said yes." in told
    for word in ("Nyota Works", "hidden@example.org", "Baobab Pumps"):
        assert word in told
    buyer.get(site.place(key))
    told = words(site.browser("maker_reader").get(site.place(key)).text)
    assert "Baobab Pumps" in told
    with site.world.database.reading() as session:
        readers = session.scalars(
            sa.select(AuditEntry.actor_id).where(AuditEntry.act == "introduction:contacts")
        ).all()
    assert readers == [site.world.buyer_person.user_id, site.world.maker_reader.user_id]


def test_the_first_yes_of_two_is_noted_and_hidden_from_the_other(app: Flask) -> None:
    site = Site(app, one_office=True)
    key = site.world.propose(presented="They fit.")
    maker, buyer = site.browser("maker_person"), site.browser("buyer_person")
    told = words(buyer.get("/me/introductions").text)
    assert "Proposed by an office" in told
    assert "They fit." in words(maker.get(site.place(key)).text)
    answer = maker.post(f"{site.place(key)}/accept")
    assert "Your yes is noted." in words(answer.text)
    assert "Your side said yes." in words(answer.text)
    assert "Take our yes back" in words(answer.text)
    assert "said yes" not in words(buyer.get(site.place(key)).text).replace("have said yes", "")
    assert "Both sides have said yes." in words(buyer.post(f"{site.place(key)}/accept").text)


def test_no_needs_a_reason_and_keeps_what_was_typed(site: Site) -> None:
    key = site.world.reach(S.SENT)
    buyer = site.browser("buyer_person")
    version = hidden(buyer.get(site.place(key)).text, "version")
    for data in (
        {"version": version, "words": "We have one."},
        {"version": version, "reason": "nonsense", "words": "We have one."},
        {"version": version, "reason": "partner_found", "words": "We have one."},
    ):
        answer = buyer.post(f"{site.place(key)}/decline", data)
        assert answer.status_code == 422
        assert "Choose the reason that comes closest." in words(answer.text)
        assert "We have one." in answer.text
    long = {"version": version, "reason": "price", "words": "x" * 1001}
    assert buyer.post(f"{site.place(key)}/decline", long).status_code == 422
    good = {"version": version, "reason": "distance", "words": "Ask my boss."}
    answer = buyer.post(f"{site.place(key)}/decline", good)
    assert "You have declined." in words(answer.text)
    page = site.browser("maker_person").get(site.place(key)).text
    assert "The other side declined." in words(page)
    assert "The distance" in words(page)
    assert "Ask my boss" not in page


def test_taking_it_back(site: Site) -> None:
    key = site.world.express()
    maker = site.browser("maker_person")
    page = maker.get(site.place(key)).text
    assert "the other side does not know of it yet" in words(page)
    data = {"version": hidden(page, "version"), "reason": "other"}
    answer = maker.post(f"{site.place(key)}/withdraw", data)
    assert answer.status_code == 422
    assert "Say in a few words" in words(answer.text)
    long = maker.post(f"{site.place(key)}/withdraw", {**data, "words": "x" * 1001})
    assert long.status_code == 422
    assert "1 character too long" in words(long.text)
    data |= {"words": "We are moving."}
    assert "It is taken back." in words(maker.post(f"{site.place(key)}/withdraw", data).text)
    answer = maker.post(f"{site.place(key)}/withdraw", data)
    assert answer.status_code == 409
    told = words(answer.text)
    assert "Your side took it back." in told
    assert "See how it stands now" in told
    assert "Shafts wanted" in words(maker.get("/me/introductions?show=ended").text)


@pytest.mark.parametrize("act", ["accept", "decline", "progress/negotiate"])
def test_too_late_is_a_page_that_says_what_has_happened(site: Site, act: str) -> None:
    key = site.world.reach(S.SENT)
    buyer = site.browser("buyer_person")
    version = hidden(buyer.get(site.place(key)).text, "version")
    site.world.do("withdraw", key)
    answer = buyer.post(f"{site.place(key)}/{act}", {"version": version, "reason": "price"})
    assert answer.status_code == 409
    assert "The other side took it back." in words(answer.text)
    assert "Nyota" not in answer.text


def test_what_has_come_of_it(site: Site) -> None:
    key = site.world.reach(S.ACCEPTED)
    maker = site.browser("maker_person")

    def step(name: str, **data: str) -> str:
        page = maker.get(site.place(key)).text
        values = {"version": hidden(page, "version"), **data}
        return words(maker.post(f"{site.place(key)}/progress/{name}", values).text)

    assert "noted that the two sides have met" in step("hold_meeting")
    assert "The two sides negotiate." in step("negotiate")
    assert "Choose the reason" in step("fail")
    assert "noted that nothing came of it" in step("fail", reason="terms")
    assert maker.post(f"{site.place(key)}/progress/vet").status_code == 404
    assert maker.post(f"{site.place(key)}/progress/fail", {"words": "x" * 1001}).status_code == 422


def test_anothers_and_one_that_is_not_there_look_the_same(site: Site) -> None:
    key = site.world.reach(S.SENT)
    stranger = site.browser("stranger")
    there, nowhere = stranger.get(site.place(key)), stranger.get("/me/introductions/INT-2026-99999")
    assert (there.status_code, nowhere.status_code) == (404, 404)
    # Tokens change with the second; tests/marketplace/access compares byte for byte without them.
    assert words(there.text) == words(nowhere.text)
    for act in ("accept", "decline", "withdraw", "progress/agree"):
        data = {"reason": "price"}
        assert stranger.post(f"{site.place(key)}/{act}", data).status_code == 404
        assert stranger.post(f"/me/introductions/INT-2026-99999/{act}", data).status_code == 404


def test_an_officer_is_no_side(site: Site) -> None:
    key = site.world.reach(S.SENT)
    assert site.browser("first").get(site.place(key)).status_code == 404


def test_a_listing_that_is_out_of_sight_leaves_the_introduction(site: Site) -> None:
    key = site.world.express()
    site.world.market.change(site.world.request, dissemination=OFFICES)
    maker = site.browser("maker_person")
    assert "A listing that is gone" in words(maker.get("/me/introductions").text)
    assert maker.get(site.place(key)).status_code == 200


def test_a_held_listing_has_a_face_too(site: Site) -> None:
    site.world.request = site.world.market.listing(
        "request", None, office_id=site.world.second_office, title="Held by the office"
    )
    key = site.world.express()
    page = words(site.browser("maker_person").get(site.place(key)).text)
    assert "Ghana" in page
    site.world.do("vet", key)
    site.world.do("send_on", key)
    site.world.do("accept", key, site.world.second)
    assert "SPX Accra" in words(site.browser("maker_person").get(site.place(key)).text)


def test_long_lists_have_pages(site: Site) -> None:
    for number in range(21):
        site.world.request = site.world.market.listing("request", site.world.buyer, title=f"Need {number}")
        site.world.express(own=None)
    browser = site.browser("maker_person")
    assert "Page 1 of 2" in words(browser.get("/me/introductions").text)
    assert "21–21 of 21" in words(browser.get("/me/introductions?page=2").text)


def test_time_is_told_as_the_last_day_that_counts(site: Site) -> None:
    key = site.world.reach(S.SENT)
    due = site.world.get(key).due_at
    assert due is not None
    page = site.browser("buyer_person").get(site.place(key)).text
    assert f'datetime="{(due - timedelta(seconds=1)).date().isoformat()}"' in page


def test_files_of_the_other_side_are_opened_with_the_contacts(site: Site) -> None:
    world = site.world
    store = FileStore(parts_of(site.app).settings.var / "files")
    with world.database.transaction() as session:
        for listing, name in ((world.request, "drawing.txt"), (world.offer, "works.txt")):
            upload = Upload(name, "text/plain", f"of {name}".encode())
            file = keep_file(session, store, upload, organisation_id=None, user_id=None, now=world.now)
            session.get_one(Listing, listing).attachments = [Attachment(position=0, file_id=file.id)]
    key = world.reach(S.SENT)
    maker, buyer = site.browser("maker_person"), site.browser("buyer_person")
    place = f"{site.place(key)}/files/0"
    for browser in (maker, buyer):
        assert browser.get(place).status_code == 403
        assert ".txt" not in browser.get(site.place(key)).text.replace("robots.txt", "")
    world.do("accept", key)
    assert "drawing.txt" in maker.get(site.place(key)).text
    answer = maker.get(place)
    assert answer.text == "of drawing.txt"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert buyer.get(place).text == "of works.txt"
    assert maker.get(f"{site.place(key)}/files/1").status_code == 404
    for name in ("first", "stranger"):
        assert site.browser(name).get(place).status_code == 404
    for path in (parts_of(site.app).settings.var / "files").rglob("*"):
        if path.is_file():
            path.unlink()
    assert maker.get(place).status_code == 404


def test_without_a_listing_of_ones_own_there_is_no_file(site: Site) -> None:
    key = site.world.reach(S.ACCEPTED, site.world.express(own=None))
    buyer = site.browser("buyer_person")
    assert "Files of the other side" not in words(buyer.get(site.place(key)).text)
    assert buyer.get(f"{site.place(key)}/files/0").status_code == 404


def test_a_side_reads_who_has_read_its_contacts(site: Site) -> None:
    key = site.world.reach(S.ACCEPTED)
    maker, buyer = site.browser("maker_person"), site.browser("buyer_person")
    assert "read the contacts" not in words(maker.get(site.place(key)).text)
    buyer.get(site.place(key))
    site.browser("second").get(f"/desk/introductions/{site.world.get(key).reference}")
    page = maker.get(site.place(key)).text
    told = words(page)
    for who in ("Your side", "The other side", "The other side’s office"):
        assert f"{who} read the contacts." in told
    # People are not named; the record of the organisation leads here, and from here one gets there.
    assert "Ama read" not in told
    record = re.search(r'href="(/me/organisation/[^"]+/history)"', page)
    assert record is not None
    assert f'href="{site.place(key)}"' in maker.get(record[1]).text
    # A reading is no step: who comes too late is told of the last one.
    late = maker.post(f"{site.place(key)}/withdraw", {"reason": "by_mistake", "version": "1"})
    assert late.status_code == 409
    assert "said yes; both sides see each other’s contacts." in words(late.text)
