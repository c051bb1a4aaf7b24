"""A figure and the list behind it never disagree, and both are what one counts by hand."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from marketplace.db import Database
from marketplace.policy import OPERATOR
from marketplace.reports.queries.count import Counted, by_parts, by_quarter, counted, selected
from marketplace.reports.queries.figures import FIGURES, Measure
from marketplace.reports.queries.least_developed import LEAST_DEVELOPED
from marketplace.reports.queries.listed import listed, summed
from marketplace.reports.queries.parts import By, Part
from marketplace.reports.queries.scope import Quarter, Scope
from tests.marketplace.reports.by_hand import ByHand
from tests.marketplace.reports.databank import Databank

OPEN: frozenset[Quarter] = frozenset()
QUARTERS = [Quarter(2025, 4), Quarter(2026, 1), Quarter(2026, 2), Quarter(2026, 3), Quarter(2026, 4)]


def same(one: Counted, n: int, mean: float | None, measure: Measure) -> bool:
    if one.n != n:
        return False
    if measure is Measure.COUNT:
        return one.value == n
    if measure is Measure.SUM:
        return one.value == round(n * (mean or 0))
    factor = 100 if measure is Measure.SHARE else 1
    return one.value == (None if mean is None else pytest.approx(factor * mean, abs=1e-3))


def mean_of(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


@pytest.mark.parametrize("seed", [1, 2])
def test_every_figure_is_its_list_and_what_one_counts_by_hand(database: Database, seed: int) -> None:
    bank = Databank(database, seed)
    scopes = [Scope(), Scope(office_id=bank.offices[0]), Scope(country="GH"), Scope(programme="P-1")]
    seen: set[str] = set()
    with database.reading() as session:
        hand = ByHand(session)
        for scope in scopes:
            numbers = by_quarter(session, FIGURES.values(), scope, QUARTERS, OPEN)
            for name, figure in FIGURES.items():
                for quarter in QUARTERS:
                    rows = selected(figure, scope, quarter, OPEN)
                    shown = listed(session, OPERATOR, figure.thing, rows)
                    values = [row.value for row in shown]
                    number = numbers[name, quarter]
                    assert same(number, len(shown), mean_of(values), figure.measure), (name, quarter, scope)
                    total = summed(session, rows)
                    assert counted(figure, total.n, total.mean) == pytest.approx(number) or (
                        same(number, total.n, total.mean, figure.measure)
                    )
                    expected = [
                        (key, at, value)
                        for key, at, value in hand.rows(name, scope)
                        if quarter.start <= at < quarter.end
                    ]
                    found = sorted((row.id, row.at, row.value) for row in session.execute(rows))
                    assert [row[:2] for row in found] == [row[:2] for row in expected], (name, quarter, scope)
                    assert [row[2] for row in found] == pytest.approx([row[2] for row in expected], abs=1e-3)
                    if shown:
                        seen.add(name)
    assert seen == set(FIGURES)


@pytest.mark.parametrize("seed", [4])
def test_every_part_is_its_list_and_what_one_counts_by_hand(database: Database, seed: int) -> None:
    bank = Databank(database, seed)
    quarter = Quarter(2026, 2)
    with database.reading() as session:
        hand = ByHand(session)
        for scope in (Scope(), Scope(office_id=bank.offices[1]), Scope(programme="P-1")):
            told = by_parts(session, dict.fromkeys(By, FIGURES.values()), scope, quarter, OPEN)
            for by, all_parts in told.items():
                parts = all_parts.numbers
                expected: dict[str, dict[str, int]] = {}
                for name in FIGURES:
                    for row_id, at, _value in hand.rows(name, scope):
                        if quarter.start <= at < quarter.end:
                            for part in hand.keys(name, row_id)[by]:
                                expected.setdefault(part, {}).setdefault(name, 0)
                                expected[part][name] += 1
                counts = {
                    key: {name: one.n for name, one in found.items() if one.n} for key, found in parts.items()
                }
                assert counts == expected, (by, scope)
                for key, found in parts.items():
                    for name, number in found.items():
                        figure = FIGURES[name]
                        rows = selected(figure, scope, quarter, OPEN, Part(by, key))
                        shown = listed(session, OPERATOR, figure.thing, rows)
                        mean = mean_of([row.value for row in shown])
                        assert same(number, len(shown), mean, figure.measure), (name, by, key)


def test_the_list_is_in_order_and_cut_into_pages(database: Database) -> None:
    Databank(database, 6)
    figure = FIGURES["introductions-begun"]
    with database.reading() as session:
        rows = selected(figure, Scope(), QUARTERS[2], OPEN)
        whole = listed(session, OPERATOR, figure.thing, rows)
        pages = [
            row
            for offset in range(0, len(whole) + 7, 7)
            for row in listed(session, OPERATOR, figure.thing, rows, offset=offset, limit=7)
        ]
    assert pages == whole
    assert [row.at for row in whole] == sorted((row.at for row in whole), reverse=True)
    assert len({row.reference for row in whole}) == len(whole) > 7


def test_one_query_however_many_rows(database: Database) -> None:
    queries: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "SET ")):
            queries.append(statement)

    Databank(database, 7)
    figure = FIGURES["introductions-sent"]
    with database.reading() as session:
        sa.event.listen(database.engine, "before_cursor_execute", note)
        by_quarter(session, FIGURES.values(), Scope(), QUARTERS, OPEN)
        by_parts(session, dict.fromkeys(By, FIGURES.values()), Scope(), QUARTERS[2], OPEN)
        listed(session, OPERATOR, figure.thing, selected(figure, Scope(), QUARTERS[2], OPEN))
        sa.event.remove(database.engine, "before_cursor_execute", note)
    assert len(queries) == 3


def test_quarters() -> None:
    quarter = Quarter.read("2026-Q1")
    assert quarter == Quarter(2026, 1)
    assert quarter is not None
    assert str(quarter.shifted(-1)) == "2025-Q4"
    assert str(quarter.shifted(4)) == "2027-Q1"
    assert quarter.end == quarter.shifted(1).start
    assert Quarter.of(quarter.start) == quarter
    for wrong in ("2026-Q5", "1999-Q1", "2026", "", "2026-Q1 ", "٢٠٢٦-Q1"):
        assert Quarter.read(wrong) is None


def test_a_single_quarter_may_be_asked_for(database: Database) -> None:
    Databank(database, 8)
    with database.reading() as session:
        many = by_quarter(session, FIGURES.values(), Scope(), QUARTERS, OPEN)
        for quarter in QUARTERS:
            alone = by_quarter(session, FIGURES.values(), Scope(), [quarter], OPEN)
            assert {key: one.n for key, one in alone.items()} == {
                key: one.n for key, one in many.items() if key[1] == quarter
            }


def test_the_list_of_least_developed_countries_is_the_one_of_its_date() -> None:
    assert len(LEAST_DEVELOPED) == 44
    assert {"BD", "HT", "TV", "ZM"} < LEAST_DEVELOPED
    assert LEAST_DEVELOPED.isdisjoint({"BT", "ST", "GH", "KE"})
