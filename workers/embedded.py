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
PAUSE_SECONDS: Final = 1.0

log = logging.getLogger(__name__)


class EmbeddedWorker:
    """Runs tasks in threads of this process until it is stopped; what ends by itself is started again.

    Parameters
    ----------
    celery
        With its tasks.
    """

    def __init__(self, celery: Celery) -> None:
        self._celery = celery
        self._ending = threading.Event()
        self._controller = self._new_controller()
        self._beat = self._new_beat()
        self._threads = (
            threading.Thread(target=self._work, name="worker", daemon=True),
            threading.Thread(target=self._tick, name="beat", daemon=True),
        )

    def start(self) -> None:
        """Start both threads."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let running tasks finish, and end both threads; what was waiting, waits in the database."""
        self._ending.set()
        self._beat.stop(wait=False)
        self._controller.stop()
        for thread in self._threads:
            thread.join(STOP_SECONDS)
            if thread.is_alive():
                log.warning("the %s did not end in time; what it was at is done again later", thread.name)

    def _new_controller(self) -> WorkController:
        return WorkController(
            app=self._celery,
            pool_cls="threads",
            concurrency=THREADS,
            loglevel="WARNING",
            without_gossip=True,
            without_heartbeat=True,
            without_mingle=True,
        )

    def _new_beat(self) -> Service:
        # Kept in memory: a second start has no use for what the first had planned.
        return Service(self._celery, max_interval=1, scheduler_cls=Scheduler)

    def _work(self) -> None:
        self._controller.start()
        while not self._ending.wait(PAUSE_SECONDS):
            log.error("the worker has ended by itself; a new one starts")
            self._controller = self._new_controller()
            self._controller.start()

    def _tick(self) -> None:
        self._beat.start()
        while not self._ending.wait(PAUSE_SECONDS):
            log.error("the beat has ended by itself; a new one starts")
            self._beat = self._new_beat()
            self._beat.start()
