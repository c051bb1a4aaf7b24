"""Workers as processes of their own, with PostgreSQL, Redis and SMTP: they may die, Redis may forget."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis
import sqlalchemy as sa

from marketplace import clock
from marketplace.notifications.models import Channel, Delivery, DeliveryState
from tests.marketplace.matches.market import Market
from tests.services import empty_number
from tests.workers.postoffice import PostOffice
from tests.workers.shift import SECRET, Shift

PATIENCE_SECONDS = 30
EXCHANGE = str(Path(sys.executable).with_name("exchange"))


def wait_until(condition: Callable[[], object], what: str) -> None:
    """Wait until something is so; fail where it does not come."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, f"{what} did not come"
        time.sleep(0.05)


@dataclass
class Station:
    """An installation with its processes."""

    shift: Shift
    smtp: PostOffice
    env: dict[str, str]
    log: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a process of its own group."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [EXCHANGE, *arguments], env=self.env, stdout=log, stderr=log, start_new_session=True
            )
        self.running.append(process)
        return process

    def mails(self) -> list[DeliveryState]:
        """Return where the mails stand."""
        with self.shift.database.reading() as session:
            rows = session.scalars(sa.select(Delivery.state).where(Delivery.channel == Channel.MAIL))
            return list(rows)

    def end(self) -> None:
        """End whatever still runs."""
        for process in self.running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@pytest.fixture
def station(
    open_shift: Callable[..., Shift],
    postgresql_database_url: str,
    empty_redis_url: str,
    smtp: PostOffice,
    tmp_path: Path,
) -> Iterator[Station]:
    """Give an installation in which one listing was published, and nobody works yet."""
    given = {"redis_url": empty_redis_url, "smtp_url": smtp.url}
    shift = open_shift(postgresql_database_url, **given)
    market = Market(shift.database, now=clock.now())
    firm = market.organisation()
    market.member(firm)
    env = {name: value for name, value in os.environ.items() if not name.startswith("EXCHANGE_")} | {
        "EXCHANGE_DATABASE_URL": postgresql_database_url,
        "EXCHANGE_REDIS_URL": empty_redis_url,
        "EXCHANGE_SMTP_URL": smtp.url,
        "EXCHANGE_SECRET_KEY": SECRET,
        "EXCHANGE_VAR": str(tmp_path / "var"),
    }
    shift.happen("ListingPublished", listing=market.listing("offer", firm))
    found = Station(shift, smtp, env, tmp_path / "log")
    yield found
    found.end()


def test_a_worker_killed_in_the_middle_of_a_mail_loses_nothing_and_sends_nothing_twice(
    station: Station,
) -> None:
    station.smtp.thinking = True
    first = station.start("worker", "--concurrency", "1")
    station.shift.exchange.work.ring("relay")
    wait_until(lambda: station.smtp.asked, "the mail")
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    station.smtp.thinking = False
    assert station.mails() == [DeliveryState.WAITING]
    station.shift.time_passes()
    second = station.start("worker", "--concurrency", "1")
    # Redis gives the dead worker's task to the new one, without anybody ringing again.
    station.shift.exchange.work.ring("sweep")
    wait_until(lambda: station.mails() == [DeliveryState.SENT], "the mail's being sent")
    assert len(station.smtp.messages) == 1
    second.send_signal(signal.SIGTERM)
    assert second.wait(timeout=PATIENCE_SECONDS) == 0


def test_a_redis_that_forgets_everything_costs_nothing(station: Station) -> None:
    station.start("worker", "--concurrency", "1")
    beat = station.start("beat")
    wait_until(lambda: station.mails() == [DeliveryState.SENT], "the first mail")
    empty_number(station.env["EXCHANGE_REDIS_URL"])
    # Nobody rings: only the sweep can find it.
    station.shift.happen("ListingPublished", key="again", listing=1)
    wait_until(lambda: len(station.smtp.messages) == 2, "the second mail")
    with redis.Redis.from_url(station.env["EXCHANGE_REDIS_URL"]) as client:
        assert client.llen("exchange") == 0
    beat.send_signal(signal.SIGTERM)
    assert beat.wait(timeout=PATIENCE_SECONDS) == 0
