"""The page on which both sides and their offices meet, agree, and tell how they fare."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.introductions.models import FollowUp, Introduction
from marketplace.introductions.queries.outcomes import agreement_of, follow_ups_of
from marketplace.introductions.states import By, IntroductionState
from marketplace.introductions.views.follow_up import follow_up_token
from marketplace.offices.models import Office
from tests.marketplace.introductions.test_message_pages import desk, room
from tests.marketplace.introductions.test_messages import PDF
from tests.marketplace.introductions.test_side_pages import Site
from tests.marketplace.introductions.world import World
from tests.marketplace.notifications.told import parts_of
from tests.marketplace.visitor import Visitor, hidden, words

S = IntroductionState


@pytest.fixture
def site(app: Flask) -> Site:
    return Site(app)


# ------------------------------------------------------------------------------------ meetings


def local(moment: datetime, zone: str = "UTC") -> str:
    """Return a moment as a browser sends it."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


def times(**given: Any) -> dict[str, Any]:
    """Return filled-in times of a meeting."""
    tomorrow = (clock.now() + timedelta(days=1)).replace(minute=30)
    return {
        "answering": "0",
        "zone": "UTC",
        "time_1": local(tomorrow),
        "time_2": local(tomorrow + timedelta(days=1)),
        "minutes": "60",
        "place": "By video",
        **given,
    }


def test_times_are_proposed_chosen_and_put_into_the_calendar(site: Site) -> None:
    world = site.world
    with world.database.transaction() as session:
        session.get_one(User, world.maker_person.user_id).time_zone = "Africa/Nairobi"
        session.get_one(Office, world.second_office).time_zone = "Europe/Berlin"
    key = world.reach(S.ACCEPTED)
    maker, buyer = site.browser("maker_person"), site.browser("buyer_person")
    page = maker.get(site.place(key)).text
    assert "In your time zone: Nairobi" in words(page)
    assert hidden(page, "zone") == "Africa/Nairobi"
    moment = (clock.now() + timedelta(days=3)).replace(hour=9, minute=15, second=0, microsecond=0)
    answer = maker.post(
        f"{room(site, key)}/meetings",
        times(zone="Africa/Nairobi", time_1=local(moment, "Africa/Nairobi"), time_2=""),
    )
    told = words(answer.text)
    assert "Proposed. The other side is asked by mail." in told
    assert "12:15 (Nairobi)" in told
    assert "(Berlin)" in told
    page = buyer.get(site.place(key)).text
    assert "Which time suits you?" in page
    # The buyer has chosen no zone, and lives where its office does.
    assert re.search(r"1[01]:15 \(Berlin\).*12:15 \(Nairobi\)", words(page))
    accept = f"{room(site, key)}/meetings/1/accept"
    answer = buyer.post(accept, {})
    assert answer.status_code == 422
    assert "Choose one of the times." in words(answer.text)
    assert maker.post(accept, {"time": "0"}).status_code == 403
    assert "It is agreed." in words(buyer.post(accept, {"time": "0"}).text)
    file = maker.get(f"{room(site, key)}/meetings/1.ics")
    assert file.mimetype == "text/calendar"
    assert f"DTSTART:{moment.strftime('%Y%m%dT%H%M%SZ')}\r\n" in file.text
    assert "SUMMARY:Nyota Works and Baobab Pumps\r\n" in file.text
    assert "example.org" not in re.sub(r"(?m)^(ORGANIZER|URL|UID|DESCRIPTION).*\r\n( .*\r\n)*", "", file.text)
    assert "/desk/" in site.browser("first").get(f"{room(site, key)}/meetings/1.ics").text.replace(
        "\r\n ", ""
    )
    answer = maker.post(f"{room(site, key)}/meetings", times(answering="1"))
    assert "Earlier proposals" in words(answer.text)
    assert maker.get(f"{room(site, key)}/meetings/2.ics").status_code == 404
    assert maker.get(f"{room(site, key)}/meetings/9.ics").status_code == 404


