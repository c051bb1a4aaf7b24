"""Taking the databank twice in a row, in a real browser: a download leaves the page as it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.marketplace.databank.offices import Site
from tests.marketplace.served import served

# Much less than what the guard against a second click waits.
SOON_MS = 4000


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Serve the application."""
    with served(app) as address:
        yield address


def test_a_second_file_comes_at_once(browser: Browser, site: Site, address: str) -> None:
    cookie = site.browser().client.get_cookie("session")
    assert cookie is not None
    with browser.new_context(locale="en", accept_downloads=True) as context:
        context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
        page = context.new_page()
        page.goto(f"{address}/desk/databank")
        for name, ending in (("CSV", "csv"), ("Workbook", "xlsx"), ("CSV", "csv")):
            with page.expect_download(timeout=SOON_MS) as coming:
                page.get_by_role("button", name=name).click()
            assert coming.value.suggested_filename.endswith(f".{ending}")
