"""Quarters that are over are closed, without anybody asking for it."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from marketplace import clock
from marketplace.reports.models import ClosedQuarter
from marketplace.reports.queries.scope import Quarter
from tests.marketplace.introductions.world import World
from tests.workers.shift import Shift
from workers.broker import SCHEDULE
from workers.tasks import close_quarters


def test_a_worker_closes_all_of_the_past_and_nothing_twice(shift: Shift) -> None:
    begun = clock.now() - timedelta(days=400)
    World(shift.database, now=begun)
    due = [Quarter.of(begun)]
    while due[-1].shifted(1).closable_from <= clock.now():
        due.append(due[-1].shifted(1))
    assert close_quarters(shift.work) == len(due) >= 4
    # Killed after the commit, the task is given out again.
    assert close_quarters(shift.work) == 0
    with shift.database.reading() as session:
        closed = session.scalars(sa.select(ClosedQuarter.quarter).order_by(ClosedQuarter.quarter)).all()
    assert closed == [str(quarter) for quarter in due]


def test_the_clock_and_the_workers_know_the_task(shift: Shift) -> None:
    assert SCHEDULE["close_quarters"]["task"] == "close_quarters"
    assert "close_quarters" in shift.exchange.celery.tasks
