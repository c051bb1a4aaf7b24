"""The form of a listing in a real browser, with its scripts and without them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from marketplace.listings.models import Listing, State
from tests.accessible import faults, overhang
from tests.marketplace.listings.world import World, request
from tests.marketplace.served import served
from tests.marketplace.visitor import Visitor


@pytest.fixture
def address(app: Flask, site: World) -> Iterator[str]:
    """Serve the application with an offer to be found and a listing to be reviewed."""
    site.published("found", title="CNC turning of brass and steel", anonymous="yes")
    site.submitted("waiting", title="Waiting one", summary="Ring +43 1 234 5678")
    with served(app) as address:
        yield address


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
                assert faults(page) == [], path
                assert overhang(page) == 0, path
            assert complaints == []


def test_conditions_in_the_text_are_proposed_while_one_writes_and_added_by_keyboard(
    browser: Browser, app: Flask, site: World, address: str
) -> None:
    with browser.new_context(locale="en") as context:
        page, complaints = open_page(context, app, address, "bruno")
        page.goto(f"{address}/post")
        expect(page.locator("#found")).to_be_hidden()
        page.get_by_label("Title").fill("Turned brass parts")
        page.locator("summary", has_text="In your own words").click()
        text = "Lead time six weeks, ±0.02 mm, ISO 9001 is mandatory."
        page.get_by_label("Description").fill(text)
        expect(page.locator(".found-row")).to_have_count(3)
        expect(page.locator("#found-said")).to_have_text("3 conditions were found in your text.")
        page.get_by_role("button", name="Add Lead time").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#found-said")).to_have_text("Added to the form: Lead time at most 42 days")
        # The focus goes on, and the row is there to be read.
        expect(page.get_by_role("button", name="Add Tolerance")).to_be_focused()
        expect(page.locator("#requirements-0-value")).to_have_value("42")
        expect(page.locator("#requirements-0-unit")).to_be_visible()
        page.get_by_role("button", name="Ignore Tolerance").click()
        page.get_by_role("checkbox", name="Must be met (Certificate: ISO 9001)").uncheck()
        page.get_by_role("button", name="Add Certificate").click()
        expect(page.locator("#found-title")).to_be_focused()
        expect(page.locator("#requirements-1-value")).to_have_value("ISO 9001")
        expect(page.locator("#requirements-1-hard")).not_to_be_checked()
        # Written once more, neither comes again: one stands in the form, the other is not wanted.
        page.get_by_label("Description").fill(f"{text} Ra 0.8")
        expect(page.locator(".found-row")).to_have_count(1)
        expect(page.locator(".found-words")).to_have_text("Surface roughness Ra at most 0.8 µm")
        expect(page.locator("#autosave")).to_have_text("Draft saved.", timeout=15_000)
        (listing,) = listings_of(site, site.buyer_id)
        with site.database.reading() as session:
            session.add(listing)
            assert [row.criterion for row in listing.requirements] == ["lead_time_days", "certificate"]
        assert complaints == []


def test_what_an_offer_says_of_itself_goes_into_its_fields(
    browser: Browser, app: Flask, site: World, address: str
) -> None:
    with browser.new_context(locale="en") as context:
        page, complaints = open_page(context, app, address, "anna")
        page.goto(f"{address}/post?side=offer")
        page.locator("summary", has_text="In your own words").click()
        page.get_by_label("Description").fill("±0.01 mm in 1.4301, FCA Linz, ISO 9001, 20 t per month, IT6")
        expect(page.locator(".found-row")).to_have_count(6)
        page.get_by_role("button", name="Add all").click()
        expect(page.locator(".found-row")).to_have_count(0)
        expect(page.locator('[name="details-tolerance_mm"]')).to_have_value("0.01")
        expect(page.locator('[name="details-materials"]')).to_have_value("1.4301")
        expect(page.locator('[name="details-incoterms"][value="FCA"]')).to_be_checked()
        expect(page.locator('[name="details-it_grade"]')).to_have_value("IT6")
        expect(page.locator('[name="held_certificates"]')).to_have_value("ISO 9001")
        expect(page.locator('[name="quantity_per_year"]')).to_have_value("240")
        expect(page.locator('[name="quantity_unit"]')).to_have_value("t")
        assert complaints == []


@pytest.mark.parametrize(("width", "theme"), [(360, "dark"), (1440, "light")])
def test_everybody_can_use_the_proposals(
    browser: Browser, app: Flask, address: str, width: int, theme: Any
) -> None:
    with browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme, locale="en"
    ) as context:
        page, _ = open_page(context, app, address, "bruno")
        page.goto(f"{address}/post")
        page.locator("summary", has_text="In your own words").click()
        page.get_by_label("Description").fill("5,000 pieces a year, ±0.02 mm, ISO 9001 required")
        expect(page.locator(".found-row")).to_have_count(3)
        assert faults(page) == []
        assert overhang(page) == 0


def test_proposals_are_added_without_scripts(browser: Browser, app: Flask, site: World, address: str) -> None:
    with browser.new_context(locale="en", java_script_enabled=False) as context:
        page, _ = open_page(context, app, address, "bruno")
        page.goto(f"{address}/post")
        page.get_by_label("Title").fill("Turned brass parts")
        page.locator("summary", has_text="In your own words").click()
        page.get_by_label("Description").fill("Lead time six weeks. ISO 9001.")
        page.get_by_role("button", name="Find requirements in my text").click()
        page.get_by_role("checkbox", name="Must be met (Certificate: ISO 9001)").check()
        page.get_by_role("button", name="Add Certificate").click()
        expect(page.locator("#found-said")).to_have_text("One condition was added to the form.")
        page.get_by_role("button", name="Ignore Lead time").click()
        expect(page.locator(".found-row")).to_have_count(0)
        expect(page.locator("#requirements-0-value")).to_have_value("ISO 9001")
        expect(page.locator("#requirements-0-hard")).to_be_checked()
        expect(page.get_by_label("Title")).to_have_value("Turned brass parts")
