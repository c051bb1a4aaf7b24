"""The worklist by keyboard, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from marketplace.introductions.states import IntroductionState
from tests.marketplace.introductions.test_side_pages import Site
from tests.marketplace.served import served

S = IntroductionState


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Serve the application."""
    with served(app) as address:
        yield address


@pytest.fixture
def desk(browser: Browser, site: Site, address: str) -> Iterator[Page]:
    """Open the desk of an officer with three expressions of interest; nothing may be complained of."""
    for title in ("First", "Second", "Third"):
        site.world.request = site.world.market.listing(
            "request", site.world.buyer, office_id=site.world.second_office, title=title
        )
        site.world.express(own=None)
    cookie = site.browser("first").client.get_cookie("session")
    assert cookie is not None
    with browser.new_context(locale="en") as context:
        context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
        page, complaints = context.new_page(), list[str]()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{address}/desk")
        yield page
        assert complaints == []


def focused(page: Page) -> str:
    return str(
        page.evaluate("document.activeElement.closest('[data-matter]')?.querySelector('h3').innerText")
    )


def test_three_are_vetted_with_a_key_each(site: Site, desk: Page) -> None:
    desk.keyboard.press("j")
    for left in (2, 1):
        desk.keyboard.press("v")
        expect(desk.locator("[data-matter]")).to_have_count(left)
        # The next one is at hand at once.
        expect(desk.locator("[data-matter]").first).to_be_focused()
    desk.keyboard.press("v")
    expect(desk.get_by_text("Nothing waits for you")).to_be_visible()
    assert [site.world.get(key).state for key in (1, 2, 3)] == [S.VETTED] * 3


def test_down_up_open_and_decline_with_a_reason(site: Site, desk: Page) -> None:
    titles = [focused_title.inner_text() for focused_title in desk.locator("[data-matter] h3").all()]
    for key, title in (
        ("j", titles[0]),
        ("j", titles[1]),
        ("j", titles[2]),
        ("j", titles[2]),
        ("k", titles[1]),
    ):
        desk.keyboard.press(key)
        assert focused(desk) == title
    desk.keyboard.press("d")
    reason = desk.locator("[data-matter]").nth(1).get_by_label("The reason")
    expect(reason).to_be_focused()
    # In a field the letters are letters.
    words = desk.locator("[data-matter]").nth(1).get_by_label("More about it")
    words.press_sequentially("very good, j")
    expect(words).to_have_value("very good, j")
    reason.select_option("price")
    desk.locator("[data-matter]").nth(1).get_by_role("button", name="Decline").click()
    expect(desk.locator("[data-matter]")).to_have_count(2)
    assert sorted(site.world.get(key).state for key in (1, 2, 3)) == ["declined", "proposed", "proposed"]
    desk.keyboard.press("o")
    expect(desk).to_have_url(re.compile(r"/desk/introductions/INT-\d{4}-\d{5}$"))


def test_the_keys_can_be_switched_off_and_stay_off(site: Site, desk: Page) -> None:
    switch = desk.get_by_role("button", name="Keys")
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    desk.reload()
    expect(switch).to_have_attribute("aria-pressed", "false")
    desk.locator("[data-matter]").first.focus()
    desk.keyboard.press("v")
    desk.keyboard.press("j")
    expect(desk.locator("[data-matter]")).to_have_count(3)
    assert site.world.get(1).state is S.PROPOSED
    switch.click()
    desk.locator("[data-matter]").first.focus()
    desk.keyboard.press("v")
    expect(desk.locator("[data-matter]")).to_have_count(2)
