"""Charts as a browser shows them, under the real style sheets and the real security policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask, render_template_string
from playwright.sync_api import Browser

from marketplace.web import charts
from marketplace.web.access import public
from marketplace.web.shapes import Series
from matching.reliability import Forecast, reliability
from tests.accessible import faults, overhang
from tests.marketplace.served import served

QUARTERS = [f"{year} Q{quarter}" for year in (2025, 2026) for quarter in (1, 2, 3, 4)]
LONG = "Manufacture of basic precious and other non-ferrous metals"
PAGE = """
{% extends "base.html" %}
{% import "macros/chart.html" as chart %}
{% block head %}<link rel="stylesheet" href="{{ asset('css/charts.css') }}">{% endblock %}
{% block title %}Charts{% endblock %}
{% block content %}
  <h1>Charts</h1>
  <div class="panel">
    {{ chart.bars_across("a", across, "Bars along lines", "Sector") }}
    {{ chart.bars_up("u", up, "Upright bars", "Quarter") }}
    {{ chart.lines("l", lines, "Lines", "Quarter") }}
    {{ chart.heat("h", heat, "Heat map", "Sector") }}
    {{ chart.heat("w", wide, "Wide heat map", "Sector") }}
    {{ chart.funnel("f", funnel, "Funnel", "Stage") }}
    {{ chart.reliability("r", reliability, "Reliability") }}
  </div>
{% endblock %}
"""
OUTSIDE = """() => [...document.querySelectorAll('.chart-drawing')].flatMap(drawing => {
  const around = drawing.getBoundingClientRect();
  return [...drawing.querySelectorAll('text')].map(text => [text, text.getBoundingClientRect()])
    .filter(([, box]) => box.width && (box.left < around.left - 1 || box.right > around.right + 1
      || box.top < around.top - 1 || box.bottom > around.bottom + 1))
    .map(([text]) => text.textContent.trim());
})"""
TOUCHING = """() => [...document.querySelectorAll('.chart-drawing')].flatMap(drawing => {
  const texts = [...drawing.querySelectorAll('text')]
    .map(text => [text.textContent.trim(), text.getBoundingClientRect()])
    .filter(([words, box]) => words && box.width);
  return texts.flatMap(([words, box], i) => texts.slice(i + 1)
    .filter(([, other]) => box.left < other.right && other.left < box.right
      && box.top + 3 < other.bottom - 3 && other.top + 3 < box.bottom - 3)
    .map(([others]) => `${words} / ${others}`));
})"""
SMALLEST = """() => Math.min(...[...document.querySelectorAll('.chart-drawing text')].map(text =>
  parseFloat(getComputedStyle(text).fontSize) * (text.getScreenCTM()?.a ?? 1)))"""


def examples() -> dict[str, object]:
    some = [1234.0, 310, None, 0, 87, 420, 550, 12]
    series = [Series("Proposed", some), Series("Accepted", some[::-1]), Series("Agreed", [1.0] * 8)]
    decided = [Forecast(tenth / 10 + 0.04, i < tenth * 12) for tenth in range(10) for i in range(120)]
    return {
        "across": charts.bars_across(
            [LONG, "Leather"], [Series("Asked", [12345, -40]), Series("Offered", [3, None])]
        ),
        "up": charts.bars_up(QUARTERS, series),
        "lines": charts.lines(QUARTERS, series),
        "heat": charts.heat([LONG, "Leather"], ["DE", "VN", "GH", "IT"], [[0, 1, 2, None], [3, 4, 900, 5]]),
        "wide": charts.heat([LONG], ["DE"] * 14, [list(range(14))]),
        "funnel": charts.funnel([("Proposed", 1420), ("Sent on by the second office", 910), ("Agreed", 34)]),
        "reliability": charts.reliability_chart(reliability(decided)),
    }


@pytest.fixture
def address(make_app: Callable[..., Flask]) -> Iterator[str]:
    """Serve a page with one chart of each sort."""

    @public
    def show() -> str:
        return render_template_string(PAGE, **examples())

    app = make_app(log_level="ERROR")
    app.add_url_rule("/charts", "charts", show)
    with served(app) as address:
        yield f"{address}/charts"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1440])
def test_everybody_can_read_the_charts(browser: Browser, address: str, width: int, theme: str) -> None:
    with browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if theme == "dark" else "light"
    ) as context:
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(address)
        assert page.locator(".chart-drawing").count() == 7
        assert faults(page) == []
        assert overhang(page) == 0
        assert page.evaluate(OUTSIDE) == []
        assert page.evaluate(TOUCHING) == []
        assert page.evaluate(SMALLEST) >= 12
        assert complaints == []


def test_the_table_behind_a_chart_opens(browser: Browser, address: str) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(address)
        table = page.get_by_role("table", name="Upright bars")
        assert not table.is_visible()
        page.get_by_text("The numbers as a table").nth(1).click()
        assert table.is_visible()
        assert table.get_by_role("row").nth(1).inner_text().split("\t") == ["2025 Q1", "1,234", "12", "1"]


def test_a_drawing_is_announced_by_its_name(browser: Browser, address: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(address)
        assert page.get_by_role("img", name="Reliability").count() == 1
