"""Who hears of an introduction, and by which ways."""

from __future__ import annotations

from typing import Any

import pytest

from marketplace.db import Database
from marketplace.introductions.states import EVENTS, IntroductionState
from marketplace.notifications.models import Channel
from marketplace.notifications.queries.introductions import FINDERS
from marketplace.notifications.queries.kinds import KINDS, OF_OFFICES
from marketplace.notifications.views.letters.write import WRITERS
from tests.marketplace.introductions.world import World
from tests.marketplace.notifications.told import told

S = IntroductionState
PEOPLE = ("maker_person", "maker_reader", "buyer_person", "first", "second", "unrelated", "stranger", "admin")


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def hear(world: World, kind: str, key: int, **ids: Any) -> dict[str, set[str]]:
    """Return who is told of an event, and by which ways."""
    people = {name: getattr(world, name) for name in PEOPLE}
    by_word = {person.email: name for name, person in people.items()}
    by_word |= {str(person.user_id): name for name, person in people.items()}
    found: dict[str, set[str]] = {}
    for recipient, channel in told(world.database, kind, introduction=key, **ids):
        found.setdefault(by_word[recipient], set()).add(channel)
    return found


BOTH, NOTICE = {"mail", "notice"}, {"notice"}


def test_every_kind_of_event_has_its_readers_its_words_and_its_letter() -> None:
    asked = {*EVENTS, "IntroductionWaiting", "IntroductionReassigned", "IntroductionsHandedOver"}
    asked |= {"IntroductionMessageWritten", "IntroductionFollowUpAsked"}
    asked |= {f"IntroductionMeeting{what}" for what in ("Proposed", "Agreed", "CalledOff", "Noted")}
    assert asked == set(FINDERS)
    assert asked <= set(KINDS)
    assert asked <= set(WRITERS)
    assert set(KINDS) > OF_OFFICES


@pytest.mark.parametrize(
    ("state", "kind", "expected"),
    [
        (S.PROPOSED, "IntroductionProposed", {"first": BOTH}),
        (
            S.VETTED,
            "IntroductionVetted",
            {"second": BOTH, "maker_person": NOTICE, "maker_reader": NOTICE},
        ),
        (
            S.SENT,
            "IntroductionSent",
            {"buyer_person": BOTH, "maker_person": NOTICE, "maker_reader": NOTICE},
        ),
        (
            S.ACCEPTED,
            "IntroductionAccepted",
            {
                "buyer_person": BOTH,
                "maker_person": BOTH,
                "maker_reader": NOTICE,
                "first": NOTICE,
                "second": NOTICE,
            },
        ),
        (
            S.DECLINED,
            "IntroductionDeclined",
            {"maker_person": BOTH, "maker_reader": NOTICE, "first": NOTICE, "second": NOTICE},
        ),
        (
            S.WITHDRAWN,
            "IntroductionWithdrawn",
            {"buyer_person": BOTH, "first": NOTICE, "second": NOTICE},
        ),
        (
            S.EXPIRED,
            "IntroductionExpired",
            {
                "buyer_person": BOTH,
                "maker_person": BOTH,
                "maker_reader": NOTICE,
                "first": NOTICE,
                "second": NOTICE,
            },
        ),
        (
            S.AGREED,
            "IntroductionAgreed",
            {
                "buyer_person": NOTICE,
                "maker_person": NOTICE,
                "maker_reader": NOTICE,
                "first": NOTICE,
                "second": NOTICE,
            },
        ),
    ],
)
def test_who_must_know_hears_and_nobody_else(
    world: World, state: IntroductionState, kind: str, expected: dict[str, set[str]]
) -> None:
    assert hear(world, kind, world.reach(state)) == expected


@pytest.mark.parametrize(
    ("state", "awaited"),
    [
        (S.PROPOSED, {"first": BOTH}),
        (S.VETTED, {"second": BOTH}),
        (S.SENT, {"buyer_person": BOTH}),
        (S.ACCEPTED, {}),
    ],
)
def test_a_reminder_goes_to_whom_it_waits_for(
    world: World, state: IntroductionState, awaited: dict[str, set[str]]
) -> None:
    key = world.reach(state)
    assert hear(world, "IntroductionWaiting", key, state=state.value) == awaited
    # It was overtaken while it lay there.
    assert hear(world, "IntroductionWaiting", key, state="expired") == awaited


def test_what_is_overtaken_reminds_nobody(world: World) -> None:
    key = world.reach(S.SENT)
    assert hear(world, "IntroductionWaiting", key, state="proposed") == {}


def test_both_are_asked_of_what_an_officer_proposes(world: World) -> None:
    key = world.propose()
    assert hear(world, "IntroductionVetted", key) == {"second": BOTH}
    world.do("send_on", key)
    assert hear(world, "IntroductionSent", key) == {
        "buyer_person": BOTH,
        "maker_person": BOTH,
        "maker_reader": NOTICE,
    }
    world.do("accept", key, world.maker_person)
    assert hear(world, "IntroductionConsented", key) == {"first": NOTICE, "second": NOTICE}
    assert hear(world, "IntroductionWaiting", key, state="sent") == {"buyer_person": BOTH}
    world.do("decline", key)
    assert hear(world, "IntroductionDeclined", key) == {
        "maker_person": BOTH,
        "maker_reader": NOTICE,
        "first": BOTH,
        "second": NOTICE,
    }


def test_what_an_office_declines_no_side_hears_that_did_not_know(world: World) -> None:
    proposed = world.express()
    world.do("decline", proposed, world.first)
    assert hear(world, "IntroductionDeclined", proposed) == {"maker_person": BOTH, "maker_reader": NOTICE}


def test_what_the_other_office_declines_of_a_proposal_the_first_hears(world: World) -> None:
    by_office = world.propose()
    world.do("decline", by_office, world.second)
    assert hear(world, "IntroductionDeclined", by_office) == {"first": BOTH}


def test_whoever_has_it_in_hand_is_told_alone(world: World) -> None:
    world.officer(world.second_office)
    key = world.reach(S.SENT)
    assert hear(world, "IntroductionConsented", key)["second"] == NOTICE
    assert set(hear(world, "IntroductionConsented", key)) == {"first", "second"}


def test_an_office_whose_officer_is_a_side_or_gone_does_not_swallow_it(world: World) -> None:
    key = world.reach(S.VETTED)
    world.take_part(world.second, world.buyer, "viewer")
    assert hear(world, "IntroductionWaiting", key, state="vetted") == {"admin": BOTH}


def test_an_office_is_asked_for_a_listing_that_it_holds(world: World) -> None:
    world.request = world.market.listing("request", None, office_id=world.second_office)
    key = world.reach(S.SENT)
    assert hear(world, "IntroductionSent", key)["second"] == BOTH


def test_members_of_a_suspended_side_hear_nothing(world: World) -> None:
    key = world.reach(S.SENT)
    world.suspend(world.buyer)
    assert "buyer_person" not in hear(world, "IntroductionSent", key)


def test_new_hands_are_told(world: World) -> None:
    key = world.express()
    assert hear(world, "IntroductionReassigned", key, officer=world.first.user_id) == {"first": BOTH}
    ids = {"introductions": [key], "officer": world.first.user_id}
    assert told(world.database, "IntroductionsHandedOver", **ids) == {
        (world.first.email, Channel.MAIL.value),
        (str(world.first.user_id), Channel.NOTICE.value),
    }
