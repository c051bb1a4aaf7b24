"""What an officer sees of introductions, and what they do there."""

from __future__ import annotations

import pytest
from flask import Flask

from marketplace.introductions.states import IntroductionState
from marketplace.listings.models import State
from marketplace.offices.models import Office
from marketplace.search.replica import Replica
from tests.marketplace.introductions.test_side_pages import Site
from tests.marketplace.matches.market import rescore
from tests.marketplace.visitor import hidden, words

S = IntroductionState


@pytest.fixture
def site(app: Flask) -> Site:
    return Site(app)


def desk(site: Site, key: int) -> str:
    return f"/desk/introductions/{site.world.get(key).reference}"


def test_it_lies_where_whose_turn_it_is(site: Site) -> None:
    first, second = site.browser("first"), site.browser("second")
    assert "Nothing waits for your office" in words(first.get("/desk/introductions").text)
    key = site.world.express()
    assert "Shafts wanted" in words(first.get("/desk/introductions").text)
    assert "Shafts wanted" in words(first.get("/desk").text)
    assert "Shafts wanted" not in words(second.get("/desk").text)
    assert "Shafts wanted" in words(second.get("/desk/introductions?show=theirs").text)
    for state, shelf in ((S.VETTED, "theirs"), (S.SENT, "asked"), (S.ACCEPTED, "together")):
        site.world.do({S.VETTED: "vet", S.SENT: "send_on", S.ACCEPTED: "accept"}[state], key)
        assert "Shafts wanted" in words(first.get(f"/desk/introductions?show={shelf}").text)
    site.world.do_progress(key, "agree")
    told = words(first.get("/desk/introductions?show=ended").text)
    for word in ("Nyota Works", "Baobab Pumps", "Agreed"):
        assert word in told
    assert "Shafts wanted" not in words(site.browser("unrelated").get("/desk/introductions?show=ended").text)
    assert "Shafts wanted" in words(site.browser("admin").get("/desk/introductions?show=ended").text)
    assert first.get("/desk/introductions?show=nonsense").status_code == 200


def test_an_administrator_sees_what_waits_for_any_office(site: Site) -> None:
    key = site.world.express()
    admin = site.browser("admin")
    assert "Shafts wanted" in words(admin.get("/desk/introductions").text)
    site.world.do("vet", key)
    assert "Shafts wanted" in words(admin.get("/desk/introductions").text)
    assert "Shafts wanted" not in words(admin.get("/desk/introductions?show=theirs").text)


def test_officers_see_where_both_sides_ask_for_each_other(site: Site) -> None:
    world = site.world
    key = world.express()
    told = "The other side has asked for this one as well"
    assert told not in words(site.browser("first").get(desk(site, key)).text)
    back = world.express(
        world.buyer_person, organisation_id=world.buyer, own=world.request, listing=world.offer
    )
    for one, other in ((key, back), (back, key)):
        page = site.browser("first").get(desk(site, one)).text
        assert told in words(page)
        assert f'href="{desk(site, other)}"' in page
    # Neither side hears of it.
    mine = f"/me/introductions/{world.get(key).reference}"
    assert told not in words(site.browser("maker_person").get(mine).text)
    world.do("decline", back, world.second)
    assert told not in words(site.browser("first").get(desk(site, key)).text)


def test_vet_and_send_on(site: Site) -> None:
    rescore(site.world.database, Replica(site.world.database), now=site.world.now)
    key = site.world.express(sought="A trial order.", unclear="Who pays the tools.")
    first, second = site.browser("first"), site.browser("second")
    page = first.get(desk(site, key)).text
    told = words(page)
    for word in ("A trial order.", "Who pays the tools.", "Nyota Works", "Baobab Pumps", "of 100"):
        assert word in told
    assert "The other side is not told yet." in told
    version = hidden(page, "version")
    bad = {"version": version, "presented": "Ask Nyota Works."}
    answer = first.post(f"{desk(site, key)}/vet", bad)
    assert answer.status_code == 422
    assert "This text names Nyota Works." in words(answer.text)
    assert "Ask Nyota Works." in answer.text
    long = {"version": version, "presented": "x" * 1001}
    assert first.post(f"{desk(site, key)}/vet", long).status_code == 422
    good = {"version": version, "presented": "They turn stainless steel."}
    answer = first.post(f"{desk(site, key)}/vet", good)
    assert "It is passed on" in words(answer.text)
    assert "SPX Accra is to look at it." in words(answer.text)
    again = first.post(f"{desk(site, key)}/vet", good)
    assert again.status_code == 409
    assert "Ama of SPX Accra looked at it and passed it on." in words(again.text)
    page = second.get(desk(site, key)).text
    assert "They turn stainless steel." in page
    data = {"version": hidden(page, "version"), "presented": "They turn stainless steel."}
    assert "The side is asked" in words(second.post(f"{desk(site, key)}/send-on", data).text)
    assert "What the sides are told" in words(second.get(desk(site, key)).text)
    assert first.post(f"{desk(site, key)}/send-on", data).status_code == 403


