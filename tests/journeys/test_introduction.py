"""An introduction in a real browser: four people in four sessions, from an interest to an agreement."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.installation import Installation, embedded

TITLE = "CNC turning and milling of stainless steel and bronze parts"


def log_in(browser: Browser, there: Installation, email: str) -> Page:
    """Open a session of one person."""
    page = browser.new_context(base_url=there.url).new_page()
    page.goto("/login")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(there.passwords[email])
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    expect(page.get_by_role("link", name="Inbox")).to_be_visible()
    return page


def express(buyer: Page) -> str:
    """Express interest in the workshop's offer; give the reference of what begins."""
    buyer.goto("/opportunities/OFR-2026-00001")
    buyer.get_by_role("link", name="Express interest").click()
    buyer.get_by_label("What you would like to do together").fill(
        "Two hundred shafts, then a yearly contract."
    )
    buyer.get_by_role("button", name="Send to the office").click()
    expect(buyer.get_by_role("main")).to_contain_text("Your office is to look at it.")
    return buyer.url.rpartition("/")[2]


def pass_on(officer: Page, reference: str, button: str) -> None:
    """Find it among what waits for the office, and pass it on without a name."""
    officer.goto("/desk/introductions")
    officer.locator(f'a[href="/desk/introductions/{reference}"]').click()
    expect(officer.get_by_role("main")).to_contain_text("Two hundred shafts")
    officer.get_by_label("What you tell the side that is asked").fill("A maker of pumps needs turned shafts.")
    officer.get_by_role("button", name=button).click()
    expect(officer.get_by_role("status")).to_be_visible()


def meet(buyer: Page, maker: Page) -> None:
    """Write to each other, propose a time, and accept it."""
    maker.get_by_label("Your message").fill("Shall we speak by video?")
    maker.get_by_role("button", name="Send the message").click()
    expect(maker.get_by_role("status")).to_contain_text("Your message is on its way.")
    buyer.reload()
    expect(buyer.get_by_role("main")).to_contain_text("Shall we speak by video?")
    next_week = datetime.now(UTC) + timedelta(days=7)
    buyer.get_by_label("Time 1").fill(next_week.strftime("%Y-%m-%dT10:00"))
    buyer.get_by_label("Where, or by which means").fill("By video")
    buyer.get_by_role("button", name="Propose these times").click()
    expect(buyer.get_by_role("status")).to_contain_text("Proposed.")
    maker.reload()
    maker.get_by_role("radio").first.check()
    maker.get_by_role("button", name="Accept this time").click()
    expect(maker.get_by_role("status")).to_contain_text("It is agreed.")
    with maker.expect_download() as download:
        maker.get_by_role("link", name="Into your calendar").click()
    assert download.value.path().read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")


def agree(buyer: Page) -> None:
    """Record what was agreed."""
    buyer.reload()
    buyer.get_by_text("Record an agreement").click()
    buyer.get_by_label("Kind of partnership").select_option("subcontracting")
    buyer.get_by_label("Agreed on").fill(datetime.now(UTC).date().isoformat())
    buyer.get_by_label("Worth in a year, about").select_option("under_50k")
    buyer.get_by_label("Currency").select_option("EUR")
    buyer.get_by_label("New jobs, on both sides together").fill("2")
    buyer.get_by_role("button", name="Record it").click()
    expect(buyer.get_by_role("status")).to_contain_text("Recorded.")


def agreements(officer: Page) -> Locator:
    """Open the report of the officer's own office; give what it counts of agreements in this quarter."""
    officer.goto("/desk/reports")
    table = officer.get_by_role("region", name="Figures as a table")
    name = officer.get_by_role("rowheader", name="Agreements", exact=True)
    return table.get_by_role("row").filter(has=name).locator(".report-now")


def count_it(officer: Page, before: int, reference: str, title: str) -> None:
    """See that the quarter's report counts one more, and that its list holds this one."""
    number = agreements(officer)
    expect(number).to_have_text(str(before + 1))
    number.get_by_role("link").click()
    expect(officer).to_have_url(re.compile(r"/desk/reports/agreements\?"))
    row = officer.get_by_role("row").filter(has_text=reference)
    expect(row).to_have_count(1)
    expect(row.get_by_role("link", name=title)).to_be_visible()


def test_from_an_interest_to_an_agreement(browser: Browser, tmp_path: Path) -> None:
    with embedded(tmp_path) as there:
        buyer, maker = (log_in(browser, there, f"{who}@example.org") for who in ("buyer", "sme"))
        first, second = (log_in(browser, there, f"{who}@example.org") for who in ("itpo", "spx"))
        before = {officer: int(agreements(officer).inner_text()) for officer in (first, second)}
        reference = express(buyer)
        assert maker.goto(f"/me/introductions/{reference}").status == 404  # type: ignore[union-attr]
        pass_on(first, reference, "Pass it on")
        pass_on(second, reference, "Ask them")
        maker.goto("/me/introductions")
        maker.locator(f'a[href="/me/introductions/{reference}"]').click()
        expect(maker.get_by_role("heading", level=1)).to_have_text(TITLE)
        expect(maker.get_by_role("main")).to_contain_text("A maker of pumps needs turned shafts.")
        assert "Rheinwerk" not in maker.content()
        maker.get_by_role("button", name="Yes, we would like to meet").click()
        expect(maker.get_by_role("main")).to_contain_text("Rheinwerk Pumpen AG")
        expect(maker.get_by_role("main")).to_contain_text("buyer@example.org")
        buyer.reload()
        expect(buyer.get_by_role("main")).to_contain_text("Adom Precision Works")
        expect(buyer.get_by_role("main")).to_contain_text("sme@example.org")
        first.goto(f"/desk/introductions/{reference}")
        expect(first.get_by_role("main")).to_contain_text("said yes; both sides see each other’s contacts.")
        meet(buyer, maker)
        agree(buyer)
        maker.reload()
        expect(maker.get_by_role("main")).to_contain_text("After 6 months")
        second.goto(f"/desk/introductions/{reference}")
        expect(second.get_by_role("main")).to_contain_text("10,000 to 50,000 EUR")
        for officer, counted in before.items():
            count_it(officer, counted, reference, TITLE)
