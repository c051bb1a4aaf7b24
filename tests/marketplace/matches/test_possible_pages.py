"""What would bring more, who covers a request together, why one is missing; and what must not show."""

from __future__ import annotations

import pytest
from flask import Flask

from marketplace import clock
from marketplace.listings.models import Requirement, State
from marketplace.matches.queries import possible
from marketplace.offices.models import Officer
from marketplace.policy import Actor
from marketplace.search.replica import Replica
from marketplace.web.context import EXTENSION
from matching.types import Operator
from tests.marketplace.matches.market import MEMBERS, OFFICES, Market
from tests.marketplace.visitor import Visitor, database_of, words

OFFER, REQUEST = "/me/listings/OFR-2026-00001", "/me/listings/REQ-2026-00001"


class World:
    """A market in which a maker with one offer looks at what would bring more."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.market = Market(database_of(app), now=clock.now())
        self.replica: Replica = app.extensions[EXTENSION].others[Replica]()
        self.office = self.market.office()
        self.owner = self.market.organisation("KE", name="Nyota Works", office_id=self.office)
        self.member = self.market.member(self.owner)
        self.buyer = self.market.organisation(name="Rhine Pumps")

    def post(self, side: str, organisation: int | None = None, **given: object) -> int:
        """Add a listing, and let the replica see it."""
        key = self.market.listing(side, organisation or self.buyer, **given)
        self.replica.refresh()
        return key

    def own(self, side: str, **given: object) -> int:
        """Add a listing of the one who looks."""
        return self.post(side, self.owner, office_id=self.office, **given)

    def told(self, path: str, who: Actor | None = None) -> str:
        """Return what a page says to a person, the maker unless told otherwise."""
        page = Visitor(self.app).enter((who or self.member).email).get(path)
        assert page.status_code == 200, page.text
        assert "Rhine Pumps" not in page.text
        return words(page.text)

    def officer(self) -> Actor:
        """Return a person on the staff of the maker's office."""
        person = self.market.person()
        with self.market.open() as session:
            session.add(Officer(user_id=person.user_id, office_id=self.office, since=self.market.now))
        return person


def certificate(scheme: str) -> Requirement:
    return Requirement(
        position=0, criterion="certificate", operator=Operator.ALL_OF, terms=[scheme], hard=True
    )


def tolerance(bound: float) -> Requirement:
    return Requirement(
        position=0, criterion="tolerance_mm", operator=Operator.AT_MOST, high=bound, unit="mm", hard=True
    )


@pytest.fixture
def world(app: Flask) -> World:
    return World(app)


def test_a_certificate_that_would_bring_more(world: World) -> None:
    world.own("offer", held_certificates=["ISO 14001"])
    for title in ("Pump shafts", "Motor shafts"):
        world.post("request", title=title, requirements=[certificate("ISO 9001")], anonymous=True)
    told = world.told(f"{OFFER}/more")
    assert "has 0 good matches now" in told
    assert "Certificate: ISO 9001 What you state does not reach it 2 more" in told
    assert "Pump shafts" in told
    assert "Add it to the listing" in told
    # A colleague who only reads is not told to edit.
    assert "Add it to the listing" not in world.told(
        f"{OFFER}/more", world.market.member(world.owner, "viewer")
    )


def test_a_capability_that_would_bring_more(world: World) -> None:
    world.own("offer", capabilities=("CNC turning",), title="Turning")
    for title in ("Gears", "Wheels"):
        world.post(
            "request", title=title, capabilities=("gear hobbing", "CNC turning"), sectors=(), anonymous=True
        )
    told = world.told(f"{OFFER}/more")
    assert "Capability: “gear hobbing” Not among yours 2 more" in told


def test_figures_count_only_what_the_reader_may_know(world: World) -> None:
    world.own("offer", held_certificates=["ISO 14001"])
    for title, level in (("Pump shafts", MEMBERS), ("Secret shafts", OFFICES)):
        world.post(
            "request",
            title=title,
            requirements=[certificate("ISO 9001")],
            dissemination=level,
            anonymous=True,
        )
    world.post("request", title="Hushed axles", dissemination=OFFICES, anonymous=True)
    world.post(
        "request",
        title="Hushed axles",
        requirements=[certificate("EN 9100")],
        dissemination=OFFICES,
        anonymous=True,
    )
    member = world.told(f"{OFFER}/more")
    assert "has 0 good matches now" in member
    assert "Certificate: ISO 9001 What you state does not reach it 1 more" in member
    for hidden in ("Secret", "Hushed", "9100", "2 more"):
        assert hidden not in member
    officer = world.told(f"{OFFER}/more", world.officer())
    assert "has 1 good match now" in officer
    assert "Certificate: ISO 9001 What you state does not reach it 2 more" in officer
    assert "Certificate: EN 9100" in officer
    for page in ("why", "why?partner=REQ-2026-00003"):
        answer = Visitor(world.app).enter(world.member.email).get(f"{OFFER}/{page}")
        assert "Secret" not in answer.text
        assert "Hushed" not in answer.text


