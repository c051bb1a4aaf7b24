"""The migrations make the very schema that the models describe, and can be undone, with rows in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.orm import Session

from marketplace.db import Database
from marketplace.listings.text_key import text_key
from marketplace.schema import metadata

ROOT = Path(__file__).resolve().parents[2]
MOMENT = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Run the test on both kinds of database."""
    return str(request.param)


@pytest.fixture
def empty_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of a database without a table."""
    if kind == "sqlite":
        return f"sqlite:///{tmp_path / 'migrated.sqlite'}"
    return str(request.getfixturevalue("empty_postgres_url"))


@pytest.fixture
def alembic(empty_url: str) -> Config:
    """Give Alembic's configuration for that database."""
    config = Config(ROOT / "alembic.ini")
    config.attributes["url"] = empty_url
    return config


@pytest.fixture
def migrated(empty_url: str, open_database: Callable[[str], Database]) -> Database:
    return open_database(empty_url)


def revisions(config: Config) -> list[str]:
    """Return the revisions, the newest first; there is one line of them."""
    script = ScriptDirectory.from_config(config)
    assert len(script.get_heads()) == 1
    return [revision.revision for revision in script.walk_revisions()]


def described(engine: sa.Engine) -> set[str]:
    """Describe, line by line, what the database itself says it holds, apart from Alembic's own table."""
    inspector = sa.inspect(engine)
    lines = set(beside_the_tables(engine))
    for table in set(inspector.get_table_names()) - {"alembic_version"}:
        lines.add(f"{table}: primary key {inspector.get_pk_constraint(table)['constrained_columns']}")
        for column in inspector.get_columns(table):
            null = "null" if column["nullable"] else "not null"
            lines.add(f"{table}.{column['name']}: {column['type']!r} {null}, default {column['default']}")
        constraints: dict[str, Sequence[Mapping[str, Any]]] = {
            "foreign key": inspector.get_foreign_keys(table),
            "unique": inspector.get_unique_constraints(table),
            "check": inspector.get_check_constraints(table),
            "index": inspector.get_indexes(table),
        }
        if engine.dialect.name == "sqlite":
            # It tells no name of a key that was added with its column; PostgreSQL tells all of them.
            constraints["foreign key"] = [{**key, "name": None} for key in constraints["foreign key"]]
        for what, things in constraints.items():
            lines |= {f"{table}: {what} {plain(thing)}" for thing in things}
    return lines


def plain(thing: Any) -> Any:
    """Replace SQL expressions by their text, and order what has no order."""
    if isinstance(thing, Mapping):
        return sorted((key, plain(value)) for key, value in thing.items() if value is not None)
    return str(thing)


def beside_the_tables(engine: sa.Engine) -> Iterator[str]:
    """Give triggers, functions and sequences, as the database words them."""
    if engine.dialect.name == "sqlite":
        queries = [
            "SELECT sql FROM sqlite_master WHERE type IN ('trigger', 'view')",
            # What AUTOINCREMENT was said of: no inspector tells it.
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'",
        ]
    else:
        queries = [
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
            "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
            "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'",
            "SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype = 'e'",
        ]
    with engine.connect() as connection:
        for query in queries:
            yield from (str(value) for value in connection.execute(sa.text(query)).scalars())


def example(column: sa.Column[Any], key: int) -> Any:
    """Make up a value of a column's type."""
    for reference in column.foreign_keys:
        return example(reference.column, key) if isinstance(column.type, sa.String) else key
    kind = column.type
    if isinstance(kind, sa.Enum):
        return next(iter(kind.enum_class)) if kind.enum_class is not None else kind.enums[0]
    if isinstance(kind, sa.TypeDecorator):
        kind = kind.impl_instance
    if isinstance(kind, sa.JSON):
        return {"example": key}
    if isinstance(kind, sa.String):
        return f"{key}{column.name}"[: kind.length]
    by_type: dict[type[Any], Any] = {
        bool: True,
        int: key,
        float: 0.5,
        Decimal: Decimal(1),
        date: MOMENT.date(),
        datetime: MOMENT,
    }
    return by_type[kind.python_type]


