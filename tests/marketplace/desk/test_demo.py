"""The demo's officers have something to do."""

from __future__ import annotations

import sqlalchemy as sa

from marketplace import actors, clock
from marketplace.accounts.models import User
from marketplace.db import Database
from marketplace.demo.services import load_demo
from marketplace.desk.queries.today import Sort, worklist


def test_the_officers_find_a_worklist_worth_reading(database: Database) -> None:
    now = clock.now()
    with database.transaction() as session:
        load_demo(session, password="a password for the demo", now=now)
    with database.reading() as session:
        for email in ("spx@example.org", "itpo@example.org"):
            user = session.scalars(sa.select(User).where(User.email == email)).one()
            work = worklist(session, actors.actor_of(session, user), mine=True, now=now, limit=20)
            assert {matter.sort for matter in work.matters} == set(Sort), email
            assert work.total >= 5
    assert work.matters[0].introduction is not None
