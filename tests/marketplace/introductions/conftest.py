"""The small world of introductions, on both kinds of database."""

from __future__ import annotations

import pytest

from marketplace.db import Database
from tests.marketplace.introductions.world import World


@pytest.fixture
def world(database: Database) -> World:
    """Give the two sides, each with an office of its own."""
    return World(database)


@pytest.fixture
def near(database: Database) -> World:
    """Give the same within one office."""
    return World(database, one_office=True)
