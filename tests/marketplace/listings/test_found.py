"""Conditions found in the texts of the form: proposed, confirmed or left aside, never added unasked."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from tests.marketplace.listings.browsing import box, enquiry, form, sent_by, stored
from tests.marketplace.listings.world import World
from tests.marketplace.visitor import Visitor, words

Enter = Callable[[str], Visitor]
TEXT = (
    "5,000 fittings a year, tolerance ±0.02 mm, lead time six weeks. "
    "The workshop must hold ISO 9001, ideally ISO 14001."
)


def proposed(page: str) -> list[str]:
    """Return the keys of what a page proposes."""
    return [unescape(key) for key in re.findall(r'class="found-row" data-key="([^"]+)"', page)]


def rows(page: str) -> list[tuple[str, str, str, str, bool]]:
    """Return the requirements in the form of a page."""
    sent = sent_by(page)
    found = []
    for number in range(20):
        start = f"requirements-{number}-"
        if any(sent.get(f"{start}criterion", [])):
            names = ("criterion", "operator", "value", "unit")
            first = ["".join(sent[f"{start}{name}"]) for name in names]
            found.append((*first, f"{start}hard" in sent))
    return found  # type: ignore[return-value]


def test_conditions_are_shown_with_their_words_and_nothing_is_added(enter: Enter, site: World) -> None:
    answer = enter("bruno").post("/post/found", enquiry(description=TEXT))
    said = words(answer.text)
    assert answer.status_code == 200
    assert "5 conditions were found in your text." in said
    assert "Lead time at most 42 days six weeks · Description" in said
    assert "Tolerance (±) at most 0.02 mm" in said
    assert "Quantity per year at least 5,000 pieces a year" in said
    assert rows(answer.text) == []
    assert box(answer.text, "description") == TEXT
    assert stored(site) == []
    # Only what the text says must be met is ticked.
    ticked = re.findall(r'name="must" value="([^"]+)"[^>]* checked', answer.text)
    assert ticked == ["certificate:all_of:::iso 9001"]


def test_the_empty_form_offers_to_look_and_says_so_when_there_is_nothing(enter: Enter) -> None:
    anna = enter("anna")
    page = anna.get("/post").text
    assert "Find requirements in my text" in words(page)
    assert proposed(page) == []
    nothing = anna.post("/post/found", form(side="request", description="We need help.")).text
    assert "No further conditions were found in your text." in words(nothing)


def test_a_confirmed_condition_becomes_a_row_and_is_not_proposed_again(enter: Enter, site: World) -> None:
    bruno = enter("bruno")
    page = bruno.post("/post/found", enquiry(description=TEXT)).text
    page = bruno.post("/post/found", sent_by(page) | {"take": "lead_time_days:at_most::42:"}).text
    assert rows(page) == [("lead_time_days", "at_most", "42", "days", False)]
    assert "One condition was added to the form." in words(page)
    assert "lead_time_days:at_most::42:" not in proposed(page)
    assert len(proposed(page)) == 4
    page = bruno.post("/post/found", sent_by(page) | {"take": "certificate:all_of:::iso 9001"}).text
    assert rows(page)[1] == ("certificate", "all_of", "ISO 9001", "", True)
    assert "What the partner must meet" in page
    assert '<details class="fold" id="requirements" open' in page
    # What was confirmed is what is saved.
    bruno.post("/post", sent_by(page) | {"do": "draft"})
    (listing,) = stored(site)
    saved = site.listing(str(listing.reference)).requirements
    assert [(row.criterion, row.high, row.terms, row.hard) for row in saved] == [
        ("lead_time_days", 42.0, [], False),
        ("certificate", None, ["ISO 9001"], True),
    ]


def test_hard_or_soft_is_the_authors_choice(enter: Enter) -> None:
    bruno = enter("bruno")
    sent = sent_by(bruno.post("/post/found", enquiry(description=TEXT)).text)
    sent |= {"must": ["tolerance_mm:at_most::0.02:"], "take": "*"}
    page = bruno.post("/post/found", sent).text
    assert {row[0]: row[4] for row in rows(page)} == {
        "quantity_per_year": False,
        "tolerance_mm": True,
        "lead_time_days": False,
        "certificate": False,
    }
    assert "5 conditions were added to the form." in words(page)
    assert proposed(page) == []


def test_what_is_ignored_stays_away(enter: Enter) -> None:
    bruno = enter("bruno")
    page = bruno.post("/post/found", enquiry(description=TEXT, ignore="tolerance_mm:at_most::0.02:")).text
    assert "tolerance_mm:at_most::0.02:" not in proposed(page)
    page = bruno.post("/post/found", sent_by(page)).text
    assert "tolerance_mm:at_most::0.02:" not in proposed(page)
    assert len(proposed(page)) == 4
    assert rows(page) == []


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ({"requirements-0-criterion": "tolerance_mm", "requirements-0-value": "0.1"}, 4),
        ({"requirements-0-criterion": "certificate", "requirements-0-value": "ISO 9001:2015; ISO 14001"}, 3),
        ({"requirements-0-criterion": "certificate", "requirements-0-value": "ISO 9002"}, 5),
        ({"details-tolerance_mm": "20 µm"}, 4),
        ({"details-tolerance_mm": "0.1"}, 5),
        ({"lead_time_days": "6 weeks"}, 4),
        ({"quantity_per_year": "5000", "quantity_unit": "pieces"}, 4),
        ({"quantity_per_year": "5000", "quantity_unit": "kg"}, 5),
        # What the buyer holds itself is not what it asks for.
        ({"held_certificates": "ISO 9001"}, 5),
        # What is wrong elsewhere does not matter here.
        ({"country": "XX", "quantity_per_year": "many"}, 5),
    ],
)
def test_what_the_form_holds_already_is_not_proposed(enter: Enter, given: dict[str, str], left: int) -> None:
    page = enter("bruno").post("/post/found", enquiry(description=TEXT, **given)).text
    assert len(proposed(page)) == left


def test_every_text_of_the_form_is_read_and_a_condition_comes_once(enter: Enter) -> None:
    sent = enquiry(
        title="Fittings, 5,000 pieces a year",
        summary="5,000 pieces a year in CW614N",
        partner_sought="At least 20 employees, ISO 9001",
        capabilities="turning to ±0.02 mm\ndrilling",
        kind="technology",
        **{"details-advantages": "TRL 6"},
    )
    found = proposed(enter("bruno").post("/post/found", sent).text)
    assert found == [
        "quantity_per_year:at_least:5000::",
        "tolerance_mm:at_most::0.02:",
        "material:one_of:::cw614n",
        "employees:at_least:20::",
        "certificate:all_of:::iso 9001",
        "trl:at_least:6::",
    ]


def test_an_offer_states_its_own_facts_and_asks_where_it_speaks_of_the_partner(enter: Enter) -> None:
    anna = enter("anna")
    sent = form(
        description=(
            "We hold ±0.01 mm and Ra 0.4, parts up to 40 kg in 1.4301, series of 200 pieces, FCA Linz, IT6, "
            "delivery in 2 to 3 weeks, 20 t per month. "
            "ISO 9001 certified. 120 employees. MOQ 50 pieces. Prototypes."
        ),
        partner_sought="A firm with ISO 14001",
        **{"details-materials": "brass", "details-part_weight_kg": "30"},
    )
    page = anna.post("/post/found", sent).text
    keys = proposed(page)
    # Its size belongs to the organisation, and its heaviest part is stated already.
    assert not any(key.startswith(("employees", "part_weight_kg")) for key in keys)
    page = anna.post("/post/found", sent_by(page) | {"take": "*"}).text
    assert rows(page) == [
        ("series_pieces", "at_least", "50", "pieces", False),
        ("certificate", "all_of", "ISO 14001", "", False),
    ]
    assert box(page, "details-tolerance_mm") == "0.01"
    assert box(page, "details-roughness_um") == "0.4"
    assert box(page, "details-materials").split() == ["brass", "1.4301"]
    assert box(page, "details-series_pieces") == "200"
    assert box(page, "lead_time_days") == "21"
    assert (box(page, "quantity_per_year"), box(page, "quantity_unit")) == ("240", "t")
    assert box(page, "held_certificates") == "ISO 9001"
    sent = sent_by(page)
    assert sent["details-incoterms"] == ["FCA"]
    assert sent["details-series_size"] == ["prototype"]
    assert sent["details-it_grade"] == ["IT6"]
    assert proposed(page) == []


def test_a_smallest_order_says_nothing_of_what_a_request_needs(enter: Enter) -> None:
    assert proposed(enter("bruno").post("/post/found", enquiry(description="MOQ 50 pieces")).text) == []


def test_a_yearly_quantity_in_another_unit_keeps_its_field(enter: Enter) -> None:
    sent = form(description="20 t per month", quantity_per_year="7", quantity_unit="m³")
    assert proposed(enter("anna").post("/post/found", sent).text) == []


def test_the_form_keeps_its_twenty_rows(enter: Enter) -> None:
    full: dict[str, Any] = {}
    for number in range(20):
        full |= {f"requirements-{number}-criterion": "material", f"requirements-{number}-value": f"m{number}"}
    page = enter("bruno").post("/post/found", enquiry(description=TEXT, take="*", **full)).text
    assert len(rows(page)) == 20
    assert {row[0] for row in rows(page)} == {"material"}
    assert "added to the form" not in words(page)
    assert "At most 20 requirements fit" in words(page)


def test_months_become_whole_days_and_spans_keep_both_ends(enter: Enter) -> None:
    sent = enquiry(description="Lead time 2 to 3 months. Batches of 50 to 200 pieces.", take="*")
    page = enter("bruno").post("/post/found", sent).text
    sent = sent_by(page)
    assert (sent["requirements-0-value"], sent["requirements-0-value_to"]) == (["61"], ["92"])
    assert (sent["requirements-1-value"], sent["requirements-1-value_to"]) == (["50"], ["200"])


def test_scripts_get_the_proposals_alone(enter: Enter) -> None:
    page = enter("bruno").post("/post/proposals", enquiry(description=TEXT)).text
    assert "<html" not in page
    assert len(proposed(page)) == 5
    assert 'data-row-criterion="lead_time_days"' in page
    empty = form(description=TEXT) | {"side": "", "kind": ""}
    assert proposed(enter("bruno").post("/post/proposals", empty).text) == []


def test_another_persons_listing_is_not_opened_by_looking(enter: Enter, site: World) -> None:
    reference = site.published()
    sent = enquiry(description=TEXT, reference=reference, version="1")
    assert enter("bruno").post("/post/found", sent).status_code in {403, 404}
    own = form(description=TEXT, reference=reference, version=str(site.listing(reference).version))
    answer = enter("anna").post("/post/found", own)
    assert answer.status_code == 200
    assert "tolerance_mm:at_most::0.02:" in proposed(answer.text)


def test_texts_of_others_are_shown_as_text(enter: Enter) -> None:
    page = (
        enter("bruno")
        .post(
            "/post/found",
            enquiry(description='<b>ISO 9001</b> "><script>alert(1)</script>', ignore='"><script>'),
        )
        .text
    )
    assert "<script>alert" not in page
    assert '"><script>' not in page
