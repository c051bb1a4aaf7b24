from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from marketplace import clock
from marketplace.db import Database
from marketplace.listings.models import Dissemination
from marketplace.pages import queries
from marketplace.policy import VISITOR, Actor
from tests.marketplace.pages import rows
from tests.marketplace.visitor import Visitor, add_person, database_of, words
from tests.services import free_port

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
YESTERDAY = (NOW - timedelta(days=1)).date()
# What a first visit may cost on a slow line (UX rule 2).
FIRST_SCREEN_BYTES = 100_000


def test_the_figures_count_what_is_open_today(database: Database) -> None:
    with database.transaction() as session:
        accra = rows.organisation(session, "Accra", NOW)
        rows.organisation(session, "Gone", NOW, country="FR", suspended_at=NOW)
        pune = rows.organisation(session, "Pune", NOW, country="IN")
        request = rows.listing(session, accra, "request", "Shafts", NOW, country="KE")
        offer = rows.listing(session, pune, "offer", "Turning", NOW)
        other = rows.listing(session, pune, "offer", "Milling", NOW)
        rows.listing(session, pune, "offer", "Over", NOW, country="BR", valid_until=YESTERDAY)
        rows.listing(session, pune, "offer", "Written", NOW, country="BR", state="draft")
        rows.listing(session, pune, "offer", "Resting", NOW, country="BR", state="paused")
        rows.match(session, request, offer, 80, NOW - timedelta(days=29))
        rows.match(session, request, other, 70, NOW - timedelta(days=31))
    with database.reading() as session:
        figures = queries.figures(session, NOW)
    assert figures == queries.Figures(requests=1, offers=2, organisations=2, countries=3, matches=1, days=30)


def test_the_figures_of_the_landing_page_are_a_minute_old_at_most(database: Database) -> None:
    kept = queries.KeptFigures()
    with database.transaction() as session:
        firm = rows.organisation(session, "Accra", NOW)
        assert kept.now(session, NOW).offers == 0
        rows.listing(session, firm, "offer", "Turning", NOW)
        assert kept.now(session, NOW + timedelta(seconds=59)).offers == 0
        assert kept.now(session, NOW + timedelta(seconds=60)).offers == 1
        rows.listing(session, firm, "offer", "Milling", NOW)
        # A clock that was put back does not keep them for longer.
        assert kept.now(session, NOW).offers == 2


def test_the_newest_come_first_and_only_to_those_who_may_read_them(database: Database) -> None:
    with database.transaction() as session:
        firm = rows.organisation(session, "Accra", NOW)
        for title, hours, level in [
            ("Oldest", 9, Dissemination.PUBLIC),
            ("For members", 3, Dissemination.MEMBERS),
            ("For offices", 2, Dissemination.OFFICES),
            ("Newest", 1, Dissemination.PUBLIC),
        ]:
            at = NOW - timedelta(hours=hours)
            rows.listing(session, firm, "offer", title, NOW, published_at=at, dissemination=level)
    with database.reading() as session:
        assert [card.title for card in queries.newest(session, VISITOR, NOW.date(), 6)] == [
            "Newest",
            "Oldest",
        ]
        member = Actor(user_id=7)
        found = [card.title for card in queries.newest(session, member, NOW.date(), 2)]
        assert found == ["Newest", "For members"]


def test_the_landing_page_says_what_this_is_with_live_numbers(app: Flask, visitor: Visitor) -> None:
    now = clock.now()
    with database_of(app).transaction() as session:
        firm = rows.organisation(session, "Adom Works", now)
        rows.listing(session, firm, "request", "Bronze bushes", now, summary="Ten a month.")
        rows.listing(session, firm, "request", "Secret plan", now, anonymous=True)
    answer = visitor.get("/")
    said = words(answer.text)
    assert answer.status_code == 200
    assert "Find the partner who fits, and see why" in said
    assert "2 open requests 0 open offers 1 organisations 1 countries" in said
    for door in ("I need a partner", "I offer", "I am an office"):
        assert door in said
    assert "No contact is shown before both sides agree." in said
    assert "Bronze bushes" in said
    row = answer.text[answer.text.index("Secret plan") :].split("</article>")[0]
    assert "Anonymous" in row
    assert "Adom Works" not in row


