from __future__ import annotations

from collections.abc import Callable

from tests.marketplace.listings.browsing import PDF, box, enquiry, form, sent_by, stored, upload
from tests.marketplace.listings.world import World, raw
from tests.marketplace.visitor import Visitor, words

Enter = Callable[[str], Visitor]


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
