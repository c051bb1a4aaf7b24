"""Introductions by the clock: reminded, ended, told once; and what an officer who leaves had in hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace import clock
from marketplace.introductions.models import Introduction
from marketplace.introductions.states import IntroductionState
from marketplace.notifications.models import Channel, Delivery
from marketplace.offices.models import Office
from marketplace.offices.services.staff import remove_officer
from tests.marketplace.introductions.world import World
from tests.workers.shift import Shift
from workers.deliver import deliver
from workers.relay import relay
from workers.tasks import keep_introductions_time

S = IntroductionState


@pytest.fixture
def world(shift: Shift) -> World:
    """Give the two sides, three weeks ago: the workers go by the clock."""
    return World(shift.database, now=clock.now() - timedelta(days=21))


def mails(shift: Shift, kind: str) -> list[str]:
    with shift.database.reading() as session:
        rows = sa.select(Delivery.recipient).where(Delivery.kind == kind, Delivery.channel == Channel.MAIL)
        return sorted(session.scalars(rows))


def test_silence_is_ended_and_everybody_told_once(shift: Shift, world: World) -> None:
    key = world.reach(S.SENT)
    assert keep_introductions_time(shift.work) == 1
    assert keep_introductions_time(shift.work) == 0
    relay(shift.work)
    relay(shift.work)
    assert world.get(key).state is S.EXPIRED
    people = sorted([str(world.maker_person.email), str(world.buyer_person.email)])
    assert mails(shift, "IntroductionExpired") == people
    # Nobody is asked any more what is over.
    before = len(shift_subjects(shift))
    deliver(shift.work)
    subjects = shift_subjects(shift)[before:]
    assert [subject for subject in subjects if "Would you like to meet" in subject] == []
    assert len([subject for subject in subjects if "It has ended" in subject]) == 2


def shift_subjects(shift: Shift) -> list[str]:
    with shift.database.reading() as session:
        sent = sa.select(Delivery).where(Delivery.sent_at.is_not(None), Delivery.channel == Channel.MAIL)
        kinds = {"IntroductionExpired": "It has ended", "IntroductionSent": "Would you like to meet"}
        return [kinds.get(row.kind, row.kind) for row in session.scalars(sent)]


def test_half_time_is_reminded_of_once(shift: Shift, world: World) -> None:
    key = world.reach(S.SENT)
    now = clock.now()
    with shift.database.transaction() as session:
        found = session.get_one(Introduction, key)
        found.due_at, found.remind_last_at = now + timedelta(days=3), now + timedelta(days=2)
    assert keep_introductions_time(shift.work) == 1
    assert keep_introductions_time(shift.work) == 0
    relay(shift.work)
    assert mails(shift, "IntroductionWaiting") == [world.buyer_person.email]


def test_what_an_officer_had_in_hand_goes_back_when_they_leave(shift: Shift, world: World) -> None:
    key = world.reach(S.VETTED)
    officer = world.first
    with shift.database.transaction() as session:
        office = session.get_one(Office, world.first_office)
        remove_officer(session, world.admin, office, int(officer.user_id or 0), world.now)
    assert world.get(key).proposer_officer_id == officer.user_id
    relay(shift.work)
    assert world.get(key).proposer_officer_id is None


def test_after_an_agreement_both_sides_are_asked_twice_and_once_each(shift: Shift) -> None:
    world = World(shift.database, now=clock.now() - timedelta(days=400))
    world.reach(S.AGREED)
    assert keep_introductions_time(shift.work) == 4
    assert keep_introductions_time(shift.work) == 0
    relay(shift.work)
    people = [str(world.maker_person.email), str(world.buyer_person.email)]
    assert mails(shift, "IntroductionFollowUpAsked") == sorted(people * 2)
    deliver(shift.work)
    assert shift_subjects(shift).count("IntroductionFollowUpAsked") == 4
