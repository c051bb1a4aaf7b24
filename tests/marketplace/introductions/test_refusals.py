"""What is refused: at its field, by role, or because somebody was faster."""

from __future__ import annotations

from typing import Any

import pytest

from marketplace.errors import Conflict, Forbidden, Invalid, NotFound
from marketplace.introductions.models import Introduction
from marketplace.introductions.services.move import move
from marketplace.introductions.states import By, IntroductionState, Origin, Reason, row
from marketplace.listings.models import State
from marketplace.matches.models import Match
from marketplace.policy import VISITOR
from marketplace.search.replica import Replica
from tests.marketplace.introductions.world import World
from tests.marketplace.matches.market import OFFICES, rescore

S = IntroductionState


def test_an_interest_keeps_the_score_of_the_match_it_comes_from(world: World) -> None:
    rescore(world.database, Replica(world.database))
    kept = world.get(world.express())
    assert kept.total is not None
    assert kept.explanation is not None
    assert kept.explanation["request"] == world.request
    assert kept.total > 60
    with world.database.reading() as session:
        assert session.query(Match).count() == 1


def test_an_interest_needs_no_listing_of_ones_own_and_no_match(world: World) -> None:
    found = world.get(world.express(own=None))
    assert (found.proposer_listing_id, found.total, found.explanation) == (None, None, None)


def test_a_second_interest_is_the_first(world: World) -> None:
    first = world.express()
    assert world.express(sought="Something else.") == first
    assert world.get(first).sought == "A trial order."
    assert world.events(first) == ["IntroductionProposed"]


def test_what_has_ended_makes_room_for_a_new_one(world: World) -> None:
    first = world.reach(S.WITHDRAWN)
    second = world.express()
    assert second != first
    assert world.get(second).reference != world.get(first).reference


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"organisation_id": 10**6}, "organisation", "unknown_organisation"),
        ({"own": "request"}, "own_listing", "unknown_listing"),
        ({"sought": ""}, "sought", "missing"),
        ({"sought": "x" * 1001}, "sought", "too_long"),
        ({"unclear": "x" * 1001}, "unclear", "too_long"),
    ],
)
def test_bad_input_is_refused_at_its_field(
    world: World, given: dict[str, Any], field: str, code: str
) -> None:
    if given.get("own") == "request":
        given = {"own": world.request}
    with pytest.raises(Invalid) as refused:
        world.express(**given)
    assert (refused.value.field, refused.value.code) == (field, code)


def test_a_listing_of_ones_own_is_on_the_other_side(world: World) -> None:
    same = world.market.listing("request", world.maker)
    with pytest.raises(Invalid, match="on the other side"):
        world.express(own=same)


@pytest.mark.parametrize("state", sorted(set(State) - {State.PUBLISHED}))
def test_a_listing_of_ones_own_is_published(world: World, state: State) -> None:
    world.market.change(world.offer, state=state)
    with pytest.raises(Invalid) as refused:
        world.express()
    assert (refused.value.field, refused.value.code) == ("own_listing", "not_published")


def test_who_may_not_approach(world: World) -> None:
    for actor in (world.buyer_person, world.maker_reader, VISITOR):
        with pytest.raises(Forbidden):
            world.express(actor)
    world.market.change(world.request, open_for_interest=False)
    with pytest.raises(Forbidden):
        world.express()
    world.market.change(world.request, open_for_interest=True, dissemination=OFFICES)
    with pytest.raises(NotFound):
        world.express()


@pytest.mark.parametrize(
    ("state", "verb", "given", "field"),
    [
        (S.SENT, "decline", {"reason": None}, "reason"),
        (S.SENT, "decline", {"reason": Reason.TOO_SLOW}, "reason"),
        (S.SENT, "decline", {"reason": Reason.OTHER}, "words"),
        (S.SENT, "decline", {"words": "x" * 1001}, "words"),
        (S.SENT, "withdraw", {"reason": Reason.PRICE}, "reason"),
        (S.ACCEPTED, "fail", {"reason": None}, "reason"),
        (S.PROPOSED, "vet", {"presented": "x" * 1001}, "presented"),
        (S.PROPOSED, "vet", {"presented": "Ask them: somebody@example.com"}, "presented"),
        (S.PROPOSED, "vet", {"presented": "It is NYOTA-Works, who turn shafts."}, "presented"),
        (S.VETTED, "send_on", {"presented": "For Baobab Pumps."}, "presented"),
    ],
)
def test_a_reason_and_what_is_told_are_checked(
    world: World, state: IntroductionState, verb: str, given: dict[str, Any], field: str
) -> None:
    key = world.reach(state)
    with pytest.raises(Invalid) as refused:
        world.do(verb, key, **given)
    assert refused.value.field == field
    assert world.get(key).state is state


ALL = ("maker_person", "maker_reader", "buyer_person", "first", "second", "unrelated", "stranger")


@pytest.mark.parametrize(
    ("verb", "state", "may"),
    [
        ("vet", S.PROPOSED, {"first"}),
        ("send_on", S.VETTED, {"second"}),
        ("accept", S.SENT, {"buyer_person"}),
        ("withdraw", S.SENT, {"maker_person"}),
        ("remind", S.SENT, {"first", "second"}),
        ("hold_meeting", S.ACCEPTED, {"maker_person", "buyer_person", "first", "second"}),
    ],
)
def test_nobody_does_what_is_anothers(
    world: World, verb: str, state: IntroductionState, may: set[str]
) -> None:
    key = world.reach(state)
    asked = state in {S.SENT, S.ACCEPTED}
    for name in ALL:
        if name not in may:
            hidden = name in {"unrelated", "stranger"} or (name == "buyer_person" and not asked)
            with pytest.raises(NotFound if hidden else Forbidden):
                world.do(verb, key, getattr(world, name))
    assert world.get(key).state is state


