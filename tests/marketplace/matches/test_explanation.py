from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.matches import wording
from marketplace.matches.explanation import explain, nearness, shared_chances, strength
from marketplace.matches.parts import part_label
from marketplace.matches.stored import score_as_json, score_from_json
from matching.index import Index
from matching.reading import Reader
from matching.types import (
    Certificate,
    Condition,
    ConditionResult,
    Contribution,
    Fact,
    Kind,
    Listing,
    Meeting,
    Operator,
    Outcome,
    Score,
    Side,
)

TODAY = date(2026, 11, 22)
ENGINE = Index(Reader())
REQUEST = Listing(
    1,
    Side.REQUEST,
    Kind.SUBCONTRACTING,
    "Shafts",
    capabilities=("CNC turning", "gear hobbing"),
    sectors=("2592",),
    country="DE",
    language="de",
    partnership_types=frozenset({"subcontracting"}),
    target_countries=frozenset({"GH"}),
    published_on=TODAY,
    conditions=(
        Condition("tolerance_mm", Operator.AT_MOST, high=0.0125, hard=True),
        Condition("lead_time_days", Operator.AT_MOST, high=30),
        Condition("certificate", Operator.ALL_OF, terms=("ISO 9001",)),
        Condition("roughness_um", Operator.AT_MOST, high=0.8),
    ),
)
OFFER = Listing(
    2,
    Side.OFFER,
    Kind.SUBCONTRACTING,
    "Turning",
    capabilities=("CNC turning", "milling"),
    sectors=("2591",),
    country="GH",
    language="en",
    partnership_types=frozenset({"subcontracting"}),
    published_on=TODAY,
    conditions=(Condition("quantity_per_year", Operator.AT_LEAST, low=1000),),
    facts={
        "tolerance_mm": Fact(0.01, 0.01),
        "lead_time_days": Fact(45, 60),
        "certificate": Fact(certificates=(Certificate("ISO 9001:2015", date(2026, 1, 31)),)),
    },
)


def result(
    condition: Condition, outcome: Outcome, stated: str = "", by: Side = Side.REQUEST
) -> ConditionResult:
    return ConditionResult(by, condition, outcome, stated, 0.5)


def score_of(**given: object) -> Score:
    return replace(Score(1, 2, 64.4, 70.2, 58.1, (), (), ()), **given)  # type: ignore[arg-type]


def test_each_requirement_is_a_match_a_gap_or_unknown_with_its_reason() -> None:
    explained = explain(ENGINE.explain(REQUEST, OFFER, TODAY), Side.OFFER)
    rows = {row.asked: row for row in explained.rows}
    tolerance = rows["Tolerance (±): at most 0.0125 mm"]
    assert (tolerance.offered, tolerance.outcome, tolerance.hard) == ("0.01 mm", "match", True)
    lead_time = rows["Lead time: at most 30 days"]
    assert (lead_time.offered, lead_time.outcome, lead_time.note) == ("45 to 60 days", "gap", "")
    certificate = rows["Certificate: ISO 9001"]
    assert certificate.offered == "ISO 9001:2015, expired on 31 Jan 2026"
    assert (certificate.outcome, certificate.note) == ("gap", "The certificate has expired")
    roughness = rows["Surface roughness Ra: at most 0.8 µm"]
    assert (roughness.offered, roughness.outcome, roughness.note) == (
        "",
        "unknown",
        "You do not state it yet",
    )
    quantity = rows["Quantity per year: at least 1,000 pieces a year"]
    assert quantity.outcome == "unknown"
    assert quantity.note == "Not stated: ask them · Asked by the one who offers"


def test_capabilities_and_sectors_say_what_met_what() -> None:
    explained = explain(ENGINE.explain(REQUEST, OFFER, TODAY))
    first, second, sector = explained.rows[:3]
    assert (first.asked, first.offered, first.outcome, first.note) == (
        "CNC turning",
        "CNC turning",
        "match",
        "The same words",
    )
    assert (second.asked, second.offered, second.outcome, second.note) == (
        "gear hobbing",
        "",
        "gap",
        "Not mentioned",
    )
    assert sector.asked == "Sector: Treatment and coating of metals; machining"
    assert sector.offered == "Forging, pressing, stamping and roll-forming of metal; powder metallurgy"
    assert (sector.outcome, sector.note) == ("match", "Neighbours in one group")


def test_reasons_are_few_words_strongest_first() -> None:
    explained = explain(ENGINE.explain(REQUEST, OFFER, TODAY))
    assert explained.reasons[0].startswith("1 of 2 capabilities, such as “CNC turning”")
    assert explained.reasons[1].startswith("Neighbouring sector: Forging, pressing,")
    assert all(len(reason.split()) <= 12 for reason in explained.reasons)
    assert "The country is one sought" in explained.reasons


def test_points_add_up_to_the_total() -> None:
    score = ENGINE.explain(REQUEST, OFFER, TODAY)
    explained = explain(score)
    assert explained.total == round(score.total)
    assert sum(part.points for part in explained.parts) == pytest.approx(score.total)
    assert sum(part.most for part in explained.parts) == pytest.approx(100)
    assert explained.parts[0].label == "Capabilities"


