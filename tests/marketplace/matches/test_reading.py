from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType

import pytest
import sqlalchemy as sa

from marketplace import outbox
from marketplace.audit import AuditEntry
from marketplace.db import Database
from marketplace.errors import Forbidden, Invalid, NotFound
from marketplace.listings.models import Listing, State
from marketplace.matches.models import Dismissal, DismissReason, Match
from marketplace.matches.queries import (
    Listed,
    live_partners,
    match_of,
    matches_of,
    still_matching,
)
from marketplace.matches.services import dismiss_match, undo_dismissal
from marketplace.policy import VISITOR, Actor
from marketplace.search.replica import Replica
from matching.types import Kind, Side
from matching.types import Listing as EngineListing
from tests.marketplace.matches.market import NOW, OFFICES, TODAY, Market, rescore


class World:
    """A request of a buyer, and offers of three makers that fit it, best first."""

    def __init__(self, database: Database) -> None:
        self.market = Market(database)
        self.database = database
        with self.market.together():
            self.buyer = self.market.organisation()
            self.actor = self.market.member(self.buyer)
            self.reader = self.market.member(self.buyer, "viewer")
            self.request = self.market.listing("request", self.buyer)
            self.makers = [self.market.organisation() for _ in range(3)]
            self.offers = [
                self.market.listing("offer", maker, published_at=NOW - timedelta(days=30 * at))
                for at, maker in enumerate(self.makers)
            ]
        self.rescore()

    def rescore(self) -> None:
        """Do what the worker does."""
        rescore(self.database, Replica(self.database))

    def listed(
        self, actor: Actor | None = None, *, waved: bool = False, offset: int = 0, limit: int = 20
    ) -> Listed:
        """Return the matches of the request as the buyer, or somebody else, reads them."""
        with self.database.reading() as session:
            return matches_of(
                session,
                actor or self.actor,
                session.get_one(Listing, self.request),
                today=TODAY,
                waved=waved,
                offset=offset,
                limit=limit,
            )

    def found(self, actor: Actor | None = None, offset: int = 0) -> list[int]:
        """Return the partners, in order."""
        return [row.card.id for row in self.listed(actor, offset=offset).rows]

    def dismiss(
        self,
        offer: int,
        actor: Actor | None = None,
        reason: DismissReason = DismissReason.TOO_FAR,
        text: str = "",
    ) -> None:
        """Wave an offer away."""
        with self.database.transaction() as session:
            match = session.scalars(sa.select(Match).where(Match.offer_id == offer)).one()
            own = session.get_one(Listing, self.request)
            dismiss_match(session, actor or self.actor, own, match, reason=reason, text=text, now=NOW)


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def test_matches_come_best_first_and_page_by_page(world: World) -> None:
    assert world.found() == world.offers
    listed = world.listed(limit=2)
    assert [row.card.id for row in listed.rows] == world.offers[:2]
    assert (listed.total, listed.waved) == (3, 0)
    assert world.found(offset=2) == world.offers[2:]
    assert listed.rows[0].score.total > listed.rows[1].score.total
    assert listed.rows[0].found_at == NOW


def test_partners_that_are_not_open_or_not_for_the_reader_are_left_out(world: World) -> None:
    world.market.change(world.offers[0], state=State.PAUSED)
    world.market.change(world.offers[1], dissemination=OFFICES)
    assert world.found() == world.offers[2:]
    officer = Actor(user_id=99, office_id=7, memberships=MappingProxyType({world.buyer: "viewer"}))
    assert world.found(officer) == world.offers[1:]
    world.market.change(world.offers[2], valid_until=TODAY - timedelta(days=1))
    assert world.listed().total == 0


def test_an_anonymous_partner_has_no_name(world: World) -> None:
    world.market.change(world.offers[0], anonymous=True)
    first, second, _third = world.listed().rows
    assert (first.card.organisation_name, first.card.organisation_id) == (None, None)
    assert second.card.organisation_name == "Works 3"


def test_others_may_not_look(world: World) -> None:
    stranger = world.market.member(world.makers[0])
    with pytest.raises(Forbidden):
        world.listed(stranger)
    world.market.change(world.request, dissemination=OFFICES)
    with pytest.raises(NotFound):
        world.listed(stranger)
    with pytest.raises(NotFound):
        world.listed(VISITOR)
    assert world.found(world.reader) == world.offers


def test_a_match_waved_away_is_listed_apart_for_this_side_only(world: World) -> None:
    world.dismiss(world.offers[0], reason=DismissReason.OTHER, text="Strike at the port.")
    assert world.found() == world.offers[1:]
    listed = world.listed(waved=True)
    assert (listed.total, listed.waved) == (1, 1)
    (row,) = listed.rows
    assert row.waved is not None
    assert (row.card.id, row.waved.reason, row.waved.text) == (
        world.offers[0],
        DismissReason.OTHER,
        "Strike at the port.",
    )
    maker = world.market.member(world.makers[0])
    with world.database.reading() as session:
        theirs = matches_of(
            session,
            maker,
            session.get_one(Listing, world.offers[0]),
            today=TODAY,
            waved=False,
            offset=0,
            limit=9,
        )
    assert [other.card.id for other in theirs.rows] == [world.request]


def test_it_stays_waved_away_when_it_is_found_again(world: World) -> None:
    world.dismiss(world.offers[0])
    world.market.change(world.offers[0], state=State.PAUSED)
    world.rescore()
    (row,) = world.listed(waved=True).rows
    assert row.match_id is None
    assert row.score.total > 0
    world.market.change(world.offers[0], state=State.PUBLISHED)
    world.rescore()
    assert world.found() == world.offers[1:]


