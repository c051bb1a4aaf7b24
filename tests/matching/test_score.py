from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from matching import weights as w
from matching.normalise import phrase
from matching.profiles import CAPABILITIES, PHRASES
from matching.query import NAMES
from matching.reading import Reader
from matching.types import (
    Certificate,
    Condition,
    Fact,
    Kind,
    Listing,
    Operator,
    Outcome,
    Score,
    Side,
)
from tests.matching.pool import FirstLetter, Pool, WordVectors
from tests.matching.strategies import TODAY, listings, offers, phrases, requests

WORDS = Reader()


def explain(request: Listing, offer: Listing, today: date) -> Score:
    """Score a pair by words, as if there were nothing else."""
    return Pool(WORDS, [request, offer]).explain(request, offer, today)


REQUEST = Listing(
    id=1,
    side=Side.REQUEST,
    kind=Kind.SUBCONTRACTING,
    title="Machined aluminium housings for pumps",
    capabilities=("CNC milling", "anodising", "CMM inspection"),
    text="We look for a workshop that mills and anodises housings of EN AW-6061, 5,000 pieces a year.",
    sectors=("2592",),
    country="DE",
    target_countries=frozenset({"VN"}),
    language="en",
    partnership_types=frozenset({"subcontracting"}),
    owner=7,
    published_on=TODAY,
    conditions=(
        Condition("tolerance_mm", Operator.AT_MOST, high=0.02),
        Condition("certificate", Operator.ALL_OF, terms=("ISO 9001",), hard=True),
    ),
)
OFFER = Listing(
    id=2,
    side=Side.OFFER,
    kind=Kind.SUBCONTRACTING,
    title="Precision machining workshop",
    capabilities=("5-axis CNC milling", "anodised parts", "CMM inspection", "CNC turning"),
    text="Milling and turning of aluminium and steel. Anodising in house.",
    sectors=("2592",),
    country="VN",
    language="en",
    partnership_types=frozenset({"subcontracting", "supplier"}),
    owner=8,
    published_on=TODAY - timedelta(days=30),
    facts={
        "tolerance_mm": Fact(0.01, 0.01),
        "certificate": Fact(certificates=(Certificate("ISO 9001:2015", date(2027, 5, 1)),)),
    },
)


def value(score: Score, name: str) -> float | None:
    """Return the value of a contribution, None where it has no weight."""
    found = next(c for c in score.contributions if c.name == name)
    return found.value if found.weight else None


def test_the_weights_are_dated_and_substance_outweighs_circumstances() -> None:
    circumstances = w.REQUIREMENT + w.TERMS + w.GEOGRAPHY + w.MARKET + w.PARTNERSHIP + w.FRESHNESS
    assert 3 * circumstances == w.SUBSTANCE
    assert w.DATED.year == 2026


def test_a_clearly_good_pair() -> None:
    score = explain(REQUEST, OFFER, TODAY)
    assert score.total >= 75
    assert score.excluded_by == ()
    assert [m.offered for m in score.meetings] == ["5-axis CNC milling", "anodised parts", "CMM inspection"]
    assert score.meetings[2].how == "same"
    assert score.sector_pair == ("2592", "2592", 1.0)
    assert [r.outcome for r in score.conditions] == [Outcome.MATCH, Outcome.MATCH]


def test_a_plausible_pair() -> None:
    other = replace(OFFER, capabilities=("CNC milling", "CNC turning"), sectors=("2599",), text="", facts={})
    assert 50 <= explain(REQUEST, other, TODAY).total < 75


@pytest.mark.parametrize(
    "capabilities", [("leather tanning",), ("CNC knitting", "dyeing"), ("catering services",), ()]
)
def test_an_unrelated_pair(capabilities: tuple[str, ...]) -> None:
    other = replace(
        OFFER, title="Family firm since 1950", capabilities=capabilities, text="Visit us.", sectors=("0111",)
    )
    assert explain(REQUEST, other, TODAY).total < 40


def test_good_lies_between_plausible_and_clear() -> None:
    assert 50 < w.GOOD < 75


