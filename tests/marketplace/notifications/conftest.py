"""A small market, on both databases for services and under an application for letters and pages."""

from __future__ import annotations

import pytest
from flask import Flask

from marketplace.db import Database
from tests.marketplace.matches.market import Market
from tests.marketplace.notifications.told import parts_of


@pytest.fixture
def market(database: Database) -> Market:
    """Give an empty market; the test runs on both kinds of database."""
    return Market(database)


@pytest.fixture
def site(app: Flask) -> Market:
    """Give an empty market under the application's own database."""
    return Market(parts_of(app).database)
