from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import sqlalchemy as sa

from marketplace.listings.models import Listing
from marketplace.listings.queries import (
    as_engine_listing,
    cards,
    engine_listing,
    engine_listings,
    open_counts,
)
from marketplace.listings.services import change_state
from marketplace.organisations.models import EmployeeBand, HeldCertificate, Machine, Organisation
from marketplace.policy import VISITOR
from matching.criteria import CRITERIA
from matching.types import Certificate, Condition, Fact, Operator, Side
from matching.types import Listing as EngineListing
from tests.marketplace.listings.world import FIRM, NOW, TODAY, World, raw, request, values


def equip(world: World) -> None:
    """Give the firm what a profile holds."""
    with world.database.transaction() as session:
        firm = session.get_one(Organisation, world.firm_id)
        firm.employees = EmployeeBand.SMALL
        firm.founded_year = 1987
        firm.women_led = True
        firm.languages = ["de", "it"]
        firm.certificates = [HeldCertificate(scheme="ISO 9001:2015", expires_on=date(2026, 1, 31))]
        firm.machines = [
            Machine(type="lathe", tolerance_mm=Decimal("0.01"), envelope_x_mm=Decimal(500)),
            Machine(
                type="mill",
                tolerance_mm=Decimal("0.02"),
                envelope_x_mm=Decimal(800),
                max_weight_kg=Decimal(40),
                max_diameter_mm=Decimal(120),
            ),
        ]


def seen(world: World, reference: str) -> EngineListing:
    with world.database.reading() as session:
        key = session.scalars(sa.select(Listing.id).where(Listing.reference == reference)).one()
        found = engine_listing(session, key)
        assert found is not None
        return found


def test_an_offer_states_what_it_says_and_what_its_organisation_holds(anywhere: World) -> None:
    equip(anywhere)
    facts = seen(
        anywhere,
        anywhere.published(
            details={"tolerance_mm": "0.005", "materials": "brass", "it_grade": "IT7"},
            lead_time_days="21",
            quantity_per_year="40",
            quantity_unit="t",
            held_certificates="ISO 9001; ISO 14001",
        ),
    ).facts
    assert facts["tolerance_mm"] == Fact(low=0.005, high=0.005)
    assert facts["part_length_mm"] == Fact(low=800.0, high=800.0)
    assert facts["part_weight_kg"] == Fact(low=40.0, high=40.0)
    assert facts["part_diameter_mm"] == Fact(low=120.0, high=120.0)
    assert facts["it_grade"] == Fact(terms=("IT7",))
    assert facts["employees"] == Fact(low=10, high=49)
    assert facts["year_founded"] == Fact(low=1987.0, high=1987.0)
    assert facts["women_led"] == Fact(terms=("yes",))
    assert facts["language"] == Fact(terms=("de", "it", "en"))
    assert facts["country"] == Fact(terms=("AT",))
    assert facts["lead_time_days"] == Fact(low=21.0, high=21.0)
    assert facts["tonnes_per_year"] == Fact(low=40.0, high=40.0)
    assert facts["material"] == Fact(terms=("brass",))
    # The expired certificate of the profile is not made good by naming it in the listing.
    assert facts["certificate"].certificates == (
        Certificate("ISO 9001:2015", date(2026, 1, 31)),
        Certificate("ISO 14001"),
    )
    assert set(facts) <= set(CRITERIA)


def test_a_request_asks_softly_for_what_it_says_in_passing(world: World) -> None:
    equip(world)
    listing = seen(
        world,
        world.published(
            **request(
                details={"tolerance_mm": "0.05", "materials": "brass; bronze", "part_length_mm": "120"},
                requirements=[{"criterion": "part_length_mm", "value": "100", "hard": True}],
                quantity_per_year="5000",
                lead_time_days="30",
            ),
            key="k",
        ),
    )
    asked = {condition.criterion: condition for condition in listing.conditions}
    assert asked["part_length_mm"] == Condition("part_length_mm", Operator.AT_LEAST, low=100.0, hard=True)
    assert asked["tolerance_mm"] == Condition("tolerance_mm", Operator.AT_MOST, high=0.05, weight=0.5)
    assert asked["material"].terms == ("brass", "bronze")
    assert asked["quantity_per_year"].low == 5000.0
    assert asked["lead_time_days"].high == 30.0
    assert not any(condition.hard for key, condition in asked.items() if key != "part_length_mm")
    # The machines speak for offers only: a request says what it needs, not what it could make.
    assert "part_weight_kg" not in listing.facts


def test_an_offer_asks_only_what_it_requires(world: World) -> None:
    assert seen(world, world.published(details={"tolerance_mm": "0.05"})).conditions == ()