def test_an_agreed_meeting_is_called_off_with_a_reason(site: Site) -> None:
    world = site.world
    key = world.reach(S.ACCEPTED)
    maker, buyer = site.browser("maker_person"), site.browser("buyer_person")
    world.propose_times(key, world.maker_person)
    assert "Call it off" not in maker.get(site.place(key)).text
    world.accept_time(key, world.buyer_person)
    assert "Call it off" in maker.get(site.place(key)).text
    assert "Call it off" not in site.browser("first").get(desk(site, key)).text
    place = f"{room(site, key)}/meetings/1/call-off"
    answer = buyer.post(place, {"reason": " "})
    assert answer.status_code == 422
    assert "Say in a few words why" in words(answer.text)
    assert buyer.post(place, {"reason": "x" * 301}).status_code == 422
    answer = buyer.post(place, {"reason": "Our engineer is ill."})
    assert "It is called off." in words(answer.text)
    assert "Your side called it off: Our engineer is ill." in words(answer.text)
    for browser, where in ((maker, site.place(key)), (site.browser("first"), desk(site, key))):
        told = words(browser.get(where).text)
        assert "called it off: Our engineer is ill." in told
        assert "Propose up to five times" in told
        assert "Call it off" not in told
    file = maker.get(f"{room(site, key)}/meetings/1.ics")
    assert "METHOD:CANCEL" in file.text
    assert "method=CANCEL" in file.headers["Content-Type"]
    # Twice is once; and of another that is agreed and begun, it is noted whether it was held.
    assert "It is called off." in words(maker.post(place, {"reason": "Again."}).text)
    world.now = clock.now() - timedelta(days=1)
    world.propose_times(key, world.maker_person, 1)
    world.accept_time(key, world.buyer_person, number=2)
    late = maker.post(f"{room(site, key)}/meetings/2/call-off", {"reason": "We forgot."})
    assert late.status_code == 409
    assert "We forgot." in late.text
    assert "Call it off" not in maker.get(site.place(key)).text


def test_an_officer_proposes_times_for_the_own_side(site: Site) -> None:
    key = site.world.reach(S.ACCEPTED)
    first = site.browser("first")
    page = words(first.get(desk(site, key)).text)
    assert "You propose in the place of Nyota Works" in page
    assert "In the place of" not in words(site.browser("maker_person").get(site.place(key)).text)
    answer = first.post(f"{room(site, key)}/meetings", times())
    assert "SPX Accra proposed these times" in words(answer.text)
    assert "Your office proposed these times" in words(site.browser("maker_person").get(site.place(key)).text)
    assert "Which time suits you?" in words(site.browser("buyer_person").get(site.place(key)).text)


def test_what_was_typed_is_kept_when_others_were_proposed_meanwhile(site: Site) -> None:
    key = site.world.reach(S.ACCEPTED)
    site.browser("maker_person").post(f"{room(site, key)}/meetings", times())
    mine = times(place="In our works")
    answer = site.browser("buyer_person").post(f"{room(site, key)}/meetings", mine)
    assert answer.status_code == 409
    assert "Meanwhile somebody has proposed" in words(answer.text)
    assert 'value="In our works"' in answer.text
    assert mine["time_1"] in answer.text
    assert hidden(answer.text, "answering") == "1"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"time_1": "", "time_2": ""}, "Propose one to 5 times."),
        ({"time_1": "2020-01-01T10:00"}, "Propose times to come."),
        ({"time_1": "next week"}, "like 2027-03-15 14:30"),
        ({"zone": "Europe/Berlin", "time_3": "2027-03-28T02:30"}, "this hour does not exist"),
        ({"zone": "Nowhere/At_all", "time_1": "2020-01-01T10:00"}, "Propose times to come."),
        ({"minutes": "7000"}, "Choose how long it takes."),
        ({"minutes": "long"}, "Choose how long it takes."),
        ({"place": ""}, "Say where you meet"),
    ],
)
def test_times_that_cannot_be_meant_are_explained(site: Site, given: dict[str, str], said: str) -> None:
    key = site.world.reach(S.ACCEPTED)
    answer = site.browser("maker_person").post(f"{room(site, key)}/meetings", times(**given))
    assert answer.status_code == 422
    assert said in words(answer.text)


