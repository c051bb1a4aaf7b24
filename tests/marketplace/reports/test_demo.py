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
        assert closed
        assert str(Quarter.of(now)) not in closed
        # A report of five quarters has something to say of each of them.
        for figure in ("organisations-profiled", "enquiries-received", "introductions-accepted"):
            numbers = sa.select(KeptNumber.quarter).where(
                KeptNumber.scope == "network", KeptNumber.figure == figure, KeptNumber.n > 0
            )
            last = {str(Quarter.of(now).shifted(-back)) for back in range(1, 4)}
            assert last <= set(session.scalars(numbers)), figure