# What a constraint forbids in a row of examples.
OTHERWISE: Mapping[str, Mapping[str, Any]] = {
    "introduction": {
        "revealed_at": None,
        "met_at": None,
        "ended_at": None,
        "ended_by": None,
        "reason": None,
        "other_accepted_at": None,
    },
    "meeting": {"accepted_by": None, "accepted_at": None, "starts_at": None, "noted_at": None, "minutes": 30},
    "follow_up": {"months": 6},
    # A row that was read is counted once: all of those of the example are new.
    "import_pass": {"row_count": 1, "created": 1, "changed": 0, "unchanged": 0, "refused": 0},
    "import_problem": {"pass_kind": "trial"},
    "databank_import": {"due_at": None},
    # A duplicate would have to be shut out, and lead to one that is there already.
    "organisation": {"merged_into_id": None},
    # Of no introduction, but of a side.
    "decision": {"introduction_id": None},
}


def examples(table: sa.Table, key: int) -> dict[str, Any]:
    """Make up a row; what has two sides has two different ones."""
    values = {column.name: example(column, key) for column in table.columns}
    values |= {
        name: 3 - key for name in values if name.startswith(("other_", "merged_")) and name.endswith("_id")
    }
    return values | dict(OTHERWISE.get(table.name, {}))


def fill(database: Database) -> dict[str, int]:
    """Put rows into every table; give how many there are in each."""
    with database.transaction() as session:
        for table in metadata.sorted_tables:
            present = session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for key in range(1 + present, 3):
                session.execute(sa.insert(table).values(examples(table, key)))
    return counted(database)


def counted(database: Database) -> dict[str, int]:
    present = set(sa.inspect(database.engine).get_table_names())
    with database.reading() as session:
        return {
            name: session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for name, table in metadata.tables.items()
            if name in present
        }


def test_the_models_ask_for_nothing_that_no_migration_makes(alembic: Config) -> None:
    command.upgrade(alembic, "head")
    command.check(alembic)


def test_migrations_make_what_the_models_describe(
    alembic: Config,
    migrated: Database,
    kind: str,
    request: pytest.FixtureRequest,
    open_database: Callable[[str], Database],
) -> None:
    command.upgrade(alembic, "head")
    made = open_database(request.getfixturevalue(f"{kind}_database_url"))
    by_migrations, by_models = described(migrated.engine), described(made.engine)
    assert by_migrations - by_models == set()
    assert by_models - by_migrations == set()


def test_every_migration_can_be_undone_and_done_again_with_rows(alembic: Config, migrated: Database) -> None:
    before = described(migrated.engine)
    command.upgrade(alembic, "head")
    head = described(migrated.engine)
    filled = fill(migrated)
    assert all(filled.values())
    for revision in revisions(alembic):
        command.downgrade(alembic, f"{revision}-1")
        kept = counted(migrated)
        assert kept == {name: filled[name] for name in kept}
        command.upgrade(alembic, revision)
        assert {name: counted(migrated)[name] for name in kept} == kept
        command.downgrade(alembic, f"{revision}-1")
    assert described(migrated.engine) - before == set()
    command.upgrade(alembic, "head")
    assert described(migrated.engine) ^ head == set()


OLD = {
    "office": {"code": "A", "kind": "spx", "name": "x", "country": "GH", "city": "", "email": ""},
    "organisation": {"type": "enterprise", "name": "x", "name_key": "x", "country": "GH"},
    "listing": {"side": "offer", "kind": "technology", "state": "published", "title": "x", "country": "GH"},
}


