from __future__ import annotations

import pytest

from matching.resolver import Phrase
from matching.resolver.titles import (
    Title,
    gathered,
    own_titles,
    product_titles,
    standard_titles,
    taught_titles,
)
from matching.sectors import sectors


def test_titles_share_themselves_out() -> None:
    titles = gathered([("Rice", "en", ["0112"]), (" Rice ", "en", ["0111", "0112"]), ("", "en", ["0112"])])
    assert titles == [Title("Rice", "en", (("0111", 0.25), ("0112", 0.75)))]
    assert gathered([("Rice", "en", ["9999"])]) == []


def test_the_standards_titles_lead_to_classes() -> None:
    titles = standard_titles(["fr", "pt"])
    assert {title.language for title in titles} == {"fr", "pt"}
    assert len(titles) > 3_000
    for title in titles:
        assert sum(share for _, share in title.shares) == pytest.approx(1.0)
        assert all(sectors()[code].level == "class" for code, _ in title.shares)
    assert any(title.text == "Culture du riz" and title.shares == (("0112", 1.0),) for title in titles)


def test_our_own_trade_phrases_are_titles_of_their_languages() -> None:
    every, chinese = own_titles(), own_titles(["zh"])
    assert {title.language for title in chinese} == {"zh"}
    assert set(chinese) < set(every)
    assert any(title.text == "CNC machining" and title.shares == (("2592", 1.0),) for title in every)


def test_everyday_products_stand_for_classes_that_exist_and_are_english() -> None:
    every = product_titles()
    assert product_titles(["fr", "en"]) == every
    assert product_titles(["fr"]) == []
    found = {title.text: title.shares for title in every}
    assert found["manufacture of wooden handles"] == (("1629", 1.0),)
    assert found["wholesale of toys"] == (("4649", 1.0),)
    assert len({code for title in every for code, _ in title.shares}) > 390
    assert not any("…" in text or ";" in text or "?" in text for text in found)


def test_what_an_office_teaches_may_stand_for_several_classes() -> None:
    phrases = [Phrase("Paddy", "0112"), Phrase("Paddy", "0111"), Phrase("Paddy", "0112", "fr")]
    assert taught_titles(phrases) == [
        Title("Paddy", "en", (("0111", 0.5), ("0112", 0.5))),
        Title("Paddy", "fr", (("0112", 1.0),)),
    ]


@pytest.mark.parametrize("code", ["9999", "C", "15", "152", ""])
def test_what_is_no_class_is_not_taught(code: str) -> None:
    with pytest.raises(ValueError, match="is not a class"):
        taught_titles([Phrase("Shoes", code)])
