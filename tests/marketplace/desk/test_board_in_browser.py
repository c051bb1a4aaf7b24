"""The board by dragging, in a real browser: letting a card go presses the button that leads there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from marketplace.introductions.states import IntroductionState
from tests.marketplace.desk.test_keys_in_browser import address
from tests.marketplace.introductions.test_side_pages import Site

__all__ = ["address"]

S = IntroductionState


@pytest.fixture
def board(browser: Browser, site: Site, address: str) -> Iterator[Page]:
    """Open the board of an officer with one expression of interest; nothing may be complained of."""
    site.world.express()
    cookie = site.browser("first").client.get_cookie("session")
    assert cookie is not None
    with browser.new_context(locale="en", viewport={"width": 1440, "height": 900}) as context:
        context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
        page, complaints = context.new_page(), list[str]()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{address}/desk/pipeline")
        yield page
        assert complaints == []


def drag(page: Page, state: IntroductionState) -> None:
    page.locator("[data-card] h3").drag_to(page.locator(f"[data-state={state}]"))


def test_a_card_is_dragged_to_where_its_button_leads(site: Site, board: Page) -> None:
    drag(board, S.VETTED)
    expect(board.locator(f"[data-state={S.VETTED}] [data-card]")).to_have_count(1)
    assert site.world.get(1).state is S.VETTED
    # The next step is the other office's: there is nothing to drag.
    expect(board.locator("[draggable=true]")).to_have_count(0)


def test_nothing_happens_where_no_button_leads(site: Site, board: Page) -> None:
    for state in (S.SENT, S.AGREED, S.PROPOSED):
        drag(board, state)
    expect(board.locator(f"[data-state={S.PROPOSED}] [data-card]")).to_have_count(1)
    expect(board.locator("[data-open]")).to_have_count(0)
    assert site.world.get(1).state is S.PROPOSED


def test_all_seven_columns_stand_side_by_side(board: Page) -> None:
    boxes = [column.bounding_box() for column in board.locator("[data-state]").all()]
    assert len(boxes) == 7
    last, head = boxes[-1], board.locator(".brand").bounding_box()
    first = boxes[0]
    assert first is not None
    assert last is not None
    assert head is not None
    assert last["x"] + last["width"] <= 1440
    assert abs(first["x"] - head["x"]) < 1