def old_rows(database: Database) -> None:
    """Write two interests as the first release had them: one that lives, and one that was withdrawn."""
    moment = MOMENT.isoformat(" ")
    none = dict.fromkeys(["other_names", "languages", "sectors"], "[]")
    texts = dict.fromkeys(
        ["summary", "description", "partner_sought", "quantity_unit", "returned_because"], ""
    )
    lists = dict.fromkeys(
        ["target_countries", "excluded_countries", "held_certificates", "partnership_types", "sdgs"], "[]"
    )
    profile = ["region", "city", "address", "email", "phone", "website", "turnover_currency", "products"]
    blank = dict.fromkeys([*profile, "description", "references_text"], "")
    life = {"created_at": moment, "updated_at": moment, "version": 1}
    listing = {
        **OLD["listing"], **texts, **lists, **life, "language": "en", "anonymous": False, "details": "{}",
        "dissemination": "public", "open_for_interest": True, "valid_until": "2027-01-01", "held_because": "[]",  # noqa: E501
        "change": 0, "published_at": moment,
    }  # fmt: skip
    interest = {"sought": "A trial.", "unclear": "", "at": moment}
    with database.transaction() as session:
        for key in (1, 2):
            office = {
                **OLD["office"],
                "code": f"O{key}",
                "time_zone": "UTC",
                "created_at": moment,
                "version": 1,
            }
            insert(session, "office", id=key, publishes_verified_at_once=False, **office)
            firm = {**OLD["organisation"], **none, **blank, **life}
            insert(session, "organisation", id=key, office_id=key, **firm)
            insert(session, "listing", id=key, organisation_id=key, office_id=key, **listing)
        insert(session, "interest", id=7, organisation_id=1, listing_id=2, own_listing_id=1, **interest)
        insert(session, "interest", id=4, organisation_id=2, listing_id=1, withdrawn_at=moment, **interest)
        event = {"at": moment, "due_at": moment, "attempts": 0, "error": ""}
        insert(session, "event", id=1, kind="InterestExpressed", ids='{"interest": 7}', **event)


def insert(session: Session, table: str, **values: Any) -> None:
    """Write one row by raw SQL."""
    columns, places = ", ".join(values), ", ".join(f":{name}" for name in values)
    session.execute(sa.text(f'INSERT INTO "{table}" ({columns}) VALUES ({places})'), values)  # noqa: S608 (our own)


def test_interests_become_introductions_and_back(alembic: Config, migrated: Database) -> None:
    command.upgrade(alembic, "0001")
    old_rows(migrated)
    command.upgrade(alembic, "0002")
    query = sa.text(
        "SELECT id, reference, state, proposer_office_id, other_organisation_id, reason, "
        "due_at IS NOT NULL FROM introduction ORDER BY id"
    )
    with migrated.reading() as session:
        rows = [tuple(row) for row in session.execute(query)]
        assert [(*row[:6], bool(row[6])) for row in rows] == [
            (4, "INT-2026-00004", "withdrawn", 2, 1, "other", False),
            (7, "INT-2026-00007", "proposed", 1, 2, None, True),
        ]
        told = session.execute(sa.text("SELECT kind, ids FROM event")).one()
        assert told.kind == "IntroductionProposed"
        assert "introduction" in str(told.ids)
        assert "interest" not in str(told.ids)
    # Numbers go on where they were.
    with migrated.transaction() as session:
        values = {
            "state": "withdrawn",
            "origin": "interest",
            "proposer_organisation_id": 1,
            "other_listing_id": 2,
        }
        values |= {"sought": "", "unclear": "", "presented": "", "reason": "price", "reason_text": ""}
        moments = dict.fromkeys(
            ["proposed_at", "proposer_accepted_at", "changed_at", "ended_at"], MOMENT.isoformat(" ")
        )
        insert(session, "introduction", version=1, ended_by="proposer", **values, **moments)
        assert session.scalar(sa.text("SELECT max(id) FROM introduction")) == 8
    command.downgrade(alembic, "0001")
    with migrated.reading() as session:
        back = session.execute(sa.text("SELECT id, withdrawn_at IS NULL FROM interest ORDER BY id")).all()
        assert [(row[0], bool(row[1])) for row in back] == [(4, False), (7, True), (8, False)]
        assert session.scalar(sa.text("SELECT kind FROM event")) == "InterestExpressed"


def test_texts_of_before_are_marked_as_new_ones_are(alembic: Config, migrated: Database) -> None:
    command.upgrade(alembic, "0001")
    old_rows(migrated)
    long = "We turn and mill parts of brass and stainless steel, from one piece up to fifty thousand of them."
    with migrated.transaction() as session:
        change = sa.text("UPDATE listing SET summary = :text WHERE id = 2")
        session.execute(change, {"text": long})
    command.upgrade(alembic, "0005")
    with migrated.reading() as session:
        marks = session.execute(sa.text("SELECT text_key FROM listing ORDER BY id")).scalars().all()
        enough = session.execute(sa.text("SELECT most_live FROM office")).scalars().all()
    assert marks == [None, text_key(long, "")]
    assert enough == [5, 5]


