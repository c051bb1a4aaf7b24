from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest
import sqlalchemy as sa

from marketplace.audit import AuditEntry
from marketplace.db import Database
from marketplace.errors import Forbidden, Invalid, NotFound
from marketplace.introductions.models import Interest
from marketplace.introductions.queries import (
    interest_by_id,
    live_interest,
    live_interests,
    my_interests,
    organisations_written_for,
    own_listings_facing,
    received_interests,
)
from marketplace.introductions.services import Expressed, express_interest, withdraw_interest
from marketplace.listings.models import Listing, State
from marketplace.organisations.models import EmployeeBand
from marketplace.outbox import Event
from marketplace.policy import VISITOR, Actor
from marketplace.search.replica import Replica
from matching.types import Side
from tests.marketplace.matches.market import NOW, OFFICES, Market, rescore


class World:
    """A buyer with a request, and a maker with an offer who would like to meet the buyer."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.market = Market(database)
        with self.market.together():
            self.buyer = self.market.organisation()
            self.maker = self.market.organisation(
                "KE",
                employees=EmployeeBand.SMALL,
                sectors=["2592"],
                name="Nyota Works",
                email="hidden@example.org",
            )
            self.asker = self.market.member(self.buyer)
            self.actor = self.market.member(self.maker)
            self.reader = self.market.member(self.maker, "viewer")
            self.request = self.market.listing("request", self.buyer)
            self.offer = self.market.listing("offer", self.maker)

    def express(self, actor: Actor | None = None, **given: Any) -> Expressed:
        """Express the maker's interest in the request."""
        own = given.pop("own", None)
        with self.database.transaction() as session:
            values = {
                "organisation_id": self.maker,
                "sought": "A trial order.",
                "unclear": "",
                "now": NOW,
                **given,
            }
            return express_interest(
                session,
                actor or self.actor,
                session.get_one(Listing, self.request),
                own_listing=session.get_one(Listing, own) if own else None,
                **values,
            )

    def withdraw(self, interest_id: int, actor: Actor | None = None) -> None:
        """Withdraw it."""
        with self.database.transaction() as session:
            withdraw_interest(
                session,
                actor or self.actor,
                session.get_one(Interest, interest_id),
                now=NOW + timedelta(days=1),
            )


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def events(database: Database) -> list[dict[str, Any]]:
    with database.reading() as session:
        found = session.scalars(sa.select(Event).where(Event.kind == "InterestExpressed").order_by(Event.id))
        return [event.ids for event in found]


def test_an_interest_is_kept_with_the_score_of_the_match_it_comes_from(world: World) -> None:
    rescore(world.database, Replica(world.database))
    expressed = world.express(own=world.offer, unclear="Whether you pay in advance.")
    assert expressed.new
    interest = expressed.interest
    assert (interest.organisation_id, interest.listing_id, interest.own_listing_id) == (
        world.maker,
        world.request,
        world.offer,
    )
    assert (interest.sought, interest.unclear) == ("A trial order.", "Whether you pay in advance.")
    assert interest.total is not None
    assert interest.total > 60
    assert interest.explanation is not None
    assert interest.explanation["request"] == world.request
    assert events(world.database) == [{"interest": interest.id}]
    with world.database.reading() as session:
        entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.thing == "interest")).one()
    assert (entry.act, entry.thing_id, entry.actor_id) == (
        "listing:approach",
        interest.id,
        world.actor.user_id,
    )
    assert "sought" not in entry.facts


def test_an_interest_needs_no_listing_of_ones_own_and_no_match(world: World) -> None:
    interest = world.express().interest
    assert (interest.own_listing_id, interest.total, interest.explanation) == (None, None, None)
    world.withdraw(interest.id)
    # No worker has scored the two yet.
    assert world.express(own=world.offer).interest.total is None


def test_an_offer_may_be_approached_from_a_request(world: World) -> None:
    rescore(world.database, Replica(world.database))
    with world.database.transaction() as session:
        expressed = express_interest(
            session,
            world.asker,
            session.get_one(Listing, world.offer),
            organisation_id=world.buyer,
            own_listing=session.get_one(Listing, world.request),
            sought="Two hundred shafts.",
            unclear="",
            now=NOW,
        )
    assert expressed.interest.total is not None


def test_a_second_interest_is_the_first(world: World) -> None:
    first, second = world.express(), world.express(sought="Something else.")
    assert (first.new, second.new) == (True, False)
    assert second.interest.id == first.interest.id
    assert second.interest.sought == "A trial order."
    assert len(events(world.database)) == 1


def test_a_double_click_makes_one(database_url: str, open_database: Callable[[str], Database]) -> None:
    world = World(open_database(database_url))
    barrier, made = threading.Barrier(2), list[Expressed]()

    def click() -> None:
        barrier.wait()
        made.append(world.express())

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(expressed.new for expressed in made) == [False, True]
    assert len({expressed.interest.id for expressed in made}) == 1
    assert len(events(world.database)) == 1


