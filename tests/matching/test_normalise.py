"""One form for what people write in many ways."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.folding import fold
from matching.normalise import (
    PHRASE_TOKENS,
    TEXT_CHARS,
    clauses,
    clean,
    phrase,
    tokens_of,
)


def keys(text: str, language: str = "") -> list[str]:
    """Return the keys of a phrase's tokens."""
    return [token.key for token in phrase(text, language).tokens]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Aluminum Castings", ["aluminium", "casting"]),
        ("injection MOLDING", ["injection", "moulding"]),
        ("anodized", ["anodised"]),
        ("customize", ["customise"]),
        ("powder-coating", ["powder", "coating"]),
        ("powdercoating", ["powder", "coating"]),
        ("powder coating", ["powder", "coating"]),
        ("C.N.C. milling", ["cnc", "milling"]),
        ("Pulverbeschichtung", ["pulver", "beschichtung"]),
        ("batteries, boxes and buses", ["battery", "box", "bus"]),
        ("services", ["service"]),
        ("brass chassis, gas", ["brass", "chassis", "gas"]),
        ("AISI304", ["aisi", "304"]),
        ("AISI 304", ["aisi", "304"]),
        ("M 8 bolts", ["m8", "bolt"]),
        ("6061-T6", ["6061", "t6"]),
        ("±0,02 mm", ["0.02", "mm"]),
        ("1.4301", ["1.4301"]),
        ("l'usinage d’acier", ["usinage", "acier"]),
        ("Ünlü façade", ["unlu", "facade"]),
        ("Straße", ["strasse"]),
        ("łódź", ["lodz"]),
        ("ﬁne ｍilling", ["fine", "milling"]),
        ("铝合金压铸", ["铝合", "合金", "金压", "压铸"]),
        ("钢 plate钢板", ["钢", "plate", "钢板"]),
        ("أَلْمِنيوم", ["المنيوم"]),
        ("сварка и ковка", ["сварка", "ковка"]),
        ("milling\x00turning\u200bx", ["milling", "turning", "x"]),
        ("CNC CNC cnc", ["cnc"]),
        ("die casting", ["die", "casting"]),
        ("the of and", []),
        ("", []),
        ("'", []),
        ("women's shoes", ["woman", "shoe"]),
        ("O-rings and e-coating", ["oring", "ecoating"]),
        ("CE marking AND testing", ["ce", "marking", "testing"]),
        ("SUS 304", ["sus", "304"]),
        ("DES PIECES", ["piece"]),
        ("thé et maïs", ["the", "mais"]),
        ("used furniture", ["used", "furniture"]),
        ("tools used for cutting, used", ["tool", "cutting"]),
        ("peinture sans solvant", ["peinture", "without", "solvant"]),
        ("5,000 pieces or 1,234,567, 0,125 mm", ["5000", "piece", "1234567", "0.125", "mm"]),
        ("AISI ٣٠٤", ["aisi", "304"]),
        ("M8 × 40", ["m8x40"]),
        ("Ø 20", ["o20"]),
        ("Edelstahlrohre", ["stainless", "stahlrohre"]),
        ("Inoxrohre", ["stainless", "rohre"]),
        ("acier inoxydable", ["acier", "stainless"]),
        ("不锈钢管", ["stainless", "锈钢", "钢管"]),
    ],
)
def test_words_take_one_form(text: str, expected: list[str]) -> None:
    assert keys(text) == expected


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("pièce moulée", "pièces moulées", "fr"),
        ("mecanizado", "mecanizados", "es"),
        ("Bearbeitungen", "Bearbeitung", "de"),
        ("литьё", "литья", "ru"),
        ("usinado", "usinados", "pt"),
        ("lavorazioni", "lavorazione", "it"),
        ("welding", "welded", "en"),
        ("المصانع", "مصانع", "ar"),
        ("المصانع", "مصانع", ""),
        ("сварки", "сварка", ""),
    ],
)
def test_inflected_words_share_a_stem(one: str, other: str, language: str) -> None:
    first, second = phrase(one, language).tokens, phrase(other, language).tokens
    assert [t.stem for t in first] == [t.stem for t in second]


def test_an_article_in_one_language_is_a_tool_in_another() -> None:
    assert keys("die Giesserei", "de") == ["giesserei"]
    assert keys("die forging", "en") == ["die", "forging"]


def test_a_language_without_stemmer_keeps_its_words() -> None:
    assert [t.stem for t in phrase("käännöspalvelut", "fi").tokens] == ["kaannospalvelut"]


def test_words_that_say_little_weigh_little() -> None:
    assert [t.weight for t in phrase("welding services").tokens] == [1.0, 0.25]
    assert phrase("welding services").weight == 1.25
    assert phrase("supply").tokens[0].generic


def test_fold_leaves_no_case_and_no_accent() -> None:
    assert fold("ÉCLAIRAGE") == "eclairage"
    assert fold("Ёлка") == "елка"


def test_a_word_of_nothing_but_a_stretched_line_is_no_token() -> None:
    assert keys("\u0640 \u0633\u0640\u0628\u0643", "ar") == ["\u0633\u0628\u0643"]


def test_clauses_come_in_order_without_doubles_and_addresses() -> None:
    text = (
        "CNC milling; welding.\nSee https://example.org/a?b or write to a@example.org. CNC milling - 5.5 mm"
    )
    assert clauses(text, 10) == ["CNC milling", "welding", "See", "or write to", "5.5 mm"]
    assert clauses(text, 1) == ["CNC milling"]
    assert clauses("mills, turns, welds", 5) == ["mills, turns, welds"]
    assert clauses("ab", 5) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # None is there: decimals, numbers of materials, versions, abbreviations, ordinals.
        ("0.02 mm of 1.4301 in v2.10.3, 1.200 kg", ["0.02 mm of 1.4301 in v2.10.3, 1.200 kg"]),
        ("am 5. Mai, No. 5 at 3.5 t, e.g. tin", ["am 5. Mai, No. 5 at 3.5 t, e.g. tin"]),
        # The ends of Arabic sentences.
        ("نلحم؛ نخرط؟ نعم كثيرا", ["نلحم", "نخرط", "نعم كثيرا"]),
    ],
)
def test_clauses_end_where_sentences_do(text: str, expected: list[str]) -> None:
    assert clauses(text, 20) == expected


@given(st.text(max_size=400), st.sampled_from(("", "en", "fr", "ar", "xx", "\x00")))
def test_any_text_has_a_form(text: str, language: str) -> None:
    made = phrase(text, language)
    assert len(made.tokens) <= PHRASE_TOKENS
    assert all(token.key and token.stem for token in made.tokens)
    assert phrase(text.upper(), language).text == " ".join(clean(text.upper(), 200).split())
    assert all(clause.strip() == clause for clause in clauses(text, 5))


@pytest.mark.parametrize(
    "text",
    ["a" * 300_000, "a." * 150_000, "1." * 150_000, "- " * 150_000, "https://" * 40_000, "a@" * 150_000,
     "'a" * 150_000, "铝" * 300_000, "ﷺ" * 300_000, "\u0301" * 300_000, "aB1" * 100_000],
)  # fmt: skip
def test_long_texts_take_linear_time(text: str) -> None:
    start = time.thread_time()
    assert len(clean(text)) <= TEXT_CHARS
    tokens_of(clean(text), "en")
    clauses(text, 12)
    phrase(text, "de")
    assert time.thread_time() - start < 1.0
