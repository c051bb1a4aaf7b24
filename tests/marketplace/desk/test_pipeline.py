"""The board by state."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from marketplace.desk.queries.pipeline import CARDS, COLUMNS, Card, Filters, board
from marketplace.introductions.states import IntroductionState
from marketplace.organisations.models import Organisation
from marketplace.policy import Actor
from matching.types import Kind
from tests.marketplace.desk.counting import statements
from tests.marketplace.introductions.test_side_pages import Site
from tests.marketplace.introductions.world import World
from tests.marketplace.visitor import words

S = IntroductionState


def cards(world: World, actor: Actor, **filters: object) -> dict[IntroductionState, list[Card]]:
    with world.database.reading() as session:
        wanted = replace(Filters(), **filters)  # type: ignore[arg-type]
        return {column.state: list(column.cards) for column in board(session, actor, wanted) if column.cards}


def another(world: World) -> int:
    world.request = world.market.listing("request", world.buyer, office_id=world.second_office, title="Next")
    return world.express(own=None)


def test_each_stands_in_the_column_of_its_state(world: World) -> None:
    key = world.express()
    assert list(cards(world, world.first)) == [S.PROPOSED]
    for verb, state in (("vet", S.VETTED), ("send_on", S.SENT), ("accept", S.ACCEPTED)):
        world.do(verb, key)
        assert list(cards(world, world.first)) == [state]
    for name, state in (("hold_meeting", S.MEETING_HELD), ("negotiate", S.NEGOTIATING), ("agree", S.AGREED)):
        world.do_progress(key, name)
        assert list(cards(world, world.second)) == [state]
    world.reach(S.DECLINED, another(world))
    assert list(cards(world, world.first)) == [S.AGREED]
    assert cards(world, world.unrelated) == {}


def test_the_network_shows_no_name_of_others(world: World) -> None:
    world.express()
    found = cards(world, world.unrelated, network=True)[S.PROPOSED]
    assert [card.shown for card in found] == [None]
    assert found[0].verbs == frozenset()
    assert found[0].countries == ("KE", "GH")
    assert found[0].offices == ("SPX Accra",)
    named = cards(world, world.first, network=True)[S.PROPOSED][0].shown
    assert named is not None
    assert named.proposer == "Nyota Works"
    assert named.other == "Baobab Pumps"


def test_whoever_is_a_side_reads_no_name_on_the_board(world: World) -> None:
    world.express()
    partial = world.take_part(world.first, world.buyer)
    assert cards(world, partial) == {}
    assert cards(world, partial, network=True)[S.PROPOSED][0].shown is None


def test_filters(world: World) -> None:
    world.express()
    first = world.first
    for hit in (
        {"kind": Kind.SUBCONTRACTING},
        {"sector": "25"},
        {"country": "GH"},
        {"kind": Kind.SUBCONTRACTING, "sector": "25", "country": "GH"},
    ):
        assert cards(world, first, **hit), hit
    for miss in ({"kind": Kind.TECHNOLOGY}, {"sector": "10"}, {"country": "FR"}):
        assert not cards(world, first, **miss), miss


@pytest.mark.parametrize("own", [True, False])
def test_the_proposers_country_and_sector_count_without_a_listing_too(world: World, own: bool) -> None:  # noqa: FBT001 (pytest gives it by its name)
    world.market.change(world.offer, country="TZ")
    with world.database.transaction() as session:
        session.get_one(Organisation, world.maker).sectors = ["1071", "1410"]
    world.express(own=world.offer if own else None)
    first = world.first
    for country, found in (("GH", True), ("KE", True), ("TZ", own), ("FR", False)):
        assert bool(cards(world, first, country=country)) is found, country
    # A listing says what it is about; only without one its organisation speaks for it.
    for sector, found in (("25", True), ("10", not own), ("14", not own), ("07", False), ("71", False)):
        assert bool(cards(world, first, sector=sector)) is found, sector
    assert bool(cards(world, first, country="KE", sector="14", kind=Kind.SUBCONTRACTING)) is not own


def test_a_button_says_who_is_told(site: Site) -> None:
    key = site.world.express()
    told = words(site.browser("first").get("/desk/pipeline").text)
    assert "the other office is told by mail; the other side is not told yet" in told
    assert "the other side is asked by mail" not in told
    site.world.do("vet", key)
    assert "told by mail" not in words(site.browser("first").get("/desk/pipeline").text)
    told = words(site.browser("second").get("/desk/pipeline").text)
    assert "Sending on: the other side is asked by mail, and sees no name." in told


def test_of_steps_together_it_is_said_who_sees_them(site: Site) -> None:
    site.world.reach(S.ACCEPTED)
    told = words(site.browser("first").get("/desk/pipeline").text)
    assert "They negotiate" in told
    assert "Noted: both sides and the offices see it." in told


def test_a_proposal_that_is_sent_on_asks_both(site: Site) -> None:
    site.world.propose()
    told = words(site.browser("second").get("/desk/pipeline").text)
    assert "Sending on: both sides are asked by mail, and neither sees a name." in told


def test_one_office_that_holds_both_ends_asks(app: Flask) -> None:
    site = Site(app, one_office=True)
    site.world.express()
    for page in ("/desk/pipeline", "/desk"):
        told = words(site.browser("first").get(page).text)
        assert "Ask them" in told, page
        assert "Pass on" not in told, page
        assert "Asking: the other side is asked by mail, and sees no name." in told, page


def test_the_filters_stand_in_the_address() -> None:
    assert Filters().words == {}
    all_of_them = Filters(network=True, kind=Kind.TECHNOLOGY, sector="25", country="GH")
    assert all_of_them.words == {"show": "network", "kind": "technology", "sector": "25", "country": "GH"}


def test_a_column_holds_who_has_waited_longest_and_counts_all(world: World) -> None:
    keys = [another(world) for _each in range(CARDS + 2)]
    first = world.first
    with statements(world.database) as many, world.database.reading() as session:
        column = board(session, first, Filters())[0]
    assert (column.state, column.count) == (S.PROPOSED, CARDS + 2)
    references = [card.shown.reference for card in column.cards if card.shown]
    assert references == [world.get(key).reference for key in keys[:CARDS]]
    for key in keys[1:]:
        world.reach(S.DECLINED, key)
    with statements(world.database) as few, world.database.reading() as session:
        board(session, first, Filters())
    assert len(many) == len(few)
    assert len(few) < 10


def test_a_column_alone_holds_the_others_too_page_by_page(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.desk.queries.pipeline.COLUMN_SIZE", 3)
    keys = [another(world) for _each in range(5)]
    world.reach(S.VETTED, another(world))
    wanted, pages = Filters(state=S.PROPOSED), []
    with world.database.reading() as session:
        for number in (1, 2, 3):
            (column,) = board(session, world.first, wanted, number)
            assert (column.state, column.count) == (S.PROPOSED, 5)
            pages.append([card.shown.reference for card in column.cards if card.shown])
    assert [len(page) for page in pages] == [3, 2, 0]
    assert pages[0] + pages[1] == [world.get(key).reference for key in keys]


def test_the_board_leads_to_a_column_and_back(site: Site) -> None:
    for _each in range(CARDS + 1):
        another(site.world)
    first = site.browser("first")
    page = first.get("/desk/pipeline?kind=subcontracting").text
    leads = "/desk/pipeline?kind=subcontracting&amp;state=proposed"
    assert leads in page
    assert "and 1 more" in words(page)
    alone = first.get(leads.replace("&amp;", "&")).text
    assert f"1–{CARDS + 1} of {CARDS + 1}" in words(alone)
    assert 'href="/desk/pipeline?kind=subcontracting"' in alone
    assert 'name="state" value="proposed"' in " ".join(alone.split())
    assert "more" not in words(alone).split("Back to the board")[1]
    # What is no column is none.
    assert "Back to the board" not in first.get("/desk/pipeline?state=declined").text
    assert first.get("/desk/pipeline?state=proposed&page=7").status_code == 200


def test_moves_lead_back_to_the_same_board(site: Site) -> None:
    key = site.world.express()
    first = site.browser("first")
    page = first.get("/desk/pipeline?kind=subcontracting&country=gh&sector=25").text
    told = words(page)
    assert "Pass on" in told
    data = {
        "version": "1",
        "back": "pipeline",
        "kind": "subcontracting",
        "country": "GH",
        "sector": "nonsense",
    }
    answer = first.post(f"/desk/today/{site.world.get(key).reference}/vet", data)
    assert answer.request.path == "/desk/pipeline"
    assert answer.request.query_string == b"kind=subcontracting&country=GH"
    assert site.world.get(key).state is S.VETTED
    site.world.reach(S.ACCEPTED, another(site.world))
    for name, state in (("hold_meeting", S.MEETING_HELD), ("negotiate", S.NEGOTIATING)):
        found = site.world.get(key + 1)
        data = {"version": str(found.version), "back": "pipeline", "show": "network"}
        answer = first.post(f"/desk/today/{found.reference}/progress/{name}", data)
        assert answer.request.query_string == b"show=network"
        assert site.world.get(key + 1).state is state
    late = first.post(f"/desk/today/{found.reference}/progress/hold_meeting", data)
    assert late.status_code == 409
    assert 'href="/desk/pipeline?show=network"' in late.text


@pytest.mark.parametrize("words_", ["kind=x", "sector=2592", "country=G%C3%84", "show=all", "sector=%00"])
def test_words_that_are_no_filter_count_as_none(site: Site, words_: str) -> None:
    site.world.express()
    page = site.browser("first").get(f"/desk/pipeline?{words_}")
    assert page.status_code == 200
    assert "Shafts wanted" in words(page.text)


def test_an_administrator_sees_the_network_by_name(site: Site) -> None:
    site.world.express()
    told = words(site.browser("admin").get("/desk/pipeline").text)
    assert "Nyota Works" in told
    assert all(str(state) not in told for state in COLUMNS if "_" in state)
