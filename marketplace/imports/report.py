"""The report of an import: one line for each problem, as a CSV file."""

from __future__ import annotations

import csv
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from flask_babel import gettext as _

from marketplace.errors import Invalid
from marketplace.imports.export import safe_cell
from marketplace.imports.problems import Problem

COLUMNS = ("line", "field", "severity", "code", "message")


class Report:
    """Writes problems as they come.

    The file is UTF-8 with a byte order mark, without which a spreadsheet program garbles names.

    Parameters
    ----------
    path
        Where to; an older report there is replaced.
    source
        The file that is imported, which must not be overwritten.

    Raises
    ------
    Invalid
        When it cannot be written there.
    """

    def __init__(self, path: Path, source: Path) -> None:
        if _same(path, source):
            raise Invalid("report", _("The report would overwrite the file that is imported."), "same_file")
        with ExitStack() as stack:
            try:
                file = stack.enter_context(path.open("w", encoding="utf-8-sig", errors="replace", newline=""))
            except OSError as error:
                raise Invalid(
                    "report",
                    _(
                        "The report cannot be written to %(path)s: %(why)s",
                        path=path,
                        why=error.strerror or error,
                    ),
                    "not_writable",
                ) from error
            self._writer = csv.writer(file)
            self._writer.writerow(COLUMNS)
            self._stack = stack.pop_all()
        self.count = 0

    def write(self, problem: Problem) -> None:
        """Add a problem; the line stays empty where it concerns the whole file."""
        line = str(problem.line) if problem.line else ""
        cells = (line, problem.field, problem.severity.value, problem.code, problem.message)
        self._writer.writerow([safe_cell(cell) for cell in cells])
        self.count += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()


def _same(path: Path, source: Path) -> bool:
    try:
        return path.samefile(source)
    except OSError:
        return False
