"""The pairs to broker: what is proposed, what is not, and what is held back."""

from __future__ import annotations

import pytest

from marketplace.desk.queries.matches import PairsToBroker, pairs_to_broker
from marketplace.introductions.states import IntroductionState
from marketplace.listings.models import State
from marketplace.matches.models import Dismissal, DismissReason
from marketplace.offices.models import Office
from marketplace.policy import Actor
from marketplace.search.replica import Replica
from matching.types import Side
from tests.marketplace.desk.counting import statements
from tests.marketplace.introductions.test_side_pages import Site
from tests.marketplace.introductions.world import World
from tests.marketplace.matches.market import OFFICES, rescore
from tests.marketplace.visitor import words

S = IntroductionState


def matched(world: World) -> World:
    rescore(world.database, Replica(world.database), now=world.now)
    return world


def pairs(world: World, actor: Actor) -> PairsToBroker:
    with world.database.reading() as session:
        return pairs_to_broker(session, actor, today=world.now.date())


def best(world: World, actor: Actor) -> list[tuple[int, int]]:
    return [(pair.request.id, pair.offer.id) for pair in pairs(world, actor).best]


def test_a_match_stands_on_the_desks_of_both_offices_and_of_no_other(world: World) -> None:
    matched(world)
    assert best(world, world.first) == [(world.request, world.offer)]
    assert best(world, world.second) == best(world, world.admin) == best(world, world.first)
    assert best(world, world.unrelated) == []
    pair = pairs(world, world.first).best[0]
    assert not pair.within
    assert pair.score.total > 50


def test_what_was_ever_introduced_is_not_proposed_again(world: World) -> None:
    matched(world)
    key = world.propose()
    assert best(world, world.first) == []
    world.pass_time(world.now - world.now)
    world.do("decline", key, world.second)
    assert best(world, world.first) == []


def test_an_interest_the_other_way_round_counts_too(world: World) -> None:
    matched(world)
    world.express()
    assert best(world, world.second) == []


@pytest.mark.parametrize("back", [False, True])
def test_an_interest_without_a_listing_of_ones_own_joins_the_two(world: World, back: bool) -> None:  # noqa: FBT001 (pytest gives it by its name)
    matched(world)
    if back:
        key = world.express(world.buyer_person, organisation_id=world.buyer, own=None, listing=world.offer)
    else:
        key = world.express(own=None)
    assert best(world, world.first) == best(world, world.second) == []
    world.do("decline", key, world.second if back else world.first)
    assert best(world, world.first) == [(world.request, world.offer)]


@pytest.mark.parametrize("end", [S.AGREED, S.FAILED])
def test_whose_contacts_were_opened_are_not_brought_together_again(world: World, end: S) -> None:
    matched(world)
    world.reach(end, world.express(own=None))
    assert best(world, world.first) == []


def test_another_listing_of_who_asks_counts_and_another_listing_asked_does_not(world: World) -> None:
    first = world.offer
    second = world.market.listing("offer", world.maker, office_id=world.first_office)
    other = world.market.listing("request", world.buyer, office_id=world.second_office)
    matched(world)
    world.express(own=second)
    assert sorted(best(world, world.first)) == [(other, first), (other, second)]


def test_of_two_listings_that_offices_hold_only_their_own_introduction_counts(world: World) -> None:
    held = world.market.listing("request", None, office_id=world.second_office)
    office = world.market.listing("offer", None, office_id=world.first_office)
    matched(world)
    world.propose(first=world.offer, second=held)
    assert (held, office) in best(world, world.first)
    assert (held, world.offer) not in best(world, world.first)


@pytest.mark.parametrize("side", list(Side))
def test_what_a_side_has_waved_away_is_left_alone(world: World, side: Side) -> None:
    matched(world)
    with world.database.transaction() as session:
        session.add(
            Dismissal(
                request_id=world.request,
                offer_id=world.offer,
                side=side,
                reason=DismissReason.TOO_FAR,
                at=world.now,
                total=70.0,
                explanation={},
            )
        )
    assert best(world, world.first) == []


@pytest.mark.parametrize(
    "given", [{"state": State.PAUSED}, {"open_for_interest": False}, {"valid_until": "yesterday"}]
)
def test_both_have_to_be_open(world: World, given: dict[str, object]) -> None:
    matched(world)
    if "valid_until" in given:
        given = {"valid_until": world.now.date().replace(year=2025)}
    world.market.change(world.request, **given)
    assert best(world, world.first) == []


