"""The row of a phrase holds what comparing it with every phrase finds."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

import pytest

from matching import held, scanning, tokens
from matching.comparing import CUTOFF
from matching.evaluation.pairs import read_pairs
from matching.held import Forms
from matching.phrases import Phrases
from matching.reading import Reader, Reading
from matching.rows import Rows
from tests.matching.pool import WordVectors

WORDS = Reader()
VECTORS = Reader(WordVectors())
CRAFTS = [
    "waste water treatment", "wastewater", "was tewater treatment of the largest kind there is anywhere",
    "EDM", "electrical discharge machining", "welding", "wielding", "soudage", "welding of copper",
    "M8 bolts", "M10 bolts", "galvanisng", "hot-dip galvanising", "", "of the", "copper of the",
    "repair servics", "repair services", "servics", "custom couplings", "custom gears", "gears",
    *(f"copper gears {letter * 5}" for letter in "bcdfghjklmnpqrtvw"),
]  # fmt: skip


def agree(reader: Reader, texts: list[str], asked: list[str], first: int = 0) -> None:
    """Hold the rows of phrases to comparing each with every one; the index grows while it is asked."""
    phrases = Phrases(reader)
    forms = Forms(phrases)
    made = Rows(forms)
    readings: list[Reading] = []
    for part in (texts[:first], texts[first:]):
        readings += reader.read_all([(text, "") for text in part])
        phrases.number_all(readings)
        for text in asked:
            reading = reader.read(text, "")
            values = [reader.alike(reading, other).value for other in readings]
            wanted = {n: round(10_000 * value) for n, value in enumerate(values) if value >= CUTOFF}
            row = made.of(reading)
            alike = dict(zip(row.ids.tolist(), row.values.tolist(), strict=True))
            found = {n: alike[form] for n, form in enumerate(forms.numbers.tolist()) if form in alike}
            assert found == wanted, text


@pytest.mark.parametrize("reader", [WORDS, VECTORS])
def test_every_phrase_that_is_alike_is_found(reader: Reader) -> None:
    agree(reader, CRAFTS, CRAFTS, first=7)


@pytest.mark.parametrize("reader", [WORDS, VECTORS])
def test_the_loops_mean_the_same_as_plain_python(
    plainly: None, monkeypatch: pytest.MonkeyPatch, reader: Reader
) -> None:
    for module in (held, scanning):
        monkeypatch.setattr(module, "BUCKETS", 2)  # so that runs with different hashes share a chain
    agree(reader, CRAFTS, CRAFTS[:14:3] + CRAFTS[14:17] + CRAFTS[-1:], first=7)


def test_forms_with_one_key_are_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "blake2b", lambda _, digest_size: blake2b(b"", digest_size=digest_size))
    agree(WORDS, CRAFTS[:12], CRAFTS[:12:3], first=4)


def test_real_phrases_are_found() -> None:
    pairs = read_pairs(Path(__file__).with_name("phrase_pairs_last.tsv"))
    held = list(dict.fromkeys(text for pair in pairs for text in (pair.a, pair.b)))
    agree(WORDS, held, held[::9], first=100)


def test_what_is_like_a_token_is_forgotten_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "LIKES_KEPT", 1)
    agree(WORDS, CRAFTS, CRAFTS)