def test_chances_are_the_readers_own() -> None:
    score = ENGINE.explain(REQUEST, OFFER, TODAY)
    assert explain(score, Side.OFFER).chances == (
        "Lead time: they ask for at most 30 days.",
        "Renew your certificate: they ask for ISO 9001.",
        "Add “Surface roughness Ra” to your listing: they ask for at most 0.8 µm.",
        "They need “gear hobbing”: if you can do it, add it to your capabilities.",
    )
    assert explain(score, Side.REQUEST).chances == (
        "Add “Quantity per year” to your listing: they ask for at least 1,000 pieces a year.",
    )
    assert explain(score).chances == ()


def test_chances_that_several_partners_share() -> None:
    score = ENGINE.explain(REQUEST, OFFER, TODAY)
    more = score_of(
        conditions=(result(Condition("process", Operator.ONE_OF, terms=("turning",)), Outcome.UNKNOWN),)
    )
    assert shared_chances([score, score, more], Side.OFFER) == [
        "Add “Surface roughness Ra”: 2 of these partners ask for it.",
        "Add “Process”: 1 of these partners asks for it.",
    ]
    assert shared_chances([more], Side.REQUEST) == []


def test_why_a_pair_cannot_be() -> None:
    explained = explain(score_of(total=0.0, excluded_by=("owner", "country", "kind", "side", "tolerance_mm")))
    assert explained.excluded == (
        "Both belong to the same organisation.",
        "One of them excludes the other’s country.",
        "The two are about different things: their kinds differ.",
        "Both stand on the same side.",
        "A condition that must be met is not: Tolerance (±).",
    )


@pytest.mark.parametrize(
    ("total", "words"),
    [(90, "Strong match"), (60, "Good match"), (50, "Possible match"), (36, "Weak match")],
)
def test_strength(total: float, words: str) -> None:
    assert strength(total) == words


@pytest.mark.parametrize(
    ("similarity", "words"),
    [
        (1.0, "The same sector"),
        (0.9, "One lies within the other"),
        (0.75, "Neighbours in one group"),
        (0.5, "The same branch of industry"),
        (0.15, "Far apart"),
        (0.0, "Nothing in common"),
    ],
)
def test_how_near_sectors_are(similarity: float, words: str) -> None:
    assert nearness(similarity) == words


def test_how_phrases_met() -> None:
    meetings = (
        Meeting("a", "A", 0.9, "fuzzy"),
        Meeting("b", "B", 0.9, "concept"),
        Meeting("c", "C", 0.9, "meaning"),
        Meeting("d", "D", 0.9, "text"),
        Meeting("e", "E", 0.4, "fuzzy"),
    )
    contributions = (Contribution("capability", 0.5, 0.9, 45.0),)
    explained = explain(score_of(meetings=meetings, contributions=contributions))
    assert [row.note for row in explained.rows] == [
        "Nearly the same words",
        "Another name for the same",
        "The same meaning in other words",
        "Found in the description",
        "Near, but not the same",
    ]
    assert [row.offered for row in explained.rows] == ["A", "B", "C", "D", "E"]
    assert explained.reasons == ("4 of 5 capabilities, such as “a”",)


def test_reasons_of_single_things() -> None:
    one = (Meeting("turning", "turning", 1.0, "same"),)
    none = (Meeting("turning", "", 0.0, "none"),)
    strong = (
        Contribution("capability", 0.5, 1.0, 50.0),
        Contribution("sector", 0.2, 1.0, 20.0),
        Contribution("requirement", 0.1, 1.0, 10.0),
        Contribution("topic", 0.05, 1.0, 5.0),
        Contribution("text", 0.05, 1.0, 4.0),
        Contribution("partnership", 0.05, 1.0, 3.0),
        Contribution("freshness", 0.05, 0.4, 2.0),
    )
    condition = Condition("process", Operator.ONE_OF, terms=("turning",))
    met = result(condition, Outcome.MATCH, "turning")
    explained = explain(
        score_of(meetings=one, contributions=strong, conditions=(met,), sector_pair=("2592", "2592", 1.0))
    )
    assert explained.reasons == (
        "Meets “turning”",
        "Same sector: Treatment and coating of metals; machining",
        "The requirement is met",
        "Both work in the same field",
        "The descriptions speak of the same things",
        "Both seek the same kind of partnership",
    )
    gap = result(condition, Outcome.GAP, "milling")
    explained = explain(score_of(meetings=none, contributions=strong[:3], conditions=(gap,)))
    assert explained.reasons == ()
    assert explain(score_of(contributions=strong[:3], conditions=(met, gap))).reasons == (
        "1 of 2 requirements met",
    )


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Condition("trl", Operator.AT_LEAST, low=7), "Technology readiness level: at least 7"),
        (
            Condition("part_length_mm", Operator.BETWEEN, low=10, high=2000),
            "Part length: from 10 to 2,000 mm",
        ),
        (Condition("year_founded", Operator.AT_MOST, high=2014), "Year founded: at most 2014"),
        (
            Condition("total_cost", Operator.AT_MOST, high=500000, terms=("EUR",)),
            "Total cost: at most 500,000 EUR",
        ),
        (Condition("total_cost", Operator.AT_MOST, high=500000), "Total cost: at most 500,000"),
        (Condition("country", Operator.ONE_OF, terms=("GH", "KE")), "Country: one of Ghana, Kenya"),
        (Condition("language", Operator.ALL_OF, terms=("fr",)), "Language: French"),
        (
            Condition("development_stage", Operator.AT_LEAST, terms=("lab tested",)),
            "Stage of development: at least “Tested in the laboratory”",
        ),
        (Condition("study_status", Operator.AT_MOST, terms=("idea",)), "Status of the study: at most “Idea”"),
        (
            Condition("study_status", Operator.BETWEEN, terms=("idea", "bankable")),
            "Status of the study: from “Idea” to “Bankable study”",
        ),
        (Condition("hardness", Operator.ALL_OF, terms=("58 HRC",)), "hardness: 58 HRC"),
    ],
)
def test_conditions_in_words(condition: Condition, words: str) -> None:
    assert wording.asked(condition) == words


