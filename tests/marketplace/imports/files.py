"""Files as people bring them, made for a test."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook

from marketplace.imports.problems import Limits, Problem
from marketplace.imports.reader import Row, open_table

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def csv_text(rows: Sequence[Sequence[str]], delimiter: str = ",", line_end: str = "\r\n") -> str:
    """Write rows as the standard library does."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    return text.getvalue()


def put(path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    """Write a file, line ends as they are."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def workbook(path: Path, rows: Sequence[Sequence[object]], title: str = "Sheet") -> Path:
    """Write a workbook of one sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path


def raw_workbook(path: Path, sheet_rows: str, parts: Mapping[str, str] | None = None) -> Path:
    """Write a workbook part by part, as other programs might."""
    content = {
        "_rels/.rels": relations({"r1": (f"{RELATIONS}/officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
            '<sheets><sheet name="One" sheetId="1" r:id="r1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": relations(
            {
                "r1": (f"{RELATIONS}/worksheet", "worksheets/sheet1.xml"),
                "r2": (f"{RELATIONS}/sharedStrings", "sharedStrings.xml"),
                "r3": (f"{RELATIONS}/styles", "styles.xml"),
                "r4": (f"{RELATIONS}/externalLink", "externalLinks/externalLink1.xml"),
            }
        ),
        "xl/worksheets/sheet1.xml": (
            f'<worksheet xmlns="{MAIN}"><sheetData>{sheet_rows}</sheetData></worksheet>'
        ),
        **(parts or {}),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    return path


def relations(targets: Mapping[str, tuple[str, str]]) -> str:
    """Write what a part of a workbook refers to: id → kind and target."""
    inside = "".join(
        f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>'
        for name, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}">{inside}</Relationships>'


def row_xml(number: int, *texts: str) -> str:
    """Write a row of inline texts; they must need no escaping."""
    cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
    return f'<row r="{number}">{cells}</row>'


def read(
    path: Path, limits: Limits | None = None, *, encoding: str = "", sheet: str = ""
) -> list[Row | Problem]:
    """Read a whole table."""
    with open_table(path, limits, encoding=encoding, sheet=sheet) as table:
        return list(table.rows())


def cells(path: Path, limits: Limits | None = None) -> list[list[str]]:
    """Read a table in which nothing is wrong, as lists of cells."""
    found = read(path, limits)
    assert all(isinstance(item, Row) for item in found), found
    return [list(item.values.values()) for item in found if isinstance(item, Row)]


def told(path: Path, limits: Limits | None = None) -> list[tuple[int, str, str]]:
    """Read a table and return line, field and code of each problem, rows as ``(line, "", "row")``."""
    return [
        (item.line, "", "row") if isinstance(item, Row) else (item.line, item.field, item.code)
        for item in read(path, limits)
    ]