def test_a_second_reason_replaces_the_first_and_both_are_on_record(world: World) -> None:
    world.dismiss(world.offers[0])
    world.dismiss(world.offers[0], reason=DismissReason.TOO_SMALL)
    with world.database.reading() as session:
        (kept,) = session.scalars(sa.select(Dismissal))
        entries = session.scalars(sa.select(AuditEntry).where(AuditEntry.act == "match:dismiss")).all()
    assert (kept.reason, kept.side, kept.user_id) == (
        DismissReason.TOO_SMALL,
        Side.REQUEST,
        world.actor.user_id,
    )
    assert kept.total > 0
    assert kept.explanation["offer"] == world.offers[0]
    assert [entry.facts["reason"] for entry in entries] == ["too_far", "too_small"]


def test_taking_it_back(world: World) -> None:
    world.dismiss(world.offers[0])
    for _again in range(2):
        with world.database.transaction() as session:
            own = session.get_one(Listing, world.request)
            undo_dismissal(session, world.actor, own, world.offers[0], now=NOW)
    assert world.found() == world.offers
    with world.database.reading() as session:
        acts = session.scalars(sa.select(AuditEntry).where(AuditEntry.act == "match:dismiss")).all()
    assert [entry.facts.get("undone", False) for entry in acts] == [False, True]


def test_an_offer_takes_back_its_own_side(world: World) -> None:
    maker = world.market.member(world.makers[0])
    with world.database.transaction() as session:
        own = session.get_one(Listing, world.offers[0])
        match = session.scalars(sa.select(Match).where(Match.offer_id == own.id)).one()
        dismiss_match(session, maker, own, match, reason=DismissReason.TOO_LARGE, text="", now=NOW)
    with world.database.reading() as session:
        own = session.get_one(Listing, world.offers[0])
        waved = matches_of(session, maker, own, today=TODAY, waved=True, offset=0, limit=9)
    assert [row.card.id for row in waved.rows] == [world.request]
    with world.database.transaction() as session:
        undo_dismissal(session, maker, session.get_one(Listing, world.offers[0]), world.request, now=NOW)
        assert session.scalar(sa.select(sa.func.count()).select_from(Dismissal)) == 0


def test_who_may_not_wave_away(world: World) -> None:
    with pytest.raises(Forbidden):
        world.dismiss(world.offers[0], world.reader)
    with pytest.raises(Forbidden):
        world.dismiss(world.offers[0], world.market.member(world.makers[1]))
    with world.database.transaction() as session, pytest.raises(Forbidden):
        undo_dismissal(
            session, world.reader, session.get_one(Listing, world.request), world.offers[0], now=NOW
        )


def test_bad_reasons_are_refused_at_the_field(world: World) -> None:
    with pytest.raises(Invalid, match="what the reason is") as missing:
        world.dismiss(world.offers[0], reason=DismissReason.OTHER)
    assert (missing.value.field, missing.value.code) == ("text", "missing")
    with pytest.raises(Invalid, match="At most 500") as long:
        world.dismiss(world.offers[0], text="x" * 501)
    assert long.value.code == "too_long"


def test_another_listings_match_is_not_found(world: World) -> None:
    elsewhere = world.market.listing("request", world.buyer, capabilities=("weaving",))
    with world.database.transaction() as session:
        own = session.get_one(Listing, elsewhere)
        match = session.scalars(sa.select(Match).where(Match.request_id == world.request)).first()
        assert match is not None
        with pytest.raises(NotFound):
            dismiss_match(session, world.actor, own, match, reason=DismissReason.TOO_FAR, text="", now=NOW)
        with pytest.raises(NotFound):
            match_of(session, own, match.id)
        with pytest.raises(NotFound):
            match_of(session, own, 10**6)
        assert match_of(session, session.get_one(Listing, world.request), match.id) is match


def test_whether_a_worker_has_still_to_look(world: World) -> None:
    def still(listing_id: int) -> bool:
        with world.database.reading() as session:
            return still_matching(session, listing_id)

    assert not still(world.request)
    with world.database.transaction() as session:
        outbox.record(session, "ListingChanged", {"listing": world.request}, at=NOW)
        outbox.record(session, "ListingsImported", {"listings": [world.offers[0]]}, at=NOW)
        outbox.record(session, "ListingSubmitted", {"listing": world.offers[1]}, at=NOW)
    assert still(world.request)
    assert still(world.offers[0])
    assert not still(world.offers[1])
    with world.database.transaction() as session:
        session.execute(sa.update(outbox.Event).values(done_at=NOW))
    assert not still(world.request)


def test_live_partners_are_the_best_that_the_actor_may_see(world: World) -> None:
    typed = EngineListing(
        0,
        Side.REQUEST,
        Kind.SUBCONTRACTING,
        "Turned shafts",
        capabilities=("CNC turnning",),
        owner=world.makers[1],
    )
    world.market.change(world.offers[2], dissemination=OFFICES)
    index = Replica(world.database).fresh()

    def live(actor: Actor, k: int = 3) -> tuple[list[int], int, bool]:
        with world.database.reading() as session:
            found = live_partners(session, index, actor, typed, today=TODAY, k=k)
        return [partner.card.id for partner in found.best], found.total, found.more

    # Its own offer is left out; misspelt words are forgiven.
    assert live(world.actor) == (world.offers[:1], 1, False)
    officer = Actor(user_id=99, office_id=7)
    assert live(officer) == ([world.offers[0], world.offers[2]], 2, False)
    assert live(officer, k=1) == (world.offers[:1], 2, False)
    world.market.change(world.offers[0], state=State.CLOSED)
    assert live(officer) == (world.offers[2:], 1, False)
