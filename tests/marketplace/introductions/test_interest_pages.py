from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace.introductions.models import Interest
from marketplace.listings.models import State
from marketplace.organisations.models import EmployeeBand
from tests.marketplace.matches.market import OFFICES, Market
from tests.marketplace.visitor import Visitor, database_of, hidden, words

REQUEST, OFFER = "/opportunities/REQ-2026-00001/interest", "OFR-2026-00002"


class World:
    """A request of a buyer, an offer of a maker, and browsers for their people."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.market = Market(database_of(app))
        self.buyer = self.market.organisation(name="Buyer")
        self.maker = self.market.organisation("KE", name="Nyota Works", employees=EmployeeBand.SMALL)
        self.asker = self.market.member(self.buyer)
        self.member = self.market.member(self.maker)
        self.request = self.market.listing("request", self.buyer)
        self.offer = self.market.listing("offer", self.maker)

    def browser(self, email: str) -> Visitor:
        """Return a browser in which a person is logged in."""
        return Visitor(self.app).enter(email)

    def interests(self) -> list[Interest]:
        """Return what is stored."""
        with self.market.database.reading() as session:
            return list(session.scalars(sa.select(Interest).order_by(Interest.id)))


@pytest.fixture
def world(app: Flask) -> World:
    return World(app)


def test_a_visitor_is_asked_to_log_in_first(world: World) -> None:
    answer = Visitor(world.app).get(REQUEST, follow_redirects=False)
    assert answer.status_code == 302
    assert "/login?next=" in answer.headers["Location"]


def test_the_form_says_what_happens_and_takes_the_interest_down(world: World) -> None:
    browser = world.browser(world.member.email)
    page = browser.get(f"{REQUEST}?from={OFFER.lower()}").text
    told = words(page)
    assert "What happens when you send this" in told
    assert "No contact is shown to anybody before both sides agree." in told
    assert f'selected value="{OFFER}"' in page
    answer = browser.post(
        REQUEST,
        {"organisation": hidden(page, "organisation"), "own_listing": OFFER, "sought": "A trial order."},
    )
    assert answer.status_code == 200
    told = words(answer.text)
    assert "Your interest is noted" in told
    assert "A trial order." in told
    (interest,) = world.interests()
    assert (interest.own_listing_id, interest.listing_id) == (world.offer, world.request)
    assert "You have expressed interest already" in words(browser.get(REQUEST).text)
    again = browser.post(REQUEST, {"organisation": str(world.maker), "sought": "Once more."})
    assert "You had expressed interest in this listing already" in words(again.text)
    assert len(world.interests()) == 1


def test_bad_input_keeps_what_was_typed(world: World) -> None:
    browser = world.browser(world.member.email)
    answer = browser.post(REQUEST, {"organisation": str(world.maker), "unclear": "The price?"})
    assert answer.status_code == 422
    assert "Say in a sentence or two" in words(answer.text)
    assert "The price?" in answer.text
    wrong = {"organisation": str(world.maker), "sought": "x" * 1001, "own_listing": "REQ-2026-00001"}
    answer = browser.post(REQUEST, wrong)
    assert answer.status_code == 422
    assert "1 character too long" in words(answer.text)
    assert browser.post(REQUEST, {"organisation": "999999", "sought": "A trial."}).status_code == 422
    assert browser.post(REQUEST, {"organisation": "no number", "sought": "A trial."}).status_code == 422
    control = browser.post(REQUEST, {"organisation": str(world.maker), "sought": "A\x00B"})
    assert control.status_code == 422
    assert world.interests() == []


def test_why_not(world: World) -> None:
    def why(email: str) -> str:
        answer = world.browser(email).get(REQUEST)
        assert answer.status_code == 403
        return words(answer.text)

    assert "your own organisation’s" in why(world.asker.email)
    assert "Enter yours first" in why(world.market.person().email)
    assert "Your role in your organisation is to read" in why(
        world.market.member(world.maker, "viewer").email
    )
    world.market.change(world.request, open_for_interest=False)
    assert "takes no expressions of interest" in why(world.member.email)
    world.market.change(world.request, state=State.CLOSED)
    assert "not open any more" in why(world.member.email)
    browser = world.browser(world.member.email)
    assert browser.post(REQUEST, {"organisation": str(world.maker), "sought": "x"}).status_code == 403
    world.market.change(world.request, dissemination=OFFICES)
    assert browser.get(REQUEST).status_code == 404
    assert browser.get("/opportunities/REQ-1999-00001/interest").status_code == 404


def test_the_two_lists(world: World) -> None:
    maker, buyer = world.browser(world.member.email), world.browser(world.asker.email)
    assert "You have expressed no interest yet" in words(maker.get("/me/interests").text)
    assert "Nobody has expressed interest yet" in words(buyer.get("/me/interests?show=received").text)
    maker.post(
        REQUEST, {"organisation": str(world.maker), "sought": "Mail me@example.org", "own_listing": OFFER}
    )
    received = words(buyer.get("/me/interests?show=received").text)
    assert "Kenya" in received
    assert "10 to 49 people" in received
    for secret in ("Nyota", "me@example.org", OFFER):
        assert secret not in received
    mine = maker.get("/me/interests").text
    assert "Nyota Works" in mine
    assert "Withdraw" in words(mine)


def test_withdrawing(world: World) -> None:
    maker = world.browser(world.member.email)
    maker.post(REQUEST, {"organisation": str(world.maker), "sought": "A trial order."})
    (interest,) = world.interests()
    path = f"/me/interests/{interest.id}/withdraw"
    assert world.browser(world.asker.email).post(path).status_code == 404
    assert world.browser(world.market.member(world.maker, "viewer").email).post(path).status_code == 403
    answer = maker.post(path)
    assert "Your interest is withdrawn" in words(answer.text)
    assert world.interests()[0].withdrawn_at is not None
    assert "withdrawn on" in words(maker.get("/me/interests").text)
    world.market.change(world.request, dissemination=OFFICES)
    assert "may not be read any more" in words(maker.get("/me/interests").text)


def test_a_refusal_of_the_service_stands_at_its_field(world: World) -> None:
    """Another organisation's listing is chosen, of the two that a person writes for."""
    second = world.market.organisation(name="Annex")
    world.market.join(world.member, second)
    browser = world.browser(world.member.email)
    page = browser.get(REQUEST).text
    assert "For which organisation" in page
    answer = browser.post(REQUEST, {"organisation": str(second), "sought": "A trial.", "own_listing": OFFER})
    assert answer.status_code == 422
    assert "Choose a listing of this organisation" in words(answer.text)
