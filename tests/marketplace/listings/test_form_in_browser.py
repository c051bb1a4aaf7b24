"""The form of a listing in a real browser, with its scripts and without them."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from marketplace.listings.models import Listing, State
from tests.marketplace.listings.world import World, request
from tests.marketplace.visitor import Visitor


@pytest.fixture
def address(app: Flask, site: World) -> Iterator[str]:
    """Serve the application with an offer to be found and a listing to be reviewed."""
    site.published("found", title="CNC turning of brass and steel", anonymous="yes")
    site.submitted("waiting", title="Waiting one", summary="Ring +43 1 234 5678")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def open_page(context: BrowserContext, app: Flask, address: str, who: str) -> tuple[Page, list[str]]:
    cookie = Visitor(app).enter(f"{who}@example.org").client.get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
    page, complaints = context.new_page(), list[str]()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, complaints


def listings_of(site: World, organisation_id: int) -> list[Listing]:
    with site.database.reading() as session:
        found = list(session.scalars(sa.select(Listing).where(Listing.organisation_id == organisation_id)))
        for listing in found:
            len(listing.capabilities)
        return found


def test_an_enquiry_takes_a_title_some_chips_and_a_click(
    browser: Browser, app: Flask, site: World, address: str
) -> None:
    with browser.new_context(locale="en") as context:
        page, complaints = open_page(context, app, address, "bruno")
        page.goto(f"{address}/post")
        page.get_by_label("Title").fill("Turned brass parts")
        chips = page.get_by_label("Capabilities")
        chips.press_sequentially("CNC turning")
        chips.press("Enter")
        chips.press_sequentially("brass turning,")
        expect(page.get_by_role("listitem").filter(has_text="CNC turning").first).to_be_visible()
        # Somebody who would fit appears without a click, and the draft keeps itself.
        expect(page.locator("#partners")).to_contain_text("CNC turning of brass and steel")
        expect(page.locator("#partners")).not_to_contain_text("Alpenwerk")
        expect(page.locator("#autosave")).to_have_text("Draft saved.", timeout=15_000)
        assert re.search(r"/me/listings/REQ-\d+-\d+/edit$", page.url)
        chips.press_sequentially("deburring")
        page.get_by_role("button", name="Take out: brass turning").click()
        page.get_by_role("button", name="Send to the office").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Turned brass parts")
        (listing,) = listings_of(site, site.buyer_id)
        assert listing.state is State.SUBMITTED
        assert [row.phrase for row in listing.capabilities] == ["CNC turning", "deburring"]
        assert complaints == []


def test_the_fields_follow_the_kind_and_rows_can_be_added(
    browser: Browser, app: Flask, site: World, address: str
) -> None:
    with browser.new_context(locale="en") as context:
        page, complaints = open_page(context, app, address, "bruno")
        page.goto(f"{address}/post")
        page.get_by_role("radio", name="Investment").check()
        expect(page.locator("#meaning")).to_have_text("A project that looks for capital or a partner")
        page.locator("summary", has_text="Money").click()
        page.get_by_label("Total cost").fill("2500000")
        page.locator("summary", has_text="What the partner must meet").click()
        page.get_by_role("button", name="Add a row").click()
        expect(page.locator(".requirement-row")).to_have_count(4)
        expect(page.locator("#requirements-3-value_to")).to_be_hidden()
        page.locator("#requirements-3-operator").select_option("between")
        expect(page.locator("#requirements-3-value_to")).to_be_visible()
        assert complaints == []


def test_everything_works_without_scripts(browser: Browser, app: Flask, site: World, address: str) -> None:
    with browser.new_context(locale="en", java_script_enabled=False) as context:
        page, _ = open_page(context, app, address, "bruno")
        page.goto(f"{address}/post")
        page.get_by_label("Title").fill("Turned brass parts")
        page.get_by_label("Capabilities").fill("CNC turning\ndeburring")
        page.get_by_role("button", name="Preview partners").click()
        expect(page.locator("#partners")).to_contain_text("CNC turning of brass and steel")
        expect(page.get_by_label("Title")).to_have_value("Turned brass parts")
        page.locator("summary", has_text="What the partner must meet").click()
        page.get_by_role("button", name="Add a row").click()
        expect(page.locator(".requirement-row")).to_have_count(4)
        page.get_by_role("button", name="Send to the office").click()
        (listing,) = listings_of(site, site.buyer_id)
        assert listing.state is State.SUBMITTED


@pytest.mark.parametrize(("width", "theme"), [(360, "dark"), (1440, "light")])
def test_everybody_can_use_the_pages(
    browser: Browser, app: Flask, site: World, address: str, width: int, theme: Any
) -> None:
    own = site.draft("own", **request(sectors="2592", details={"materials": "brass"}))
    found = site.published("third", requirements=[{"criterion": "certificate", "value": "ISO 9001"}])
    pages = {
        "anna": ("/post", f"/me/listings/{own}/edit", f"/opportunities/{found}", "/me/listings"),
        "olga": ("/desk", "/desk/review"),
    }
    for who, paths in pages.items():
        with browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, locale="en"
        ) as context:
            page, complaints = open_page(context, app, address, who)
            for path in paths:
                page.goto(address + path)
                page.evaluate("document.querySelectorAll('details.fold').forEach((fold) => fold.open = true)")
                faults = Axe().run(page).response["violations"]
                assert [
                    (fault["id"], [node["target"] for node in fault["nodes"]]) for fault in faults
                ] == [], path
                wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert wide <= 0, path
            assert complaints == []
