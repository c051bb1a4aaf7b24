"""What stands on an officer's worklist, and in which order."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from marketplace.desk.queries.today import Matter, Sort, worklist
from marketplace.introductions.models import Introduction
from marketplace.introductions.services.hands import reassign
from marketplace.introductions.states import IntroductionState
from marketplace.listings.models import State
from marketplace.matches.models import Match
from marketplace.policy import Actor
from marketplace.search.replica import Replica
from matching.types import Kind
from tests.marketplace.desk.counting import statements
from tests.marketplace.introductions.world import World
from tests.marketplace.matches.market import rescore

S = IntroductionState


def matters(
    world: World, actor: Actor, *, mine: bool = True, limit: int = 20, **more: object
) -> list[Matter]:
    with world.database.reading() as session:
        return list(
            worklist(session, actor, mine=mine, now=world.now, limit=20, **more).matters  # type: ignore[arg-type]
        )


def references(found: list[Matter]) -> list[str]:
    return [
        matter.card.reference if matter.card else str(matter.introduction and matter.introduction.reference)
        for matter in found
    ]


def submit(world: World, organisation: int, office: int, days: int = 1, **given: object) -> int:
    return world.market.listing(
        "offer",
        organisation,
        office_id=office,
        state=State.SUBMITTED,
        submitted_at=world.now - timedelta(days=days),
        **given,
    )


def test_it_waits_for_whose_turn_it_is(world: World) -> None:
    key = world.express()
    assert [matter.sort for matter in matters(world, world.first)] == [Sort.INTRODUCTION]
    assert "vet" in matters(world, world.first)[0].verbs
    for person in (world.second, world.unrelated):
        assert matters(world, person) == []
    world.do("vet", key)
    assert matters(world, world.first) == []
    assert "send_on" in matters(world, world.second)[0].verbs
    assert len(matters(world, world.admin)) == 1
    world.do("send_on", key)
    assert matters(world, world.second) == []


def test_a_silent_side_is_to_be_reminded_from_half_time_on_and_once_a_day(world: World) -> None:
    key = world.reach(S.SENT)
    assert matters(world, world.first) == []
    world.pass_time(timedelta(days=10))
    for person in (world.first, world.second):
        assert [matter.sort for matter in matters(world, person)] == [Sort.REMINDER]
    world.do("remind", key)
    assert matters(world, world.second) == []
    world.pass_time(timedelta(days=1))
    assert [matter.sort for matter in matters(world, world.second)] == [Sort.REMINDER]
    world.do("accept", key)
    assert matters(world, world.second) == []


def test_a_listing_that_the_office_holds_is_answered_by_it(world: World) -> None:
    world.request = world.market.listing("request", None, office_id=world.second_office, title="Held")
    world.reach(S.SENT)
    found = matters(world, world.second)
    assert [matter.sort for matter in found] == [Sort.INTRODUCTION]
    assert "accept" in found[0].verbs
    assert matters(world, world.first) == []


def test_an_office_answers_for_its_end_of_a_proposal(world: World) -> None:
    world.offer = world.market.listing("offer", None, office_id=world.first_office, title="Held")
    key = world.propose()
    world.do("send_on", key)
    assert [matter.sort for matter in matters(world, world.first)] == [Sort.INTRODUCTION]


def test_what_a_colleague_has_in_hand_is_left_to_them(world: World) -> None:
    key = world.express()
    colleague = world.officer(world.first_office)
    with world.database.transaction() as session:
        reassign(
            session, world.first, session.get_one(Introduction, key),
            officer_id=colleague.user_id, version=None, now=world.now,
        )  # fmt: skip
    assert matters(world, world.first) == []
    assert len(matters(world, world.first, mine=False)) == 1
    assert len(matters(world, colleague)) == 1


def test_nobody_brokers_or_reviews_their_own(world: World) -> None:
    world.express()
    submit(world, world.maker, world.first_office)
    assert len(matters(world, world.first)) == 2
    partial = world.take_part(world.first, world.maker)
    assert matters(world, partial) == []


def test_listings_wait_for_review_within_an_officers_time_limit(world: World) -> None:
    fresh = submit(world, world.maker, world.first_office, title="Fresh")
    submit(world, world.maker, world.first_office, days=30, title="Forgotten")
    submit(world, world.buyer, world.second_office, title="Of the other office")
    found = matters(world, world.first)
    assert [matter.card.title for matter in found if matter.card] == ["Forgotten", "Fresh"]
    assert [matter.rank.overdue for matter in found] == [True, False]
    assert found[0].reasons[-1] == "over its time limit"
    world.market.change(fresh, state=State.PUBLISHED)
    assert len(matters(world, world.first)) == 1


def test_chance_value_and_age_decide_and_are_told(world: World) -> None:
    world.market.change(world.request, quantity_per_year=5000.0, quantity_unit="pieces")
    plain = world.market.listing("request", world.buyer, office_id=world.second_office, title="Plain")
    rescore(world.database, Replica(world.database), now=world.now)
    one = world.express()
    world.request = plain
    two = world.express(own=None)
    found = matters(world, world.first)
    assert [matter.introduction.id for matter in found if matter.introduction] == [one, two]
    total = world.get(one).total
    assert total is not None
    assert found[0].reasons[0] == f"fits by {round(total)} of 100"
    assert found[0].reasons[1] == "5,000 pieces a year"
    assert found[1].reasons[1] == "size not stated"
    assert found[0].rank.chance == total / 100


def test_what_was_learnt_from_decisions_is_the_chance(world: World) -> None:
    rescore(world.database, Replica(world.database), now=world.now)
    world.express()

    def learnt(_total: float, kind: Kind) -> float:
        assert kind is Kind.SUBCONTRACTING
        return 0.7

    found = matters(world, world.first, calibrated=learnt)
    assert found[0].rank.chance == 0.7
    assert found[0].reasons[0] == "of 10 like it, 7 were accepted"


def test_a_pair_that_was_matched_later_has_its_chance_all_the_same(world: World) -> None:
    key = world.express()
    rescore(world.database, Replica(world.database), now=world.now)
    assert world.get(key).total is None
    assert matters(world, world.first)[0].reasons[0].startswith("fits by")


def test_who_names_no_listing_is_taken_by_the_one_that_fits_best(world: World) -> None:
    world.express(own=None)
    found = matters(world, world.first)[0]
    assert found.reasons[0] == "chance not known"
    assert found.rank.chance == 0.5
    second = world.market.listing("offer", world.maker, office_id=world.first_office)
    stranger = world.market.listing("offer", world.strangers, office_id=world.first_office)
    other = world.market.listing("request", world.buyer, office_id=world.second_office)
    with world.database.transaction() as session:
        for request, offer, total in (
            (world.request, world.offer, 41.0),
            (world.request, second, 62.0),
            # Neither of these is between the maker and what is asked.
            (world.request, stranger, 93.0),
            (other, world.offer, 94.0),
        ):
            session.add(
                Match(
                    request_id=request, offer_id=offer, total=total,
                    explanation={}, found_at=world.now, scored_at=world.now,
                )
            )  # fmt: skip
    found = matters(world, world.first)[0]
    assert found.reasons[0] == "fits by 62 of 100"
    assert found.rank.chance == 0.62


def test_who_names_a_listing_is_taken_by_that_one(world: World) -> None:
    better = world.market.listing("offer", world.maker, office_id=world.first_office)
    world.express()
    with world.database.transaction() as session:
        for offer, total in ((world.offer, 41.0), (better, 62.0)):
            session.add(
                Match(
                    request_id=world.request, offer_id=offer, total=total,
                    explanation={}, found_at=world.now, scored_at=world.now,
                )
            )  # fmt: skip
    assert matters(world, world.first)[0].reasons[0] == "fits by 41 of 100"


def test_an_amount_of_money_is_what_it_is_worth(world: World) -> None:
    details = {"contribution_sought": 300000, "currency": "USD"}
    world.market.change(world.request, kind=Kind.INVESTMENT, details=details)
    world.express(own=None)
    assert matters(world, world.first)[0].reasons[1] == "300,000 USD"


def test_what_is_over_its_time_limit_comes_first(world: World) -> None:
    world.express()
    world.request = world.market.listing("request", world.buyer, office_id=world.second_office)
    late = world.express(own=None)
    with world.database.transaction() as session:
        session.execute(
            sa.update(Introduction).where(Introduction.id == late).values(due_at=world.now, total=1.0)
        )
    found = matters(world, world.first)
    assert next(matter.introduction.id for matter in found if matter.introduction) == late
    with world.database.reading() as session:
        counted = worklist(session, world.first, mine=True, now=world.now, limit=0)
    assert (counted.total, counted.overdue, counted.matters) == (2, 1, [])


def test_the_number_of_queries_does_not_grow(world: World) -> None:
    def grow(times: int) -> None:
        for _each in range(times):
            submit(world, world.maker, world.first_office)
            world.request = world.market.listing("request", world.buyer, office_id=world.second_office)
            world.express(own=None)

    grow(1)
    first = world.first
    with statements(world.database) as few:
        matters(world, first)
    grow(6)
    with statements(world.database) as many:
        assert len(matters(world, first)) == 14
    assert len(many) == len(few)
    assert len(few) < 20
