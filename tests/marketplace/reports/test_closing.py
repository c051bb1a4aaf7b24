"""What was counted when a quarter was closed stays, whatever is corrected since."""

from __future__ import annotations

import threading
from collections.abc import Container, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from marketplace.db import Database
from marketplace.errors import Conflict
from marketplace.introductions.models import Agreement, FollowUp, FollowUpAnswer, Introduction
from marketplace.listings.models import Listing
from marketplace.organisations.models import Organisation
from marketplace.policy import OPERATOR
from marketplace.programmes.models import Enrolment
from marketplace.reports.models import ClosedQuarter, KeptNumber, KeptProgramme, KeptRow
from marketplace.reports.queries.count import Counted, by_parts, by_quarter, selected
from marketplace.reports.queries.figures import FIGURES
from marketplace.reports.queries.kept import closings
from marketplace.reports.queries.listed import listed, summed
from marketplace.reports.queries.parts import By, Part
from marketplace.reports.queries.scope import Quarter, Scope
from marketplace.reports.services.close import close_next, close_quarter
from matching.types import Kind
from tests.marketplace.reports.databank import Databank
from tests.marketplace.reports.test_figures import mean_of, same

FIRST, RUNNING = Quarter(2025, 3), Quarter(2026, 4)
PAST = [FIRST.shifted(by) for by in range(5)]
NOW = datetime(2026, 11, 20, tzinfo=UTC)
LATER = NOW + timedelta(days=3)


def close_all(database: Database, now: datetime = NOW) -> list[Quarter]:
    closed: list[Quarter] = []
    while True:
        with database.transaction() as session:
            quarter = close_next(session, now=now)
        if quarter is None:
            return closed
        closed.append(quarter)


def near(told: Mapping[Any, Counted]) -> Mapping[Any, Any]:
    """Return numbers to be compared with others: a mean may be added up in another order."""
    return {
        key: (one.n, None if one.value is None else pytest.approx(one.value)) for key, one in told.items()
    }


def plain(told: Mapping[Any, Counted]) -> Mapping[Any, Any]:
    return {key: (one.n, one.value) for key, one in told.items()}


class Told:
    """All that the reports tell of some quarters."""

    def __init__(
        self, database: Database, scope: Scope, quarters: list[Quarter], closed: Container[Quarter]
    ) -> None:
        with database.reading() as session:
            self.numbers = by_quarter(session, FIGURES.values(), scope, quarters, closed)
            self.rows = {
                (name, quarter): sorted(
                    tuple(row) for row in session.execute(_whole(selected(figure, scope, quarter, closed)))
                )
                for name, figure in FIGURES.items()
                for quarter in quarters
            }
            self.parts = {
                (quarter, by, key, name): one
                for quarter in quarters
                for by, parts in by_parts(
                    session, dict.fromkeys(By, FIGURES.values()), scope, quarter, closed
                ).items()
                for key, counts in parts.numbers.items()
                for name, one in counts.items()
            }


def _whole(rows: sa.Select[Any]) -> sa.Select[Any]:
    """Return every column of the rows in a form that can be put in order, on both databases."""
    found = rows.subquery()
    written = sa.func.replace(sa.cast(found.c.sdgs, sa.Text()), " ", "")
    return sa.select(
        *(sa.func.coalesce(found.c[name], -1) for name in ("id", "office_id", "other_office_id", "value")),
        *(found.c[name] for name in ("at", "kind", "first", "second", "band", "reference")),
        written,
    )


def correct(session: Session) -> None:
    """Change everything that anybody may ever mend."""
    moved = datetime(2026, 11, 2, tzinfo=UTC)
    session.execute(
        sa.update(Organisation).values(
            country="FR", women_led=True, created_at=moved, verified_at=moved, office_id=None
        )
    )
    session.execute(
        sa.update(Listing).values(
            country="FR", kind=Kind.TECHNOLOGY, sdgs=[1], submitted_at=moved, published_at=moved
        )
    )
    session.execute(sa.update(Agreement).values(jobs=1))
    session.execute(
        sa.update(FollowUp).where(FollowUp.answer.is_not(None)).values(answer=FollowUpAnswer.GROWING)
    )
    session.execute(sa.update(Introduction).values(proposer_office_id=None, proposed_at=moved))
    session.execute(sa.delete(Enrolment))


