"""Synthetic listings: the same each time, and like those of an exchange."""

from __future__ import annotations

from collections import Counter
from itertools import islice, pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.criteria import CRITERIA
from matching.evaluation.synthetic import (
    BLOCK,
    FIRST_NEWCOMER,
    FIRST_REQUEST,
    PHRASES_MOST,
    TODAY,
    SyntheticListings,
    phrases_among,
)
from matching.evaluation.synthetic_phrases import TYPO_LETTERS, Phrases, misspelt, plural, rank_of
from matching.evaluation.synthetic_terms import CONDITIONS, FACTS
from matching.isic import is_sector
from matching.types import Listing, Side

SIZE = 3_000


@pytest.fixture(scope="module")
def offers() -> list[Listing]:
    return list(SyntheticListings(SIZE).offers(SIZE))


@pytest.fixture(scope="module")
def requests() -> list[Listing]:
    return list(SyntheticListings(SIZE).requests(500))


def test_the_same_seed_gives_the_same_listings_and_another_one_others(offers: list[Listing]) -> None:
    assert list(SyntheticListings(SIZE).offers(SIZE)) == offers
    others = list(SyntheticListings(SIZE, seed=2).offers(SIZE))
    assert sum(a.capabilities == b.capabilities for a, b in zip(offers, others, strict=True)) < SIZE // 100


def test_fewer_are_the_first_of_more_and_some_can_be_had_again(offers: list[Listing]) -> None:
    made = SyntheticListings(SIZE)
    assert list(islice(made.offers(SIZE), BLOCK + 7)) == list(made.offers(BLOCK + 7)) == offers[: BLOCK + 7]
    assert list(made.offers_of([1_500, 2, 1_500, 2_999])) == [offers[1], offers[1_499], offers[2_998]]


def test_ids_sides_and_counts(offers: list[Listing], requests: list[Listing]) -> None:
    assert [offer.id for offer in offers] == list(range(1, SIZE + 1))
    assert {offer.side for offer in offers} == {Side.OFFER}
    assert [request.id for request in requests] == list(range(FIRST_REQUEST, FIRST_REQUEST + 500))
    assert {request.side for request in requests} == {Side.REQUEST}


def test_there_is_a_tenth_as_many_phrases_and_never_more_than_there_can_be() -> None:
    assert SyntheticListings(SIZE).phrases == pytest.approx(SIZE / 10, abs=10)
    assert phrases_among(1_000_000) == phrases_among(5_000_000) == PHRASES_MOST
    assert phrases_among(1) == 1
    assert [offer.id for offer in SyntheticListings(1).offers(3)] == [1, 2, 3]


def test_phrases_are_distinct() -> None:
    phrases = Phrases(5_000, 1)
    assert len(set(phrases.parts)) == len(phrases) == sum(phrases.sizes)


def test_every_listing_is_one_that_the_exchange_would_take(
    offers: list[Listing], requests: list[Listing]
) -> None:
    for listing in (*offers, *requests):
        assert 1 <= len(listing.capabilities) <= 8
        assert len(set(listing.capabilities)) == len(listing.capabilities)
        assert all(phrase.strip() == phrase for phrase in listing.capabilities)
        assert listing.title
        assert listing.text
        assert 1 <= len(listing.sectors) <= 3
        assert all(is_sector(code) for code in listing.sectors)
        assert len(listing.country) == 2
        assert listing.published_on is not None
        assert listing.published_on <= TODAY
        criteria = [condition.criterion for condition in listing.conditions]
        assert len(set(criteria)) == len(criteria)


def test_conditions_and_facts_are_under_known_criteria() -> None:
    assert {condition.criterion for condition in CONDITIONS} <= set(CRITERIA)
    assert {name for name, _ in FACTS} <= set(CRITERIA)
    assert 0.2 < sum(condition.hard for condition in CONDITIONS) / len(CONDITIONS) < 0.3


def test_shares_are_as_announced(offers: list[Listing]) -> None:
    def share(*, of: list[bool]) -> float:
        return sum(of) / len(of)

    assert share(of=[bool(offer.conditions) for offer in offers]) == pytest.approx(1 / 3, abs=0.04)
    assert share(of=[bool(offer.facts) for offer in offers]) == pytest.approx(1 / 2, abs=0.04)
    assert share(of=[bool(offer.target_countries) for offer in offers]) == pytest.approx(0.3, abs=0.04)
    assert share(of=[offer.language != "en" for offer in offers]) == pytest.approx(0.3, abs=0.04)
    assert share(of=["Last year" in offer.text for offer in offers]) == pytest.approx(0.1, abs=0.03)
    assert not any("Last year" in offer.text for offer in SyntheticListings(SIZE, prose=0).offers(500))


