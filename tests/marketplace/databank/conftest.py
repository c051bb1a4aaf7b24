"""Two offices and their firms, on both kinds of database and under an application."""

from __future__ import annotations

import pytest
from flask import Flask

from marketplace.db import Database
from tests.marketplace.databank.offices import Offices, Site


@pytest.fixture
def offices(database: Database) -> Offices:
    """Give the offices; the test runs on both kinds of database."""
    return Offices(database)


@pytest.fixture
def site(app: Flask) -> Site:
    """Give the offices under an application."""
    return Site(app)
