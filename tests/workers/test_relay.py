"""Events are carried out once, together with being done, and failures stay where staff see them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa

from marketplace import clock, outbox
from marketplace.listings.models import Listing, State
from marketplace.matches.models import Match
from marketplace.notifications.models import Channel, Delivery
from marketplace.organisations.models import Check, CheckResult, Organisation, Verification
from marketplace.outbox import ATTEMPTS, Event
from tests.marketplace.matches.market import Market
from tests.workers.shift import Shift
from workers.reactions import PIECE
from workers.relay import relay
from workers.tasks import expire, sweep


def today(market: Market) -> Market:
    """Let the market's listings be published now, since workers go by the clock."""
    market.now = clock.now()
    return market


def pairs(shift: Shift) -> set[tuple[int, int]]:
    with shift.database.reading() as session:
        return {(row.request_id, row.offer_id) for row in session.scalars(sa.select(Match))}


def events(shift: Shift, kind: str) -> list[Event]:
    with shift.database.reading() as session:
        return list(session.scalars(sa.select(Event).where(Event.kind == kind).order_by(Event.id)))


def test_a_published_listing_is_matched_and_both_sides_are_to_be_mailed(shift: Shift, market: Market) -> None:
    request, offer = today(market).pair()
    shift.happen("ListingPublished", listing=request)
    # The event itself, and one for each side of the match.
    assert relay(shift.work) == 3
    assert pairs(shift) == {(request, offer)}
    assert {event.ids["side"] for event in events(shift, "MatchFound")} == {"request", "offer"}
    assert "deliver" in shift.rung
    with shift.database.reading() as session:
        kinds = session.scalars(sa.select(Delivery.kind).where(Delivery.channel == Channel.MAIL)).all()
    assert sorted(kinds) == ["ListingPublished", "MatchFound", "MatchFound"]


def test_the_same_event_twice_changes_nothing_more(shift: Shift, market: Market) -> None:
    request, _offer = today(market).pair()
    shift.happen("ListingPublished", listing=request)
    relay(shift.work)
    shift.happen("ListingChanged", listing=request)
    assert relay(shift.work) == 1
    assert len(events(shift, "MatchFound")) == 2


def test_a_closed_listing_loses_its_matches(shift: Shift, market: Market) -> None:
    request, _offer = today(market).pair()
    shift.happen("ListingPublished", listing=request)
    relay(shift.work)
    market.change(request, state=State.CLOSED)
    shift.happen("ListingChanged", listing=request)
    relay(shift.work)
    assert pairs(shift) == set()


def test_a_large_import_is_carried_out_in_pieces(shift: Shift, market: Market) -> None:
    request, offer = today(market).pair()
    ids = [*range(10_000, 10_000 + 2 * PIECE), request]
    shift.happen("ListingsImported", listings=ids)
    relay(shift.work)
    pieces = [event.ids["listings"] for event in events(shift, "ListingsImported")]
    assert pieces == [ids, ids[:PIECE], ids[PIECE : 2 * PIECE], [request]]
    assert pairs(shift) == {(request, offer)}


def test_an_organisation_that_changes_has_its_open_listings_matched_again(
    shift: Shift, market: Market
) -> None:
    buyer, maker = today(market).organisation(), market.organisation()
    request, offer = market.listing("request", buyer), market.listing("offer", maker)
    shift.happen("OrganisationChanged", organisation=maker)
    assert relay(shift.work) == 2
    assert pairs(shift) == {(request, offer)}


def test_what_has_no_consequence_is_simply_done(shift: Shift) -> None:
    event = shift.happen("UserRegistered", user=1)
    assert relay(shift.work) == 1
    assert shift.event(event).done_at is not None


