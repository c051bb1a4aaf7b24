"""PostgreSQL with pg_trgm, in a transaction that is never committed: the database stays as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

TOP: Final = 20
CONNECT_SECONDS: Final = 3
EXTENSION: Final = "pg_trgm"
NO_ADDRESS: Final = "no PostgreSQL: set EXCHANGE_DATABASE_URL to one, or give --postgres"

Search = Callable[[str], Sequence[int]]


class TrigramsLeftOut(Exception):
    """There is no PostgreSQL that can do it; the message says why."""


@contextmanager
def trigrams(texts: Sequence[str], address: str | None) -> Iterator[Search]:
    """Put texts into a table with a trigram index; give what searches them.

    Parameters
    ----------
    address
        Of a database in which a schema can be made; ``None`` where there is none.

    Raises
    ------
    TrigramsLeftOut
        When the server does not answer or refuses.
    """
    if address is None:
        raise TrigramsLeftOut(NO_ADDRESS)
    try:
        url = make_url(address).set(drivername="postgresql").render_as_string(hide_password=False)
        connection = psycopg.connect(url, connect_timeout=CONNECT_SECONDS)
    except (psycopg.Error, ArgumentError) as error:
        raise TrigramsLeftOut(f"PostgreSQL does not answer: {_line(error)}") from error
    try:
        _fill(connection, texts)
        yield lambda text: _search(connection, text)
    except psycopg.Error as error:
        raise TrigramsLeftOut(f"PostgreSQL refuses: {_line(error)}") from error
    finally:
        # The schema, the table, the index and, if it was not there before, the extension go with it.
        connection.rollback()
        connection.close()


def _fill(connection: psycopg.Connection, texts: Sequence[str]) -> None:
    schema = sql.Identifier(f"exchange_bench_{uuid4().hex[:12]}")
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(schema))
    found = connection.execute(
        "SELECT nspname FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = %s",
        (EXTENSION,),
    ).fetchone()
    if found is None:
        connection.execute(sql.SQL("CREATE EXTENSION pg_trgm SCHEMA {}").format(schema))
    path = [schema, sql.Identifier(found[0])] if found else [schema]
    connection.execute(sql.SQL("SET LOCAL search_path TO {}").format(sql.SQL(", ").join(path)))
    connection.execute("CREATE TABLE offer (place integer PRIMARY KEY, words text NOT NULL)")
    with connection.cursor().copy("COPY offer (place, words) FROM STDIN") as copy:
        for place, text in enumerate(texts):
            copy.write_row((place, text))
    # Some twenty times as fast here as GIN with a threshold, and the question is the same as for the others.
    connection.execute("CREATE INDEX ON offer USING gist (words gist_trgm_ops(siglen = 256))")
    connection.execute("ANALYZE offer")


def _search(connection: psycopg.Connection, text: str) -> list[int]:
    """Return the likest."""
    rows = connection.execute("SELECT place FROM offer ORDER BY words <-> %s LIMIT %s", (text, TOP))
    return [place for (place,) in rows]


def _line(error: Exception) -> str:
    """Return the first line of what a driver says."""
    return str(error).strip().partition("\n")[0]
