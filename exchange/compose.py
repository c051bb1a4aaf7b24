"""The one place where all parts of the exchange are put together."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread

from celery import Celery
from flask import Flask

from marketplace.app import create_app
from marketplace.db import Database
from marketplace.search.engine import make_index
from marketplace.search.replica import Replica
from marketplace.search.resolver import KeptResolver, encoder_of
from marketplace.settings import Settings
from matching.semantic import Encoder
from workers.bell import Bell
from workers.broker import make_celery
from workers.tasks import register
from workers.work import Work

INDEX = "index"
"""Folder below ``var`` of the snapshot of the engine's index."""
COLLECT_AFTER = 50_000
"""Objects made and not freed after which Python's collector looks at the new ones; its default is 700."""
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# Libraries that tell of each message they carry.
TALKATIVE = ("celery", "kombu", "alembic", "werkzeug", "amqp")


@dataclass(frozen=True, slots=True)
class Exchange:
    """Everything a process may need.

    Parameters
    ----------
    encoder
        The process's one encoder, or one that knows nothing where the setting is off; its weights are
        loaded at its first use.
    resolver
        Gives the resolver from free text to sectors as it is now, by a call.
    """

    settings: Settings
    database: Database
    app: Flask
    celery: Celery
    work: Work
    encoder: Encoder
    resolver: KeptResolver

    @property
    def replica(self) -> Replica:
        """The engine's copy of all open listings; it is loaded at its first use."""
        return self.work.replica

    def warm_up(self) -> Thread:
        """Load all open listings before anybody waits for them; returns the thread that does it."""
        return self.replica.warm_up(then=settle)


def settle() -> None:
    """Take what a process holds for good out of the rounds of Python's garbage collector.

    A full round looks at every object there is, and held a page up for 0.4 s.  The short rounds, of which
    a page of the desk set off some twenty, come less often.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)


@contextmanager
def composed(settings: Settings) -> Iterator[Exchange]:
    """Put the parts together for as long as the block runs, and close what was opened meanwhile."""
    exchange = compose(settings)
    try:
        yield exchange
    finally:
        exchange.database.dispose()
        exchange.celery.close()


def compose(settings: Settings) -> Exchange:
    """Put the parts together; nothing is opened or started by it.

    Parameters
    ----------
    settings
        Of the process.
    """
    database = Database(settings.database_url)
    celery = make_celery(settings)
    bell = Bell(celery)

    def announce() -> None:
        bell.ring("relay")

    database.bell = announce
    encoder = encoder_of(settings)
    resolver = KeptResolver(settings.var, encoder)
    replica = Replica(database, index=make_index(settings, encoder, resolver), kept=settings.var / INDEX)
    app = create_app(settings, database, replica, resolver)
    work = Work(settings=settings, database=database, replica=replica, app=app, ring=bell.ring)
    register(celery, work)
    return Exchange(settings, database, app, celery, work, encoder, resolver)


def log_to_stderr(level: str, *, talkative: str = "WARNING") -> None:
    """Write the log to standard error, as containers and service managers expect.

    Parameters
    ----------
    level
        Of our own messages.
    talkative
        Of libraries that tell of each message they carry.
    """
    logging.basicConfig(level=level, format=LOG_FORMAT)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(talkative)
