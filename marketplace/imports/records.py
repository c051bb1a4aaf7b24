"""From lines to records: cells, quotation marks, and what to do when one is never closed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from marketplace.imports.lines import Line, Lines
from marketplace.imports.problems import Flaw, Limits, Problem, Severity, UnreadableTable

QUOTE = '"'
# In a table of two columns any sentence with one comma looks like a row.
_COLUMNS_TO_JUDGE_BY = 3


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one row, from its first to its last physical line."""

    line: int
    last_line: int
    cells: list[str | Flaw]


class _StrayQuote(Exception):
    """Text follows the quotation mark that should have closed a cell."""


class _Cells:
    """Takes lines until a record is complete (RFC 4180, with spaces allowed after a closing quote)."""

    def __init__(self, delimiter: str) -> None:
        self.delimiter = delimiter
        self.done: list[str | Flaw] = []
        self.open: list[str] | None = None

    def feed(self, text: str) -> None:
        """Take one line; ``open`` says afterwards whether a quoted cell goes on in the next."""
        at = 0 if self.open is None else self._quoted(self.open, text, 0)
        while at >= 0:
            at = self._cell(text, at)

    def _cell(self, text: str, at: int) -> int:
        """Read the cell that begins here; return where the next one begins, or -1."""
        if text.startswith(QUOTE, at):
            self.open = []
            return self._quoted(self.open, text, at + 1)
        end = text.find(self.delimiter, at)
        self.done.append(text[at:] if end < 0 else text[at:end])
        return end + 1 if end >= 0 else -1

    def _quoted(self, parts: list[str], text: str, at: int) -> int:
        while True:
            quote = text.find(QUOTE, at)
            if quote < 0:
                parts += (text[at:], "\n")
                return -1
            if not text.startswith(QUOTE, quote + 1):
                break
            parts.append(text[at : quote + 1])
            at = quote + 2
        parts.append(text[at:quote])
        self.done.append("".join(parts))
        self.open = None
        after = quote + 1
        while text.startswith(" ", after):
            after += 1
        if after == len(text):
            return -1
        if not text.startswith(self.delimiter, after):
            raise _StrayQuote
        return after + 1


class Records:
    """The records of a delimited text.

    Parameters
    ----------
    lines
        Where they come from.
    delimiter
        One character.
    limits
        Of a row's length, and of how many broken rows are put up with.
    """

    def __init__(self, lines: Lines, delimiter: str, limits: Limits) -> None:
        self.delimiter = delimiter
        self._lines = lines
        self._limits = limits
        self._broken = 0
        self._taken: list[Line] = []

    def read(self, header: Sequence[str]) -> Iterator[Record | Problem]:
        """Go on reading.

        A row whose quotation mark is never closed would swallow those after it.  It is reported,
        and reading goes on in the line after its first.

        Parameters
        ----------
        header
            The columns' names; empty while the header itself is read.

        Yields
        ------
        Record or Problem
            In the file's order; a warning comes before the record it is about.

        Raises
        ------
        UnreadableTable
            When more rows than are put up with have broken quotation marks.
        """
        for line in self._lines:
            record = self._record(line, header)
            if isinstance(record, Record) and len(self._taken) > 1:
                yield from self._judged(record, header)
            else:
                yield record

    def _judged(self, record: Record, header: Sequence[str]) -> Iterator[Record | Problem]:
        """Look into a record of several lines for rows that it has swallowed."""
        columns = len(header)
        if columns < _COLUMNS_TO_JUDGE_BY:
            yield record
        elif len(record.cells) != columns and self._are_rows(self._taken[1:], columns, share=0.5):
            yield self._unclosed(self._taken[0], header, columns)
        elif len(record.cells) == columns and self._are_rows(self._taken[1:-1], columns, share=1):
            yield _rows_in_cell(record)
            yield record
        else:
            yield record

    def _record(self, first: Line, header: Sequence[str]) -> Record | Problem:
        self._taken = [first]
        if first.text is None:
            return _too_long(first)
        if QUOTE not in first.text:
            return Record(first.number, first.number, list(first.text.split(self.delimiter)))
        cells = _Cells(self.delimiter)
        length = 0
        line: Line | None = first
        while line is not None and line.text is not None and not self._is_too_much(length, cells):
            length += len(line.text) + 1
            try:
                cells.feed(line.text)
            except _StrayQuote:
                column = len(cells.done) - 1
                if line is first:
                    return _stray(line, _name(header, column))
                return self._unclosed(first, header, column)
            if cells.open is None:
                return Record(first.number, line.number, cells.done)
            line = next(self._lines, None)
            if line is not None:
                self._taken.append(line)
        return self._unclosed(first, header, len(cells.done))

    def _is_too_much(self, length: int, cells: _Cells) -> bool:
        """Whether no row goes on like this; it also bounds how often a line can be read again."""
        return length > self._limits.row_length or len(cells.done) > self._limits.cells

    def _are_rows(self, lines: Sequence[Line], columns: int, *, share: float) -> bool:
        """Whether so many of the lines, and one at least, would be whole rows by themselves."""
        rows = sum(self._is_row(line.text, columns) for line in lines)
        return rows >= max(1, share * len(lines))

    def _is_row(self, text: str | None, columns: int) -> bool:
        cells = _Cells(self.delimiter)
        try:
            cells.feed(text or "")
        except _StrayQuote:
            return False
        return cells.open is None and len(cells.done) == columns

    def _unclosed(self, first: Line, header: Sequence[str], column: int) -> Problem:
        self._broken += 1
        if self._broken > self._limits.broken_rows:
            raise UnreadableTable(
                _(
                    "More than %(count)d rows have broken quotation marks, the last one in line %(line)d. "
                    "Save the table again as CSV with a spreadsheet program.",
                    count=self._limits.broken_rows,
                    line=first.number,
                ),
                "too_many_broken_rows",
            )
        self._lines.put_back(self._taken[1:])
        return Problem(
            first.number,
            _name(header, column),
            "unclosed_quote",
            _(
                "A quotation mark opens a cell in this line and is not closed where the cell ends. "
                "Close it; inside a quoted cell, write each quotation mark twice. "
                "Reading went on in the next line."
            ),
        )


def _name(header: Sequence[str], column: int) -> str:
    return header[column] if column < len(header) else ""


def _stray(line: Line, name: str) -> Problem:
    message = _(
        "Text follows a closing quotation mark. Inside a quoted cell, write each quotation mark twice."
    )
    return Problem(line.number, name, "stray_quote", message)


def _too_long(line: Line) -> Problem:
    return Problem(line.number, "", "row_too_long", _("The line is too long for a row of a table."))


def _rows_in_cell(record: Record) -> Problem:
    return Problem(
        record.line,
        "",
        "rows_in_cell",
        _(
            "A quoted cell runs from line %(first)d to line %(last)d and holds what look like whole rows. "
            "Check that its quotation mark is closed in the right place.",
            first=record.line,
            last=record.last_line,
        ),
        Severity.WARNING,
    )