def test_what_was_verified_gets_a_record_of_it(alembic: Config, migrated: Database) -> None:
    command.upgrade(alembic, "0001")
    old_rows(migrated)
    moment = MOMENT.isoformat(" ")
    user = {"email": "o@example.org", "name": "x", "password_hash": "x", "language": "en", "time_zone": "UTC"}
    with migrated.transaction() as session:
        insert(session, "user", id=1, is_admin=False, session_key="k", created_at=moment, **user)
        insert(session, "officer", user_id=1, office_id=1, since=moment)
        said = {"actor_id": 1, "act": "organisation:verify", "thing": "organisation", "at": moment}
        for key, facts in ((1, '{"checked": "register, visit"}'), (2, '{"certificate": 7}')):
            insert(session, "audit_entry", id=key, thing_id=2, facts=facts, **said)
        verify = "UPDATE organisation SET verified_at = :at, verified_by_id = 1 WHERE id = 2"
        session.execute(sa.text(verify), {"at": moment})
    command.upgrade(alembic, "0006")
    query = sa.text(
        "SELECT organisation_id, checked, result, office_id, evidence, recorded_by_id, checked_on "
        "FROM verification"
    )
    with migrated.reading() as session:
        rows = [tuple(row) for row in session.execute(query)]
    # By the office of whoever verified it, in that officer's words.
    assert [row[:6] for row in rows] == [(2, "identity", "confirmed", 1, "register, visit", 1)]
    assert str(rows[0][6]) == "2026-01-31"


def test_moments_of_before_are_found(alembic: Config, migrated: Database) -> None:
    command.upgrade(alembic, "0001")
    old_rows(migrated)
    command.upgrade(alembic, "0015")
    days = [(MOMENT + timedelta(days=day)).isoformat(" ") for day in range(5)]
    opened = (
        "UPDATE introduction SET state = 'meeting_held', due_at = NULL, remind_half_at = NULL, "
        "remind_last_at = NULL, sent_at = :at, revealed_at = :at, proposer_accepted_at = :at, "
        "other_accepted_at = :at, changed_at = :late WHERE id = 7"
    )
    told = {"act": "introduction:hold_meeting", "thing": "introduction", "thing_id": 7, "facts": "{}"}
    meeting = {
        "introduction_id": 7, "state": "held", "minutes": 60, "place": "x", "proposed_by": "proposer",
        "accepted_by": "other", "by_office": False,
    }  # fmt: skip
    with migrated.transaction() as session:
        session.execute(sa.text(opened), {"at": days[1], "late": days[4]})
        insert(session, "audit_entry", id=1, at=days[3], **told)
        for number, noted in ((1, days[4]), (2, days[2])):
            at = dict.fromkeys(["proposed_at", "starts_at", "accepted_at"], days[1])
            insert(
                session, "meeting", id=number, number=number, series=number, noted_at=noted, **at, **meeting
            )
    command.upgrade(alembic, "0016")
    with migrated.reading() as session:
        met = session.scalars(sa.select(metadata.tables["introduction"].c.met_at).order_by("id")).all()
        answered = session.scalars(sa.select(metadata.tables["listing"].c.answered_at).order_by("id")).all()
    assert met == [None, MOMENT + timedelta(days=2)]
    assert answered == [MOMENT + timedelta(days=1)] * 2
    # Whose state says so without a record, has met when it was changed.
    command.downgrade(alembic, "0015")
    with migrated.transaction() as session:
        session.execute(sa.text("DELETE FROM meeting"))
        session.execute(sa.text("UPDATE introduction SET id = 8 WHERE id = 7"))
    command.upgrade(alembic, "0016")
    with migrated.reading() as session:
        assert session.scalar(sa.text("SELECT met_at = changed_at FROM introduction WHERE id = 8"))
