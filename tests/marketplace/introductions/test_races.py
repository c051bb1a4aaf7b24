"""Two people act at once, in transactions that overlap: one of them is told what the other has done."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.audit import AuditEntry
from marketplace.errors import Conflict
from marketplace.introductions.models import Introduction
from marketplace.introductions.services.hands import reassign
from marketplace.introductions.services.time import keep_time
from marketplace.introductions.states import IntroductionState
from marketplace.outbox import Event
from marketplace.policy import Actor
from tests.marketplace.introductions.world import VERBS, World

S = IntroductionState
Act = Callable[[Session], Any]
# Long enough for the second to come to where it has to wait for the first.
HELD_SECONDS = 0.2


def act(world: World, verb: str, key: int, person: Actor, **given: Any) -> Act:
    """Return a verb to be carried out in a transaction of its caller."""
    service, _person, usual = VERBS[verb]
    values = {"now": world.now, **usual, **given}
    return lambda session: service(session, person, session.get_one(Introduction, key), **values)


def overlap(world: World, first: Act, second: Act) -> Any:
    """Let the second begin while the first has written and not committed; give what the second got."""
    got: list[Any] = []

    def follow() -> None:
        try:
            with world.database.transaction() as session:
                got.append(second(session))
        except Conflict as conflict:
            got.append(conflict)

    thread = threading.Thread(target=follow)
    with world.database.transaction() as session:
        first(session)
        session.flush()
        thread.start()
        time.sleep(HELD_SECONDS)
    thread.join()
    return got[0]


def sweep(world: World) -> Act:
    """Return a sweep when every time limit is over."""
    return lambda session: keep_time(session, now=world.now + timedelta(days=90))


def test_both_sides_say_yes_at_once(near: World) -> None:
    key = near.propose()
    got = overlap(
        near,
        act(near, "accept", key, near.maker_person),
        act(near, "accept", key, near.buyer_person),
    )
    assert got is True
    found = near.get(key)
    assert found.state is S.ACCEPTED
    assert found.revealed_at is not None
    assert near.acts(key)[-2:] == ["introduction:consent", "introduction:accept"]
    assert near.events(key).count("IntroductionAccepted") == 1


def test_a_double_click_on_yes_is_one_yes(world: World) -> None:
    key = world.reach(S.SENT)
    yes = act(world, "accept", key, world.buyer_person)
    assert overlap(world, yes, yes) is False
    assert world.acts(key).count("introduction:accept") == 1
    assert world.events(key).count("IntroductionAccepted") == 1


@pytest.mark.parametrize(
    ("first", "second", "wins"),
    [("withdraw", "accept", S.WITHDRAWN), ("accept", "withdraw", S.ACCEPTED)],
)
def test_taking_back_against_yes(world: World, first: str, second: str, wins: IntroductionState) -> None:
    key = world.reach(S.SENT)
    people = {"withdraw": world.maker_person, "accept": world.buyer_person}
    got = overlap(
        world,
        act(world, first, key, people[first]),
        act(world, second, key, people[second]),
    )
    assert isinstance(got, Conflict)
    assert world.get(key).state is wins
    assert (world.get(key).revealed_at is not None) == (wins is S.ACCEPTED)


def test_the_end_of_time_against_yes(world: World) -> None:
    key = world.reach(S.SENT)
    got = overlap(world, sweep(world), act(world, "accept", key, world.buyer_person))
    assert isinstance(got, Conflict)
    assert "no answer came in time" in got.message
    assert world.get(key).state is S.EXPIRED


def test_yes_against_the_end_of_time(world: World) -> None:
    key = world.reach(S.SENT)
    got = overlap(world, act(world, "accept", key, world.buyer_person), sweep(world))
    assert got.expired == 0
    assert world.get(key).state is S.ACCEPTED


def test_two_sweeps_end_it_once(world: World) -> None:
    key = world.reach(S.SENT)
    overlap(world, sweep(world), sweep(world))
    assert world.acts(key).count("introduction:expire") == 1
    assert world.events(key).count("IntroductionExpired") == 1


def test_two_sweeps_remind_once(world: World) -> None:
    key = world.reach(S.SENT)
    due = world.get(key).remind_half_at
    assert due is not None

    def at_half_time(session: Session) -> Any:
        return keep_time(session, now=due)

    overlap(world, at_half_time, at_half_time)
    assert world.events(key).count("IntroductionWaiting") == 1


@pytest.mark.parametrize("second", ["vet", "decline"])
def test_two_officers_of_an_office_act_on_one(world: World, second: str) -> None:
    key = world.express()
    colleague = world.officer(world.first_office)
    got = overlap(
        world,
        act(world, "vet", key, world.first, version=1),
        act(world, second, key, colleague, version=1),
    )
    assert isinstance(got, Conflict)
    assert "Ama of SPX Accra looked at it and passed it on." in got.message
    assert world.get(key).state is S.VETTED
    assert world.acts(key) == ["introduction:express", "introduction:vet"]


def test_of_two_who_give_it_away_the_second_is_told(world: World) -> None:
    key = world.express()
    colleague = world.officer(world.first_office)

    def give(to: Actor) -> Act:
        return lambda session: reassign(
            session,
            world.first,
            session.get_one(Introduction, key),
            officer_id=to.user_id,
            version=1,
            now=world.now,
        )

    assert isinstance(overlap(world, give(colleague), give(world.first)), Conflict)
    assert world.get(key).proposer_officer_id == colleague.user_id


def test_two_reminders_at_once_are_one(world: World) -> None:
    key = world.reach(S.SENT)
    got = overlap(world, act(world, "remind", key, world.first), act(world, "remind", key, world.second))
    assert isinstance(got, Conflict)
    assert "reminded already" in got.message
    assert world.events(key).count("IntroductionWaiting") == 1


def at_once(count: int, work: Callable[[], Any]) -> list[Any]:
    """Do something several times in the same moment; give what came of each."""
    barrier, got = threading.Barrier(count), list[Any]()

    def run() -> None:
        barrier.wait()
        try:
            got.append(work())
        except Conflict as conflict:
            got.append(conflict)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def test_a_double_click_on_the_form_makes_one(world: World) -> None:
    person = world.maker_person
    keys = at_once(3, lambda: world.express(person))
    assert len(set(keys)) == 1
    with world.database.reading() as session:
        acts = session.scalars(sa.select(AuditEntry.act).where(AuditEntry.thing == "introduction")).all()
        assert session.query(Event).count() == 1
    assert acts == ["introduction:express"]


def test_two_officers_propose_the_same_pair(world: World) -> None:
    colleagues = [world.first, world.officer(world.first_office)]
    got = at_once(2, lambda: world.propose(colleagues.pop()))
    assert sum(isinstance(one, Conflict) for one in got) == 1
    with world.database.reading() as session:
        assert session.query(Introduction).count() == 1


def test_many_yeses_at_once_open_once(near: World) -> None:
    key = near.propose()
    people = [near.maker_person, near.buyer_person] * 3
    got = at_once(6, lambda: near.do("accept", key, people.pop()))
    assert sorted(got) == [False] * 4 + [True] * 2
    assert near.acts(key) == ["introduction:propose", "introduction:consent", "introduction:accept"]
