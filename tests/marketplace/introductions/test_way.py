"""The way of an introduction from an interest to an agreement, and each way out of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from marketplace.introductions.states import ENDED, REVEALED, By, IntroductionState, Reason
from marketplace.listings.models import Listing
from tests.marketplace.introductions.world import WAYS, World

S = IntroductionState


def test_from_an_interest_to_an_agreement(world: World) -> None:
    key = world.express()
    found = world.get(key)
    assert (found.reference, found.state) == (f"INT-2026-{key:05}", S.PROPOSED)
    assert found.proposer_accepted_at == world.now
    assert found.other_accepted_at is None
    world.do("vet", key, presented="A workshop of 30 people that turns stainless steel.")
    assert world.get(key).state is S.VETTED
    world.do("send_on", key, presented="A workshop of 30 people that turns stainless steel.")
    assert world.get(key).sent_at == world.now
    assert world.do("accept", key) is True
    found = world.get(key)
    assert (found.state, found.revealed_at) == (S.ACCEPTED, world.now)
    assert answered(world) == [world.now] * 2
    assert (found.due_at, found.remind_half_at, found.remind_last_at) == (None, None, None)
    for verb in ("hold_meeting", "negotiate", "agree"):
        world.do(verb, key)
    found = world.get(key)
    assert (found.state, found.ended_by) == (S.AGREED, By.PROPOSER)
    assert world.acts(key) == [
        "introduction:express",
        "introduction:vet",
        "introduction:send_on",
        "introduction:accept",
        "introduction:hold_meeting",
        "introduction:negotiate",
        "introduction:agree",
    ]
    assert world.events(key) == [
        "IntroductionProposed",
        "IntroductionVetted",
        "IntroductionSent",
        "IntroductionAccepted",
        "IntroductionMeetingHeld",
        "IntroductionNegotiating",
        "IntroductionAgreed",
    ]


def answered(world: World) -> list[datetime | None]:
    """Return when the listings were answered."""
    with world.database.reading() as session:
        return list(session.scalars(sa.select(Listing.answered_at).order_by(Listing.id)))


def test_a_listing_is_answered_by_the_first_of_its_introductions(world: World) -> None:
    key = world.reach(S.SENT)
    assert answered(world) == [None] * 2
    first = world.now
    world.do("accept", key)
    world.do("fail", key)
    world.now += timedelta(days=9)
    again = world.express()
    for verb in ("vet", "send_on", "accept"):
        world.do(verb, again)
    assert world.get(again).revealed_at == world.now
    assert answered(world) == [first] * 2


@pytest.mark.parametrize("state", S)
def test_every_state_is_reached_with_one_audit_entry_and_one_event_a_step(
    world: World, state: IntroductionState
) -> None:
    key = world.reach(state)
    found = world.get(key)
    assert found.state is state
    assert len(world.acts(key)) == 1 + len(WAYS[state])
    assert (found.revealed_at is not None) == (state in REVEALED)
    assert (found.ended_at is not None) == (state in ENDED)
    told = [kind for kind in world.events(key) if kind != "IntroductionWaiting"]
    assert len(told) == 1 + len(WAYS[state])
    assert found.version == 1 + len(WAYS[state])


def test_one_office_that_holds_both_ends_asks_at_once(near: World) -> None:
    key = near.express()
    near.do("vet", key)
    assert near.get(key).state is S.SENT
    assert near.get(key).sent_at == near.now
    near.do("accept", key)
    assert near.get(key).state is S.ACCEPTED
    assert near.acts(key) == ["introduction:express", "introduction:vet", "introduction:accept"]


def test_what_an_officer_proposes_needs_the_yes_of_both(world: World) -> None:
    key = world.propose(presented="They turn what you need.")
    found = world.get(key)
    assert (found.state, found.proposer_accepted_at) == (S.VETTED, None)
    world.do("send_on", key, presented=found.presented)
    assert world.do("accept", key, world.maker_person) is True
    found = world.get(key)
    assert (found.state, found.revealed_at) == (S.SENT, None)
    assert found.due_at is not None
    assert world.do("accept", key, world.buyer_person) is True
    assert world.get(key).revealed_at == world.now
    assert world.acts(key)[-2:] == ["introduction:consent", "introduction:accept"]


def test_an_officer_of_both_ends_asks_both_at_once(near: World) -> None:
    key = near.propose()
    assert near.get(key).state is S.SENT
    near.do("accept", key, near.buyer_person)
    near.do("decline", key, near.maker_person, reason=Reason.OTHER, words="We are closing.")
    found = near.get(key)
    assert (found.state, found.ended_by, found.reason_text) == (S.DECLINED, By.PROPOSER, "We are closing.")
