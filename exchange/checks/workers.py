"""Whether workers really work: two probes, one that is rung for and one that only the sweep finds."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Final

import sqlalchemy as sa

from exchange.checks.check import Check, broken, fine
from exchange.compose import Exchange
from marketplace import clock, outbox
from marketplace.db import RING, Database
from marketplace.outbox import Event
from workers.broker import SWEEP_SECONDS
from workers.reactions import PROBED

PATIENCE_SECONDS: Final = 10.0
POLL_SECONDS: Final = 0.1
# Before everything else that is due, so that a long queue does not look like a dead worker.
FIRST: Final = datetime(2000, 1, 1, tzinfo=UTC)


def probe(exchange: Exchange) -> list[Check]:
    """Does a worker carry out an event that is rung for, and does the beat find one that is not?"""
    try:
        silent = _record(exchange.database, rung=False)
        rung = _record(exchange.database, rung=True)
        started = time.monotonic()
        waits: dict[int, float] = {}
        while len(waits) < len({rung, silent}) and time.monotonic() - started < PATIENCE_SECONDS:
            time.sleep(POLL_SECONDS)
            for event_id in _done(exchange.database, {rung, silent} - waits.keys()):
                waits[event_id] = time.monotonic() - started
    finally:
        _forget(exchange.database)
    return [_worker(waits.get(rung), exchange), _beat(waits.get(silent), waits.get(rung))]
