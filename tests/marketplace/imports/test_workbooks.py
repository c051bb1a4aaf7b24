from __future__ import annotations

import struct
import tempfile
import tracemalloc
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from marketplace.imports.export import plain_cell
from marketplace.imports.problems import Limits, Problem, UnreadableTable
from marketplace.imports.reader import Row, open_table
from tests.marketplace.imports.files import (
    MAIN,
    RELATIONS,
    cells,
    csv_text,
    put,
    raw_workbook,
    read,
    relations,
    row_xml,
    told,
    workbook,
)

HEADER = row_xml(1, "id", "name")


def shared(inside: str) -> dict[str, str]:
    return {"xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{inside}</sst>'}


def test_a_workbook_gives_its_rows_as_text(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "t.xlsx",
        [
            ["id", "name", "wins", "value", "on", "at", "took", "made", "yes"],
            [
                6760107416,
                "Żółw 株式会社",
                3.0,
                0.1,
                date(2026, 11, 22),
                datetime.fromisoformat("2026-11-22T08:30"),
                None,
                time(7, 5),
                True,
            ],
            [],
            [1e15, "two\nlines", -5, 43500000.25, None, None, timedelta(hours=30, minutes=5), None, False],
        ],
    )
    with open_table(path) as table:
        assert (table.format, table.sheet, table.encoding, table.delimiter) == ("xlsx", "Sheet", "", "")
        rows = list(table.rows())
        assert table.bytes_read == table.total_bytes > 0
    assert [item.line for item in rows] == [2, 4]
    assert cells(path) == [
        [
            "6760107416",
            "Żółw 株式会社",
            "3",
            "0.1",
            "2026-11-22",
            "2026-11-22T08:30:00",
            "",
            "07:05:00",
            "TRUE",
        ],
        ["1000000000000000", "two\nlines", "-5", "43500000.25", "", "", "30:05:00", "", "FALSE"],
    ]


def test_the_content_says_what_a_file_is_not_its_name(tmp_path: Path) -> None:
    rows = [["id", "name"], ["1", "Łódź"]]
    assert cells(workbook(tmp_path / "t.csv", rows)) == rows[1:]
    assert cells(put(tmp_path / "t.xlsx", csv_text(rows))) == rows[1:]


def test_identifiers_keep_the_zeros_that_their_format_shows(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["postcode", "price"])
    sheet.append([1067, 1067])
    sheet["A2"].number_format = "00000"
    sheet["B2"].number_format = "#,##0.00"
    book.save(tmp_path / "t.xlsx")
    assert cells(tmp_path / "t.xlsx") == [["01067", "1067"]]


def test_dates_count_from_1904_where_the_workbook_says_so(tmp_path: Path) -> None:
    formats = '<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="57"/>'
    style = f'<styleSheet xmlns="{MAIN}"><cellXfs>{formats}</cellXfs></styleSheet>'
    book = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><workbookPr date1904="1"/>'
        '<sheets><sheet name="One" sheetId="1" r:id="r1"/></sheets></workbook>'
    )
    dates = (
        HEADER
        + '<row r="2"><c s="1"><v>0.5</v></c><c s="2"><v>44886</v></c></row>'
        + '<row r="3"><c s="1"><v>9e9</v></c></row>'
    )
    path = raw_workbook(tmp_path / "t.xlsx", dates, {"xl/styles.xml": style, "xl/workbook.xml": book})
    assert read(path)[0] == Row(2, {"id": "12:00:00", "name": "2026-11-22"})
    assert told(path)[1:] == [(3, "id", "bad_date")]


def test_formulas_give_their_stored_result_or_a_problem(tmp_path: Path) -> None:
    path = raw_workbook(
        tmp_path / "t.xlsx",
        HEADER
        + '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="str"><f>"a"&amp;"b"</f><v>ab</v></c></row>'
        + '<row r="3"><c r="A3"><v>3</v></c><c r="B3"><f>[1]Sheet1!A1</f><v/></c></row>'
        + '<row r="4"><c r="A4"><v>4</v></c><c r="B4" t="str"><f>""</f><v></v></c></row>'
        + '<row r="5"><c r="A5"><v>5</v></c><c r="B5" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>',
        {"xl/externalLinks/externalLink1.xml": "never <opened"},
    )
    assert read(path)[0] == Row(2, {"id": "2", "name": "ab"})
    assert told(path)[1:] == [
        (3, "name", "formula_without_value"),
        (4, "", "row"),
        (5, "name", "formula_error"),
    ]


def test_a_formula_written_as_text_is_text(tmp_path: Path) -> None:
    path = raw_workbook(tmp_path / "t.xlsx", HEADER + row_xml(2, "=1+1", "@x"))
    assert cells(path) == [["=1+1", "@x"]]


