"""In whose hands an introduction is, and that nothing is lost when an officer leaves."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from marketplace.audit import AuditEntry
from marketplace.errors import Conflict, Forbidden, Invalid, NotFound
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.desk import candidates, in_hand_count
from marketplace.introductions.services.hands import hand_over, reassign, release
from marketplace.introductions.states import IntroductionState
from marketplace.offices.models import Officer
from marketplace.policy import Actor
from tests.marketplace.introductions.world import World
from tests.marketplace.matches.market import NOW

S = IntroductionState


def give(world: World, key: int, to: int | None, actor: Actor | None = None, **given: Any) -> None:
    values = {"version": None, "now": NOW, **given}
    with world.database.transaction() as session:
        found = session.get_one(Introduction, key)
        reassign(session, actor or world.first, found, officer_id=to, **values)


def hands(world: World, key: int) -> tuple[int | None, int | None]:
    found = world.get(key)
    return found.proposer_officer_id, found.other_officer_id


def leave(world: World, officer: Actor) -> None:
    with world.database.transaction() as session:
        session.delete(session.get_one(Officer, officer.user_id))


def test_whoever_acts_first_has_it_in_hand(world: World) -> None:
    key = world.express()
    assert hands(world, key) == (None, None)
    world.do("vet", key)
    world.do("send_on", key)
    assert hands(world, key) == (world.first.user_id, world.second.user_id)


def test_an_administrator_who_helps_out_does_not_take_it(world: World) -> None:
    key = world.express()
    world.do("vet", key, world.admin)
    assert hands(world, key) == (None, None)


def test_it_is_given_to_a_colleague_and_back_to_the_office(world: World) -> None:
    key = world.reach(S.SENT)
    colleague = world.officer(world.first_office)
    give(world, key, colleague.user_id)
    assert hands(world, key) == (colleague.user_id, world.second.user_id)
    assert world.events(key)[-1] == "IntroductionReassigned"
    give(world, key, None)
    assert hands(world, key) == (None, world.second.user_id)
    # Whoever takes it needs not be told.
    give(world, key, world.first.user_id)
    assert world.events(key).count("IntroductionReassigned") == 1


def test_an_administrator_gives_it_back_to_both_offices(world: World) -> None:
    key = world.reach(S.SENT)
    give(world, key, None, world.admin)
    assert hands(world, key) == (None, None)


def test_in_one_office_one_has_both_ends(near: World) -> None:
    key = near.express()
    colleague = near.officer(near.first_office)
    give(near, key, colleague.user_id)
    assert hands(near, key) == (colleague.user_id, colleague.user_id)


def test_it_is_given_to_nobody_else(world: World) -> None:
    key = world.express()
    partial = world.take_part(world.officer(world.first_office), world.buyer, "viewer")
    for wrong in (world.unrelated, world.maker_person, partial):
        with pytest.raises(Invalid) as refused:
            give(world, key, wrong.user_id)
        assert refused.value.field == "officer"
    with pytest.raises(Invalid):
        give(world, key, -1)
    with pytest.raises(NotFound):
        give(world, key, None, world.unrelated)
    with pytest.raises(Forbidden):
        give(world, key, None, world.maker_person)


def test_what_has_ended_is_in_nobodys_hands(world: World) -> None:
    key = world.reach(S.DECLINED)
    with pytest.raises(Conflict):
        give(world, key, None)


def test_a_page_that_was_opened_before_is_too_old(world: World) -> None:
    key = world.express()
    give(world, key, world.first.user_id, version=1)
    with pytest.raises(Conflict):
        give(world, key, None, version=1)


def test_an_officer_hands_over_all(world: World) -> None:
    keys = []
    for _each in range(2):
        world.request = world.market.listing("request", world.buyer, office_id=world.second_office)
        keys.append(world.reach(S.VETTED, world.express(own=None)))
    world.request = world.market.listing("request", world.buyer, office_id=world.second_office)
    ended = world.reach(S.DECLINED, world.express(own=None))
    first, colleague = world.first, world.officer(world.first_office)
    with world.database.transaction() as session:
        officer = session.get_one(Officer, first.user_id)
        assert hand_over(session, first, officer, to_id=colleague.user_id, now=NOW) == 2
    assert [hands(world, key)[0] for key in keys] == [colleague.user_id] * 2
    assert hands(world, ended)[0] == first.user_id
    with world.database.reading() as session:
        assert in_hand_count(session, int(colleague.user_id or 0)) == 2
        acts = session.scalars(sa.select(AuditEntry).where(AuditEntry.act == "introduction:hand_over")).all()
        assert [(entry.thing_id, entry.facts["officer"]) for entry in acts] == [
            (key, colleague.user_id) for key in keys
        ]


def test_back_to_the_office_nobody_is_told(world: World) -> None:
    key = world.reach(S.VETTED)
    with world.database.transaction() as session:
        officer = session.get_one(Officer, world.first.user_id)
        assert hand_over(session, world.admin, officer, to_id=None, now=NOW) == 1
        assert hand_over(session, world.admin, officer, to_id=None, now=NOW) == 0
    assert hands(world, key)[0] is None
    assert "IntroductionsHandedOver" not in world.events(key)


def test_who_may_hand_over_and_to_whom(world: World) -> None:
    world.reach(S.VETTED)
    with world.database.transaction() as session:
        officer = session.get_one(Officer, world.first.user_id)
        with pytest.raises(NotFound):
            hand_over(session, world.second, officer, to_id=None, now=NOW)
        for wrong in (world.second.user_id, world.first.user_id, -1):
            with pytest.raises(Invalid):
                hand_over(session, world.first, officer, to_id=wrong, now=NOW)


def test_a_colleague_who_is_a_side_does_not_get_it(world: World) -> None:
    key = world.reach(S.VETTED)
    partial = world.take_part(world.officer(world.first_office), world.buyer, "viewer")
    with world.database.transaction() as session:
        officer = session.get_one(Officer, world.first.user_id)
        assert hand_over(session, world.first, officer, to_id=partial.user_id, now=NOW) == 0
    assert hands(world, key)[0] == world.first.user_id


def test_what_an_officer_had_goes_back_when_they_have_left(world: World) -> None:
    key = world.reach(S.SENT)
    user_id = int(world.first.user_id or 0)
    with world.database.transaction() as session:
        assert release(session, user_id, now=NOW) == 0
    leave(world, world.first)
    with world.database.transaction() as session:
        assert release(session, user_id, now=NOW) == 1
        assert release(session, user_id, now=NOW) == 0
    assert hands(world, key) == (None, world.second.user_id)


def test_who_may_have_it_in_hand(world: World) -> None:
    key = world.express()
    colleague = world.officer(world.first_office)
    world.take_part(world.officer(world.first_office), world.buyer)
    with world.database.reading() as session:
        found = session.get_one(Introduction, key)
        names = {person.user_id for person in candidates(session, world.first, found)}
        assert names == {world.first.user_id, colleague.user_id}
        everybody = {person.user_id for person in candidates(session, world.admin, found)}
        assert everybody == names | {world.second.user_id}
