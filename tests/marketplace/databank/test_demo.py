"""The demo's officers find a databank worth looking at."""

from __future__ import annotations

import sqlalchemy as sa

from marketplace import actors, clock
from marketplace.accounts.models import User
from marketplace.databank.queries.listed import window
from marketplace.databank.queries.record import notes_of
from marketplace.databank.queries.wanted import Order, Standing, Wanted
from marketplace.db import Database
from marketplace.demo.services import load_demo
from marketplace.organisations.models import CheckResult, Verification


def test_some_is_verified_some_is_old_and_some_is_noted(database: Database) -> None:
    now = clock.now()
    with database.transaction() as session:
        load_demo(session, password="a password for the demo", now=now)
    with database.reading() as session:
        for email, standing in (
            ("spx@example.org", set(Standing)),
            ("itpo@example.org", {Standing.VERIFIED, Standing.NOT}),
        ):
            actor = actors.actor_of(
                session, session.scalars(sa.select(User).where(User.email == email)).one()
            )
            given = {"order": Order.NAME, "limit": 50, "after": "", "before": "", "now": now}
            found = {one: window(session, actor, Wanted(standing=one), **given).total for one in Standing}  # type: ignore[arg-type]
            assert {one for one, count in found.items() if count} == standing, email
            rows = window(session, actor, Wanted(), **given).rows  # type: ignore[arg-type]
            assert any(row.tags for row in rows)
            assert any(row.introductions for row in rows)
            assert any(notes_of(session, actor, row.organisation) for row in rows)
        results = session.scalars(sa.select(Verification.result).distinct())
        assert set(results) == set(CheckResult)
