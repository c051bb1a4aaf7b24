"""What letters and notices of introductions say: a side reads no name of the other."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask

from marketplace.accounts.models import User
from marketplace.introductions.services.hands import reassign
from marketplace.introductions.states import IntroductionState
from marketplace.offices.models import Officer
from marketplace.organisations.models import Organisation
from tests.marketplace.introductions.world import World
from tests.marketplace.notifications.told import LATER, mails_of, part, parts_of, told

S = IntroductionState
PEOPLE = ("maker_person", "maker_reader", "buyer_person", "first", "second", "unrelated", "stranger", "admin")


@pytest.fixture
def site_world(app: Flask) -> World:
    return World(parts_of(app).database)


def hear(world: World, kind: str, key: int) -> list[str]:
    """Tell of an event; return who hears of it."""
    people = {name: getattr(world, name) for name in PEOPLE}
    by_word = {str(person.user_id): name for name, person in people.items()}
    recipients = {recipient for recipient, _way in told(world.database, kind, introduction=key)}
    return sorted(by_word[recipient] for recipient in recipients if recipient in by_word)


def letters_to(app: Flask, world: World, kind: str, key: int, **ids: Any) -> dict[str, EmailMessage | None]:
    """Return the mails that tell of an event by their readers; ``None`` for one that was dropped."""
    people = {getattr(world, name).email: name for name in PEOPLE}
    found: dict[str, EmailMessage | None] = {}
    for mail in mails_of(app, kind, introduction=key, **ids):
        if mail is None:
            found["nobody"] = None
        else:
            found[people[mail[1]["To"].addresses[0].addr_spec]] = mail[1]
    return found


def text(message: EmailMessage | None) -> str:
    assert message is not None
    return " ".join(part(message, "plain").split())


def test_the_office_reads_who_and_what_and_by_when(app: Flask, site_world: World) -> None:
    key = site_world.express(sought="Shafts for pumps", unclear="The price")
    said = text(letters_to(app, site_world, "IntroductionProposed", key)["first"])
    for word in ("Nyota Works", "Baobab Pumps", "Shafts for pumps", "The price", "27 Nov 2026", "/desk/"):
        assert word in said
    assert "hidden@example.org" not in said
    site_world.do("vet", key)
    assert letters_to(app, site_world, "IntroductionProposed", key) == {"nobody": None}
    said = text(letters_to(app, site_world, "IntroductionVetted", key)["second"])
    assert "Decide" in said


def test_the_side_reads_what_the_office_says_and_no_name(app: Flask, site_world: World) -> None:
    key = site_world.express(sought="Mail me at secret@example.com")
    site_world.do("vet", key, presented="They turn stainless steel, 30 people.")
    site_world.do("send_on", key, presented="They turn stainless steel, 30 people.")
    said = text(letters_to(app, site_world, "IntroductionSent", key)["buyer_person"])
    for word in ("They turn stainless steel", "Kenya", "10 to 49 people", "4 Dec 2026", "Say yes or no"):
        assert word in said
    for secret in ("Nyota", "hidden@", "secret@", "Turned shafts of stainless steel"):
        assert secret not in said
    reminder = letters_to(app, site_world, "IntroductionWaiting", key, state="sent")["buyer_person"]
    assert "Still open: Shafts wanted" in str(reminder["Subject"] if reminder else "")


def test_a_letter_of_contacts_holds_none(app: Flask, site_world: World) -> None:
    key = site_world.reach(S.ACCEPTED)
    mails = letters_to(app, site_world, "IntroductionAccepted", key)
    assert set(mails) == {"maker_person", "buyer_person"}
    said = text(mails["buyer_person"])
    assert "See the contacts" in said
    assert "Nyota" not in said
    assert "hidden@" not in said


@pytest.mark.parametrize(
    ("state", "kind", "reader", "words"),
    [
        (S.DECLINED, "IntroductionDeclined", "maker_person", ("The other side declined.", "The price")),
        (S.WITHDRAWN, "IntroductionWithdrawn", "buyer_person", ("The other side took it back.", "Another")),
        (S.EXPIRED, "IntroductionExpired", "maker_person", ("no answer came in time",)),
    ],
)
def test_how_it_ended_is_told_with_the_reason(
    app: Flask, site_world: World, state: IntroductionState, kind: str, reader: str, words: tuple[str, ...]
) -> None:
    key = site_world.reach(state)
    said = text(letters_to(app, site_world, kind, key)[reader])
    assert all(word in said for word in words)
    assert {"buyer_person": "Nyota", "maker_person": "Baobab"}[reader] not in said


def test_what_an_officer_proposed_is_told_to_the_officer_with_the_names(
    app: Flask, site_world: World
) -> None:
    key = site_world.propose()
    site_world.do("decline", key, site_world.second)
    said = text(letters_to(app, site_world, "IntroductionDeclined", key)["first"])
    assert "Baobab Pumps" in said
    assert "The price" in said


def test_both_sides_are_asked_about_their_own_listing(app: Flask, site_world: World) -> None:
    key = site_world.propose(presented="They fit.")
    site_world.do("send_on", key, presented="They fit.")
    mails = letters_to(app, site_world, "IntroductionSent", key)
    maker, buyer = text(mails["maker_person"]), text(mails["buyer_person"])
    assert "Turned shafts of stainless steel" in maker
    assert "Shafts wanted" not in maker
    assert "Shafts wanted" in buyer
    assert "Turned shafts of stainless steel" not in buyer
    assert "They fit." in maker


def test_an_office_reads_that_it_is_to_answer(app: Flask, site_world: World) -> None:
    site_world.request = site_world.market.listing("request", None, office_id=site_world.second_office)
    key = site_world.reach(S.SENT)
    said = text(letters_to(app, site_world, "IntroductionSent", key)["second"])
    assert "Nyota Works" in said
    waiting = letters_to(app, site_world, "IntroductionWaiting", key, state="sent")["second"]
    assert "is to answer" in str(waiting["Subject"] if waiting else "")


def test_new_hands_read_what_they_hold(app: Flask, site_world: World) -> None:
    key = site_world.express()
    first = site_world.first
    with site_world.database.transaction() as session:
        found = site_world.get(key)
        session.add(found)
        reassign(session, first, found, officer_id=first.user_id, version=None, now=LATER)
    said = text(letters_to(app, site_world, "IntroductionReassigned", key, officer=first.user_id)["first"])
    assert "is to look at it" in said
    gone = letters_to(app, site_world, "IntroductionReassigned", key, officer=site_world.second.user_id)
    assert gone == {"nobody": None}
    [(letter, _mail)] = [
        mail
        for mail in mails_of(app, "IntroductionsHandedOver", introductions=[key, 2], officer=first.user_id)
        if mail is not None
    ]
    assert letter.subject == "2 introductions are now in your hands"


def inbox(app: Flask, world: World, name: str) -> str:
    with world.database.reading() as session:
        user = session.get_one(User, getattr(world, name).user_id)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = f"{user.id}:{user.session_key}"
    return str(client.get("/inbox").text)


STEPS: list[tuple[IntroductionState, str]] = [
    (S.PROPOSED, "IntroductionProposed"),
    (S.VETTED, "IntroductionVetted"),
    (S.SENT, "IntroductionSent"),
    (S.ACCEPTED, "IntroductionAccepted"),
    (S.MEETING_HELD, "IntroductionMeetingHeld"),
    (S.NEGOTIATING, "IntroductionNegotiating"),
    (S.AGREED, "IntroductionAgreed"),
    (S.FAILED, "IntroductionFailed"),
    (S.DECLINED, "IntroductionDeclined"),
    (S.WITHDRAWN, "IntroductionWithdrawn"),
    (S.EXPIRED, "IntroductionExpired"),
]


@pytest.mark.parametrize(("state", "kind"), STEPS)
def test_the_inbox_tells_each_what_concerns_them(
    app: Flask, site_world: World, state: IntroductionState, kind: str
) -> None:
    key = site_world.reach(state)
    heard = hear(site_world, kind, key)
    for name in heard:
        page = inbox(app, site_world, name)
        assert "This is over" not in page
        if name == "buyer_person":
            assert "Nyota" not in page
        if name == "maker_person":
            assert "Baobab" not in page


def test_who_has_left_or_is_out_reads_that_it_is_over(app: Flask, site_world: World) -> None:
    key = site_world.reach(S.SENT)
    hear(site_world, "IntroductionSent", key)
    hear(site_world, "IntroductionConsented", key)
    site_world.suspend(site_world.buyer)
    assert "This is over" in inbox(app, site_world, "buyer_person")
    with site_world.database.transaction() as session:
        session.delete(session.get_one(Officer, site_world.first.user_id))
        session.get_one(Organisation, site_world.buyer).suspended_at = None
    assert "This is over" in inbox(app, site_world, "first")


def test_what_is_overtaken_is_over(app: Flask, site_world: World) -> None:
    key = site_world.reach(S.SENT)
    for kind, person in (("IntroductionSent", "maker_person"), ("IntroductionConsented", "first")):
        hear(site_world, kind, key)
        assert "This is over" not in inbox(app, site_world, person)
    site_world.do("accept", key)
    for person in ("maker_person", "first"):
        assert "This is over" in inbox(app, site_world, person)
    hear(site_world, "IntroductionDeclined", key)
    assert "This is over" in inbox(app, site_world, "maker_person")


def test_a_letter_about_nothing_is_none(app: Flask, site_world: World) -> None:
    key = site_world.express()
    ids = {"officer": site_world.first.user_id, "introduction": key + 99}
    assert mails_of(app, "IntroductionReassigned", **ids) == [None]
