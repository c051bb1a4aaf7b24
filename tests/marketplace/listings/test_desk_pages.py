from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from marketplace.listings.models import State
from marketplace.listings.services import edit_listing
from marketplace.web.words import spoken
from tests.marketplace.listings.world import FIRM, NOW, World, in_days, raw, values
from tests.marketplace.visitor import Visitor, words

Enter = Callable[[str], Visitor]


@pytest.mark.parametrize("who", ["anna", "bruno"])
def test_the_desk_is_not_there_for_others(who: str, enter: Enter, site: World) -> None:
    reference = site.submitted()
    visitor = enter(who)
    assert visitor.get("/desk").status_code == 404
    assert visitor.get("/desk/review").status_code == 404
    assert visitor.post(f"/desk/review/{reference}", {"do": "publish", "version": "1"}).status_code == 404
    assert site.listing(reference).state is State.SUBMITTED


def test_today_shows_what_waits_and_what_ends_for_this_office_only(enter: Enter, site: World) -> None:
    site.submitted("a", title="Waiting one", summary="Ring +43 1 234 5678")
    site.published("b", title="Ending one", valid_until=in_days(5))
    site.published("c", title="Lasting one")
    said = words(enter("olga").get("/desk").text)
    assert "1 thing waits" in said
    assert "Waiting one" in said
    assert "There seems to be a telephone number in the summary." in said
    assert "Ending one" in said
    assert "Lasting one" not in said
    assert "2 Published" in said
    other = words(enter("omar").get("/desk").text)
    assert "Waiting one" not in other
    assert "Nothing waits for you" in other
    assert "Waiting one" in words(enter("ada").get("/desk").text)


def test_the_queue_is_oldest_first_with_what_the_checks_found(enter: Enter, site: World) -> None:
    site.submitted("a", title="Same title", capabilities="turning")
    site.submitted(
        "b", title="Same title", anonymous="yes", description=f"We at {FIRM}", details={"materials": "brass"}
    )
    page = enter("olga").get("/desk/review").text
    said = words(page)
    assert page.index("OFR-") < page.rindex("OFR-")
    assert said.count("Same title as OFR-") == 2
    assert "which is to stay hidden" in said
    assert "No contact found in the text" in said
    assert "The organisation has not been checked yet" in said
    assert said.count("Publish") >= 2


def test_an_officer_publishes_and_the_queue_shrinks(enter: Enter, site: World) -> None:
    reference = site.submitted()
    answer = enter("olga").post(
        f"/desk/review/{reference}", {"do": "publish", "version": str(site.listing(reference).version)}
    )
    assert f"{reference} is published" in words(answer.text)
    assert "Nothing waits for review" in words(answer.text)
    assert site.listing(reference).state is State.PUBLISHED


def test_returning_needs_a_reason_from_the_list_or_in_words(enter: Enter, site: World) -> None:
    reference = site.submitted()
    olga = enter("olga")
    version = str(site.listing(reference).version)
    answer = olga.post(f"/desk/review/{reference}", {"do": "return", "version": version})
    assert answer.status_code == 422
    assert "Say what has to be mended" in words(answer.text)
    sent = {"do": "return", "version": version, "reasons": ["unclear", "nonsense"], "words": "Which brass?"}
    answer = olga.post(f"/desk/review/{reference}", sent)
    assert "went back to its author" in words(answer.text)
    told = site.listing(reference).returned_because
    assert told.endswith("\nWhich brass?")
    assert told.startswith("It is not clear enough")


def test_what_has_changed_since_it_was_read_is_not_decided_upon(enter: Enter, site: World) -> None:
    reference = site.submitted()
    for version in ("1", "0", "x", ""):
        answer = enter("olga").post(f"/desk/review/{reference}", {"do": "publish", "version": version})
        assert answer.status_code == 409
        assert "Read it again" in words(answer.text)
    assert site.listing(reference).state is State.SUBMITTED


def test_who_comes_second_is_told_who_was_first_and_what_they_did(enter: Enter, site: World) -> None:
    for act, told, now in (
        ({"do": "publish"}, "published it.", "It is published."),
        (
            {"do": "return", "words": "Which brass?"},
            "returned it to its author.",
            "The office has returned it.",
        ),
    ):
        reference = site.submitted(key=act["do"])
        seen = {"version": str(site.listing(reference).version)}
        assert enter("olga").post(f"/desk/review/{reference}", {**seen, **act}).status_code == 200
        for late in ({"do": "publish"}, {"do": "return", "words": "Too short."}):
            answer = enter("ada").post(f"/desk/review/{reference}", {**seen, **late})
            assert answer.status_code == 409
            said = words(answer.text)
            assert f"This cannot be done any more. Olga of SPX AT {told}" in said
            assert spoken(site.listing(reference).updated_at) in said
            assert now in said


def test_what_its_author_changed_meanwhile_is_told_too(enter: Enter, site: World) -> None:
    reference = site.submitted()
    seen = {"version": str(site.listing(reference).version)}
    with site.database.transaction() as session:
        edit_listing(
            session,
            site.member(),
            reference,
            values(raw(title="CNC turning of bronze parts")),
            version=site.listing(reference).version,
            now=NOW,
        )
    answer = enter("olga").post(f"/desk/review/{reference}", {**seen, "do": "publish"})
    assert answer.status_code == 409
    assert "Anna changed it." in words(answer.text)
    assert "Read it again before you decide." in words(answer.text)
    assert site.listing(reference).state is State.SUBMITTED


def test_another_office_cannot_decide(app: Flask, enter: Enter, site: World) -> None:
    reference = site.submitted()
    sent = {"do": "publish", "version": str(site.listing(reference).version)}
    assert enter("omar").post(f"/desk/review/{reference}", sent).status_code == 404
    assert Visitor(app).post(f"/desk/review/{reference}", sent, follow_redirects=False).status_code == 302
    assert site.listing(reference).state is State.SUBMITTED
