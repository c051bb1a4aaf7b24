"""What was done stays written, whoever tries to change it."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from marketplace import audit
from marketplace.audit import AuditEntry
from marketplace.db import Database

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture
def noted(database: Database) -> Database:
    with database.transaction() as session:
        audit.note(session, 3, "listing:publish", "listing", 8, NOW, {"from": "submitted"})
        audit.note(session, None, "listing:expire", "listing", 9, NOW)
    return database


def entries(database: Database) -> list[tuple[int | None, str, int | None, dict[str, object]]]:
    with database.reading() as session:
        rows = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))
        return [(row.actor_id, row.act, row.thing_id, row.facts) for row in rows]


WRITTEN = [
    (3, "listing:publish", 8, {"from": "submitted"}),
    (None, "listing:expire", 9, {}),
]


def test_an_act_is_noted_with_who_and_what(noted: Database) -> None:
    assert entries(noted) == WRITTEN


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor_id = 4",
        "UPDATE audit_entry SET facts = '{}' WHERE thing_id = 9",
        "DELETE FROM audit_entry",
        "DELETE FROM audit_entry WHERE thing_id = 9",
    ],
)
def test_the_database_refuses_to_change_or_delete(noted: Database, statement: str) -> None:
    with pytest.raises(DBAPIError, match="never"), noted.transaction() as session:
        session.execute(sa.text(statement))
    assert entries(noted) == WRITTEN


def test_the_database_refuses_to_empty_the_table(noted: Database) -> None:
    statement = "DELETE FROM audit_entry" if noted.sqlite else "TRUNCATE audit_entry"
    with pytest.raises(DBAPIError, match="never"), noted.transaction() as session:
        session.execute(sa.text(statement))
    assert entries(noted) == WRITTEN


def test_sqlite_refuses_to_replace_an_entry(noted: Database) -> None:
    # REPLACE deletes without firing triggers, unless they are recursive.
    replace = "REPLACE INTO audit_entry (id, at, act, thing, facts) VALUES (1, '2026-01-01', 'x', 'x', '{}')"
    upsert = (
        "INSERT INTO audit_entry (id, at, act, thing, facts) VALUES (1, '2026-01-01', 'x', 'x', '{}') "
        "ON CONFLICT (id) DO UPDATE SET act = 'x'"
    )
    with pytest.raises(DBAPIError, match="never"), noted.transaction() as session:
        session.execute(sa.text(replace if noted.sqlite else upsert))
    assert entries(noted) == WRITTEN


def test_an_act_that_fails_leaves_no_entry(noted: Database) -> None:
    with suppress(DBAPIError), noted.transaction() as session:
        audit.note(session, 3, "listing:close", "listing", 8, NOW)
        session.flush()
        session.execute(sa.text("SELECT * FROM nowhere"))
    assert entries(noted) == WRITTEN
