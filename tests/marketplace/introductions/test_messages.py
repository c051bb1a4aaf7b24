"""Messages within an introduction: who reads them, what may not stand in them before both have said yes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from marketplace.accounts.models import User
from marketplace.errors import Conflict, Forbidden, Invalid, NotFound
from marketplace.files import FileStore, Upload
from marketplace.introductions.models import Introduction, Message
from marketplace.introductions.queries.thread import message_by_id, message_file, thread
from marketplace.introductions.states import IntroductionState
from marketplace.listings.models import Listing
from marketplace.organisations.models import Organisation
from marketplace.outbox import Event
from marketplace.policy import Actor
from tests.marketplace.introductions.world import World

S = IntroductionState
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
EVERYBODY = ("maker_person", "maker_reader", "buyer_person", "first", "second")


def read(world: World, key: int, actor: Actor) -> list[str]:
    """Return what somebody reads, oldest first."""
    with world.database.reading() as session:
        return [row.text for row in thread(session, actor, session.get_one(Introduction, key))]


def named(world: World, actor: Actor, name: str) -> None:
    with world.database.transaction() as session:
        session.get_one(User, actor.user_id).name = name


def test_everybody_who_knows_of_it_reads_and_nobody_else(world: World) -> None:
    key = world.reach(S.SENT)
    texts = []
    for person in ("maker_person", "buyer_person", "first", "second"):
        assert world.write(key, getattr(world, person), f"From {person}")
        texts.append(f"From {person}")
    for person in EVERYBODY:
        assert read(world, key, getattr(world, person)) == texts, person
    for person in ("unrelated", "stranger"):
        assert read(world, key, getattr(world, person)) == []
        with pytest.raises(NotFound):
            world.write(key, getattr(world, person))
    with pytest.raises(Forbidden):
        world.write(key, world.maker_reader)


def test_what_is_written_before_the_other_side_is_asked_stays_with_those_who_knew(world: World) -> None:
    key = world.express()
    world.write(key, world.maker_person, "To my office", to_all=False)
    world.reach(S.SENT, key)
    assert read(world, key, world.buyer_person) == []
    assert read(world, key, world.maker_person) == ["To my office"]
    assert read(world, key, world.second) == ["To my office"]
    # The page still said that the other side does not read it: nothing is sent behind its writer's back.
    with pytest.raises(Invalid, match="both sides have been asked") as refused:
        world.write(key, world.maker_person, "To my office again", to_all=False)
    assert refused.value.field == "message"
    assert read(world, key, world.buyer_person) == []


def test_of_a_proposal_the_offices_talk_before_the_sides_are_asked(world: World) -> None:
    key = world.propose()
    world.write(key, world.first, "Do they fit?", to_all=False)
    world.do("send_on", key)
    for person in ("maker_person", "buyer_person"):
        assert read(world, key, getattr(world, person)) == []
    assert read(world, key, world.second) == ["Do they fit?"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Write to ama (at) works (dot) com", "contact"),
        ("Call +254 712 345 678", "contact"),
        ("See www.nyota.example.org", "contact"),
        ("We are NYÓTA  works, by the lake", "name"),
        (f"{'word ' * 300}Nyota Works", "name"),
        ("Yours, Akosua Owusu-Ansah", "name"),
        ("", "missing"),
        ("x" * 4001, "too_long"),
    ],
)
def test_before_both_have_said_yes_nobody_gives_themselves_away(world: World, text: str, code: str) -> None:
    key = world.reach(S.SENT)
    named(world, world.maker_person, "Akosua Owusu-Ansah")
    with pytest.raises(Invalid) as refused:
        world.write(key, world.maker_person, text)
    assert (refused.value.field, refused.value.code) == ("message", code)
    assert read(world, key, world.first) == []


def test_a_refusal_does_not_tell_that_a_name_was_guessed(world: World) -> None:
    key = world.reach(S.SENT)
    assert world.write(key, world.maker_person, "Are you Baobab Pumps?")
    for officer in (world.first, world.second):
        for name in ("Baobab Pumps", "Nyota Works"):
            with pytest.raises(Invalid) as refused:
                world.write(key, officer, f"Ask {name}.")
            assert refused.value.code == "name"


def test_a_short_name_or_a_first_name_alone_is_no_reason_to_refuse(world: World) -> None:
    key = world.reach(S.SENT)
    named(world, world.buyer_person, "Will")
    with world.database.transaction() as session:
        session.get_one(Organisation, world.buyer).name = "ABC"
        session.get_one(Organisation, world.buyer).name_key = "abc"
    assert world.write(key, world.buyer_person, "We will send the abc of it.")


def test_afterwards_contacts_may_be_written(world: World) -> None:
    key = world.reach(S.ACCEPTED)
    assert world.write(key, world.maker_person, "Nyota Works, +254 712 345 678")
    world.do("agree", key)
    assert world.write(key, world.buyer_person, "Thank you, ama@example.org")


@pytest.mark.parametrize("state", [S.DECLINED, S.WITHDRAWN, S.EXPIRED, S.FAILED])
def test_when_it_is_over_there_is_nothing_to_say(world: World, state: IntroductionState) -> None:
    key = world.reach(state)
    with pytest.raises(Conflict):
        world.write(key, world.maker_person)


def test_a_listing_without_an_organisation_is_spoken_for_by_its_office(world: World) -> None:
    with world.database.transaction() as session:
        session.get_one(Listing, world.request).organisation_id = None
    key = world.express()
    world.do("vet", key)
    world.do("send_on", key)
    assert world.write(key, world.second, "Our listing is about shafts.")
    with pytest.raises(Invalid):
        world.write(key, world.second, "Write to shafts@example.org")


def test_the_same_form_sent_twice_is_one_message_and_one_event(world: World) -> None:
    key = world.reach(S.SENT)
    assert world.write(key, world.maker_person, once="a")
    assert not world.write(key, world.maker_person, once="a")
    assert world.write(key, world.maker_person, once="b")
    assert world.write(key, world.buyer_person, once="a")
    assert world.events(key).count("IntroductionMessageWritten") == 3


def test_who_writes_too_fast_has_to_wait(world: World) -> None:
    key = world.reach(S.SENT)
    for number in range(20):
        world.write(key, world.maker_person, f"Number {number}")
    with pytest.raises(Invalid) as refused:
        world.write(key, world.maker_person, "One more")
    assert refused.value.code == "too_many"
    assert world.write(key, world.buyer_person, "Others may")
    world.now += timedelta(hours=1)
    assert world.write(key, world.maker_person, "One more")


def upload(name: str = "Nyota Works drawing.pdf") -> Upload:
    return Upload(name, "application/pdf", PDF)


def opened(world: World, key: int, actor: Actor, number: int) -> str:
    """Return the name of a file that somebody may open."""
    with world.database.reading() as session:
        return message_file(session, actor, session.get_one(Introduction, key), number).name


def test_a_file_is_opened_to_the_other_side_with_the_contacts(world: World, tmp_path: Path) -> None:
    key = world.reach(S.SENT)
    store = FileStore(tmp_path)
    world.write(key, world.maker_person, uploads=[upload()], store=store)
    for person in ("maker_person", "maker_reader", "first", "second"):
        assert opened(world, key, getattr(world, person), 1) == "Nyota Works drawing.pdf"
    with pytest.raises(Forbidden):
        opened(world, key, world.buyer_person, 1)
    with pytest.raises(NotFound):
        opened(world, key, world.stranger, 1)
    world.do("accept", key)
    assert opened(world, key, world.buyer_person, 1) == "Nyota Works drawing.pdf"
    with pytest.raises(NotFound):
        opened(world, key, world.buyer_person, 2)


def test_a_file_of_another_introduction_is_not_there(world: World, tmp_path: Path) -> None:
    key = world.reach(S.DECLINED)
    second = world.reach(S.ACCEPTED)
    world.write(second, world.maker_person, uploads=[upload()], store=FileStore(tmp_path))
    with pytest.raises(NotFound):
        opened(world, key, world.maker_person, 1)


def test_five_files_at_most_go_with_a_message(world: World, tmp_path: Path) -> None:
    key = world.reach(S.SENT)
    store = FileStore(tmp_path)
    with pytest.raises(Invalid) as refused:
        world.write(key, world.maker_person, uploads=[upload()] * 6, store=store)
    assert refused.value.field == "files"
    assert world.write(key, world.second, uploads=[upload()] * 5, store=store)


def test_the_event_names_nobody_and_says_nothing(world: World) -> None:
    key = world.reach(S.SENT)
    world.write(key, world.maker_person, "Something said")
    with world.database.reading() as session:
        event = session.scalars(sa.select(Event).where(Event.kind == "IntroductionMessageWritten")).one()
        assert event.ids == {"introduction": key, "message": 1}
        assert message_by_id(session, world.stranger, 1) is None
        assert message_by_id(session, world.buyer_person, 2) is None


@pytest.mark.parametrize(
    "values",
    [{"text": ""}, {"written_by": "exchange"}, {"written_by": "nobody"}, {"introduction_id": 99}],
)
def test_the_database_refuses_what_is_no_message(world: World, values: dict[str, Any]) -> None:
    key = world.reach(S.SENT)
    row = {"introduction_id": key, "written_by": "proposer", "once": "x", "text": "x", "for_all": True}
    row |= {"author_id": world.maker_person.user_id, "written_at": "2026-11-23 12:00:00+00:00", **values}
    columns, places = ", ".join(row), ", ".join(f":{name}" for name in row)
    with pytest.raises(sa.exc.IntegrityError), world.database.transaction() as session:
        session.execute(sa.text(f"INSERT INTO message ({columns}) VALUES ({places})"), row)  # noqa: S608 (our own)
    with world.database.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Message.id))) == 0
