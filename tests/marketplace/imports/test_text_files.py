from __future__ import annotations

import codecs
import tempfile
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.imports.encoding import LOST, UNDECODABLE
from marketplace.imports.problems import Limits, Problem, UnreadableTable
from marketplace.imports.reader import Row, open_table
from tests.marketplace.imports.files import cells, csv_text, put, read, told

WESTERN = [
    ["name", "town", "note"],
    ["Société Générale d’Usinage", "Besançon", "fräsen; drehen, € 5"],
    ["Müller", "Köln", "ß"],
]
WORLD = [
    ["name", "town", "note"],
    ["Żółw Sp. z o.o.", "Łódź", "toczenie, frezowanie; spawanie"],
    ["مصنع النور", "القاهرة", "a\tb"],
    ["株式会社", "東京", "切削 😀"],
]
ENCODINGS = {
    "utf-8": (b"", "utf-8", "utf-8"),
    "utf-8 with mark": (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
    "utf-16 le with mark": (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
    "utf-16 be with mark": (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
    "utf-16 le": (b"", "utf-16-le", "utf-16-le"),
    "utf-16 be": (b"", "utf-16-be", "utf-16-be"),
}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("name", ENCODINGS)
def test_every_encoding_with_every_delimiter(
    tmp_path: Path, name: str, line_end: str, delimiter: str
) -> None:
    mark, codec, detected = ENCODINGS[name]
    path = put(tmp_path / "t.csv", mark + csv_text(WORLD, delimiter, line_end).encode(codec))
    with open_table(path) as table:
        rows = list(table.rows())
        assert (table.encoding, table.delimiter, table.header) == (
            detected,
            delimiter,
            ("name", "town", "note"),
        )
        assert table.bytes_read == table.total_bytes == path.stat().st_size
    assert rows == [
        Row(line, dict(zip(WORLD[0], row, strict=True))) for line, row in enumerate(WORLD[1:], start=2)
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_windows_1252_is_read_and_said_to_be_a_guess(tmp_path: Path, delimiter: str) -> None:
    found = read(put(tmp_path / "t.csv", csv_text(WESTERN, delimiter), "cp1252"))
    assert isinstance(found[0], Problem)
    assert (found[0].line, found[0].code, found[0].severity) == (0, "encoding_guessed", "warning")
    assert [list(row.values.values()) for row in found if isinstance(row, Row)] == WESTERN[1:]


def test_the_encoding_can_be_given(tmp_path: Path) -> None:
    path = put(tmp_path / "t.csv", csv_text(WORLD[:2], ";"), "cp1250")
    assert read(path, encoding="cp1250") == [Row(2, dict(zip(WORLD[0], WORLD[1], strict=True)))]
    with pytest.raises(UnreadableTable, match="no encoding “klingon”"):
        read(path, encoding="klingon")


def test_a_broken_byte_costs_its_row_and_garbles_no_other(tmp_path: Path) -> None:
    good = "id,name\n1,Żółw\n2,Łódź\n"
    path = put(tmp_path / "t.csv", good.encode() + b"3,K\xf6ln\n" + "4,Świt\n".encode())
    assert told(path) == [(2, "", "row"), (3, "", "row"), (4, "name", "undecodable"), (5, "", "row")]
    utf16 = (
        codecs.BOM_UTF16_LE
        + good.encode("utf-16-le")
        + "3,".encode("utf-16-le")
        + b"\x00\xd8"
        + "\n4,x\n".encode("utf-16-le")
    )
    assert told(put(path, utf16))[-2:] == [(4, "name", "undecodable"), (5, "", "row")]
    cp1252 = "id,name\n1,Köln\n2,Düren\n".encode("cp1252") + b"3,\x81\n"
    assert told(put(path, cp1252))[1:] == [(2, "", "row"), (3, "", "row"), (4, "name", "undecodable")]


def test_writing_never_uses_the_stand_in_for_lost_bytes() -> None:
    with pytest.raises(UnicodeEncodeError):
        LOST.encode("utf-8", UNDECODABLE)


def test_a_loss_in_another_program_is_a_warning(tmp_path: Path) -> None:
    found = read(put(tmp_path / "t.csv", "id,name\n1,K\ufffdln\n"))
    assert [type(item).__name__ for item in found] == ["Problem", "Row"]
    assert isinstance(found[0], Problem)
    assert (found[0].severity, found[0].code) == ("warning", "lost_character")


@pytest.mark.parametrize(
    ("sign", "name"),
    [("\0", "U+0000"), ("\x07", "U+0007"), ("\x1b", "U+001B"), ("\x7f", "U+007F"), ("\x85", "U+0085")],
)
def test_control_characters_are_named_with_their_field(tmp_path: Path, sign: str, name: str) -> None:
    found = read(put(tmp_path / "t.csv", f'id,name\n1,a{sign}b\n2,"tab\tand\nnew line"\n'))
    assert isinstance(found[0], Problem)
    assert (found[0].line, found[0].field, found[0].code) == (2, "name", "control_character")
    assert name in found[0].message
    assert found[1:] == [Row(3, {"id": "2", "name": "tab\tand\nnew line"})]


def test_ragged_rows_are_reported_and_the_others_go_in(tmp_path: Path) -> None:
    path = put(tmp_path / "t.csv", "a,b,c\n1,2,3\n1,2\n\n1,2,3,4\n,,\n1,2,3,\n4,5,6\n")
    assert told(path) == [
        (2, "", "row"),
        (3, "", "too_few_cells"),
        (5, "", "too_many_cells"),
        (7, "", "row"),
        (8, "", "row"),
    ]


def test_lines_are_counted_through_quoted_line_ends(tmp_path: Path) -> None:
    path = put(tmp_path / "t.csv", 'a,b\r\n"one\r\ntwo",2\r\n3\r\n"x ""y""" ,4\r\n')
    assert read(path)[0] == Row(2, {"a": "one\ntwo", "b": "2"})
    assert told(path) == [(2, "", "row"), (4, "", "too_few_cells"), (5, "", "row")]
    assert read(path)[2] == Row(5, {"a": 'x "y"', "b": "4"})


def test_quotation_marks_inside_a_bare_cell_are_text(tmp_path: Path) -> None:
    assert cells(put(tmp_path / "t.csv", 'a,b\npipe 5",said "so"\n')) == [['pipe 5"', 'said "so"']]


@pytest.mark.parametrize(
    "tail",
    ["", '"closed", but late\n', 'x,"fine",y\n', '6",7,8\n'],
    ids=["to the end", "stray text", "next quoted cell", "an inch sign closes it"],
)
def test_an_unclosed_quotation_mark_swallows_nothing(tmp_path: Path, tail: str) -> None:
    after = "".join(f"{number},b,c\n" for number in range(40))
    path = put(tmp_path / "t.csv", f'a,b,c\n1,2,3\n1,"open,3\n{after}{tail}')
    found = told(path)
    assert found[1][0] == 3
    assert found[1][2] == "unclosed_quote"
    assert found[2:42] == [(line, "", "row") for line in range(4, 44)]
    assert len(found) == 42 + bool(tail)


def test_a_quotation_mark_in_the_wrong_place_costs_one_row(tmp_path: Path) -> None:
    path = put(tmp_path / "t.csv", 'a,b,c\n1,"the "best" one",3\n4,5,6\n')
    assert told(path) == [(2, "b", "stray_quote"), (3, "", "row")]


def test_rows_inside_a_well_closed_cell_are_pointed_out(tmp_path: Path) -> None:
    path = put(tmp_path / "t.csv", 'a,b,c\n1,2,"three\n4,5,6\n7,8,9\nend"\n')
    assert told(path) == [(2, "", "rows_in_cell"), (2, "", "row")]
    prose = put(
        tmp_path / "p.csv", 'a,b,c\n1,2,"We turn, mill, and grind.\nWe also weld.\nAsk, please, us"\n'
    )
    assert told(prose) == [(2, "", "row")]


def test_a_ragged_row_with_lines_of_prose_is_one_problem(tmp_path: Path) -> None:
    path = put(tmp_path / "t.csv", 'a,b,c\n1,"We turn.\nWe mill, too.\nWe weld."\n4,5,6\n')
    found = read(path)
    assert [item.line for item in found] == [2, 5]
    assert isinstance(found[0], Problem)
    assert found[0].code == "too_few_cells"
    assert "runs to line 4" in found[0].message


def test_the_lines_of_a_ragged_row_need_not_be_sound(tmp_path: Path) -> None:
    path = put(tmp_path / "t.csv", 'a,b,c\n1,"one\n""two"" x\nthree"\n4,5,6\n')
    assert told(path) == [(2, "", "too_few_cells"), (5, "", "row")]


def test_a_file_full_of_broken_quotes_is_given_up(tmp_path: Path) -> None:
    path = put(tmp_path / "t.csv", "a,b,c\n" + 'x","y\n' * 30_000)
    with pytest.raises(UnreadableTable) as caught:
        read(path, Limits(broken_rows=200))
    assert caught.value.code == "too_many_broken_rows"


def test_formulas_in_text_are_text(tmp_path: Path) -> None:
    row = ["=1+1", "+48 123", "-5", "@SUM(A1)"]
    assert cells(put(tmp_path / "t.csv", csv_text([["a", "b", "c", "d"], row]))) == [row]


def test_the_delimiter_is_the_one_that_agrees_with_the_header(tmp_path: Path) -> None:
    semicolons = "id;title, short;price\n" + "".join(f'{n};"bolts; nuts, {n}";1,5\n' for n in range(30))
    with open_table(put(tmp_path / "t.csv", semicolons)) as table:
        assert (table.delimiter, len(table.header)) == (";", 3)
    assert cells(put(tmp_path / "one.csv", "name\nBolts, Ltd\nNuts, Ltd\n")) == [
        ["Bolts, Ltd"],
        ["Nuts, Ltd"],
    ]
    assert cells(put(tmp_path / "hint.csv", "sep=;\na,x;b,y\n1,1;2,2\n")) == [["1,1", "2,2"]]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\n\n  \n", "empty_file"),
        (codecs.BOM_UTF8, "empty_file"),
        (codecs.BOM_UTF16_LE, "empty_file"),
        (b"a,b\n", "no_rows"),
        (b"a,b\n\n,\n", "no_rows"),
        (b"a,,c\n1,2,3\n", "empty_column_name"),
        (b"Name,town, name \n1,2,3\n", "double_column_name"),
        (b"a,b\x00\n1,2\n", "broken_header"),
        (b'a,"b\n1,2\n', "broken_header"),
        (b"%PDF-1.7 ...", "not_a_table"),
        (b"<!DOCTYPE html><table>", "not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_workbook"),
        (bytes(range(256)) * 20, "broken_header"),
        (",".join(f"c{n}" for n in range(201)).encode() + b"\n1\n", "too_many_columns"),
    ],
)
def test_files_that_are_no_table_say_why(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(UnreadableTable) as caught:
        read(put(tmp_path / "t.csv", content))
    assert caught.value.code == code
    assert caught.value.message.endswith(".")


def test_what_is_not_a_file_says_so(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.csv", Path("/dev/zero")):
        with pytest.raises(UnreadableTable) as caught:
            read(path)
        assert caught.value.code == "cannot_open"
        assert str(path) in caught.value.message


def test_empty_names_at_the_end_of_the_header_are_no_columns(tmp_path: Path) -> None:
    assert told(put(tmp_path / "t.csv", "a;b;\n1;2;\n1;2;3\n")) == [(2, "", "row"), (3, "", "too_many_cells")]


def test_limits(tmp_path: Path) -> None:
    path = put(tmp_path / "t.csv", "a,b\n" + "1,2\n" * 5)
    assert told(path, Limits(rows=5)) == [(line, "", "row") for line in range(2, 7)]
    assert told(path, Limits(rows=3))[3:] == [(5, "", "too_many_rows")]
    with pytest.raises(UnreadableTable, match="larger"):
        read(path, Limits(file_bytes=10))
    wide = put(
        tmp_path / "wide.csv", "a,b\n1," + "x" * 40 + "\n1," + "x" * 90 + '\n1,"' + "x\n" * 60 + '"\n1,2\n'
    )
    found = told(wide, Limits(cell_length=39, row_length=80))
    assert found[:3] == [(2, "b", "cell_too_long"), (3, "", "row_too_long"), (4, "b", "unclosed_quote")]
    assert found[-1] == (65, "", "row")


plain_text = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffd") | st.sampled_from('",;\t\n=')
)
tables = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(plain_text, min_size=width, max_size=width), min_size=1, max_size=8)
)


@given(tables, st.sampled_from([",", ";", "\t"]), st.sampled_from(sorted(ENCODINGS)))
def test_any_text_comes_back_as_it_was_written(table: list[list[str]], delimiter: str, name: str) -> None:
    mark, codec, _ = ENCODINGS[name]
    header = [f"column {number}" for number in range(len(table[0]))]
    rows = [["kept", *row[1:]] for row in table]
    with tempfile.TemporaryDirectory() as folder:
        path = put(Path(folder) / "t.csv", mark + csv_text([header, *rows], delimiter).encode(codec))
        with open_table(path, encoding="" if mark else codec) as opened:
            assert opened.delimiter == delimiter
            got = [list(item.values.values()) for item in opened.rows() if isinstance(item, Row)]
    assert got == rows


@given(st.binary(max_size=400))
def test_any_bytes_give_rows_or_problems_or_a_reason(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for start in (b"", b"id,name\n1,"):
            try:
                found = read(put(Path(folder) / "t.csv", start + content))
            except UnreadableTable:
                continue
            assert found


def peak_of_reading(path: Path, rows: int) -> int:
    with path.open("w", encoding="utf-8") as file:
        file.write("id,name,town\n")
        file.writelines(f'{number},"Zakład, {number}\nŁódź",Łódź\n' for number in range(rows))
    tracemalloc.start()
    with open_table(path) as table:
        assert sum(isinstance(row, Row) for row in table.rows()) == rows
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    small, large = (peak_of_reading(tmp_path / "t.csv", rows) for rows in (6_000, 24_000))
    assert large < small + 100_000
