from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from matching.evaluation.retrieval import measure, ndcg, rank, read_task, run_lines
from matching.index import Index

TODAY = date(2026, 11, 26)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write a small set: three offers, two requests, one of them judged."""
    offers = [
        {"_id": "a", "title": "Tannery", "text": "tanning of leather", "metadata": {"lang": "en"}},
        {"_id": "b", "title": "Foundry", "text": "sand casting of iron"},
        {"_id": "c", "title": "Mill", "text": "weaving of cotton"},
    ]
    requests = [{"_id": "q1", "text": "leather tanning"}, {"_id": "q2", "text": "glass bottles"}]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, offers)) + "\n\n")
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, requests)))
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\ta\t2\nq1\tb\t0\n")
    return tmp_path


def test_a_set_is_ranked_by_the_engine_and_measured(folder: Path) -> None:
    task = read_task(folder)
    assert task.offers[0].language == "en"
    index = Index()
    index.put_many(task.offers)
    ranked = dict(rank(task, index, TODAY))
    assert ranked["q1"][0][0] == "a"
    figures = measure(task, ranked)
    assert (figures.requests, figures.ndcg, figures.recall, figures.first) == (1, 1.0, 1.0, 1.0)
    line = next(run_lines(ranked, "tag")).split()
    assert line[:4] == ["q1", "Q0", "a", "1"]
    assert line[5] == "tag"
    assert measure(task, {"q1": [("b", 9.0)]}).first == 0.0


def test_a_later_place_earns_less() -> None:
    assert ndcg(["x", "a"], {"a": 1}) == pytest.approx(0.6309, abs=1e-4)
    assert ndcg(["a", "b"], {"b": 2, "a": 1}) < ndcg(["b", "a"], {"b": 2, "a": 1}) == 1.0
    assert ndcg(["a"], {}) == 0.0


HEAD = "query-id\tcorpus-id\tscore\n"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("corpus.jsonl", '{"_id": "a"}\nnonsense\n', "corpus.jsonl, line 2: not an object"),
        ("corpus.jsonl", '{"_id": "a"}\n\n{"_id": "a"}\n', "corpus.jsonl, line 3: “a” is the _id of line 1"),
        ("queries.jsonl", '{"text": "a"}\n', "queries.jsonl, line 1: not an object"),
        ("queries.jsonl", '{"_id": 7}\n{"_id": "7"}\n', "queries.jsonl, line 2: “7” is the _id of line 1"),
        ("qrels.tsv", HEAD + "q1\ta\n", "qrels.tsv, line 2: not request"),
        ("qrels.tsv", HEAD + "q1\ta\thigh\n", "qrels.tsv, line 2: not request"),
        ("qrels.tsv", "q1\ta\thigh\n", "qrels.tsv, line 1: not request"),
        ("qrels.tsv", "q1 a 1\n", "qrels.tsv, line 1: not request"),
        ("qrels.tsv", "q1 0 a 1\nq1\ta\t1\n", "qrels.tsv, line 1: not request"),
        ("qrels.tsv", HEAD + "q1\ta\t1\nq9\ta\t1\nq1\tz\t0\n", "not in the set: 2, the first in line 3"),
        ("qrels.tsv", HEAD + "q1\ta\t0\n", "qrels.tsv: no offer is right"),
    ],
)
def test_what_is_wrong_is_named(folder: Path, name: str, text: str, words: str) -> None:
    (folder / name).write_text(text)
    with pytest.raises(ValueError, match=words):
        read_task(folder)


@pytest.mark.parametrize("head", ["", HEAD, "\ufeff" + HEAD, "\ufeff"])
def test_judgements_come_with_or_without_a_header(folder: Path, head: str) -> None:
    (folder / "qrels.tsv").write_text(f"{head}q1\ta\t2\nq2\tb\t1\n\nq2\tc\t-1\n", "utf-8")
    assert read_task(folder).grades == {"q1": {"a": 2}, "q2": {"b": 1}}


def test_a_byte_order_mark_and_separators_within_a_text_do_no_harm(folder: Path) -> None:
    for name in ("corpus.jsonl", "queries.jsonl"):
        kept = (folder / name).read_text()
        text = "\ufeff" + kept.replace("tanning of", "tanning\u2028of").replace("\n", "\r\n")
        (folder / name).write_bytes(text.encode())
    task = read_task(folder)
    assert (task.offer_names[0], task.request_names[0]) == ("a", "q1")
    assert task.offers[0].text == "tanning\u2028of leather"


def test_a_file_that_is_not_utf_8_is_named_with_its_line(folder: Path) -> None:
    (folder / "corpus.jsonl").write_bytes(
        '{"_id": "a"}\n{"_id": "b", "text": "Gießerei"}\n'.encode("latin-1")
    )
    with pytest.raises(ValueError, match=r"^corpus\.jsonl, line 2: not UTF-8\.$"):
        read_task(folder)