def test_decline_with_a_reason(site: Site) -> None:
    key = site.world.express()
    first = site.browser("first")
    data = {"version": "1"}
    assert first.post(f"{desk(site, key)}/decline", data).status_code == 422
    data |= {"reason": "description_unclear", "words": "Call me first."}
    assert "It is declined" in words(first.post(f"{desk(site, key)}/decline", data).text)
    page = site.browser("maker_person").get(site.place(key)).text
    assert "The description is not clear" in words(page)
    assert "Call me first." not in page
    assert "Call me first." in first.get(desk(site, key)).text


def test_remind_and_reassign(site: Site) -> None:
    key = site.world.reach(S.SENT)
    first = site.browser("first")
    colleague = site.world.officer(site.world.first_office)
    assert "A reminder is on its way." in words(first.post(f"{desk(site, key)}/remind").text)
    late = first.post(f"{desk(site, key)}/remind")
    assert late.status_code == 409
    assert "Once a day is enough." in words(late.text)
    version = str(site.world.get(key).version)
    for wrong in ("-5", "nobody", str(site.world.unrelated.user_id)):
        data = {"version": version, "officer": wrong}
        assert first.post(f"{desk(site, key)}/reassign", data).status_code == 422
    data = {"version": version, "officer": str(colleague.user_id)}
    assert "It is in other hands now." in words(first.post(f"{desk(site, key)}/reassign", data).text)
    assert site.world.get(key).proposer_officer_id == colleague.user_id
    data = {"version": str(site.world.get(key).version), "officer": ""}
    first.post(f"{desk(site, key)}/reassign", data)
    assert site.world.get(key).proposer_officer_id is None
    told = words(first.get(desk(site, key)).text)
    assert "gave it into other hands" in told
    assert "sent a reminder" in told


def test_hand_over_all(site: Site) -> None:
    first = site.browser("first")
    page = words(first.get("/desk/introductions/hand-over").text)
    assert "You have no colleague in this office yet" in page
    key = site.world.reach(S.VETTED)
    colleague = site.world.officer(site.world.first_office)
    assert "Hand over my 1" in words(first.get("/desk/introductions").text)
    page = words(first.get("/desk/introductions/hand-over").text)
    assert "You have 1 introduction in hand." in page
    wrong = first.post("/desk/introductions/hand-over", {"officer": "999999"})
    assert wrong.status_code == 422
    answer = first.post("/desk/introductions/hand-over", {"officer": str(colleague.user_id)})
    assert "1 introduction is in other hands now." in words(answer.text)
    assert site.world.get(key).proposer_officer_id == colleague.user_id
    admin = site.browser("admin")
    assert admin.get("/desk/introductions/hand-over").status_code == 404
    assert admin.post("/desk/introductions/hand-over").status_code == 404


def test_contacts_for_the_offices_after_the_second_yes(site: Site) -> None:
    key = site.world.reach(S.SENT)
    first = site.browser("first")
    assert "Who has read these contacts" not in words(first.get(desk(site, key)).text)
    site.world.do("accept", key)
    told = words(first.get(desk(site, key)).text)
    assert "hidden@example.org" in told
    assert "Ama of SPX Accra read the contacts." in words(first.get(desk(site, key)).text)


