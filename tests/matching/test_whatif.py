"""What a listing could add and what its conditions cost, against counting every pair plainly."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import whatif
from matching.changes import grant
from matching.index import Index
from matching.profiles import CAPABILITIES
from matching.reading import Reader
from matching.types import Certificate, Condition, Fact, Kind, Listing, Operator, Outcome, Side
from matching.whatif import gaps, prices
from tests.matching.strategies import TODAY, listings, offers, requests

READER = Reader()
AT_MOST, ALL_OF = Operator.AT_MOST, Operator.ALL_OF


def plain_count(pool: Index, held: list[Listing], asked: Listing, minimum: float) -> int:
    """Explain every pair and count."""
    found = 0
    for other in {one.id: one for one in held}.values():
        if other.side is asked.side or other.kind is not asked.kind or other.id == asked.id:
            continue
        pair = (asked, other) if asked.side is Side.REQUEST else (other, asked)
        score = pool.explain(*pair, TODAY)
        found += not score.excluded_by and score.total >= minimum
    return found


def index_of(held: list[Listing]) -> Index:
    index = Index(READER)
    index.put_many(held)
    return index


def nearest(held: list[Listing], listing: Listing) -> list[Listing]:
    last = {one.id: one for one in held}
    return [o for o in last.values() if o.side is listing.side.other and o.kind is listing.kind]


@settings(max_examples=60)
@given(st.lists(listings(), max_size=10), listings(ids=st.just(99)), st.sampled_from((20.0, 50.0, 65.0)))
def test_every_gain_is_what_counting_again_gives(held: list[Listing], own: Listing, minimum: float) -> None:
    pool = index_of(held)
    before = plain_count(pool, held, own, minimum)
    found = gaps(pool, own, nearest(held, own), TODAY, minimum)
    assert [g.gained for g in found] == sorted((g.gained for g in found), reverse=True)
    for gain in found:
        if gain.condition is None:
            changed = replace(own, capabilities=(*own.capabilities, gain.capability))
        else:
            facts = grant(own.facts, gain.condition, TODAY)
            assert facts is not None
            changed = replace(own, facts=facts)
        assert gain.gained == plain_count(pool, held, changed, minimum) - before > 0
        assert 1 <= len(gain.won) <= whatif.WON
        old = {hit.id for hit in pool.best(own, 20, TODAY, minimum).hits}
        new = {hit.id for hit in pool.best(changed, 20, TODAY, minimum).hits}
        assert set(gain.won) <= new - old


@settings(max_examples=60)
@given(st.lists(listings(), max_size=10), listings(ids=st.just(99)), st.sampled_from((20.0, 50.0, 65.0)))
def test_every_price_is_what_counting_again_gives(held: list[Listing], own: Listing, minimum: float) -> None:
    pool = index_of(held)
    before = plain_count(pool, held, own, minimum)
    found = prices(pool, own, nearest(held, own), TODAY, minimum)
    # Every condition is told its price.
    assert [p.condition for p in found if p.relaxed is None] == list(own.conditions)
    for price in found:
        counts = set()
        for at, condition in enumerate(own.conditions):
            if condition == price.condition:
                kept = list(own.conditions)
                kept[at : at + 1] = [price.relaxed] if price.relaxed else []
                counts.add(plain_count(pool, held, replace(own, conditions=tuple(kept)), minimum) - before)
        assert price.gained in counts
        assert price.gained > 0 or price.relaxed is None


def offer(number: int = 1, **given: object) -> Listing:
    values = {"capabilities": ("CNC turning", "stainless steel shafts"), "owner": number, **given}
    return Listing(number, Side.OFFER, Kind.SUBCONTRACTING, "Turned shafts", **values)  # type: ignore[arg-type]


def request(number: int, *conditions: Condition, **given: object) -> Listing:
    capabilities = ("CNC turning", "stainless steel shafts")
    values = {"title": "Turned shafts", "capabilities": capabilities, "owner": number, **given}
    return Listing(number, Side.REQUEST, Kind.SUBCONTRACTING, conditions=conditions, **values)  # type: ignore[arg-type]


def must(criterion: str, operator: Operator, **bounds: object) -> Condition:
    return Condition(criterion, operator, hard=True, **bounds)  # type: ignore[arg-type]


def test_a_certificate_counts_once_however_it_is_written() -> None:
    own = offer(facts={"certificate": Fact(certificates=(Certificate("ISO 14001"),))})
    asked = [
        request(10, must("certificate", ALL_OF, terms=("ISO 9001",))),
        request(11, must("certificate", ALL_OF, terms=("DIN EN ISO 9001:2015",))),
        request(12, must("certificate", ALL_OF, terms=("ISO 9001:2015", "ISO 14001"))),
        request(13, must("certificate", ALL_OF, terms=("ISO 13485",))),
    ]
    found = gaps(index_of(asked), own, asked, TODAY)
    assert [(g.condition and g.condition.terms, g.gained, g.outcome) for g in found] == [
        (("DIN EN ISO 9001:2015",), 3, Outcome.GAP),
        (("ISO 13485",), 1, Outcome.GAP),
    ]
    assert set(found[0].won) == {10, 11, 12}


def test_an_expired_certificate_is_one_to_renew() -> None:
    asked = [request(10, must("certificate", ALL_OF, terms=("ISO 9001",)))]
    old = Fact(certificates=(Certificate("ISO 9001", date(2020, 1, 1)),))
    assert gaps(index_of(asked), offer(facts={"certificate": old}), asked, TODAY)[0].gained == 1


def test_the_easiest_bound_that_brings_as_many_is_named() -> None:
    own = offer(facts={"tolerance_mm": Fact(low=0.2, high=0.2)})
    asked = [request(10 + n, must("tolerance_mm", AT_MOST, high=h)) for n, h in enumerate((0.05, 0.1, 0.02))]
    others = [
        *asked,
        request(20, must("tolerance_mm", AT_MOST, high=0.01), capabilities=("bakery",), title=""),
    ]
    found = gaps(index_of(others), own, others, TODAY)
    assert [(g.condition and g.condition.high, g.gained) for g in found] == [(0.02, 3), (0.05, 2), (0.1, 1)]


def test_what_is_not_stated_is_told_apart_from_a_gap() -> None:
    wish = Condition("tolerance_mm", AT_MOST, high=0.05, weight=1.0)
    asked = [request(10, wish)]
    pool = index_of(asked)
    total = pool.best(offer(), 1, TODAY).hits[0].total
    found = gaps(pool, offer(), asked, TODAY, total + 0.1)
    assert [(g.condition, g.outcome) for g in found] == [(wish, Outcome.UNKNOWN)]


def test_ranks_are_each_proposed() -> None:
    asked = [
        request(10 + n, must("study_status", Operator.AT_LEAST, terms=(term,)))
        for n, term in enumerate(("feasibility", "bankable"))
    ]
    own = offer(facts={"study_status": Fact(terms=("idea",))})
    found = gaps(index_of(asked), own, asked, TODAY)
    assert [(g.condition and g.condition.terms, g.gained) for g in found] == [
        (("bankable",), 2),
        (("feasibility",), 1),
    ]


def test_what_nobody_can_change_is_not_proposed() -> None:
    asked = [request(10, must("country", Operator.ONE_OF, terms=("DE",)), Condition("unheard_of", AT_MOST))]
    own = offer(country="VN", facts={"country": Fact(terms=("VN",))})
    assert gaps(index_of(asked), own, asked, TODAY) == ()


def test_a_capability_that_several_ask_for_is_proposed_to_an_offer() -> None:
    asked = [
        request(10, capabilities=("CNC turning", "gear hobbing")),
        request(11, capabilities=("CNC turning", "Gear-hobbing")),
    ]
    pool = index_of(asked)
    own = offer(capabilities=("CNC turning",))
    total = max(hit.total for hit in pool.best(own, 2, TODAY).hits)
    found = gaps(pool, own, asked, TODAY, total + 1)
    assert [(g.capability, g.condition, g.gained) for g in found] == [("Gear-hobbing", None, 2)]
    full = offer(capabilities=tuple(f"CNC turning {n}" for n in range(CAPABILITIES)))
    assert all(g.condition for g in gaps(pool, full, asked, TODAY, total + 1))


def test_what_offers_ask_of_a_request_counts_too() -> None:
    least = must("quantity_per_year", Operator.AT_LEAST, low=1000)
    offers_held = [offer(n, conditions=(least,)) for n in (1, 2)]
    own = request(10, facts={"quantity_per_year": Fact(low=500, high=500)})
    found = gaps(index_of(offers_held), own, offers_held, TODAY)
    assert [(g.condition and g.condition.low, g.gained) for g in found] == [(1000, 2)]


def test_work_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [request(10 + n, must("tolerance_mm", AT_MOST, high=0.01 * n)) for n in range(1, 8)]
    own = offer(facts={"tolerance_mm": Fact(low=1, high=1)})
    monkeypatch.setattr(whatif, "MOST", 2)
    found = gaps(index_of(asked), own, asked, TODAY)
    # The bounds that please most were counted.
    assert [g.gained for g in found] == [7, 6]
    many = request(9, *(must("tolerance_mm", AT_MOST, high=0.1 * n) for n in (1, 2, 3)))
    assert len(prices(index_of([own]), many, [own], TODAY)) == 2


def test_the_price_of_a_bound() -> None:
    held = [
        offer(n, facts={"tolerance_mm": Fact(low=h, high=h)}) for n, h in ((1, 0.02), (2, 0.05), (3, 0.05))
    ]
    held.append(offer(4, facts={"tolerance_mm": Fact(low=0.3, high=0.3)}))
    tolerance = must("tolerance_mm", AT_MOST, high=0.02)
    language = Condition("language", Operator.ONE_OF, terms=("en",))
    own = request(10, tolerance, language)
    found = prices(index_of(held), own, held, TODAY)
    told = [(p.condition.criterion, p.relaxed and (p.relaxed.high, p.relaxed.hard), p.gained) for p in found]
    assert told == [
        ("tolerance_mm", None, 3),
        ("tolerance_mm", (0.05, True), 2),
        ("tolerance_mm", (0.3, True), 3),
        ("tolerance_mm", (0.02, False), 3),
        ("language", None, 0),
    ]
    assert found[1].won == (2, 3)


def test_whoever_asks_nothing_pays_nothing() -> None:
    assert prices(index_of([offer()]), request(10), [offer()], TODAY) == ()


@settings(max_examples=20)
@given(st.lists(offers, min_size=1, max_size=6), requests, st.randoms(use_true_random=False))
def test_the_order_of_the_others_does_not_matter(held: list[Listing], own: Listing, mix: object) -> None:
    pool = index_of(held)
    others = nearest(held, own)
    turned = list(reversed(others))
    assert gaps(pool, own, others, TODAY, 50) == gaps(pool, own, turned, TODAY, 50)
    assert prices(pool, own, others, TODAY, 50) == prices(pool, own, turned, TODAY, 50)
