from __future__ import annotations

from typing import Any

import pytest

from marketplace.db import Database
from marketplace.errors import NotFound
from marketplace.policy import VISITOR, Actor
from marketplace.search.queries import sector_page, sector_tree
from tests.marketplace.matches.market import NOW, OFFICES, TODAY, Market


def test_the_tree_counts_every_listing_once_at_each_level(database: Database) -> None:
    market = Market(database)
    organisation = market.organisation()
    market.listing("request", organisation, sectors=("2592", "2511", "3600"))
    market.listing("offer", organisation, sectors=("25",))
    market.listing("offer", organisation, sectors=("2592",), dissemination=OFFICES)
    with database.reading() as session:
        tree = {branch.sector.code: branch for branch in sector_tree(session, VISITOR, TODAY)}
        staff = {
            branch.sector.code: branch
            for branch in sector_tree(session, Actor(user_id=1, office_id=1), TODAY)
        }
    assert list(tree)[:3] == ["A", "B", "C"]
    assert len(tree) == 21
    assert (tree["C"].requests, tree["C"].offers, tree["C"].listings) == (1, 1, 2)
    divisions = {branch.sector.code: branch.listings for branch in tree["C"].below}
    assert divisions["25"] == 2
    assert divisions["24"] == 0
    assert tree["E"].requests == 1
    assert staff["C"].offers == 2


def test_the_page_of_a_sector(database: Database) -> None:
    market = Market(database)
    named: dict[str, Any] = {"sectors": ["2592"]}
    maker = market.organisation(name="Nyota Works", **named)
    market.organisation(name="Old Works", suspended_at=NOW, **named)
    market.organisation(name="Water Works", sectors=["3600"])
    request = market.listing("request", maker)
    offer = market.listing("offer", maker)
    with database.reading() as session:
        division, unrelated = (sector_page(session, VISITOR, code, TODAY) for code in ("25", "A"))
        leaf = sector_page(session, VISITOR, "2592", TODAY)
        with pytest.raises(NotFound):
            sector_page(session, VISITOR, "9999", TODAY)
    assert [card.id for card in division.requests] == [request]
    assert [card.id for card in division.offers] == [offer]
    assert division.organisations == [("ORG-2026-00001", "Nyota Works")]
    assert division.organisation_total == 1
    assert [sector.code for sector in division.above] == ["C"]
    assert {branch.sector.code for branch in division.branch.below} == {"251", "252", "259"}
    assert [sector.code for sector in leaf.above] == ["C", "25", "259"]
    assert leaf.branch.below == ()
    assert (unrelated.requests, unrelated.offers, unrelated.organisations) == ([], [], [])
