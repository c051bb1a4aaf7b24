"""A database of the measure's own on a server: made, migrated, filled, and dropped again."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from exchange.bench.pages.fill import fill
from exchange.bench.pages.world.draw import Size
from exchange.schema import upgrade
from marketplace import clock
from marketplace.accounts.services.passwords import hashed
from marketplace.db import Database
from marketplace.reports.services.close import close_next
from marketplace.settings import Settings

CONNECT_SECONDS: Final = 5
PREFIX: Final = "exchange_bench_"
PASSWORD: Final = "the desk is asked for its pages"  # noqa: S105 (of people who do not exist)

Tell = Callable[[str], None]


@contextmanager
def own_database(server: str, size: Size, settings: Settings, *, keep: bool, tell: Tell) -> Iterator[str]:
    """Make a database with a random name, and fill it; it is dropped at the end, whatever happens meanwhile.

    Parameters
    ----------
    server
        Address of any database on it; the role must be allowed to make databases.  It is left as it is.
    keep
        Leave it there instead, and say where.

    Yields
    ------
    str
        The address of the new one.
    """
    address = make_url(server).set(drivername="postgresql+psycopg")
    made = address.set(database=f"{PREFIX}{secrets.token_hex(6)}")
    name = sql.Identifier(str(made.database))
    _run(address, sql.SQL("CREATE DATABASE {}").format(name))
    filled = False
    try:
        _fill(made, size, settings, tell)
        filled = True
        yield _text(made)
    finally:
        if keep and filled:
            tell(f"Kept: {made.render_as_string()}")
        else:
            _run(address, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def _fill(made: URL, size: Size, settings: Settings, tell: Tell) -> None:
    database = Database(_text(made))
    try:
        upgrade(replace(settings, database_url=_text(made)), database)
    finally:
        database.dispose()
    with psycopg.connect(
        _text(made.set(drivername="postgresql")), connect_timeout=CONNECT_SECONDS
    ) as connection:
        fill(connection, size, hashed(PASSWORD), clock.now(), tell)
        tell(f"  {_close(made):>9,} quarters closed")
        connection.execute("VACUUM (ANALYZE)")


def _close(made: URL) -> int:
    """Close the quarters that are over, as the workers of a running installation have."""
    database = Database(_text(made))
    closed = 0
    try:
        while True:
            with database.transaction() as session:
                if close_next(session, now=clock.now()) is None:
                    return closed
            closed += 1
    finally:
        database.dispose()


def _run(address: URL, statement: sql.Composed) -> None:
    plain = _text(address.set(drivername="postgresql"))
    with psycopg.connect(plain, autocommit=True, connect_timeout=CONNECT_SECONDS) as connection:
        connection.execute(statement)


def _text(address: URL) -> str:
    return address.render_as_string(hide_password=False)
