from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from marketplace.db import Database
from marketplace.listings.models import Listing, State
from marketplace.matches import services
from marketplace.matches.models import DismissReason, Match
from marketplace.matches.services import score_listings, store_scores
from marketplace.matches.stored import score_from_json
from marketplace.outbox import Event
from marketplace.policy import Actor
from marketplace.search.replica import Replica
from tests.marketplace.matches.market import NOW, OFFICES, TODAY, Market, rescore

FEW = 3
RULES: dict[str, Any] = {"threshold": 60, "mails_per_listing": 5}


def stored(database: Database) -> dict[tuple[int, int], float]:
    with database.reading() as session:
        return {(row.request_id, row.offer_id): row.total for row in session.scalars(sa.select(Match))}


def told(database: Database) -> list[tuple[int, int, str, int]]:
    with database.reading() as session:
        events = session.scalars(sa.select(Event).where(Event.kind == "MatchFound").order_by(Event.id))
        return [
            (event.ids["request"], event.ids["offer"], event.ids["side"], event.ids["listing"])
            for event in events
        ]


def test_a_pair_is_stored_with_its_reasons_and_told_to_both_sides(database: Database) -> None:
    market, replica = Market(database), Replica(database)
    request, offer = market.pair()
    assert rescore(database, replica, request) == 2
    with database.reading() as session:
        match = session.scalars(sa.select(Match)).one()
        score = score_from_json(match.explanation)
    assert (match.request_id, match.offer_id) == (request, offer)
    assert match.found_at == match.scored_at == NOW
    assert score.total == match.total >= 60
    assert [meeting.asked for meeting in score.meetings] == ["CNC turning", "stainless steel shafts"]
    assert told(database) == [(request, offer, "offer", offer), (request, offer, "request", request)]


def test_a_second_time_changes_nothing_but_the_moment(database: Database) -> None:
    market, replica = Market(database), Replica(database)
    request, offer = market.pair()
    rescore(database, replica, request)
    before = stored(database)
    later = NOW + timedelta(hours=1)
    assert rescore(database, replica, offer, request, now=later) == 0
    assert stored(database) == before
    assert len(told(database)) == 2
    with database.reading() as session:
        match = session.scalars(sa.select(Match)).one()
    assert (match.found_at, match.scored_at) == (NOW, later)


