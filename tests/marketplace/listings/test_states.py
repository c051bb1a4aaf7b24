from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from marketplace.errors import Conflict, Forbidden, NotFound
from marketplace.listings.models import State
from marketplace.listings.services import STATES, change_state
from marketplace.listings.services.states import OWN, STAFF, SYSTEM, locked_listing, move
from marketplace.policy import PERMISSIONS, VISITOR, Actor
from tests.marketplace.listings.world import NOW, World

VERBS = sorted({verb for _, verb in STATES})
ROADS: dict[State, tuple[str, ...]] = {
    State.DRAFT: (),
    State.SUBMITTED: ("submit",),
    State.RETURNED: ("submit", "return"),
    State.PUBLISHED: ("submit", "publish"),
    State.PAUSED: ("submit", "publish", "pause"),
    State.MATCHED: ("submit", "publish", "mark_matched"),
    State.CLOSED: ("submit", "publish", "close"),
    State.EXPIRED: ("submit", "publish", "expire"),
    State.ARCHIVED: ("archive",),
}


def who_does(world: World, permission: str) -> Actor | None:
    return {OWN: world.member(), STAFF: world.officer(), SYSTEM: None}[permission]


def walk(session: Session, world: World, reference: str, verbs: tuple[str, ...]) -> None:
    for verb in verbs:
        listing = locked_listing(session, reference)
        if verb == "publish":
            listing.published_at = NOW
        move(session, who_does(world, STATES[listing.state, verb].permission), listing, verb, NOW)


def test_every_state_can_be_reached_and_left_or_is_the_last() -> None:
    assert set(ROADS) == set(State)
    assert {row.to for row in STATES.values()} == set(State)
    assert {state for state, _ in STATES} == set(State) - {State.ARCHIVED}
    assert {row.permission for row in STATES.values()} - {SYSTEM} <= set(PERMISSIONS)


@pytest.mark.parametrize("state", State)
def test_the_table_allows_what_it_holds_and_nothing_else(state: State, site: World) -> None:
    reference = site.draft()
    for verb in VERBS:
        row = STATES.get((state, verb))
        actor = who_does(site, row.permission if row else OWN)
        with site.database.transaction() as session:
            walk(session, site, reference, ROADS[state])
            listing = locked_listing(session, reference)
            assert listing.state is state
            listing.published_at = NOW
            if row is None:
                with pytest.raises(Conflict) as told:
                    move(session, actor, listing, verb, NOW)
                assert told.value.message
                assert listing.state is state
            else:
                before = listing.change
                move(session, actor, listing, verb, NOW)
                assert listing.state is row.to
                assert listing.change > before
            session.rollback()


@pytest.mark.parametrize(
    ("who", "error"),
    [
        (lambda _: VISITOR, NotFound),
        (lambda world: world.buyer(), NotFound),
        (lambda world: world.other_officer(), NotFound),
        (lambda world: world.member("viewer"), Forbidden),
        (lambda world: world.officer(), NotFound),
    ],
)
def test_others_cannot_move_a_draft_nor_know_of_it(
    who: Callable[[World], Actor], error: type[Exception], site: World
) -> None:
    reference = site.draft()
    with pytest.raises(error), site.database.transaction() as session:
        move(session, who(site), locked_listing(session, reference), "submit", NOW)
    assert site.listing(reference).state is State.DRAFT


def test_a_member_cannot_publish_and_an_officer_cannot_pause(site: World) -> None:
    reference = site.submitted()
    with pytest.raises(Forbidden), site.database.transaction() as session:
        move(session, site.member(), locked_listing(session, reference), "publish", NOW)
    reference = site.published("another")
    with pytest.raises(Forbidden), site.database.transaction() as session:
        move(session, site.officer(), locked_listing(session, reference), "pause", NOW)


def test_no_person_can_do_what_only_the_exchange_does(site: World) -> None:
    reference = site.published()
    with pytest.raises(Conflict), site.database.transaction() as session:
        move(session, site.member(), locked_listing(session, reference), "expire", NOW)
    with pytest.raises(Conflict), site.database.transaction() as session:
        move(session, None, locked_listing(session, reference), "pause", NOW)


def test_a_refusal_says_what_has_happened_meanwhile(site: World) -> None:
    reference = site.published()
    with site.database.transaction() as session:
        change_state(session, site.member(), reference, "close", now=NOW)
    with pytest.raises(Conflict) as told, site.database.transaction() as session:
        change_state(session, site.member(), reference, "pause", now=NOW)
    assert "closed" in told.value.message


def test_an_unknown_verb_is_a_programming_error(site: World) -> None:
    with pytest.raises(ValueError, match="explode"), site.database.transaction() as session:
        change_state(session, site.member(), site.draft(), "explode", now=NOW)
