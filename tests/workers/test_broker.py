"""The bell rings, or says that it did not; messages are there whole or not at all."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.services import free_port
from tests.workers.shift import Shift
from workers.bell import Bell
from workers.embedded import EmbeddedWorker


def ringing(shift: Shift) -> Bell:
    return Bell(shift.exchange.celery)


def test_a_broker_that_is_away_holds_nobody_up(
    open_shift: Callable[..., Shift], sqlite_database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    shift = open_shift(sqlite_database_url, redis_url=f"redis://127.0.0.1:{free_port()}/0")
    bell = ringing(shift)
    started = time.monotonic()
    assert not any(bell.ring("relay") for _time in range(50))
    assert time.monotonic() - started < 2
    # It is said once, not at every request.
    assert len([record for record in caplog.records if "did not ring" in record.message]) == 1


def test_a_bell_leaves_one_message_for_each_ring(
    open_shift: Callable[..., Shift], sqlite_database_url: str, tmp_path: Path
) -> None:
    bell = ringing(open_shift(sqlite_database_url))
    assert all(bell.ring("relay") for _time in range(3))
    names = [path.name for path in (tmp_path / "var" / "broker").iterdir()]
    assert len([name for name in names if name.endswith(".exchange.msg")]) == 3
    assert not [name for name in names if name.endswith(".unfinished")]


def test_a_worker_in_threads_does_what_is_rung_for_and_ends(
    open_shift: Callable[..., Shift], sqlite_database_url: str
) -> None:
    shift = open_shift(sqlite_database_url)
    worker = EmbeddedWorker(shift.exchange.celery)
    worker.start()
    before = threading.active_count()
    event = shift.happen("UserRegistered", user=1)
    assert ringing(shift).ring("relay")
    end = time.monotonic() + 20
    while shift.event(event).done_at is None and time.monotonic() < end:
        time.sleep(0.02)
    assert shift.event(event).done_at is not None
    started = time.monotonic()
    worker.stop()
    assert time.monotonic() - started < 8
    assert threading.active_count() < before
