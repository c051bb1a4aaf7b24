"""The worklist as a page: one click for each act, and what is said when it cannot be."""

from __future__ import annotations

import pytest

from marketplace.introductions.states import IntroductionState
from marketplace.listings.models import State
from tests.marketplace.introductions.test_side_pages import Site
from tests.marketplace.visitor import words

S = IntroductionState


def act(site: Site, key: int, verb: str) -> str:
    return f"/desk/today/{site.world.get(key).reference}/{verb}"


def version(site: Site, key: int) -> dict[str, str]:
    return {"version": str(site.world.get(key).version)}


def test_an_empty_desk_says_what_would_be_there(site: Site) -> None:
    told = words(site.browser("first").get("/desk").text)
    assert "Nothing waits for you" in told
    assert "sides that stay silent" in told


def test_vet_and_send_on_with_one_click_each(site: Site) -> None:
    key = site.world.express(sought="A trial order of 200 shafts.")
    first, second = site.browser("first"), site.browser("second")
    told = words(first.get("/desk").text)
    for word in (
        "1 thing waits.",
        "Shafts wanted",
        "Nyota Works",
        "A trial order of 200 shafts.",
        "Why here:",
    ):
        assert word in told
    assert "the other side is not told yet" in told
    answer = first.post(act(site, key, "vet"), version(site, key))
    assert "passed on" in words(answer.text)
    assert "Nothing waits for you" in words(answer.text)
    assert site.world.get(key).state is S.VETTED
    answer = second.post(act(site, key, "send-on"), version(site, key))
    assert "the side is asked" in words(answer.text)
    assert site.world.get(key).state is S.SENT


def test_what_the_first_office_wrote_is_sent_on(site: Site) -> None:
    key = site.world.express()
    site.world.do("vet", key, presented="They turn stainless steel.")
    second = site.browser("second")
    assert "They turn stainless steel." in second.get("/desk").text
    second.post(act(site, key, "send-on"), version(site, key))
    assert site.world.get(key).presented == "They turn stainless steel."


def test_two_officers_act_on_one_matter(site: Site) -> None:
    key = site.world.express()
    seen = version(site, key)
    site.world.do("vet", key)
    answer = site.browser("first").post(act(site, key, "vet"), {**seen, "show": "office"})
    assert answer.status_code == 409
    assert "Ama of SPX Accra looked at it and passed it on." in words(answer.text)
    assert 'href="/desk?show=office"' in answer.text


def test_decline_needs_a_reason_and_loses_nothing(site: Site) -> None:
    key = site.world.express()
    first = site.browser("first")
    answer = first.post(act(site, key, "decline"), {**version(site, key), "words": "Not clear to me."})
    assert answer.status_code == 422
    assert "Choose the reason that comes closest." in words(answer.text)
    assert "Not clear to me." in answer.text
    long = {**version(site, key), "reason": "price", "words": "x" * 1001}
    assert first.post(act(site, key, "decline"), long).status_code == 422
    answer = first.post(act(site, key, "decline"), {**version(site, key), "reason": "description_unclear"})
    assert "declined" in words(answer.text)
    assert site.world.get(key).state is S.DECLINED


def test_remind_once_a_day(site: Site) -> None:
    key = site.world.reach(S.SENT)
    first = site.browser("first")
    assert "a reminder is on its way" in words(first.post(act(site, key, "remind")).text)
    assert first.post(act(site, key, "remind")).status_code == 409


def test_give_it_to_a_colleague(site: Site) -> None:
    key = site.world.express()
    first, colleague = site.browser("first"), site.world.officer(site.world.first_office)
    wrong = {**version(site, key), "officer": str(site.world.unrelated.user_id)}
    assert first.post(act(site, key, "reassign"), wrong).status_code == 422
    given = {**version(site, key), "officer": str(colleague.user_id)}
    answer = first.post(act(site, key, "reassign"), given)
    assert "in other hands now" in words(answer.text)
    assert "Nothing waits for you" in words(answer.text)
    whole = words(first.get("/desk?show=office").text)
    assert "Shafts wanted" in whole
    given = {**version(site, key), "officer": "", "show": "office"}
    answer = first.post(act(site, key, "reassign"), given)
    assert answer.request.query_string == b"show=office"


def test_yes_for_a_listing_of_the_office(site: Site) -> None:
    world = site.world
    world.request = world.market.listing("request", None, office_id=world.second_office, title="Held")
    key = world.reach(S.SENT)
    second = site.browser("second")
    assert "Yes, for our listing" in words(second.get("/desk").text)
    assert "the yes of your office is noted" in words(second.post(act(site, key, "accept")).text)
    assert world.get(key).state is S.ACCEPTED


def test_a_listing_to_review_leads_to_its_checks(site: Site) -> None:
    world = site.world
    for title in ("One", "Two"):
        world.market.listing(
            "offer", world.maker, office_id=world.first_office, title=title,
            state=State.SUBMITTED, submitted_at=world.now, held_because=["summary:phone"],
        )  # fmt: skip
    first = site.browser("first")
    page = first.get("/desk").text
    assert "There seems to be a telephone number" in words(page)
    assert 'href="/desk/review?listing=OFR-2026-00003"' in page
    alone = words(first.get("/desk/review?listing=OFR-2026-00003").text)
    assert "One" in alone
    assert "Two" not in alone
    assert "All that wait for review" in alone
    both = words(first.get("/desk/review").text)
    assert "Two" in both


@pytest.mark.parametrize("name", ["maker_person", "buyer_person", "stranger", "unrelated"])
def test_no_act_is_open_to_others(site: Site, name: str) -> None:
    key = site.world.express()
    browser = site.browser(name)
    hidden = 403 if name == "maker_person" else 404
    for verb in ("vet", "send-on", "decline", "remind", "reassign", "progress/negotiate"):
        data = {**version(site, key), "reason": "price", "officer": ""}
        status = browser.post(act(site, key, verb), data).status_code
        # The proposer may see it, and knows of no decision before it is asked.
        assert status in {hidden, 409}, verb
    assert site.world.get(key).state is S.PROPOSED
    assert browser.get("/desk").status_code == (200 if name == "unrelated" else 404)


def test_what_does_not_exist_looks_like_what_is_anothers(site: Site) -> None:
    first = site.browser("first")
    for verb in ("vet", "send-on", "accept", "decline", "remind", "reassign", "progress/negotiate"):
        assert first.post(f"/desk/today/INT-2026-99999/{verb}", {"version": "1"}).status_code == 404
    key = site.world.reach(S.ACCEPTED)
    for name in ("agree", "fail", "nonsense"):
        assert first.post(act(site, key, f"progress/{name}"), version(site, key)).status_code == 404


def test_no_name_in_the_page_of_another_office(site: Site) -> None:
    site.world.express(sought="Call hidden@example.org")
    for path in ("/desk", "/desk?show=office", "/desk/pipeline?show=network", "/desk/matches", "/desk/hands"):
        page = site.browser("unrelated").get(path)
        assert page.status_code == 200
        for secret in ("Nyota", "Baobab", "hidden@", "INT-2026", "Shafts wanted"):
            assert secret not in page.text, path
