"""What can be wrong with a table, and how much of one is read."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from marketplace.errors import ExchangeError

WHOLE_FILE = 0
"""The line of a problem that concerns the file and no row of it."""


class Severity(enum.StrEnum):
    """Whether a row stays out because of a problem."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where.

    Parameters
    ----------
    line
        Physical line of a text file, row number of a workbook; 0 for the whole file.
    field
        The column's name in the file; ``""`` when it is the whole row.
    code
        Stable word for programs, such as ``too_few_cells``.
    message
        What is wrong and how to mend it.
    severity
        An error keeps the row out; a warning lets it in.
    """

    line: int
    field: str
    code: str
    message: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class Flaw:
    """A cell without a usable value: why, before it is known which column it belongs to."""

    code: str
    message: str


class UnreadableTable(ExchangeError):
    """The file as a whole cannot be read, or not any further.

    Parameters
    ----------
    message
        What is wrong and how to mend it.
    code
        Stable word for programs, such as ``empty_file``.
    """

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read before a file is refused; every one may be changed for a single reading.

    Parameters
    ----------
    file_bytes
        Size of the file on disk, in bytes.
    rows
        Rows below the header.
    cells
        Columns of the table.
    cell_length
        Characters of one cell; the default is what a spreadsheet program holds (ECMA-376
        implementations allow 32,767).
    row_length
        Characters of one row, and of one line.
    broken_rows
        Rows with broken quotation marks, each of which costs reading some lines twice.
    archive_entries
        Files inside a workbook.
    archive_bytes
        Size of a workbook once unpacked, in bytes.
    archive_ratio
        Unpacked bytes for each packed byte of one file inside a workbook.  Sheets of real
        tables stay below 50; deflate's utmost is 1,032.
    part_bytes
        Unpacked size of a workbook's small parts (list of sheets, styles), in bytes.
    """

    file_bytes: int = 200_000_000
    rows: int = 500_000
    cells: int = 200
    cell_length: int = 32_767
    row_length: int = 1_000_000
    broken_rows: int = 1_000
    archive_entries: int = 2_000
    archive_bytes: int = 512_000_000
    archive_ratio: int = 200
    part_bytes: int = 16_000_000
