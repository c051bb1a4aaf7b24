"""The table of who gets through to what, as ``table.toml`` says it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from flask import Flask

from tests.marketplace.access.conftest import Site
from tests.marketplace.access.matrix import Line, said

TABLE: Final = Path(__file__).with_name("table.toml")
# What stands in the places of an address that no thing fills.
PLACES: Final[Mapping[str, Any]] = {
    "verb": "pause",
    "name": "negotiate",
    "what": "held",
    "figure": "agreements",
    "ending": "csv",
    "filename": "css/exchange.css",
    "token": "forged.token",
    "day": "2027-01-01",
    "code": "2592",
    "number": 1,
    "user_id": 2_000_000,
    "invitation_id": 2_000_000,
    "merge_id": 2_000_000,
}
REFUSED: Final = frozenset({"login", "403", "404"})


@dataclass(frozen=True, slots=True)
class Rule:
    """Who gets through, for things of a sort in each condition; everybody else is refused."""

    sort: str
    through: Mapping[str, frozenset[str]]
    routes: tuple[str, ...]


@cache
def rules() -> tuple[Rule, ...]:
    """Read the table once."""
    raw = tomllib.loads(TABLE.read_text("utf-8"))
    return tuple(
        Rule(
            rule["sort"],
            {condition: frozenset(roles.split()) for condition, roles in rule["through"].items()},
            tuple(rule["routes"]),
        )
        for rule in raw["rule"]
    )


def routes(app: Flask) -> list[str]:
    """Return method and address of every route of the application."""
    return [
        f"{method} {re.sub(r'<(?:[^<>]*:)?', '<', rule.rule)}"
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def asked(method: str) -> Iterator[tuple[str, Rule]]:
    """Give every route of a method, with its rule."""
    for rule in rules():
        for route in rule.routes:
            if route.startswith(method):
                yield route, rule


def hold(site: Site, route: str, rule: Rule) -> None:
    """Ask for a route as everybody, for a thing in every condition, and hold the answers against the rule.

    Nothing is written for whoever is refused; what others may write is put back.
    """
    for condition, through in rule.through.items():
        thing = {**PLACES, **site.everybody.things[rule.sort][condition]}
        if "/follow-ups/" in route:
            thing["number"] = 6
        for role in site.everybody.people:
            site.kept.changed()
            answer = site.browsers.ask(role, Line(route, rule.sort, condition), thing)
            cell, wrote = said(answer), site.kept.changed()
            assert not cell.startswith("5"), (route, condition, role, cell)
            assert (cell not in REFUSED) == (role in through), (route, condition, role, cell)
            if cell in REFUSED:
                assert not wrote, (route, condition, role, "was refused and yet wrote")
            elif wrote:
                site.kept.put_back()