def test_a_listing_without_chips_still_matches() -> None:
    bare = replace(OFFER, capabilities=(), title="CNC milling, anodising and CMM inspection", text="")
    score = explain(REQUEST, bare, TODAY)
    assert score.total >= w.GOOD
    assert {m.how for m in score.meetings} == {"text"}
    assert 0.5 < max(m.similarity for m in score.meetings) <= w.TOLD_PERCENT / 100
    wish = replace(REQUEST, capabilities=(), title="CNC milling, anodising", conditions=())
    assert explain(wish, OFFER, TODAY).total >= w.GOOD


def test_a_request_without_capabilities_says_which_phrases_came_near() -> None:
    wish = replace(REQUEST, capabilities=(), title="CNC milling", text="")
    score = explain(wish, OFFER, TODAY)
    assert score.meetings[0].offered == "5-axis CNC milling"
    assert {m.how for m in score.meetings} == {"text"}
    assert value(score, "capability") is None


def test_nothing_said_is_no_fault() -> None:
    quiet = replace(OFFER, sectors=(), country="", partnership_types=frozenset(), published_on=None, facts={})
    wrong = replace(quiet, sectors=("0111",), country="MA", partnership_types=frozenset({"franchise"}))
    asked = replace(REQUEST, published_on=None)
    assert explain(asked, quiet, TODAY).total > explain(asked, wrong, TODAY).total
    unknown, gap = (
        explain(replace(REQUEST, conditions=REQUEST.conditions[:1]), o, TODAY)
        for o in (quiet, replace(quiet, facts={"tolerance_mm": Fact(0.5, 0.5)}))
    )
    assert unknown.conditions[0].outcome is Outcome.UNKNOWN
    assert unknown.total > gap.total
    assert value(explain(asked, quiet, TODAY), "freshness") == 0.5


def test_a_pair_that_says_nothing_scores_by_its_circumstances_alone() -> None:
    asked, offered = (
        Listing(n, side, Kind.TECHNOLOGY, "") for n, side in ((1, Side.REQUEST), (2, Side.OFFER))
    )
    score = explain(asked, offered, TODAY)
    assert score.excluded_by == ()
    assert {c.name for c in score.contributions if c.weight} == {"freshness", "terms", "market"}


def test_the_score_says_how_good_it_is_for_each_side() -> None:
    choosy = replace(OFFER, conditions=(Condition("quantity_per_year", Operator.AT_LEAST, low=10_000),))
    asked = replace(REQUEST, facts={"quantity_per_year": Fact(100, 100)})
    score = explain(asked, choosy, TODAY)
    assert score.for_request > score.total > score.for_offer
    far = replace(OFFER, country="MA")
    assert explain(REQUEST, far, TODAY).for_offer > explain(REQUEST, far, TODAY).for_request
    assert explain(REQUEST, replace(OFFER, owner=7), TODAY).for_offer == 0.0


def test_sectors_that_nobody_stated_are_guessed() -> None:
    pool = Pool(Reader(WordVectors()), [], FirstLetter())
    asked = Listing(1, Side.REQUEST, Kind.TECHNOLOGY, "coating of steel")
    offered = replace(asked, id=2, side=Side.OFFER)
    score = pool.explain(asked, offered, TODAY)
    assert score.sector_pair is not None
    assert score.sector_pair[0] == "2592"
    assert value(score, "sector") == pytest.approx(1.0, abs=0.001)
    other = replace(offered, title="smelting of iron")
    assert value(pool.explain(asked, other, TODAY), "sector") == 0.0
    assert pool.explain(asked, other, TODAY).sector_pair is None
    stated = replace(offered, title="paint", sectors=("2592",))
    assert 0.5 < (value(pool.explain(asked, stated, TODAY), "sector") or 0) < 1.0


