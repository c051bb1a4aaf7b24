"""Letters about messages, meetings and what became of an agreement."""

from __future__ import annotations

import re
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.db import Database
from marketplace.files import FileStore, Upload
from marketplace.introductions.models import FollowUp, FollowUpAnswer, Message
from marketplace.introductions.states import By, IntroductionState
from marketplace.listings.models import Listing
from marketplace.notifications.models import Channel, Delivery
from marketplace.notifications.views.letters import Letter
from marketplace.offices.models import Office
from marketplace.web.words import label
from tests.marketplace.introductions.test_messages import PDF
from tests.marketplace.introductions.world import World
from tests.marketplace.notifications.test_introductions import BOTH, NOTICE, hear
from tests.marketplace.notifications.told import happen, mails_of, part, parts_of, read_mail, tell
from tests.marketplace.visitor import Visitor

S = IntroductionState
UPLOAD = Upload("nyota.pdf", "application/pdf", PDF)


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


@pytest.fixture
def site_world(app: Flask) -> World:
    """Give the small world of today under an application."""
    return World(parts_of(app).database, now=clock.now())


def by_person(app: Flask, world: World, kind: str, **ids: Any) -> dict[str, tuple[Letter, EmailMessage]]:
    """Return the mails that an event brings, by who gets them."""
    people = ("maker_person", "maker_reader", "buyer_person", "first", "second")
    names = {getattr(world, person).email: person for person in people}
    found = [mail for mail in mails_of(app, kind, **ids) if mail is not None]
    return {names[re.sub(r".*<|>", "", str(mail["To"]))]: (letter, mail) for letter, mail in found}


# ------------------------------------------------------------------------------------ who hears


def test_everybody_but_the_writer_hears_of_a_message(world: World) -> None:
    key = world.reach(S.SENT)
    for number, writer in enumerate(("maker_person", "buyer_person", "first"), start=1):
        world.write(key, getattr(world, writer))
        expected = {
            "maker_person": BOTH,
            "maker_reader": NOTICE,
            "buyer_person": BOTH,
            "first": NOTICE,
            "second": NOTICE,
        }
        expected.pop(writer)
        assert hear_one(world, "IntroductionMessageWritten", key, number, "message") == expected


def hear_one(world: World, kind: str, key: int, number: int, name: str) -> dict[str, set[str]]:
    """Return who is told of one thing in an introduction; what was told before is forgotten."""
    with world.database.transaction() as session:
        session.execute(sa.text("DELETE FROM delivery"))
    return hear(world, kind, key, **{name: number})


def test_before_the_sides_are_asked_a_message_is_told_to_those_who_know(world: World) -> None:
    key = world.express()
    world.write(key, world.maker_person, to_all=False)
    reader = {"maker_reader": NOTICE, "first": NOTICE}
    assert hear_one(world, "IntroductionMessageWritten", key, 1, "message") == reader
    second = world.propose(first=world.offer, second=again(world))
    world.write(second, world.first, to_all=False)
    assert hear_one(world, "IntroductionMessageWritten", second, 2, "message") == {"second": NOTICE}
    # What is asked meanwhile was not written to the side that is asked.
    world.do("vet", key)
    world.do("send_on", key)
    told = hear_one(world, "IntroductionMessageWritten", key, 1, "message")
    assert told == {**reader, "second": NOTICE}


def again(world: World) -> int:
    """Add another request of the buyer."""
    return world.market.listing("request", world.buyer, office_id=world.second_office)


def test_what_is_gone_is_told_to_nobody(world: World) -> None:
    key = world.reach(S.AGREED)
    for kind, name in (
        ("IntroductionMessageWritten", "message"),
        ("IntroductionMeetingProposed", "meeting"),
        ("IntroductionFollowUpAsked", "follow_up"),
    ):
        assert hear_one(world, kind, key, 99, name) == {}


