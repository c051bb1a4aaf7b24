"""The world of these tests, on both databases for services and on SQLite for pages."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from marketplace.db import Database
from marketplace.web.context import EXTENSION
from tests.marketplace.listings.world import World, build_world
from tests.marketplace.visitor import Visitor, database_of
from tests.small_sectors import keep_small


@pytest.fixture
def world(sqlite_database_url: str, open_database: Callable[[str], Database]) -> World:
    """Give an office, two firms and their people on SQLite."""
    return build_world(open_database(sqlite_database_url))


@pytest.fixture
def anywhere(database: Database) -> World:
    """Give the same; the test runs on both kinds of database."""
    return build_world(database)


@pytest.fixture(scope="session")
def known_sectors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build what proposes sectors once for the whole run."""
    folder = tmp_path_factory.mktemp("sectors")
    keep_small(folder)
    return folder


@pytest.fixture
def site(app: Flask, known_sectors: Path) -> World:
    """Give the same under the application's own database."""
    var = app.extensions[EXTENSION].settings.var
    shutil.copytree(known_sectors, var, dirs_exist_ok=True)
    return build_world(database_of(app))


@pytest.fixture
def enter(app: Flask, site: World) -> Callable[[str], Visitor]:
    """Give a way to come in as one of the world's people."""

    def as_person(name: str) -> Visitor:
        return Visitor(app).enter(f"{name}@example.org")

    return as_person
