from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask

from marketplace.files import FileStore, read_upload
from marketplace.listings.models import State
from marketplace.listings.services import change_files
from tests.marketplace.listings.browsing import PDF
from tests.marketplace.listings.world import FIRM, NOW, World, in_days, request
from tests.marketplace.visitor import Visitor, words

Enter = Callable[[str], Visitor]
SECRETS = (FIRM, "Alpenwerk", "alpenwerk", "secret@", "23456789", "ORG-1", "secret drawing", "anna@", "Anna")


def hidden_listing(app: Flask, site: World) -> str:
    """Publish an anonymous offer of the firm with a file and everything that can be stated."""
    reference = site.published(
        anonymous="yes",
        sectors="2592",
        summary="Turned parts in small series.",
        description="Long turned parts.",
        partner_sought="A buyer of valves.",
        target_countries="DE",
        held_certificates="ISO 9001",
        partnership_types="subcontracting",
        sdgs="9",
        quantity_per_year="5000",
        lead_time_days="21",
        details={"tolerance_mm": "0.02", "materials": "brass", "inspection": "CMM", "free_from": in_days(9)},
        requirements=[
            {"criterion": "quantity_per_year", "value": "500", "unit": "pieces/month"},
            {"criterion": "language", "value": "German", "hard": True, "evidence": "a letter", "weight": "3"},
        ],
    )
    with site.database.transaction() as session:
        change_files(
            session,
            site.member(),
            reference,
            store=FileStore(app.extensions["exchange"].settings.var / "files"),
            add=[read_upload("secret drawing.pdf", io.BytesIO(PDF), limit_mb=1)],
            now=NOW,
        )
    return reference


@pytest.mark.parametrize("who", ["", "bruno", "omar"])
def test_nothing_tells_whose_an_anonymous_listing_is(who: str, app: Flask, enter: Enter, site: World) -> None:
    reference = hidden_listing(app, site)
    visitor = enter(who) if who else Visitor(app)
    for path in (f"/opportunities/{reference}", f"/opportunities/{reference.lower()}", "/opportunities", "/"):
        answer = visitor.get(path)
        assert answer.status_code == 200
        for secret in SECRETS:
            assert secret not in answer.text, (path, secret)
    said = words(visitor.get(f"/opportunities/{reference}").text)
    assert "Anonymous until both sides agree" in said
    assert "PDF, 1 kB" in said
    answer = visitor.get(f"/opportunities/{reference}/files/0", follow_redirects=False)
    assert answer.status_code in {302, 403}


@pytest.mark.parametrize("who", ["anna", "vera", "olga", "ada"])
def test_its_own_people_and_its_office_see_the_name_and_the_files(
    who: str, app: Flask, enter: Enter, site: World
) -> None:
    reference = hidden_listing(app, site)
    visitor = enter(who)
    page = visitor.get(f"/opportunities/{reference}").text
    assert FIRM in page
    assert "secret drawing.pdf" in page
    assert visitor.get(f"/opportunities/{reference}/files/0").data == PDF
    assert visitor.get(f"/opportunities/{reference}/files/1").status_code == 404


def test_a_file_whose_content_is_gone_is_not_found(app: Flask, enter: Enter, site: World) -> None:
    reference = hidden_listing(app, site)
    store = FileStore(app.extensions["exchange"].settings.var / "files")
    store.path(site.listing(reference).attachments[0].file.sha256).unlink()
    assert enter("anna").get(f"/opportunities/{reference}/files/0").status_code == 404


def test_the_page_says_what_is_asked_in_the_units_it_was_asked_in(app: Flask, site: World) -> None:
    said = words(Visitor(app).get(f"/opportunities/{hidden_listing(app, site)}").text)
    for text in (
        "at least 500 pieces/month",
        "German Must a letter",
        "Tolerance held (±) 0.02 mm",
        "Inspection and papers CMM report",
        "Quantity a year 5,000 pieces",
        "Lead time 21 days",
        "Partners sought in Germany",
        "Goals served 9 Industry, innovation and infrastructure",
        "Treatment and coating of metals; machining",
    ):
        assert text in said, text


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("", "Log in to express interest"),
        ("bruno", "Express interest"),
        ("anna", "Edit"),
        ("olga", "Return it with a reason"),
    ],
)
def test_everybody_is_offered_what_they_can_do(
    who: str, offered: str, app: Flask, enter: Enter, site: World
) -> None:
    reference = site.published()
    visitor = enter(who) if who else Visitor(app)
    said = words(visitor.get(f"/opportunities/{reference}").text)
    assert offered in said
    assert ("Express interest" in said) == (who == "bruno")
    assert ("Pause" in said) == (who == "anna")


