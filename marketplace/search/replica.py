"""The process's replica of all open listings, kept fresh by the number of the last change."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from marketplace import clock
from marketplace.db import Database
from marketplace.listings.models import ChangeCounter, Listing, State
from marketplace.listings.queries import engine_listings
from matching.index import Index, compile_loops
from matching.search import Finder

FRESH_SECONDS: Final = 1.0
"""How old what a visitor sees may be."""
PAGE: Final = 2000
"""Listings read at once."""
KEPT_CHANGES: Final = 500
"""Changes after which the snapshot is made anew."""

log = logging.getLogger(__name__)


class Replica:
    """The engine's index, filled from the database and following it.  Safe to use from threads.

    Parameters
    ----------
    database
        The truth.
    today
        Tells the day; listings whose last day has passed are dropped when it changes.
    page
        Changes read at once, from 1.
    index
        An empty one, to be filled; by words alone unless it is given.
    kept
        Folder of its snapshot: what was read and encoded once is not again by the next process.
    """

    def __init__(
        self,
        database: Database,
        today: Callable[[], date] = clock.today,
        page: int = PAGE,
        index: Index | None = None,
        kept: Path | None = None,
    ) -> None:
        self._database = database
        self._today = today
        self._page = page
        self._lock = threading.Lock()
        self._index = index or Index()
        self.finder = Finder()
        self._kept = kept
        # Up to which change the index has been, when it was kept.
        self._mark = 0
        self._seen = 0
        self._day: date | None = None
        # When it was last known to be fresh, by the monotonic clock.
        self._fresh_at: float | None = None

    def fresh(self) -> Index:
        """Return the index, no older than :data:`FRESH_SECONDS`.

        The first use waits until everything is loaded.  Later, while another thread is reading
        changes, the index is given as it stands rather than making a visitor wait.
        """
        if self._fresh_at is None:
            return self.refresh(FRESH_SECONDS)
        if time.monotonic() - self._fresh_at > FRESH_SECONDS and self._lock.acquire(blocking=False):
            try:
                self._follow()
            finally:
                self._lock.release()
        return self._index

    def refresh(self, age_seconds: float = 0.0) -> Index:
        """Read what has changed, and return the index.

        Parameters
        ----------
        age_seconds
            Do nothing where it is known to be younger, 0 or more.
        """
        with self._lock:
            if self._fresh_at is None or time.monotonic() - self._fresh_at >= age_seconds:
                self._follow()
        return self._index

    def warm_up(self, then: Callable[[], None] = lambda: None) -> threading.Thread:
        """Start loading without anybody waiting; returns the thread that does it.

        Parameters
        ----------
        then
            Called when everything is loaded.
        """
        thread = threading.Thread(target=self._warm_up, args=(then,), name="replica", daemon=True)
        thread.start()
        return thread

    def _warm_up(self, then: Callable[[], None]) -> None:
        compile_loops()
        try:
            self.refresh(FRESH_SECONDS)
            then()
        except SQLAlchemyError:
            # Whoever uses it first tries again, and is told.
            log.warning("the listings could not be loaded ahead of their first use", exc_info=True)

    def _follow(self) -> None:
        started, day = time.monotonic(), self._today()
        if self._fresh_at is None and self._kept:
            self._load(self._kept)
        if self._last_change() > self._seen:
            self._read_changes(day)
        if day != self._day:
            self._drop_ended(day)
            self._day = day
        self._fresh_at = started

    def _last_change(self) -> int:
        with self._database.reading() as session:
            return session.scalar(sa.select(ChangeCounter.value).where(ChangeCounter.id == 1)) or 0

    def _read_changes(self, day: date) -> None:
        more = True
        while more:
            with self._database.reading() as session:
                changes = engine_listings(session, self._seen, self._page, today=day)
            for change in changes:
                if change.listing is None:
                    self._remove(change.listing_id)
                else:
                    self.finder.put(change.listing)
            self._index.put_many(
                change.listing
                for change in changes
                if change.listing is not None and change.number > self._mark
            )
            if changes:
                self._seen = changes[-1].number
            more = len(changes) == self._page
        if self._kept and self._seen - self._mark >= KEPT_CHANGES:
            self._save(self._kept)

    def _load(self, folder: Path) -> None:
        """Begin with the snapshot, if there is one that fits; its listings are not read again."""
        try:
            self._index, mark = self._index.load(folder, self._index.reader, self._index.guess)
            self._mark = int(mark)
        except ValueError:
            log.info("no snapshot of the index fits; it is filled from the database")

    def _save(self, folder: Path) -> None:
        """Keep a snapshot; without one the next start only takes longer."""
        try:
            self._index.save(folder, str(self._seen))
            self._mark = self._seen
        except OSError:
            log.warning("the index could not be kept", exc_info=True)

    def _drop_ended(self, day: date) -> None:
        """Take out listings that ended by the calendar alone, before anybody marks them expired."""
        ended = sa.select(Listing.id).where(Listing.state == State.PUBLISHED, Listing.valid_until < day)
        with self._database.reading() as session:
            for listing_id in session.scalars(ended):
                self._remove(listing_id)

    def _remove(self, listing_id: int) -> None:
        self._index.remove(listing_id)
        self.finder.remove(listing_id)
