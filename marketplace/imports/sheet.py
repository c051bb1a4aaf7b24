"""The rows of a workbook's sheet and its shared strings, read as a stream of XML events.

Neither builds a tree: a row is forgotten once it is handed on, a text is cut off once it is longer
than a cell may be, and the shared strings lie in a temporary file.
"""

from __future__ import annotations

import mmap
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from datetime import datetime
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser
from flask_babel import gettext as _
from openpyxl.utils.cell import column_index_from_string

from marketplace.imports.archive import broken_workbook, forbidden_xml
from marketplace.imports.cells import PLAIN, Style, number_text, plain_text
from marketplace.imports.problems import Flaw, Limits, Problem
from marketplace.imports.records import Record

_COLUMN_LETTERS = 3
# More digits than any row, style or string has; int() itself refuses texts of thousands.
_DIGITS = 9


class Strings:
    """The shared strings of a workbook, kept on disk so that memory does not grow with them."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - close() closes it
        self._ends = array("Q", [0])
        self._map: mmap.mmap | None = None

    def add(self, text: str) -> None:
        """Keep one more string; lone surrogates too, which the rows' check reports."""
        self._ends.append(self._ends[-1] + self._file.write(text.encode("utf-8", "surrogatepass")))

    def ready(self) -> None:
        """Go over from writing to reading."""
        self._file.flush()
        if self._ends[-1]:
            self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, number: int) -> str:
        start, end = self._ends[number], self._ends[number + 1]
        return self._map[start:end].decode("utf-8", "surrogatepass") if self._map and end > start else ""

    def close(self) -> None:
        """Give the disk back."""
        if self._map:
            self._map.close()
        self._file.close()


class _Texts(ContentHandler):
    """Collects the text of certain elements, up to one character more than a cell may have."""

    def __init__(self, longest: int, elements: frozenset[str]) -> None:
        super().__init__()
        self._longest = longest
        self._elements = elements
        self._parts: list[str] = []
        self._length = 0
        self._inside = False
        self._reading_aid = False

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - SAX's name
        """Note what begins."""
        local = name.rpartition(":")[2]
        if local == "rPh":
            self._reading_aid = True
        self._inside = local in self._elements and not self._reading_aid
        self.begin(local, attrs)

    def endElement(self, name: str) -> None:  # noqa: N802 - SAX's name
        """Note what ends."""
        local = name.rpartition(":")[2]
        self._inside = False
        if local == "rPh":
            self._reading_aid = False
        self.end(local)

    def characters(self, content: str) -> None:
        """Collect text."""
        if self._inside and self._length <= self._longest:
            self._parts.append(content)
            self._length += len(content)

    def take(self) -> str:
        """Return what was collected, and begin anew."""
        text = "".join(self._parts)
        self._parts, self._length = [], 0
        return text

    def begin(self, name: str, attrs: AttributesImpl) -> None:
        """Meet an element's begin; its name has no prefix any more."""

    def end(self, name: str) -> None:
        """Meet an element's end."""


class SharedStrings(_Texts):
    """Puts a workbook's shared strings into a store."""

    def __init__(self, store: Strings, limits: Limits) -> None:
        super().__init__(limits.cell_length, frozenset({"t"}))
        self._store = store

    def end(self, name: str) -> None:
        """Keep a string once it is whole."""
        if name == "si":
            self._store.add(plain_text(self.take()))


class SheetRows(_Texts):
    """Turns the cells of a sheet into records; rows without any content are passed over."""

    def __init__(self, strings: Strings, styles: list[Style], epoch: datetime, limits: Limits) -> None:
        super().__init__(limits.cell_length, frozenset({"t", "v"}))
        self._strings = strings
        self._styles = styles
        self._epoch = epoch
        self._columns = limits.cells
        self._row = 0
        self._column = 0
        self._cells: dict[int, str | Flaw] = {}
        self._type = ""
        self._style = PLAIN
        self._formula = False
        self._too_wide = False
        self._ready: list[Record | Problem] = []

    def drain(self) -> list[Record | Problem]:
        """Return the rows that are whole, once."""
        ready, self._ready = self._ready, []
        return ready

    def begin(self, name: str, attrs: AttributesImpl) -> None:
        """Begin a row, a cell or its formula."""
        if name == "row":
            number = attrs.get("r", "")
            self._row = int(number) if _is_number(number) else self._row + 1
            self._column, self._cells, self._too_wide = 0, {}, False
        elif name == "c":
            self._column = _column(attrs.get("r", "")) or self._column + 1
            self._type = attrs.get("t", "n")
            style = attrs.get("s", "")
            known = _is_number(style) and int(style) < len(self._styles)
            self._style = self._styles[int(style)] if known else PLAIN
            self._formula = False
            self.take()
        elif name == "f":
            self._formula = True

    def end(self, name: str) -> None:
        """Finish a cell or a row."""
        if name == "c":
            self._finish_cell()
        elif name == "row":
            self._finish_row()

    def _finish_cell(self) -> None:
        value = self._value(self.take())
        if value == "":
            return
        if self._column > self._columns:
            self._too_wide = True
        elif self._column in self._cells:
            message = _("The workbook holds this cell twice. Save it again with a spreadsheet program.")
            self._cells[self._column] = Flaw("double_cell", message)
        else:
            self._cells[self._column] = value

    def _finish_row(self) -> None:
        if self._too_wide:
            message = _("The row has more than %(count)d cells.", count=self._columns)
            self._ready.append(Problem(self._row, "", "too_many_cells", message))
        elif self._cells:
            cells = [self._cells.get(column, "") for column in range(1, max(self._cells) + 1)]
            self._ready.append(Record(self._row, self._row, cells))

    def _value(self, raw: str) -> str | Flaw:
        if raw == "":
            return _no_value() if self._formula and self._type != "str" else ""
        if self._type == "s":
            known = _is_number(raw) and int(raw) < len(self._strings)
            return self._strings[int(raw)] if known else _no_text()
        if self._type in {"str", "inlineStr"}:
            return plain_text(raw)
        if self._type == "e":
            return Flaw(
                "formula_error", _("The cell holds the error %(name)s. Mend its formula.", name=raw[:20])
            )
        if self._type == "b":
            return "TRUE" if raw.strip() == "1" else "FALSE"
        return raw.strip() if self._type == "d" else number_text(raw.strip(), self._style, self._epoch)


def parse(chunks: Iterable[bytes], handler: ContentHandler) -> Iterator[None]:
    """Feed XML to a handler, pausing after each piece so that what is ready can be taken.

    Raises
    ------
    UnreadableTable
        When the XML is damaged, or defines entities.
    """
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setContentHandler(handler)
    try:
        for chunk in chunks:
            parser.feed(chunk)
            yield
        parser.close()
    except DefusedXmlException as error:
        raise forbidden_xml() from error
    except (SAXException, LookupError) as error:
        raise broken_workbook() from error
    yield


def _no_text() -> Flaw:
    return Flaw("broken_cell", _("The text of this cell is missing from the workbook. Type it again."))


def _no_value() -> Flaw:
    return Flaw(
        "formula_without_value",
        _("The cell holds a formula and no result. Open the file in a spreadsheet program and save it."),
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _DIGITS


def _column(reference: str) -> int:
    """Return the number of the column in a reference such as ``AB12``; 0 when there is none."""
    letters = reference.rstrip("0123456789")
    valid = letters.isascii() and letters.isalpha() and len(letters) <= _COLUMN_LETTERS
    return column_index_from_string(letters) if valid else 0
