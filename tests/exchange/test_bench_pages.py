"""``exchange bench pages`` asks every page of the desk in a made-up exchange, and counts its queries."""

from __future__ import annotations

import json

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import make_url

from exchange.bench.pages.browser import Answer, Browser
from exchange.bench.pages.report import Measured, PagesReport, lines, measured
from exchange.bench.pages.world.draw import Size
from marketplace.db import Database
from tests.exchange.shell import Shell

FEW = ("--sizes", "900,600", "--matches", "2", "--rounds", "1", "--no-others")


def databases(address: str) -> set[str]:
    plain = make_url(address).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database")}


def own(address: str) -> set[str]:
    return {name for name in databases(address) if name.startswith("exchange_bench_")}


@pytest.mark.timeout(300)
def test_no_page_of_the_desk_asks_more_where_there_is_more(shell: Shell, empty_postgres_url: str) -> None:
    before = own(empty_postgres_url)
    answer = shell("bench", "pages", *FEW, "--postgres", empty_postgres_url, "--json")
    found = json.loads(answer.out)
    assert found["growing"] == [], answer.err
    assert answer.code == 0, answer.err
    pages = {page["page"]: page for page in found["desk"]}
    assert {"/desk", "/desk/pipeline", "/desk/matches", "/desk/review", "/desk/reports"} < set(pages)
    assert {"/desk/introductions/REF", "/desk/reports/agreements", "/desk/pipeline?sector=25"} < set(pages)
    for page in pages.values():
        assert len(page["statements"]) == 2
        assert 0 < page["p50"] <= page["p95"] <= page["longest"]
        assert page["bytes"] > 1000
    assert "  900 listing\n" in answer.err
    assert own(empty_postgres_url) <= before


def test_a_server_that_is_none_is_told_before_anything_is_done(shell: Shell) -> None:
    answer = shell("bench", "pages", "--sizes", "300")
    assert answer.code == 2
    assert "--postgres" in answer.err


@pytest.mark.parametrize("sizes", ["", "10", "1000,x", "-5", "1000,"])
def test_sizes_that_are_none_are_refused(shell: Shell, sizes: str) -> None:
    assert shell("bench", "pages", "--sizes", sizes).code == 2


def report(*pages: Measured, limit_ms: float | None = None) -> PagesReport:
    sizes = (Size(1000, 200, 500, 10_000, 1), Size(300, 60, 150, 3000, 1))
    return PagesReport({"cores": 2}, sizes, limit_ms, pages, ())


def page(address: str, milliseconds: float, here: tuple[int, int], elsewhere: tuple[int, int]) -> Measured:
    """Return a page with how many statements it sent at two sizes, and how many of them again."""
    answers = [Answer(milliseconds / 1000, 0.001, *sent, 2000) for sent in (here, elsewhere)]
    return measured(address, answers[:1], [answers[1:]])


def test_a_page_that_grows_or_is_late_is_named() -> None:
    found = report(
        page("/desk", 20, (9, 0), (9, 0)),
        page("/desk/introductions/INT-2026-00007", 200, (12, 4), (8, 0)),
        limit_ms=150,
    )
    assert found.growing == ["/desk/introductions/REF"]
    assert found.late == ["/desk/introductions/REF"]
    said = "\n".join(" ".join(line.split()) for line in lines(found))
    assert "QUERIES GROW: /desk/introductions/REF" in said
    assert "limit of 150 ms: MISSED: 1 of 2 pages" in said
    assert "/desk/introductions/REF 200.0 200.0 200.0 1.0 12/8 2" in said


def test_a_good_run_says_so() -> None:
    said = list(lines(report(page("/desk", 20, (9, 1), (9, 1)), limit_ms=150)))
    assert "no page's queries grow with the data" in said
    assert said[-1] == "limit of 150 ms: kept by all"


def test_what_is_not_asked_where_a_kind_of_thing_is_missing_is_no_growth() -> None:
    assert report(page("/desk", 20, (14, 1), (9, 1))).growing == []
    assert report(page("/desk", 20, (9, 2), (9, 1))).growing == []


def test_a_statement_is_the_same_whatever_its_values_and_however_long_its_lists(database: Database) -> None:
    app = Flask(__name__)

    @app.get("/")
    def _two_of_a_kind() -> str:
        with database.engine.connect() as connection:
            for values in ([1], [2, 3]):
                connection.execute(sa.select(sa.literal(1).in_(values)))
            connection.execute(sa.select(1))
        return ""

    answer = Browser(app, database).ask("/")
    assert (answer.statements, answer.repeated) == (3, 1)
