"""Whoever is refused writes nothing; a form without a word is enough to see who is not."""

from __future__ import annotations

import pytest

from tests.marketplace.access.conftest import Site
from tests.marketplace.access.table import Rule, asked, hold


@pytest.mark.parametrize(
    ("route", "rule"), list(asked("POST")), ids=lambda one: one if isinstance(one, str) else ""
)
def test_who_gets_to_write(site: Site, route: str, rule: Rule) -> None:
    hold(site, route, rule)
