from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask, url_for
from werkzeug.routing import IntegerConverter, Rule

from marketplace.policy import PERMISSIONS
from marketplace.web.access import ATTRIBUTE, PUBLIC, needs
from tests.marketplace.visitor import Visitor, add_person, database_of

# What a visitor may ask for; a route that is missing here must declare a permission.
OPEN_PLACES = re.compile(
    r"/(?:$|login|logout|register|verify|reset|invitations/|opportunities|organisations|sectors|help|static/"
    r"|bootstrap/|healthz|robots\.txt|favicon\.ico|mail/|unsubscribe|assets/)"
)


def routes(app: Flask) -> list[tuple[str, str, str]]:
    """Return rule, endpoint and what the view declares of every route."""
    return [
        (rule.rule, rule.endpoint, str(getattr(app.view_functions[rule.endpoint], ATTRIBUTE, None)))
        for rule in app.url_map.iter_rules()
    ]


def test_every_route_declares_what_it_needs(app: Flask) -> None:
    wrong = [
        (rule, declared) for rule, _name, declared in routes(app) if declared not in {PUBLIC, *PERMISSIONS}
    ]
    assert wrong == []


def test_only_what_is_meant_to_be_public_is(app: Flask) -> None:
    public = {rule for rule, _name, declared in routes(app) if declared == PUBLIC}
    assert [rule for rule in sorted(public) if not OPEN_PLACES.match(rule)] == []


def test_a_permission_that_is_not_in_the_table_cannot_be_declared() -> None:
    with pytest.raises(KeyError):
        needs("listing:steal")


def test_a_visitor_is_sent_to_the_login_from_everything_else(app: Flask, visitor: Visitor) -> None:
    for address, permission in closed_pages(app):
        answer = visitor.get(address, follow_redirects=False)
        assert answer.status_code == 302, (address, permission)
        assert answer.location.startswith("/login?next="), address


def test_staff_pages_do_not_exist_for_a_member(app: Flask, visitor: Visitor) -> None:
    add_person(database_of(app), "member@example.org")
    visitor.enter("member@example.org")
    for address, permission in closed_pages(app):
        if permission in {"admin:use", "desk:use"}:
            assert visitor.get(address).status_code == 404, address


def test_a_form_without_its_token_is_refused(app: Flask) -> None:
    client = app.test_client()
    add_person(database_of(app), "member@example.org")
    posts = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or set())]
    assert len(posts) > 20
    for rule in posts:
        answer = client.post(fill(app, rule))
        # One click in a mail program sends no token: RFC 8058 forbids asking for one.
        if answer.status_code != 400:
            assert "unsubscribe" in rule.rule or rule.rule.startswith("/mail/"), rule.rule


def fill(app: Flask, rule: Rule) -> str:
    """Return an address of a route, with something in each of its places."""
    places: dict[str, Any] = {
        name: 1 if isinstance(converter, IntegerConverter) else "x"
        for name, converter in rule._converters.items()  # noqa: SLF001 (nothing else tells the kinds of place)
    }
    with app.test_request_context():
        return url_for(rule.endpoint, **places)


def closed_pages(app: Flask) -> list[tuple[str, str]]:
    """Return address and permission of every page that a visitor may not see."""
    found = []
    for rule in app.url_map.iter_rules():
        permission = str(getattr(app.view_functions[rule.endpoint], ATTRIBUTE, None))
        if permission != PUBLIC and "GET" in (rule.methods or set()):
            found.append((fill(app, rule), permission))
    return found
