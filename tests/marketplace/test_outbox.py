"""Events exist with their transaction, are carried out once, and come back when a process dies."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from marketplace import outbox
from marketplace.db import Database
from marketplace.outbox import ATTEMPTS, BACKOFF, LEASE, Event

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
MOMENT = timedelta(seconds=1)


def record(database: Database, key: str | None = None, *, due_at: datetime | None = None) -> bool:
    with database.transaction() as session:
        return outbox.record(session, "ListingChanged", {"listing": 7}, at=NOW, key=key, due_at=due_at)


def claim(database: Database, now: datetime = NOW, limit: int = 10) -> list[Event]:
    with database.transaction() as session:
        return list(outbox.claim(session, now, limit))


def only_event(database: Database) -> Event:
    with database.reading() as session:
        return session.scalars(sa.select(Event)).one()


def waiting(database: Database, now: datetime = NOW) -> int:
    with database.reading() as session:
        return outbox.waiting(session, now)


def fail(database: Database, event: Event, now: datetime) -> None:
    with database.transaction() as session:
        outbox.fail(session, event.id, event.attempts, "it broke", now)


def settle(database: Database, event: Event, now: datetime = NOW) -> bool:
    with database.transaction() as session:
        return outbox.settle(session, event.id, event.attempts, now)


def test_an_event_is_there_when_its_transaction_commits_and_the_bell_rings_once(database: Database) -> None:
    rings: list[int] = []
    database.bell = lambda: rings.append(waiting(database))
    with database.transaction() as session:
        outbox.record(session, "ListingChanged", {"listing": 7}, at=NOW)
        outbox.record(session, "ListingChanged", {"listing": 8}, at=NOW)
        assert rings == []
    # Whoever is woken by the bell finds both.
    assert rings == [2]


def test_an_event_leaves_no_trace_when_its_transaction_fails(database: Database) -> None:
    rings: list[str] = []
    database.bell = lambda: rings.append("ding")
    with suppress(DBAPIError), database.transaction() as session:
        outbox.record(session, "ListingChanged", {"listing": 7}, at=NOW)
        session.execute(sa.text("SELECT * FROM nowhere"))
    assert waiting(database) == 0
    assert rings == []


def test_a_key_is_used_once_for_ever(database: Database) -> None:
    rings: list[str] = []
    assert record(database, "match:1:2:offer")
    assert settle(database, claim(database)[0])
    database.bell = lambda: rings.append("ding")
    assert not record(database, "match:1:2:offer")
    assert rings == []
    assert waiting(database) == 0
    assert record(database)
    assert record(database)


def test_what_is_due_later_waits(database: Database) -> None:
    record(database, due_at=NOW + timedelta(hours=1))
    assert claim(database) == []
    assert waiting(database) == 0
    assert waiting(database, NOW + timedelta(hours=1)) == 1
    assert len(claim(database, NOW + timedelta(hours=1))) == 1


def test_a_claim_holds_for_its_lease_and_then_somebody_else_may(database: Database) -> None:
    record(database)
    assert claim(database)[0].attempts == 1
    assert claim(database, NOW + LEASE - MOMENT) == []
    again = claim(database, NOW + LEASE)
    assert [event.attempts for event in again] == [2]


def test_whoever_lost_the_lease_cannot_settle(database: Database) -> None:
    record(database)
    slow = claim(database)[0]
    quick = claim(database, NOW + LEASE)[0]
    assert not settle(database, slow, NOW + LEASE)
    assert settle(database, quick, NOW + LEASE)
    assert not settle(database, quick, NOW + LEASE)


def test_the_oldest_come_first_and_no_more_than_asked(database: Database) -> None:
    for minutes in (3, 1, 2):
        record(database, f"after {minutes}", due_at=NOW + timedelta(minutes=minutes))
    found = claim(database, NOW + timedelta(minutes=5), limit=2)
    assert [event.key for event in found] == ["after 1", "after 2"]


def test_a_failed_event_is_tried_again_after_longer_and_longer_pauses(database: Database) -> None:
    record(database)
    now = NOW
    for pause in BACKOFF:
        fail(database, claim(database, now)[0], now)
        assert claim(database, now + pause - MOMENT / 1000) == []
        now += pause
    assert only_event(database).error == "it broke"
    assert only_event(database).set_aside_at is None


def test_poison_is_set_aside_after_five_tries_and_staff_see_it(database: Database) -> None:
    record(database)
    now = NOW
    for _attempt in range(ATTEMPTS):
        now += timedelta(hours=1)
        fail(database, claim(database, now)[0], now)
    assert claim(database, now + timedelta(days=30)) == []
    assert waiting(database, now + timedelta(days=30)) == 0
    with database.reading() as session:
        (event,) = outbox.set_aside(session)
    assert (event.error, event.set_aside_at) == ("it broke", now)


def test_an_event_that_kills_its_process_each_time_is_set_aside_too(database: Database) -> None:
    record(database)
    for attempt in range(ATTEMPTS):
        assert len(claim(database, NOW + attempt * LEASE)) == 1
    assert claim(database, NOW + ATTEMPTS * LEASE) == []
    event = only_event(database)
    assert event.set_aside_at == NOW + ATTEMPTS * LEASE
    assert "process ended" in event.error


def test_a_late_answer_of_the_last_try_still_counts(database: Database) -> None:
    record(database)
    last = [claim(database, NOW + attempt * LEASE)[0] for attempt in range(ATTEMPTS)][-1]
    claim(database, NOW + ATTEMPTS * LEASE)
    assert settle(database, last, NOW + ATTEMPTS * LEASE)
    with database.reading() as session:
        assert outbox.set_aside(session) == []


def test_staff_can_have_it_tried_again(database: Database) -> None:
    record(database)
    for attempt in range(ATTEMPTS + 1):
        claim(database, NOW + attempt * LEASE)
    event_id, later = only_event(database).id, NOW + timedelta(days=1)
    rings: list[str] = []
    database.bell = lambda: rings.append("ding")
    with database.transaction() as session:
        assert outbox.retry(session, event_id, later)
    with database.transaction() as session:
        # Two administrators clicked: the second finds nothing to do.
        assert not outbox.retry(session, event_id, later)
    assert rings == ["ding"]
    assert [event.attempts for event in claim(database, later)] == [1]


def test_a_long_error_is_cut(database: Database) -> None:
    record(database)
    event = claim(database)[0]
    with database.transaction() as session:
        outbox.fail(session, event.id, event.attempts, "x" * 100_000, NOW)
    assert len(only_event(database).error) == outbox.ERROR_LENGTH


def test_many_who_claim_at_once_never_get_the_same(
    database_url: str, open_database: Callable[[str], Database]
) -> None:
    first = open_database(database_url)
    with first.transaction() as session:
        for number in range(60):
            outbox.record(session, "ListingChanged", {"listing": number}, at=NOW)
    taken: list[int] = []
    start = threading.Barrier(4)

    def work() -> None:
        own = open_database(database_url)
        start.wait()
        while events := claim(own, limit=3):
            taken.extend(event.id for event in events)

    threads = [threading.Thread(target=work) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 60
    assert len(set(taken)) == 60