def test_what_a_requirement_costs(world: World) -> None:
    world.own("request", requirements=[tolerance(0.02)])
    for title, held in (("Fine", 0.02), ("Middling", 0.05), ("Coarse", 0.5)):
        world.post(
            "offer",
            world.market.organisation(),
            title=f"{title} turned shafts",
            details={"tolerance_mm": held},
        )
    told = world.told(f"{REQUEST}/more")
    assert "has 1 good match now" in told
    assert "Tolerance (±): at most 0.02 mm Must" in told
    assert "Without it: 2 more" in told
    assert "at most 0.05 mm: 1 more Such as: Middling turned shafts" in told
    assert "at most 0.5 mm: 2 more" in told
    assert "As a wish, not a must: 2 more" in told


def test_a_requirement_that_costs_nothing(world: World) -> None:
    lead = Requirement(position=1, criterion="lead_time_days", operator=Operator.AT_MOST, high=30)
    world.own("request", requirements=[tolerance(0.02), lead])
    world.post("offer", world.market.organisation(), details={"tolerance_mm": 0.5}, lead_time_days=10)
    told = world.told(f"{REQUEST}/more")
    assert "Lead time: at most 30 days Costs nothing" in told
    assert "No single certificate, figure or capability would bring more." in told


def test_possible_matches_are_counted_where_no_good_one_can_be_won(world: World) -> None:
    world.own("offer", capabilities=("CNC turning",), held_certificates=["ISO 14001"], sectors=())
    needed = ("CNC turning", "gear hobbing", "broaching")
    world.post(
        "request", capabilities=needed, sectors=(), requirements=[certificate("ISO 9001")], anonymous=True
    )
    told = world.told(f"{OFFER}/more")
    assert "No single change would bring “Turned shafts of stainless steel” a further good match." in told
    assert "there are 0 now" in told
    assert "Certificate: ISO 9001 What you state does not reach it 1 more" in told


def test_nothing_to_add_says_what_to_do(world: World) -> None:
    world.own("offer")
    assert "Nothing single would bring more" in world.told(f"{OFFER}/more")


def test_several_together(world: World) -> None:
    needed = ("CNC turning", "powder coating", "gear hobbing")
    world.own("request", capabilities=needed)
    for number, capability in enumerate(("CNC turning", "powdercoating")):
        maker = world.market.organisation()
        world.post("offer", maker, title=f"Maker {number}", capabilities=(capability,))
    hidden = world.market.organisation()
    world.post("offer", hidden, title="Hidden", capabilities=needed, dissemination=OFFICES)
    told = world.told(f"{REQUEST}/together")
    assert "2 offers together cover 67 % of it" in told
    assert "Maker 0" in told
    assert "offered as “powdercoating”" in told
    assert "Still missing gear hobbing" in told
    assert "Hidden" not in told
    assert "One offer covers 100 % of it" in world.told(f"{REQUEST}/together", world.officer())


def test_what_was_not_compared_is_admitted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    needed = ("CNC turning", "powder coating")
    world.own("request", capabilities=needed)
    for number, capability in enumerate((*needed, "CNC turning")):
        world.post("offer", world.market.organisation(), title=f"Maker {number}", capabilities=(capability,))
    path, admitted = f"{REQUEST}/together", "a better one may exist"
    assert admitted not in world.told(path)
    # One of the two who turn is not looked at.
    monkeypatch.setattr(possible, "FOR_EACH", 1)
    assert admitted in world.told(path)
    monkeypatch.undo()
    monkeypatch.setattr(possible, "CANDIDATES", 2)
    told = world.told(path)
    assert admitted in told
    # The best for each capability are looked at first.
    assert "2 offers together cover 100 % of it" in told