def test_poison_is_set_aside_after_five_tries_and_holds_up_nothing(shift: Shift, market: Market) -> None:
    request, offer = today(market).pair()
    poison = shift.happen("ListingChanged")
    strange = shift.happen("SomethingNew", x=1)
    shift.happen("ListingPublished", listing=request)
    relay(shift.work)
    assert pairs(shift) == {(request, offer)}
    for _attempt in range(ATTEMPTS):
        shift.time_passes()
        relay(shift.work)
    with shift.database.reading() as session:
        aside = {event.id: event for event in outbox.set_aside(session)}
    assert set(aside) == {poison, strange}
    assert aside[strange].error == "UnknownEventError: no consequence is known of SomethingNew"
    assert aside[poison].error == "KeyError: 'listing'"
    assert shift.event(poison).attempts == ATTEMPTS


def test_several_workers_at_once_carry_each_event_out_once(
    shift: Shift, market: Market, open_shift: Callable[..., Shift], database_url: str
) -> None:
    buyer, maker = today(market).organisation(), market.organisation()
    market.member(buyer)
    market.member(maker)
    with market.together():
        requests = [market.listing("request", buyer) for _number in range(4)]
        offers = [market.listing("offer", maker) for _number in range(4)]
    for listing in (*requests, *offers):
        shift.happen("ListingPublished", listing=listing)
    others = [open_shift(database_url) for _number in range(2)]
    threads = [threading.Thread(target=relay, args=(other.work,)) for other in (shift, *others)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Whoever found another at work left the rest to the next run.
    shift.time_passes()
    relay(shift.work)
    assert pairs(shift) == {(request, offer) for request in requests for offer in offers}
    with shift.database.reading() as session:
        mails = session.execute(
            sa.select(Delivery.ids, Delivery.recipient).where(
                Delivery.kind == "MatchFound", Delivery.channel == Channel.MAIL
            )
        ).all()
        assert session.scalars(sa.select(Event).where(Event.done_at.is_(None))).all() == []
    told = [(row.ids["request"], row.ids["offer"], row.recipient) for row in mails]
    # Four of each listing's matches are among its five best.
    assert len(told) == len(set(told)) == 2 * 16


def test_the_sweep_rings_for_what_waits_and_only_then(shift: Shift, market: Market) -> None:
    sweep(shift.work)
    assert shift.rung == []
    request, _offer = today(market).pair()
    shift.happen("ListingPublished", listing=request)
    shift.rung.clear()
    sweep(shift.work)
    assert shift.rung == ["relay"]
    relay(shift.work)
    shift.rung.clear()
    sweep(shift.work)
    assert shift.rung == ["deliver"]


def test_listings_end_by_the_calendar_and_their_owners_are_told_before(shift: Shift, market: Market) -> None:
    maker = today(market).organisation()
    market.member(maker)
    day = clock.today()
    over = market.listing("offer", maker, valid_until=day - timedelta(days=1))
    near = market.listing("offer", maker, valid_until=day + timedelta(days=13))
    far = market.listing("offer", maker, valid_until=day + timedelta(days=15))
    assert expire(shift.work) == 2
    assert expire(shift.work) == 0
    with shift.database.reading() as session:
        states = {row.id: row.state for row in session.scalars(sa.select(Listing))}
    assert states == {over: State.EXPIRED, near: State.PUBLISHED, far: State.PUBLISHED}
    assert [event.ids["listing"] for event in events(shift, "ListingExpiring")] == [near]


def test_an_organisation_is_verified_no_longer_than_its_checks_count(shift: Shift, market: Market) -> None:
    key = today(market).organisation(verified_at=clock.now())
    day = clock.today()
    with market.open() as session:
        session.add(
            Verification(
                organisation_id=key, check=Check.BANK, result=CheckResult.CONFIRMED,
                checked_on=day - timedelta(days=30), valid_until=day - timedelta(days=1),
                evidence="A letter.", recorded_at=clock.now() - timedelta(days=30),
            )
        )  # fmt: skip
    assert expire(shift.work) == 1
    assert expire(shift.work) == 0
    with shift.database.reading() as session:
        assert session.get_one(Organisation, key).verified_at is None
        assert session.scalars(sa.select(Verification.withdrawn_because)).all() == [
            "Its last day has passed."
        ]
