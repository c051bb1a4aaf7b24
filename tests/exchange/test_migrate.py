"""Migrations: from empty to the newest, and two at once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from exchange import schema
from marketplace.db import Database
from marketplace.settings import Settings
from tests.exchange.shell import SECRET


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_several_that_migrate_at_once_wait_for_each_other(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    given = {"EXCHANGE_VAR": str(tmp_path / "var 100%"), "EXCHANGE_SECRET_KEY": SECRET}
    if kind == "postgresql":
        given["EXCHANGE_DATABASE_URL"] = request.getfixturevalue("empty_postgres_url")
    settings = Settings.from_env(given)
    found: list[tuple[str, str]] = []

    def migrate() -> None:
        database = Database(settings.database_url)
        found.append(schema.upgrade(settings, database))
        database.dispose()

    threads = [threading.Thread(target=migrate) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    newest = schema.newest(settings)
    assert sorted(found) == [("", newest), (newest, newest), (newest, newest)]
    database = Database(settings.database_url)
    assert schema.present(database) == newest
    database.dispose()
