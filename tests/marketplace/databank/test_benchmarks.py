"""How an organisation performs among its peers: recorded by its office, counted once in a quarter."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from marketplace.audit import AuditEntry
from marketplace.errors import Conflict, Forbidden, Invalid, NotFound
from marketplace.organisations.models import Benchmark
from marketplace.organisations.services.benchmarks import (
    BenchmarkValues,
    record_benchmark,
    withdraw_benchmark,
)
from marketplace.reports.queries.figures import FIGURES
from marketplace.reports.queries.scope import Quarter, Scope
from tests.marketplace.databank.offices import COLLEAGUE, ELSEWHERE, OFFICER, Offices, Site
from tests.marketplace.organisations.firms import NOW

TODAY = NOW.date()


def measure(offices: Offices, reference: str = "", email: str = OFFICER, **given: Any) -> int:
    now = given.pop("now", NOW)
    values = {"benchmarked_on": now.date(), "against": "14 shops", "better_than": 60, **given}
    with offices.database.transaction() as session:
        actor = offices.actor(email)
        return record_benchmark(
            session, actor, reference or offices.adom, BenchmarkValues(**values), now=now
        ).id


def withdraw(offices: Offices, key: int, email: str = OFFICER, because: str = "mistaken") -> None:
    with offices.database.transaction() as session:
        actor = offices.actor(email)
        withdraw_benchmark(session, actor, offices.adom, benchmark_id=key, because=because, now=NOW)


def counted(offices: Offices, scope: Scope = Scope(), quarter: Quarter | None = None) -> list[int]:
    span = (quarter or Quarter.of(NOW)).span
    with offices.database.reading() as session:
        rows = session.execute(FIGURES["organisations-benchmarked"].rows(scope, span)).all()
    return sorted(row.id for row in rows)


def test_an_organisation_counts_once_in_each_quarter_and_for_its_office(offices: Offices) -> None:
    measure(offices)
    measure(offices, against="all makers", now=NOW - timedelta(days=5))
    measure(offices, offices.nyota, ELSEWHERE)
    measure(offices, against="last year", now=NOW - timedelta(days=200))
    assert counted(offices) == sorted([offices.adom_id, offices.nyota_id])
    assert counted(offices, Scope(office_id=offices.office_id)) == [offices.adom_id]
    assert counted(offices, quarter=Quarter.of(NOW - timedelta(days=200))) == [offices.adom_id]
    assert counted(offices, quarter=Quarter.of(NOW - timedelta(days=300))) == []


def test_what_was_withdrawn_counts_no_more_but_stays_with_its_reason(offices: Offices) -> None:
    first = measure(offices)
    second = measure(offices, against="all makers")
    withdraw(offices, first)
    assert counted(offices) == [offices.adom_id]
    with pytest.raises(Conflict, match="already"):
        withdraw(offices, first, COLLEAGUE)
    with pytest.raises(Invalid):
        withdraw(offices, second, because="")
    withdraw(offices, second, COLLEAGUE)
    assert counted(offices) == []
    with offices.database.reading() as session:
        kept = session.get_one(Benchmark, first)
        acts = session.scalars(
            sa.select(AuditEntry.act).where(AuditEntry.thing == "organisation").order_by(AuditEntry.id)
        ).all()
    assert (kept.withdrawn_because, kept.withdrawn_by_id) == ("mistaken", offices.people[OFFICER])
    assert acts == ["organisation:benchmark"] * 2 + ["organisation:unbenchmark"] * 2


def test_a_second_click_records_nothing_and_a_colleague_s_word_is_another(offices: Offices) -> None:
    first = measure(offices)
    assert measure(offices) == first
    assert measure(offices, email=COLLEAGUE) != first
    assert measure(offices, findings="Strong in turning.") != first


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"benchmarked_on": TODAY + timedelta(days=2)}, "benchmarked_on"),
        ({"benchmarked_on": date(1980, 1, 1)}, "benchmarked_on"),
        ({"against": ""}, "against"),
        ({"better_than": 101}, "better_than"),
        ({"better_than": -1}, "better_than"),
        ({"better_than": None}, "findings"),
    ],
)
def test_what_cannot_be_is_refused_with_the_field(
    offices: Offices, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        measure(offices, **given)
    assert refused.value.field == field
    assert counted(offices) == []


def test_there_is_a_largest_number(offices: Offices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marketplace.organisations.services.benchmarks.MOST", 1)
    measure(offices)
    with pytest.raises(Invalid, match="too many"):
        measure(offices, against="all makers")


def test_another_office_records_nothing_and_finds_nothing(offices: Offices) -> None:
    key = measure(offices)
    with pytest.raises((Forbidden, NotFound)):
        measure(offices, email=ELSEWHERE)
    with pytest.raises((Forbidden, NotFound)):
        withdraw(offices, key, ELSEWHERE)
    foreign = measure(offices, offices.nyota, ELSEWHERE)
    for unknown in (foreign, 99999):
        with pytest.raises(NotFound):
            withdraw(offices, unknown)


@pytest.mark.parametrize(
    "change", ["better_than = 101", "better_than = -1", "against = ''", "withdrawn_because = 'words alone'"]
)
def test_the_database_refuses_what_cannot_be(offices: Offices, change: str) -> None:
    measure(offices)
    with pytest.raises(IntegrityError), offices.database.transaction() as session:
        session.execute(sa.text(f"UPDATE benchmark SET {change}"))  # noqa: S608 (this file's own words)


def test_an_officer_records_and_withdraws_on_the_page(site: Site) -> None:
    browser = site.browser()
    place = f"/desk/databank/{site.adom}"
    assert "Nobody has measured yet" in browser.get(place).text
    form = {
        "benchmarked_on": "2026-11-20",
        "against": "14 shops",
        "better_than": "78",
        "findings": "<b>Strong</b>",
    }
    wrong = browser.post(f"{place}/benchmarks", form | {"better_than": "178"})
    assert wrong.status_code == 422
    assert "From 0 to 100." in wrong.text
    assert 'value="178"' in wrong.text
    assert 'value="14 shops"' in wrong.text
    assert browser.post(f"{place}/benchmarks", form | {"better_than": "", "findings": ""}).status_code == 422
    page = browser.post(f"{place}/benchmarks", form).text
    assert "better than 78 of 100" in page
    assert "&lt;b&gt;Strong&lt;/b&gt;" in page
    with site.database.reading() as session:
        key = session.scalars(sa.select(Benchmark.id)).one()
    assert browser.post(f"{place}/benchmarks/{key}/withdraw", {"reason": ""}).status_code == 422
    page = browser.post(f"{place}/benchmarks/{key}/withdraw", {"reason": "Other firm"}).text
    assert "Other firm" in page
    assert "better than 78 of 100" not in page
    assert site.browser(ELSEWHERE).get(place).status_code == 404
