"""The report, and the list behind a figure, as CSV and as a workbook."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from werkzeug.exceptions import NotFound as PageNotFound
from werkzeug.wrappers import Response

from marketplace.imports.export import safe_cell
from marketplace.reports.queries.count import Counted, by_quarter, selected
from marketplace.reports.queries.figures import FIGURES, Measure
from marketplace.reports.queries.kept import closings
from marketplace.reports.queries.listed import listed
from marketplace.reports.views.blueprint import asked, asked_figure, asked_part, bp
from marketplace.reports.views.page import PARTS, parts_of, quarters_of
from marketplace.reports.views.wording import BY_NAMES, UNITS, figure_name, part_name
from marketplace.web.access import needs
from marketplace.web.context import actor, reading
from marketplace.web.words import country, label

Cell = str | int | float | None
WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS: Final = 28


@bp.get("/desk/report.<ending>")
@needs("desk:use")
def report_file(ending: str) -> Response:
    """Give all figures of a report, a line for each number."""
    with reading() as session:
        wanted = asked(session)
        quarters = quarters_of(wanted)
        closed = closings(session, quarters)
        numbers = by_quarter(session, FIGURES.values(), wanted.scope, quarters, closed)
        parts = parts_of(session, wanted, closed)
    rows: list[list[Cell]] = [
        [
            figure_name(figure),
            "",
            "",
            str(UNITS[figure.measure]),
            str(quarter),
            *_value(numbers[name, quarter]),
            _closed(closed.get(quarter)),
        ]
        for name, figure in FIGURES.items()
        for quarter in quarters
    ]
    rows += [
        [
            figure_name(FIGURES[name]),
            str(BY_NAMES[by]),
            part_name(by, key),
            str(UNITS[FIGURES[name].measure]),
            str(wanted.quarter),
            *_value(counts[name]),
            _closed(closed.get(wanted.quarter)),
        ]
        for by, found in parts.items()
        for name in PARTS[by]
        for key, counts in found.numbers.items()
    ]
    head = [
        _("Figure"),
        _("By"),
        _("Part"),
        _("Unit"),
        _("Quarter"),
        _("Value"),
        _("Counted"),
        _("Closed on"),
    ]
    return table_file(ending, f"report-{_plain(wanted.word)}-{wanted.quarter}", wanted.name, head, rows)


@bp.get("/desk/reports/<figure>.<ending>")
@needs("desk:use")
def behind_file(figure: str, ending: str) -> Response:
    """Give the list behind a figure, all of it."""
    found, part = asked_figure(figure), asked_part()
    with reading() as session:
        wanted = asked(session)
        closed = closings(session, [wanted.quarter])
        chosen = selected(found, wanted.scope, wanted.quarter, closed, part)
        window = listed(session, actor(), found.thing, chosen)
    measured = found.measure is not Measure.COUNT
    rows: list[list[Cell]] = [
        [
            row.reference,
            row.title,
            row.at.isoformat(timespec="seconds"),
            label(row.kind) if row.kind else "",
            country(row.first),
            country(row.second) if row.second else "",
            *([row.value] if measured else []),
        ]
        for row in window
    ]
    head = [_("Reference"), _("Title"), _("When"), _("Kind"), _("Country"), _("Other country")]
    if measured:
        head.append(
            _("Counts (1) or not (0)") if found.measure is Measure.SHARE else str(UNITS[found.measure])
        )
    name = f"{found.name}-{_plain(wanted.word)}-{wanted.quarter}"
    return table_file(ending, name, figure_name(found), head, rows)


def _value(counted: Counted) -> list[Cell]:
    return [None if counted.value is None else round(counted.value, 2), counted.n]


def _closed(at: datetime | None) -> str:
    """Return the day in UTC on which a quarter was closed; nothing while its figures may still change."""
    return "" if at is None else at.date().isoformat()


def _plain(word: str) -> str:
    return word.replace(":", "-").lower()


def table_file(
    ending: str, name: str, title: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> Response:
    """Return a table as a file to keep; a spreadsheet program calculates none of its texts."""
    if ending not in {"csv", "xlsx"}:
        raise PageNotFound
    safe = ([safe_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    if ending == "csv":
        body, kind = _as_csv(head, safe), "text/csv; charset=utf-8"
    else:
        body, kind = _as_workbook(title, head, safe), WORKBOOK
    return Response(
        body,
        headers={
            "Content-Type": kind,
            "Content-Disposition": f'attachment; filename="{name}.{ending}"',
            "Cache-Control": "private, no-store",
        },
    )


def _as_csv(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows(rows)
    # With its mark, so that spreadsheet programs read it as UTF-8.
    return text.getvalue().encode("utf-8-sig")


def _as_workbook(title: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_name(title))
    sheet.freeze_panes = "A2"
    for place in range(1, len(head) + 1):
        sheet.column_dimensions[get_column_letter(place)].width = WIDTHS
    cells = []
    for word in head:
        cell = WriteOnlyCell(sheet, value=word)
        cell.font = Font(bold=True)
        cells.append(cell)
    sheet.append(cells)
    for row in rows:
        sheet.append(list(row))
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _sheet_name(title: str) -> str:
    """Return a name that a workbook allows: 31 characters, without signs of its own."""
    return "".join(" " if sign in r"[]:*?/\'" else sign for sign in title)[:31].strip() or "Report"
