from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from defusedxml import ElementTree
from flask import Flask, render_template_string
from flask_babel import force_locale
from jinja2 import StrictUndefined

from marketplace.web import charts
from marketplace.web.shapes import Series
from matching.reliability import Bin, Forecast, reliability

QUARTERS = ["2026 Q1", "2026 Q2", "2026 Q3", "2026 Q4"]
HOSTILE = "<script>alert('x')</script> & \"quoted\""
SVG = re.compile(r"<svg class=\"chart-drawing.*?</svg>\s*(?=</div>|<p|<details)", re.DOTALL)


def forecasts() -> list[Forecast]:
    return [Forecast(0.15, i < 2) for i in range(10)] + [Forecast(0.72, i < 7) for i in range(10)]


@pytest.fixture
def drawn(make_app: Callable[..., Flask]) -> Callable[..., str]:
    """Give a way to print one macro, with unknown names as errors."""
    # One of its own, as it is changed.
    app = make_app(log_level="ERROR")
    app.jinja_env.undefined = StrictUndefined

    def draw(call: str, locale: str = "en", **given: object) -> str:
        source = '{% import "macros/chart.html" as chart %}{{ chart.' + call + " }}"
        with app.test_request_context("/"), force_locale(locale):
            return render_template_string(source, **given)

    return draw


# ------------------------------------------------------------------------------------- geometry


def test_bars_along_lines_grow_with_their_values_and_leave_room_for_them() -> None:
    chart = charts.bars_across(["A", "B", "C"], [Series("n", [100, 25, 0])])
    assert [mark.width for mark in chart.marks] == [80, 20, 0]
    assert {mark.x for mark in chart.marks} == {0}
    assert [mark.text_x for mark in chart.marks] == [80, 20, 0]
    assert all(later.y - one.y == chart.height / 3 for one, later in pairwise(chart.marks))


def test_bars_below_zero_run_the_other_way() -> None:
    chart = charts.bars_across(["A", "B"], [Series("n", [-10, 20])])
    lost, won = chart.marks
    assert chart.zero == 40
    assert (lost.x, lost.width, lost.anchor) == (20, 20, "end")
    assert (won.x, won.width, won.anchor) == (40, 40, "start")


def test_bars_that_are_all_below_zero_end_at_the_edge() -> None:
    [mark] = charts.bars_across(["A"], [Series("n", [-10])]).marks
    assert (mark.x, mark.width, mark.text_x) == (20, 80, 20)


def test_zero_alone_is_a_bar_of_no_length() -> None:
    [mark] = charts.bars_across(["A"], [Series("n", [0])]).marks
    assert (mark.x, mark.width) == (0, 0)
    [upright] = charts.bars_up(["A"], [Series("n", [0])]).marks
    assert (upright.y, upright.height) == (222, 0)


def test_what_is_not_known_has_no_bar() -> None:
    series = [Series("a", [1, None]), Series("b", [None, 2])]
    for chart in (charts.bars_across(["A", "B"], series), charts.bars_up(["A", "B"], series)):
        assert [(mark.series, mark.value) for mark in chart.marks] == [(0, 1), (1, 2)]


def test_upright_bars_stand_side_by_side_on_the_axis() -> None:
    chart = charts.bars_up(QUARTERS, [Series("a", [5, 10, 15, 20]), Series("b", [20, 15, 10, 5])])
    assert [tick.value for tick in chart.ticks] == [0, 5, 10, 15, 20]
    assert all(mark.y + mark.height == chart.zero == 222 for mark in chart.marks)
    assert max(mark.height for mark in chart.marks) == 200
    by_x = sorted(chart.marks, key=lambda mark: mark.x)
    assert [mark.series for mark in by_x] == [0, 1] * 4
    assert all(one.x + one.width <= later.x + 0.01 for one, later in pairwise(by_x))
    assert chart.start <= by_x[0].x
    assert by_x[-1].x + by_x[-1].width <= 100


def test_upright_bars_below_zero_hang_from_the_axis() -> None:
    chart = charts.bars_up(["A", "B"], [Series("n", [-10, 10])])
    lost, won = chart.marks
    assert lost.y == chart.zero == won.y + won.height
    assert lost.text_y > lost.y + lost.height
    assert won.text_y < won.y


def test_values_stand_beside_few_bars_only() -> None:
    assert charts.bars_up(QUARTERS * 2, [Series("n", [1] * 8)]).values_shown
    assert not charts.bars_up([*QUARTERS, *QUARTERS, "2027 Q1"], [Series("n", [1] * 9)]).values_shown


def test_labels_are_left_out_before_they_touch() -> None:
    chart = charts.bars_up(QUARTERS * 2, [Series("n", [1] * 8)])
    assert [bool(label.short) for label in chart.labels] == [True, False] * 4
    assert all(label.full for label in chart.labels)


