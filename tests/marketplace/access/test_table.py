"""The table names every route, and no other; what can be read is held against it."""

from __future__ import annotations

import pytest

from tests.marketplace.access.conftest import Site
from tests.marketplace.access.table import Rule, asked, hold, routes, rules


def test_every_route_stands_in_the_table_once(site: Site) -> None:
    known = [route for rule in rules() for route in rule.routes]
    there = routes(site.app)
    missing = sorted(set(there) - set(known))
    assert not missing, f"Add to the rule of table.toml that is meant: {missing}"
    assert sorted(known) == sorted(there), "A line of table.toml is of no route, or is there twice."


def test_every_sort_of_thing_is_asked_for_in_every_condition_that_tells(site: Site) -> None:
    roles, things = set(site.everybody.people), site.everybody.things
    for rule in rules():
        assert set(rule.through) <= set(things[rule.sort]), rule.routes
        assert {"nowhere", "foreign"} <= set(rule.through) or rule.sort == "nothing", rule.routes
        assert all(through <= roles for through in rule.through.values()), rule.routes


@pytest.mark.parametrize(
    ("route", "rule"), list(asked("GET")), ids=lambda one: one if isinstance(one, str) else ""
)
def test_who_gets_to_read(site: Site, route: str, rule: Rule) -> None:
    hold(site, route, rule)
