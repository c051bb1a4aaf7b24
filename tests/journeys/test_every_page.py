"""Every page of a running exchange with its demo data: accessible, within the screen, without complaint."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage

from tests.accessible import faults, overhang
from tests.journeys.installation import Installation, embedded

Theme = Literal["dark", "light"]
LOOKS: tuple[tuple[int, Theme], ...] = ((360, "dark"), (1440, "light"))

VISITOR = (
    "/",
    "/opportunities",
    "/opportunities?q=alumnium+castng",
    "/opportunities?q=zzzzzz",
    "/opportunities/OFR-2026-00001",
    "/organisations",
    "/organisations/ORG-2026-00001",
    "/sectors",
    "/sectors/2592",
    "/help",
    "/login",
    "/register",
    "/reset",
)
MEMBER = (
    "/me",
    "/post",
    "/me/listings",
    "/me/listings/OFR-2026-00001/matches",
    "/me/listings/OFR-2026-00001/more",
    "/me/listings/OFR-2026-00001/why",
    "/me/listings/OFR-2026-00001/why?partner=REQ-2026-00018",
    "/me/listings/OFR-2026-00001/edit",
    "/opportunities/OFR-2026-00002/interest",
    "/me/introductions",
    "/me/introductions?show=ended",
    # Asked, and one's own interest.
    "/me/introductions/INT-2026-00007",
    "/me/introductions/INT-2026-00003",
    "/me/organisation",
    "/me/account",
    "/me/mail",
    "/inbox",
)
BUYER = (
    "/me/listings/REQ-2026-00018/matches",
    "/me/listings/REQ-2026-00018/together",
    # To be answered; contacts opened; ended with a reason.
    "/me/introductions/INT-2026-00008",
    "/me/introductions/INT-2026-00010",
    "/me/introductions/INT-2026-00017",
)
OFFICER = (
    "/desk",
    "/desk?show=office",
    "/desk/pipeline",
    "/desk/pipeline?show=network",
    "/desk/matches",
    "/desk/review",
    "/desk/hands",
    "/desk/databank/imports",
    "/desk/databank/imports/new",
    "/desk/databank/duplicates",
    "/desk/databank/merges",
    "/desk/programmes",
    "/desk/programmes/new",
    "/desk/programmes/BPP-AFR",
    "/desk/programmes/BPP-AFR/edit",
    "/desk/reports?of=programme:BPP-AFR",
    "/desk/office",
    "/desk/introductions",
    "/desk/introductions?show=ended",
    # To vet, to send on, asked, declined.
    "/desk/introductions/INT-2026-00003",
    "/desk/introductions/INT-2026-00005",
    "/desk/introductions/INT-2026-00009",
    "/desk/introductions/INT-2026-00016",
    "/desk/introductions/hand-over",
    "/desk/databank",
    "/desk/databank?verified=old&order=changed",
    "/desk/databank?q=nobody",
    "/desk/databank/ORG-2026-00001",
    "/desk/databank/ORG-2026-00001/notes/1",
    "/desk/pipeline?state=sent",
    "/desk/reports",
    "/desk/reports?of=network",
    "/desk/reports?of=country:FJ",
    "/desk/reports/introductions-begun?of=network",
    "/desk/reports/least-developed?of=network",
    "/desk/calibration",
    "/desk/introductions/new?first=OFR-2026-00008&second=REQ-2026-00022",
    "/organisations/ORG-2026-00001",
)
ADMINISTRATOR = (
    "/admin",
    "/admin/offices",
    "/admin/offices/new",
    "/admin/users",
    "/admin/mail",
    "/admin/audit",
    # Times to choose from, and an agreement with its follow-up.
    "/desk/introductions/INT-2026-00012",
    "/desk/introductions/INT-2026-00013",
)
PEOPLE = {
    "": VISITOR,
    "sme@example.org": MEMBER,
    "buyer@example.org": BUYER,
    "spx@example.org": OFFICER,
    "admin@example.org": ADMINISTRATOR,
}


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Start one exchange for all pages."""
    with embedded(tmp_path_factory.mktemp("pages")) as installation:
        yield installation


@pytest.mark.parametrize("person", PEOPLE)
def test_pages(browser: Browser, there: Installation, person: str) -> None:
    """Visit the pages of one person; what is wrong is told for all of them at once."""
    context = browser.new_context(base_url=there.url, reduced_motion="reduce")
    page = context.new_page()
    wrong: list[str] = []

    def complain(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            wrong.append(f"{page.url}: {message.text}")

    page.on("console", complain)
    if person:
        page.goto("/login")
        page.get_by_label("E-mail").fill(person)
        page.get_by_label("Password", exact=True).fill(there.passwords[person])
        page.get_by_role("main").get_by_role("button", name="Log in").click()
    for path in PEOPLE[person]:
        answer = page.goto(path)
        assert answer is not None
        if answer.status != 200:
            wrong.append(f"{path}: {answer.status}")
        for width, theme in LOOKS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=theme)
            wrong += [f"{path} at {width}, {theme}: {fault}" for fault in faults(page)]
            if overhang(page):
                wrong.append(f"{path} at {width}: wider than the screen")
    context.close()
    assert not wrong, "\n".join(wrong)
