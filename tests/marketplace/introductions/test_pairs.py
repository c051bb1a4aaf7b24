"""What an officer may propose, what is in the way of a pair, and listings that an office holds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from marketplace.errors import Conflict, Forbidden, Invalid, NotFound
from marketplace.introductions.models import Introduction
from marketplace.introductions.services.see import see_contacts
from marketplace.introductions.states import By, IntroductionState, Reason
from marketplace.listings.models import Listing, State
from tests.marketplace.introductions.world import World
from tests.marketplace.matches.market import MEMBERS, NOW, Market

S = IntroductionState


def test_who_may_propose(world: World) -> None:
    for name in ("unrelated", "stranger", "maker_person", "buyer_person"):
        with pytest.raises(NotFound):
            world.propose(getattr(world, name))
    assert world.get(world.propose(world.admin)).proposer_officer_id is None


def test_the_proposing_office_is_the_first(world: World) -> None:
    key = world.propose(world.second)
    found = world.get(key)
    assert (found.proposer_organisation_id, found.proposer_office_id) == (world.buyer, world.second_office)
    assert found.other_listing_id == world.offer
    assert found.proposer_officer_id == world.second.user_id


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (lambda market, _maker, buyer: market.listing("offer", buyer), "same_side"),
        (lambda market, _maker, buyer: market.listing("request", buyer, state=State.PAUSED), "not_published"),
        (lambda market, maker, _buyer: market.listing("request", maker), "same_organisation"),
    ],
)
def test_a_pair_is_a_request_and_an_offer_of_two(
    world: World, second: Callable[[Market, int, int], int], code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        world.propose(second=second(world.market, world.maker, world.buyer))
    assert (refused.value.field, refused.value.code) == ("pair", code)


def test_a_pair_is_introduced_once(world: World) -> None:
    world.express()
    with pytest.raises(Conflict, match="already"):
        world.propose()
    with pytest.raises(Conflict, match="already"):
        world.propose(world.second)


def test_another_interest_of_the_organisation_is_in_the_way(world: World) -> None:
    world.express(own=None)
    with pytest.raises(Conflict, match="already"):
        world.propose()


def test_an_interest_of_the_other_side_without_a_listing_is_in_the_way_too(world: World) -> None:
    world.express(world.buyer_person, organisation_id=world.buyer, own=None, listing=world.offer)
    with pytest.raises(Conflict, match="being introduced to each other already"):
        world.propose()


@pytest.mark.parametrize("end", [S.AGREED, S.FAILED])
def test_who_know_each_other_are_not_asked_without_a_name(world: World, end: S) -> None:
    world.reach(end, world.express(own=None))
    with pytest.raises(Conflict, match="know each other already"):
        world.propose()
    with pytest.raises(Conflict, match="know each other already"):
        world.propose(world.second)


@pytest.mark.parametrize("end", [S.DECLINED, S.WITHDRAWN, S.EXPIRED])
def test_who_never_met_can_be_proposed_again(world: World, end: S) -> None:
    ended = world.reach(end, world.express(own=None))
    again = world.propose()
    assert world.get(again).state is S.VETTED
    assert again != ended


def test_an_interest_between_two_that_an_officer_introduces_is_that_introduction(world: World) -> None:
    proposed = world.propose()
    assert world.express() == proposed


def ask_back(world: World) -> int:
    """Express the buyer's interest in the offer, from the very request that the maker asked for."""
    return world.express(
        world.buyer_person, organisation_id=world.buyer, own=world.request, listing=world.offer
    )


def test_who_does_not_know_that_they_are_asked_for_may_ask_too(world: World) -> None:
    first = world.express()
    back = ask_back(world)
    assert back != first
    assert ask_back(world) == back


@pytest.mark.parametrize("state", [S.SENT, S.ACCEPTED, S.NEGOTIATING])
def test_who_was_asked_is_led_to_what_they_are_asked(world: World, state: S) -> None:
    key = world.reach(state)
    assert ask_back(world) == key
    # Once it is over, anybody may begin anew.
    world.do("withdraw" if state is S.SENT else "fail", key)
    assert ask_back(world) != key


# --------------------------------------------------------------------- a listing that an office holds


def held(world: World) -> int:
    """Add a request that the second office holds."""
    return world.market.listing("request", None, office_id=world.second_office, title="Held by the office")


def test_an_office_answers_for_a_listing_that_it_holds(world: World) -> None:
    world.request = held(world)
    key = world.reach(S.SENT)
    with pytest.raises(Forbidden):
        world.do("accept", key, world.first)
    world.do("accept", key, world.second)
    assert world.get(key).state is S.ACCEPTED
    with world.database.transaction() as session:
        found = session.get_one(Introduction, key)
        proposer, other = see_contacts(session, world.maker_person, found, now=NOW)
    assert (proposer.name, other.name, other.person) == ("Nyota Works", "SPX Accra", "")


def test_two_held_listings_and_none_without_an_office(world: World) -> None:
    first = world.market.listing("offer", None, office_id=world.first_office, title="Held too")
    key = world.propose(first=first, second=held(world))
    world.do("send_on", key)
    world.do("accept", key, world.first)
    world.do("decline", key, world.second, reason=Reason.OTHER, words="No answer from them.")
    assert world.get(key).ended_by is By.OTHER


def test_where_there_is_no_office_the_administrators_broker(world: World) -> None:
    bare = world.market.organisation(name="Bare")
    person = world.market.member(bare)
    world.request = world.market.listing("request", bare)
    key = world.express()
    world.do("vet", key)
    world.do("send_on", key, world.admin)
    world.do("accept", key, world.again(person))
    assert world.get(key).state is S.ACCEPTED


def test_what_members_alone_may_read_can_be_approached_by_them(world: World) -> None:
    world.market.change(world.request, dissemination=MEMBERS)
    assert world.express() > 0


def test_progress_is_one_of_the_tables(world: World) -> None:
    key = world.reach(S.ACCEPTED)
    with pytest.raises(ValueError, match="vet"):
        world.do_progress(key, "vet")


def test_the_listing_is_gone_from_sight_and_the_introduction_stays(world: World) -> None:
    key = world.reach(S.SENT)
    with world.database.transaction() as session:
        session.get_one(Listing, world.request).state = State.CLOSED
    world.do("accept", key)
    assert world.get(key).state is S.ACCEPTED
