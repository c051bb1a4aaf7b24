"""The web application on an empty database, and browsers for it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from marketplace.app import create_app, parts_of
from marketplace.db import Database
from marketplace.settings import Settings
from marketplace.web.context import EXTENSION
from marketplace.web.limits import limiter
from tests.marketplace.visitor import Visitor
from tests.small_sectors import keep_small

SECRET = "a secret for the tests that is long enough"


def settings_for(url: str, var: Path, **given: str) -> Settings:
    """Return settings without rate limits, except where a test asks for them."""
    return Settings.from_env(
        {
            "EXCHANGE_DATABASE_URL": url,
            "EXCHANGE_VAR": str(var),
            "EXCHANGE_SECRET_KEY": SECRET,
            "EXCHANGE_RATE_LIMITS": "no",
            **{f"EXCHANGE_{name.upper()}": value for name, value in given.items()},
        }
    )


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Keep compiled templates for the whole run, for applications of a test's own."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture(scope="session")
def known_sectors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build what proposes sectors once for the whole run: an application without it begins to build it."""
    folder = tmp_path_factory.mktemp("sectors")
    keep_small(folder)
    return folder


@pytest.fixture(scope="session")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Make an application once: to put its addresses and templates together takes longer than most tests."""
    url = "sqlite://"
    return create_app(settings_for(url, tmp_path_factory.mktemp("var")), Database(url))


@pytest.fixture
def make_app(
    sqlite_database_url: str,
    tmp_path: Path,
    open_database: Callable[[str], Database],
    shared_app: Flask,
    templates: FileSystemBytecodeCache,
    known_sectors: Path,
) -> Iterator[Callable[..., Flask]]:
    """Give a way to make applications with settings of the test's own.

    Without any but the database, it is the shared one, with parts of the test's own.
    """

    def make(**given: str) -> Flask:
        shutil.copytree(known_sectors, tmp_path / "var", dirs_exist_ok=True)
        url = given.pop("database_url", sqlite_database_url)
        settings, database = settings_for(url, tmp_path / "var", **given), open_database(url)
        if not given:
            shared_app.extensions[EXTENSION] = parts_of(settings, database)
            return shared_app
        app = create_app(settings, database)
        app.jinja_env.bytecode_cache = templates
        return app

    yield make
    # One limiter serves every application of a process.
    limiter.enabled = True


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """Give an application on an empty SQLite database, without rate limits."""
    return make_app()


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Give a browser that nobody is logged in with."""
    return Visitor(app)
