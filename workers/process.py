"""A worker, or the beat, as a process of its own."""

from __future__ import annotations

from celery import Celery
from celery.apps.worker import Worker
from celery.beat import Scheduler, Service
from celery.signals import worker_process_init

from workers.work import Work


def run_worker(celery: Celery, work: Work, *, concurrency: int, log_level: str) -> int:
    """Run tasks until the process is asked to end; running tasks finish first.

    Parameters
    ----------
    concurrency
        Child processes, 1 or more.

    Returns
    -------
    int
        The exit code.
    """

    def own_connections(**_options: object) -> None:
        # A connection shared with the parent would mix up the answers of both.
        work.database.engine.dispose(close=False)

    worker_process_init.connect(own_connections, weak=False)
    worker = Worker(
        app=celery,
        pool_cls="prefork",
        concurrency=concurrency,
        loglevel=log_level,
        without_gossip=True,
        without_heartbeat=True,
        without_mingle=True,
        quiet=True,
    )
    worker.start()
    return int(worker.exitcode or 0)


def run_beat(celery: Celery) -> None:
    """Announce what is due by the clock, until the process is asked to end.

    The plan is kept in memory; several beats do no harm, only more than needed.
    """
    Service(celery, max_interval=1, scheduler_cls=Scheduler).start()