def test_what_a_program_writes_but_the_library_does_not(tmp_path: Path) -> None:
    strings = shared(
        "<si><r><t>rich </t></r><r><t>text</t></r><rPh><t>ruby</t></rPh></si>"
        "<si><t>a_x000D_&#10;b_x005F_x0041_</t></si><si><t>bell_x0007_</t></si>"
    )
    path = raw_workbook(
        tmp_path / "t.xlsx",
        HEADER
        + '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c></row>'
        + '<row r="7"><c r="B7" t="s"><v>2</v></c></row>'
        + '<row r="8"><c r="B8" t="s"><v>9</v></c></row>'
        + '<row r="9"><c r="A9" t="d"><v>2026-11-22</v></c><c r="B9"><v>12a</v></c></row>'
        + '<row r="10"><c r="A10"><v>1</v></c><c r="A10"><v>2</v></c></row>'
        + '<row r="11"><c r="A11"><v>1</v></c><c r="D11"><v>2</v></c></row>'
        + '<row r="12"><c r="A12"><v>1</v></c><c r="ZZ12"><v>2</v></c></row>',
        strings,
    )
    assert read(path)[0] == Row(2, {"id": "rich text", "name": "a\nb_x0041_"})
    assert told(path)[1:] == [
        (7, "name", "control_character"),
        (8, "name", "broken_cell"),
        (9, "name", "bad_number"),
        (10, "id", "double_cell"),
        (11, "", "too_many_cells"),
        (12, "", "too_many_cells"),
    ]


def test_a_workbook_with_prefixed_names_is_read(tmp_path: Path) -> None:
    rows = (HEADER + row_xml(2, "1", "x")).replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:")
    part = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    assert cells(raw_workbook(tmp_path / "t.xlsx", "", {"xl/worksheets/sheet1.xml": part})) == [["1", "x"]]


def test_the_first_visible_sheet_is_read_and_the_others_named(tmp_path: Path) -> None:
    book = Workbook()
    hidden = book.worksheets[0]
    hidden.sheet_state = "hidden"
    for title in ("Firms", "Notes"):
        sheet = book.create_sheet(title)
        sheet.append(["id", "name"])
        sheet.append([1, title])
    book.save(tmp_path / "t.xlsx")
    found = read(tmp_path / "t.xlsx")
    assert isinstance(found[0], Problem)
    assert (found[0].line, found[0].code, found[0].severity) == (0, "other_sheets", "warning")
    assert "Notes" in found[0].message
    assert found[1:] == [Row(2, {"id": "1", "name": "Firms"})]
    assert read(tmp_path / "t.xlsx", sheet="Notes") == [Row(2, {"id": "1", "name": "Notes"})]
    with pytest.raises(UnreadableTable, match="Firms, Notes"):
        read(tmp_path / "t.xlsx", sheet="Other")


