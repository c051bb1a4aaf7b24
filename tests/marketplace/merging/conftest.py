"""Two records of one organisation, on both kinds of database."""

from __future__ import annotations

import pytest

from marketplace.db import Database
from tests.marketplace.introductions.conftest import postgresql_database_url, used_postgres_url
from tests.marketplace.merging.twins import Twins

__all__ = ["postgresql_database_url", "used_postgres_url"]


@pytest.fixture
def twins(database: Database) -> Twins:
    """Give the maker, its duplicate and the buyer."""
    return Twins(database)