def test_nobody_suspended_and_no_own_company(world: World) -> None:
    matched(world)
    partial = world.take_part(world.first, world.maker)
    assert best(world, partial) == []
    assert best(world, world.second) != []
    world.suspend(world.buyer)
    assert best(world, world.second) == []


def test_a_listing_that_an_office_holds_can_be_brokered(world: World) -> None:
    world.request = world.market.listing("request", None, office_id=world.second_office)
    matched(world)
    assert (world.request, world.offer) in best(world, world.first)


def test_who_has_many_live_introductions_is_held_back_with_the_reason(world: World) -> None:
    matched(world)
    with world.database.transaction() as session:
        for key in (world.maker, world.buyer):
            office = world.first_office if key == world.maker else world.second_office
            session.get_one(Office, office).most_live = 2
    first = world.first
    keys = []
    for _each in range(3):
        assert best(world, first) == [(world.request, world.offer)]
        other = world.market.listing("request", world.buyer, office_id=world.second_office)
        keep, world.request = world.request, other
        keys.append(world.express(own=None))
        world.request = keep
    found = pairs(world, first)
    assert found.best == []
    assert [(pair.request.id, pair.offer.id) for pair in found.held_back] == [(world.request, world.offer)]
    assert sorted(found.held_back[0].busy) == [("Baobab Pumps", 3), ("Nyota Works", 3)]
    world.reach(S.DECLINED, keys[0])
    assert best(world, first) == [(world.request, world.offer)]
    assert pairs(world, first).held_back == []


def test_the_number_of_queries_does_not_grow(world: World) -> None:
    matched(world)
    first = world.first
    with statements(world.database) as few:
        pairs(world, first)
    with world.market.together():
        for _each in range(5):
            world.market.listing("request", world.buyer, office_id=world.second_office)
    matched(world)
    with statements(world.database) as many:
        assert len(pairs(world, first).best) == 6
    assert len(many) == len(few)


def test_introduce_with_one_click(site: Site) -> None:
    world = matched(site.world)
    first = site.browser("first")
    told = words(first.get("/desk/matches").text)
    for word in ("Shafts wanted", "Nyota Works", "Baobab Pumps", "of 100", "The other office looks first"):
        assert word in told
    data = {"request": "REQ-2026-00002", "offer": "OFR-2026-00001"}
    answer = first.post("/desk/matches", data)
    assert "INT-2026-00001 has begun." in words(answer.text)
    assert "No pair waits for a broker" in words(answer.text)
    begun = world.get(1)
    assert begun.state is S.VETTED
    assert begun.total is not None
    late = site.browser("second").post("/desk/matches", data)
    assert late.status_code == 409
    assert "being introduced to each other already" in words(late.text)


def test_a_listing_that_was_closed_meanwhile_is_not_introduced(site: Site) -> None:
    world = matched(site.world)
    world.market.change(world.request, state=State.CLOSED)
    data = {"request": "REQ-2026-00002", "offer": "OFR-2026-00001"}
    answer = site.browser("first").post("/desk/matches", data)
    assert answer.status_code == 409
    assert "Both listings have to be published." in words(answer.text)


def test_introducing_is_for_officers_of_one_of_the_two(site: Site) -> None:
    matched(site.world)
    data = {"request": "REQ-2026-00002", "offer": "OFR-2026-00001"}
    for name in ("maker_person", "buyer_person", "stranger", "unrelated"):
        assert site.browser(name).post("/desk/matches", data).status_code == 404, name
    first = site.browser("first")
    assert first.post("/desk/matches", {**data, "offer": "OFR-2026-99999"}).status_code == 404
    assert first.post("/desk/matches", {}).status_code == 404


def test_an_anonymous_company_of_another_office_stays_so(site: Site) -> None:
    world = matched(site.world)
    world.market.change(world.request, anonymous=True, dissemination=OFFICES)
    with world.database.transaction() as session:
        for row in session.query(Office):
            row.most_live = 1
    for _each in range(2):
        other = world.market.listing("request", world.buyer, office_id=world.second_office)
        keep, world.request = world.request, other
        world.express(own=None)
        world.request = keep
    page = site.browser("first").get("/desk/matches").text
    assert "An anonymous company has 2 live introductions already." in words(page)
    assert "Nyota Works has 2 live introductions already." in words(page)
    assert "Baobab" not in page
