"""Two records of one organisation, on both kinds of database."""

from __future__ import annotations

import pytest

from marketplace.db import Database
from tests.marketplace.merging.twins import Twins


@pytest.fixture
def twins(database: Database) -> Twins:
    """Give the maker, its duplicate and the buyer."""
    return Twins(database)
