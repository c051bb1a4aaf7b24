"""Time limits: whose days count, when it is reminded of, and that silence ends it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.errors import Conflict
from marketplace.introductions.models import Introduction
from marketplace.introductions.services.time import keep_time
from marketplace.introductions.states import By, IntroductionState
from marketplace.offices.models import Office, OfficeHoliday
from tests.marketplace.introductions.world import World
from tests.marketplace.matches.market import NOW

S = IntroductionState
# The world begins on a Sunday noon.
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def set_office(world: World, office_id: int, **values: object) -> None:
    with world.database.transaction() as session:
        office = session.get_one(Office, office_id)
        for name, value in values.items():
            setattr(office, name, value)


def sweep(world: World, moment: datetime) -> tuple[int, int]:
    with world.database.transaction() as session:
        swept = keep_time(session, now=moment)
    return swept.expired, swept.reminded


def test_each_office_and_each_side_has_its_own_days(world: World) -> None:
    set_office(world, world.first_office, officer_days=2)
    set_office(world, world.second_office, officer_days=3, side_days=4, time_zone="Asia/Shanghai")
    key = world.express()
    assert world.get(key).due_at == MONDAY + timedelta(days=2)
    world.do("vet", key)
    assert world.get(key).due_at == MONDAY + timedelta(days=3) - timedelta(hours=8)
    world.do("send_on", key)
    assert world.get(key).due_at == MONDAY + timedelta(days=4) - timedelta(hours=8)


def test_weekends_and_holidays_of_the_office_do_not_count(world: World) -> None:
    set_office(world, world.first_office, officer_days=2, weekend="17")
    with world.database.transaction() as session:
        day = date(2026, 11, 24)
        session.add(OfficeHoliday(office_id=world.first_office, date=day, name="Independence Day"))
    # Monday is free and Tuesday a holiday: Wednesday and Thursday are the two days.
    assert world.get(world.express()).due_at == MONDAY + timedelta(days=4)


def test_of_two_that_are_asked_at_once_the_longer_time_counts(world: World) -> None:
    set_office(world, world.first_office, side_days=8)
    set_office(world, world.second_office, side_days=3)
    key = world.propose()
    world.do("send_on", key)
    assert world.get(key).due_at == MONDAY + timedelta(days=10)


def test_reminders_at_half_time_and_a_day_before_then_the_end(world: World) -> None:
    key = world.reach(S.SENT)
    found = world.get(key)
    half, last, due = found.remind_half_at, found.remind_last_at, found.due_at
    assert half is not None
    assert last is not None
    assert due is not None
    assert (half, last, due) == (
        datetime(2026, 11, 27, 8, tzinfo=UTC),
        datetime(2026, 12, 3, 8, tzinfo=UTC),
        datetime(2026, 12, 5, tzinfo=UTC),
    )
    assert sweep(world, half - timedelta(seconds=1)) == (0, 0)
    assert sweep(world, half) == (0, 1)
    assert sweep(world, half + timedelta(minutes=5)) == (0, 0)
    assert sweep(world, last) == (0, 1)
    assert sweep(world, due - timedelta(seconds=1)) == (0, 0)
    assert sweep(world, due) == (1, 0)
    found = world.get(key)
    assert (found.state, found.ended_by, found.due_at) == (S.EXPIRED, By.EXCHANGE, None)
    assert world.events(key)[-3:] == ["IntroductionWaiting", "IntroductionWaiting", "IntroductionExpired"]


def test_after_a_long_rest_it_is_reminded_once_and_not_ended_unheard(world: World) -> None:
    key = world.reach(S.SENT)
    last = world.get(key).remind_last_at
    assert last is not None
    assert sweep(world, last + timedelta(hours=1)) == (0, 1)
    assert sweep(world, last + timedelta(hours=2)) == (0, 0)
    assert world.events(key).count("IntroductionWaiting") == 1


def test_what_has_been_answered_is_not_reminded_of(world: World) -> None:
    world.reach(S.ACCEPTED)
    assert sweep(world, NOW + timedelta(days=60)) == (0, 0)


def test_the_first_yes_of_two_does_not_lengthen_the_others_time(near: World) -> None:
    key = near.propose()
    before = near.get(key)
    near.do("accept", key, near.maker_person)
    after = near.get(key)
    assert (after.due_at, after.remind_half_at) == (before.due_at, before.remind_half_at)


@pytest.mark.parametrize("state", [S.PROPOSED, S.VETTED, S.SENT])
def test_silence_of_an_office_ends_it_too(world: World, state: IntroductionState) -> None:
    key = world.reach(state)
    world.pass_time(timedelta(days=60))
    assert world.get(key).state is S.EXPIRED


def test_a_sweep_takes_so_many_and_the_next_the_rest(world: World) -> None:
    for _each in range(3):
        world.request = world.market.listing("request", world.buyer, office_id=world.second_office)
        world.express(own=None)
    left = []
    for _sweep in range(3):
        with world.database.transaction() as session:
            left.append(keep_time(session, now=NOW + timedelta(days=60), limit=2).expired)
    assert left == [2, 1, 0]


def test_by_hand_it_is_reminded_once_a_day(world: World) -> None:
    key = world.reach(S.SENT)
    world.do("remind", key)
    with pytest.raises(Conflict, match="Once a day"):
        world.do("remind", key, world.second)
    world.do("remind", key, now=NOW + timedelta(days=1))
    assert world.events(key).count("IntroductionWaiting") == 2


def test_a_new_wait_may_be_reminded_of_at_once(world: World) -> None:
    key = world.express()
    world.do("remind", key)
    world.do("vet", key)
    world.do("remind", key)
    with world.database.reading() as session:
        assert session.get_one(Introduction, key).reminded_at == NOW