def refusal(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(UnreadableTable) as caught:
        read(path, limits)
    return caught.value.code


def test_bombs_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    tracemalloc.start()
    bomb = {"xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>{"a" * 30_000_000}</t></si></sst>'}
    raw_workbook(path, HEADER, bomb)
    tracemalloc.reset_peak()
    assert path.stat().st_size < 100_000
    assert refusal(path) == "workbook_too_large"
    assert tracemalloc.get_traced_memory()[1] - tracemalloc.get_traced_memory()[0] < 2_000_000
    tracemalloc.stop()
    raw_workbook(path, HEADER + row_xml(2, "1", "x"))
    assert refusal(path, Limits(archive_bytes=500)) == "workbook_too_large"
    assert refusal(path, Limits(archive_entries=3)) == "workbook_too_large"
    assert refusal(path, Limits(part_bytes=100)) == "workbook_too_large"
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(20_000):
            archive.writestr(f"{'n' * 100}{number}", "")
    assert refusal(path) == "workbook_too_large"


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"])
def test_entities_are_refused(tmp_path: Path, part: str) -> None:
    laughs = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
    assert refusal(raw_workbook(tmp_path / "t.xlsx", HEADER, {part: laughs})) == "xml_entities"


def test_a_huge_cell_and_a_huge_row_are_cut_off(tmp_path: Path) -> None:
    long = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(40_000))
    path = raw_workbook(tmp_path / "t.xlsx", HEADER + row_xml(2, "1", long) + row_xml(3, "2", "x"))
    assert told(path) == [(2, "name", "cell_too_long"), (3, "", "row")]
    workbook(path, [["a", "b"], [*range(300)], [1, 2]])
    assert told(path) == [(2, "", "too_many_cells"), (3, "", "row")]


def test_damaged_workbooks_say_so(tmp_path: Path) -> None:
    whole = workbook(
        tmp_path / "t.xlsx", [["id", "name"], *([n, f"name {n}"] for n in range(500))]
    ).read_bytes()
    for length in (4, 30, len(whole) // 2, len(whole) - 10):
        assert refusal(put(tmp_path / "cut.xlsx", whole[:length])) == "broken_workbook"
    assert refusal(raw_workbook(tmp_path / "x.xlsx", HEADER + "<row><c></row>")) == "broken_workbook"
    assert (
        refusal(raw_workbook(tmp_path / "x.xlsx", "", {"xl/workbook.xml": "<workbook"})) == "broken_workbook"
    )
    assert refusal(raw_workbook(tmp_path / "x.xlsx", "")) == "empty_file"
    assert refusal(raw_workbook(tmp_path / "x.xlsx", HEADER)) == "no_rows"
    other = relations({"r1": (f"{RELATIONS}/officeDocument", "xl/workbook.bin")})
    assert refusal(raw_workbook(tmp_path / "x.xlsx", "", {"_rels/.rels": other})) == "not_a_workbook"
    with zipfile.ZipFile(tmp_path / "z.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert refusal(tmp_path / "z.xlsx") == "not_a_workbook"
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("readme.txt", "hello")
    assert refusal(tmp_path / "b.xlsx") == "broken_workbook"


def test_a_workbook_with_a_password_inside_the_archive_says_so(tmp_path: Path) -> None:
    content = bytearray(raw_workbook(tmp_path / "t.xlsx", HEADER).read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + flags] |= 1
    assert refusal(put(tmp_path / "t.xlsx", bytes(content))) == "encrypted"


def test_the_directory_of_a_large_archive_is_not_read(tmp_path: Path) -> None:
    large = struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, 10**9, 0)
    where = struct.pack("<4sLQL", b"PK\x06\x07", 0, 4, 1)
    end = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 2**16 - 1, 2**16 - 1, 2**32 - 1, 2**32 - 1, 0)
    assert refusal(put(tmp_path / "t.xlsx", b"PK\x03\x04" + large + where + end)) == "workbook_too_large"


def test_a_header_that_is_too_wide_says_so(tmp_path: Path) -> None:
    assert refusal(workbook(tmp_path / "t.xlsx", [["x"] * 201, [1]])) == "broken_header"


def test_sheets_that_hold_no_cells_are_passed_over(tmp_path: Path) -> None:
    book = Workbook()
    book.create_chartsheet("Chart", 0)
    book.worksheets[0].append(["id"])
    book.worksheets[0].append([1])
    book.save(tmp_path / "t.xlsx")
    assert cells(tmp_path / "t.xlsx") == [["1"]]


def test_rows_before_the_damage_are_given_first(tmp_path: Path) -> None:
    rows = "".join(row_xml(number, str(number), "x" * 200) for number in range(2, 2_000))
    path = raw_workbook(tmp_path / "t.xlsx", HEADER + rows + "<row")
    seen: list[Row | Problem] = []
    with open_table(path) as table, pytest.raises(UnreadableTable):
        seen.extend(table.rows())
    assert len(seen) > 1_000


def test_any_single_damaged_byte_is_survived(tmp_path: Path) -> None:
    whole = bytearray(workbook(tmp_path / "t.xlsx", [["id", "name"], [1, "x"], [2, "y"]]).read_bytes())
    for place in range(0, len(whole), 7):
        whole[place] ^= 0xFF
        try:
            found = read(put(tmp_path / "d.xlsx", bytes(whole)))
        except UnreadableTable:
            found = []
        assert all(isinstance(item, Row | Problem) for item in found)
        whole[place] ^= 0xFF


cell_text = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffd\ufffe\uffff_")
    | st.sampled_from("\t\n ,;'\"<&"),
    max_size=40,
)


@given(st.lists(st.lists(cell_text, min_size=3, max_size=3), min_size=1, max_size=6))
def test_any_text_comes_back_as_it_was_written(table: list[list[str]]) -> None:
    rows = [["kept", *(f"'{text}" if text.startswith("=") else text for text in row)] for row in table]
    with tempfile.TemporaryDirectory() as folder:
        got = cells(workbook(Path(folder) / "t.xlsx", [["a", "b", "c", "d"], *rows]))
    # What an export puts before a formula is taken off, wherever it came from.
    assert got == [[plain_cell(text) for text in row] for row in rows]


def peak_of_reading(path: Path, rows: int) -> int:
    strings = "".join(f"<si><t>Zakład {number} Łódź</t></si>" for number in range(rows))
    body = "".join(
        f'<row r="{row}"><c r="A{row}"><v>{row}</v></c><c r="B{row}" t="s"><v>{row - 2}</v></c></row>'
        for row in range(2, rows + 2)
    )
    raw_workbook(path, HEADER + body, shared(strings))
    tracemalloc.start()
    with open_table(path) as table:
        for row, item in enumerate(table.rows(), start=2):
            assert item == Row(row, {"id": str(row), "name": f"Zakład {row - 2} Łódź"})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_memory_hardly_grows_with_the_file(tmp_path: Path) -> None:
    small, large = (peak_of_reading(tmp_path / "t.xlsx", rows) for rows in (3_000, 12_000))
    # Eight bytes for each shared string say where on disk it lies.
    assert large < small + 250_000