@pytest.mark.parametrize(
    ("criterion", "stated", "words"),
    [
        ("tolerance_mm", "0.00015 mm", "0.00015 mm"),
        ("quantity_per_year", "20000 pieces/year", "20,000 pieces a year"),
        ("part_length_mm", "10 to 1200.5 mm", "10 to 1,200.5 mm"),
        ("tolerance_mm", "about that", "about that"),
        (
            "certificate",
            "ISO 9001, valid until 2027-05-31; EN 9100",
            "ISO 9001, valid until 31 May 2027; EN 9100",
        ),
        ("women_led", "yes", "yes"),
        ("country", "GH, KE", "Ghana, Kenya"),
        ("material", "brass, steel 1.4301", "brass, steel 1.4301"),
        ("hardness", "58 HRC", "58 HRC"),
    ],
)
def test_what_is_stated_in_words(criterion: str, stated: str, words: str) -> None:
    found = wording.stated(result(Condition(criterion, Operator.ONE_OF), Outcome.MATCH, stated))
    assert found == words


def test_what_cannot_be_compared_says_so() -> None:
    condition = Condition("total_cost", Operator.AT_MOST, high=5, terms=("EUR",))
    row = explain(score_of(conditions=(result(condition, Outcome.UNKNOWN, "5 USD"),))).rows[0]
    assert row.note == "Cannot be compared with what is asked"
    silent = explain(score_of(conditions=(result(condition, Outcome.UNKNOWN),))).rows[0]
    assert silent.note == "Not stated"


def test_unknown_names_are_shown_as_they_are() -> None:
    assert part_label("weather") == "weather"
    row = explain(score_of(sector_pair=("9999", "2592", 0.0))).rows[0]
    assert row.asked == "Sector: 9999"
    odd = Contribution("weather", 1.0, 1.0, 100.0)
    assert explain(score_of(contributions=(odd,))).reasons == ()
    assert explain(score_of(contributions=(Contribution("sector", 1.0, 1.0, 100.0),))).reasons == ()


floats = st.floats(0, 100, allow_nan=False)
words = st.text(max_size=12)
conditions = st.builds(
    Condition,
    criterion=words,
    operator=st.sampled_from(Operator),
    low=st.none() | floats,
    high=st.none() | floats,
    terms=st.lists(words, max_size=2).map(tuple),
    hard=st.booleans(),
    weight=floats,
)
scores = st.builds(
    Score,
    request_id=st.integers(1, 9),
    offer_id=st.integers(1, 9),
    total=floats,
    for_request=floats,
    for_offer=floats,
    contributions=st.lists(st.builds(Contribution, words, floats, floats, floats), max_size=3).map(tuple),
    meetings=st.lists(st.builds(Meeting, words, words, floats, words), max_size=3).map(tuple),
    conditions=st.lists(
        st.builds(
            ConditionResult, st.sampled_from(Side), conditions, st.sampled_from(Outcome), words, floats
        ),
        max_size=3,
    ).map(tuple),
    sector_pair=st.none() | st.tuples(words, words, floats),
    excluded_by=st.lists(words, max_size=2).map(tuple),
)


@given(scores)
def test_a_score_comes_back_from_json_as_it_was(score: Score) -> None:
    assert score_from_json(score_as_json(score)) == score


@given(scores, st.none() | st.sampled_from(Side))
def test_every_score_can_be_put_into_words(score: Score, reader: Side | None) -> None:
    explained = explain(score, reader)
    assert len(explained.rows) == len(score.meetings) + len(score.conditions) + bool(score.sector_pair)
    assert {row.outcome for row in explained.rows} <= {"match", "gap", "unknown"}
