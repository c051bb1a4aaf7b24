"""The index against a slow, plain reference, and what its callers rely on."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching import kernels, rows
from matching.index import Index, compile_loops
from matching.reading import Reader
from matching.score import GOOD
from matching.snapshots import HEAD
from matching.types import Certificate, Condition, Fact, Hit, Kind, Listing, Operator, Side
from tests.matching.pool import FirstLetter, Pool, WordVectors
from tests.matching.strategies import TODAY, listings

WORDS = Reader()
VECTORS = Reader(WordVectors())
GUESS = FirstLetter()

changes = st.lists(listings() | st.integers(1, 40), max_size=14)
minima = st.sampled_from((0.0, 20.0, 50.0, 75.0))


def agree(reader: Reader, steps: list[Listing | int], asked: Listing, k: int, minimum: float) -> None:
    """Hold an index to the plain pool after the same steps."""
    index, pool = Index(reader, GUESS), Pool(reader, (), GUESS)
    for step in steps:
        if isinstance(step, int):
            index.remove(step)
            pool.held.pop(step, None)
        else:
            index.put(step)
            pool.held[step.id] = step
    assert index.best(asked, k, TODAY, minimum).hits == pool.best(asked, k, TODAY, minimum)
    assert index.count(asked, TODAY, minimum) == len(pool.best(asked, 99, TODAY, minimum))
    assert len(index) == len(pool.held)
    assert {n for n in range(41) if n in index} == set(pool.held)


@settings(max_examples=100)
@given(changes, listings(), st.integers(0, 6), minima)
def test_by_words_the_best_are_those_of_explaining_every_pair(
    steps: list[Listing | int], asked: Listing, k: int, minimum: float
) -> None:
    agree(WORDS, steps, asked, k, minimum)


@settings(max_examples=100)
@given(changes, listings(), st.integers(0, 6), minima)
def test_by_meaning_the_best_are_those_of_explaining_every_pair(
    steps: list[Listing | int], asked: Listing, k: int, minimum: float
) -> None:
    agree(VECTORS, steps, asked, k, minimum)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(changes, listings(), st.integers(0, 6), minima)
def test_the_loops_mean_the_same_as_plain_python(
    plainly: None, steps: list[Listing | int], asked: Listing, k: int, minimum: float
) -> None:
    agree(VECTORS, steps, asked, k, minimum)


@settings(max_examples=30)
@given(st.lists(listings(), max_size=10, unique_by=lambda item: item.id))
def test_the_order_of_putting_does_not_matter(pool: list[Listing]) -> None:
    one, other = Index(VECTORS), Index(VECTORS)
    one.put_many(pool)
    for listing in reversed(pool):
        other.put(listing)
        other.merge()
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


def many(index: Index) -> list[Listing]:
    """Fill an index with offers of some crafts in many segments, and return requests for them."""
    crafts = ("CNC milling", "leather tanning", "sand casting", "cotton weaving", "gear cutting")
    for number in range(1, 121):
        index.put(offer(number, crafts[number % 5], crafts[number * 7 % 4], country=("DE", "VN")[number % 2]))
        if number % 10 == 0:
            index.best(request(999, "CNC milling"), 1, TODAY)
    return [request(200 + n, crafts[n % 5], crafts[n * 3 % 5], country="GH") for n in range(20)]


def test_many_segments_are_searched_as_one() -> None:
    index, pool = Index(WORDS), Pool(WORDS)
    asked = many(index)
    crafts = ("CNC milling", "leather tanning", "sand casting", "cotton weaving", "gear cutting")
    for number in range(1, 121):
        made = offer(number, crafts[number % 5], crafts[number * 7 % 4], country=("DE", "VN")[number % 2])
        pool.held[number] = made
    for one in asked[:4]:
        assert index.best(one, 3, TODAY).hits == pool.best(one, 3, TODAY)


def crowd(reader: Reader) -> tuple[Index, Pool, list[Listing]]:
    """Return an index and a pool of many offers and requests of every circumstance, and who asks."""
    crafts = ("CNC milling", "leather tanning", "sand casting", "cotton weaving", "gear cutting")
    bound = Condition("tolerance_mm", Operator.AT_MOST, high=0.02, hard=True)
    index, pool = Index(reader, GUESS), Pool(reader, (), GUESS)
    for number in range(1, 71):
        side = (Side.OFFER, Side.REQUEST)[number % 2]
        made = Listing(
            number, side, Kind.SUBCONTRACTING, crafts[number % 5] if number % 3 else "",
            (crafts[number % 5], crafts[number * 7 % 4]) if number % 4 else (),
            text=f"We do {crafts[number * 3 % 5]}. Ask for part {number}." if number % 2 else "",
            sectors=("2592",) if number % 3 else (), country=("DE", "VN", "")[number % 3],
            target_countries=frozenset({"VN"} if number % 5 == 0 else ()),
            excluded_countries=frozenset({"DE"} if number % 11 == 0 else ()),
            partnership_types=frozenset({"supplier"} if number % 3 else ()), owner=number % 9 or None,
            published_on=date(2026, 1 + number % 11, 1) if number % 4 else None,
            conditions=(bound,) if number % 6 == 0 else (),
            facts={"tolerance_mm": Fact(0.01 * (number % 4), 0.01 * (number % 4))} if number % 2 else {},
        )  # fmt: skip
        index.put(made)
        pool.held[number] = made
        if number == 60:
            index.merge()
    for number, side in ((81, Side.OFFER), (82, Side.REQUEST)):
        words = ("CNC milling", "cnc-milling", "milling by CNC of parts that are longer than usual")
        made = Listing(number, side, Kind.SUBCONTRACTING, "", words)
        for listing in (made, replace(made, id=number + 2, capabilities=())):
            index.put(listing)
            pool.held[listing.id] = listing
    index.remove(8)
    del pool.held[8]
    return index, pool, [pool.held[number] for number in (1, 2, 6, 12, 15, 44, 81, 82, 83, 84)]


@pytest.mark.parametrize("reader", [WORDS, VECTORS])
def test_in_a_crowd_the_loops_mean_the_same_as_plain_python(plainly: None, reader: Reader) -> None:
    index, pool, asking = crowd(reader)
    for asked in asking:
        for k in (1, 200):
            assert index.best(asked, k, TODAY).hits == pool.best(asked, k, TODAY)
        assert index.count(asked, TODAY, GOOD) == len(pool.best(asked, 99, TODAY, GOOD))


def test_all_pairs_are_those_of_asking_one_by_one() -> None:
    index = Index(WORDS)
    asked = many(index)
    assert list(index.all_best(asked, 4, TODAY)) == [index.best(one, 4, TODAY).hits for one in asked]


def test_the_loops_can_be_compiled_ahead() -> None:
    compile_loops()
    assert all(loop.signatures for loop in (kernels.cover, kernels.upper, kernels.reaching, kernels.totals))


def test_a_changed_listing_replaces_the_old_one() -> None:
    index = Index(WORDS)
    index.put(offer(1, "CNC milling"))
    index.put(offer(1, "tanning of leather"))
    assert len(index) == 1
    assert index.best(request(2, "CNC milling"), 5, TODAY, 45).hits == ()
    assert [hit.id for hit in index.best(request(2, "leather tanning"), 5, TODAY, 45).hits] == [1]


def test_a_listing_that_changes_side_leaves_its_old_one() -> None:
    index = Index(WORDS)
    index.put(offer(1, "CNC milling"))
    index.put(request(1, "CNC milling"))
    assert index.count(request(2, "CNC milling"), TODAY, 0.0) == 0
    assert index.count(offer(3, "CNC milling"), TODAY, 0.0) == 1


def test_removed_listings_are_swept_up() -> None:
    index = Index(WORDS)
    index.put_many(offer(number, f"process {number}", "CNC milling") for number in range(1, 9))
    full = index.bytes()["listings"]
    for number in range(1, 8):
        index.remove(number)
        index.remove(number)
    assert "1" not in index
    assert 1 not in index
    assert [hit.id for hit in index.best(request(20, "CNC milling"), 5, TODAY).hits] == [8]
    assert index.bytes()["listings"] < full
    index.remove(8)
    assert index.best(request(20, "CNC milling"), 5, TODAY).hits == ()


def test_hard_gaps_exclude_unless_asked_otherwise() -> None:
    index = Index(WORDS)
    fine = {"tolerance_mm": Fact(low=0.01, high=0.01)}
    coarse = {"tolerance_mm": Fact(low=0.2, high=0.2)}
    index.put(offer(1, "CNC milling", facts=fine))
    index.put(offer(2, "CNC milling", facts=coarse))
    bound = Condition("tolerance_mm", Operator.AT_MOST, high=0.02, hard=True)
    asked = request(3, "CNC milling", conditions=(bound,))
    assert [hit.id for hit in index.best(asked, 5, TODAY).hits] == [1]
    assert [hit.id for hit in index.best(asked, 5, TODAY, hard=False).hits] == [1, 2]
    assert index.count(asked, TODAY, GOOD) == 1
    assert index.count(asked, TODAY, 0.0, hard=False) == 2


def test_many_that_fall_when_they_are_judged_do_not_hide_those_that_stay() -> None:
    index = Index(WORDS)
    bound = Condition("lead_time_days", Operator.AT_MOST, high=10.0, hard=True)
    slow, quick = ({"lead_time_days": Fact(low=days, high=days)} for days in (60.0, 5.0))
    index.put_many(offer(n, "CNC milling", facts=slow) for n in range(1, 301))
    index.put(offer(301, "milling of metal", facts=quick))
    found = index.best(request(400, "CNC milling", conditions=(bound,)), 1, TODAY)
    assert [hit.id for hit in found.hits] == [301]


def test_a_new_phrase_is_found_by_who_asked_before() -> None:
    index = Index(WORDS)
    index.put(offer(1, "hydroforming"))
    asked = request(2, "friction stir welding")
    before = index.best(asked, 5, TODAY).hits
    index.put(offer(3, "friction-stir welding of panels"))
    found = index.best(asked, 5, TODAY).hits
    assert found[0].id == 3
    assert found[0].total > before[0].total + 20


def test_rows_that_are_not_used_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "KEPT", 1)
    index = Index(WORDS)
    index.put_many(offer(n, craft) for n, craft in enumerate(("turning", "milling", "casting"), 1))
    for craft, wanted in (("turning", 1), ("milling", 2), ("casting", 3), ("turning", 1)):
        assert index.best(request(9, craft), 1, TODAY).hits[0].id == wanted


def test_a_snapshot_answers_as_the_index_did_and_goes_on(tmp_path: Path) -> None:
    index = Index(VECTORS, GUESS)
    asked = many(index)
    held = (Certificate("ISO 9001:2015", TODAY), Certificate("CE"))
    facts = {"tolerance_mm": Fact(low=0.01, high=0.01), "certificate": Fact(certificates=held)}
    bound = Condition("tolerance_mm", Operator.AT_MOST, high=0.02, hard=True)
    index.put(
        offer(150, "gear cutting", facts=facts, sectors=("2592",), conditions=(bound,), published_on=TODAY)
    )
    index.save(tmp_path / "kept", mark="17")
    index.save(tmp_path / "kept", mark="18")
    again, mark = Index.load(tmp_path / "kept", VECTORS, GUESS)
    assert mark == "18"
    asked.append(request(300, "gear cutting", conditions=(bound,), facts=facts, sectors=("2599",)))
    # By the look of a word, by its stem, and joined: all of it lies in the snapshot.
    asked += [request(301, "gear cuting"), request(302, "cuttings of gears"), request(303, "gearcutting")]
    for one in asked:
        assert again.best(one, 6, TODAY) == index.best(one, 6, TODAY)
    for each in (index, again):
        each.put(offer(160, "gear cutting of large rings", facts=facts, conditions=(bound,)))
        each.remove(150)
    for one in asked:
        assert again.best(one, 6, TODAY) == index.best(one, 6, TODAY)
    again.save(tmp_path / "later")
    later, _ = Index.load(tmp_path / "later", VECTORS, GUESS)
    assert later.best(asked[-1], 6, TODAY) == index.best(asked[-1], 6, TODAY)


def test_answers_to_many_at_once_are_those_to_each() -> None:
    index, plain = Index(WORDS), Index(WORDS)
    asked = [*many(index), *many(plain)[:2], offer(500, "gear cutting"), request(501, "of the")]
    for _ in range(2):
        found = list(index.all_best(asked, 3, TODAY))
        assert found == [plain.best(one, 3, TODAY).hits for one in asked]
        for held in (index, plain):
            held.put(offer(502, "gear cutting of rings"))


def test_words_that_are_cut_elsewhere_are_found() -> None:
    index = Index(WORDS)
    index.put(offer(1, "steelh-opper"))
    asked = request(2, "steel hoppers")
    best = index.best(asked, 1, TODAY).hits[0]
    assert best.total == index.explain(asked, offer(1, "steelh-opper"), TODAY).total


def test_ids_of_any_size_are_kept_apart() -> None:
    index, ids = Index(WORDS), (3, -5, 1 << 31, 1 << 40, -(1 << 40))
    for n, listing_id in enumerate(ids):
        index.put(offer(listing_id, "CNC milling"))
        assert {hit.id for hit in index.best(request(9, "CNC milling"), 9, TODAY).hits} == set(ids[: n + 1])
        assert [other in index for other in ids] == [at <= n for at in range(len(ids))]
    for listing_id in ids:
        assert listing_id in index
        assert listing_id + 1 not in index
        index.remove(listing_id)
    assert len(index) == 0


def test_an_index_that_is_full_of_phrases_says_so_and_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    index = Index(WORDS)
    index.put(offer(1, "CNC milling"))
    monkeypatch.setattr("matching.phrases.MOST", len(index.phrases) + 1)
    with pytest.raises(OverflowError, match="distinct phrases"):
        index.put(offer(1, "weaving", "dyeing"))
    assert [hit.id for hit in index.best(request(9, "CNC milling"), 9, TODAY).hits] == [1]


def test_merging_nothing_is_nothing() -> None:
    index = Index(WORDS)
    index.put(offer(1, "CNC milling"))
    index.remove(1)
    index.merge()
    assert index.best(request(2, "CNC milling"), 1, TODAY).hits == ()


def test_an_empty_index_can_be_kept(tmp_path: Path) -> None:
    Index(WORDS).save(tmp_path / "kept")
    index, _ = Index.load(tmp_path / "kept", WORDS)
    index.put(offer(1, "CNC milling"))
    assert [hit.id for hit in index.best(request(2, "CNC milling"), 1, TODAY).hits] == [1]


def test_a_snapshot_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no snapshot"):
        Index.load(tmp_path / "none", WORDS)
    Index(WORDS).save(tmp_path / "kept")
    with pytest.raises(ValueError, match="another reader"):
        Index.load(tmp_path / "kept", VECTORS)
    head = json.loads((tmp_path / "kept" / HEAD).read_text())
    (tmp_path / "kept" / HEAD).write_text(json.dumps({**head, "format": 0}))
    with pytest.raises(ValueError, match="another version"):
        Index.load(tmp_path / "kept", WORDS)


def test_threads_ask_while_listings_come_and_go() -> None:
    index = Index(WORDS)
    index.put_many(offer(n, "CNC milling", f"part {n}") for n in range(1, 30))
    asked, wrong = request(99, "CNC milling"), list[object]()
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            try:
                hits = index.best(asked, 3, TODAY).hits
                if len(hits) != 3 or any(not isinstance(hit, Hit) for hit in hits):
                    wrong.append(hits)
            except Exception as error:  # noqa: BLE001 - told to the thread that judges
                wrong.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for n in range(30, 130):
        index.put(offer(n, "CNC milling", f"part {n}"))
        index.remove(n - 20)
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_explaining_gives_the_totals_of_the_hits() -> None:
    index = Index(WORDS)
    made = [offer(n, craft) for n, craft in enumerate(("CNC milling", "milling", "weaving"), 1)]
    index.put_many(made)
    asked = request(9, "CNC milling")
    by_id = {hit.id: hit.total for hit in index.best(asked, 3, TODAY).hits}
    scores = index.explain_all(asked, made, TODAY)
    assert {score.offer_id: score.total for score in scores} == by_id
    back = index.explain_all(made[0], [asked], TODAY)
    assert back == [index.explain(asked, made[0], TODAY)]


def test_bytes_tell_listings_phrases_and_vectors_apart() -> None:
    index = Index(VECTORS)
    index.put_many(offer(n, f"part {n}") for n in range(100))
    found = index.bytes()
    assert found["vectors"] == 16 * len(
        {f"part {n}" for n in range(100)} | {f"Workshop {n}" for n in range(100)}
    )
    assert found["listings"] > 0
    assert found["phrases"] > 0


def test_dates_of_one_day_do_not_matter_to_the_order_of_ids() -> None:
    index = Index(WORDS)
    index.put_many(offer(n, "CNC milling", published_on=date(2026, 11, 1)) for n in (5, 3, 4))
    assert [hit.id for hit in index.best(request(9, "CNC milling"), 3, TODAY).hits] == [3, 4, 5]
