"""The demo's introductions: one in every state, and mail only of what is still open."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa

from marketplace import clock
from marketplace.db import Database
from marketplace.demo.services import load_demo
from marketplace.introductions.models import Introduction
from marketplace.introductions.states import IntroductionState
from marketplace.outbox import Event


def test_there_is_one_in_every_state(database: Database) -> None:
    with database.transaction() as session:
        assert load_demo(session, password="a password for the demo", now=clock.now())
    with database.reading() as session:
        rows = session.scalars(sa.select(Introduction)).all()
        open_events = session.scalars(
            sa.select(Event).where(Event.kind.startswith("Introduction"), Event.done_at.is_(None))
        ).all()
    assert {row.state for row in rows} == set(IntroductionState)
    assert set(Counter(event.ids["introduction"] for event in open_events).values()) == {1}
    assert all(row.due_at is None or row.due_at > clock.now() for row in rows)
