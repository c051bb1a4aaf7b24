"""The world of these tests, on both databases for services and on SQLite for pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from marketplace.db import Database
from tests.marketplace.listings.world import World, build_world
from tests.marketplace.visitor import Visitor, database_of


@pytest.fixture
def world(sqlite_database_url: str, open_database: Callable[[str], Database]) -> World:
    """Give an office, two firms and their people on SQLite."""
    return build_world(open_database(sqlite_database_url))


@pytest.fixture
def anywhere(database: Database) -> World:
    """Give the same; the test runs on both kinds of database."""
    return build_world(database)


@pytest.fixture
def site(app: Flask) -> World:
    """Give the same under the application's own database."""
    return build_world(database_of(app))


@pytest.fixture
def enter(app: Flask, site: World) -> Callable[[str], Visitor]:
    """Give a way to come in as one of the world's people."""

    def as_person(name: str) -> Visitor:
        return Visitor(app).enter(f"{name}@example.org")

    return as_person
