"""Putting the made-up exchange into an empty PostgreSQL, table by table, in bulk."""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql

from exchange.bench.pages.world import brokering, enquiries, people, together
from exchange.bench.pages.world.draw import Row, Size
from marketplace.accounts.models import User
from marketplace.audit import AuditEntry
from marketplace.db import Base
from marketplace.introductions.models import Agreement, FollowUp, Introduction, Meeting, Message
from marketplace.listings.models import Capability, ChangeCounter, Listing, ListingSector, Requirement
from marketplace.matches.models import Dismissal, Match
from marketplace.notifications.models import Delivery
from marketplace.offices.models import Office, OfficeCountry, Officer
from marketplace.organisations.models import Benchmark, HeldCertificate, Machine, Membership, Organisation
from marketplace.outbox import Event

Tell = Callable[[str], None]


def fill(
    connection: psycopg.Connection, size: Size, password_hash: str, now: datetime, tell: Tell
) -> list[int]:
    """Fill all tables in one transaction, and have the database look at what it holds.

    Parameters
    ----------
    password_hash
        Of the officer and of all members that the pages are asked as.
    now
        Everything has happened before.

    Returns
    -------
    list of int
        The person of the busiest organisation first, then the introductions that the pages show.
    """
    firms = people.firms(size)
    posted = enquiries.listings(size, firms)
    pairs = enquiries.pairs(size, posted)
    brought = brokering.introductions(size, posted, pairs, now)
    member = _busiest(brought)
    passwords = {people.OFFICER: password_hash, member: password_hash}
    listing_rows = list(enquiries.rows(size, posted, brokering.answered(brought), now))
    tables: tuple[tuple[type[Base], Iterable[Row]], ...] = (
        (Office, people.offices(now)),
        (OfficeCountry, people.office_countries()),
        (User, people.users(size, passwords, now)),
        (Officer, people.officers(now)),
        (Organisation, people.organisations(size, firms, now)),
        (Membership, people.memberships(size, now)),
        (HeldCertificate, people.certificates(size, now)),
        (Benchmark, people.benchmarks(size, firms, now)),
        (Machine, people.machines(size)),
        (Listing, listing_rows),
        (Capability, enquiries.capabilities(posted)),
        (ListingSector, enquiries.sectors_of(posted)),
        (Requirement, enquiries.requirements(posted)),
        (Match, enquiries.matches(size, pairs, now)),
        (Dismissal, enquiries.dismissals(size, pairs, now)),
        (Introduction, brokering.rows(size, brought, now)),
        (Message, together.messages(size, brought)),
        (Meeting, together.meetings(brought)),
        (Agreement, together.agreements(size, brought)),
        (FollowUp, together.follow_ups(size, brought, now)),
        (Event, together.events(brought)),
        (Delivery, together.deliveries(brought)),
        (AuditEntry, together.record(posted, listing_rows, brought)),
    )
    for model, rows in tables:
        table = Base.metadata.tables[model.__tablename__]
        tell(f"  {copy(connection, table, rows):>9,} {table.name}")
    connection.execute(
        sql.SQL("UPDATE {} SET value = %s").format(sql.Identifier(ChangeCounter.__tablename__)),
        (size.listings,),
    )
    connection.commit()
    connection.autocommit = True
    # What a server does by itself some time after so much was written.
    connection.execute("VACUUM (ANALYZE)")
    return [member]


def _busiest(brought: Iterable[brokering.Brought]) -> int:
    counts: dict[int, int] = {}
    for one in brought:
        counts[one.other.firm.id] = counts.get(one.other.firm.id, 0) + 1
    return people.member_of(max(sorted(counts), key=lambda key: counts[key]))


def copy(connection: psycopg.Connection, table: sa.Table, rows: Iterable[Row]) -> int:
    """Write rows into a table, and let its numbers go on after them.

    What a row does not tell has the value that the model gives it.

    Returns
    -------
    int
        How many there were.
    """
    stream = iter(rows)
    first = next(stream, None)
    if first is None:
        return 0
    given = list(first)
    defaults = {
        column.name: value for column in table.c if column.name not in first for value in _default(column)
    }
    kept = [_plain(value) for value in defaults.values()]
    texts = {name for name in given if isinstance(table.c[name].type.dialect_impl(_DIALECT), sa.JSON)}
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, [*given, *defaults]))
    )
    count = 0
    with connection.cursor().copy(statement) as into:
        for row in _again(first, stream):
            into.write_row([*(_plain(row[name], json_=name in texts) for name in given), *kept])
            count += 1
    _go_on(connection, table)
    return count


_DIALECT = sa.create_mock_engine("postgresql+psycopg://", lambda *_: None).dialect


def _again(first: Row, rest: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rest


def _default(column: sa.Column[Any]) -> list[Any]:
    """Return the one value of a column whose model has a default; nothing where it has none."""
    found = column.default
    if isinstance(found, sa.ColumnDefault):
        if found.is_callable:
            return [json.dumps(found.arg(None))]
        return [found.arg]
    return []


def _plain(value: Any, *, json_: bool = False) -> Any:
    """Return a value as the driver takes it."""
    if json_ and value is not None and not isinstance(value, str):
        return json.dumps(value)
    return value.value if isinstance(value, enum.Enum) else value


def _go_on(connection: psycopg.Connection, table: sa.Table) -> None:
    """Let a sequence go on after the numbers that were given by hand."""
    key = table.autoincrement_column
    if key is not None and key.identity is None and "id" in table.c:
        connection.execute(
            sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), (SELECT max(id) FROM {}))").format(
                sql.Literal(f'"{table.name}"'), sql.Identifier(table.name)
            )
        )
