"""Taking the databank twice in a row, in a real browser: a download leaves the page as it is."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from tests.marketplace.databank.offices import Site

# Much less than what the guard against a second click waits.
SOON_MS = 4000


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Serve the application."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


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
