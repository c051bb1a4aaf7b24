"""Tables from files: what kind of file it is, its header, and its rows one by one."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self

from flask_babel import gettext as _

from marketplace.imports.delimited import Delimited
from marketplace.imports.export import plain_cell
from marketplace.imports.problems import Flaw, Limits, Problem, Severity, UnreadableTable
from marketplace.imports.records import Record
from marketplace.imports.workbook import Workbook

# Control characters but for tab and line feed, what could not be decoded, and the sign by which
# another program said so before.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LOST = re.compile("[\ud800-\udfff]")
_SUSPECT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffd]")

_HEAD_BYTES = 512


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be used: its line, and its cells by the columns' names."""

    line: int
    values: dict[str, str]


class _Source(Protocol):
    """What a table is read from."""

    @property
    def format(self) -> str: ...
    @property
    def encoding(self) -> str: ...
    @property
    def delimiter(self) -> str: ...
    @property
    def sheet(self) -> str: ...
    @property
    def pads(self) -> bool: ...
    @property
    def notes(self) -> tuple[Problem, ...]: ...
    @property
    def header(self) -> Record: ...
    @property
    def total_bytes(self) -> int: ...
    @property
    def bytes_read(self) -> int: ...
    def records(self, names: Sequence[str]) -> Iterator[Record | Problem]: ...
    def close(self) -> None: ...


