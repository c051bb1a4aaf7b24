from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from marketplace.listings.models import State
from marketplace.listings.services import edit_listing, values_of
from marketplace.offices.models import Office
from marketplace.organisations.models import MemberRole, Membership, Organisation
from tests.marketplace.listings.browsing import box, enquiry, form, sent_by, stored
from tests.marketplace.listings.world import NOW, TODAY, World, in_days, raw, request, values
from tests.marketplace.visitor import Visitor, words

Enter = Callable[[str], Visitor]


def test_the_empty_form_asks_for_little_and_says_what_will_happen(enter: Enter) -> None:
    page = enter("anna").get("/post").text
    said = words(page)
    assert "A title, a few capabilities and a country are enough" in said
    assert "SPX AT reads it and publishes it, or tells you what to change" in said
    assert re.search(r'<option selected value="AT">', page)
    # Everything optional is folded away.
    assert '<details class="fold" open' not in page
    assert len(page) < 100_000


def test_who_has_no_organisation_is_sent_to_describe_it(enter: Enter) -> None:
    for name in ("olga", "vera"):
        answer = enter(name).get("/post", follow_redirects=False)
        assert (answer.status_code, answer.location) == (302, "/me/organisation")


def test_a_useful_enquiry_is_posted_in_one_go(enter: Enter, site: World) -> None:
    answer = enter("bruno").post("/post", enquiry())
    assert answer.status_code == 200
    (listing,) = stored(site)
    assert listing.state is State.SUBMITTED
    assert listing.organisation_id == site.buyer_id
    assert f"/opportunities/{listing.reference}" == answer.request.path
    assert "Sent to SPX AT" in words(answer.text)


