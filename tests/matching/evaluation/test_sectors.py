"""The measures of the sector resolver, by hand-made files."""

from __future__ import annotations

from pathlib import Path

import pytest

from matching.evaluation.sectors import evaluate_sectors, phrases_to_learn, read_labelled, run_lines
from matching.resolver import Phrase, SectorResolver
from matching.resolver.titles import gathered, taught_titles, title_languages
from matching.semantic import NullEncoder

ENTRIES = [
    ("Growing of rice", "en", ["0112"]),
    ("Manufacture of footwear", "en", ["1520"]),
    ("Manufacture of luggage", "en", ["1512"]),
]


@pytest.fixture(scope="module")
def resolver() -> SectorResolver:
    """Give a resolver over three titles."""
    return SectorResolver.of(gathered(ENTRIES), NullEncoder())


def test_figures_run_and_look_ups(resolver: SectorResolver, tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    path.write_text(
        '{"id": "a", "text": "growing of RICE", "lang": "en", "gold": ["0112"]}\n'
        '{"id": "b", "text": "footwear manufacture", "lang": "en", "gold": ["1512"], "division": ["15"]}\n'
        "\n"
        '{"id": "c", "text": "xyzzy", "lang": "fr", "gold": ["0112"]}\n',
        "utf-8",
    )
    report = evaluate_sectors(resolver, read_labelled(path))
    total = report.total
    assert (total.phrases, total.titles, total.looked_up) == (3, 3, 1)
    assert (total.class_at_1, total.class_at_5, total.division_at_1) == pytest.approx((1 / 3, 2 / 3, 2 / 3))
    assert list(report.by_language) == ["en", "fr"]
    assert report.by_language["en"].division_at_1 == 1.0
    assert (report.by_language["fr"].titles, report.by_language["fr"].looked_up) == (0, 0)
    lines = run_lines(report, "tried")
    assert lines[0].startswith("a Q0 0112 1 ")
    assert lines[0].endswith(" tried")
    assert not any(line.startswith("c ") for line in lines)


def test_an_office_s_table_is_read(tmp_path: Path) -> None:
    path = tmp_path / "phrases.csv"
    path.write_text('\ufefftext,code\n"Paddy, wet",0112\nWellies, 1520\n', "utf-8")
    labelled = read_labelled(path)
    assert phrases_to_learn(labelled) == [Phrase("Paddy, wet", "0112"), Phrase("Wellies", "1520")]
    taught = SectorResolver.of(taught_titles(phrases_to_learn(labelled)), NullEncoder())
    report = evaluate_sectors(taught, labelled)
    # The table does not say in which language it is.
    assert (report.total.class_at_1, report.total.looked_up, report.total.titles) == (1.0, 2, 0)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", "nonsense\n", "line 1 is not JSON"),
        ("a.jsonl", "[1]\n", "line 1 is not a record"),
        ("a.jsonl", '{"text": "", "gold": ["0112"]}\n', "record 1 has no text"),
        ("a.jsonl", '{"text": "rice", "gold": []}\n', "“” is not a class"),
        ("a.jsonl", '{"text": "rice", "gold": "0112"}\n', "“” is not a class"),
        ("a.csv", f'text,code\nrice,0112\n"{"x" * 200_000}",0112\n', "line 3 is not CSV"),
        ("a.csv", "text,code\nrice,01\n", "record 1: “01” is not a class"),
        ("a.csv", "phrase,class\nrice,0112\n", "record 1 has no text"),
        ("a.csv", "text,code\nrice,0112\nshoes\n", "record 2: “” is not a class"),
    ],
)
def test_faults_of_a_file_are_named(tmp_path: Path, name: str, content: str, message: str) -> None:
    path = tmp_path / name
    path.write_text(content, "utf-8")
    with pytest.raises(ValueError, match=message):
        read_labelled(path)


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes("text,code\nGießerei,2431\n".encode("latin-1"))
    with pytest.raises(ValueError, match=rf"^{name}, line 2: not UTF-8"):
        read_labelled(tmp_path / name)


def test_there_are_titles_in_several_languages() -> None:
    assert {"en", "fr", "sl"} <= title_languages()
    assert "xx" not in title_languages()


def test_no_phrases_give_no_figures(resolver: SectorResolver) -> None:
    assert evaluate_sectors(resolver, []).total.phrases == 0