def test_money_is_stated_with_its_currency(world: World) -> None:
    listing = seen(
        world,
        world.published(
            side="request",
            kind="investment",
            details={"total_cost": "2500000", "currency": "EUR", "contribution_kind": ["equity"]},
        ),
    )
    assert listing.facts["total_cost"] == Fact(low=2.5e6, high=2.5e6, terms=("EUR",))


def test_the_feed_tells_open_listings_and_removals_in_order(anywhere: World) -> None:
    first, second, third = anywhere.published("a"), anywhere.published("b"), anywhere.draft("c")
    with anywhere.database.reading() as session:
        changes = engine_listings(session, 0, today=TODAY)
    assert [change.listing is not None for change in changes] == [True, True, False]
    assert [change.number for change in changes] == sorted(change.number for change in changes)
    last = changes[-1].number
    with anywhere.database.transaction() as session:
        change_state(session, anywhere.member(), first, "pause", now=NOW)
    with anywhere.database.reading() as session:
        (change,) = engine_listings(session, last, today=TODAY)
        assert (change.listing_id, change.listing) == (anywhere.listing(first).id, None)
        assert engine_listings(session, change.number, today=TODAY) == []
        assert [one.number for one in engine_listings(session, 0, 2, today=TODAY)] == [
            one.number for one in engine_listings(session, 0, today=TODAY)[:2]
        ]
        later = engine_listings(session, 0, today=TODAY + timedelta(days=366))
        assert all(one.listing is None for one in later)
    assert second != third


def test_a_listing_that_is_not_there_is_none(world: World) -> None:
    with world.database.reading() as session:
        assert engine_listing(session, 4711) is None


def test_what_is_typed_is_seen_like_what_is_stored(world: World) -> None:
    typed = values(request(details={"materials": "brass"}, sectors="2592", summary="Fittings"))
    live = as_engine_listing(
        typed,
        listing_id=0,
        capabilities=typed.capabilities,
        sectors=typed.sectors,
        requirements=typed.requirements,
        standing=None,
        published_at=None,
    )
    stored = seen(
        world,
        world.published(
            **request(details={"materials": "brass"}, sectors="2592", summary="Fittings"), key="k"
        ),
    )
    for name in (
        "side",
        "kind",
        "title",
        "capabilities",
        "text",
        "sectors",
        "country",
        "conditions",
        "facts",
    ):
        assert getattr(live, name) == getattr(stored, name), name
    assert (live.owner, stored.owner) == (None, world.firm_id)
    assert live.side is Side.REQUEST


def test_a_card_hides_whose_an_anonymous_listing_is(world: World) -> None:
    hidden, named = world.published("a", anonymous="yes"), world.published("b")
    ids = [world.listing(named).id, world.listing(hidden).id, 4711]
    for actor, names in (
        (VISITOR, [FIRM, None]),
        (world.buyer(), [FIRM, None]),
        (world.other_officer(), [FIRM, None]),
        (world.officer(), [FIRM, FIRM]),
        (world.member(), [FIRM, FIRM]),
        (world.admin(), [FIRM, FIRM]),
    ):
        with world.database.reading() as session:
            found = cards(session, actor, ids)
        assert [card.organisation_name for card in found] == names
        assert [card.organisation_id is None for card in found] == [name is None for name in names]


def test_cards_leave_out_what_the_actor_may_not_see(anywhere: World) -> None:
    ids = [
        anywhere.listing(anywhere.draft("a")).id,
        anywhere.listing(anywhere.published("b", dissemination="members")).id,
    ]
    with anywhere.database.reading() as session:
        assert cards(session, VISITOR, ids) == []
        assert [card.id for card in cards(session, anywhere.buyer(), ids)] == ids[1:]
        assert [card.id for card in cards(session, anywhere.member(), ids)] == ids
        assert cards(session, VISITOR, []) == []


def test_open_listings_are_counted_by_side(anywhere: World) -> None:
    anywhere.published("a")
    anywhere.published("b")
    anywhere.published("c", **request())
    anywhere.draft("d")
    with anywhere.database.reading() as session:
        assert open_counts(session, TODAY) == {Side.OFFER: 2, Side.REQUEST: 1}
        assert open_counts(session, TODAY + timedelta(days=400)) == {Side.OFFER: 0, Side.REQUEST: 0}


def test_country_names_are_in_the_readers_language(world: World) -> None:
    key = world.listing(world.published()).id
    with world.database.reading() as session:
        assert cards(session, VISITOR, [key])[0].country_name == "Austria"
    assert raw()["country"] == "AT"
