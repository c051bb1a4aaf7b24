"""Fixtures that every folder of tests may ask for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy.engine import URL

from marketplace.db import Database
from marketplace.schema import metadata
from tests.emptied import empty
from tests.mailserver import MailServer
from tests.services import (
    CHROMIUM_FLAGS,
    Postgres,
    empty_number,
    find_chromium,
    postgres_server,
    redis_number,
)

# `ci` finds the same things at every run; `explore` is for a person who looks for more.
hypothesis_settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
hypothesis_settings.register_profile("explore", max_examples=2_000, deadline=None, print_blob=True)
hypothesis_settings.load_profile(os.environ.get("EXCHANGE_TEST_HYPOTHESIS", "ci"))


def address(url: URL) -> str:
    """Return the address in full, with its password if there is one."""
    return url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Give a real PostgreSQL server."""
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """Give a database that is empty at the start of the run; its users share it."""
    url = postgres.create()
    yield address(url)
    postgres.drop(url)


@pytest.fixture
def empty_postgres_url(postgres: Postgres) -> Iterator[str]:
    """Give an empty database for one test."""
    url = postgres.create()
    yield address(url)
    postgres.drop(url)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """Give a Redis number of our own; its users share it."""
    with redis_number() as url:
        yield url


@pytest.fixture
def empty_redis_url(redis_url: str) -> Iterator[str]:
    """Give our Redis number, emptied before and after one test."""
    empty_number(redis_url)
    yield redis_url
    empty_number(redis_url)


def _create_tables(url: str) -> None:
    engine = sa.create_engine(url)
    metadata.create_all(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the tables once; each test gets a copy."""
    path = tmp_path_factory.mktemp("template") / "exchange.sqlite"
    _create_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def used_postgres_url(postgres: Postgres) -> Iterator[str]:
    """Make the tables once; each test gets them emptied, far quicker than a copy."""
    url = postgres.create()
    _create_tables(address(url))
    yield address(url)
    postgres.drop(url)


@pytest.fixture
def sqlite_database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Give an SQLite database with the tables and nothing in them."""
    path = tmp_path / "exchange.sqlite"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_database_url(used_postgres_url: str) -> str:
    """Give a PostgreSQL database with the tables and nothing in them."""
    empty(used_postgres_url)
    return used_postgres_url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Give the address of a database with the tables and nothing in them: the test runs on both."""
    return str(request.getfixturevalue(f"{request.param}_database_url"))


@pytest.fixture
def open_database() -> Iterator[Callable[[str], Database]]:
    """Give a way to open databases that are closed after the test."""
    opened: list[Database] = []

    def open_it(url: str) -> Database:
        opened.append(Database(url))
        return opened[-1]

    yield open_it
    for database in opened:
        database.dispose()


@pytest.fixture
def database(database_url: str, open_database: Callable[[str], Database]) -> Database:
    """Give an open database with the tables and nothing in them: the test runs on both kinds."""
    return open_database(database_url)


@pytest.fixture
def smtp() -> Iterator[MailServer]:
    """Give a real mail server that keeps what it is given."""
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Give the path of the browser's program."""
    return find_chromium()


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """Give a running browser; each test opens a context of its own in it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()
