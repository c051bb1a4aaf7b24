"""The small world of introductions, for the desk."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.marketplace.introductions.conftest import near, world
from tests.marketplace.introductions.test_side_pages import Site

__all__ = ["near", "world"]


@pytest.fixture
def site(app: Flask) -> Site:
    """Give the same world of today, under an application."""
    return Site(app)