def test_times_that_have_passed_cannot_be_chosen(site: Site) -> None:
    world = site.world
    world.now = clock.now() - timedelta(days=3)
    key = world.reach(S.ACCEPTED)
    world.propose_times(key, world.maker_person)
    page = site.browser("buyer_person").get(site.place(key)).text
    assert page.count("has passed") == 2
    answer = site.browser("buyer_person").post(f"{room(site, key)}/meetings/1/accept", {"time": "0"})
    assert "This time has passed" in words(answer.text)


def test_who_comes_too_late_to_choose_is_told(site: Site) -> None:
    key = site.world.reach(S.ACCEPTED)
    site.world.propose_times(key, site.world.maker_person)
    site.world.propose_times(key, site.world.buyer_person, answering=1)
    answer = site.browser("buyer_person").post(f"{room(site, key)}/meetings/1/accept", {"time": "0"})
    assert answer.status_code == 409
    answer = site.browser("maker_person").post(f"{room(site, key)}/meetings/1/held")
    assert answer.status_code == 409
    assert site.browser("maker_person").post(f"{room(site, key)}/meetings/1/perhaps").status_code == 404


@pytest.mark.parametrize(("what", "state"), [("held", S.MEETING_HELD), ("not-held", S.ACCEPTED)])
def test_an_officer_notes_whether_it_was_held(site: Site, what: str, state: IntroductionState) -> None:
    world = site.world
    world.now = clock.now() - timedelta(days=3)
    key = world.reach(S.ACCEPTED)
    world.propose_times(key, world.maker_person)
    world.accept_time(key, world.buyer_person)
    assert "It was held" in words(site.browser("first").get(desk(site, key)).text)
    answer = site.browser("first").post(f"{room(site, key)}/meetings/1/{what}")
    assert "Noted." in words(answer.text)
    assert world.get(key).state is state


# ------------------------------------------------------------------------------------ the outcome


def agreed(site: Site, key: int, **given: Any) -> dict[str, Any]:
    """Return a filled-in agreement."""
    return {
        "version": str(site.world.get(key).version),
        "type": "licence",
        "agreed_on": clock.now().date().isoformat(),
        "value_band": "under_250k",
        "currency": "EUR",
        "jobs": "12",
        "note": "For three years.",
        **given,
    }


def test_an_agreement_is_recorded_with_its_evidence(site: Site) -> None:
    key = site.world.reach(S.ACCEPTED)
    maker, buyer = site.browser("maker_person"), site.browser("buyer_person")
    file = {"file": (io.BytesIO(PDF), "signed.pdf")}
    answer = maker.post(f"{room(site, key)}/agreement", agreed(site, key, **file))
    told = words(answer.text)
    for said in ("Recorded.", "Licence", "50,000 to 250,000 EUR", "12", "For three years.", "signed.pdf"):
        assert said in told
    assert "After 6 months To be asked on" in told
    assert maker.get(f"{room(site, key)}/evidence").data == PDF
    told = words(buyer.get(site.place(key)).text)
    assert "signed.pdf" not in told
    assert "for both offices and the side that gave it" in told
    assert buyer.get(f"{room(site, key)}/evidence").status_code == 404
    assert "signed.pdf" in site.browser("second").get(desk(site, key)).text
    answer = buyer.post(f"{room(site, key)}/agreement", agreed(site, key))
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"type": "marriage"}, "Choose what kind of partnership it is."),
        ({"agreed_on": ""}, "Say on which day it was agreed."),
        ({"agreed_on": "31 May"}, "Not a valid date"),
        ({"value_band": "a lot"}, "Choose the band"),
        ({"currency": "XYZ"}, "is not in the list"),
        ({"currency": ""}, "Choose the currency"),
        ({"jobs": "many"}, "Write a whole number"),
        ({"file": (io.BytesIO(b"MZ\0"), "a.pdf")}, "the content is something else"),
    ],
)
def test_an_agreement_that_is_incomplete_is_explained(site: Site, given: dict[str, Any], said: str) -> None:
    key = site.world.reach(S.ACCEPTED)
    answer = site.browser("first").post(f"{room(site, key)}/agreement", agreed(site, key, **given))
    assert answer.status_code == 422
    assert said in words(answer.text)
    assert "For three years.</textarea>" in answer.text


def followed_up(site: Site) -> int:
    """Bring an introduction to an agreement of more than a year ago, and ask what is due."""
    site.world.now = clock.now() - timedelta(days=400)
    key = site.world.reach(S.AGREED)
    site.world.now = clock.now()
    assert site.world.follow_up() == 4
    return key


