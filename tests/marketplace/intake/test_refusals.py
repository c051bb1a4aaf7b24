"""Files that cannot be read, and people who may not see them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from marketplace.errors import Invalid
from marketplace.intake.models import PassKind
from marketplace.intake.services.receive import read_table
from tests.marketplace.imports.files import csv_text, raw_workbook, row_xml, workbook
from tests.marketplace.intake.desk import ROOT, Desk, firms
from tests.marketplace.visitor import add_person, words

BOMB = io.BytesIO()
with zipfile.ZipFile(BOMB, "w", zipfile.ZIP_DEFLATED) as _archive:
    _archive.writestr("xl/workbook.xml", b"0" * 60_000_000)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "This file is empty."),
        (b"\r\n\r\n", "The file is empty."),
        (b"name,country\r\n", "no row"),
        (b"%PDF-1.7 ...", "neither a CSV file nor an XLSX workbook"),
        (b"<html><table></table></html>", "neither a CSV file nor an XLSX workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old .xls workbook"),
        (BOMB.getvalue(), "would unpack to more than is read"),
        (csv_text([["name", "Name"], ["a", "b"]]).encode(), "Several columns have the same name: name, Name"),
        (csv_text([[f"c{n}" for n in range(300)], ["x"] * 300]).encode(), "more than 200 columns"),
        (csv_text([["", "name"], ["a", "b"]]).encode(), "no name in column 1"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(
    one_desk: Desk, content: bytes, said: str
) -> None:
    answer = one_desk.upload(content)
    assert answer.status_code == 422
    assert said in words(answer.text)
    assert not one_desk.store.root.exists()
    assert "Nothing was imported yet" in words(one_desk.officer.get(ROOT).text)


def test_a_file_above_the_limit_is_refused_with_the_limit() -> None:
    content = io.BytesIO(b"name,country\r\n" + b"Adom,GH\r\n" * 140_000)
    with pytest.raises(Invalid, match="larger than 1 MB") as caught:
        read_table("list.csv", content, limit_mb=1, encoding="", sheet="")
    assert caught.value.field == "file"


def test_a_hundred_megabytes_are_refused_before_they_are_read(one_desk: Desk) -> None:
    answer = one_desk.officer.client.post(
        f"{ROOT}/new",
        input_stream=io.BytesIO(b"--x"),
        environ_overrides={"CONTENT_LENGTH": "100000000"},
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 413
    assert "A file may have 10 MB" in words(answer.text)


def test_a_form_without_a_file_asks_for_one(one_desk: Desk) -> None:
    assert "Choose a file." in words(one_desk.officer.post(f"{ROOT}/new").text)


def test_a_wrong_encoding_is_mended_on_the_page(one_desk: Desk) -> None:
    page = one_desk.upload("name;country\r\nŚrubex Łańcut;PL\r\n".encode("cp1250"))
    number = one_desk.last()
    assert "Windows-1252, semicolon" in words(page.text)
    assert "Śrubex" not in page.text
    again = one_desk.officer.post(
        f"{ROOT}/{number}/reading", {"kind": "organisations", "encoding": "cp1250", "sheet": ""}
    )
    assert "Śrubex Łańcut" in words(again.text)
    one_desk.say(number)
    assert one_desk.work()
    one_desk.begin(number)
    assert one_desk.work()
    assert one_desk.names() == ["Śrubex Łańcut"]


def test_another_sheet_and_one_that_is_not_there(one_desk: Desk, tmp_path: Path) -> None:
    path = workbook(tmp_path / "b.xlsx", [["name", "country"], ["Adom", "GH"]], "Firms")
    wrong = one_desk.upload(path.read_bytes(), "b.xlsx", sheet="Partners")
    assert wrong.status_code == 422
    assert "it has: Firms" in words(wrong.text)
    assert "XLSX, Firms" in words(one_desk.upload(path.read_bytes(), "b.xlsx", sheet="Firms").text)


def test_a_row_that_hides_another_number_than_its_place(one_desk: Desk, tmp_path: Path) -> None:
    rows = row_xml(1, "name", "country") + row_xml(9, "Adom", "GH") + row_xml(3, "Bola", "NG")
    number = one_desk.bring_in(raw_workbook(tmp_path / "b.xlsx", rows).read_bytes())
    assert one_desk.counts(number) == (2, 0, 0, 0)


def test_two_columns_cannot_be_one_field(one_desk: Desk) -> None:
    one_desk.upload(csv_text([["name", "other", "country"], ["Adom", "x", "GH"]]))
    number = one_desk.last()
    answer = one_desk.say(number, {"other": "name"})
    assert answer.status_code == 422
    assert "“name” is this field already" in words(answer.text)
    assert one_desk.say(number, {"other": "password"}).status_code == 422
    one_desk.say(number)
    assert one_desk.work()
    assert one_desk.counts(number, PassKind.TRIAL) == (1, 0, 0, 0)


def test_an_office_sees_its_own_imports_alone(one_desk: Desk) -> None:
    one_desk.upload(csv_text([["id", "name", "country"], ["1", "", "GH"], ["2", "Secret Works", "GH"]]))
    number = one_desk.last()
    one_desk.say(number)
    assert one_desk.work()
    place = f"{ROOT}/{number}"
    reads = (place, f"{place}/columns", f"{place}/refused.csv")
    writes = ("columns", "reading", "begin", "stop", "go-on")
    for email in ("bola@example.org", "member@example.org"):
        other = one_desk.browser(email)
        for path in reads:
            assert other.get(path).status_code == 404, (email, path)
        for act in writes:
            assert other.post(f"{place}/{act}", {"kind": "offers"}).status_code == 404, (email, act)
        assert "list.csv" not in other.get(ROOT).text
    assert one_desk.browser("member@example.org").get(ROOT).status_code == 404
    for path in (f"{ROOT}/999", f"{ROOT}/999/refused.csv"):
        assert one_desk.officer.get(path).status_code == 404
    assert "Secret Works" in one_desk.officer.get(place).text


def test_an_administrator_sees_all_and_imports_for_no_office(one_desk: Desk) -> None:
    one_desk.upload(firms(2))
    add_person(one_desk.database, "root@example.org", is_admin=True)
    own = one_desk.officer
    one_desk.officer = one_desk.browser("root@example.org")
    assert "list.csv" in one_desk.officer.get(ROOT).text
    number = one_desk.bring_in(firms(2))
    assert one_desk.counts(number) == (2, 0, 0, 0)
    assert own.get(f"{ROOT}/{number}").status_code == 404