def test_two_workers_at_the_two_ends_make_one_match_and_one_event_a_side(
    database_url: str, open_database: Callable[[str], Database]
) -> None:
    market = Market(open_database(database_url))
    request, offer = market.pair()
    more = [market.listing("offer", market.organisation()) for _ in range(5)]
    barrier = threading.Barrier(2)
    failures: list[BaseException] = []

    def work(*ids: int) -> None:
        database = open_database(database_url)
        replica = Replica(database)
        replica.refresh()
        barrier.wait()
        try:
            for _ in range(3):
                rescore(database, replica, *ids)
        except BaseException as error:  # noqa: BLE001 - shown by the assertion
            failures.append(error)

    threads = [
        threading.Thread(target=work, args=(request,)),
        threading.Thread(target=work, args=(offer, *more)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert set(stored(market.database)) == {(request, key) for key in (offer, *more)}
    events = told(market.database)
    assert sorted(event[2] for event in events if event[:2] == (request, offer)) == ["offer", "request"]
    assert len(events) == len(set(events))


def test_closing_a_listing_removes_its_matches_and_reopening_finds_them_again_untold(
    database: Database,
) -> None:
    market, replica = Market(database), Replica(database)
    request, offer = market.pair()
    rescore(database, replica, request)
    market.change(offer, state=State.PAUSED)
    rescore(database, replica, offer)
    assert stored(database) == {}
    market.change(offer, state=State.PUBLISHED)
    rescore(database, replica, offer)
    assert set(stored(database)) == {(request, offer)}
    assert len(told(database)) == 2


def test_what_no_longer_fits_goes(database: Database) -> None:
    market, replica = Market(database), Replica(database)
    request, offer = market.pair()
    rescore(database, replica, request)
    market.say(offer, "weaving of cotton")
    market.change(offer, title="Cotton cloth")
    with database.transaction() as session:
        for row in session.get_one(Listing, offer).sectors:
            row.code = "1312"
    market.change(offer, title="Cotton cloth")
    rescore(database, replica, offer)
    assert stored(database) == {}


def test_a_listing_that_the_engine_does_not_hold_yet_keeps_what_it_has(database: Database) -> None:
    market, replica = Market(database), Replica(database)
    request, offer = market.pair()
    rescore(database, replica, request)
    market.change(offer, state=State.PAUSED)
    replica.refresh()
    with database.transaction() as session:
        # Published again, and the worker's index is still the one from before.
        session.get_one(Listing, offer).state = State.PUBLISHED
        scored = score_listings(session, replica.fresh(), [offer], TODAY)
        store_scores(session, scored, now=NOW, **RULES)
    assert set(stored(database)) == {(request, offer)}


def test_a_partner_that_closed_meanwhile_is_not_stored(database: Database) -> None:
    market, replica = Market(database), Replica(database)
    request, offer = market.pair()
    index = replica.refresh()
    with database.reading() as session:
        scored = score_listings(session, index, [request], TODAY)
    market.change(offer, state=State.CLOSED)
    with database.transaction() as session:
        assert store_scores(session, scored, now=NOW, **RULES) == 0
    assert stored(database) == {}


def test_what_is_among_the_best_of_neither_is_pruned(database: Database) -> None:
    market, replica = Market(database), Replica(database)
    worse = {"published_at": NOW - timedelta(days=300)}
    with market.together():
        maker, buyer = market.organisation(), market.organisation()
        requests = [market.listing("request", buyer) for _ in range(FEW)]
        offers = [market.listing("offer", maker) for _ in range(FEW)]
        last_request = market.listing("request", buyer, **worse)
        last_offer = market.listing("offer", maker, **worse)
    rescore(database, replica, top=FEW)
    pairs = stored(database)
    assert (last_request, last_offer) not in pairs
    assert {(request, offer) for request in requests for offer in offers} <= set(pairs)
    assert {(last_request, offer) for offer in offers} <= set(pairs)
    assert len(pairs) == FEW * FEW + 2 * FEW
    assert rescore(database, replica, top=FEW) == 0
    assert stored(database) == pairs


def test_one_that_is_pushed_out_by_a_better_one_goes(database: Database) -> None:
    market, replica = Market(database), Replica(database)
    worse = {"published_at": NOW - timedelta(days=300)}
    with market.together():
        maker, buyer = market.organisation(), market.organisation()
        requests = [market.listing("request", buyer) for _ in range(FEW)]
        half = {"capabilities": ("CNC turning",)}
        for _ in range(FEW - 1):
            market.listing("offer", maker, **half)
        old_request = market.listing("request", buyer, **worse)
        old_offer = market.listing("offer", maker, **worse, **half)
    rescore(database, replica, top=FEW)
    assert (old_request, old_offer) in stored(database)
    better = market.listing("offer", maker)
    rescore(database, replica, better, top=FEW)
    pairs = stored(database)
    assert {(request, better) for request in (*requests, old_request)} <= set(pairs)
    assert (old_request, old_offer) not in pairs


def test_one_listing_is_told_of_its_best_only(database: Database) -> None:
    market, replica = Market(database), Replica(database)
    buyer = market.organisation()
    market.member(buyer)
    request = market.listing("request", buyer)
    offers = [
        market.listing("offer", market.organisation(), published_at=NOW - timedelta(days=20 * at))
        for at in range(4)
    ]
    assert rescore(database, replica, request, mails_per_listing=2) == 2
    # The makers have nobody to be told; the two freshest are the best.
    assert [event[1:3] for event in told(database)] == [(offers[0], "request"), (offers[1], "request")]


def test_below_the_threshold_nobody_is_told(database: Database) -> None:
    market, replica = Market(database), Replica(database)
    request, offer = market.pair()
    assert rescore(database, replica, request, threshold=101) == 0
    assert set(stored(database)) == {(request, offer)}
    # It is told when the threshold is reached later.
    assert rescore(database, replica, request) == 2


def test_nobody_is_told_of_what_they_may_not_read_or_have_waved_away(database: Database) -> None:
    market, replica = Market(database), Replica(database)
    request, offer = market.pair()
    hidden = market.listing("offer", market.organisation(), dissemination=OFFICES)
    rescore(database, replica, request, threshold=101)
    with database.transaction() as session:
        own = session.get_one(Listing, request)
        match = session.scalars(sa.select(Match).where(Match.offer_id == offer)).one()
        actor = Actor(user_id=1, memberships={own.organisation_id or 0: "owner"})
        services.dismiss_match(session, actor, own, match, reason=DismissReason.TOO_FAR, text="", now=NOW)
    assert rescore(database, replica, request) == 1
    assert told(database) == [(request, offer, "offer", offer)]
    assert (request, hidden) in stored(database)


def test_a_suspended_organisation_is_told_nothing(database: Database) -> None:
    market, replica = Market(database), Replica(database)
    buyer = market.organisation(suspended_at=NOW)
    market.member(buyer)
    request = market.listing("request", buyer)
    market.listing("offer", market.organisation())
    assert rescore(database, replica, request) == 0


def test_listings_of_one_owner_never_match(database: Database) -> None:
    market, replica = Market(database), Replica(database)
    both = market.organisation()
    request = market.listing("request", both)
    market.listing("offer", both)
    rescore(database, replica, request)
    assert stored(database) == {}


def test_more_partners_than_are_looked_at(database: Database) -> None:
    market, replica = Market(database), Replica(database)
    request = market.listing("request", market.organisation())
    maker = market.organisation()
    offers = [market.listing("offer", maker, published_at=NOW - timedelta(days=at)) for at in range(4)]
    rescore(database, replica, *offers)
    everything = {(request, offer) for offer in offers}
    assert set(stored(database)) == everything

    def look_at_two() -> None:
        index = replica.refresh()
        with database.reading() as session:
            scored = score_listings(session, index, [request], TODAY, reach=2)
        with database.transaction() as session:
            store_scores(session, scored, now=NOW, **RULES)

    # The request itself looks at two; the other two stay, scored anew, since they want it.
    before = stored(database)
    market.say(request, "CNC turning", "stainless steel shafts", "gear hobbing")
    look_at_two()
    after = stored(database)
    assert set(after) == everything
    assert all(after[pair] != before[pair] for pair in everything)
    market.change(offers[3], state=State.CLOSED)
    look_at_two()
    assert set(stored(database)) == everything - {(request, offers[3])}


def test_every_listing_at_once(database: Database) -> None:
    market, replica = Market(database), Replica(database)
    request, offer = market.pair()
    gone, other = market.pair()
    assert rescore(database, replica) == 8
    assert set(stored(database)) == {(request, offer), (request, other), (gone, offer), (gone, other)}
    market.change(gone, state=State.EXPIRED)
    rescore(database, replica)
    assert set(stored(database)) == {(request, offer), (request, other)}


def test_nothing_to_do(database: Database) -> None:
    Market(database)
    assert rescore(database, Replica(database), 12345) == 0