def test_the_other_side_does_not_know_before_it_is_asked(world: World) -> None:
    key = world.reach(S.VETTED)
    for verb in ("accept", "decline", "withdraw", "hold_meeting"):
        with pytest.raises(NotFound):
            world.do(verb, key, world.buyer_person)


@pytest.mark.parametrize(
    ("state", "verb", "person", "told"),
    [
        (S.VETTED, "vet", "first", "looked at it and passed it on"),
        (S.WITHDRAWN, "accept", "buyer_person", "The other side took it back."),
        (S.WITHDRAWN, "decline", "buyer_person", "The other side took it back."),
        (S.DECLINED, "withdraw", "maker_person", "The other side declined."),
        (S.EXPIRED, "accept", "buyer_person", "no answer came in time"),
        (S.VETTED, "decline", "first", "is to look at it"),
        (S.ACCEPTED, "decline", "buyer_person", "Your side said yes"),
        (S.ACCEPTED, "remind", "first", "Baobab Pumps said yes"),
        (S.SENT, "hold_meeting", "maker_person", "asked for an answer"),
        (S.AGREED, "fail", "buyer_person", "The other side noted that the two sides have agreed"),
    ],
)
def test_who_comes_too_late_is_told_what_has_happened(
    world: World, state: IntroductionState, verb: str, person: str, told: str
) -> None:
    key = world.reach(state)
    with pytest.raises(Conflict) as conflict:
        world.do(verb, key, getattr(world, person))
    assert told in conflict.value.message
    assert " 20" in conflict.value.message
    if person.endswith("person"):
        assert "Nyota" not in conflict.value.message
        assert "Baobab" not in conflict.value.message
        assert "Ama" not in conflict.value.message
    else:
        assert "SPX Accra" in conflict.value.message or "Baobab" in conflict.value.message


def test_a_page_that_was_opened_before_is_too_old(world: World) -> None:
    key = world.express()
    world.do("remind", key)
    with pytest.raises(Conflict):
        world.do("vet", key, version=7)
    world.do("vet", key, version=1)


def test_the_exchange_itself_ends_only_what_is_awaited(world: World) -> None:
    key = world.reach(S.ACCEPTED)
    with pytest.raises(Conflict), world.database.transaction() as session:
        move(session, None, session.get_one(Introduction, key), row("expire"), By.EXCHANGE, now=world.now)
    assert world.get(key).state is S.ACCEPTED


def test_one_without_a_history_says_where_it_stands(world: World) -> None:
    with world.database.transaction() as session:
        found = Introduction(
            state=S.VETTED,
            origin=Origin.INTEREST,
            proposer_organisation_id=world.maker,
            proposer_office_id=world.first_office,
            proposer_accepted_at=world.now,
            other_organisation_id=world.buyer,
            other_office_id=world.second_office,
            other_listing_id=world.request,
            proposed_at=world.now,
            vetted_at=world.now,
            changed_at=world.now,
            due_at=world.now,
        )
        session.add(found)
    with pytest.raises(Conflict, match="SPX Accra is to look at it"):
        world.do("vet", found.id)


def test_a_second_yes_of_the_same_side_changes_nothing(world: World) -> None:
    key = world.reach(S.ACCEPTED)
    before = world.get(key)
    assert world.do("accept", key) is False
    assert world.get(key).version == before.version
    assert world.acts(key).count("introduction:accept") == 1


def test_a_yes_that_was_followed_by_a_no_stays_a_no(near: World) -> None:
    key = near.propose()
    near.do("accept", key, near.maker_person)
    near.do("decline", key, near.buyer_person)
    with pytest.raises(Conflict):
        near.do("accept", key, near.maker_person)


def test_a_yes_may_be_taken_back_while_the_other_has_not_answered(near: World) -> None:
    key = near.propose()
    near.do("accept", key, near.maker_person)
    assert near.do("accept", key, near.maker_person) is False
    near.do("decline", key, near.maker_person)
    assert (near.get(key).state, near.get(key).ended_by) == (S.DECLINED, By.PROPOSER)


def test_a_person_of_both_sides_answers_for_each(near: World) -> None:
    key = near.propose()
    both = near.take_part(near.maker_person, near.buyer)
    assert near.do("accept", key, both) is True
    assert near.do("accept", key, both) is True
    assert near.get(key).state is S.ACCEPTED


@pytest.mark.parametrize(("state", "verb"), [(S.PROPOSED, "vet"), (S.VETTED, "send_on"), (S.SENT, "accept")])
@pytest.mark.parametrize("side", ["maker", "buyer"])
def test_with_a_suspended_side_nothing_goes_on(
    world: World, state: IntroductionState, verb: str, side: str
) -> None:
    key = world.reach(state)
    person = world.buyer_person
    world.suspend(getattr(world, side))
    with pytest.raises(Conflict, match="cannot take part"):
        world.do(verb, key, **({"actor": person} if verb == "accept" else {}))
    assert world.get(key).state is state


def test_members_of_a_suspended_organisation_and_those_who_left_lose_it_at_once(world: World) -> None:
    key = world.reach(S.SENT)
    world.suspend(world.buyer)
    with pytest.raises(NotFound):
        world.do("accept", key)
    world.leave(world.maker_person, world.maker)
    with pytest.raises(NotFound):
        world.do("withdraw", key)


def test_who_belongs_to_a_side_is_no_officer_of_it(world: World) -> None:
    key = world.express()
    partial = world.take_part(world.first, world.maker, "viewer")
    with pytest.raises(Forbidden):
        world.do("vet", key, partial)
