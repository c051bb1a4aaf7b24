"""The refused rows of an import as a file that can be mended and imported again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import PurePath
from typing import Final

from flask import current_app, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from marketplace.errors import NotFound
from marketplace.files import StoredFile, download_headers
from marketplace.imports.export import safe_cell
from marketplace.imports.problems import UnreadableTable
from marketplace.imports.reader import open_table
from marketplace.intake.models import DatabankImport, PassKind
from marketplace.intake.queries.find import import_by_number, reasons_by_line
from marketplace.intake.reading import REASON
from marketplace.intake.views.blueprint import ONE, bp, file_store
from marketplace.web.access import needs
from marketplace.web.context import actor, reading

UTF_8_MARK: Final = "\ufeff"


@bp.get(f"{ONE}/refused.csv")
@needs("import:view")
def refused(number: int) -> Response:
    """Give the rows that were refused as they stood in the file, each with why."""
    with reading() as session:
        work = import_by_number(session, actor(), number)
        current = work.one_pass(PassKind.TRIAL) if request.args.get("of") == "trial" else work.current
        if current is None:
            raise NotFound
        reasons = reasons_by_line(session, work, current.kind)
    text = io.StringIO(newline="")
    try:
        csv.writer(text).writerows(_rows(work, reasons))
    except UnreadableTable:
        current_app.logger.error("the content of file %s is gone", work.file.id)  # noqa: TRY400 - the trace says no more
        raise NotFound from None
    name = f"{PurePath(work.file.name).stem[:120]} – {_('refused rows')}.csv"
    headers = download_headers(StoredFile(name=name, media_type="text/csv; charset=utf-8"))
    # Without the mark a spreadsheet program garbles names.
    return Response((UTF_8_MARK + text.getvalue()).encode("utf-8", "replace"), headers=headers)


def _rows(work: DatabankImport, reasons: dict[int, list[str]]) -> Iterator[list[str]]:
    left = dict(reasons)
    path = file_store().path(work.file.sha256)
    with open_table(path, encoding=work.encoding, sheet=work.sheet) as table:
        # A file of mended rows has the reasons of before, which say nothing any more.
        old = next((at for at, name in enumerate(table.header) if name == REASON), None)
        yield [REASON, *_without(old, [safe_cell(name) for name in table.header])]
        try:
            for line, cells in table.raw_rows():
                why = left.pop(line, None)
                if why is not None:
                    yield [_why(line, why), *_without(old, [safe_cell(cell) for cell in cells])]
        except UnreadableTable:
            # Damaged from here on; what is left says so itself.
            pass
    for line, why in left.items():
        yield [_why(line, why)]


def _why(line: int, reasons: list[str]) -> str:
    where = _("line %(line)s", line=line) if line else _("file")
    return f"{where}: {' '.join(reasons)}"


def _without(at: int | None, cells: list[str]) -> list[str]:
    return cells if at is None else [*cells[:at], *cells[at + 1 :]]