@pytest.mark.parametrize(
    ("request_", "offer", "reason"),
    [
        (REQUEST, replace(OFFER, kind=Kind.TECHNOLOGY), ("kind",)),
        (REQUEST, replace(OFFER, side=Side.REQUEST), ("side",)),
        (replace(REQUEST, side=Side.OFFER), OFFER, ("side",)),
        (REQUEST, replace(OFFER, owner=7), ("owner",)),
        (replace(REQUEST, excluded_countries=frozenset({"VN"})), OFFER, ("country",)),
        (REQUEST, replace(OFFER, excluded_countries=frozenset({"DE"})), ("country",)),
        (REQUEST, replace(OFFER, facts={"certificate": Fact(terms=("ISO 9002",))}), ("certificate",)),
        (REQUEST, replace(OFFER, owner=7, kind=Kind.TECHNOLOGY), ("kind", "owner")),
        (replace(REQUEST, facts={"trl": Fact(1, 1)}),
         replace(OFFER, conditions=(Condition("trl", Operator.AT_LEAST, low=5, hard=True),)), ("trl",)),
    ],
)  # fmt: skip
def test_what_rules_a_pair_out(request_: Listing, offer: Listing, reason: tuple[str, ...]) -> None:
    score = explain(request_, offer, TODAY)
    assert score.total == 0.0
    assert score.excluded_by == reason


def test_unknown_never_excludes() -> None:
    assert explain(REQUEST, replace(OFFER, facts={}), TODAY).excluded_by == ()


def test_owners_unknown_are_not_the_same() -> None:
    assert explain(replace(REQUEST, owner=None), replace(OFFER, owner=None), TODAY).excluded_by == ()


def test_both_sides_conditions_count() -> None:
    choosy = replace(OFFER, conditions=(Condition("quantity_per_year", Operator.AT_LEAST, low=10_000),))
    for quantity, better in ((20_000, True), (100, False)):
        asked = replace(REQUEST, conditions=(), facts={"quantity_per_year": Fact(quantity, quantity)})
        score = explain(asked, choosy, TODAY)
        assert (value(score, "terms") == 1.0) is better
        assert [r.asked_by for r in score.conditions] == [Side.OFFER]


def test_circumstances() -> None:
    score = explain(REQUEST, OFFER, TODAY)
    assert value(score, "geography") == 1.0
    assert value(score, "partnership") == 1.0
    elsewhere = explain(REQUEST, replace(OFFER, country="MA"), TODAY)
    assert value(elsewhere, "geography") == 0.0
    assert value(explain(REQUEST, replace(OFFER, country=""), TODAY), "geography") == 0.5
    picky = replace(OFFER, target_countries=frozenset({"FR"}))
    assert value(explain(REQUEST, picky, TODAY), "market") == 0.0


def test_the_language_of_a_listing_is_no_fault() -> None:
    asked = replace(REQUEST, capabilities=("CNC",), text="", title="CNC")
    offered = replace(OFFER, capabilities=("CNC",), text="", title="CNC")
    same, other = (explain(asked, replace(offered, language=code), TODAY) for code in ("en", "de"))
    assert same.total == other.total


def test_freshness_halves_with_the_half_life_of_the_older() -> None:
    fresh = [
        value(explain(REQUEST, replace(OFFER, published_on=TODAY - timedelta(days=age)), TODAY), "freshness")
        for age in (-5, 0, 180, 360)
    ]
    assert fresh == [1.0, 1.0, 0.5, 0.25]
    ancient = replace(OFFER, published_on=date(1990, 1, 1))
    assert 0 <= (value(explain(REQUEST, ancient, TODAY), "freshness") or 0) < 0.001


def test_a_weighty_condition_weighs_more() -> None:
    met = Condition("trl", Operator.AT_LEAST, low=1)
    missed = Condition("employees", Operator.AT_LEAST, low=1000)
    facts = {"trl": Fact(9, 9), "employees": Fact(1, 1)}
    offered = replace(OFFER, facts=facts)
    light = explain(replace(REQUEST, conditions=(met, replace(missed, weight=0.1))), offered, TODAY)
    heavy = explain(replace(REQUEST, conditions=(met, replace(missed, weight=10.0))), offered, TODAY)
    assert light.total > heavy.total


