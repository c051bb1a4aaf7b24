from __future__ import annotations

import json

import pytest

from tests.exchange.shell import Shell

PHRASES = (
    '{"id": "a", "text": "Frizerska dejavnost", "lang": "sl", "gold": ["9602"]}\n'
    '{"id": "b", "text": "welly workshop", "lang": "en", "gold": ["1520"]}\n'
)


def test_figures_of_each_language_a_run_and_a_word_on_look_ups(shell: Shell) -> None:
    shell.set("EXCHANGE_ENCODER", "no")
    phrases, learn, run = (shell.place / name for name in ("phrases.jsonl", "learn.csv", "found.run"))
    phrases.write_text(PHRASES, encoding="utf-8")
    learn.write_text("text,code\nWelly workshop,1520\nHair salon,9602\n", encoding="utf-8")
    call = ("evaluate", "sectors", str(phrases), "--titles", "sl", "--learn", str(learn))
    answer = shell(*call, "--run-out", str(run), "--json")
    assert answer.code == 0
    found = json.loads(answer.out)
    assert (found["learnt"], found["encoder"], found["look_up"]) == (2, False, True)
    assert found["languages"]["en"]["class_at_1"] == found["languages"]["sl"]["class_at_1"] == 1.0
    assert found["total"]["phrases"] == 2
    first = [line.split()[:4] for line in run.read_text().splitlines() if line.split()[3] == "1"]
    assert first == [["a", "Q0", "9602", "1"], ["b", "Q0", "1520", "1"]]

    printed = shell(*call).out
    assert "2 phrases learnt, encoder off" in printed
    assert "en: 2 titles or learnt phrases in this language are in the index, and 1 of the 1" in printed
    assert "--titles leaves titles out" in printed


@pytest.mark.parametrize("content", ["nonsense\n", '{"text": "rice", "gold": ["9999"]}\n'])
def test_a_file_that_cannot_be_read_is_named(shell: Shell, content: str) -> None:
    path = shell.place / "phrases.jsonl"
    path.write_text(content, encoding="utf-8")
    answer = shell("evaluate", "sectors", str(path))
    assert answer.code == 1
    assert "Nothing was measured: phrases.jsonl" in answer.err


def test_a_file_that_cannot_be_written_is_named(shell: Shell) -> None:
    path, run = shell.place / "phrases.jsonl", shell.place / "no" / "run"
    path.write_text(PHRASES, encoding="utf-8")
    answer = shell("evaluate", "sectors", str(path), "--run-out", str(run))
    assert answer.code == 1
    assert f"Nothing was measured: {run}: No such file or directory." in answer.err


def test_a_language_without_titles_is_a_wrong_call(shell: Shell) -> None:
    path = shell.place / "phrases.jsonl"
    path.write_text(PHRASES, encoding="utf-8")
    answer = shell("evaluate", "sectors", str(path), "--titles", "en,xx")
    assert answer.code == 2
    assert "There are no titles in “xx”, only in " in answer.err
