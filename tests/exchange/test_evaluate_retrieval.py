"""``exchange evaluate retrieval`` measures a set in BEIR form through the engine of the product."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.exchange.shell import Shell
from tests.small_sectors import keep_small


@pytest.fixture
def folder(tmp_path: Path, shell: Shell) -> Path:
    """Write a set of two offers and a request, in an installation that works by words."""
    shell.set("EXCHANGE_ENCODER", "no")
    shell.set("EXCHANGE_VAR", str(tmp_path / "var"))
    keep_small(tmp_path / "var", encoder=False)
    offers = [{"_id": "a", "text": "tanning of leather"}, {"_id": "b", "text": "sand casting"}]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, offers)))
    (tmp_path / "queries.jsonl").write_text(json.dumps({"_id": "q", "text": "leather tanning"}))
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\ta\t1\n")
    return tmp_path


def test_the_figures_are_printed_and_the_run_written(shell: Shell, folder: Path) -> None:
    answer = shell("evaluate", "retrieval", str(folder), "--run-out", str(folder / "run"))
    assert answer.code == 0
    assert "nDCG@10     1.0000" in answer.out
    first = (folder / "run").read_text().splitlines()[0].split()
    assert (first[0], first[2], first[3]) == ("q", "a", "1")


def test_json_has_the_figures(shell: Shell, folder: Path) -> None:
    found = json.loads(shell("evaluate", "retrieval", str(folder), "--json").out)
    assert (found["requests"], found["ndcg"], found["offers"]) == (1, 1.0, 2)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("qrels.tsv", b"query-id\tcorpus-id\tscore\nq a 1\n", "qrels.tsv, line 2: not request"),
        ("corpus.jsonl", b'{"_id": "a", "text": "\xff"}\n', "corpus.jsonl, line 1: not UTF-8."),
        ("qrels.tsv", None, "qrels.tsv: No such file or directory."),
    ],
)
def test_a_wrong_file_is_named(
    shell: Shell, folder: Path, name: str, content: bytes | None, said: str
) -> None:
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    answer = shell("evaluate", "retrieval", str(folder))
    assert answer.code == 1
    assert answer.out == ""
    assert "Nothing was measured: " in answer.err
    assert said in answer.err
    assert "Errno" not in answer.err


def test_what_cannot_be_written_or_read_is_told_before_anything_is_measured(
    shell: Shell, folder: Path
) -> None:
    answer = shell("evaluate", "retrieval", str(folder), "--run-out", str(folder / "no" / "run"))
    assert answer.code == 1
    assert f"{folder / 'no' / 'run'}: No such file or directory." in answer.err
    (folder / "ours.ttl").write_text("nonsense")
    shell.set("EXCHANGE_THESAURUS", str(folder / "ours.ttl"))
    answer = shell("evaluate", "retrieval", str(folder))
    assert answer.code == 2
    assert "EXCHANGE_THESAURUS" in answer.err