def test_several_share_a_quantity(world: World) -> None:
    pieces = Requirement(
        position=0, criterion="quantity_per_year", operator=Operator.AT_LEAST, low=1000, hard=True
    )
    world.own("request", capabilities=("CNC turning",), requirements=[pieces])
    for title in ("Left", "Right"):
        world.post(
            "offer",
            world.market.organisation(),
            title=title,
            capabilities=("CNC turning",),
            quantity_per_year=600,
            quantity_unit="pieces/year",
        )
    told = world.told(f"{REQUEST}/together")
    assert "2 offers together cover 100 % of it" in told
    assert "Would bring its share of the quantity." in told


def test_nobody_together_says_what_to_do(world: World) -> None:
    world.own("request", capabilities=())
    assert "Name what you need" in world.told(f"{REQUEST}/together")
    world.own("request")
    assert "Nobody offers any of it yet" in world.told("/me/listings/REQ-2026-00002/together")


def test_why_one_is_missing(world: World) -> None:
    world.own("offer", held_certificates=["ISO 14001"])
    world.post("request", title="Pump shafts", requirements=[certificate("ISO 9001")], anonymous=True)
    world.post("request", title="Bread", capabilities=("baking",), sectors=("1071",), anonymous=True)
    world.post("request", title="Motor shafts", anonymous=True)
    over = world.post("request", title="Old shafts", anonymous=True)
    world.market.change(over, state=State.CLOSED)
    asked = world.told(f"{OFFER}/why")
    assert "Near, but kept out" in asked
    assert "A condition that must be met is not: Certificate." in asked
    missed = world.told(f"{OFFER}/why?partner=REQ-2026-00002")
    assert "because something that must hold does not" in missed
    assert "Certificate: ISO 9001 Must ISO 14001 Gap" in missed
    assert "too little of the two meets" in world.told(f"{OFFER}/why?partner=req-2026-00003")
    assert "Nothing stands in the way" in world.told(f"{OFFER}/why?partner=REQ-2026-00004")
    assert "one of the two is not open now" in world.told(f"{OFFER}/why?partner=REQ-2026-00005")
    assert "This is the listing itself." in world.told(f"{OFFER}/why?partner=OFR-2026-00001")


def test_nobody_kept_out_says_where_to_look(world: World) -> None:
    world.own("offer")
    assert "Nobody is kept out" in world.told(f"{OFFER}/why")


def test_a_near_miss_of_a_request(world: World) -> None:
    world.own("request", requirements=[tolerance(0.02)])
    world.post("offer", world.market.organisation(), title="Coarse shafts", details={"tolerance_mm": 0.5})
    told = world.told(f"{REQUEST}/why")
    assert "Coarse shafts" in told
    assert "A condition that must be met is not: Tolerance (±)." in told


def test_a_reference_that_is_not_there(world: World) -> None:
    world.own("offer")
    world.post("request", dissemination=OFFICES)
    browser = Visitor(world.app).enter(world.member.email)
    for typed in ("REQ-1999-00001", "REQ-2026-00002", "<b>", "x" * 500):
        answer = browser.get(f"{OFFER}/why", query_string={"partner": typed})
        assert answer.status_code == 404
        assert "There is no listing of this reference that you may see." in words(answer.text)
        assert "<b>" not in answer.text


def test_who_may_look(world: World) -> None:
    key = world.own("request")
    stranger = world.market.member(world.buyer)
    for page in ("more", "together", "why"):
        path = f"{REQUEST}/{page}"
        assert Visitor(world.app).get(path, follow_redirects=False).status_code == 302
        assert Visitor(world.app).enter(stranger.email).get(path).status_code == 403
        missing = f"/me/listings/REQ-1999-00001/{page}"
        assert Visitor(world.app).enter(world.member.email).get(missing).status_code == 404
    world.market.change(key, dissemination=OFFICES)
    for page in ("more", "together", "why"):
        assert Visitor(world.app).enter(stranger.email).get(f"{REQUEST}/{page}").status_code == 404
    world.own("offer")
    offer = Visitor(world.app).enter(world.member.email).get("/me/listings/OFR-2026-00002/together")
    assert offer.status_code == 404


def test_the_matches_lead_there(world: World) -> None:
    world.own("request")
    page = Visitor(world.app).enter(world.member.email).get(f"{REQUEST}/matches").text
    for name in ("more", "together", "why"):
        assert f'href="{REQUEST}/{name}"' in page
