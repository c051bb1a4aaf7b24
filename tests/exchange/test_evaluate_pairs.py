"""``exchange evaluate pairs`` measures a file of labelled pairs."""

from __future__ import annotations

import json
from pathlib import Path
from time import sleep

import pytest

from matching.evaluation.pairs import similarities
from tests.exchange.shell import Shell

PAIRS = "pump repair\trepair of pumps\t1\nwelding\tsoudage\t1\ncasting\tcoating\t0\nM8 bolts\tM10 bolts\t0\n"


def written(folder: Path) -> str:
    path = folder / "pairs.tsv"
    path.write_text(PAIRS, "utf-8")
    return str(path)


def test_the_figures_are_printed_and_the_similarities_written(shell: Shell, tmp_path: Path) -> None:
    out = tmp_path / "out.tsv"
    answer = shell("evaluate", "pairs", written(tmp_path), "--no-encoder", "--out", str(out))
    assert answer.code == 0
    assert "4 pairs, 2 of them the same; no encoder" in answer.out
    assert "1.0000" in answer.out
    rows = [line.split("\t") for line in out.read_text("utf-8").splitlines()]
    assert rows[0] == ["pump repair", "repair of pumps", "1", "1.0000"]
    assert [row[2] for row in rows] == ["1", "1", "0", "0"]
    assert float(rows[1][3]) > float(rows[3][3])


def test_json_has_the_figures_and_the_setting_keeps_the_encoder_off(shell: Shell, tmp_path: Path) -> None:
    shell.set("EXCHANGE_ENCODER", "0")
    found = json.loads(shell("evaluate", "pairs", written(tmp_path), "--json").out)
    assert (found["pairs"], found["same"], found["auc"], found["encoder"]) == (4, 2, 1.0, False)


def test_a_wrong_line_is_named(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text("welding,soudage,1\n", "utf-8")
    answer = shell("evaluate", "pairs", str(path))
    assert answer.code == 1
    assert "pairs.tsv, line 1" in answer.err


def test_a_file_that_cannot_be_written_is_named_before_anything_is_measured(
    shell: Shell, tmp_path: Path
) -> None:
    answer = shell(
        "evaluate", "pairs", written(tmp_path), "--no-encoder", "--out", str(tmp_path / "no" / "x")
    )
    assert answer.code == 1
    assert answer.out == ""
    assert f"Nothing was measured: {tmp_path / 'no' / 'x'}: No such file or directory." in answer.err


def test_the_thesaurus_of_the_settings_is_obeyed(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text("wurble\tfribbling\t1\ncasting\tcoating\t0\n", "utf-8")
    out = tmp_path / "out.tsv"
    call = ("evaluate", "pairs", str(path), "--no-encoder", "--out", str(out))
    assert shell(*call).code == 0
    assert out.read_text("utf-8").split("\n")[0].endswith("\t0.0000")
    (tmp_path / "ours.ttl").write_text(
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix : <http://example.org/> .\n"
        ':w a skos:Concept ; skos:prefLabel "wurble"@en ; skos:altLabel "fribbling"@en .\n',
        "utf-8",
    )
    shell.set("EXCHANGE_THESAURUS", str(tmp_path / "ours.ttl"))
    assert shell(*call).code == 0
    assert float(out.read_text("utf-8").split("\n")[0].split("\t")[3]) > 0.9
    (tmp_path / "ours.ttl").write_text("nonsense", "utf-8")
    answer = shell(*call)
    assert answer.code == 2
    assert "EXCHANGE_THESAURUS" in answer.err


def test_what_is_loaded_at_first_use_is_not_timed(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = 0

    def slow_at_first(*given: object) -> list[float]:
        nonlocal calls
        calls += 1
        sleep(0.5 if calls == 1 else 0)
        return similarities(*given)  # type: ignore[arg-type]

    monkeypatch.setattr("exchange.commands.evaluate.pairs.similarities", slow_at_first)
    found = json.loads(shell("evaluate", "pairs", written(tmp_path), "--no-encoder", "--json").out)
    assert calls == 2
    assert found["milliseconds_per_pair"] < 500 / 4
