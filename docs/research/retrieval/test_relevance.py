"""Relevance of texts: one pair plainly, all offers at once, and what people would notice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from matching.alike import alike
from matching.evaluate_pairs import area, false_kept, read_pairs, similarities
from matching.evaluate_retrieval import evaluate_retrieval, ndcg, read_beir, write_run
from matching.forms import Form, NoGuess, clauses, expand, form
from matching.relevance import Statistics, relevance, shares
from matching.semantic import NullEncoder
from matching.shelf import Shelf
from matching.topics import Topics, own_topics
from matching.types import Kind, Listing, Side

WORDS = [
    "cleaning",
    "Gebäudereinigung",
    "pumps",
    "насосы",
    "M8",
    "svcs",
    "insurance",
    "clean;",
    "road.",
    "\n",
]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join)


def listing(text: str, title: str = "", language: str = "en", side: Side = Side.OFFER) -> Listing:
    return Listing(id=1, side=side, kind=Kind.SUBCONTRACTING, title=title, text=text, language=language)


def made(text: str, title: str = "", language: str = "en") -> Form:
    return form(listing(text, title, language), NullEncoder(), own_topics(), NoGuess())


class Letters:
    """An encoder for tests: how often each letter occurs."""

    dimensions = 26

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit rows."""
        rows = np.array(
            [[text.casefold().count(chr(97 + i)) for i in range(26)] for text in texts], dtype=np.float32
        )
        rows = rows.reshape(-1, 26)
        return np.asarray(
            rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), dtype=np.float32
        )


class ByLength:
    """A guess for tests."""

    def shares(self, text: str, language: str, vector: object) -> dict[str, float]:
        """Return one of two."""
        return {"2592": 0.25, "8121": 0.75} if len(text) % 2 else {"2591": 1.0}


@settings(max_examples=40, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=6), TEXTS, st.sampled_from(["", "en", "de"]))
def test_many_agree_with_one(offers: list[str], request: str, language: str) -> None:
    for encoder, guess in ((NullEncoder(), NoGuess()), (Letters(), ByLength())):
        forms = [form(listing(o, "Offer"), encoder, own_topics(), guess) for o in offers]
        asked = form(listing(request, language=language), encoder, own_topics(), guess)
        shelf = Shelf(forms)
        plain = [relevance(asked, one, shelf.statistics) for one in forms]
        assert shelf.relevances(asked) == pytest.approx(plain, abs=2e-6)
        assert all(0.0 <= value <= 1.0 for value in plain)


def test_a_pair_has_one_value_whatever_stands_beside_it() -> None:
    forms = [made(text) for text in ("pumps; valves", "office cleaning", "road construction and bridges")]
    stats, asked = Statistics.of(forms), made("cleaning of offices")
    together = Shelf(forms, stats).relevances(asked)
    alone = [Shelf([one], stats).relevances(asked)[0] for one in forms]
    assert together.tolist() == alone


def test_the_right_offer_comes_first_in_another_language_without_an_encoder() -> None:
    forms = [made("Gebäudereinigung und Glasreinigung", language="de"), made("Straßenbau", language="de")]
    assert Shelf(forms).relevances(made("Cleaning of public buildings and windows")).argmax() == 0


def test_short_forms_meet_the_whole_words() -> None:
    forms = [made("Environmental consulting services"), made("Rental of cars")]
    assert Shelf(forms).relevances(made("Envir consulting svcs")).argmax() == 0
    assert expand("maint. of bldgs") == "maintenance of buildings"


def test_misspelt_words_are_found() -> None:
    assert (
        Shelf([made("transitional housing"), made("legal advice")])
        .relevances(made("Tranisitional housng"))
        .argmax()
        == 0
    )


def test_the_subject_counts_more_in_a_long_request() -> None:
    short, long = (
        made("pumps"),
        made(
            "supply of centrifugal pumps for the waterworks of a town with spare parts and training of staff"
        ),
    )
    assert shares(short, "en")["topics"] < 0.05 < shares(long, "en")["topics"]
    assert sum(shares(long, "de").values()) == pytest.approx(1.0)
    assert shares(long, "de")["words"] < shares(long, "en")["words"]


def test_an_empty_listing_is_relevant_to_nothing() -> None:
    assert Shelf([made(""), made("pumps")]).relevances(made(""))[1] == 0.0


