"""The index against a slow, plain reference, and what its callers rely on."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import index as index_module
from matching.index import Index
from matching.score import explain
from matching.search import TEXT_WEIGHT
from matching.types import Found, Hit, Kind, Listing, Side
from tests.matching.strategies import TODAY, listings


def reference(pool: dict[int, Listing], asked: Listing, k: int, today: date, minimum: float) -> Found:
    """Explain every pair, sort, cut."""
    hits = []
    for other in pool.values():
        if other.side is asked.side or other.kind is not asked.kind or other.id == asked.id:
            continue
        request, offer = (asked, other) if asked.side is Side.REQUEST else (other, asked)
        score = explain(request, offer, today)
        if not score.excluded_by and score.total >= minimum:
            hits.append(Hit(other.id, score))
    hits.sort(key=lambda hit: (-hit.score.total, hit.id))
    return Found(tuple(hits[:k]), len(hits))


changes = st.lists(listings() | st.integers(1, 40), max_size=14)


@settings(max_examples=120)
@given(changes, listings(), st.integers(0, 6), st.sampled_from((0.0, 20.0, 50.0, 75.0)))
def test_best_is_what_explaining_every_pair_gives(
    steps: list[Listing | int], asked: Listing, k: int, minimum: float
) -> None:
    index, pool = Index(), dict[int, Listing]()
    for step in steps:
        if isinstance(step, int):
            index.remove(step)
            pool.pop(step, None)
        else:
            index.put(step)
            pool[step.id] = step
    assert index.best(asked, k, TODAY, minimum) == reference(pool, asked, k, TODAY, minimum)
    assert len(index) == len(pool)
    assert {n for n in range(41) if n in index} == set(pool)


@settings(max_examples=30)
@given(st.lists(listings(), max_size=10, unique_by=lambda item: item.id))
def test_the_order_of_putting_does_not_matter(pool: list[Listing]) -> None:
    turned = list(reversed(pool))
    one, other = Index(), Index()
    one.put_many(pool)
    other.put_many(turned)
    for asked in pool:
        assert one.best(asked, 5, TODAY) == other.best(asked, 5, TODAY)


def offer(number: int, *capabilities: str, **more: object) -> Listing:
    """Return a subcontracting offer."""
    made = Listing(number, Side.OFFER, Kind.SUBCONTRACTING, f"Workshop {number}", capabilities)
    return replace(made, **more)  # type: ignore[arg-type]


def request(number: int, *capabilities: str, **more: object) -> Listing:
    """Return a subcontracting request."""
    made = Listing(number, Side.REQUEST, Kind.SUBCONTRACTING, f"Enquiry {number}", capabilities)
    return replace(made, **more)  # type: ignore[arg-type]


def test_a_changed_listing_replaces_the_old_one() -> None:
    index = Index()
    index.put(offer(1, "CNC milling"))
    index.put(offer(1, "tanning of leather"))
    assert len(index) == 1
    found = index.get(1)
    assert found is not None
    assert found.capabilities == ("tanning of leather",)
    assert index.best(request(2, "CNC milling"), 5, TODAY, 40).hits == ()
    assert [hit.id for hit in index.best(request(2, "leather tanning"), 5, TODAY, 40).hits] == [1]


def test_a_listing_that_changes_side_leaves_its_old_one() -> None:
    index = Index()
    index.put(offer(1, "CNC milling"))
    index.put(request(1, "CNC milling"))
    assert index.best(request(2, "CNC milling"), 5, TODAY).total == 0
    assert index.best(offer(3, "CNC milling"), 5, TODAY).total == 1


def test_a_removed_listing_is_found_no_more() -> None:
    index = Index()
    index.put(offer(1, "CNC milling"))
    index.remove(1)
    index.remove(1)
    assert 1 not in index
    assert index.get(1) is None
    assert index.best(request(2, "CNC milling"), 5, TODAY).hits == ()
    assert index.search("milling", 5) == []


def test_space_of_removed_listings_is_won_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "DEAD_LEAST", 3)
    index = Index()
    for number in range(1, 9):
        index.put(offer(number, f"process {number}", "CNC milling"))
    for number in range(1, 8):
        index.remove(number)
    index.put(offer(9, "CNC turning"))
    asked = request(20, "CNC milling")
    assert [hit.id for hit in index.best(asked, 5, TODAY).hits] == [8, 9]
    index.remove(8)
    index.remove(9)
    assert index.best(asked, 5, TODAY).hits == ()


def test_explain_of_the_index_is_explain_of_the_pair() -> None:
    asked, offered = request(1, "CNC milling"), offer(2, "CNC-milling")
    assert Index().explain(asked, offered, TODAY) == explain(asked, offered, TODAY)


def test_a_new_phrase_is_found_by_those_who_asked_before() -> None:
    index, asked = Index(), request(1, "aluminium casting")
    index.put(offer(2, "steel forging"))
    assert index.best(asked, 5, TODAY, 50).total == 0
    index.put(asked)
    index.put(offer(3, "aluminum castngs"))
    assert [hit.id for hit in index.best(asked, 5, TODAY, 50).hits] == [3]
    index.put(offer(4, "casting of aluminium"))
    assert [hit.id for hit in index.best(asked, 5, TODAY, 50).hits] == [4, 3]


def test_readers_and_writers_do_not_disturb_each_other() -> None:
    index, errors = Index(), list[BaseException]()
    index.put_many(offer(n, "CNC milling", f"process {n}") for n in range(1, 30))

    def write(start: int) -> None:
        for number in range(start, start + 40):
            index.put(offer(number, "CNC milling", f"grade {number}"))
            index.remove(number)

    def read() -> None:
        for _ in range(40):
            found = index.best(request(999, "CNC milling"), 50, TODAY)
            assert found.total == len(found.hits) >= 29
            assert all(hit.score.meetings[0].how == "same" for hit in found.hits)
            assert len(index.search("millng", 100)) >= 29

    def guarded(work: object, *arguments: object) -> None:
        try:
            work(*arguments)  # type: ignore[operator]
        except BaseException as error:  # noqa: BLE001 - whatever a thread dies of is shown below
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(write, 100 * n)) for n in (1, 2)]
    threads += [threading.Thread(target=guarded, args=(read,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(index) == 29


def test_search_forgives_misspellings() -> None:
    index = Index()
    index.put(offer(1, "aluminium casting"))
    index.put(offer(2, "steel forging"))
    index.put(request(3, "casting of aluminium", kind=Kind.TECHNOLOGY))
    assert [found for found, _ in index.search("alumnium castng", 5)] == [1, 3]
    assert [found for found, _ in index.search("alumnium castng", 1)] == [1]
    assert [found for found, _ in index.search("aluminium", 5, side=Side.REQUEST)] == [3]
    only = frozenset({Kind.SUBCONTRACTING})
    assert [found for found, _ in index.search("aluminium", 5, kinds=only)] == [1]


def test_search_finds_as_one_types_and_ranks_titles_first() -> None:
    index = Index()
    index.put(offer(1, text="We also do galvanising, on demand."))
    index.put(offer(2, "galvanising"))
    assert [found for found, _ in index.search("galvan", 5)] == [2, 1]
    assert index.search("ga", 5) == []
    assert index.search("steel galvan", 5)[0][1] < index.search("galvan", 5)[0][1]


@given(st.text(max_size=60), st.integers(-2, 5))
def test_search_answers_anything(text: str, k: int) -> None:
    index = Index()
    index.put(offer(1, "CNC milling", text="literally: \x00 铝合金"))
    found = index.search(text, k)
    assert len(found) <= max(0, k)
    assert all(0 < relevance <= 1 for _, relevance in found)


def test_search_for_nothing_finds_nothing() -> None:
    index = Index()
    index.put(offer(1, "CNC milling"))
    assert index.search("", 5) == []
    assert index.search("the of and", 5) == []


def test_long_lists_of_capabilities_agree_from_both_sides() -> None:
    index, asked = Index(), request(1, *(f"process {n}" for n in range(25)))
    offered = offer(2, "process 3", "process 19", "process 24")
    index.put_many((asked, offered))
    expected = explain(asked, offered, TODAY)
    assert index.best(offered, 1, TODAY).hits[0].score == expected
    assert index.best(asked, 1, TODAY).hits[0].score == expected
    assert index.best(offered, 1, TODAY, expected.total).total == 1


def test_search_reads_so_many_words_of_a_listing() -> None:
    index = Index()
    index.put(offer(1, text=" ".join(f"{n}q" for n in range(2_000))))
    assert index.search("5q", 1) == [(1, TEXT_WEIGHT)]
    assert index.search("1999q", 1) == []
