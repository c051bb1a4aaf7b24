from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace.listings.models import Listing, State
from marketplace.listings.services import edit_listing, values_of
from marketplace.offices.models import Office
from marketplace.organisations.models import MemberRole, Membership, Organisation
from tests.marketplace.listings.world import NOW, TODAY, World, in_days, raw, request, values
from tests.marketplace.visitor import Visitor, hidden, words

Enter = Callable[[str], Visitor]
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def form(**given: Any) -> dict[str, Any]:
    """Return what a browser sends for a useful offer."""
    return {**raw(), "form_key": "the form", "do": "draft", **given}


def enquiry(**given: Any) -> dict[str, Any]:
    """Return what a browser sends for a useful request."""
    return {**request(), "form_key": "the form", "do": "submit", **given}


def stored(site: World) -> list[Listing]:
    with site.database.reading() as session:
        return list(session.scalars(sa.select(Listing).order_by(Listing.id)))


def box(page: str, name: str) -> str:
    """Return the value of a text field or a text area of a page."""
    area = re.search(rf'<textarea(?=[^>]*name="{re.escape(name)}")[^>]*>\s*(.*?)</textarea>', page, re.DOTALL)
    return unescape(area[1]).strip() if area else hidden(page, name)


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


def sent_by(page: str) -> dict[str, Any]:
    """Return what a browser would send for the form of a page as it stands."""
    body = page[page.index('id="listing-form"') : page.index("</form>", page.index('id="listing-form"'))]
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", body):
        given = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        ticked = re.search(r"\schecked\b", tag) or given.get("type") not in {"checkbox", "radio"}
        if "name" in given and ticked and given.get("type") != "file":
            sent.setdefault(given["name"], []).append(given.get("value", "on"))
    for name, inner in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', body, re.DOTALL):
        sent[name] = [unescape(inner).removeprefix("\r\n").strip()]
    for name, inner in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', body, re.DOTALL):
        chosen = re.findall(r'<option selected[^>]*value="([^"]*)"', inner)
        sent[name] = [unescape(value) for value in chosen]
    sent.pop("csrf_token")
    return dict(sent)


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


def test_a_draft_is_saved_by_itself_again_and_again_as_one(enter: Enter, site: World) -> None:
    anna = enter("anna")
    first = anna.post("/post/draft", form(title="Turn")).get_json()
    assert first["saved"]
    again = form(title="Turning", reference=first["reference"], version=str(first["version"]))
    second = anna.post("/post/draft", again).get_json()
    assert second["reference"] == first["reference"]
    assert second["version"] > first["version"]
    assert [one.title for one in stored(site)] == ["Turning"]
    stale = anna.post(
        "/post/draft", form(title="Old", reference=first["reference"], version=str(first["version"]))
    )
    assert stale.status_code == 409
    assert stored(site)[0].title == "Turning"


def test_nothing_is_saved_by_itself_without_a_title_with_errors_or_where_others_read_it(
    enter: Enter, site: World
) -> None:
    anna = enter("anna")
    assert anna.post("/post/draft", form(title="")).get_json() == {"saved": False}
    assert anna.post("/post/draft", form(summary="x" * 501)).get_json() == {"saved": False}
    assert stored(site) == []
    reference = site.published()
    version = str(site.listing(reference).version)
    answer = anna.post("/post/draft", form(title="Sneaky", reference=reference, version=version))
    assert answer.get_json() == {"saved": False}
    assert site.listing(reference).title != "Sneaky"
    assert enter("bruno").post("/post/draft", form(reference=reference, version=version)).status_code == 403


def test_sectors_are_proposed_from_the_words(enter: Enter) -> None:
    sent = form(title="Machining of metal parts", capabilities="treatment and coating of metals")
    found = enter("anna").post("/post/sectors", sent).get_json()["sectors"]
    assert "2592" in [one["code"] for one in found]
    assert all(one["title"] for one in found)
    assert enter("anna").post("/post/sectors", form(title="", capabilities="")).get_json() == {"sectors": []}