def test_withdrawing_makes_room_for_a_new_one(world: World) -> None:
    first = world.express().interest
    world.withdraw(first.id)
    world.withdraw(first.id)
    with world.database.reading() as session:
        with pytest.raises(NotFound):
            live_interest(session, world.maker, world.request)
        acts = list(session.scalars(sa.select(AuditEntry.act).where(AuditEntry.thing == "interest")))
    assert acts == ["listing:approach", "interest:withdraw"]
    second = world.express()
    assert second.new
    assert second.interest.id != first.id
    assert len(events(world.database)) == 2


def test_who_may_not_approach(world: World) -> None:
    with pytest.raises(Forbidden):
        world.express(world.asker, organisation_id=world.buyer)
    with pytest.raises(Forbidden):
        world.express(world.reader)
    with pytest.raises(Forbidden):
        world.express(VISITOR)
    world.market.change(world.request, open_for_interest=False)
    with pytest.raises(Forbidden):
        world.express()
    world.market.change(world.request, open_for_interest=True, state=State.PAUSED)
    with pytest.raises(Forbidden):
        world.express()
    world.market.change(world.request, state=State.PUBLISHED, dissemination=OFFICES)
    with pytest.raises(NotFound):
        world.express()


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"organisation_id": 10**6}, "organisation", "unknown_organisation"),
        ({"own": "request"}, "own_listing", "unknown_listing"),
        ({"own": "same side"}, "own_listing", "unknown_listing"),
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
    if given.get("own") == "same side":
        given = {"own": world.market.listing("request", world.maker)}
    with pytest.raises(Invalid) as refused:
        world.express(**given)
    assert (refused.value.field, refused.value.code) == (field, code)
    assert events(world.database) == []


def test_who_may_not_withdraw(world: World) -> None:
    interest = world.express().interest
    with pytest.raises(NotFound):
        world.withdraw(interest.id, world.asker)
    with pytest.raises(Forbidden):
        world.withdraw(interest.id, world.reader)
    with world.database.reading() as session:
        assert interest_by_id(session, world.reader, interest.id).withdrawn_at is None
        for actor, key in ((world.asker, interest.id), (world.actor, 10**6)):
            with pytest.raises(NotFound):
                interest_by_id(session, actor, key)


def test_ones_own_interests_newest_first(world: World) -> None:
    first = world.express(own=world.offer).interest
    world.withdraw(first.id)
    second = world.express(now=NOW + timedelta(days=2), unclear="The price.").interest
    with world.database.reading() as session:
        mine, total = my_interests(session, world.reader, offset=0, limit=9)
        assert my_interests(session, world.asker, offset=0, limit=9) == ([], 0)
        assert my_interests(session, VISITOR, offset=0, limit=9) == ([], 0)
        page, _total = my_interests(session, world.actor, offset=1, limit=9)
        assert [interest.id for interest in live_interests(session, world.actor, world.request)] == [
            second.id
        ]
        assert live_interests(session, world.asker, world.request) == []
    assert (total, [interest.id for interest in mine]) == (2, [second.id, first.id])
    assert [interest.id for interest in page] == [first.id]
    assert mine[0].card is not None
    assert (mine[0].card.id, mine[0].own, mine[0].unclear) == (world.request, None, "The price.")
    assert mine[1].own == ("OFR-2026-00002", "Turned shafts of stainless steel")
    assert mine[1].withdrawn_at is not None
    assert mine[1].organisation == "Nyota Works"
    world.market.change(world.request, dissemination=OFFICES)
    with world.database.reading() as session:
        mine, _total = my_interests(session, world.actor, offset=0, limit=9)
    assert [interest.card for interest in mine] == [None, None]


def test_the_other_side_learns_country_sector_and_size_and_nothing_else(world: World) -> None:
    interest = world.express(own=world.offer, sought="Call us: hidden@example.org").interest
    with world.database.reading() as session:
        received, total = received_interests(session, world.asker, offset=0, limit=9)
        assert received_interests(session, world.actor, offset=0, limit=9) == ([], 0)
        assert received_interests(session, world.asker, offset=1, limit=9) == ([], 1)
    assert total == 1
    assert (received[0].country, received[0].sectors, received[0].employees) == (
        "KE",
        ("2592",),
        EmployeeBand.SMALL,
    )
    told = repr(received)
    assert all(word not in told for word in ("Nyota", "hidden", "Call us", "OFR-", str(world.actor.email)))
    world.withdraw(interest.id)
    with world.database.reading() as session:
        assert received_interests(session, world.asker, offset=0, limit=9) == ([], 0)


def test_what_may_be_chosen_in_the_form(world: World) -> None:
    second = world.market.organisation(name="Annex")
    both = Actor(
        user_id=world.actor.user_id,
        memberships=MappingProxyType({world.maker: "owner", second: "editor", world.buyer: "viewer"}),
    )
    closed = world.market.listing("offer", second, state=State.CLOSED)
    newer = world.market.listing("offer", second, published_at=NOW + timedelta(hours=1))
    with world.database.reading() as session:
        assert organisations_written_for(session, both) == [(second, "Annex"), (world.maker, "Nyota Works")]
        offered = [listing.id for listing in own_listings_facing(session, both, Side.REQUEST)]
        assert own_listings_facing(session, both, Side.OFFER) == []
    assert offered == [newer, world.offer]
    assert closed not in offered
