"""A small market, on both databases for services and under an application for letters and pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from marketplace.db import Database
from tests.conftest import address
from tests.marketplace.matches.market import Market
from tests.marketplace.notifications.told import parts_of
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
def market(database: Database) -> Market:
    """Give an empty market; the test runs on both kinds of database."""
    return Market(database)


@pytest.fixture
def site(app: Flask) -> Market:
    """Give an empty market under the application's own database."""
    return Market(parts_of(app).database)
