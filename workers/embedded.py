"""A worker and its beat inside another process, in threads."""

from __future__ import annotations

import logging
import threading
from typing import Final

from celery import Celery
from celery.beat import Scheduler, Service
from celery.worker import WorkController

# Sending mail must not wait for scoring.
THREADS: Final = 2
STOP_SECONDS: Final = 5.0

log = logging.getLogger(__name__)


class EmbeddedWorker:
    """Runs tasks in threads of this process until it is stopped.

    Parameters
    ----------
    celery
        With its tasks.
    """

    def __init__(self, celery: Celery) -> None:
        self._controller = WorkController(
            app=celery,
            pool_cls="threads",
            concurrency=THREADS,
            loglevel="WARNING",
            without_gossip=True,
            without_heartbeat=True,
            without_mingle=True,
        )
        # Kept in memory: a second start has no use for what the first had planned.
        self._beat = Service(celery, max_interval=1, scheduler_cls=Scheduler)
        self._threads = (
            threading.Thread(target=self._controller.start, name="worker", daemon=True),
            threading.Thread(target=self._beat.start, name="beat", daemon=True),
        )

    def start(self) -> None:
        """Start both threads."""
        for thread in self._threads:
            thread.start()

    @property
    def alive(self) -> bool:
        """Whether both threads still run."""
        return all(thread.is_alive() for thread in self._threads)

    def stop(self) -> None:
        """Let running tasks finish, and end both threads; what was waiting, waits in the database."""
        self._beat.stop(wait=False)
        self._controller.stop()
        for thread in self._threads:
            thread.join(STOP_SECONDS)
        if self.alive:
            log.warning("the worker did not stop in time; what it was doing is done again at the next start")
