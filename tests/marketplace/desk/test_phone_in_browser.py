"""The worklist on a phone: a matter is a few lines, and nothing that is needed is gone."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.accessible import overhang
from tests.marketplace.desk.test_keys_in_browser import address
from tests.marketplace.introductions.test_side_pages import Site

__all__ = ["address"]

HIGHEST_PX = 400
LONG = "We look for a partner who makes shafts of stainless steel to our drawings, and stays. " * 5


def test_a_matter_takes_less_than_half_a_screen(browser: Browser, site: Site, address: str) -> None:
    site.world.express(sought=LONG)
    cookie = site.browser("first").client.get_cookie("session")
    assert cookie is not None
    with browser.new_context(locale="en", viewport={"width": 360, "height": 800}) as context:
        context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
        page = context.new_page()
        page.goto(f"{address}/desk")
        matter = page.locator("[data-matter]")
        box = matter.bounding_box()
        assert box is not None
        assert box["height"] < HIGHEST_PX
        for words in ("Nyota Works", "Why here:", "Answer due", "Pass on", "Decline", "is told by mail"):
            assert matter.get_by_text(words).first.is_visible(), words
        assert overhang(page) == 0