@pytest.mark.parametrize("who", ["first", "second"])
def test_officers_note_what_has_come_of_it(site: Site, who: str) -> None:
    key = site.world.reach(S.SENT)
    browser = site.browser(who)
    asks = "What has come of it?"
    assert asks not in words(browser.get(desk(site, key)).text)
    site.world.do("accept", key)
    for verb, button, after in (
        ("hold_meeting", "They have met", "The two sides have met."),
        ("negotiate", "They negotiate", "The two sides negotiate."),
    ):
        page = browser.get(desk(site, key)).text
        assert asks in words(page)
        assert button in page
        assert "Record an agreement" in page
        data = {"version": str(site.world.get(key).version)}
        answer = browser.post(f"{desk(site, key)}/progress/{verb}", data)
        assert "Noted. Both sides and the offices see it." in words(answer.text)
        assert after in words(answer.text)
        # Not twice, and not by a page that is older than the step.
        assert button not in answer.text
        assert browser.post(f"{desk(site, key)}/progress/{verb}", data).status_code == 409
    # The reason is asked for, and what was typed is kept.
    data = {"version": str(site.world.get(key).version), "words": "Ask Kofi."}
    wrong = browser.post(f"{desk(site, key)}/progress/fail", data)
    assert wrong.status_code == 422
    assert "Choose the reason that comes closest." in words(wrong.text)
    assert "Ask Kofi." in wrong.text
    answer = browser.post(f"{desk(site, key)}/progress/fail", {**data, "reason": "financing"})
    assert asks not in words(answer.text)
    assert site.world.get(key).state is S.FAILED
    for name in ("agree", "nonsense"):
        assert browser.post(f"{desk(site, key)}/progress/{name}", data).status_code == 404
    told = words(site.browser("maker_person").get(f"/me/introductions/{site.world.get(key).reference}").text)
    assert "The financing" in told
    assert "Ask Kofi." not in told


def test_what_is_read_stands_above_what_is_decided(site: Site) -> None:
    rescore(site.world.database, Replica(site.world.database), now=site.world.now)
    key = site.world.express(sought="A trial order.")
    site.world.write(key, site.world.maker_person, "A word before.", to_all=False)
    page = site.browser("first").get(desk(site, key)).text
    order = ["A trial order.", "The listings", "Why they may fit", "Do the two fit?", "A word before."]
    assert [one for one in order if one not in page] == []
    assert sorted(order, key=page.index) == order
    assert 'href="#decide"' in page
    site.world.reach(S.ACCEPTED, key)
    page = site.browser("first").get(desk(site, key)).text
    assert page.index("A trial order.") < page.index("A word before.")
    assert 'href="#decide"' not in page


def test_the_state_names_the_office_where_it_lies(site: Site) -> None:
    key = site.world.express()
    office = {"first": "ITPO Bonn", "second": "SPX Accra"}
    with site.world.database.transaction() as session:
        session.get_one(Office, site.world.first_office).name = office["first"]
    maker = site.browser("maker_person")
    for where, mine in (("first", "With your office"), ("second", "With the other side’s office")):
        for name in ("first", "second"):
            assert f"With {office[where]}" in words(site.browser(name).get(desk(site, key)).text)
        assert mine in words(maker.get("/me/introductions").text)
        assert mine in words(maker.get(site.place(key)).text)
        if where == "first":
            site.world.do("vet", key)
    assert f"With {office['second']}" in words(site.browser("second").get("/desk/introductions").text)
    site.world.do("send_on", key)
    assert "Answer awaited" in words(site.browser("first").get(desk(site, key)).text)


def test_within_one_office_the_state_says_your_office(app: Flask) -> None:
    site = Site(app, one_office=True)
    key = site.world.express()
    assert "With your office" in words(site.browser("maker_person").get(site.place(key)).text)


