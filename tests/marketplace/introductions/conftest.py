"""The small world of introductions, on both kinds of database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from marketplace.db import Database
from tests.conftest import address
from tests.marketplace.introductions.world import World
from tests.services import Postgres
from tests.workers.emptied import empty


@pytest.fixture(scope="package")
def used_postgres_url(postgres: Postgres, postgres_template: str) -> Iterator[str]:
    """Give a database that the tests of this folder share, one after the other."""
    url = postgres.create(postgres_template)
    yield address(url)
    postgres.drop(url)


@pytest.fixture
def postgresql_database_url(used_postgres_url: str) -> str:
    """Give it emptied."""
    empty(used_postgres_url)
    return used_postgres_url


@pytest.fixture
def world(database: Database) -> World:
    """Give the two sides, each with an office of its own."""
    return World(database)


@pytest.fixture
def near(database: Database) -> World:
    """Give the same within one office."""
    return World(database, one_office=True)