def test_an_empty_exchange_says_what_would_be_here(visitor: Visitor) -> None:
    said = words(visitor.get("/").text)
    assert "Nothing is posted yet" in said
    assert "0 open requests" in said


def test_what_people_typed_cannot_become_part_of_the_page(app: Flask, visitor: Visitor) -> None:
    now = clock.now()
    with database_of(app).transaction() as session:
        firm = rows.organisation(session, "<b>Firm</b>", now, reference="ORG-1")
        rows.listing(session, firm, "offer", "<script>alert(1)</script>", now, reference="OFF-1")
    page = visitor.get("/").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;b&gt;Firm&lt;/b&gt;" in page
    assert "<script>" not in page


@pytest.mark.parametrize("path", ["/", "/help", "/no-such-page"])
def test_a_page_holds_nothing_that_its_policy_refuses(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert re.findall(r'\sstyle="|\son[a-z]+="|<style|<script(?![^>]* src=)', answer.text) == []
    assert re.findall(r'(?:src|href)="(?:https?:)?//', answer.text) == []


def test_the_first_screen_costs_under_100_kb(app: Flask, visitor: Visitor) -> None:
    now = clock.now()
    with database_of(app).transaction() as session:
        firm = rows.organisation(session, "Adom Works", now)
        for number in range(6):
            rows.listing(session, firm, "offer", f"Number {number}", now, summary="words and " * 45)
    page = visitor.get("/")
    total = len(page.data)
    # Modules are left out: the first screen is whole without them.
    linked = re.findall(r'<(?:link|script(?! type="module"))[^>]*(?:href|src)="(/[^"]+)"', page.text)
    assert len(linked) >= 4
    for address in linked:
        answer = visitor.get(address.replace("&amp;", "&"), headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        total += len(answer.data)
    assert total < FIRST_SCREEN_BYTES


def test_help_explains_the_stories_the_words_and_the_promise(visitor: Visitor) -> None:
    page = visitor.get("/help").text
    for anchor in re.findall(r'href="#([a-z]+)"', page):
        assert f'id="{anchor}"' in page
    said = words(page)
    assert "No contact is shown before both sides agree." in said
    assert "Expression of interest" in said


def test_a_missing_page_is_answered_kindly(visitor: Visitor) -> None:
    answer = visitor.get("/no-such-page")
    assert answer.status_code == 404
    assert "This page is not here" in words(answer.text)


def test_health_answers_while_the_database_does(visitor: Visitor) -> None:
    answer = visitor.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_health_fails_when_the_database_is_away(make_app: Callable[..., Flask]) -> None:
    nobody = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    answer = Visitor(make_app(database_url=nobody)).get("/healthz")
    assert answer.status_code == 503


def test_search_engines_are_told_what_is_personal(visitor: Visitor) -> None:
    text = visitor.get("/robots.txt").text
    for path in ("/me", "/desk", "/admin", "/inbox"):
        assert f"Disallow: {path}\n" in text


def test_browsers_that_ask_for_an_icon_find_ours(visitor: Visitor) -> None:
    answer = visitor.get("/favicon.ico")
    assert answer.status_code == 200
    assert answer.mimetype == "image/svg+xml"


def test_staff_and_members_find_their_places_in_the_head(app: Flask, visitor: Visitor) -> None:
    database = database_of(app)
    add_person(database, "admin@example.org", is_admin=True)
    add_person(database, "new@example.org")
    assert "Log in" in words(visitor.get("/help").text)
    member = words(visitor.enter("new@example.org").get("/help").text)
    assert "Dashboard" in member
    assert "Administration" not in member
    assert "Log in" not in member
    assert "Administration" in words(visitor.enter("admin@example.org").get("/help").text)
