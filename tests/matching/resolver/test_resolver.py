"""From text to ISIC classes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.resolver import Phrase, SectorResolver
from matching.resolver.titles import gathered, own_titles
from matching.resolver.weighing import FULLY, weights_for
from matching.sectors import sectors
from matching.semantic import NullEncoder
from tests.matching.resolver.letters import ENTRIES, LetterEncoder

PORTUGUESE = (
    ("Construção de rodovias e estradas", "pt", ["4210"]),
    ("Construção de edifícios", "pt", ["4100"]),
    ("Fabricação de calçados de couro", "pt", ["1520"]),
    ("Fabricação de malas e bolsas de couro", "pt", ["1512"]),
    ("Cultivo de café", "pt", ["0127"]),
    ("Cultivo de arroz", "pt", ["0112"]),
)
WITH_LETTERS = SectorResolver.of(gathered(ENTRIES), LetterEncoder())


@pytest.fixture(scope="module")
def small() -> SectorResolver:
    """Give a resolver over nine titles, without an encoder."""
    return SectorResolver.of(gathered(ENTRIES), NullEncoder())


@pytest.fixture(scope="module")
def wide() -> SectorResolver:
    """Give a resolver over our own trade phrases and some Portuguese titles, without an encoder."""
    return SectorResolver.of([*own_titles(), *gathered(PORTUGUESE)], NullEncoder())


def test_a_small_resolver_explains_itself(small: SectorResolver) -> None:
    found = small.suggest("rice growing", 2)
    assert (found[0].code, found[0].reason) == ("0112", "Growing of rice")
    assert len(found) == 2
    assert 0 <= found[1].score <= found[0].score <= 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("footwear (manufacture)", "1520"),
        ("footwear (wholesale)", "4641"),
        ("footwear shop", "4771"),
        ("footwear repair", "9523"),
        ("manufcture of footwaer", "1520"),
    ],
)
def test_the_activity_decides_between_classes_of_one_product(
    small: SectorResolver, text: str, code: str
) -> None:
    assert small.suggest(text)[0].code == code


@pytest.mark.parametrize(
    ("text", "language", "code"),
    [
        ("construção de estradas", "pt", "4210"),
        ("fabricação de calçados de couro", "pt", "1520"),
        ("cultivo de café", "pt", "0127"),
        ("CNC turning and milling", "en", "2592"),
        ("powder coating of aluminium parts", "en", "2592"),
        ("tannery", "", "1511"),
        ("shoe factory, footwear", "en", "1520"),
        ("铝合金压铸", "zh", "2432"),
    ],
)
def test_texts_find_their_class_among_many(wide: SectorResolver, text: str, language: str, code: str) -> None:
    found = wide.suggest(text, 5, language)
    assert found[0].code == code
    assert [s.score for s in found] == sorted((s.score for s in found), reverse=True)
    assert all(sectors()[suggestion.code].level == "class" for suggestion in found)
    assert all(suggestion.reason for suggestion in found)


def test_build_takes_titles_of_the_languages_asked_for_and_learns_at_once() -> None:
    built = SectorResolver.build(NullEncoder(), ["sl"], [Phrase("welly workshop", "1520")])
    assert {title.language for title in built.titles} == {"sl", "en"}
    assert built.learnt == 1
    found = built.suggest("welly workshop")[0]
    assert (found.code, found.reason) == ("1520", "welly workshop")


def test_an_office_s_phrases_are_learnt(small: SectorResolver) -> None:
    assert small.suggest("welly workshop") == ()
    taught = small.learn([("Welly workshop", "1520"), ("Paddy", "0112"), ("Paddy", "0111")])
    assert (len(taught), taught.learnt) == (len(small) + 2, 2)
    found = taught.suggest("welly workshop")[0]
    assert (found.code, found.reason) == ("1520", "Welly workshop")
    assert {s.code for s in taught.suggest("paddy", 2)} == {"0111", "0112"}
    again = taught.learn([("Clog maker", "1520")])
    assert again.learnt == 3
    assert again.suggest("welly workshop")[0].code == "1520"
    assert len(small) == len(ENTRIES)
    with pytest.raises(ValueError, match="is not a class"):
        small.learn([("Shoes", "152")])


@pytest.mark.parametrize("text", ["", "the of", "qq", "xyzzyplugh", "\x00", "*?"])
def test_nothing_known_suggests_nothing(small: SectorResolver, text: str) -> None:
    assert small.suggest(text) == ()
    assert small.shares(text) == {}


def test_a_resolver_without_titles_suggests_nothing() -> None:
    nothing = SectorResolver.of([], NullEncoder())
    assert nothing.suggest("rice") == ()
    assert nothing.shares("rice") == {}


@settings(deadline=None)
@given(st.text(max_size=300), st.sampled_from(["", "en", "ar"]))
def test_any_text_may_ask(text: str, language: str) -> None:
    found = WITH_LETTERS.suggest(text, 5, language)
    shares = WITH_LETTERS.shares(text, language)
    assert len(found) <= 5
    assert all(0 <= suggestion.score <= 1 for suggestion in found)
    assert bool(shares) is bool(found)
    if found:
        assert sum(shares.values()) == pytest.approx(1.0, abs=1e-5)
        assert list(shares.values()) == sorted(shares.values(), reverse=True)
        assert next(iter(shares)) == found[0].code


def test_shares_need_no_second_encoding() -> None:
    text = "shoes or wheat"
    vector = LetterEncoder().encode([text])[0]
    asked = WITH_LETTERS.shares(text, "en", vector)
    assert asked == WITH_LETTERS.shares(text, "en")
    # Several at once are multiplied in another order: the last bits of a 32-bit float may differ.
    together = WITH_LETTERS.shares_all([text, "wheat"], ["en", "en"])
    for found, alone in zip(together, (asked, WITH_LETTERS.shares("wheat", "en")), strict=True):
        assert found == pytest.approx(alone, rel=1e-5)
    other = WITH_LETTERS.shares(text, "en", np.roll(vector, 1))
    assert other != asked


def test_the_weights_move_with_what_is_learnt_and_known() -> None:
    few, some, many = (weights_for(learnt, 1.0) for learnt in (0, FULLY // 2, 2 * FULLY))
    assert many == weights_for(FULLY, 1.0)
    for name in ("network", "title", "official"):
        low, high = sorted((getattr(few, name), getattr(many, name)))
        assert low <= getattr(some, name) <= high
    foreign = weights_for(0, 0.0)
    assert foreign == weights_for(2 * FULLY, 0.1)
    assert foreign.meaning > few.meaning
    assert foreign.words < weights_for(0, 0.5).words < few.words


def test_a_long_text_is_answered(small: SectorResolver) -> None:
    assert small.suggest("we manufacture footwear. " * 5_000)[0].code == "1520"


def test_nearby_speaks_of_the_titles_that_come_near(small: SectorResolver) -> None:
    found = small.nearby("welding of steel tanks")
    assert sum(found.values()) == pytest.approx(1.0)
    assert max(found.values()) < 1.0
    assert small.nearby("") == {}
    assert SectorResolver.of((), NullEncoder()).nearby("welding") == {}