def test_phrases_that_say_little_ask_little() -> None:
    asked = replace(REQUEST, capabilities=("CNC milling", "services"))
    with_milling = replace(OFFER, capabilities=("CNC milling",), title="", text="")
    only_services = replace(OFFER, capabilities=("services",), title="", text="")
    assert value(explain(asked, with_milling, TODAY), "capability") == 0.8
    assert value(explain(asked, only_services, TODAY), "capability") == 0.2


@settings(max_examples=50)
@given(requests, offers)
def test_the_total_is_the_sum_of_its_parts(request_: Listing, offer: Listing) -> None:
    score = explain(request_, offer, TODAY)
    assert 0.0 <= score.total <= 100.0
    assert [c.name for c in score.contributions] == list(NAMES)
    weights = sum(c.weight for c in score.contributions)
    assert weights == pytest.approx(1.0, abs=1e-9)
    for c in score.contributions:
        assert 0.0 <= c.value <= 1.0
        assert c.points == pytest.approx(100 * c.weight * c.value, abs=1e-9)
    if score.excluded_by:
        assert score.total == 0.0
    else:
        assert score.total == pytest.approx(sum(c.points for c in score.contributions), abs=1e-9)


@settings(max_examples=50)
@given(requests, offers, st.permutations(range(3)))
def test_the_order_of_capabilities_does_not_matter(
    request_: Listing, offer: Listing, order: list[int]
) -> None:
    assume(len(offer.capabilities) == 3)
    turned = replace(offer, capabilities=tuple(offer.capabilities[n] for n in order))
    before, after = (explain(request_, one, TODAY) for one in (offer, turned))
    assert value(before, "capability") == value(after, "capability")
    assert value(before, "text") == value(after, "text")


@settings(max_examples=50)
@given(requests, offers, phrases)
def test_one_more_capability_never_covers_less(request_: Listing, offer: Listing, more: str) -> None:
    before = value(explain(request_, offer, TODAY), "capability")
    richer = replace(offer, capabilities=(*offer.capabilities, more))
    assert (value(explain(request_, richer, TODAY), "capability") or 0) >= (before or 0)


@settings(max_examples=50)
@given(requests, offers)
def test_offering_what_is_asked_covers_it(request_: Listing, offer: Listing) -> None:
    full = replace(offer, capabilities=request_.capabilities, language=request_.language)
    assume(any(phrase(text, request_.language).tokens for text in request_.capabilities))
    score = explain(request_, full, TODAY)
    assert value(score, "capability") == 1.0


@settings(max_examples=50)
@given(requests, offers, st.integers(0, 1), st.floats(0, 50))
def test_a_tighter_condition_never_raises_the_score(
    request_: Listing, offer: Listing, position: int, by: float
) -> None:
    assume(position < len(request_.conditions))
    condition = request_.conditions[position]
    tight = replace(
        condition,
        low=None if condition.low is None else condition.low + by,
        high=None if condition.high is None else condition.high - by,
    )
    rest = list(request_.conditions)
    rest[position] = tight
    before = explain(request_, offer, TODAY).total
    assert explain(replace(request_, conditions=tuple(rest)), offer, TODAY).total <= before + 1e-9


@given(listings())
def test_a_listing_never_matches_itself(listing: Listing) -> None:
    assert explain(listing, listing, TODAY).excluded_by[0] == "side"


def test_only_so_many_capabilities_count() -> None:
    many = replace(REQUEST, capabilities=tuple(f"process {n}" for n in range(50)))
    assert len(explain(many, OFFER, TODAY).meetings) == CAPABILITIES


def test_long_texts_count_up_to_a_point() -> None:
    long = replace(OFFER, text=". ".join(f"wording{n}xyz" for n in range(2_000)))
    pool = Pool(WORDS, [long])
    assert len(pool.profile(long).phrases) == PHRASES
    assert (value(pool.explain(replace(REQUEST, text=long.text), long, TODAY), "text") or 0) > 0.4


def test_a_condition_without_weight_counts_for_nothing() -> None:
    asked = replace(REQUEST, conditions=(replace(REQUEST.conditions[0], weight=0.0),))
    assert value(explain(asked, OFFER, TODAY), "requirement") == 1.0