class Table:
    """A table that is open for reading; a context manager.

    Attributes
    ----------
    format
        ``csv`` or ``xlsx``, by content.
    encoding, delimiter
        Of a text file; ``""`` for a workbook.
    sheet
        The sheet that is read; ``""`` for a text file.
    header
        The columns' names, without white space around them.
    header_line
        The line they stand in.
    total_bytes
        What there is to read.
    """

    def __init__(self, source: _Source, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self.format = source.format
        self.encoding = source.encoding
        self.delimiter = source.delimiter
        self.sheet = source.sheet
        self.total_bytes = source.total_bytes
        self.header_line = source.header.line
        self.header = _check_header(source.header.cells, limits)

    @property
    def bytes_read(self) -> int:
        """How much of ``total_bytes`` has been read."""
        return self._source.bytes_read

    def rows(self) -> Iterator[Row | Problem]:
        """Read the rows, once.

        Yields
        ------
        Row or Problem
            In the file's order.  A row with an error gives its problems and no row; a warning
            comes before its row.  Blank rows give nothing.

        Raises
        ------
        UnreadableTable
            When there is no row at all, or the file turns out to be damaged further down; rows
            read until then are sound.
        """
        yield from self._source.notes
        count = 0
        for record in self._source.records(self.header):
            if isinstance(record, Record) and _is_blank(record):
                continue
            counts = isinstance(record, Record) or record.severity is Severity.ERROR
            count += counts
            if count > self._limits.rows:
                yield _too_many_rows(record.line, self._limits)
                return
            if isinstance(record, Problem):
                yield record
            else:
                yield from self._row(record)
        if not count:
            raise UnreadableTable(_("The file holds the columns' names and no row."), "no_rows")

    def raw_rows(self) -> Iterator[tuple[int, list[str]]]:
        """Read the lines and cells of the rows as they stand, once, whatever is wrong with them.

        Yields
        ------
        tuple
            A row whose cells cannot be told apart has none.
        """
        for record in self._source.records(self.header):
            if isinstance(record, Record):
                yield (
                    record.line,
                    [plain_cell(cell) if isinstance(cell, str) else "" for cell in record.cells],
                )
            elif record.severity is Severity.ERROR:
                yield record.line, []

    def _row(self, record: Record) -> Iterator[Row | Problem]:
        problems = [*self._check_count(record), *self._check_cells(record)]
        yield from problems
        if all(problem.severity is Severity.WARNING for problem in problems):
            cells = [plain_cell(cell) for cell in record.cells if isinstance(cell, str)]
            cells += [""] * (len(self.header) - len(cells))
            yield Row(record.line, dict(zip(self.header, cells, strict=False)))

    def _check_count(self, record: Record) -> Iterator[Problem]:
        columns = len(self.header)
        surplus = any(cell != "" for cell in record.cells[columns:])
        if surplus:
            code = "too_many_cells"
            message = _(
                "The row has %(cells)d cells, the table %(columns)d columns.",
                cells=len(record.cells),
                columns=columns,
            )
        elif len(record.cells) < columns and not self._source.pads:
            code = "too_few_cells"
            message = _(
                "The row has only %(cells)d cells, the table %(columns)d columns.",
                cells=len(record.cells),
                columns=columns,
            )
        else:
            return
        if record.last_line > record.line:
            message += " " + _(
                "It runs to line %(line)d; perhaps a quotation mark is not closed.", line=record.last_line
            )
        yield Problem(record.line, "", code, message)

    def _check_cells(self, record: Record) -> Iterator[Problem]:
        for name, cell in zip(self.header, record.cells, strict=False):
            if isinstance(cell, Flaw):
                yield Problem(record.line, name, cell.code, cell.message)
            elif len(cell) > self._limits.cell_length:
                message = _("The cell is longer than %(count)d characters.", count=self._limits.cell_length)
                yield Problem(record.line, name, "cell_too_long", message)
            elif _SUSPECT.search(cell):
                yield _suspect_cell(record.line, name, cell)

    def close(self) -> None:
        """Close the file."""
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_table(path: Path, limits: Limits | None = None, *, encoding: str = "", sheet: str = "") -> Table:
    """Open a CSV or XLSX file; its content says which it is, whatever its name.

    Parameters
    ----------
    path
        The file.
    limits
        How much is read; the defaults of ``Limits`` when ``None``.
    encoding
        Encoding of a text file, a Python codec; found out when ``""``.
    sheet
        Sheet of a workbook; the first visible one when ``""``.

    Returns
    -------
    Table
        With its header read; to be closed.

    Raises
    ------
    UnreadableTable
        When it cannot be read, with the reason.
    """
    limits = limits or Limits()
    with ExitStack() as stack:
        try:
            size = _size(path)
            file = stack.enter_context(path.open("rb"))
            head = file.read(_HEAD_BYTES)
        except OSError as error:
            message = _("The file %(path)s cannot be opened: %(why)s", path=path, why=error.strerror or error)
            raise UnreadableTable(message, "cannot_open") from error
        if size > limits.file_bytes:
            message = _(
                "The file is larger than %(count)d MB. Split it.", count=limits.file_bytes // 1_000_000
            )
            raise UnreadableTable(message, "file_too_large")
        source = _source(file, size, head, limits, encoding, sheet)
        stack.callback(source.close)
        table = Table(source, limits)
        stack.pop_all()
        return table


def _size(path: Path) -> int:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableTable(_("%(path)s is not a file.", path=path), "cannot_open")
    return status.st_size


def _source(file: BinaryIO, size: int, head: bytes, limits: Limits, encoding: str, sheet: str) -> _Source:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Workbook(file, limits, sheet)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        message = _(
            "This is an old .xls workbook, or one with a password. Save it as .xlsx without a password."
        )
        raise UnreadableTable(message, "old_workbook")
    if head.startswith((b"%PDF", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf")) or _is_markup(head):
        message = _("This is neither a CSV file nor an XLSX workbook. Save the table as one of them.")
        raise UnreadableTable(message, "not_a_table")
    return Delimited(file, size, limits, encoding)


def _is_markup(head: bytes) -> bool:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return start.startswith((b"<?xml", b"<!doctype", b"<html"))


def _check_header(cells: Sequence[str | Flaw], limits: Limits) -> tuple[str, ...]:
    names = [cell.strip() if isinstance(cell, str) else "" for cell in cells]
    while names and not names[-1] and isinstance(cells[len(names) - 1], str):
        names.pop()
    if any(_SUSPECT.search(name) for name in names):
        message = _(
            "The first row holds characters that no column's name has; perhaps this is not a table of text."
        )
        raise UnreadableTable(message, "broken_header")
    if len(names) > limits.cells:
        message = _("The table has more than %(count)d columns.", count=limits.cells)
        raise UnreadableTable(message, "too_many_columns")
    empty = [str(number) for number, name in enumerate(names, start=1) if not name]
    if empty:
        message = _(
            "The first row must name every column; there is no name in column %(numbers)s.",
            numbers=", ".join(empty),
        )
        raise UnreadableTable(message, "empty_column_name")
    folded = [name.casefold() for name in names]
    double = dict.fromkeys(name for name, key in zip(names, folded, strict=True) if folded.count(key) > 1)
    if double:
        message = _(
            "Several columns have the same name: %(names)s. Name each differently.", names=", ".join(double)
        )
        raise UnreadableTable(message, "double_column_name")
    return tuple(names)


def _is_blank(record: Record) -> bool:
    return all(isinstance(cell, str) and not cell.strip() for cell in record.cells)


def _too_many_rows(line: int, limits: Limits) -> Problem:
    message = _(
        "Only the first %(count)d rows were read; this row and all after it were not. Split the file.",
        count=limits.rows,
    )
    return Problem(line, "", "too_many_rows", message)


def _suspect_cell(line: int, name: str, cell: str) -> Problem:
    if control := _CONTROL.search(cell):
        message = _(
            "The cell holds the control character U+%(code)s. Remove it.", code=f"{ord(control.group()):04X}"
        )
        return Problem(line, name, "control_character", message)
    if _LOST.search(cell):
        message = _("The cell holds bytes that are no characters in the file's encoding. Type it again.")
        return Problem(line, name, "undecodable", message)
    message = _("The cell holds the sign “\ufffd”: another program lost a character here.")
    return Problem(line, name, "lost_character", message, Severity.WARNING)
