"""The demo's past quarters are closed, as those of an installation at work are."""

from __future__ import annotations

import sqlalchemy as sa

from marketplace import clock
from marketplace.db import Database
from marketplace.demo.services import load_demo
from marketplace.reports.models import ClosedQuarter, KeptNumber
from marketplace.reports.queries.scope import Quarter
from marketplace.reports.queries.unclosed import next_to_close


def test_the_past_of_the_demo_is_closed(database: Database) -> None:
    now = clock.now()
    with database.transaction() as session:
        load_demo(session, password="a password for the demo", now=now)
    with database.reading() as session:
        closed = set(session.scalars(sa.select(ClosedQuarter.quarter)))
        assert next_to_close(session, now) is None
        # Organisations of the demo joined 120 days ago: at least one quarter has ended since.
        assert closed
        assert str(Quarter.of(now)) not in closed
        numbers = sa.select(KeptNumber.n).where(
            KeptNumber.scope == "network", KeptNumber.figure == "organisations-profiled"
        )
        assert sum(session.scalars(numbers)) > 0