def test_a_line_is_broken_where_a_value_is_not_known() -> None:
    chart = charts.lines(QUARTERS, [Series("n", [4, None, 2, 1])])
    assert [point.value for point in chart.points] == [4, 2, 1]
    [stroke] = chart.strokes
    assert (stroke.x1, stroke.y1) == (chart.points[1].x, chart.points[1].y)
    assert (stroke.x2, stroke.y2) == (chart.points[2].x, chart.points[2].y)
    assert chart.points[0].y == 22


def test_one_value_is_a_point_without_a_line() -> None:
    chart = charts.lines(["2026 Q1"], [Series("n", [7])])
    assert len(chart.points) == 1
    assert chart.strokes == ()


@pytest.mark.parametrize("draw", [charts.bars_across, charts.bars_up, charts.lines])
def test_series_fit_their_labels_and_can_be_told_apart(draw: Callable[..., object]) -> None:
    with pytest.raises(ValueError, match="has 1 values for 2 labels"):
        draw(["A", "B"], [Series("n", [1])])
    with pytest.raises(ValueError, match="told apart"):
        draw(["A"], [Series(str(i), [1]) for i in range(5)])


def test_a_heat_map_shades_from_nothing_to_the_most() -> None:
    chart = charts.heat(["A", "B"], ["DE", "VN", "GH"], [[0, 1, 20], [None, 100, 81]])
    assert [[cell.level for cell in row] for row in chart.cells] == [[0, 1, 1], [0, 5, 5]]
    assert [cell.x for cell in chart.cells[0]] == [0, 33.33, 66.67]
    assert chart.wide == 1
    assert chart.cells[1][0].y + chart.cells[1][0].height < chart.height


def test_many_columns_take_a_wider_drawing() -> None:
    assert charts.heat(["A"], ["x"] * 7, [[1] * 7]).wide == 2
    assert charts.heat(["A"], ["x"] * 60, [[1] * 60]).wide == 4


def test_a_heat_map_of_zeros_has_no_shade() -> None:
    assert charts.heat(["A"], ["DE"], [[0]]).cells[0][0].level == 0


def test_a_heat_map_is_whole_and_not_below_zero() -> None:
    with pytest.raises(ValueError, match="each column"):
        charts.heat(["A"], ["DE", "VN"], [[1]])
    with pytest.raises(ValueError, match="each column"):
        charts.heat(["A", "B"], ["DE"], [[1]])
    with pytest.raises(ValueError, match="from 0"):
        charts.heat(["A"], ["DE"], [[-1]])


def test_a_funnel_narrows_around_its_middle() -> None:
    chart = charts.funnel([("Proposed", 200), ("Accepted", 50), ("Agreed", 0), ("Followed up", 0)])
    assert [(stage.x, stage.width) for stage in chart.stages] == [(0, 100), (37.5, 25), (50, 0), (50, 0)]
    # Of nothing, no share can be told.
    assert [stage.of_before for stage in chart.stages] == [None, 25, 0, None]


def test_the_reliability_chart_puts_what_came_true_on_the_diagonal() -> None:
    chart = charts.reliability_chart(
        [
            Bin(0, 0.1, 0.0, 20, 0, 0.0, 0.16),
            Bin(0.5, 0.6, 0.5, 20, 10, 0.3, 0.7),
            Bin(0.9, 1, 1.0, 9, 9, 0.7, 1),
        ]
    )
    ends = (chart.across[0].at, chart.across[-1].at), (chart.ticks[0].at, chart.ticks[-1].at)
    assert [(one.x, one.y) for one in chart.bins] == [
        (ends[0][0], ends[1][0]),
        (sum(ends[0]) / 2, sum(ends[1]) / 2),
        (ends[0][1], ends[1][1]),
    ]
    assert all(one.top <= one.y <= one.bottom for one in chart.bins)
    assert [one.line for one in chart.bins] == [0, 0, 0]


def test_numbers_of_decisions_that_would_touch_stand_on_two_lines() -> None:
    many = [Forecast(chance / 10 + 0.05, accepted=False) for chance in range(3) for _ in range(100)]
    assert [one.line for one in charts.reliability_chart(reliability(many)).bins] == [0, 1, 0]


# ---------------------------------------------------------------------------------------- pages

CALLS = {
    "bars_across": "bars_across('c', of, title, 'Kind')",
    "bars_up": "bars_up('c', of, title, 'Quarter')",
    "lines": "lines('c', of, title, 'Quarter')",
    "heat": "heat('c', of, title, 'Sector')",
    "funnel": "funnel('c', of, title, 'Stage')",
    "reliability": "reliability('c', of, title)",
}


