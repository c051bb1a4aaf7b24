"""A sheet of an XLSX workbook as a source of records."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import BinaryIO

from flask_babel import gettext as _
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from marketplace.imports.archive import Archive, broken_workbook
from marketplace.imports.cells import local_name, read_styles
from marketplace.imports.problems import WHOLE_FILE, Limits, Problem, Severity, UnreadableTable
from marketplace.imports.records import Record
from marketplace.imports.sheet import SharedStrings, SheetRows, Strings, parse


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    part: str
    hidden: bool


class Workbook:
    """Records of one sheet; formulas give the result that was stored with them.

    Parameters
    ----------
    file
        Binary file; closed with this.
    limits
        How much is read.
    sheet
        The sheet's name; the first visible one when ``""``.
    """

    format = "xlsx"
    encoding = ""
    delimiter = ""
    pads = True

    def __init__(self, file: BinaryIO, limits: Limits, sheet: str) -> None:
        self._file = file
        self._archive = Archive(file, limits)
        self._limits = limits
        self._book = self._find_book()
        self._parts = self._relations(self._book)
        self._root = self._archive.xml(self._book)
        chosen = self._choose(sheet)
        self.sheet = chosen.name
        self.total_bytes = self._archive.size(chosen.part)
        self.bytes_read = 0
        with ExitStack() as stack:
            self._strings = Strings()
            stack.callback(self._strings.close)
            self._read_strings()
            self._rows = self._stream(chosen)
            self.header = self._read_header()
            self._open = stack.pop_all()

    def _find_book(self) -> str:
        for kind, target in self._relations("").values():
            if kind == "officeDocument" and target in self._archive and "workbook.bin" not in target:
                return target
        raise UnreadableTable(
            _("The file is not an XLSX workbook. Save the table as .xlsx or CSV."),
            "not_a_workbook",
        )

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Return what a part refers to inside the archive: id → kind and part; links to outside stay out."""
        folder, name = posixpath.split(part)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        found = {}
        for element in self._archive.xml(relations) if relations in self._archive else ():
            if element.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, element.get("Target", "")))
                kind = element.get("Type", "").rpartition("/")[2]
                found[element.get("Id", "")] = (kind, target.lstrip("/"))
        return found

    def _part(self, kind: str) -> str:
        parts = (part for its_kind, part in self._parts.values() if its_kind == kind)
        return next((part for part in parts if part in self._archive), "")

    def _choose(self, wanted: str) -> _Sheet:
        found = (self._sheet(dict(element.attrib), element.tag) for element in self._root.iter())
        sheets = [sheet for sheet in found if sheet]
        visible = [sheet for sheet in sheets if not sheet.hidden]
        named = [sheet for sheet in sheets if sheet.name == wanted] if wanted else visible
        if not named:
            message = _("The workbook has no sheet of that name; it has: %(names)s.", names=_names(sheets))
            raise UnreadableTable(message, "no_such_sheet") if wanted else broken_workbook()
        self.notes = () if wanted else _notes(named[0], visible[1:])
        return named[0]

    def _sheet(self, attributes: dict[str, str], tag: str) -> _Sheet | None:
        if local_name(tag) != "sheet":
            return None
        # The relation's id is the only attribute with a namespace; a plain `sheetId` means nothing.
        relation = next((value for key, value in attributes.items() if key.endswith("}id")), "")
        kind, part = self._parts.get(relation, ("", ""))
        if kind != "worksheet" or part not in self._archive:
            return None
        return _Sheet(attributes.get("name", ""), part, attributes.get("state", "visible") != "visible")

    def _read_strings(self) -> None:
        part = self._part("sharedStrings")
        if part:
            for _step in parse(self._archive.chunks(part), SharedStrings(self._strings, self._limits)):
                pass
        self._strings.ready()

    def _stream(self, sheet: _Sheet) -> Iterator[Record | Problem]:
        styles = self._part("styles")
        properties = next((e for e in self._root.iter() if local_name(e.tag) == "workbookPr"), None)
        since_1904 = properties is not None and properties.get("date1904") in {"1", "true"}
        handler = SheetRows(
            self._strings,
            read_styles(self._archive.xml(styles)) if styles else [],
            MAC_EPOCH if since_1904 else WINDOWS_EPOCH,
            self._limits,
        )
        for _step in parse(self._counted(sheet), handler):
            yield from handler.drain()

    def _counted(self, sheet: _Sheet) -> Iterator[bytes]:
        for chunk in self._archive.chunks(sheet.part):
            self.bytes_read += len(chunk)
            yield chunk

    def _read_header(self) -> Record:
        first = next(self._rows, None)
        if first is None:
            raise UnreadableTable(_("The sheet “%(name)s” is empty.", name=self.sheet), "empty_file")
        if isinstance(first, Problem):
            raise UnreadableTable(first.message, "broken_header")
        return first

    def records(self, names: Sequence[str]) -> Iterator[Record | Problem]:
        """Read the rows below the header."""
        return self._rows

    def close(self) -> None:
        """Close the file and give the disk back."""
        self._open.close()
        self._file.close()


def _names(sheets: Sequence[_Sheet]) -> str:
    return ", ".join(sheet.name for sheet in sheets)


def _notes(chosen: _Sheet, others: Sequence[_Sheet]) -> tuple[Problem, ...]:
    if not others:
        return ()
    message = _(
        "Only the sheet “%(name)s” was read. Not read: %(others)s.",
        name=chosen.name,
        others=_names(others),
    )
    return (Problem(WHOLE_FILE, "", "other_sheets", message, Severity.WARNING),)
