"""``exchange evaluate pairs`` measures a file of labelled pairs."""

from __future__ import annotations

import json
from pathlib import Path

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
