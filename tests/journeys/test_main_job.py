"""The main job in a real browser: a request is posted, matched, explained, and the other side is mailed."""

from __future__ import annotations

import time
from email.message import EmailMessage
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.journeys.installation import Installation, embedded, production
from tests.mailserver import MailServer
from tests.services import PATIENCE_SECONDS

TITLE = "Cast wheels for a slurry pump"
CAPABILITIES = ("investment casting", "stainless steel castings", "pump impellers")
# Whose offer it meets: the foundry of the demo.
OTHER_SIDE = "jialing@example.org"


def log_in(browser: Browser, there: Installation, email: str, greeting: str = "What to do next") -> Page:
    """Open a session of one person."""
    page = browser.new_context(base_url=there.url).new_page()
    page.goto("/login")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(there.passwords[email])
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(greeting)
    return page


def post_request(page: Page) -> None:
    """Post what the form asks for and nothing else, and watch partners appear while typing."""
    page.goto("/post")
    page.get_by_label("I need", exact=True).check()
    page.get_by_label("Title").fill(TITLE)
    for phrase in CAPABILITIES:
        page.get_by_label("Capabilities").fill(phrase)
        page.get_by_label("Capabilities").press("Enter")
    partners = page.get_by_role("complementary")
    expect(partners).to_contain_text("熔模铸造", timeout=10_000)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(TITLE)


def see_match(page: Page) -> None:
    """Open the matches of the listing, and again until one is there: a worker finds them meanwhile."""
    page.get_by_role("link", name="Matches", exact=True).click()
    best = page.get_by_role("article").first
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not best.is_visible() and time.monotonic() < deadline:
        page.reload()
    expect(best).to_contain_text("熔模铸造")
    expect(best.locator(".score-number")).to_be_visible()
    expect(best.locator(".score-reasons")).to_contain_text("investment casting")
    expect(page.get_by_role("table").first).to_contain_text("The same words")


def letter(mail: EmailMessage) -> str:
    """Return the plain text of a mail."""
    body = mail.get_body(("plain",))
    return "" if body is None else str(body.get_content())


def mails_about(admin: Page, words: str) -> list[str]:
    """Return the texts of the other side's mails that hold the words, as the administrator reads them."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    found: list[str] = []
    while not found and time.monotonic() < deadline:
        admin.goto("/admin/mail")
        links = admin.get_by_role("listitem").filter(has_text=OTHER_SIDE).get_by_role("link")
        for address in [link.get_attribute("href") for link in links.all()]:
            admin.goto(str(address))
            text = admin.get_by_role("main").inner_text()
            if words in text:
                found.append(text)
    return found


def test_on_one_machine(browser: Browser, tmp_path: Path) -> None:
    """From the first start: posted, matched, and the mail stands in /admin/mail."""
    with embedded(tmp_path) as there:
        member = log_in(browser, there, "sme@example.org")
        post_request(member)
        see_match(member)
        admin = log_in(browser, there, "admin@example.org", "Administration")
        theirs = mails_about(admin, TITLE)
        assert len(theirs) == 1
        assert "sme@example.org" not in theirs[0]
        assert "investment casting" in theirs[0]


def test_in_production(
    browser: Browser, tmp_path: Path, empty_postgres_url: str, empty_redis_url: str, smtp: MailServer
) -> None:
    """The same on PostgreSQL and Redis, with the worker a process of its own and a real mail server."""
    with production(tmp_path, empty_postgres_url, empty_redis_url, smtp.url) as there:
        member = log_in(browser, there, "sme@example.org")
        post_request(member)
        see_match(member)
        deadline = time.monotonic() + PATIENCE_SECONDS
        theirs: list[str] = []
        while not theirs and time.monotonic() < deadline:
            texts = [letter(mail) for mail in smtp.messages if OTHER_SIDE in mail["To"]]
            theirs = [text for text in texts if TITLE in text]
            time.sleep(0.1)
        assert len(theirs) == 1
        assert "sme@example.org" not in theirs[0]
        doctor = there.command("doctor")
        assert doctor.returncode == 0, doctor.stdout
