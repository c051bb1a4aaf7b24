"""A text file as a source of records."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO, TextIO

from flask_babel import gettext as _

from marketplace.imports.encoding import UNDECODABLE, detect
from marketplace.imports.lines import Line, Lines
from marketplace.imports.problems import WHOLE_FILE, Limits, Problem, Severity, UnreadableTable
from marketplace.imports.records import Record, Records

DELIMITERS = (",", ";", "\t")
_SAMPLE_LINES = 200
_SAMPLE_CHARACTERS = 1_000_000
_MOSTLY = 0.5
# A first line by which spreadsheet programs tell each other the delimiter.
_HINT = re.compile(r'"?sep=([,;\t])"?', re.IGNORECASE)


class Delimited:
    """Records of a CSV file, whatever its encoding and delimiter.

    Parameters
    ----------
    file
        Binary file; closed with this.
    total_bytes
        Its size in bytes.
    limits
        How much is read.
    encoding
        The encoding; found out when ``""``.
    """

    format = "csv"
    sheet = ""
    pads = False

    def __init__(self, file: BinaryIO, total_bytes: int, limits: Limits, encoding: str) -> None:
        self._file = file
        self.total_bytes = total_bytes
        self.encoding = encoding or detect(file)
        self.notes = () if encoding else _notes(self.encoding)
        file.seek(0)
        self._text = _as_text(file, self.encoding)
        lines = Lines(self._text, limits.row_length)
        self.delimiter = _hinted(lines) or sniff(lines.peek(_SAMPLE_LINES, _SAMPLE_CHARACTERS), limits)
        self._records = Records(lines, self.delimiter, limits)
        self.header = self._read_header()

    def _read_header(self) -> Record:
        for record in self._records.read(()):
            if isinstance(record, Problem):
                raise UnreadableTable(
                    _(
                        "The first row should hold the columns' names and cannot be read: %(why)s",
                        why=record.message,
                    ),
                    "broken_header",
                )
            if any(isinstance(cell, str) and cell.strip() for cell in record.cells):
                return record
        raise UnreadableTable(_("The file is empty."), "empty_file")

    def records(self, names: Sequence[str]) -> Iterator[Record | Problem]:
        """Read what follows the header, whose columns have these names."""
        return self._records.read(names)

    @property
    def bytes_read(self) -> int:
        """How far reading has come, in bytes; somewhat ahead of the rows."""
        return min(self._file.tell(), self.total_bytes)

    def close(self) -> None:
        """Close the file."""
        self._text.close()


def _as_text(file: BinaryIO, encoding: str) -> TextIO:
    try:
        return io.TextIOWrapper(file, encoding=encoding, errors=UNDECODABLE, newline=None)
    except LookupError as error:
        message = _("There is no encoding “%(name)s”. Say, for example, utf-8 or cp1250.", name=encoding)
        raise UnreadableTable(message, "unknown_encoding") from error


def _notes(encoding: str) -> tuple[Problem, ...]:
    if encoding != "cp1252":
        return ()
    message = _(
        "The file is not UTF-8 and was read as Windows-1252. "
        "If names come out wrong, save it as UTF-8 and import it again."
    )
    return (Problem(WHOLE_FILE, "", "encoding_guessed", message, Severity.WARNING),)


def _hinted(lines: Lines) -> str:
    first = next(lines, None)
    if first is None:
        return ""
    hint = _HINT.fullmatch(first.text or "")
    if hint:
        return hint.group(1)
    lines.put_back([first])
    return ""


def sniff(sample: Sequence[Line], limits: Limits) -> str:
    """Choose the delimiter that cuts the rows into as many cells as the header.

    Parameters
    ----------
    sample
        The first lines.
    limits
        How much is read.

    Returns
    -------
    str
        One of ``DELIMITERS``; a table of one column may get any that is not in it.
    """
    return max(DELIMITERS, key=lambda delimiter: _fitness(sample, delimiter, limits))


def _fitness(sample: Sequence[Line], delimiter: str, limits: Limits) -> tuple[bool, float, int]:
    """Return whether it cuts the table, the share of rows that agree with the header, the columns."""
    lines = Lines(io.StringIO(), limits.row_length)
    lines.put_back(sample)
    patient = replace(limits, broken_rows=len(sample))
    items = itertools.islice(Records(lines, delimiter, patient).read(()), len(sample))
    rows = [_cells(item) for item in items]
    rows = [cells for cells in rows if cells != [""]]
    if not rows:
        return False, 0.0, 0
    header, counts = rows[0], [len(cells) for cells in rows[1:]]
    if not counts:
        return len(header) != 1, 1.0, len(header)
    cut = 1 - counts.count(1) / len(counts)
    # A delimiter stands close; with a space after it, it may be a comma in the name of one column.
    close = len(header) > 1 and not any(cell.startswith(" ") for cell in header)
    share = counts.count(len(header)) / len(counts)
    return close or (len(header) != 1 and cut >= _MOSTLY), share, len(header)


def _cells(item: Record | Problem) -> list[str]:
    """Return a row's cells; none for one that cannot be read, of which nobody knows how many it has."""
    return [str(cell) for cell in item.cells] if isinstance(item, Record) else []
