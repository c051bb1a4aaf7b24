from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from marketplace import clock
from marketplace.search.replica import Replica
from marketplace.web.context import EXTENSION
from matching.types import Kind
from tests.marketplace.matches.market import OFFICES, Market
from tests.marketplace.visitor import Visitor, database_of, words


@pytest.fixture
def market(app: Flask) -> Market:
    # The pages ask the clock: what they show must be open today.
    return Market(database_of(app), now=clock.now())


def refresh(app: Flask) -> None:
    """Let the application's replica see what a test has just written."""
    replica: Replica = app.extensions[EXTENSION].others[Replica]()
    replica.refresh()


def test_an_empty_exchange_says_what_would_be_here(visitor: Visitor) -> None:
    page = words(visitor.get("/opportunities").text)
    assert "Nothing is posted yet" in page
    assert "0 opportunities" in page


def test_listings_with_filters_that_are_links_and_boxes(app: Flask, market: Market, visitor: Visitor) -> None:
    organisation = market.organisation(name="Nyota Works")
    market.listing("request", organisation, title="Brass fittings", country="KE")
    market.listing("offer", organisation, title="Dyeing", kind=Kind.ENVIRONMENT, anonymous=True)
    market.listing("offer", organisation, title="Secret thing", dissemination=OFFICES)
    page = visitor.get("/opportunities").text
    told = words(page)
    assert "2 opportunities" in told
    assert "Secret thing" not in page
    assert "Kenya (1)" in told
    assert "Manufacturing (2)" in told
    assert "Requests (1)" in told
    assert 'href="/opportunities?sector=C"' in page

    narrowed = visitor.get("/opportunities?side=offer&kind=environment&sector=c&within=&country=")
    told = words(narrowed.text)
    assert "Dyeing" in told
    assert "Anonymous" in told
    assert "Nyota" not in narrowed.text
    assert "Brass" not in narrowed.text
    # Each chip leads to the address without itself.
    assert 'href="/opportunities?kind=environment&amp;sector=C"' in narrowed.text
    assert 'href="/opportunities?side=offer&amp;sector=C"' in narrowed.text


def test_words_with_typing_errors(app: Flask, market: Market, visitor: Visitor) -> None:
    market.listing("offer", market.organisation(), title="Centrifugal pumps", capabilities=())
    refresh(app)
    found = visitor.get("/opportunities?q=centrifugl+pmups").text
    assert "Centrifugal pumps" in found
    assert 'value="centrifugl pmups"' in found
    assert "best fit" in found or "1 opportunity" in words(found)
    missed = words(visitor.get("/opportunities?q=zebra").text)
    assert "Nothing found for these words" in missed
    assert "Nothing open under these filters" in words(visitor.get("/opportunities?side=request").text)


def test_markup_in_the_words_stays_text(visitor: Visitor) -> None:
    page = visitor.get("/opportunities?q=%3Cscript%3Ealert(1)%3C/script%3E").text
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "query",
    [
        "side=both&kind=&kind=toys&country=XX&country=&sector=%00&within=8&sort=worst&page=x",
        "page=999999",
        "page=-1",
        "q=" + "x" * 5000,
        "q=%00%FF%F0%9F%92%A9",
        "sector=25&sector=C&organisation=%27%3B--",
        "&".join(f"country={a}{b}" for a in "ABCDEFGHIJ" for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    ],
)
def test_addresses_that_mean_nothing_still_answer(market: Market, visitor: Visitor, query: str) -> None:
    market.listing("offer", market.organisation())
    assert visitor.get(f"/opportunities?{query}").status_code == 200


def test_pages_and_orders(market: Market, visitor: Visitor) -> None:
    with market.together():
        organisation = market.organisation()
        for at in range(21):
            market.listing(
                "offer",
                organisation,
                title=f"Shaft number {at}",
                published_at=market.now - timedelta(days=at),
                response_deadline=(market.now + timedelta(days=30 - at)).date(),
            )
    first = visitor.get("/opportunities")
    assert "Shaft number 0<" in first.text
    assert "Shaft number 20<" not in first.text
    assert "1–20 of 21" in words(first.text)
    second = visitor.get("/opportunities?page=2").text
    assert "Shaft number 20<" in second
    assert "There is no such page" in words(visitor.get("/opportunities?page=3").text)
    assert "Shaft number 20<" in visitor.get("/opportunities?sort=deadline").text
    assert "Answer within 30 days (21)" in words(visitor.get("/opportunities?within=90").text)


def test_an_organisations_listings(market: Market, visitor: Visitor) -> None:
    organisation = market.organisation(reference="ORG-9")
    market.listing("offer", organisation, title="Named")
    market.listing("offer", organisation, title="Nameless", anonymous=True)
    page = visitor.get("/opportunities?organisation=org-9").text
    assert ">Named<" in page
    assert "Nameless" not in page
    assert "Organisation ORG-9" in words(page)


def test_sectors(market: Market, visitor: Visitor) -> None:
    maker = market.organisation(name="Nyota Works", sectors=["2592"])
    market.listing("offer", maker, title="Turning of shafts")
    tree = words(visitor.get("/sectors").text)
    assert "Manufacturing 1 open listing" in tree
    assert "0 requests, 1 offers" in tree
    page = words(visitor.get("/sectors/25").text)
    assert "ISIC Rev.4, division 25" in page
    assert "Turning of shafts" in page
    assert "Nyota Works" in page
    assert "No open request in this sector" in page
    assert "ISIC Rev.4, class 2592" in words(visitor.get("/sectors/2592").text)
    assert "No organisation has named this sector" in words(visitor.get("/sectors/A").text)
    moved = visitor.get("/sectors/c", follow_redirects=False)
    assert (moved.status_code, moved.headers["Location"]) == (301, "/sectors/C")
    for missing in ("9999", "ZZ", "25x", "%00"):
        assert visitor.get(f"/sectors/{missing}").status_code == 404, missing
