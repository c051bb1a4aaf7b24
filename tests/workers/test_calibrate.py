"""What scores have meant is learnt every night, without anybody asking for it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from marketplace import clock
from marketplace.audit import AuditEntry
from marketplace.db import Database
from marketplace.errors import Forbidden
from marketplace.introductions.states import IntroductionState
from marketplace.learning.models import KeptCalibration
from marketplace.learning.services.nightly import calibrate_nightly, last_due
from marketplace.policy import OPERATOR, VISITOR
from marketplace.search.replica import Replica
from tests.marketplace.introductions.world import World
from tests.marketplace.matches.market import rescore
from tests.workers.shift import Shift
from workers.broker import SCHEDULE
from workers.tasks import calibrate

NIGHT = datetime(2026, 11, 22, 2, 10, tzinfo=UTC)


def kept(database: Database) -> list[int]:
    with database.reading() as session:
        return list(session.scalars(sa.select(KeptCalibration.decisions).order_by(KeptCalibration.id)))


def learn(database: Database, now: datetime) -> bool:
    with database.transaction() as session:
        return calibrate_nightly(session, OPERATOR, now=now) is not None


def test_a_worker_learns_from_what_was_decided_and_not_twice(shift: Shift) -> None:
    world = World(shift.database, now=clock.now() - timedelta(days=21))
    rescore(shift.database, Replica(shift.database), now=world.now)
    world.reach(IntroductionState.ACCEPTED)
    assert calibrate(shift.work)
    # Killed after the commit, the task is given out again.
    assert not calibrate(shift.work)
    assert kept(shift.database) == [1]
    with shift.database.reading() as session:
        acts = session.scalars(sa.select(AuditEntry).where(AuditEntry.act == "learning:calibrate")).all()
    assert [act.actor_id for act in acts] == [None]


def test_the_clock_and_the_workers_know_the_task(shift: Shift) -> None:
    assert SCHEDULE["calibrate"]["task"] == "calibrate"
    assert {entry["task"] for entry in SCHEDULE.values()} <= set(shift.exchange.celery.tasks)


def test_once_a_night_and_what_was_missed_is_made_up_for(database: Database) -> None:
    assert learn(database, NIGHT)
    for later in (timedelta(minutes=30), timedelta(hours=12), timedelta(hours=23, minutes=49)):
        assert not learn(database, NIGHT + later)
    assert learn(database, NIGHT + timedelta(days=1))
    # Off for three nights; on again in an afternoon, and then in time.
    assert learn(database, NIGHT + timedelta(days=4, hours=13))
    assert not learn(database, NIGHT + timedelta(days=4, hours=14))
    assert learn(database, NIGHT + timedelta(days=5))
    assert len(kept(database)) == 4


def test_two_workers_at_once_learn_once(database: Database) -> None:
    done: list[bool] = []
    start = threading.Barrier(2)

    def run() -> None:
        start.wait()
        done.append(learn(database, NIGHT))

    threads = [threading.Thread(target=run) for _one in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False, True]
    assert len(kept(database)) == 1


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 11, 22, 1, 59, 59, tzinfo=UTC), datetime(2026, 11, 21, 2, tzinfo=UTC)),
        (datetime(2026, 11, 22, 2, tzinfo=UTC), datetime(2026, 11, 22, 2, tzinfo=UTC)),
        (datetime(2026, 11, 22, 23, tzinfo=UTC), datetime(2026, 11, 22, 2, tzinfo=UTC)),
    ],
)
def test_two_o_clock(now: datetime, due: datetime) -> None:
    assert last_due(now) == due


def test_only_who_administers_the_exchange(database: Database) -> None:
    with pytest.raises(Forbidden), database.transaction() as session:
        calibrate_nightly(session, VISITOR, now=NIGHT)
    assert kept(database) == []
