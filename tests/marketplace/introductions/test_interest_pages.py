"""Expressing interest in a browser."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace.introductions.models import Introduction
from marketplace.introductions.states import IntroductionState
from marketplace.listings.models import State
from tests.marketplace.introductions.world import World
from tests.marketplace.matches.market import OFFICES
from tests.marketplace.visitor import Visitor, database_of, hidden, words

REQUEST, OFFER = "/opportunities/REQ-2026-00002/interest", "OFR-2026-00001"


class Site:
    """The small world under an application, and browsers for its people."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.world = World(database_of(app))

    def browser(self, name: str) -> Visitor:
        """Return a browser in which a person is logged in."""
        return Visitor(self.app).enter(getattr(self.world, name).email)

    def introductions(self) -> list[Introduction]:
        """Return what is stored."""
        with self.world.database.reading() as session:
            return list(session.scalars(sa.select(Introduction).order_by(Introduction.id)))


@pytest.fixture
def site(app: Flask) -> Site:
    return Site(app)


def test_a_visitor_is_asked_to_log_in_first(site: Site) -> None:
    answer = Visitor(site.app).get(REQUEST, follow_redirects=False)
    assert answer.status_code == 302
    assert "/login?next=" in answer.headers["Location"]


def test_the_form_says_what_happens_and_takes_the_interest_down(site: Site) -> None:
    browser = site.browser("maker_person")
    page = browser.get(f"{REQUEST}?from={OFFER.lower()}").text
    told = words(page)
    assert "What happens when you send this" in told
    assert "sending this is your own yes" in told
    assert f'selected value="{OFFER}"' in page
    answer = browser.post(
        REQUEST,
        {"organisation": hidden(page, "organisation"), "own_listing": OFFER, "sought": "A trial order."},
    )
    assert answer.status_code == 200
    told = words(answer.text)
    assert "Your interest is noted" in told
    assert "A trial order." in told
    assert "Your office is to look at it." in told
    (found,) = site.introductions()
    assert (found.proposer_listing_id, found.other_listing_id) == (site.world.offer, site.world.request)
    again = browser.get(REQUEST).text
    assert "You have expressed interest already" in words(again)
    assert f"/me/introductions/{found.reference}" in again
    listing = browser.get("/opportunities/REQ-2026-00002").text
    assert f"/me/introductions/{found.reference}" in listing
    twice = browser.post(REQUEST, {"organisation": str(site.world.maker), "sought": "Once more."})
    assert "You had expressed interest in this listing already" in words(twice.text)
    assert len(site.introductions()) == 1


def test_who_is_asked_already_is_led_there(site: Site) -> None:
    key = site.world.reach(IntroductionState.SENT)
    answer = site.browser("buyer_person").post(
        f"/opportunities/{OFFER}/interest",
        {"organisation": str(site.world.buyer), "own_listing": "REQ-2026-00002", "sought": "A trial order."},
    )
    told = words(answer.text)
    assert "You are being introduced to each other already" in told
    assert str(site.world.get(key).reference) in told
    assert len(site.introductions()) == 1


def test_bad_input_keeps_what_was_typed(site: Site) -> None:
    browser = site.browser("maker_person")
    maker = str(site.world.maker)
    answer = browser.post(REQUEST, {"organisation": maker, "unclear": "The price?"})
    assert answer.status_code == 422
    assert "Say in a sentence or two" in words(answer.text)
    assert "The price?" in answer.text
    wrong = {"organisation": maker, "sought": "x" * 1001, "own_listing": "REQ-2026-00002"}
    answer = browser.post(REQUEST, wrong)
    assert answer.status_code == 422
    assert "1 character too long" in words(answer.text)
    for organisation, sought in (("999999", "A trial."), ("no number", "A trial."), (maker, "A\x00B")):
        data = {"organisation": organisation, "sought": sought}
        assert browser.post(REQUEST, data).status_code == 422
    assert site.introductions() == []


def test_why_not(site: Site) -> None:
    def why(browser: Visitor) -> str:
        answer = browser.get(REQUEST)
        assert answer.status_code == 403
        return words(answer.text)

    nobody = Visitor(site.app).enter(site.world.market.person().email)
    assert "your own organisation’s" in why(site.browser("buyer_person"))
    assert "Enter yours first" in why(nobody)
    assert "Your role in your organisation is to read" in why(site.browser("maker_reader"))
    change = site.world.market.change
    change(site.world.request, open_for_interest=False)
    assert "takes no expressions of interest" in why(site.browser("maker_person"))
    change(site.world.request, state=State.CLOSED)
    browser = site.browser("maker_person")
    assert "not open any more" in why(browser)
    assert browser.post(REQUEST, {"organisation": str(site.world.maker), "sought": "x"}).status_code == 403
    change(site.world.request, dissemination=OFFICES)
    assert browser.get(REQUEST).status_code == 404
    assert browser.get("/opportunities/REQ-1999-00001/interest").status_code == 404


def test_a_refusal_of_the_service_stands_at_its_field(site: Site) -> None:
    """Another organisation's listing is chosen, of the two that a person writes for."""
    second = site.world.market.organisation(name="Annex")
    site.world.take_part(site.world.maker_person, second)
    browser = site.browser("maker_person")
    assert "For which organisation" in browser.get(REQUEST).text
    answer = browser.post(REQUEST, {"organisation": str(second), "sought": "A trial.", "own_listing": OFFER})
    assert answer.status_code == 422
    assert "Choose a listing of this organisation" in words(answer.text)
