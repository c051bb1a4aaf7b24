"""How the pages look and behave in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from marketplace import clock
from tests.accessible import faults, overhang
from tests.marketplace.pages import rows
from tests.marketplace.served import served
from tests.marketplace.visitor import Visitor, add_person, database_of

LIGHT, DARK = "rgb(246, 247, 249)", "rgb(18, 22, 28)"


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Serve the application with a few rows in it."""
    database, now = database_of(app), clock.now()
    user_id = add_person(database, "ama@example.org")
    with database.transaction() as session:
        firm = rows.organisation(session, "Adom Works", now)
        rows.member(session, user_id, firm, now)
        buyer = rows.organisation(session, "Buyer", now)
        offer = rows.listing(session, firm, "offer", "Turning", now, reference="OFF-1")
        rows.listing(session, firm, "offer", "Draft", now, state="draft", reference="OFF-2")
        request = rows.listing(session, buyer, "request", "Shafts " * 20, now, reference="REQ-1")
        rows.match(session, request, offer, 83, now)
    with served(app) as address:
        yield address


def background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def log_in(context: BrowserContext, app: Flask, address: str) -> None:
    cookie = Visitor(app).enter("ama@example.org").client.get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_everybody_can_use_the_pages(
    browser: Browser, app: Flask, address: str, width: int, theme: str
) -> None:
    with browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if theme == "dark" else "light"
    ) as context:
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        for path in ("/", "/help", "/me"):
            if path == "/me":
                log_in(context, app, address)
            page.goto(address + path)
            assert faults(page) == [], path
            assert overhang(page) == 0, path
            assert page.locator("h1").count() == 1
        assert complaints == []


def test_the_chosen_colours_stay(browser: Browser, address: str) -> None:
    with browser.new_context(color_scheme="light") as context:
        page = context.new_page()
        page.goto(address)
        assert background(page) == LIGHT
        page.get_by_role("button", name="Dark").click()
        assert background(page) == DARK
        page.goto(f"{address}/help")
        assert background(page) == DARK
        assert page.get_by_role("button", name="Dark").get_attribute("aria-pressed") == "true"
        page.get_by_role("button", name="Device").click()
        assert background(page) == LIGHT
        page.reload()
        assert background(page) == LIGHT


def test_without_scripts_the_device_s_colours_and_the_menu_work(
    browser: Browser, app: Flask, address: str
) -> None:
    with browser.new_context(color_scheme="dark", java_script_enabled=False) as context:
        log_in(context, app, address)
        page = context.new_page()
        page.goto(f"{address}/me")
        assert background(page) == DARK
        assert not page.get_by_role("button", name="Dark").is_visible()
        page.get_by_text("Account", exact=True).click()
        assert page.get_by_role("button", name="Log out").is_visible()


def test_the_keyboard_reaches_the_content_first_and_closes_the_menu(
    browser: Browser, app: Flask, address: str
) -> None:
    with browser.new_context() as context:
        log_in(context, app, address)
        page = context.new_page()
        page.goto(f"{address}/help")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        summary = page.locator("details.menu > summary")
        summary.focus()
        page.keyboard.press("Enter")
        assert page.get_by_role("link", name="Account settings").is_visible()
        page.keyboard.press("Escape")
        assert not page.get_by_role("link", name="Account settings").is_visible()
        assert summary.evaluate("element => element === document.activeElement")