def test_a_proposal_from_two_listings(site: Site) -> None:
    first = site.browser("first")
    place = "/desk/introductions/new"
    pair = f"{place}?first=OFR-2026-00001&second=REQ-2026-00002"
    told = words(first.get(pair).text)
    assert "It goes to the other office first." in told
    data = {"first": "OFR-2026-00001", "second": "REQ-2026-00002", "presented": "Call +49 228 5550199"}
    answer = first.post(place, data)
    assert answer.status_code == 422
    assert "Contacts follow by themselves" in words(answer.text)
    assert first.post(place, {**data, "presented": "x" * 1001}).status_code == 422
    answer = first.post(place, {**data, "presented": "They fit."})
    assert "The two are being introduced" in words(answer.text)
    reference = site.world.get(1).reference
    late = first.post(place, {**data, "presented": ""})
    assert late.status_code == 409
    assert f"/desk/introductions/{reference}" in late.text
    assert "already" in words(first.get(pair).text)
    for missing in (place, f"{place}?first=OFR-2026-00001&second=REQ-2026-99999"):
        assert first.get(missing).status_code == 404
    assert site.browser("unrelated").get(pair).status_code == 404
    assert site.browser("maker_person").get(pair).status_code == 404


def test_a_proposal_is_taken_back_by_its_office(site: Site) -> None:
    key = site.world.propose()
    first = site.browser("first")
    page = first.get(desk(site, key)).text
    assert "Take the proposal back" in words(page)
    data = {"version": "1", "reason": "by_mistake"}
    assert site.browser("second").post(f"{desk(site, key)}/withdraw", data).status_code == 403
    assert "It is taken back" in words(first.post(f"{desk(site, key)}/withdraw", data).text)


def test_a_live_one_of_others_is_not_named(site: Site) -> None:
    """An officer of two offices' listings sees that it is under way, not what."""
    world = site.world
    key = world.propose()
    world.take_part(world.first, world.market.organisation(name="Third"))
    page = site.browser("first").get("/desk/introductions/new?first=OFR-2026-00001&second=REQ-2026-00002")
    assert str(world.get(key).reference) in page.text


def test_within_one_office_both_are_asked_at_once(app: Flask) -> None:
    site = Site(app, one_office=True)
    first = site.browser("first")
    told = words(first.get("/desk/introductions/new?first=OFR-2026-00001&second=REQ-2026-00002").text)
    assert "Both sides are asked by mail at once." in told
    key = site.world.express()
    told = words(first.get(desk(site, key)).text)
    assert "The other side is asked by mail." in told


def test_what_another_office_proposed_says_so(site: Site) -> None:
    key = site.world.propose()
    told = words(site.browser("second").get(desk(site, key)).text)
    assert "Both sides are asked by mail at once." in told
    assert "Neither side hears of it." in told


def test_an_office_answers_for_its_listing(site: Site) -> None:
    site.world.request = site.world.market.listing(
        "request", None, office_id=site.world.second_office, title="Held by the office"
    )
    key = site.world.reach(S.SENT)
    second = site.browser("second")
    assert "Your office answers for its listing" in words(second.get(desk(site, key)).text)
    assert "The yes of your office is noted." in words(second.post(f"{desk(site, key)}/accept").text)
    assert "hidden@example.org" in words(second.get(desk(site, key)).text)


def test_sides_strangers_and_other_offices_have_no_desk_page(site: Site) -> None:
    key = site.world.reach(S.SENT)
    for name in ("maker_person", "buyer_person", "stranger", "unrelated"):
        browser = site.browser(name)
        assert browser.get(desk(site, key)).status_code == 404, name
        for act in ("vet", "send-on", "remind", "reassign"):
            refused = browser.post(f"{desk(site, key)}/{act}", {"version": "1"})
            assert refused.status_code == (403 if name.endswith("person") else 404), (name, act)


def test_an_officer_who_is_a_side_sees_it_as_a_side_alone(site: Site) -> None:
    key = site.world.reach(S.SENT)
    site.world.take_part(site.world.second, site.world.buyer, "owner")
    browser = site.browser("second")
    assert browser.get(desk(site, key)).status_code == 404
    assert "Shafts wanted" not in words(browser.get("/desk/introductions?show=asked").text)
    page = browser.get(site.place(key)).text
    assert "Nyota" not in page


def test_a_closed_listing_stays_in_sight_of_the_office(site: Site) -> None:
    key = site.world.express()
    site.world.market.change(site.world.request, state=State.CLOSED)
    assert "Closed" in words(site.browser("first").get(desk(site, key)).text)
