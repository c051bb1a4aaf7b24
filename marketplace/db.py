"""The database: SQLite or PostgreSQL, one way to write and one way to read."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

BUSY_TIMEOUT_MS = 10_000
LOCK_TIMEOUT_MS = 10_000
STATEMENTS_KEPT: Final = 256
"""Of each function that :func:`kept` decorates."""
# Set in session.info by outbox.record; tells transaction() to ring after the commit.
RING = "ring"


P = ParamSpec("P")
T = TypeVar("T")


def kept(put_together: Callable[P, T]) -> Callable[P, T]:
    """Keep the statements that a function puts together, by its arguments, and never an answer.

    For large statements of pages that officers open all day: to put one together takes Python longer than
    the database takes for the answer.

    Parameters
    ----------
    put_together
        Its arguments are hashable and hold all that it depends on.
    """
    return cast("Callable[P, T]", lru_cache(maxsize=STATEMENTS_KEPT)(put_together))


class Base(DeclarativeBase):
    """The parent of every table; names of constraints are made by rule, for migrations."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(sa.TypeDecorator[datetime]):
    """Moments in UTC, aware in Python on both databases."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse naive moments: they would mean something else on another machine."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Give back an aware moment; SQLite forgets the zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = sa.JSON().with_variant(JSONB(), "postgresql")


def choice(kind: type[enum.StrEnum], name: str) -> sa.Enum:
    """Return a column type that holds the values of an enumeration, checked by the database.

    Parameters
    ----------
    kind
        The enumeration; its values are stored, not its names.
    name
        Name of the check constraint.
    """
    return sa.Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


class Database:
    """An engine with the two ways to use it.

    Parameters
    ----------
    url
        SQLAlchemy address.

    Attributes
    ----------
    bell
        Called after each commit that recorded an event; the composition root sets it.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        if self.sqlite and self.url.database not in {None, "", ":memory:"}:
            Path(str(self.url.database)).parent.mkdir(parents=True, exist_ok=True)
        self.engine = sa.create_engine(self.url, pool_pre_ping=not self.sqlite, **self._pool())
        if self.sqlite:
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
        sa.event.listen(self.engine, "begin", _begin)
        self._write = sessionmaker(self.engine.execution_options(exchange_write=True), expire_on_commit=False)
        self._read = sessionmaker(self.engine, expire_on_commit=False, autoflush=False)
        self.bell: Callable[[], None] = _silence

    @property
    def sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.url.get_backend_name() == "sqlite"

    def _pool(self) -> dict[str, Any]:
        if self.sqlite:
            return {"connect_args": {"timeout": BUSY_TIMEOUT_MS / 1000}}
        # A plan for any values at all takes no partial index, and does not know that a list is cut at twenty.
        plans = "-c jit=off -c plan_cache_mode=force_custom_plan"
        options = f"-c lock_timeout={LOCK_TIMEOUT_MS} -c timezone=UTC {plans}"
        return {
            "pool_size": 10,
            "max_overflow": 10,
            "connect_args": {"options": options, "connect_timeout": 5},
        }

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a session that commits at the end, or leaves no trace if anything is raised."""
        with self._write() as session, session.begin():
            yield session
        if session.info.pop(RING, False):
            self.bell()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session in which the database refuses to write."""
        with self._read() as session, session.begin():
            yield session

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _silence() -> None:
    """Do nothing: nobody listens for the bell."""


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # With isolation_level None the driver leaves BEGIN to us; see _begin.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    write = connection.get_execution_options().get("exchange_write", False)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if write else 'ON'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
    elif not write:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