def test_who_is_asked_for_a_time_gets_a_mail_and_of_an_agreed_one_everybody(world: World) -> None:
    key = world.reach(S.ACCEPTED)
    world.propose_times(key, world.maker_person)
    offices = {"first": NOTICE, "second": NOTICE}
    proposed = {"buyer_person": BOTH, "maker_person": NOTICE, "maker_reader": NOTICE, **offices}
    assert hear_one(world, "IntroductionMeetingProposed", key, 1, "meeting") == proposed
    world.accept_time(key, world.buyer_person)
    # A proposal that was answered meanwhile asks nobody.
    assert hear_one(world, "IntroductionMeetingProposed", key, 1, "meeting") == {}
    everybody = dict.fromkeys(("buyer_person", "maker_person", "first", "second"), BOTH)
    agreed = {**everybody, "maker_reader": NOTICE}
    assert hear_one(world, "IntroductionMeetingAgreed", key, 1, "meeting") == agreed
    told = hear_one(world, "IntroductionMeetingNoted", key, 1, "meeting")
    assert all(ways == NOTICE for ways in told.values())


def test_a_question_goes_to_the_side_that_is_asked(world: World) -> None:
    key = world.reach(S.AGREED)
    with world.database.reading() as session:
        asked = sa.select(FollowUp.id).where(FollowUp.side == By.OTHER, FollowUp.months == 6)
        number = session.scalars(asked).one()
    assert hear_one(world, "IntroductionFollowUpAsked", key, number, "follow_up") == {"buyer_person": BOTH}


# ------------------------------------------------------------------------------------ what they say


def test_a_message_is_relayed_without_an_address(app: Flask, site_world: World) -> None:
    world = site_world
    key = world.reach(S.SENT)
    world.write(key, world.maker_person, "Which steel?\n\nAnd how many?")
    found = by_person(app, world, "IntroductionMessageWritten", introduction=key, message=1)
    assert set(found) == {"buyer_person"}
    letter, mail = found["buyer_person"]
    text = part(mail, "plain")
    assert "The other side writes about “Shafts wanted”" in text
    assert "Which steel?" in text
    assert "And how many?" in text
    assert f"/me/introductions/{world.get(key).reference}" in text
    assert mail["Reply-To"] is None
    assert letter.signed == "The Partnership Exchange"
    whole = str(mail)
    for secret in ("Nyota", world.maker_person.email, world.maker_person.name + "@"):
        assert secret not in whole


def test_a_letter_counts_the_files_and_gives_none(app: Flask, site_world: World, tmp_path: Path) -> None:
    world = site_world
    key = world.reach(S.SENT)
    world.write(key, world.maker_person, uploads=[UPLOAD], store=FileStore(tmp_path))
    _letter, mail = by_person(app, world, "IntroductionMessageWritten", introduction=key, message=1)[
        "buyer_person"
    ]
    assert "1 file goes with it" in part(mail, "plain")
    assert "nyota" not in str(mail)


def test_who_may_not_read_a_message_any_more_gets_no_mail_of_it(app: Flask, site_world: World) -> None:
    world = site_world
    key = world.reach(S.SENT)
    world.write(key, world.maker_person)
    tell(world.database, happen(world.database, "IntroductionMessageWritten", introduction=key, message=1))
    with world.database.transaction() as session:
        session.get_one(Message, 1).for_all = False
        mail = sa.select(Delivery.id).where(Delivery.channel == Channel.MAIL)
        waiting = session.scalars(mail).one()
    assert read_mail(app, waiting) is None


