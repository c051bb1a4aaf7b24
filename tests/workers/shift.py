"""What tests do with a working process."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from exchange.compose import Exchange
from marketplace import clock, outbox
from marketplace.db import Database
from marketplace.notifications.models import Delivery
from marketplace.outbox import Event
from marketplace.settings import Settings
from workers.deliver import deliver
from workers.relay import relay
from workers.work import Work

SECRET = "a secret for the tests that is long enough"


def settings_for(database_url: str, var: Path, **given: str) -> Settings:
    """Return settings, with those given under their names without the prefix."""
    return Settings.from_env(
        {
            "EXCHANGE_DATABASE_URL": database_url,
            "EXCHANGE_VAR": str(var),
            "EXCHANGE_SECRET_KEY": SECRET,
            **{f"EXCHANGE_{name.upper()}": value for name, value in given.items()},
        }
    )


class Shift:
    """A working process; what it would ring for is noted, and done when the test says so."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.rung: list[str] = []
        self.work: Work = dataclasses.replace(exchange.work, ring=self._note)
        self.database: Database = exchange.database
        self.database.bell = lambda: self.rung.append("relay")

    def _note(self, task: str) -> bool:
        self.rung.append(task)
        return True

    def happen(self, kind: str, key: str | None = None, **ids: object) -> int:
        """Record an event; returns its number."""
        with self.database.transaction() as session:
            outbox.record(session, kind, ids, at=clock.now(), key=key)
            return session.scalars(sa.select(Event.id).order_by(Event.id.desc()).limit(1)).one()

    def all_done(self) -> tuple[int, int]:
        """Carry out everything that is due; returns how many events and mails."""
        return relay(self.work), deliver(self.work)

    def event(self, event_id: int) -> Event:
        """Read an event."""
        with self.database.reading() as session:
            return session.get_one(Event, event_id)

    def time_passes(self, hours: float = 1) -> None:
        """Let every lease and pause be over; the clock itself stays as it is."""
        back = timedelta(hours=hours)
        with self.database.transaction() as session:
            session.execute(sa.update(Event).values(due_at=clock.now() - back))
            session.execute(sa.update(Delivery).values(due_at=clock.now() - back))

    def close(self) -> None:
        """Close what was opened."""
        self.exchange.database.dispose()
        self.exchange.celery.close()
