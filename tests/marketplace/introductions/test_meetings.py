"""Meetings: up to five times by one side, one of them accepted by the other, held or not."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from marketplace.accounts.models import User
from marketplace.errors import Conflict, Forbidden, Invalid, NotFound
from marketplace.introductions.models import Introduction, Meeting, MeetingState
from marketplace.introductions.queries.meetings import meetings_of, zone_of_reader, zone_of_side
from marketplace.introductions.services.meet import accept_time, propose_meeting
from marketplace.introductions.states import By, IntroductionState
from marketplace.listings.models import Listing
from marketplace.offices.models import Office
from tests.marketplace.introductions.world import World

S = IntroductionState
M = MeetingState


def states(world: World, key: int) -> list[MeetingState]:
    with world.database.reading() as session:
        return [row.state for row in meetings_of(session, key)]


def newest(world: World, key: int) -> Meeting:
    with world.database.reading() as session:
        return meetings_of(session, key)[0]


def test_one_side_proposes_and_the_other_chooses(world: World) -> None:
    key = world.reach(S.ACCEPTED)
    world.propose_times(key, world.maker_person, 48, 24, 72)
    with pytest.raises(Forbidden):
        world.accept_time(key, world.maker_person)
    for person in ("first", "second", "maker_reader"):
        with pytest.raises(Forbidden):
            world.accept_time(key, getattr(world, person))
    assert world.accept_time(key, world.buyer_person, position=1)
    # A double click.
    assert not world.accept_time(key, world.buyer_person, position=1)
    found = newest(world, key)
    # They are kept in the order of time.
    assert found.starts_at == world.now + timedelta(hours=48)
    assert (found.state, found.accepted_by) == (M.AGREED, By.OTHER)
    assert world.events(key)[-2:] == ["IntroductionMeetingProposed", "IntroductionMeetingAgreed"]


def test_the_other_proposes_others_and_an_agreed_time_can_be_moved(world: World) -> None:
    key = world.reach(S.ACCEPTED)
    world.propose_times(key, world.maker_person)
    world.propose_times(key, world.buyer_person, answering=1)
    with pytest.raises(Conflict, match="others were proposed"):
        world.accept_time(key, world.buyer_person, number=1)
    assert world.accept_time(key, world.maker_person, number=2)
    with pytest.raises(Conflict, match="another time was accepted"):
        world.accept_time(key, world.maker_person, number=2, position=1)
    world.propose_times(key, world.maker_person, answering=2)
    assert states(world, key) == [M.PROPOSED, M.REPLACED, M.REPLACED]
    with world.database.reading() as session:
        assert {row.series for row in meetings_of(session, key)} == {1}


def test_who_did_not_see_what_was_proposed_meanwhile_is_told(world: World) -> None:
    key = world.reach(S.ACCEPTED)
    world.propose_times(key, world.maker_person)
    with pytest.raises(Conflict, match="Meanwhile somebody"):
        world.propose_times(key, world.buyer_person)
    assert states(world, key) == [M.PROPOSED]


@pytest.mark.parametrize("state", [S.PROPOSED, S.SENT, S.DECLINED, S.FAILED, S.AGREED])
def test_only_who_know_each_other_meet(world: World, state: IntroductionState) -> None:
    key = world.reach(state)
    with pytest.raises(Conflict):
        world.propose_times(key, world.maker_person)


def test_nothing_is_accepted_when_it_is_over(world: World) -> None:
    key = world.reach(S.ACCEPTED)
    world.propose_times(key, world.maker_person)
    world.do("fail", key)
    with pytest.raises(Conflict):
        world.accept_time(key, world.buyer_person)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"times": []}, "times"),
        ({"times": [timedelta(hours=one) for one in range(1, 7)]}, "times"),
        ({"times": [timedelta(hours=1)] * 2}, "times"),
        ({"times": [timedelta(0)]}, "times"),
        ({"times": [timedelta(days=367)]}, "times"),
        ({"minutes": 4}, "minutes"),
        ({"minutes": 481}, "minutes"),
        ({"place": ""}, "place"),
        ({"place": "x" * 301}, "place"),
    ],
)
def test_a_proposal_that_cannot_be_meant_is_refused(world: World, given: dict[str, Any], field: str) -> None:
    key = world.reach(S.ACCEPTED)
    if "times" in given:
        given = {"times": [world.now + one for one in given["times"]]}
    with pytest.raises(Invalid) as refused:
        world.propose_times(key, world.maker_person, **given)
    assert refused.value.field == field
    assert states(world, key) == []


def test_a_time_that_has_passed_or_is_none_cannot_be_accepted(world: World) -> None:
    key = world.reach(S.ACCEPTED)
    world.propose_times(key, world.maker_person, 1, 48)
    for position, hours, code in ((7, 0, "missing"), (-1, 0, "missing"), (0, 2, "past")):
        world.now += timedelta(hours=hours)
        with pytest.raises(Invalid) as refused:
            world.accept_time(key, world.buyer_person, position=position)
        assert refused.value.code == code
    with pytest.raises(NotFound):
        world.accept_time(key, world.buyer_person, number=9)


def agreed(world: World, state: IntroductionState = S.ACCEPTED) -> int:
    """Bring an introduction to a meeting that has begun."""
    key = world.reach(state)
    world.propose_times(key, world.maker_person, 1)
    world.accept_time(key, world.buyer_person)
    world.now += timedelta(hours=2)
    return key


@pytest.mark.parametrize("person", ["maker_person", "buyer_person", "first", "second"])
def test_a_side_or_an_officer_notes_that_it_was_held(world: World, person: str) -> None:
    key = agreed(world)
    assert world.note_meeting(key, getattr(world, person))
    assert not world.note_meeting(key, world.buyer_person)
    assert world.get(key).state is S.MEETING_HELD
    assert world.acts(key)[-1] == "introduction:hold_meeting"
    with pytest.raises(Conflict, match="something else"):
        world.note_meeting(key, world.maker_person, held=False)


def test_not_held_leaves_it_where_it_stands_and_a_new_one_is_arranged(world: World) -> None:
    key = agreed(world)
    assert world.note_meeting(key, world.first, held=False)
    assert world.get(key).state is S.ACCEPTED
    assert world.propose_times(key, world.buyer_person) == 2
    assert newest(world, key).series == 2
    # What is not agreed cannot have been held.
    with pytest.raises(Conflict):
        world.note_meeting(key, world.first, number=2)


def test_of_two_meetings_the_first_one_counts(world: World) -> None:
    key = world.reach(S.MEETING_HELD)
    first = world.now
    world.now += timedelta(days=1)
    world.propose_times(key, world.maker_person, 1)
    world.accept_time(key, world.buyer_person)
    world.now += timedelta(hours=2)
    assert world.note_meeting(key, world.maker_person)
    assert (world.get(key).state, world.get(key).met_at) == (S.MEETING_HELD, first)


def test_a_meeting_counts_and_moves_nothing_back_where_the_two_negotiate_already(world: World) -> None:
    key = world.reach(S.ACCEPTED)
    world.do("negotiate", key)
    for held, met in ((False, None), (True, world.now + timedelta(hours=4))):
        number = world.propose_times(key, world.maker_person, 1)
        world.accept_time(key, world.buyer_person, number=number)
        world.now += timedelta(hours=2)
        assert world.note_meeting(key, world.first, number=number, held=held)
        assert (world.get(key).state, world.get(key).met_at) == (S.NEGOTIATING, met)


def test_a_meeting_to_come_was_not_held_yet(world: World) -> None:
    key = world.reach(S.ACCEPTED)
    world.propose_times(key, world.maker_person)
    world.accept_time(key, world.buyer_person)
    with pytest.raises(Conflict, match="still to come"):
        world.note_meeting(key, world.maker_person)
    with pytest.raises(Forbidden):
        world.note_meeting(key, world.maker_reader)


def test_an_office_arranges_for_a_listing_that_it_holds(world: World) -> None:
    with world.database.transaction() as session:
        session.get_one(Listing, world.request).organisation_id = None
    key = world.express()
    for verb in ("vet", "send_on"):
        world.do(verb, key)
    world.do("accept", key, world.second)
    world.propose_times(key, world.maker_person)
    assert world.accept_time(key, world.second)


@pytest.mark.parametrize(("person", "side"), [("maker_person", By.PROPOSER), ("buyer_person", By.OTHER)])
def test_either_side_calls_an_agreed_meeting_off(world: World, person: str, side: By) -> None:
    key = world.reach(S.ACCEPTED)
    world.propose_times(key, world.maker_person)
    who = getattr(world, person)
    with pytest.raises(Conflict):
        world.call_off(key, who)
    world.accept_time(key, world.buyer_person)
    for reason in ("", "x" * 301):
        with pytest.raises(Invalid):
            world.call_off(key, who, reason=reason)
    assert world.call_off(key, who)
    # A double click, and the other side at the same time: the first word counts.
    assert not world.call_off(key, world.maker_person, reason="Late.")
    found = newest(world, key)
    assert found.called_off is not None
    assert (found.called_off.called_by, found.called_off.reason) == (side, "Our engineer is ill.")
    assert found.state is M.NOT_HELD
    assert world.events(key)[-1] == "IntroductionMeetingCalledOff"
    assert world.get(key).state is S.ACCEPTED
    # Nobody notes that it was held, and another one is arranged.
    world.now += timedelta(hours=72)
    with pytest.raises(Conflict):
        world.note_meeting(key, world.first)
    assert world.propose_times(key, world.maker_person) == 2
    assert newest(world, key).series == 2


def test_only_the_sides_call_off_and_only_what_is_to_come(world: World) -> None:
    key = world.reach(S.ACCEPTED)
    world.propose_times(key, world.maker_person, 1)
    world.accept_time(key, world.buyer_person)
    for person in ("first", "second", "maker_reader"):
        with pytest.raises(Forbidden):
            world.call_off(key, getattr(world, person))
    with pytest.raises(NotFound):
        world.call_off(key, world.stranger)
    with pytest.raises(NotFound):
        world.call_off(key, world.maker_person, number=9)
    # It stands in calendars also when nothing came of the introduction.
    world.do("fail", key)
    world.now += timedelta(hours=2)
    with pytest.raises(Conflict, match="Note whether it was held"):
        world.call_off(key, world.maker_person)
    world.now -= timedelta(hours=2)
    assert world.call_off(key, world.maker_person)


@pytest.mark.parametrize(
    ("officer", "side", "chooses", "waits"),
    [
        ("first", By.PROPOSER, "buyer_person", "maker_person"),
        ("second", By.OTHER, "maker_person", "buyer_person"),
    ],
)
def test_an_officer_proposes_in_the_place_of_the_own_side(
    world: World, officer: str, side: By, chooses: str, waits: str
) -> None:
    key = world.reach(S.ACCEPTED)
    world.propose_times(key, getattr(world, officer))
    found = newest(world, key)
    assert (found.proposed_by, found.by_office) == (side, True)
    with pytest.raises(Forbidden):
        world.accept_time(key, getattr(world, waits))
    with pytest.raises(Forbidden):
        world.accept_time(key, getattr(world, officer))
    assert world.accept_time(key, getattr(world, chooses))
    with pytest.raises(NotFound):
        world.propose_times(key, world.unrelated, answering=1)
    with pytest.raises(Forbidden):
        world.propose_times(key, world.maker_reader, answering=1)
    # The side itself has the last word.
    world.propose_times(key, getattr(world, waits), answering=1)
    assert not newest(world, key).by_office


def test_times_are_told_where_each_side_lives(world: World) -> None:
    key = world.reach(S.ACCEPTED)

    def zones() -> list[str]:
        with world.database.reading() as session:
            found = session.get_one(Introduction, key)
            return [zone_of_side(session, found, side).key for side in (By.PROPOSER, By.OTHER)]

    with world.database.transaction() as session:
        session.get_one(Office, world.first_office).time_zone = "Africa/Nairobi"
        session.get_one(User, world.buyer_person.user_id).time_zone = "Europe/Berlin"
    # A person's own, and where nobody has chosen one the office's.
    assert zones() == ["Africa/Nairobi", "Europe/Berlin"]
    with world.database.transaction() as session:
        session.get_one(Introduction, key).proposer_office_id = None
    assert zones() == ["UTC", "Europe/Berlin"]


def test_an_officer_reads_times_where_the_office_is(world: World) -> None:
    key = world.reach(S.ACCEPTED)

    def zone(person: str) -> str:
        with world.database.reading() as session:
            found = session.get_one(Introduction, key)
            return zone_of_reader(session, found, getattr(world, person)).key

    with world.database.transaction() as session:
        session.get_one(Office, world.first_office).time_zone = "Europe/Berlin"
        session.get_one(Office, world.second_office).time_zone = "Africa/Accra"
    assert (zone("first"), zone("second"), zone("admin")) == ("Europe/Berlin", "Africa/Accra", "UTC")
    assert (zone("maker_person"), zone("buyer_person")) == ("Europe/Berlin", "Africa/Accra")
    with world.database.transaction() as session:
        session.get_one(User, world.first.user_id).time_zone = "Asia/Kolkata"
    assert zone("first") == "Asia/Kolkata"


def overlap(world: World, key: int, first: Any, second: Any) -> Any:
    """Let the second begin while the first has written and not committed; give what the second got."""
    got: list[Any] = []

    def follow() -> None:
        try:
            with world.database.transaction() as session:
                got.append(second(session, session.get_one(Introduction, key)))
        except (Conflict, Invalid) as refused:
            got.append(refused)

    thread = threading.Thread(target=follow)
    with world.database.transaction() as session:
        first(session, session.get_one(Introduction, key))
        session.flush()
        thread.start()
        time.sleep(0.2)
    thread.join()
    return got[0]


def test_two_who_propose_at_once_do_not_overwrite_each_other(world: World) -> None:
    key = world.reach(S.ACCEPTED)

    def propose(person: str) -> Any:
        who = getattr(world, person)
        values: dict[str, Any] = {
            "times": [world.now + timedelta(days=1)],
            "minutes": 60,
            "place": "Here",
            "answering": 0,
        }
        return lambda session, found: propose_meeting(session, who, found, now=world.now, **values)

    assert isinstance(overlap(world, key, propose("maker_person"), propose("buyer_person")), Conflict)
    assert states(world, key) == [M.PROPOSED]


def test_who_accepts_while_other_times_are_proposed_is_told(world: World) -> None:
    key = world.reach(S.ACCEPTED)
    world.propose_times(key, world.maker_person)
    maker, buyer = world.maker_person, world.buyer_person

    def propose(session: Any, found: Introduction) -> Any:
        times = [world.now + timedelta(days=3)]
        return propose_meeting(
            session, maker, found, times=times, minutes=60, place="There", answering=1, now=world.now
        )

    def accept(session: Any, found: Introduction) -> bool:
        return accept_time(session, buyer, found, number=1, position=0, now=world.now)

    assert isinstance(overlap(world, key, propose, accept), Conflict)
    assert states(world, key) == [M.PROPOSED, M.REPLACED]


MOMENT = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "values",
    [
        {"state": "agreed"},
        {"state": "held", "noted_at": MOMENT},
        {"starts_at": MOMENT, "accepted_by": "other", "accepted_at": MOMENT},
        {"state": "agreed", "starts_at": MOMENT, "accepted_by": "proposer", "accepted_at": MOMENT},
        {"state": "agreed", "starts_at": MOMENT, "accepted_by": "other_office", "accepted_at": MOMENT},
        {"proposed_by": "proposer_office"},
        {"noted_at": MOMENT},
        {"minutes": 0},
        {"series": 2},
    ],
)
def test_the_database_refuses_what_cannot_be(world: World, values: dict[str, Any]) -> None:
    key = world.reach(S.ACCEPTED)
    world.propose_times(key, world.maker_person)
    with pytest.raises(sa.exc.IntegrityError), world.database.transaction() as session:
        session.execute(sa.update(Meeting).where(Meeting.introduction_id == key).values(**values))