@pytest.mark.parametrize("seed", [11, 12])
def test_what_was_counted_at_closing_stays(database: Database, seed: int) -> None:
    bank = Databank(database, seed, introductions=120)
    scopes = [Scope(), Scope(office_id=bank.offices[0]), Scope(country="GH"), Scope(programme="P-1")]
    some = PAST[2:4]
    before = {scope: Told(database, scope, some, ()) for scope in scopes}
    assert close_all(database) == PAST
    with database.transaction() as session:
        correct(session)
    seen: set[str] = set()
    for scope in scopes:
        after = Told(database, scope, some, PAST)
        assert plain(after.numbers) == near(before[scope].numbers), scope
        assert plain(after.parts) == near(before[scope].parts), scope
        assert after.rows == before[scope].rows, scope
        seen |= {name for (name, _quarter), rows in after.rows.items() if rows}
        with database.reading() as session:
            # The corrections would have changed it.
            live = by_quarter(session, FIGURES.values(), scope, some, ())
        assert plain(live) != near(before[scope].numbers)
    assert seen == set(FIGURES)


def test_a_kept_number_is_its_list(database: Database) -> None:
    bank = Databank(database, 13)
    close_all(database)
    quarter = PAST[2]
    with database.reading() as session:
        for scope in (Scope(), Scope(office_id=bank.offices[1]), Scope(programme="P-1")):
            numbers = by_quarter(session, FIGURES.values(), scope, [quarter], PAST)
            parts = by_parts(session, dict.fromkeys(By, FIGURES.values()), scope, quarter, PAST)
            told: list[tuple[str, Part | None, Counted]] = [
                (name, None, number) for (name, _quarter), number in numbers.items()
            ]
            told += [
                (name, Part(by, key), number)
                for by, found in parts.items()
                for key, counts in found.numbers.items()
                for name, number in counts.items()
            ]
            for name, part, number in told:
                figure = FIGURES[name]
                rows = selected(figure, scope, quarter, PAST, part)
                values = [row.value for row in listed(session, OPERATOR, figure.thing, rows)]
                assert same(number, len(values), mean_of(values), figure.measure), (name, part, scope)
                total = summed(session, rows)
                assert same(number, total.n, total.mean, figure.measure), (name, part, scope)


def test_the_quarter_that_runs_is_counted_as_it_is(database: Database) -> None:
    Databank(database, 14)
    figure, quarters = FIGURES["organisations-profiled"], [*PAST, RUNNING]

    def numbers() -> list[int]:
        with database.reading() as session:
            closed = closings(session, quarters)
            told = by_quarter(session, [figure], Scope(), quarters, closed)
        assert set(closed) in (set(), set(PAST))
        return [told[figure.name, quarter].n for quarter in quarters]

    before = numbers()
    close_all(database)
    assert numbers() == before
    with database.transaction() as session:
        session.execute(sa.update(Organisation).values(created_at=NOW))
    assert sum(before[:-1])
    assert numbers() == [*before[:-1], sum(before)]


def test_what_is_gone_stays_in_the_list_by_its_reference(database: Database) -> None:
    bank = Databank(database, 15)
    at = datetime(2026, 5, 5, tzinfo=UTC)
    key = bank.market.listing("offer", bank.organisations[0], submitted_at=at, published_at=at)
    with database.transaction() as session:
        session.get_one(Listing, key).reference = "OFF-2026-09999"
    close_all(database)
    figure, quarter = FIGURES["enquiries-received"], Quarter.of(at)

    def shown() -> dict[str, tuple[str, bool]]:
        with database.reading() as session:
            rows = selected(figure, Scope(), quarter, [quarter])
            return {
                row.reference: (row.title, row.gone) for row in listed(session, OPERATOR, figure.thing, rows)
            }

    before = shown()
    assert before["OFF-2026-09999"][0]
    assert not before["OFF-2026-09999"][1]
    with database.transaction() as session:
        session.execute(sa.delete(Listing).where(Listing.id == key))
    assert shown() == before | {"OFF-2026-09999": ("", True)}


def test_the_oldest_first_and_none_twice(database: Database) -> None:
    Databank(database, 16)
    with database.transaction() as session:
        assert close_next(session, now=NOW) == FIRST
    with database.transaction() as session:
        assert not close_quarter(session, FIRST, now=LATER)
        assert closings(session, PAST) == {FIRST: NOW}
    assert close_all(database) == PAST[1:]
    assert close_all(database, LATER) == []


