"""Agreements, and what both sides say of them half a year and a year later."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from marketplace.errors import Conflict, Forbidden, Invalid, NotFound
from marketplace.files import FileStore, Upload
from marketplace.introductions.models import (
    Agreement,
    FollowUp,
    FollowUpAnswer,
    Introduction,
    PartnershipType,
    ValueBand,
)
from marketplace.introductions.queries.outcomes import (
    agreement_of,
    evidence,
    follow_up_by_id,
    follow_ups_of,
)
from marketplace.introductions.services.agree import months_after
from marketplace.introductions.services.follow_up import answer_follow_up
from marketplace.introductions.services.progress import note_progress
from marketplace.introductions.states import By, IntroductionState
from marketplace.listings.kinds.words import PARTNERSHIP_TYPES
from marketplace.policy import Actor
from tests.marketplace.introductions.test_messages import PDF
from tests.marketplace.introductions.world import World

S = IntroductionState
A = FollowUpAnswer
YEAR = timedelta(days=366)


def recorded(world: World, key: int) -> Agreement | None:
    with world.database.reading() as session:
        return agreement_of(session, session.get_one(Introduction, key))


def test_a_partnership_is_of_a_kind_that_listings_seek() -> None:
    assert {kind.value for kind in PartnershipType} == set(PARTNERSHIP_TYPES)


@pytest.mark.parametrize("person", ["maker_person", "buyer_person", "first", "second"])
@pytest.mark.parametrize("state", [S.ACCEPTED, S.MEETING_HELD, S.NEGOTIATING])
def test_a_side_or_an_officer_records_it_once(world: World, person: str, state: IntroductionState) -> None:
    key = world.reach(state)
    world.agree(key, getattr(world, person))
    found = recorded(world, key)
    assert found is not None
    assert (found.type, found.value_band, found.currency) == (
        PartnershipType.SUPPLIER,
        ValueBand.UNDER_50K,
        "EUR",
    )
    assert world.get(key).state is S.AGREED
    assert world.events(key).count("IntroductionAgreed") == 1
    with pytest.raises(Conflict):
        world.agree(key, world.second)


@pytest.mark.parametrize("state", [S.PROPOSED, S.SENT, S.DECLINED, S.FAILED])
def test_who_do_not_know_each_other_have_agreed_nothing(world: World, state: IntroductionState) -> None:
    key = world.reach(state)
    with pytest.raises(Conflict):
        world.agree(key, type=None)
    assert recorded(world, key) is None


def test_who_only_reads_records_nothing(world: World) -> None:
    key = world.reach(S.ACCEPTED)
    with pytest.raises(Forbidden):
        world.agree(key, world.maker_reader)
    with pytest.raises(NotFound):
        world.agree(key, world.stranger)


def test_an_agreement_is_no_mere_progress(world: World) -> None:
    key = world.reach(S.ACCEPTED)
    maker = world.maker_person
    with world.database.transaction() as session:
        found = session.get_one(Introduction, key)
        with pytest.raises(ValueError, match="agree"):
            note_progress(session, maker, found, "agree", version=None, now=world.now)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"type": None}, "type"),
        ({"agreed_on": None}, "agreed_on"),
        ({"agreed_on": date(2026, 11, 23)}, "agreed_on"),
        ({"agreed_on": date(2026, 11, 21)}, "agreed_on"),
        ({"value_band": None}, "value_band"),
        ({"currency": ""}, "currency"),
        ({"value_band": ValueBand.NOT_TOLD}, "currency"),
        ({"jobs": -1}, "jobs"),
        ({"jobs": 100_001}, "jobs"),
        ({"note": "x" * 1001}, "note"),
    ],
)
def test_what_is_recorded_must_be_possible(world: World, given: dict[str, Any], field: str) -> None:
    key = world.reach(S.ACCEPTED)
    with pytest.raises(Invalid) as refused:
        world.agree(key, **given)
    assert refused.value.field == field
    assert world.get(key).state is S.ACCEPTED


def test_value_and_jobs_may_stay_untold(world: World) -> None:
    key = world.reach(S.ACCEPTED)
    world.agree(key, value_band=ValueBand.NOT_TOLD, currency="", jobs=None)
    found = recorded(world, key)
    assert found is not None
    assert found.jobs is None


@pytest.mark.parametrize(
    ("giver", "readers"),
    [
        ("maker_person", {"maker_person", "maker_reader", "first", "second"}),
        ("buyer_person", {"buyer_person", "first", "second"}),
        ("second", {"first", "second"}),
    ],
)
def test_evidence_is_for_both_offices_and_who_gave_it(
    world: World, tmp_path: Path, giver: str, readers: set[str]
) -> None:
    key = world.reach(S.ACCEPTED)
    upload = Upload("signed.pdf", "application/pdf", PDF)
    world.agree(key, getattr(world, giver), upload=upload, store=FileStore(tmp_path))
    may = set()
    for person in ("maker_person", "maker_reader", "buyer_person", "first", "second", "stranger"):
        with world.database.reading() as session:
            try:
                evidence(session, getattr(world, person), session.get_one(Introduction, key))
            except NotFound:
                continue
            may.add(person)
    assert may == readers


def test_without_evidence_there_is_none_to_see(world: World) -> None:
    key = world.reach(S.ACCEPTED)
    for _twice in range(2):
        with world.database.reading() as session, pytest.raises(NotFound):
            evidence(session, world.first, session.get_one(Introduction, key))
        if world.get(key).state is S.ACCEPTED:
            world.agree(key)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 6, date(2026, 7, 31)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2023, 8, 30), 6, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
        (date(2026, 6, 15), 6, date(2026, 12, 15)),
    ],
)
def test_months_later_is_the_same_day_where_there_is_one(day: date, months: int, later: date) -> None:
    assert months_after(day, months) == later


def questions(world: World, actor: Actor, key: int) -> list[tuple[By, int, FollowUpAnswer | None]]:
    with world.database.reading() as session:
        found = follow_ups_of(session, actor, session.get_one(Introduction, key))
        return [(row.side, row.months, row.answer) for row in found]


def test_both_sides_are_asked_after_six_and_twelve_months_and_once(world: World) -> None:
    key = world.reach(S.AGREED)
    assert world.follow_up() == 0
    world.now = datetime(2027, 5, 22, 8, tzinfo=UTC)
    assert (world.follow_up(), world.follow_up()) == (2, 0)
    world.now += timedelta(days=184)
    assert (world.follow_up(), world.follow_up()) == (2, 0)
    assert world.events(key).count("IntroductionFollowUpAsked") == 4
    asked = [(By.OTHER, 6, None), (By.PROPOSER, 6, None), (By.OTHER, 12, None), (By.PROPOSER, 12, None)]
    assert questions(world, world.first, key) == asked
    # A side sees its own questions.
    assert questions(world, world.maker_person, key) == [(By.PROPOSER, 6, None), (By.PROPOSER, 12, None)]
    assert questions(world, world.maker_reader, key) == []


def reply(world: World, actor: Actor, number: int, answer: FollowUpAnswer) -> bool:
    with world.database.transaction() as session:
        question = session.get_one(FollowUp, number)
        return answer_follow_up(session, actor, question, answer, now=world.now)


def number_of(world: World, side: By, months: int = 6) -> int:
    with world.database.reading() as session:
        return session.scalars(
            sa.select(FollowUp.id).where(FollowUp.side == side, FollowUp.months == months)
        ).one()


def test_the_last_answer_of_a_side_counts(world: World) -> None:
    key = world.reach(S.AGREED)
    world.now += YEAR
    world.follow_up()
    number = number_of(world, By.PROPOSER)
    assert reply(world, world.maker_person, number, A.AS_AGREED)
    assert not reply(world, world.maker_person, number, A.AS_AGREED)
    assert reply(world, world.maker_person, number, A.GROWING)
    assert (By.PROPOSER, 6, A.GROWING) in questions(world, world.second, key)
    assert reply(world, world.buyer_person, number_of(world, By.OTHER), A.ENDED)


def test_nobody_answers_for_others_or_before_being_asked(world: World) -> None:
    world.reach(S.AGREED)
    number = number_of(world, By.PROPOSER)
    assert not reply(world, world.maker_person, number, A.ENDED)
    world.now += YEAR
    for actor in (world.buyer_person, world.first, world.maker_reader, world.stranger):
        with pytest.raises(NotFound):
            reply(world, actor, number, A.ENDED)
    with world.database.reading() as session:
        for actor, key in ((world.maker_person, number), (world.first, number), (world.maker_person, 999)):
            with pytest.raises(NotFound):
                follow_up_by_id(session, actor, key)
    world.follow_up()
    with world.database.reading() as session:
        assert follow_up_by_id(session, world.maker_person, number).months == 6
        with pytest.raises(NotFound):
            follow_up_by_id(session, world.buyer_person, number)


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (Agreement, {"currency": ""}),
        (Agreement, {"value_band": "not_told"}),
        (Agreement, {"jobs": -1}),
        (Agreement, {"recorded_by": "exchange"}),
        (FollowUp, {"side": "proposer_office"}),
        (FollowUp, {"months": 7}),
        (FollowUp, {"answer": "ended"}),
        (FollowUp, {"answer": "ended", "answered_at": datetime(2027, 1, 1, tzinfo=UTC)}),
    ],
)
def test_the_database_refuses_what_cannot_be(world: World, table: Any, values: dict[str, Any]) -> None:
    world.reach(S.AGREED)
    with pytest.raises(sa.exc.IntegrityError), world.database.transaction() as session:
        session.execute(sa.update(table).values(**values))