def test_the_fields_follow_the_kind_and_the_side(enter: Enter) -> None:
    anna = enter("anna")
    page = anna.post(
        "/post/fields", form(kind="investment", side="request", **{"details-total_cost": "7"})
    ).text
    assert "Total cost" in page
    assert box(page, "details-total_cost") == "7"
    assert "<html" not in page
    assert "Total cost" not in anna.post("/post/fields", form(kind="investment", side="offer")).text


def test_without_scripts_the_preview_keeps_all_and_proposes_sectors_and_rows(
    enter: Enter, site: World
) -> None:
    sent = form(title="Machining of metals", capabilities="coating of metals", add_row="1")
    sent |= {f"requirements-{row}-value": "" for row in range(3)}
    answer = enter("bruno").post("/post/preview", sent)
    assert answer.status_code == 200
    assert box(answer.text, "title") == "Machining of metals"
    assert 'name="sectors"' in answer.text
    assert 'name="requirements-3-value"' in answer.text
    assert stored(site) == []


def test_partners_appear_for_what_is_typed(enter: Enter, site: World) -> None:
    site.published(title="CNC turning of brass", anonymous="yes")
    page = (
        enter("bruno").post("/post/partners", enquiry(title="Brass parts", capabilities="CNC turning")).text
    )
    assert "CNC turning of brass" in page
    assert "Alpenwerk" not in page


def upload(content: bytes, name: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def test_files_go_with_a_listing_once_and_can_be_taken_out(enter: Enter, site: World) -> None:
    anna = enter("anna")
    for _ in range(2):
        anna.post("/post", form(files=[upload(PDF, "secret drawing.pdf")]))
    (listing,) = stored(site)
    reference = str(listing.reference)
    assert [row.file.name for row in site.listing(reference).attachments] == ["secret drawing.pdf"]
    answer = anna.get(f"/opportunities/{reference}/files/0")
    assert (answer.status_code, answer.data, answer.mimetype) == (200, PDF, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    page = anna.get(f"/me/listings/{reference}/edit").text
    anna.post(f"/me/listings/{reference}/edit", sent_by(page) | {"remove_files": "0", "do": "draft"})
    assert site.listing(reference).attachments == []
    assert anna.get(f"/opportunities/{reference}/files/0").status_code == 404


def test_a_file_that_is_not_what_it_says_is_refused_and_the_words_are_kept(enter: Enter, site: World) -> None:
    answer = enter("anna").post("/post", form(files=[upload(b"MZ\x90\x00 a program", "drawing.pdf")]))
    assert answer.status_code == 422
    assert "drawing.pdf" in words(answer.text)
    assert box(answer.text, "title") == raw()["title"]
    assert stored(site) == []


def test_files_have_to_be_chosen_again_after_an_error_and_it_says_so(enter: Enter) -> None:
    answer = enter("anna").post("/post", form(country="XX", files=[upload(PDF, "a.pdf")]))
    assert answer.status_code == 422
    assert "Choose your files again" in words(answer.text)


def test_at_most_ten_files_go_with_a_listing(enter: Enter, site: World) -> None:
    many = [upload(PDF + str(number).encode() + b"\n%%EOF", f"{number}.pdf") for number in range(11)]
    answer = enter("anna").post("/post", form(files=many))
    assert answer.status_code == 422
    assert "At most 10 files" in words(answer.text)
    assert stored(site) == []


def test_an_edit_that_adds_a_contact_says_that_it_is_read_first(enter: Enter, site: World) -> None:
    reference = site.published()
    anna = enter("anna")
    sent = sent_by(anna.get(f"/me/listings/{reference}/edit").text)
    answer = anna.post(f"/me/listings/{reference}/edit", sent | {"summary": "Write to a@b.com", "do": "save"})
    assert "it is read first" in words(answer.text)
    assert site.listing(reference).state is State.SUBMITTED


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