@pytest.mark.parametrize(
    ("dissemination", "readers"),
    [
        ("public", {"", "bruno", "omar", "olga", "anna"}),
        ("members", {"bruno", "omar", "olga", "anna"}),
        ("offices", {"omar", "olga", "anna"}),
    ],
)
def test_only_the_chosen_readers_find_it(
    dissemination: str, readers: set[str], app: Flask, enter: Enter, site: World
) -> None:
    reference = site.published(dissemination=dissemination)
    for who in ("", "bruno", "omar", "olga", "anna"):
        visitor = enter(who) if who else Visitor(app)
        status = visitor.get(f"/opportunities/{reference}").status_code
        assert status == (200 if who in readers else 404), who


def test_what_is_not_published_and_what_does_not_exist_look_the_same(
    app: Flask, enter: Enter, site: World
) -> None:
    draft = site.draft()
    for visitor in (Visitor(app), enter("bruno"), enter("omar")):
        unseen, absent = visitor.get(f"/opportunities/{draft}"), visitor.get("/opportunities/OFR-1999-00001")
        assert unseen.status_code == absent.status_code == 404
        assert words(unseen.text) == words(absent.text)


def test_text_that_looks_like_markup_is_shown_as_text(app: Flask, site: World) -> None:
    reference = site.published(title="<script>alert(1)</script> turning", summary="<b>bold</b>")
    page = Visitor(app).get(f"/opportunities/{reference}").text
    assert "<script>alert" not in page
    assert "<b>bold" not in page


def test_the_owner_pauses_reopens_and_closes_from_the_page(enter: Enter, site: World) -> None:
    reference = site.published()
    anna = enter("anna")
    for verb, state, told in (
        ("pause", State.PAUSED, "hidden from searches"),
        ("reopen", State.PUBLISHED, "Open again"),
        ("renew", State.PUBLISHED, "Renewed until"),
        ("close", State.CLOSED, "takes no more interest"),
        ("archive", State.ARCHIVED, "archive"),
    ):
        answer = anna.post(f"/me/listings/{reference}/{verb}")
        assert answer.status_code == 200
        assert told in words(answer.text)
        assert site.listing(reference).state is state
    answer = anna.post(f"/me/listings/{reference}/pause")
    assert answer.status_code == 409
    assert "archive" in words(answer.text)


def test_others_cannot_act_and_unknown_acts_are_not_found(enter: Enter, site: World) -> None:
    reference = site.published()
    assert enter("bruno").post(f"/me/listings/{reference}/close").status_code == 403
    assert enter("vera").post(f"/me/listings/{reference}/close").status_code == 403
    assert enter("anna").post(f"/me/listings/{reference}/explode").status_code == 404
    assert enter("anna").post("/me/listings/OFR-1999-00001/close").status_code == 404
    assert site.listing(reference).state is State.PUBLISHED


def test_my_listings_are_counted_and_chosen_by_state(enter: Enter, site: World) -> None:
    site.published("a", title="Published one")
    site.draft("b", title="Draft one")
    site.draft("c", title="Another draft")
    anna = enter("anna")
    said = words(anna.get("/me/listings").text)
    assert "All 3 Draft 2 Published 1" in said
    said = words(anna.get("/me/listings?state=draft").text)
    assert "Another draft" in said
    assert "Published one" not in said
    assert "Draft one" in words(anna.get("/me/listings?state=nonsense").text)
    empty = words(enter("bruno").get("/me/listings").text)
    assert "Nothing here yet" in empty
    assert "Draft one" not in empty


def test_the_address_of_an_own_listing_leads_to_its_page(enter: Enter, site: World) -> None:
    reference = site.published()
    assert enter("anna").get(f"/me/listings/{reference}").request.path == f"/opportunities/{reference}"


def test_a_returned_listing_tells_its_author_why_and_nobody_else(enter: Enter, site: World) -> None:
    reference = site.published(**request(), key="k")
    officer = enter("olga")
    page = officer.get(f"/opportunities/{reference}").text
    version = str(site.listing(reference).version)
    assert f'value="{version}"' in page
    officer.post(f"/desk/review/{reference}", {"version": version, "do": "return", "words": "Which brass?"})
    assert "Which brass?" in words(enter("anna").get(f"/opportunities/{reference}").text)
    assert "Which brass?" in words(enter("anna").get(f"/me/listings/{reference}/edit").text)
    assert enter("bruno").get(f"/opportunities/{reference}").status_code == 404