def test_a_double_click_makes_one_listing_and_both_answers_lead_to_it(
    app: Flask, enter: Enter, site: World
) -> None:
    people = [enter("bruno"), enter("bruno")]
    places: list[str] = []
    together = threading.Barrier(2)

    def click(person: Visitor) -> None:
        token = person.token()
        together.wait(10)
        answer = person.client.post("/post", data={"csrf_token": token, **enquiry()})
        places.append(f"{answer.status_code} {answer.location}")

    threads = [threading.Thread(target=click, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    (listing,) = stored(site)
    assert places == [f"303 /opportunities/{listing.reference}"] * 2
    assert site.events() == ["ListingSubmitted"]


def test_wrong_input_is_named_beside_the_field_and_in_a_summary_and_everything_typed_is_kept(
    enter: Enter, site: World
) -> None:
    sent = enquiry(
        title="Turned fittings",
        summary="Fittings " + "x" * 500,
        country="XX",
        capabilities="turning\nthreading",
        target_countries="Kenya; Atlantis",
        quantity_per_year="many",
        response_deadline="2020-01-01",
        **{
            "details-tolerance_mm": "tight",
            "details-materials": "brass; bronze",
            "requirements-0-criterion": "tolerance_mm",
            "requirements-0-value": "0.05",
            "requirements-0-unit": "kg",
            "requirements-1-criterion": "certificate",
            "requirements-1-value": "ISO 9001",
            "requirements-1-hard": "y",
        },
    )
    answer = enter("bruno").post("/post", sent)
    page = answer.text
    assert answer.status_code == 422
    assert stored(site) == []
    for name in ("title", "summary", "capabilities", "target_countries", "quantity_per_year"):
        assert box(page, name) == sent[name], name
    for name in ("details-tolerance_mm", "details-materials", "requirements-0-unit", "requirements-1-value"):
        assert box(page, name) == sent[name], name
    assert re.search(r'name="requirements-1-hard"[^>]*checked|checked[^>]*name="requirements-1-hard"', page)
    summary = page[page.index('id="problems"') : page.index("<form", page.index('id="problems"'))]
    for name in (
        "summary",
        "country",
        "target_countries",
        "quantity_per_year",
        "response_deadline",
        "details-tolerance_mm",
        "requirements-0-value",
    ):
        assert f'href="#{name}"' in summary, name
        assert f'id="{name}-error"' in page, name
        assert f'id="{name}"' in page, name


def test_nothing_missing_is_asked_for_in_a_draft_but_a_title(enter: Enter, site: World) -> None:
    anna = enter("anna")
    answer = anna.post("/post", {"form_key": "k", "side": "offer", "kind": "technology", "do": "draft"})
    assert answer.status_code == 422
    assert "so that you find it again" in words(answer.text)
    draft = {"form_key": "k", "side": "offer", "kind": "technology", "title": "Dryer", "do": "draft"}
    assert anna.post("/post", draft).status_code == 200
    assert [(one.state, one.country) for one in stored(site)] == [(State.DRAFT, "AT")]


def test_sending_names_everything_that_is_missing(enter: Enter, site: World) -> None:
    sent = enquiry(title="", capabilities="", country="")
    answer = enter("bruno").post("/post", sent)
    assert answer.status_code == 422
    for name in ("title", "capabilities", "country"):
        assert f'href="#{name}"' in answer.text
    assert stored(site) == []


@pytest.mark.parametrize(("ends", "left"), [(365, 30), (10, 10)])
def test_who_leaves_the_deadline_open_gives_thirty_days_but_not_beyond_the_end(
    enter: Enter, site: World, ends: int, left: int
) -> None:
    enter("bruno").post("/post", enquiry(response_deadline="", valid_until=in_days(ends)))
    (listing,) = stored(site)
    assert (listing.state, listing.response_deadline) == (State.SUBMITTED, TODAY + timedelta(days=left))


def test_control_characters_and_oversized_fields_are_refused_at_the_field(enter: Enter, site: World) -> None:
    answer = enter("anna").post("/post", form(title="a\x00b", description="x" * 4001))
    assert answer.status_code == 422
    assert 'href="#title"' in answer.text
    assert 'href="#description"' in answer.text
    assert stored(site) == []


def test_an_organisation_of_others_cannot_be_chosen(enter: Enter, site: World) -> None:
    answer = enter("anna").post("/post", form(organisation=str(site.buyer_id)))
    assert answer.status_code == 422
    assert stored(site) == []


def test_who_belongs_to_two_chooses_for_which(enter: Enter, site: World) -> None:
    with site.database.transaction() as session:
        session.add(
            Membership(
                organisation_id=site.buyer_id, user_id=site.people["anna"], role=MemberRole.EDITOR, since=NOW
            )
        )
    anna = enter("anna")
    assert "For which organisation" in anna.get("/post").text
    anna.post("/post", form(organisation=str(site.buyer_id)))
    assert [one.organisation_id for one in stored(site)] == [site.buyer_id]


def test_fields_of_every_kind_are_shown_kept_and_shown_again(enter: Enter, site: World) -> None:
    anna = enter("anna")
    cases: dict[str, dict[str, Any]] = {
        "subcontracting": {"details-tolerance_mm": "0.02", "details-inspection": ["CMM", "FAI"]},
        "technology": {"details-stage": "lab tested", "details-trl": "5", "details-advantages": "Saves fuel"},
        "investment": {"details-currency": "EUR", "details-contribution_sought": "800000"},
        "environment": {"details-media": ["water"], "details-flow": "120", "details-flow_unit": "m³/h"},
    }
    for kind, details in cases.items():
        answer = anna.post("/post", form(form_key=kind, kind=kind, **details))
        assert answer.status_code == 200, words(answer.text)
        listing = stored(site)[-1]
        assert set(listing.details) == {name.removeprefix("details-") for name in details}
        page = anna.get(f"/me/listings/{listing.reference}/edit").text
        for name, value in details.items():
            if isinstance(value, str) and f'<select class="form-select" id="{name}"' not in page:
                assert box(page, name) == value
        # What was filled in is open when the form comes back.
        assert '<details class="fold" open>' in page


def test_the_form_of_a_listing_sends_back_exactly_what_it_was_given(enter: Enter, site: World) -> None:
    reference = site.draft(
        **request(
            summary="Fittings for heating.",
            target_countries="KE; AT",
            held_certificates="ISO 9001",
            partnership_types="subcontracting",
            sdgs="9",
            sectors="2592",
            quantity_per_year="5000",
            lead_time_days="30",
            anonymous="yes",
            dissemination="members",
            details={"tolerance_mm": "0.05", "materials": "brass; bronze", "series_size": "small"},
            requirements=[
                {"criterion": "tolerance_mm", "value": "0.002", "unit": "in"},
                {
                    "criterion": "employees",
                    "operator": "between",
                    "value": "10",
                    "value_to": "50",
                    "weight": "2",
                },
                {
                    "criterion": "certificate",
                    "value": "ISO 9001; ISO 14001",
                    "hard": True,
                    "evidence": "copy",
                },
                {"criterion": "total_cost", "operator": "at_most", "value": "5000", "unit": "EUR"},
                {
                    "criterion": "development_stage",
                    "operator": "between",
                    "value": "concept",
                    "value_to": "on the market",
                },
            ],
        ),
    )
    before = values_of(site.listing(reference))
    anna = enter("anna")
    page = anna.get(f"/me/listings/{reference}/edit").text
    answer = anna.post(f"/me/listings/{reference}/edit", sent_by(page) | {"do": "draft"})
    assert answer.status_code == 200, words(answer.text)
    assert values_of(site.listing(reference)) == before


def test_two_people_editing_see_both_versions_and_nothing_is_lost(enter: Enter, site: World) -> None:
    reference = site.draft(title="First")
    anna = enter("anna")
    sent = sent_by(anna.get(f"/me/listings/{reference}/edit").text) | {"do": "draft"}
    version = site.listing(reference).version
    with site.database.transaction() as session:
        other = values(raw(title="Saved by a colleague", lead_time_days="10"))
        edit_listing(session, site.member(), reference, other, version=version, now=NOW)
    mine = sent | {"title": "Typed by me", "description": "A long text that must not be lost"}
    answer = anna.post(f"/me/listings/{reference}/edit", mine)
    assert answer.status_code == 409
    said = words(answer.text)
    assert "Somebody else has saved this listing while you were writing" in said
    for text in ("Saved by a colleague", "Typed by me", "A long text that must not be lost"):
        assert text in said or text in answer.text
    assert box(answer.text, "title") == "Typed by me"
    assert site.listing(reference).title == "Saved by a colleague"
    # Saving again is a decision for one's own version.
    assert (
        anna.post(f"/me/listings/{reference}/edit", sent_by(answer.text) | {"do": "draft"}).status_code == 200
    )
    assert site.listing(reference).title == "Typed by me"


def test_a_second_click_on_an_edit_leads_to_the_listing(enter: Enter, site: World) -> None:
    reference = site.draft()
    anna = enter("anna")
    sent = sent_by(anna.get(f"/me/listings/{reference}/edit").text) | {"do": "submit", "title": "New title"}
    for _ in range(2):
        answer = anna.post(f"/me/listings/{reference}/edit", sent, follow_redirects=False)
        assert (answer.status_code, answer.location) == (303, f"/opportunities/{reference}")
    assert site.events() == ["ListingSubmitted"]


@pytest.mark.parametrize(("who", "status"), [("bruno", 404), ("omar", 404), ("vera", 403), ("olga", 404)])
def test_drafts_of_others_cannot_be_opened(who: str, status: int, enter: Enter, site: World) -> None:
    reference = site.draft()
    assert enter(who).get(f"/me/listings/{reference}/edit").status_code == status
    assert enter(who).post(f"/me/listings/{reference}/edit", form()).status_code == status


def test_an_edit_that_adds_a_contact_says_that_it_is_read_first(enter: Enter, site: World) -> None:
    reference = site.published()
    anna = enter("anna")
    sent = sent_by(anna.get(f"/me/listings/{reference}/edit").text)
    answer = anna.post(f"/me/listings/{reference}/edit", sent | {"summary": "Write to a@b.com", "do": "save"})
    assert "it is read first" in words(answer.text)
    assert site.listing(reference).state is State.SUBMITTED


def test_what_has_ended_is_not_opened_for_editing(enter: Enter, site: World) -> None:
    reference = site.published()
    anna = enter("anna")
    page = anna.get(f"/me/listings/{reference}/edit").text
    answer = anna.post(f"/me/listings/{reference}/edit", sent_by(page) | {"title": "Better", "do": "save"})
    assert "Saved. Partners are looked for again." in words(answer.text)
    anna.post(f"/me/listings/{reference}/close")
    answer = anna.get(f"/me/listings/{reference}/edit")
    assert answer.status_code == 409
    assert "It has been closed" in words(answer.text)


def test_the_form_says_so_where_the_office_publishes_at_once(enter: Enter, site: World) -> None:
    anna = enter("anna")
    assert "Send to the office" in words(anna.get("/post").text)
    with site.database.transaction() as session:
        session.get_one(Organisation, site.firm_id).verified_at = NOW
        session.get_one(Office, site.office_id).publishes_verified_at_once = True
    assert "Send to the office" not in words(anna.get("/post").text)
    answer = anna.post("/post", form(do="submit"))
    assert "Published. We are looking for partners now" in words(answer.text)
    assert [one.state for one in stored(site)] == [State.PUBLISHED]