def test_clauses_are_distinct_and_capped() -> None:
    assert clauses("pumps; valves | pumps") == ["pumps", "valves"]
    assert clauses("") == [""]
    assert len(clauses("; ".join(f"part {n}" for n in range(200)))) == 64


def test_topics_are_named_by_beginnings_parts_and_whole_words() -> None:
    topics = Topics.of("# note\ncleaning: clean *reinigung =spic | glasreinig *glasreinigung\n")
    assert topics.names == ("cleaning", "cleaning 1")
    assert topics.named_in("Cleaners; Glasreinigung; Gebäudereinigung; spicy", "de") == {0: 3, 1: 1}
    assert topics.named_in("portfolio") == {}


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [("M8 bolts", "M8 bolt", True), ("EDM machining", "electrical discharge machining", True),
     ("treatment of waste water", "wastewater treatment", True), ("M8 bolts", "M10 bolts", False),
     ("AISI 304 sheet", "AISI 316 sheet", False), ("valves", "values", False)],
)  # fmt: skip
def test_phrases_are_told_apart_without_an_encoder(a: str, b: str, *, same: bool) -> None:
    assert (alike(a, b, 0.0) >= 0.6) is same
    assert alike(a, b, 0.0) == alike(b, a, 0.0)


def test_ndcg_of_a_known_ranking() -> None:
    assert ndcg(["a", "b"], {"b": 1}) == pytest.approx(1 / np.log2(3))
    assert ndcg(["b"], {"b": 2}) == 1.0


def test_a_set_is_read_scored_and_written(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_text(
        '{"_id": "a", "title": "Pumps", "text": ""}\n{"_id": "b", "text": "x"}\n', "utf-8"
    )
    (tmp_path / "queries.jsonl").write_text(
        '{"_id": "q", "text": "pump", "metadata": {"lang": "en"}}\n', "utf-8"
    )
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\ta\t2\n", "utf-8")
    task = read_beir(tmp_path)
    shelf = Shelf([form(o, NullEncoder(), own_topics(), NoGuess()) for o in task.offers])
    run: list[tuple[str, str, int, float]] = []
    found = evaluate_retrieval(
        task, lambda r: shelf.relevances(form(r, NullEncoder(), own_topics(), NoGuess())), lambda: 0.0, run
    )
    assert (found.ndcg, found.recall, found.first, found.requests) == (1.0, 1.0, 1.0, 1)
    assert found.by_language == {"en": (1.0, 1)}
    write_run(tmp_path / "run.txt", run, "tag")
    assert (tmp_path / "run.txt").read_text("utf-8").startswith("q Q0 a 1 ")


@pytest.mark.parametrize(("name", "text"), [("corpus.jsonl", "{\n"), ("qrels.tsv", "header\nq\ta\n")])
def test_a_broken_set_is_named(tmp_path: Path, name: str, text: str) -> None:
    for other in ("corpus.jsonl", "queries.jsonl"):
        (tmp_path / other).write_text('{"_id": "a", "text": "x"}\n', "utf-8")
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n", "utf-8")
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(ValueError, match=name):
        read_beir(tmp_path)


PAIRS = Path(__file__).with_name("data") / "phrase_pairs.tsv"


def test_the_list_of_pairs_is_large_and_both_halves_hold_both_kinds() -> None:
    pairs = read_pairs(PAIRS)
    assert len(pairs) >= 400
    assert len({(pair.a, pair.b) for pair in pairs}) == len(pairs)
    assert all(
        sum(p.half == half and p.same is same for p in pairs) > 90
        for half in (0, 1)
        for same in (True, False)
    )


def test_words_alone_tell_more_pairs_apart_than_chance() -> None:
    pairs = [pair for pair in read_pairs(PAIRS) if pair.half == 1]
    assert area(similarities(pairs, NullEncoder()), [pair.same for pair in pairs]) > 0.7


def test_area_and_false_kept_of_known_values() -> None:
    assert area([3.0, 2.0, 2.0, 1.0], [True, True, False, False]) == 0.875
    assert false_kept([3.0, 2.0, 2.0, 1.0], [True, True, False, False]) == 0.5


def test_a_broken_list_of_pairs_is_named(tmp_path: Path) -> None:
    (tmp_path / "pairs.tsv").write_text("pump\tpumps\tyes\n", "utf-8")
    with pytest.raises(ValueError, match="line 1"):
        read_pairs(tmp_path / "pairs.tsv")
