from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.errors import Invalid
from marketplace.imports.export import plain_cell, safe_cell
from marketplace.imports.problems import Problem, Severity
from marketplace.imports.reader import Row
from marketplace.imports.report import Report
from tests.marketplace.imports.files import put, read


def test_a_report_holds_a_line_for_each_problem(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    with Report(path, tmp_path / "source.csv") as report:
        report.write(Problem(7, '=HYPERLINK("x")', "too_few_cells", "Only 2 cells, in “Łódź”."))
        report.write(Problem(0, "", "encoding_guessed", "Read as Windows-1252.", Severity.WARNING))
        assert report.count == 2
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(path.read_text("utf-8-sig").splitlines())) == [
        ["line", "field", "severity", "code", "message"],
        ["7", '\'=HYPERLINK("x")', "error", "too_few_cells", "Only 2 cells, in “Łódź”."],
        ["", "", "warning", "encoding_guessed", "Read as Windows-1252."],
    ]
    assert all(isinstance(item, Row) for item in read(path))


def test_a_report_does_not_overwrite_what_is_imported(tmp_path: Path) -> None:
    source = put(tmp_path / "source.csv", "a,b\n1,2\n")
    with pytest.raises(Invalid) as caught:
        Report(tmp_path / "." / "source.csv", source)
    assert (caught.value.field, caught.value.code) == ("report", "same_file")
    assert source.read_text() == "a,b\n1,2\n"


def test_a_report_that_cannot_be_written_says_so_at_once(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="No such file or directory") as caught:
        Report(tmp_path / "nowhere" / "report.csv", tmp_path / "source.csv")
    assert caught.value.code == "not_writable"


@pytest.mark.parametrize(
    "text", ["=1+1", "+A1", "-A1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "-1+1", "+48 123"]
)
def test_formulas_are_disarmed(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "plain", "-5", "+3.5", "-2,75", "a=b", "5-axis", "'a"])
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text


@given(st.text())
def test_nothing_is_lost_in_a_safe_cell(text: str) -> None:
    assert plain_cell(safe_cell(text)) == text