def test_times_are_told_on_both_clocks_and_an_agreed_one_goes_into_the_calendar(
    app: Flask, site_world: World
) -> None:
    world = site_world
    with world.database.transaction() as session:
        session.get_one(Office, world.first_office).time_zone = "Africa/Nairobi"
        session.get_one(Office, world.second_office).time_zone = "Asia/Kolkata"
    key = world.reach(S.ACCEPTED)
    world.propose_times(key, world.maker_person)
    found = by_person(app, world, "IntroductionMeetingProposed", introduction=key, meeting=1)
    letter, mail = found["buyer_person"]
    assert letter.action[0] == "Choose a time"
    assert re.search(r"\(Kolkata\);[^;]*\(Nairobi\)", part(mail, "plain").replace("\n", " "))
    world.accept_time(key, world.buyer_person)
    found = by_person(app, world, "IntroductionMeetingAgreed", introduction=key, meeting=1)
    assert set(found) == {"maker_person", "buyer_person", "first", "second"}
    # An officer who never chose a zone reads the office's clock, and whose clock each other is.
    told = " ".join(part(found["second"][1], "plain").split())
    assert re.search(r"The two sides meet: [^:]*:\d\d \(Kolkata\)", told)
    assert re.search(
        r"On the clocks of both sides: Nyota Works: [^;]*\(Nairobi\); Baobab Pumps: [^;]*\(Kolkata\)", told
    )
    told = " ".join(part(found["buyer_person"][1], "plain").split())
    assert re.search(r"On the clocks of the other side: [^;]*\(Nairobi\)", told)
    for _letter, mail in found.values():
        entry = next(one for one in mail.iter_attachments())
        assert (entry.get_content_type(), entry.get_param("method")) == ("text/calendar", "PUBLISH")
        content = entry.get_payload(decode=True)
        assert isinstance(content, bytes)
        assert content.startswith(b"BEGIN:VCALENDAR\r\n")
        assert b"mailto:" in content
        assert part(mail, "html")
    # An invitation that was overtaken is not sent.
    world.propose_times(key, world.maker_person, answering=1)
    assert by_person(app, world, "IntroductionMeetingAgreed", introduction=key, meeting=1) == {}


def test_what_is_called_off_leaves_every_calendar(app: Flask, site_world: World) -> None:
    world = site_world
    key = world.reach(S.ACCEPTED)
    world.propose_times(key, world.maker_person)
    world.accept_time(key, world.buyer_person)
    ids = {"introduction": key, "meeting": 1}
    kinds = {"IntroductionMeetingAgreed": ("PUBLISH", "1"), "IntroductionMeetingCalledOff": ("CANCEL", "2")}
    uids = set()
    for kind, (method, sequence) in kinds.items():
        found = by_person(app, world, kind, **ids)
        assert set(found) == {"maker_person", "buyer_person", "first", "second"}
        for _letter, mail in found.values():
            entry = next(one for one in mail.iter_attachments())
            assert entry.get_param("method") == method
            data = entry.get_payload(decode=True)
            assert isinstance(data, bytes)
            content = data.decode()
            assert f"METHOD:{method}\r\n" in content
            assert f"SEQUENCE:{sequence}\r\n" in content
            uids.add(re.search(r"UID:(.*)\r", content)[1])  # type: ignore[index]
        if method == "PUBLISH":
            world.call_off(key, world.buyer_person)
    assert len(uids) == 1
    told = {person: " ".join(part(mail, "plain").split()) for person, (_letter, mail) in found.items()}
    assert "The other side called off the meeting of" in told["maker_person"]
    assert "Your side called off" in told["buyer_person"]
    assert "Baobab Pumps called off" in told["first"]
    for words in told.values():
        assert "Why: Our engineer is ill." in words
    # An agreement that was called off before its mail went out is not announced.
    assert by_person(app, world, "IntroductionMeetingAgreed", **ids) == {}


def test_the_side_in_whose_place_an_office_proposes_hears_of_it(app: Flask, site_world: World) -> None:
    world = site_world
    key = world.reach(S.ACCEPTED)
    world.propose_times(key, world.first)
    found = by_person(app, world, "IntroductionMeetingProposed", introduction=key, meeting=1)
    assert set(found) == {"maker_person", "buyer_person"}
    letter, mail = found["maker_person"]
    assert letter.action[0] != "Choose a time"
    told = " ".join(part(mail, "plain").split())
    assert "Your office proposed times" in told
    assert "It did so for your side." in told
    told = " ".join(part(found["buyer_person"][1], "plain").split())
    assert "The other side’s office proposed times" in told
    assert found["buyer_person"][0].action[0] == "Choose a time"


