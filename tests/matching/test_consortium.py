"""Teams of offers, against trying every set."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import consortium as consortium_module
from matching.consortium import Consortium, consortium
from matching.requirements import evaluate
from matching.types import (
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
from tests.matching.strategies import TODAY

PHRASES = ("CNC turning", "powder coating", "gear hobbing", "services", "laser cutting")
WEIGHTS = {"services": 1}
QUANTITY = Condition("quantity_per_year", Operator.AT_LEAST, low=1000, hard=True)
PROCESS = Condition("process", Operator.ALL_OF, terms=("milling", "welding"), hard=True)
TOLERANCE = Condition("tolerance_mm", Operator.AT_MOST, high=0.05, hard=True)


def request(asked: int = 5, *conditions: Condition) -> Listing:
    return Listing(
        1, Side.REQUEST, Kind.SUBCONTRACTING, "", capabilities=PHRASES[:asked], conditions=conditions
    )


def offer(number: int, owner: int | None = None, **facts: Fact) -> Listing:
    return Listing(number, Side.OFFER, Kind.SUBCONTRACTING, "", owner=owner, facts=facts)


def scored(asked: Listing, held: Listing, near: tuple[float, ...], total: float = 50.0) -> Score:
    """Return a score as the engine would give it."""
    results = tuple(
        ConditionResult(Side.REQUEST, c, *evaluate(c, held.facts, TODAY)) for c in asked.conditions
    )
    gaps = tuple(r.condition.criterion for r in results if r.condition.hard and r.outcome is Outcome.GAP)
    return Score(
        request_id=asked.id,
        offer_id=held.id,
        total=0.0 if gaps else total,
        for_request=total,
        for_offer=total,
        contributions=(Contribution("capability", 1.0, total / 100, total),),
        meetings=tuple(
            Meeting(text, "x" if value else "", value, "same" if value else "none")
            for text, value in zip(asked.capabilities, near, strict=False)
        ),
        conditions=results,
        excluded_by=gaps,
    )


def found(asked: Listing, *able: tuple[Listing, tuple[float, ...], float]) -> Consortium:
    scores = [scored(asked, held, near, total) for held, near, total in able]
    return consortium(asked, [held for held, _, _ in able], scores, TODAY)


def ids(of: Consortium) -> list[tuple[int, ...]]:
    return [tuple(member.offer_id for member in team.members) for team in of.teams]


def together_hold(asked: Listing, held: list[Listing]) -> bool:
    """Say plainly whether some offers answer together what need not hold for each."""
    for condition in asked.conditions:
        outcomes = [evaluate(condition, one.facts, TODAY)[0] for one in held]
        if set(outcomes) != {Outcome.GAP}:
            continue
        facts = [one.facts[condition.criterion] for one in held]
        if condition.criterion == "quantity_per_year":
            if sum(fact.high or 0 for fact in facts) < (condition.low or 0):
                return False
        elif not set(condition.terms) <= {term for fact in facts for term in fact.terms}:
            return False
    return bool(held)


def plain(asked: Listing, able: list[tuple[Listing, tuple[float, ...], float]]) -> list[tuple[int, ...]]:
    """Try every set of up to four."""
    weights = [WEIGHTS.get(text, 4) for text in asked.capabilities]

    def near(chosen: tuple[tuple[Listing, tuple[float, ...], float], ...]) -> list[float]:
        return [max((n[at] for _, n, _ in chosen if n[at] >= 0.6), default=0) for at in range(len(weights))]

    def good(chosen: tuple[tuple[Listing, tuple[float, ...], float], ...]) -> bool:
        held = [one for one, _, _ in chosen]
        owners = [one.owner for one in held if one.owner is not None]
        if len(set(owners)) < len(owners) or not together_hold(asked, held):
            return False
        if not all(any(value >= 0.6 for value in n) for _, n, _ in chosen):
            return False
        for left_out in chosen:
            others = tuple(one for one in chosen if one is not left_out)
            same = [bool(n) for n in near(others)] == [bool(n) for n in near(chosen)]
            if same and together_hold(asked, [one for one, _, _ in others]):
                return False
        return True

    best: list[tuple[int, ...]] = []
    covered = 0
    for size in range(1, 5):
        sets = [chosen for chosen in combinations(able, size) if good(chosen)]
        if sets:
            top = max(
                sets,
                key=lambda chosen: (
                    sum(w for w, n in zip(weights, near(chosen), strict=True) if n),
                    sum(w * round(n * 10_000) for w, n in zip(weights, near(chosen), strict=True)),
                    sum(round(total * 1_000_000) for _, _, total in chosen),
                    tuple(-number for number in sorted(one.id for one, _, _ in chosen)),
                ),
            )
            cover = sum(w for w, n in zip(weights, near(top), strict=True) if n)
            if cover > covered:
                best.append(tuple(sorted(one.id for one, _, _ in top)))
            covered = max(covered, cover)
    return best


near_values = st.tuples(*[st.sampled_from((0.0, 0.0, 0.55, 0.6, 0.8, 1.0))] * 5)
quantities = st.sampled_from((None, 300.0, 400.0, 700.0, 1000.0))
processes = st.sampled_from(((), ("milling",), ("welding",), ("casting",)))
parts = st.tuples(
    near_values, st.sampled_from((40.0, 50.0, 60.5)), st.none() | st.integers(1, 4), quantities, processes
)


@settings(max_examples=200)
@given(
    st.lists(parts, max_size=9),
    st.sampled_from(((), (QUANTITY,), (PROCESS,), (QUANTITY, PROCESS))),
    st.integers(1, 5),
)
def test_the_best_team_of_each_size_is_what_trying_every_set_gives(
    drawn: list[tuple[tuple[float, ...], float, int | None, float | None, tuple[str, ...]]],
    conditions: tuple[Condition, ...],
    asked_phrases: int,
) -> None:
    asked = request(asked_phrases, *conditions)
    able = []
    for number, (near, total, owner, quantity, process) in enumerate(drawn, start=10):
        facts = {"process": Fact(terms=process)} if process else {}
        if quantity is not None:
            facts["quantity_per_year"] = Fact(high=quantity)
        able.append((offer(number, owner, **facts), near[:asked_phrases], total))
    answer = found(asked, *able)
    assert answer.exact
    assert ids(answer) == plain(asked, able)
    # Whoever comes first makes no difference.
    assert found(asked, *reversed(able)) == answer


few_values = st.tuples(*[st.sampled_from((0.0, 0.0, 0.6, 1.0))] * 3)
crowds = st.tuples(
    few_values, st.sampled_from((40.0, 50.0)), st.none() | st.integers(1, 6), st.sampled_from((None, 400.0))
)


@settings(max_examples=100)
@given(st.lists(crowds, max_size=16), st.sampled_from(((), (QUANTITY,))))
def test_leaving_out_those_others_stand_in_for_changes_no_team(
    drawn: list[tuple[tuple[float, ...], float, int | None, float | None]], conditions: tuple[Condition, ...]
) -> None:
    asked = request(3, *conditions)
    able = []
    for number, (near, total, owner, quantity) in enumerate(drawn, start=10):
        facts = {} if quantity is None else {"quantity_per_year": Fact(high=quantity)}
        able.append((offer(number, owner, **facts), near, total))
    answer = found(asked, *able)
    assert answer.exact
    assert ids(answer) == plain(asked, able)


def test_who_is_needed_beside_an_equal_stays() -> None:
    asked = request(1, QUANTITY)
    quarter, most = Fact(high=250), Fact(high=600)
    four = [(offer(n, n, quantity_per_year=quarter), (1.0,), 50.0) for n in range(10, 14)]
    assert ids(found(asked, *four)) == [(10, 11, 12, 13)]
    unowned = [(offer(n, quantity_per_year=most), (1.0,), 50.0) for n in (10, 11)]
    assert ids(found(asked, *unowned)) == [(10, 11)]
    # What the first meets better another meets better still, and then the second fits better.
    pair = [(offer(10, 1), (1.0, 0.7, 0.0), 60.0), (offer(11, 1), (1.0, 0.6, 0.0), 70.0)]
    assert ids(found(request(3), *pair, (offer(12, 2), (0.0, 1.0, 1.0), 50.0))) == [(12,), (11, 12)]


def test_one_who_alone_brings_something_is_not_lost_in_a_crowd() -> None:
    crowd = [(offer(n, n), (1.0, 0.9, 0.0), 60.0 + n / 100) for n in range(10, 270)]
    answer = found(request(3), *crowd, (offer(270, 270), (0.0, 0.0, 0.7), 20.0))
    assert answer.exact
    assert ids(answer) == [(269,), (269, 270)]
    assert answer.best is not None
    assert answer.best.cover == 1


def test_a_crowd_too_large_to_combine_says_so_and_still_keeps_the_only_one() -> None:
    # Each fits better than the ones before in one way and worse in another: nobody stands in.
    crowd = [(offer(n, n), (1.0 - n / 1000, 0.6 + n / 1000, 0.0), 50.0) for n in range(10, 270)]
    answer = found(request(3), *crowd, (offer(270, 270), (0.0, 0.0, 0.7), 20.0))
    assert not answer.exact
    assert ids(answer)[-1][-1] == 270
    assert found(request(3), *crowd[:200]).exact


def test_who_brings_what_and_what_is_missing() -> None:
    answer = found(
        request(),
        (offer(10, 1), (1.0, 0.7, 0, 0, 0), 70),
        (offer(11, 2), (0, 0.9, 0.8, 0, 0), 60),
        (offer(12, 3), (0, 0, 0, 0.6, 0.3), 50),
    )
    assert ids(answer) == [(10,), (10, 11), (10, 11, 12)]
    best = answer.best
    assert best is not None
    assert [[m.asked for m in member.brings] for member in best.members] == [
        ["CNC turning"],
        ["powder coating", "gear hobbing"],
        ["services"],
    ]
    assert best.missing == ("laser cutting",)
    # Words that say little weigh a quarter.
    assert best.cover == pytest.approx(13 / 17)


def test_one_who_can_do_all_needs_nobody() -> None:
    answer = found(
        request(3),
        (offer(10), (1.0, 1.0, 0), 60),
        (offer(11), (0.7, 0.7, 0.7), 50),
        (offer(12), (0, 0, 1.0), 70),
    )
    # Two would cover no more.
    assert ids(answer) == [(11,)]
    assert answer.best is not None
    assert [member.offer_id for member in answer.best.members] == [11]


def test_a_tolerance_must_hold_for_each_and_a_quantity_for_all_together() -> None:
    asked = request(2, QUANTITY, TOLERANCE)
    coarse = Fact(low=0.2, high=0.2)
    able = [
        (offer(10, 1, quantity_per_year=Fact(low=600, high=600)), (1.0, 0.0), 60.0),
        (offer(11, 2, quantity_per_year=Fact(low=500, high=500)), (1.0, 1.0), 50.0),
        (offer(12, 3, quantity_per_year=Fact(low=9e9, high=9e9), tolerance_mm=coarse), (1.0, 1.0), 90.0),
    ]
    answer = found(asked, *able)
    assert ids(answer) == [(10, 11)]
    assert answer.best is not None
    # Ten brings pieces only: both are needed for a thousand.
    assert answer.best.cover == 1


def test_what_an_offer_asks_and_an_owner_exclude() -> None:
    asked = request(1)
    held = offer(10)
    own = ConditionResult(Side.OFFER, QUANTITY, Outcome.GAP, "", 0.0)
    base = scored(asked, held, (1.0,))
    picky = Score(
        1, 10, 0, 0, 0, base.contributions, base.meetings, (own,), excluded_by=("quantity_per_year",)
    )
    foreign = Score(1, 10, 0, 0, 0, base.contributions, base.meetings, (), excluded_by=("country",))
    for score in (picky, foreign):
        assert consortium(asked, [held], [score], TODAY) == Consortium((), None, exact=True)
    assert consortium(asked, [held], [base], TODAY).best is not None


def test_nothing_asked_or_nobody_there() -> None:
    nothing = Consortium((), None, exact=True)
    assert consortium(request(2), [], [], TODAY) == nothing
    assert found(request(0), (offer(10), (), 50)) == nothing
    assert found(request(2), (offer(10), (0.2, 0), 50)) == nothing


def test_a_search_cut_short_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    able = [(offer(n), tuple(float(at == n % 5) for at in range(5)), 50.0) for n in range(10, 30)]
    assert found(request(), *able).exact
    monkeypatch.setattr(consortium_module, "STEPS", 3)
    assert not found(request(), *able).exact