def question_of(world: World, side: By, months: int = 6) -> int:
    with world.database.reading() as session:
        asked = sa.select(FollowUp.id).where(FollowUp.side == side, FollowUp.months == months)
        return session.scalars(asked).one()


def answers(world: World, key: int) -> list[str]:
    with world.database.reading() as session:
        found = follow_ups_of(session, world.first, session.get_one(Introduction, key))
        return [row.answer.value for row in found if row.answer is not None]


def test_a_side_answers_on_the_page_and_the_office_reads_it(site: Site) -> None:
    key = followed_up(site)
    maker = site.browser("maker_person")
    assert words(maker.get(site.place(key)).text).count("Is the partnership still going?") == 2
    number = question_of(site.world, By.PROPOSER)
    address = f"{room(site, key)}/follow-ups/{number}"
    answer = maker.post(address, {"answer": "growing"})
    assert "Thank you. Your answer is noted." in words(answer.text)
    assert answers(site.world, key) == ["growing"]
    told = words(site.browser("second").get(desk(site, key)).text)
    assert "After 6 months: Nyota Works Yes, and it grows" in told
    assert "Asked, and not answered yet." in told
    assert "growing" not in site.browser("buyer_person").get(site.place(key)).text.replace(
        'value="growing"', ""
    )
    assert maker.post(address, {"answer": "perhaps"}).status_code == 404
    for name in ("buyer_person", "first", "stranger"):
        assert site.browser(name).post(address, {"answer": "ended"}).status_code == 404
    assert answers(site.world, key) == ["growing"]


def test_a_question_of_another_introduction_is_not_there(site: Site) -> None:
    key = followed_up(site)
    other = site.world.reach(S.ACCEPTED)
    address = f"{room(site, other)}/follow-ups/{question_of(site.world, By.PROPOSER)}"
    assert site.browser("maker_person").post(address, {"answer": "ended"}).status_code == 404
    assert answers(site.world, key) == []


def test_one_click_in_the_mail_answers_without_a_login(site: Site) -> None:
    key = followed_up(site)
    world = site.world
    secret = parts_of(site.app).settings.secret_key
    number = question_of(world, By.OTHER, 12)
    person = world.buyer_person
    address = f"/mail/follow-up/{follow_up_token(secret, number, person.user_id or 0)}"
    visitor = Visitor(site.app)
    # Programs that look into mails follow links: that answers nothing.
    page = words(visitor.get(address).text)
    assert "our question after 12 months" in page
    assert answers(world, key) == []
    chosen = visitor.get(f"{address}?answer=smaller").text
    assert answers(world, key) == []
    assert "Your answer: Yes, but less than agreed" in words(chosen)
    assert chosen.index("Confirm this answer") < chosen.index("Is the partnership still going?")
    assert hidden(chosen, "answer") == "smaller"
    for nonsense in ("?answer=", "?answer=no_such", "?answer=<b>"):
        assert "Confirm this answer" not in visitor.get(address + nonsense).text
    assert "Thank you" in words(visitor.post(address, {"answer": "smaller"}).text)
    assert answers(world, key) == ["smaller"]
    again = visitor.get(f"{address}?answer=smaller").text
    assert "This is your answer: Yes, but less than agreed" in words(again)
    assert "Confirm this answer" not in again
    assert "Confirm this answer" in visitor.get(f"{address}?answer=growing").text
    visitor.post(address, {"answer": "ended"})
    assert answers(world, key) == ["ended"]
    assert visitor.post(address, {"answer": "?"}).status_code == 404
    for wrong in (
        follow_up_token("another secret", number, person.user_id or 0),
        follow_up_token(secret, number, world.stranger.user_id or 0),
        follow_up_token(secret, 999, person.user_id or 0),
        follow_up_token(secret, number, 999),
        "x",
    ):
        assert visitor.get(f"/mail/follow-up/{wrong}").status_code == 404
    world.leave(person, world.buyer)
    assert visitor.post(address, {"answer": "growing"}).status_code == 404
    with world.database.reading() as session:
        assert agreement_of(session, session.get_one(Introduction, key)) is not None
