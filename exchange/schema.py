"""Bringing the database's schema up to date, and telling how it stands."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from marketplace.app import ROOT
from marketplace.db import Database
from marketplace.settings import Settings

# Any number that no other advisory lock of the installation uses.
LOCK = 0x6D696772
# Another process may be migrating a large table.
PATIENCE = "15min"


def _config(settings: Settings) -> Config:
    config = Config()
    # The percent sign begins a reference in this format.
    config.set_main_option("script_location", str(ROOT / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = settings.database_url
    return config


def newest(settings: Settings) -> str:
    """Return the revision that this version of the code needs."""
    return ScriptDirectory.from_config(_config(settings)).get_current_head() or ""


def present(database: Database) -> str:
    """Return the revision of the database, ``""`` for an empty one."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def upgrade(settings: Settings, database: Database) -> tuple[str, str]:
    """Bring the schema up to date; several processes that try at once do it one after the other.

    Returns
    -------
    tuple
        The revision before, and the one now.
    """
    with _alone(settings, database):
        before = present(database)
        wanted = newest(settings)
        if before != wanted:
            command.upgrade(_config(settings), "head")
        return before, wanted


@contextmanager
def _alone(settings: Settings, database: Database) -> Iterator[None]:
    """Hold what only one process can hold, for as long as the block runs."""
    if database.sqlite:
        settings.var.mkdir(parents=True, exist_ok=True)
        with Path(settings.var / "migrate.lock").open("w", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        return
    with database.engine.connect() as connection:
        connection.exec_driver_sql(f"SET lock_timeout = '{PATIENCE}'")
        connection.execute(sa.select(sa.func.pg_advisory_lock(LOCK)))
        # The lock belongs to the connection; an open transaction would hold back cleaning up.
        connection.commit()
        try:
            yield
        finally:
            connection.execute(sa.select(sa.func.pg_advisory_unlock(LOCK)))
            connection.commit()
