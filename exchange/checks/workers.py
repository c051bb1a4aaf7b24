"""Whether workers really work: a probe that is rung for, and one that only the sweep finds."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Final

import sqlalchemy as sa

from exchange.checks.check import Check, broken, doubtful, fine
from exchange.compose import Exchange
from marketplace import clock, outbox
from marketplace.db import RING, Database
from marketplace.outbox import Event
from workers.broker import SWEEP_SECONDS
from workers.reactions import PROBED

PATIENCE_SECONDS: Final = 10.0
POLL_SECONDS: Final = 0.05
# Before everything else that is due, so that a long queue does not look like a dead worker.
FIRST: Final = datetime(2000, 1, 1, tzinfo=UTC)


def probe(exchange: Exchange) -> list[Check]:
    """Look whether a worker carries out an event that is rung for, and the beat finds one that is not.

    Where a worker is busy at this very moment, it takes the second one too, and the answer about
    the beat says less than it seems to.
    """
    mend = "Start one: `exchange worker`; without Redis, `exchange run`."
    seconds = _carried_out(exchange.database, rung=True)
    if seconds is None:
        return [broken("worker", f"none carried out a probe within {PATIENCE_SECONDS:.0f} s", mend)]
    if seconds >= SWEEP_SECONDS - 1:
        worker = doubtful(
            "worker", f"carried out a probe after {seconds:.1f} s", "Is Redis reached by the web process?"
        )
    else:
        worker = fine("worker", f"carried out a probe after {seconds:.1f} s")
    seconds = _carried_out(exchange.database, rung=False)
    if seconds is None:
        return [worker, broken("beat", "did not find what no bell announced", "Start it: `exchange beat`.")]
    return [worker, fine("beat", f"found what no bell announced after {seconds:.1f} s")]


def _carried_out(database: Database, *, rung: bool) -> float | None:
    """Record a probe, and return after how many seconds it was carried out; ``None`` for never."""
    now = clock.now()
    # The key names the probe; two doctors at once do not take each other's.
    key = f"probe:{now.isoformat()}:{rung}"
    started = time.monotonic()
    with database.transaction() as session:
        outbox.record(session, PROBED, {}, at=now, key=key, due_at=FIRST)
        if not rung:
            session.info.pop(RING, None)
    try:
        while time.monotonic() - started < PATIENCE_SECONDS:
            if _is_done(database, key):
                return time.monotonic() - started
            time.sleep(POLL_SECONDS)
        return None
    finally:
        with database.transaction() as session:
            session.execute(sa.delete(Event).where(Event.key == key))


def _is_done(database: Database, key: str) -> bool:
    with database.reading() as session:
        return session.scalar(sa.select(Event.done_at).where(Event.key == key)) is not None
