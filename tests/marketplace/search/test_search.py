from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest

from marketplace import policy
from marketplace.db import Database
from marketplace.listings.models import Dissemination, Listing, State
from marketplace.policy import VISITOR, Actor
from marketplace.search.queries import Filters, Results, Sort, search_listings
from marketplace.search.replica import Replica
from matching.types import Kind, Side
from tests.marketplace.matches.market import NOW, TODAY, Market


class World:
    """A market with a replica, and a way to look into it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.market = Market(database)
        self.replica = Replica(database, today=lambda: TODAY)

    def look(
        self, text: str = "", actor: Actor = VISITOR, offset: int = 0, limit: int = 20, **chosen: Any
    ) -> Results:
        """Search as a visitor would."""
        self.replica.refresh()
        with self.database.reading() as session:
            return search_listings(
                session,
                self.replica.finder,
                actor,
                text,
                Filters(**chosen),
                today=TODAY,
                offset=offset,
                limit=limit,
            )

    def found(self, text: str = "", actor: Actor = VISITOR, **chosen: Any) -> list[int]:
        """Return the keys of what is found, in order."""
        return [card.id for card in self.look(text, actor, **chosen).cards]


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def test_without_words_the_newest_come_first_page_by_page(world: World) -> None:
    organisation = world.market.organisation()
    days = (3, 1, 2)
    old, new, middle = (
        world.market.listing("offer", organisation, published_at=NOW - timedelta(days=day)) for day in days
    )
    assert world.found() == [new, middle, old]
    results = world.look(offset=2, limit=2)
    assert ([card.id for card in results.cards], results.total, results.sort) == ([old], 3, Sort.NEWEST)


def test_words_are_forgiven_and_the_best_come_first(world: World) -> None:
    organisation = world.market.organisation()
    listing = world.market.listing
    pumps = listing(
        "offer", organisation, title="Centrifugal pumps for irrigation", capabilities=("pump casting",)
    )
    shafts = listing("offer", organisation, title="Shafts", capabilities=("CNC turning",))
    listing("request", organisation, title="Cotton bags", capabilities=("sewing",))
    for typed in ("centrifugal pumps", "centrifugl pump", "CENTRIFUGAL  PUMPS!", "centrif"):
        assert world.found(typed) == [pumps], typed
    assert world.found("turnning") == [shafts]
    assert world.look("pumps").sort is Sort.RELEVANCE
    assert set(world.found("pumps shafts")) == {pumps, shafts}
    assert world.found("zebra") == []
    assert world.found("' OR 1=1 --") == []


def test_one_word_of_three_is_not_enough_beside_a_full_hit(world: World) -> None:
    organisation = world.market.organisation()
    full = world.market.listing(
        "offer", organisation, title="Anodising of aluminium housings", capabilities=()
    )
    world.market.listing("offer", organisation, title="Aluminium ladders", capabilities=())
    assert world.found("anodising aluminium housings") == [full]


def test_filters_and_their_counts(world: World) -> None:
    market = world.market
    organisation = market.organisation()
    soon = {"response_deadline": TODAY + timedelta(days=5)}
    request = market.listing("request", organisation, country="KE", sectors=("2592", "2511"), **soon)
    offer = market.listing("offer", organisation, kind=Kind.TECHNOLOGY, sectors=("3600",))
    other = market.listing("offer", organisation, sectors=(), response_deadline=TODAY + timedelta(days=20))
    assert world.found(side=Side.REQUEST) == [request]
    assert set(world.found(side=Side.OFFER)) == {offer, other}
    assert world.found(kinds=frozenset({Kind.TECHNOLOGY, Kind.INVESTMENT})) == [offer]
    assert world.found(countries=frozenset({"KE", "DE"})) == [request]
    for code in ("C", "25", "259", "2592"):
        assert world.found(sector=code) == [request], code
    assert world.found(sector="E") == world.found(sector="36") == [offer]
    assert world.found(sector="2593") == []
    assert world.found(within_days=7) == [request]
    assert set(world.found(within_days=30)) == {request, other}

    facets = world.look(side=Side.REQUEST).facets
    assert facets.sides == {"request": 1, "offer": 2}
    assert facets.kinds == {"subcontracting": 1}
    assert facets.countries == {"KE": 1}
    assert facets.sectors == {"C": 1}
    assert facets.deadlines == {7: 1, 30: 1, 90: 1}
    assert world.look().facets.sectors == {"C": 1, "E": 1}
    assert world.look(sector="C").facets.sectors == {"25": 1}
    assert world.look(sector="25").facets.sectors == {"251": 1, "259": 1}
    assert world.look(sector="2592").facets.sectors == {}
    assert world.look("shafts", kinds=frozenset({Kind.TECHNOLOGY})).facets.kinds == {
        "subcontracting": 2,
        "technology": 1,
    }


def test_orders(world: World) -> None:
    organisation = world.market.organisation()
    later = world.market.listing("offer", organisation, response_deadline=TODAY + timedelta(days=9))
    first = world.market.listing("offer", organisation, response_deadline=TODAY + timedelta(days=2))
    last = world.market.listing("offer", organisation)
    assert world.found(sort=Sort.DEADLINE) == [first, later, last]
    assert world.found("shafts", sort=Sort.NEWEST) == [last, first, later]
    assert world.look(sort=Sort.RELEVANCE).sort is Sort.NEWEST


def test_an_organisation_is_not_found_by_what_it_keeps_anonymous(world: World) -> None:
    market = world.market
    organisation = market.organisation(reference="ORG-X", name="Nyota Works")
    named = market.listing("offer", organisation)
    hidden = market.listing("offer", organisation, anonymous=True)
    assert world.found(organisation="ORG-X") == [named]
    assert set(world.found(actor=market.member(organisation), organisation="ORG-X")) == {named, hidden}
    assert world.found(organisation="ORG-Y") == []
    assert world.found("Nyota") == []


def test_what_is_over_is_not_found(world: World) -> None:
    organisation = world.market.organisation()
    for state in (State.PAUSED, State.CLOSED, State.EXPIRED, State.MATCHED):
        world.market.listing("offer", organisation, state=state)
    world.market.listing("offer", organisation, valid_until=TODAY - timedelta(days=1))
    last_day = world.market.listing("offer", organisation, valid_until=TODAY)
    assert world.found() == world.found("shafts") == [last_day]


def test_a_hidden_hit_changes_nothing_that_is_shown(world: World) -> None:
    organisation = world.market.organisation()
    weak = world.market.listing("offer", organisation, title="Aluminium ladders", capabilities=())
    before = world.look("anodising aluminium housings")
    assert [card.id for card in before.cards] == [weak]
    world.market.listing(
        "offer",
        organisation,
        title="Anodising of aluminium housings",
        capabilities=(),
        dissemination=Dissemination.OFFICES,
    )
    assert world.look("anodising aluminium housings") == before


def test_search_shows_what_policy_allows_and_nothing_else(world: World) -> None:
    """Every kind of reader, over every state, audience and anonymity: the search agrees with the table."""
    market = world.market
    with market.together():
        office, elsewhere = market.office(), market.office()
        own, other = market.organisation(), market.organisation()
        ids = [
            market.listing(
                "offer",
                organisation,
                office_id=office,
                state=state,
                published_at=None if state in {State.DRAFT, State.SUBMITTED, State.RETURNED} else NOW,
                dissemination=dissemination,
                anonymous=anonymous,
            )
            for organisation in (own, other, None)
            for state in State
            for dissemination in Dissemination
            for anonymous in (False, True)
        ]
    member = MappingProxyType({own: "viewer"})
    readers = {
        "visitor": VISITOR,
        "somebody": Actor(user_id=1),
        "member": Actor(user_id=1, memberships=member),
        "officer": Actor(user_id=1, office_id=office),
        "officer elsewhere": Actor(user_id=1, office_id=elsewhere),
        "officer and member": Actor(user_id=1, office_id=elsewhere, memberships=member),
        "administrator": Actor(user_id=1, is_admin=True),
    }
    with world.database.reading() as session:
        rows = [session.get_one(Listing, key) for key in ids]
    for name, reader in readers.items():
        allowed = {
            row.id
            for row in rows
            if row.state == State.PUBLISHED and policy.allowed(reader, "listing:view", row)
        }
        for text in ("", "turned shafts"):
            results = world.look(text, reader, limit=500)
            assert {card.id for card in results.cards} == allowed, (name, text)
            assert results.total == sum(results.facets.sides.values()) == len(allowed)
            for card in results.cards:
                row = next(row for row in rows if row.id == card.id)
                named = policy.allowed(reader, "listing:name", row)
                assert named or card.organisation_name is None, (name, card.id)
        for organisation, reference in ((own, "ORG-2026-00001"), (other, "ORG-2026-00002")):
            expected = {
                row.id
                for row in rows
                if row.id in allowed
                and row.organisation_id == organisation
                and policy.allowed(reader, "listing:name", row)
            }
            assert set(world.found(actor=reader, organisation=reference, limit=500)) == expected, name
