"""A database for what does not depend on its kind."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from marketplace.db import Database


@pytest.fixture
def sqlite_database(sqlite_database_url: str, open_database: Callable[[str], Database]) -> Database:
    """Give an open SQLite database with the tables and nothing in them."""
    return open_database(sqlite_database_url)
