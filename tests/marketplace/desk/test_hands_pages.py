"""Who has what in hand, and handing over for a colleague who leaves."""

from __future__ import annotations

from marketplace.introductions.states import IntroductionState
from tests.marketplace.introductions.test_side_pages import Site
from tests.marketplace.visitor import words

S = IntroductionState


def test_a_colleague_hands_over_all_that_somebody_has(site: Site) -> None:
    world = site.world
    key = world.reach(S.VETTED)
    leaver, colleague = world.first, world.officer(world.first_office)
    assert world.get(key).proposer_officer_id == leaver.user_id
    browser = site.browser("first")
    told = words(browser.get("/desk/hands").text)
    assert "Hand over all" in told
    assert "0 live introductions are in nobody’s hands" in told
    place = f"/desk/hands/{leaver.user_id}"
    assert "1 live introduction." in words(browser.get(place).text)
    wrong = browser.post(place, {"officer": str(world.second.user_id)})
    assert wrong.status_code == 422
    assert "Choose a colleague of the same office." in words(wrong.text)
    answer = browser.post(place, {"officer": str(colleague.user_id)})
    assert "1 introduction is in other hands now." in words(answer.text)
    assert world.get(key).proposer_officer_id == colleague.user_id
    browser.post(f"/desk/hands/{colleague.user_id}", {"officer": ""})
    assert world.get(key).proposer_officer_id is None
    assert "1 live introduction is in nobody’s hands" in words(browser.get("/desk/hands").text)


def test_another_office_has_no_such_person(site: Site) -> None:
    world = site.world
    world.reach(S.VETTED)
    place = f"/desk/hands/{world.first.user_id}"
    for name in ("second", "unrelated", "admin", "maker_person", "stranger"):
        browser = site.browser(name)
        assert browser.get(place).status_code == 404, name
        assert browser.post(place, {"officer": ""}).status_code == 404, name
    first = site.browser("first")
    assert first.get("/desk/hands/999999").status_code == 404
    assert first.get(f"/desk/hands/{world.maker_person.user_id}").status_code == 404
    assert site.browser("stranger").get("/desk/hands").status_code == 404


def test_an_administrator_works_for_no_office(site: Site) -> None:
    assert "You work for no office" in words(site.browser("admin").get("/desk/hands").text)


def test_both_ends_of_one_office_count_once(site: Site) -> None:
    world = site.world
    world.second_office = world.first_office
    world.market.change(world.request, office_id=world.first_office)
    key = world.express()
    world.do("vet", key)
    row = words(site.browser("first").get("/desk/hands").text)
    assert " 1 Hand over all" in row
