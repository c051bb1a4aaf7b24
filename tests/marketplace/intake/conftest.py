"""Two offices under an application, on both kinds of database."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.marketplace.intake.desk import Desk


@pytest.fixture
def desk(make_app: Callable[..., Flask], database_url: str) -> Desk:
    """Give them on SQLite and on PostgreSQL."""
    return Desk(make_app(database_url=database_url))


@pytest.fixture
def one_desk(app: Flask) -> Desk:
    """Give them on SQLite, for what does not depend on the database."""
    return Desk(app)