def examples(name: str = "Vermeer") -> dict[str, object]:
    series = [Series(name, [1234.5, None]), Series("Other", [3, 4])]
    return {
        "bars_across": charts.bars_across([name, "B"], series),
        "bars_up": charts.bars_up([name, "B"], series),
        "lines": charts.lines([name, "B"], series),
        "heat": charts.heat([name, "B"], ["DE", name], [[1234, None], [0, 5]]),
        "funnel": charts.funnel([(name, 1234), ("B", 617)]),
        "reliability": charts.reliability_chart(reliability(forecasts())),
    }


EMPTY = {
    "bars_across": charts.bars_across([], []),
    "bars_up": charts.bars_up(["A"], [Series("n", [None])]),
    "lines": charts.lines([], []),
    "heat": charts.heat([], [], []),
    "funnel": charts.funnel([]),
    "reliability": charts.reliability_chart([]),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_drawing_says_what_it_shows_and_stands_before_its_table(
    drawn: Callable[..., str], name: str
) -> None:
    page = drawn(CALLS[name], of=examples()[name], title="Agreements")
    [svg] = SVG.findall(page)
    tree = ElementTree.fromstring(svg)
    assert tree.get("role") == "img"
    named = (tree.get("aria-labelledby") or "").split()
    assert [child.get("id") for child in tree[:2]] == named
    assert [child.tag for child in tree[:2]] == ["title", "desc"]
    assert tree[0].text == "Agreements"
    assert all(child.text and child.text.strip() for child in tree[:2])
    assert page.index("<table") > page.index("</svg>")
    assert page.count("<tr>") == 3


@pytest.mark.parametrize("name", CALLS)
def test_a_drawing_holds_nothing_that_the_page_s_policy_refuses(drawn: Callable[..., str], name: str) -> None:
    page = drawn(CALLS[name], of=examples()[name], title="Agreements")
    assert not re.search(r"<style|<script|\sstyle=|\son\w+=", page)


@pytest.mark.parametrize("name", CALLS)
def test_hostile_words_stay_words(drawn: Callable[..., str], name: str) -> None:
    page = drawn(CALLS[name], of=examples(HOSTILE)[name], title=HOSTILE)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    ElementTree.fromstring(SVG.findall(page)[0])


@pytest.mark.parametrize("name", CALLS)
def test_a_drawing_of_nothing_says_what_would_be_here(drawn: Callable[..., str], name: str) -> None:
    page = drawn(CALLS[name], of=EMPTY[name], title="Agreements")
    assert "<svg" not in page
    assert "empty-title" in page
    told = drawn(
        CALLS[name].removesuffix(")") + ", nothing=nothing)", of=EMPTY[name], title="x", nothing="Soon."
    )
    assert "Soon." in told


@pytest.mark.parametrize("name", ["bars_across", "heat", "funnel"])
def test_numbers_are_written_as_the_reader_writes_them(drawn: Callable[..., str], name: str) -> None:
    page = drawn(CALLS[name], "de", of=examples()[name], title="Abschlüsse")
    assert "1.234" in page


def test_lines_from_right_to_left_are_mirrored_and_their_words_are_not(drawn: Callable[..., str]) -> None:
    chart = charts.bars_across(["A"], [Series("n", [100]), Series("m", [50])])
    call = CALLS["bars_across"]
    here, there = drawn(call, of=chart, title="x"), drawn(call, "ar", of=chart, title="x")
    assert 'x="0%" y="22" width="80' in here.replace("0.0%", "0%")
    assert 'x="20.0%" y="22" width="80' in there
    assert "transform" not in there


def test_series_differ_by_more_than_their_colour(drawn: Callable[..., str]) -> None:
    series = [Series(str(i), [1, 2]) for i in range(4)]
    bars = drawn(CALLS["bars_up"], of=charts.bars_up(["A", "B"], series), title="x")
    assert all(f'fill="url(#c-fill-{i})"' in bars for i in range(4))
    assert len(set(re.findall(r'<pattern id="c-fill-\d"', bars))) == 4
    several = drawn(CALLS["lines"], of=charts.lines(["A", "B"], series), title="x")
    assert len(set(re.findall(r' d="(M[^"]+)"', several))) == 3
    assert "<circle" in several


def test_unknown_numbers_are_dashes_in_the_table(drawn: Callable[..., str]) -> None:
    for name in ("bars_across", "heat"):
        page = drawn(CALLS[name], of=examples()[name], title="x")
        assert '<td class="num">—</td>' in page


def test_the_reliability_chart_shows_how_many_were_decided(drawn: Callable[..., str]) -> None:
    page = drawn(CALLS["reliability"], of=examples()["reliability"], title="x")
    row = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)[2]
    assert re.findall(r">([^<>\n]+)</t[hd]>", row) == ["70 to 80", "72", "10", "7", "70", "40 to 89"]