def test_a_quarter_in_which_nothing_was_counted_is_closed_too(database: Database) -> None:
    bank = Databank(database, 17)
    close_all(database)
    assert close_all(database, RUNNING.shifted(2).closable_from) == [RUNNING.shifted(by) for by in range(3)]
    assert bank.organisations
    with database.reading() as session:
        counts = by_quarter(session, FIGURES.values(), Scope(), [RUNNING.shifted(2)], [RUNNING.shifted(2)])
    assert not any(one.n for one in counts.values())


def test_where_nothing_was_ever_counted_nothing_is_closed(database: Database) -> None:
    assert close_all(database) == []


def test_only_what_has_been_over_for_a_day(database: Database) -> None:
    quarter, day = Quarter(2026, 3), datetime(2026, 10, 2, tzinfo=UTC)
    early = day - timedelta(seconds=1)
    said = "2026-Q3 can be closed from 02 October 2026 on"
    with pytest.raises(Conflict, match=said), database.transaction() as session:
        close_quarter(session, quarter, now=early)
    with database.reading() as session:
        assert closings(session, [quarter]) == {}
    with database.transaction() as session:
        assert close_quarter(session, quarter, now=day)


def test_two_workers_at_once_close_a_quarter_once(database: Database) -> None:
    Databank(database, 18)
    done: list[bool] = []
    together = threading.Barrier(2)

    def work() -> None:
        together.wait()
        with database.transaction() as session:
            done.append(close_quarter(session, FIRST, now=NOW))

    workers = [threading.Thread(target=work) for _one in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(done) == [False, True]
    kept = sa.select(sa.func.count(), sa.func.count(sa.distinct(KeptRow.thing_id))).where(
        KeptRow.quarter == str(FIRST), KeptRow.figure == "introductions-begun"
    )
    with database.reading() as session:
        rows, things = session.execute(kept).one()
    assert rows == things > 0


def test_what_fails_half_way_leaves_the_quarter_open(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    Databank(database, 19)

    def fail(*_given: object) -> None:
        raise RuntimeError("the power is off")

    with monkeypatch.context() as patched:
        patched.setattr("marketplace.reports.services.close._keep_numbers", fail)
        with pytest.raises(RuntimeError), database.transaction() as session:
            close_quarter(session, FIRST, now=NOW)
    with database.reading() as session:
        for table in (ClosedQuarter, KeptRow, KeptProgramme, KeptNumber):
            assert session.scalar(sa.select(sa.func.count()).select_from(table)) == 0
    assert close_all(database) == PAST


TOUCHED = {
    "report_quarter": "closed_at = closed_at",
    "report_row": "value = 7",
    "report_row_programme": "programme = 'X'",
    "report_number": "n = n + 1",
}


def refused(table: str, *, sqlite: bool) -> list[str]:
    whole = f"REPLACE INTO {table} SELECT * FROM {table}" if sqlite else f"TRUNCATE {table} CASCADE"  # noqa: S608 (our own)
    return [f"UPDATE {table} SET {TOUCHED[table]}", f"DELETE FROM {table}", whole]  # noqa: S608 (our own)


@pytest.mark.parametrize("table", TOUCHED)
def test_the_database_refuses_to_change_what_is_kept(database: Database, table: str) -> None:
    Databank(database, 20)
    close_all(database)
    whole = sa.text(f"SELECT * FROM {table}")  # noqa: S608 (our own)
    with database.reading() as session:
        before = sorted(map(str, session.execute(whole)))
    assert before
    for statement in refused(table, sqlite=database.sqlite):
        with pytest.raises(DBAPIError, match="never"), database.transaction() as session:
            session.execute(sa.text(statement))
    with database.reading() as session:
        assert sorted(map(str, session.execute(whole))) == before


def test_figures_are_of_one_scope() -> None:
    with pytest.raises(ValueError, match="not of several at once"):
        Scope(office_id=1, country="GH")
    words = [scope.word for scope in (Scope(), Scope(7), Scope(country="GH"), Scope(programme="P-1"))]
    assert words == ["network", "office:7", "country:GH", "programme:P-1"]