def test_common_phrases_are_common_by_the_law_of_zipf(offers: list[Listing]) -> None:
    counts = Counter(phrase.lower() for offer in offers for phrase in offer.capabilities)
    ranked = [count for _, count in counts.most_common()]
    assert sum(ranked[: len(ranked) // 10]) > 0.4 * sum(ranked)
    assert sum(count == 1 for count in ranked) > 0.2 * len(ranked)
    sectors = Counter(code for offer in offers for code in offer.sectors).most_common()
    assert sectors[0][1] > 4 * sectors[len(sectors) // 2][1]
    countries = Counter(offer.country for offer in offers)
    assert countries["DE"] > 5 * countries["JO"]


@given(st.integers(1, 200_000))
def test_ranks_lie_within_and_the_first_is_the_likeliest(size: int) -> None:
    ranks = [rank_of(step / 100, size) for step in range(100)]
    assert ranks == sorted(ranks)
    assert 0 <= ranks[0] <= ranks[-1] < size
    assert rank_of(1.0, size) == size - 1


def test_one_phrase_is_written_in_many_ways(offers: list[Listing]) -> None:
    phrases = Phrases(2_000, 1)
    every = [phrases.right(number, "en") for number in range(len(phrases))]
    assert sum(len(ways) for ways in every) > 3 * len(every)
    written = {way for ways in every for way in ways}
    assert any(f"{one}s" in written for one in written)
    assert any(one.replace("-", " ") in written for one in written if "-" in one)
    assert any("aluminum" in one for one in written)
    assert any("aluminium" in one for one in written)
    assert any(set(a.split()) == set(b.split()) and a != b for ways in every for a in ways for b in ways)


def test_in_other_languages_words_are_theirs_where_they_are_known() -> None:
    phrases = Phrases(3_000, 1)
    for language, known in (("de", "Drehen"), ("fr", "tournage"), ("es", "torneado")):
        found = [phrases.right(number, language) for number in range(len(phrases))]
        assert any(known in way for ways in found for way in ways)
    assert any(
        phrases.right(number, "de")[0] in phrases.right(number, "en") for number in range(len(phrases))
    )


def test_some_capabilities_are_misspelt(offers: list[Listing]) -> None:
    phrases = Phrases(phrases_among(SIZE), seed=1)
    right: set[str] = set()
    for number in range(len(phrases)):
        for language in ("en", "de", "fr", "es"):
            right.update(phrases.right(number, language))
    named = [phrase for offer in offers for phrase in offer.capabilities]
    assert 0.06 < sum(phrase not in right for phrase in named) / len(named) < 0.14


@given(st.text("abcdefgh ", min_size=1, max_size=40), st.integers(0, 1_000))
def test_a_misspelling_changes_one_longer_word_by_one_letter(text: str, seed: int) -> None:
    wrong = misspelt(text, Random(seed))
    before, after = text.split(" "), wrong.split(" ")
    assert len(after) == len(before)
    changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert len(changed) <= 1
    assert all(len(a) >= TYPO_LETTERS and abs(len(a) - len(b)) <= 1 for a, b in changed)


@pytest.mark.parametrize(
    ("one", "many"),
    [("shaft", "shafts"), ("box", "boxes"), ("battery", "batteries"), ("tray", "trays"), ("shelf", "shelves"),
     ("roof", "roofs"), ("switch", "switches")],
)  # fmt: skip
def test_plurals(one: str, many: str) -> None:
    assert plural(one) == many


def test_many_listings_are_nearly_those_before_them(offers: list[Listing]) -> None:
    again = sum(len(set(a.capabilities) & set(b.capabilities)) >= 2 for a, b in pairwise(offers))
    assert again > 0.03 * SIZE


def test_newcomers_and_those_who_seek_them_share_words_that_nobody_else_wrote(offers: list[Listing]) -> None:
    known = {word for offer in offers for phrase in offer.capabilities for word in phrase.lower().split()}
    pairs = list(SyntheticListings(SIZE).newcomers(50))
    names = set()
    for at, (offer, request) in enumerate(pairs):
        assert (offer.id, request.id) == (FIRST_NEWCOMER + 2 * at, FIRST_NEWCOMER + 2 * at + 1)
        assert (offer.side, request.side) == (Side.OFFER, Side.REQUEST)
        assert offer.capabilities == request.capabilities
        own = {phrase.split()[-1] for phrase in offer.capabilities}
        assert len(own) == 1
        assert not own & known
        names |= own
    assert len(names) == 50