@pytest.mark.parametrize(("held", "said"), [(True, "was held"), (False, "was not held")])
def test_the_inbox_tells_whether_a_meeting_was_held(
    app: Flask,
    site_world: World,
    held: bool,  # noqa: FBT001 (of pytest)
    said: str,
) -> None:
    world = site_world
    key = world.reach(S.ACCEPTED)
    world.propose_times(key, world.maker_person, 1)
    world.accept_time(key, world.buyer_person)
    world.now += timedelta(hours=3)
    world.note_meeting(key, world.first, held=held)
    assert mails_of(app, "IntroductionMeetingNoted", introduction=key, meeting=1) == []
    assert said in Visitor(app).enter(world.buyer_person.email).get("/inbox").text


def test_proposed_times_stand_in_the_inbox_and_are_over_when_answered(app: Flask, site_world: World) -> None:
    world = site_world
    key = world.reach(S.ACCEPTED)
    world.propose_times(key, world.maker_person)
    mails_of(app, "IntroductionMeetingProposed", introduction=key, meeting=1)
    office = Visitor(app).enter(world.first.email)
    assert "Nyota Works proposed times" in office.get("/inbox").text
    world.accept_time(key, world.buyer_person)
    assert "proposed times" not in office.get("/inbox").text


def test_a_question_leads_to_a_page_of_its_own_and_asks_who_may_answer(app: Flask, site_world: World) -> None:
    world = site_world
    world.now -= timedelta(days=400)
    key = world.reach(S.AGREED)
    world.now += timedelta(days=400)
    with world.database.reading() as session:
        asked = sa.select(FollowUp.id).where(FollowUp.side == By.PROPOSER, FollowUp.months == 12)
        number = session.scalars(asked).one()
    ids = {"introduction": key, "follow_up": number}
    # Nobody is asked before its time.
    assert by_person(app, world, "IntroductionFollowUpAsked", **ids) == {}
    world.follow_up()
    letter, mail = by_person(app, world, "IntroductionFollowUpAsked", **ids)["maker_person"]
    assert "12 months ago you agreed on a partnership" in part(mail, "plain")
    path = "/" + letter.action[1].split("/", maxsplit=3)[3]
    assert "Is the partnership still going?" in Visitor(app).get(path).text
    # Each answer has a link of its own, in both parts; it chooses, and one click confirms.
    assert [words for words, _address in letter.choices] == [label(one) for one in FollowUpAnswer]
    for words, address in letter.choices:
        assert address in part(mail, "plain")
        assert address.replace("&", "&amp;") in part(mail, "html")
        page = Visitor(app).get("/" + address.split("/", maxsplit=3)[3]).text
        assert f"Your answer: {words}" in page
        assert "Confirm this answer" in page
    with world.database.reading() as session:
        assert session.get_one(FollowUp, number).answer is None
    # Who only reads is told in the inbox that it is not theirs to answer.
    assert "Is it still going" not in Visitor(app).enter(world.maker_reader.email).get("/inbox").text


def test_an_office_that_holds_the_listing_is_a_side(app: Flask, site_world: World) -> None:
    world = site_world
    with world.database.transaction() as session:
        session.get_one(Listing, world.request).organisation_id = None
        session.get_one(User, world.second.user_id).name = "Officer B"
    key = world.express()
    world.do("vet", key)
    world.do("send_on", key)
    world.write(key, world.maker_person, "To your listing")
    found = by_person(app, world, "IntroductionMessageWritten", introduction=key, message=1)
    assert set(found) == {"second"}
    assert "To your listing" in part(found["second"][1], "plain")
