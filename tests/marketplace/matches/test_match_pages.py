from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace import clock, outbox
from marketplace.listings.models import State
from marketplace.matches.models import Match
from marketplace.search.replica import Replica
from marketplace.web.context import EXTENSION
from tests.marketplace.matches.market import OFFICES, Market, rescore, tolerance
from tests.marketplace.visitor import Visitor, database_of, words

PATH = "/me/listings/OFR-2026-00001/matches"


class World:
    """A maker's offer, requests of two buyers for it, and browsers for the people."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.database = database_of(app)
        self.market = Market(self.database, now=clock.now())
        self.replica: Replica = app.extensions[EXTENSION].others[Replica]()
        self.maker = self.market.organisation("KE", name="Nyota Works")
        self.member = self.market.member(self.maker)
        self.offer = self.market.listing("offer", self.maker)
        self.buyers = [
            self.market.organisation(name="Rhine Pumps"),
            self.market.organisation(name="Volta Solar"),
        ]

    def browser(self, email: str | None = None) -> Visitor:
        """Return a browser in which the maker, or somebody else, is logged in."""
        return Visitor(self.app).enter(email or self.member.email)

    def post_requests(self) -> None:
        """Add the requests, and do what the worker does."""
        self.market.listing(
            "request", self.buyers[0], title="Pump shafts", requirements=[tolerance(0.02)], anonymous=True
        )
        self.market.listing(
            "request",
            self.buyers[1],
            title="Frames",
            requirements=[tolerance(0.5)],
            capabilities=("CNC turning", "gear hobbing"),
        )
        rescore(self.database, self.replica, now=self.market.now)

    def match_of(self, reference: str) -> int:
        """Return the key of the match with a request."""
        with self.database.reading() as session:
            request = sa.text("SELECT id FROM listing WHERE reference = :r")
            key = session.execute(request, {"r": reference}).scalar_one()
            return session.scalars(sa.select(Match.id).where(Match.request_id == key)).one()


@pytest.fixture
def world(app: Flask) -> World:
    return World(app)


def test_matches_with_their_reasons(world: World) -> None:
    world.post_requests()
    page = world.browser().get(PATH)
    told = words(page.text)
    assert page.status_code == 200
    assert "of 100" in told
    assert told.index("Pump shafts") < told.index("Frames")
    assert "Tolerance (±): at most 0.02 mm" in told
    assert "You do not state it yet" in told
    assert "Add “Tolerance (±)”: 2 of these partners ask for it." in told
    assert "gear hobbing" in told
    assert "1 of 2 capabilities, such as “CNC turning”" in told
    assert "The same sector" in told
    # The anonymous buyer stays so; the other is named.
    assert "Rhine Pumps" not in page.text
    assert "Volta Solar" in page.text
    assert 'href="/opportunities/REQ-2026-00002/interest?from=OFR-2026-00001"' in page.text


def test_the_points_of_a_score_add_up_on_the_page(world: World) -> None:
    world.post_requests()
    page = world.browser().get(PATH).text
    folds = map(words, re.findall(r"<details.*?</details>", page, re.DOTALL))
    added = [re.search(r"How the (\d+) points add up .* to the one who offers\.(.*)", fold) for fold in folds]
    assert sum(said is not None for said in added) == 2
    for said in filter(None, added):
        assert f"{said[1]} of 100" in words(page)
        shown = re.findall(r"(\d+) of (\d+)", said[2])
        assert sum(int(points) for points, _ in shown) == int(said[1])
        assert sum(int(most) for _, most in shown) == 100


def test_who_may_look(world: World) -> None:
    world.post_requests()
    assert Visitor(world.app).get(PATH, follow_redirects=False).status_code == 302
    other = world.market.member(world.buyers[0])
    assert world.browser(other.email).get(PATH).status_code == 403
    world.market.change(world.offer, dissemination=OFFICES)
    assert world.browser(other.email).get(PATH).status_code == 404
    assert world.browser().get("/me/listings/OFR-1999-00001/matches").status_code == 404
    viewer = world.browser(world.market.member(world.maker, "viewer").email).get(PATH)
    assert viewer.status_code == 200
    assert "Not for us" not in viewer.text
    assert "interest?from" not in viewer.text


def test_nothing_yet_says_why_and_what_to_do(world: World) -> None:
    browser = world.browser()
    assert "No partner fits yet" in words(browser.get(PATH).text)
    with world.database.transaction() as session:
        outbox.record(session, "ListingChanged", {"listing": world.offer}, at=world.market.now)
    assert "We are looking for partners now" in words(browser.get(PATH).text)
    world.market.change(world.offer, state=State.PAUSED)
    assert "Not searched at the moment" in words(browser.get(PATH).text)
    assert "Nothing is put aside" in words(browser.get(f"{PATH}?show=dismissed").text)
    assert browser.get(f"{PATH}?page=7").status_code == 200


def test_waving_away_and_taking_back(world: World) -> None:
    world.post_requests()
    browser = world.browser()
    key = world.match_of("REQ-2026-00002")
    answer = browser.post(
        f"{PATH}/{key}/dismiss", {f"m{key}-reason": "other", f"m{key}-words": "We know them."}
    )
    assert answer.status_code == 200
    told = words(answer.text)
    assert "1 is put aside" in told
    assert "Pump shafts" not in told
    aside = browser.get(f"{PATH}?show=dismissed")
    assert "Another reason — We know them." in words(aside.text)
    assert "Not for us" not in aside.text
    restored = browser.post(f"{PATH}/restore", {"partner": "REQ-2026-00002"})
    assert "Pump shafts" in words(restored.text)
    assert "It is among your matches again." in words(restored.text)


def test_a_bad_reason_is_told_beside_its_field_and_keeps_what_was_typed(world: World) -> None:
    world.post_requests()
    browser = world.browser()
    key = world.match_of("REQ-2026-00002")
    for sent, message in (
        ({"reason": "other"}, "Say in a few words what the reason is."),
        ({"reason": "because"}, "Not a valid choice"),
        ({"reason": "too_far", "words": "y" * 501}, "1 character too long"),
    ):
        answer = browser.post(
            f"{PATH}/{key}/dismiss", {f"m{key}-{name}": value for name, value in sent.items()}
        )
        assert answer.status_code == 422
        assert message in words(answer.text)
        assert sent.get("words", "") in answer.text
        # The form of the other match is still empty.
        assert len(re.findall(r'aria-invalid="true"', answer.text)) == 1
    assert "1 is put aside" not in words(browser.get(PATH).text)


def test_who_may_not_wave_away(world: World) -> None:
    world.post_requests()
    key = world.match_of("REQ-2026-00002")
    sent = {f"m{key}-reason": "too_far", f"m{key}-words": ""}
    viewer = world.browser(world.market.member(world.maker, "viewer").email)
    assert viewer.post(f"{PATH}/{key}/dismiss", sent).status_code == 403
    assert viewer.post(f"{PATH}/restore", {"partner": "REQ-2026-00002"}).status_code == 403
    stranger = world.browser(world.market.member(world.buyers[1]).email)
    assert stranger.post(f"{PATH}/{key}/dismiss", sent).status_code == 403
    browser = world.browser()
    missing = {"m999-reason": "too_far", "m999-words": ""}
    assert browser.post(f"{PATH}/999/dismiss", missing).status_code == 404
    assert browser.post(f"{PATH}/restore", {"partner": "REQ-1999-00009"}).status_code == 404
    assert browser.client.post(f"{PATH}/{key}/dismiss", data=sent).status_code == 400


def test_partners_beside_the_form(world: World) -> None:
    world.post_requests()
    world.replica.refresh()
    browser = world.browser(world.market.member(world.buyers[1]).email)
    typed = {
        "side": "offer",
        "kind": "subcontracting",
        "title": "Turned shafts",
        "capabilities": "CNC turnning",
        "country": "GH",
    }
    piece = browser.post("/post/partners", typed)
    told = words(piece.text)
    assert piece.status_code == 200
    assert "<html" not in piece.text
    # One's own request is left out; the anonymous one has no name.
    assert "1 partner fits so far:" in told
    assert "Pump shafts" in told
    assert "Rhine Pumps" not in told
    assert "of 100" in told
    nobody = browser.post("/post/partners", {**typed, "title": "Zebra", "capabilities": "zebra farming"})
    assert "Nobody asks for this yet" in words(nobody.text)


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"side": "both", "kind": "toys", "title": "\x00\x01"},
        {"side": "request", "kind": "subcontracting", "title": "x" * 3000, "capabilities": "y\n" * 500},
        {"side": "request", "kind": "investment", "title": "Mill", "country": "XX", "lead_time_days": "soon"},
        {"title": "Shafts", "requirements-0-criterion": "tolerance_mm", "requirements-0-value": "tiny"},
    ],
)
def test_bad_input_beside_the_form_is_answered_gently(world: World, typed: dict[str, str]) -> None:
    browser = world.browser()
    piece = browser.post("/post/partners", typed)
    assert piece.status_code == 200
    assert len(words(piece.text)) > 20
    assert browser.post("/post/preview", typed).status_code == 200


def test_nothing_typed_says_what_to_type(world: World) -> None:
    piece = world.browser().post("/post/partners", {"side": "request", "kind": "subcontracting"})
    assert "Type a title or some capabilities" in words(piece.text)


def test_preview_shows_the_form_with_what_was_typed_and_the_partners(world: World) -> None:
    world.post_requests()
    world.replica.refresh()
    browser = world.browser(world.market.member(world.buyers[1]).email)
    page = browser.post(
        "/post/preview",
        {"side": "offer", "kind": "subcontracting", "title": "Turned shafts", "capabilities": "CNC turning"},
    )
    assert page.status_code == 200
    assert 'value="Turned shafts"' in page.text
    assert "Pump shafts" in page.text


def test_preview_of_an_edit_is_for_its_editors(world: World) -> None:
    sent = {"reference": "OFR-2026-00001", "side": "offer", "kind": "subcontracting", "title": "Shafts"}
    own = world.browser().post("/post/preview", sent)
    assert own.status_code == 200
    assert 'action="/me/listings/OFR-2026-00001/edit"' in own.text
    stranger = world.browser(world.market.member(world.buyers[0]).email)
    assert stranger.post("/post/preview", sent).status_code == 403


def test_who_may_ask_for_partners(world: World) -> None:
    without = world.browser(world.market.person().email)
    for path in ("/post/partners", "/post/preview"):
        assert without.post(path, {"title": "Shafts"}).status_code == 403
        assert Visitor(world.app).post(path, {}, follow_redirects=False).status_code == 302
        assert world.browser().client.post(path, data={"title": "Shafts"}).status_code == 400
