from __future__ import annotations

import threading
import time
from datetime import date, timedelta

import pytest
from sqlalchemy.exc import OperationalError

from marketplace.db import Database
from marketplace.listings.models import State
from marketplace.search.replica import FRESH_SECONDS, Replica
from tests.marketplace.matches.market import TODAY, Market
from tests.services import PATIENCE_SECONDS


def test_the_first_use_loads_every_open_listing(database: Database) -> None:
    market = Market(database)
    request, offer = market.pair()
    draft = market.listing("offer", None, office_id=market.office(), state=State.DRAFT, published_at=None)
    index = Replica(database).fresh()
    assert request in index
    assert offer in index
    assert draft not in index


def test_it_holds_nothing_where_nothing_is(database: Database) -> None:
    assert len(Replica(database).fresh()) == 0


def test_a_new_listing_is_there_without_being_asked_for(database: Database) -> None:
    market, replica = Market(database), Replica(database)
    replica.fresh()
    added = market.listing("request", market.organisation())
    deadline = time.monotonic() + FRESH_SECONDS + PATIENCE_SECONDS
    while added not in replica.fresh() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert added in replica.fresh()


def test_changed_and_closed_listings_follow_at_once_on_refresh(database: Database) -> None:
    market, replica = Market(database), Replica(database)
    request, offer = market.pair()
    replica.refresh()
    market.say(offer, "weaving of cotton")
    market.change(request, state=State.PAUSED)
    index = replica.refresh()
    assert replica.finder.find("weaving", 5) == [(offer, 1.0)]
    assert request not in index
    market.change(request, state=State.PUBLISHED)
    assert request in replica.refresh()


def test_what_ended_by_the_calendar_is_dropped_before_anybody_marks_it(database: Database) -> None:
    market, today = Market(database), [TODAY]
    replica = Replica(database, today=lambda: today[0])
    ending = market.listing("request", market.organisation(), valid_until=TODAY)
    ended = market.listing("request", market.organisation(), valid_until=TODAY - timedelta(days=1))
    assert ending in replica.refresh()
    assert ended not in replica.refresh()
    today[0] = TODAY + timedelta(days=1)
    assert ending not in replica.refresh()


def test_a_young_replica_is_not_read_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    # However slow the machine is, it stays young while this runs.
    monkeypatch.setattr("marketplace.search.replica.FRESH_SECONDS", 3600.0)
    market, days = Market(database), list[date]()

    def today() -> date:
        days.append(TODAY)
        return TODAY

    replica = Replica(database, today=today)
    replica.fresh()
    market.listing("request", market.organisation())
    replica.refresh(3600.0)
    replica.fresh()
    assert len(days) == 1


def test_it_reads_page_after_page(database: Database) -> None:
    market = Market(database)
    organisation = market.organisation()
    added = [market.listing("request", organisation) for _ in range(4)]
    market.change(added[0], state=State.PAUSED)
    index = Replica(database, page=2).fresh()
    assert [key in index for key in added] == [False, True, True, True]


def test_warming_up_loads_without_anybody_waiting(database: Database) -> None:
    market = Market(database)
    request, _offer = market.pair()
    replica, loaded = Replica(database), list[int]()
    thread = replica.warm_up(then=lambda: loaded.append(len(replica.fresh())))
    thread.join(timeout=120)
    assert loaded == [2]
    assert request in replica.fresh()


def test_a_database_that_is_away_is_told_to_the_first_user_and_not_to_the_thread(
    postgresql_database_url: str,
) -> None:
    away = Database(postgresql_database_url.rsplit("/", 1)[0] + "/no_such_database")
    replica = Replica(away)
    replica.warm_up().join(timeout=120)
    with pytest.raises(OperationalError):
        replica.fresh()
    away.dispose()


def test_many_threads_see_the_same(database: Database) -> None:
    market, replica = Market(database), Replica(database)
    request, offer = market.pair()
    seen: list[bool] = []

    def look() -> None:
        index = replica.fresh()
        seen.append(request in index and offer in index)

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [True] * 8
