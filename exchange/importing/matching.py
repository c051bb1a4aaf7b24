"""Matching what an import brought in, in this very process, by the path that workers use."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from exchange.importing.progress import Show
from marketplace.db import Database
from marketplace.matches.models import Match
from marketplace.outbox import Event
from workers.relay import relay
from workers.work import Work

KIND: Final = "ListingsImported"
LOOK_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Matched:
    """What came of it.

    Parameters
    ----------
    matches
        Stored now, of all listings.
    failed
        Listings whose matching failed; a worker tries again.
    """

    matches: int
    failed: int


def match_imported(work: Work, since: datetime, show: Show) -> Matched:
    """Carry out the imports that wait to be matched, and return when none is left.

    What a worker is doing at the same time is left to it, and waited for; a lease that a dead
    worker held runs out meanwhile.

    Parameters
    ----------
    since
        When this import began: older failures are none of its business.
    """
    total = _listings(work.database)

    def tell() -> None:
        left = _listings(work.database)
        show(total - left, total, f"{total - left} of {total} listings")

    with _Ticker(tell):
        while _listings(work.database):
            if not relay(work):
                time.sleep(LOOK_SECONDS)
    tell()
    with work.database.reading() as session:
        matches = session.scalar(sa.select(sa.func.count()).select_from(Match)) or 0
        rows = session.scalars(
            sa.select(Event).where(
                Event.kind == KIND, Event.done_at.is_(None), Event.error != "", Event.at >= since
            )
        )
        failed = sum(len(event.ids["listings"]) for event in rows)
    return Matched(matches, failed)


def _listings(database: Database) -> int:
    """Count the listings that wait to be matched; what failed once waits for a worker, not for us."""
    waits = (Event.kind == KIND, Event.done_at.is_(None), Event.set_aside_at.is_(None), Event.error == "")
    with database.reading() as session:
        return sum(len(ids["listings"]) for ids in session.scalars(sa.select(Event.ids).where(*waits)))


class _Ticker:
    """Calls something every second while its block runs."""

    def __init__(self, call: Callable[[], None]) -> None:
        self._call = call
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="progress", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            self._call()
