"""What holds for every import, whatever it brings in."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from marketplace.db import Database
from marketplace.errors import Conflict, Invalid
from marketplace.imports.fields import LISTING_FIELDS, ORGANISATION_FIELDS
from marketplace.imports.listings import ListingImporter
from marketplace.imports.organisations import OrganisationImporter, Plan
from marketplace.imports.problems import Limits, Severity, UnreadableTable
from marketplace.imports.requirement_cells import requirement_rows
from marketplace.imports.run import BATCH, Importer, Options, Progress, import_table
from marketplace.imports.summary import Summary
from marketplace.listings.services import read_requirements
from marketplace.organisations.models import Identifier, Organisation
from marketplace.policy import OPERATOR
from tests.marketplace.imports.databank import (
    NOW,
    TODAY,
    assert_counted,
    counts,
    everything,
    firm,
    firms,
    listings,
    offer,
    run,
    table,
)
from tests.marketplace.imports.files import csv_text, put
from tests.marketplace.organisations.firms import add_office

REAL = Path(__file__).resolve().parents[4] / "shared" / "data" / "real"


def many_firms(count: int) -> list[dict[str, str]]:
    return [
        firm(external_id=f"F-{n}", name=f"{n:04d} Traders", identifier=f"C{n:010d}") for n in range(count)
    ]


class PowerCutError(Exception):
    """The machine went off."""


def cut_after(batches: int) -> Callable[[Progress], None]:
    left = [batches]

    def cut(_progress: Progress) -> None:
        left[0] -= 1
        if not left[0]:
            raise PowerCutError

    return cut


@pytest.mark.parametrize("count", [BATCH - 1, BATCH, BATCH + 1])
def test_every_row_goes_in_at_the_edges_of_a_batch(
    sqlite_database: Database, tmp_path: Path, count: int
) -> None:
    seen: list[Progress] = []
    path = table(tmp_path / "f.csv", *many_firms(count))
    import_table(
        sqlite_database,
        OPERATOR,
        path,
        OrganisationImporter(OPERATOR),
        Options(),
        now=lambda: NOW,
        progress=seen.append,
    )
    with sqlite_database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Organisation)) == count
    # Told after each whole batch, and at the end.
    assert [progress.rows for progress in seen] == [BATCH] * (count // BATCH) + [count]
    assert (seen[-1].done, seen[-1].rows) == (seen[-1].total, count)


def test_an_import_that_was_cut_off_left_whole_batches_and_can_be_run_again(
    database: Database, tmp_path: Path
) -> None:
    path = table(tmp_path / "f.csv", *many_firms(2 * BATCH + 7))
    with pytest.raises(PowerCutError):
        import_table(
            database,
            OPERATOR,
            path,
            OrganisationImporter(OPERATOR),
            Options(),
            now=lambda: NOW,
            progress=cut_after(1),
        )
    with database.reading() as session:
        for kind in (Organisation, Identifier):
            assert session.scalar(sa.select(sa.func.count()).select_from(kind)) == BATCH
    assert counts(firms(database, path)) == (BATCH + 7, 0, BATCH, 0)


@pytest.mark.parametrize(
    ("make", "rows"),
    [
        (lambda: OrganisationImporter(OPERATOR), many_firms(BATCH + 50)),
        (
            lambda: OrganisationImporter(OPERATOR),
            [row | {"external_id": ""} for row in many_firms(BATCH + 50)],
        ),
        (
            lambda: ListingImporter(OPERATOR, TODAY),
            [offer(external_id=f"L-{n}", organisation=f"{n // 3:03d} AG") for n in range(BATCH + 50)],
        ),
    ],
)
def test_two_imports_of_one_file_at_the_same_time_bring_everything_in_once(
    database: Database, tmp_path: Path, make: Callable[[], Importer], rows: list[dict[str, str]]
) -> None:
    path = table(tmp_path / "t.csv", *rows)
    found: list[tuple[int, int, int, int]] = []
    threads = [
        threading.Thread(target=lambda: found.append(counts(run(database, make(), path)))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert sum(created for created, *_rest in found) == len(rows)
    assert sum(unchanged for _created, _changed, unchanged, _refused in found) == len(rows)
    with database.reading() as session:
        names = session.scalars(sa.select(Organisation.name)).all()
        assert len(names) == len(set(names))


class InTheWay(OrganisationImporter):
    """Finds, so many times, that somebody has just written its first row."""

    def __init__(self, times: int) -> None:
        super().__init__(OPERATOR)
        self.times = times

    def write(self, session: Session, plan: Plan, now: datetime) -> None:
        """Write, but be too late."""
        self.times -= 1
        if self.times >= 0:
            session.execute(sa.insert(Organisation), [dict(plan.newcomers[0].columns)])
        super().write(session, plan, now)


def test_a_batch_that_met_another_writer_is_written_again(database: Database, tmp_path: Path) -> None:
    path = table(tmp_path / "f.csv", *many_firms(5))
    assert counts(run(database, InTheWay(1), path)) == (5, 0, 0, 0)
    assert counts(firms(database, path)) == (0, 0, 5, 0)


def test_a_batch_that_keeps_meeting_another_writer_is_told_with_its_line(
    database: Database, tmp_path: Path
) -> None:
    path = table(tmp_path / "f.csv", *many_firms(5))
    with pytest.raises(Conflict, match="line 2"):
        run(database, InTheWay(2), path)
    assert everything(database)["organisation"] == []


def test_a_file_that_is_damaged_further_down_is_read_until_there(database: Database, tmp_path: Path) -> None:
    sound = csv_text(
        [["external_id", "name", "country"], *([f"F-{n}", f"{n:04d} AG", "AT"] for n in range(700))]
    )
    broken = "".join(f'B-{n},"never closed,AT\r\n' for n in range(5))
    path = put(tmp_path / "f.csv", sound + broken)
    summary = firms(database, path, limits=Limits(broken_rows=3), report=tmp_path / "report.csv")
    assert counts(summary) == (700, 0, 0, 3)
    assert summary.stopped
    assert "too_many_broken_rows" in (tmp_path / "report.csv").read_text("utf-8-sig")


def test_a_file_without_a_row_is_of_no_use(database: Database, tmp_path: Path) -> None:
    path = put(tmp_path / "f.csv", "name,country\r\n")
    with pytest.raises(UnreadableTable):
        firms(database, path)


def test_a_report_that_cannot_be_written_is_told_before_anything_is(
    database: Database, tmp_path: Path
) -> None:
    path = table(tmp_path / "f.csv", firm())
    before = everything(database)
    for report in (path, tmp_path / "none" / "report.csv"):
        with pytest.raises(Invalid):
            firms(database, path, report=report)
    assert everything(database) == before


# ---------------------------------------------------------------------------- messy tables
WORDS = st.sampled_from(
    (
        *("", " ", "a", "Adom", "Alpenwerk GmbH", "GH", "AT", "Austria", "Atlantis", "offer", "request"),
        *(
            "subcontracting",
            "technology",
            "2592",
            "9999",
            "yes",
            "12",
            "-1",
            "1e400",
            "1,200",
            "a@b.example.org",
        ),
        *("2027-01-01", "2020-01-01", "ISO 9001; ;|", "hard tolerance_mm <= 0.05 mm", "a..b", "x = 1..2..3"),
        *("\u200b", "\u2028", "\x00", "e\u0301" * 300, "=1+1", "'", "\u202etxet", "🙂" * 130, ";" * 200),
        *("C0000803561", "1234563218", "+43 660 1234567"),
    )
)
MESSY = st.one_of(WORDS, st.text(max_size=30))


def messy_rows(sound: dict[str, str], names: list[str]) -> st.SearchStrategy[list[list[str]]]:
    """Rows of which some cells are anything, and some of which are too long or too short."""
    keys = st.sampled_from(["A-1", "A-2", "A-3", ""])
    cells = st.dictionaries(st.sampled_from(names), MESSY, max_size=4)

    def row(key: str, cells: dict[str, str], surplus: int) -> list[str]:
        whole = sound | {"external_id": key} | cells
        return ([whole.get(name, "") for name in names] + [""] * surplus)[: len(names) + surplus]

    rows = st.lists(st.builds(row, keys, cells, st.sampled_from([0, 0, 0, 1, -1])), min_size=1, max_size=12)
    return rows.map(lambda found: [names, *found])


messy = hypothesis_settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def new_database(
    sqlite_template: Path, tmp_path: Path, open_database: Callable[[str], Database]
) -> Callable[[], Database]:
    """Give a way to begin with an empty database, as often as wanted."""

    def make() -> Database:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.sqlite"
        shutil.copyfile(sqlite_template, path)
        return open_database(f"sqlite:///{path}")

    return make


@messy
@given(rows=messy_rows(firm(), [field.name for field in ORGANISATION_FIELDS]))
def test_no_row_of_a_messy_table_of_organisations_is_lost(
    new_database: Callable[[], Database], tmp_path: Path, rows: list[list[str]]
) -> None:
    check_messy(new_database(), lambda: OrganisationImporter(OPERATOR), tmp_path, rows)


@messy
@given(rows=messy_rows(offer(), [field.name for field in LISTING_FIELDS]))
def test_no_row_of_a_messy_table_of_listings_is_lost(
    new_database: Callable[[], Database], tmp_path: Path, rows: list[list[str]]
) -> None:
    check_messy(new_database(), lambda: ListingImporter(OPERATOR, TODAY), tmp_path, rows)


def check_messy(
    database: Database, make: Callable[[], Importer], folder: Path, rows: list[list[str]]
) -> None:
    def bring_in(lines: list[list[str]], *, dry_run: bool = False) -> Summary:
        path = put(folder / "messy.csv", csv_text(lines).encode("utf-8", "surrogatepass"))
        summary = import_table(database, OPERATOR, path, make(), Options(dry_run=dry_run), now=lambda: NOW)
        assert_counted(summary)
        assert summary.rows == len(lines) - 1
        assert any(problem.severity is Severity.ERROR for problem in summary.shown) == bool(summary.refused)
        return summary

    # Half of the rows are known when the whole table comes.
    bring_in(rows[: 1 + (len(rows) + 1) // 2])
    before = everything(database)
    dry = bring_in(rows, dry_run=True)
    assert everything(database) == before
    assert counts(bring_in(rows)) == counts(dry)
    after = everything(database)
    again = bring_in(rows)
    assert (again.created, again.changed) == (0, 0)
    assert everything(database) == after


VALUES = st.sampled_from(
    ["1", "0.05 mm", "ISO 9001", "a & b", "a | b", "1..5 pieces", "..", "EUR", "x" * 300]
)
CRITERIA = st.sampled_from(["tolerance_mm", "certificate", "trl", "Material", "total_cost", "colour", ""])
SIGNS = st.sampled_from(["<=", ">=", "≤", "≥", "=", ":", "", "<"])


@given(
    st.lists(
        st.tuples(st.sampled_from(["", "hard ", "HARD  "]), CRITERIA, SIGNS, VALUES).map(" ".join), max_size=4
    )
)
def test_a_cell_of_requirements_is_read_or_refused(parts: list[str]) -> None:
    try:
        rows = requirement_rows("requirements", ";".join(parts))
    except Invalid:
        # Refused with its reason.
        return
    kept, problems = read_requirements(rows)
    assert len(kept) + len(problems) >= len(rows)


# ------------------------------------------------------------------------------ real files
def test_real_notices_come_in_and_a_second_run_changes_nothing(sqlite_database: Database) -> None:
    """Where the real files lie beside the project, as an addition to the invented ones above."""
    add_office(sqlite_database, "itpo-bonn", "DE")
    for path in sorted(REAL.glob("*_ted.csv")):
        first = listings(sqlite_database, path)
        before = everything(sqlite_database)
        second = listings(sqlite_database, path, days=1)
        assert everything(sqlite_database) == before
        assert (second.unchanged, second.refused) == (first.created, first.refused)
        assert first.rows > 700
