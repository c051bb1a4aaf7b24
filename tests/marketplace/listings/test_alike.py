"""The same words posted again: by one organisation, or by many."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from marketplace.db import Database
from marketplace.listings.models import Listing, State
from marketplace.listings.queries import SameText, alike
from marketplace.listings.text_key import LENGTH, text_key
from tests.marketplace.desk.counting import statements
from tests.marketplace.listings.world import World
from tests.marketplace.matches.market import Market
from tests.marketplace.visitor import Visitor, words

Enter = Callable[[str], Visitor]
TEXT = "We turn and mill parts of brass and stainless steel for pumps and food machines, from one piece on."
SHOUTED = (
    "  WE TURN, and mill: parts of brass and stainless-steel for pumps and fóod machines - from one piece on!"
)


def found(market: Market, *keys: int) -> dict[int, SameText]:
    with market.database.reading() as session:
        listings = session.scalars(sa.select(Listing).where(Listing.id.in_(keys))).all()
        return dict(alike(session, listings).texts)


def test_the_same_text_is_found_whoever_posted_it(database: Database) -> None:
    market = Market(database)
    one, two, three = (market.organisation() for _each in range(3))
    mine = market.listing("offer", one, summary=TEXT, state=State.SUBMITTED)
    again = market.listing("offer", one, summary="", description=SHOUTED)
    others = [market.listing("request", firm, summary=TEXT) for firm in (two, three)]
    market.listing("offer", two, summary=TEXT, state=State.DRAFT)
    market.listing("offer", two, summary=TEXT, state=State.CLOSED)
    alone = market.listing("offer", three, summary=TEXT + " And we anodise aluminium.")
    assert found(market, mine, alone) == {
        mine: SameText(
            tuple(f"{'OFR' if key == again else 'REQ'}-2026-0000{key}" for key in (again, *others)), 3, 2
        )
    }


def test_a_text_that_was_changed_is_another(database: Database) -> None:
    market = Market(database)
    firm = market.organisation()
    one, two = (market.listing("offer", firm, summary=TEXT) for _each in range(2))
    assert set(found(market, one)) == {one}
    market.change(two, description="With our own foundry.")
    assert found(market, one) == {}


def test_few_words_are_the_same_by_chance(database: Database) -> None:
    market = Market(database)
    firm = market.organisation()
    one, _two = (market.listing("offer", firm, summary="CNC turning") for _each in range(2))
    assert found(market, one) == {}
    assert found(market) == {}


def test_the_number_of_queries_does_not_grow_with_the_queue(database: Database) -> None:
    market = Market(database)
    firm = market.organisation()
    keys = [market.listing("offer", firm, summary=TEXT, state=State.SUBMITTED) for _each in range(8)]
    with statements(database) as few:
        found(market, *keys[:1])
    with statements(database) as many:
        assert {same.total for same in found(market, *keys).values()} == {7}
    assert len(few) == len(many)


def test_the_officer_reads_where_it_stands(app: Flask, enter: Enter, site: World) -> None:
    first = site.submitted("a", title="One", description=TEXT)
    site.submitted("b", title="Other", description=TEXT)
    said = words(enter("olga").get("/desk/review").text)
    assert said.count("The same text stands in 1 other listing:") == 2
    assert first in said
    assert "other organisation" not in said
    with site.database.transaction() as session:
        for row in session.scalars(sa.select(Listing).where(Listing.reference != first)):
            row.organisation_id = site.buyer_id
    said = words(enter("olga").get("/desk/review").text)
    assert "The same text stands in 1 other listing of 1 other organisation:" in said


def test_a_text_of_its_own_and_a_request_without_a_day(enter: Enter, site: World) -> None:
    site.submitted("a", title="Alone", description=TEXT)
    said = words(enter("olga").get("/desk/review").text)
    assert "The text stands nowhere else" in said
    assert "No day by which answers are wanted" not in said
    kind = {"side": "request", "kind": "technology"}
    site.submitted("b", title="A need", **kind)
    assert "No day by which answers are wanted" in words(enter("olga").get("/desk/review").text)


@given(st.text(max_size=300), st.text(max_size=300))
def test_a_mark_is_short_and_does_not_know_layout(one: str, two: str) -> None:
    mark = text_key(one, two)
    assert mark is None or len(mark) == LENGTH
    assert text_key(f" {one} !", f"- {two}\n") == mark


@pytest.mark.parametrize("text", [TEXT, "x" * 60, "精密零件加工" * 10])
def test_a_text_long_enough_has_a_mark(text: str) -> None:
    assert text_key(text) == text_key(text.upper())
    assert text_key(text) != text_key(text + "y")
