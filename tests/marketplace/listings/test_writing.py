from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from marketplace.errors import Conflict, Forbidden, Invalid, NotFound
from marketplace.listings.models import Listing, State
from marketplace.listings.services import (
    Posted,
    change_state,
    edit_listing,
    expire_listings,
    post_listing,
    publish_listing,
    renew_listing,
    return_listing,
    submit_listing,
    touch_listings_of,
    values_of,
)
from marketplace.offices.models import Office
from marketplace.organisations.models import Organisation
from tests.marketplace.listings.world import FIRM, NOW, TODAY, World, raw, request, values


def count(world: World) -> int:
    with world.database.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Listing)) or 0


def trust(world: World, *, verified: bool = True) -> None:
    """Let the office publish verified organisations at once."""
    with world.database.transaction() as session:
        session.get_one(Office, world.office_id).publishes_verified_at_once = True
        if verified:
            session.get_one(Organisation, world.firm_id).verified_at = NOW


def test_a_draft_has_a_reference_and_tells_nobody(world: World) -> None:
    offer = world.listing(world.draft())
    assert offer.reference == f"OFR-{NOW.year}-{offer.id:05d}"
    assert offer.state is State.DRAFT
    assert [row.phrase for row in offer.capabilities] == ["CNC turning", "thread rolling"]
    assert world.events() == []
    assert world.acts() == ["listing:post"]
    with world.database.transaction() as session:
        posted = post_listing(
            session, world.buyer(), values(request()), organisation_id=world.buyer_id, form_key="b", now=NOW
        )
        assert posted.listing.reference == f"REQ-{NOW.year}-{posted.listing.id:05d}"


def test_two_submissions_of_one_form_at_the_same_time_make_one_listing(anywhere: World) -> None:
    posted: list[Posted] = []
    errors: list[BaseException] = []
    together = threading.Barrier(2)

    def send() -> None:
        try:
            together.wait(5)
            with anywhere.database.transaction() as session:
                found = post_listing(
                    session,
                    anywhere.member(),
                    values(raw()),
                    organisation_id=anywhere.firm_id,
                    form_key="k",
                    now=NOW,
                )
                if found.listing.state is State.DRAFT:
                    submit_listing(session, anywhere.member(), str(found.listing.reference), now=NOW)
                posted.append(found)
        except BaseException as error:  # noqa: BLE001 - a thread's failure must reach the test
            errors.append(error)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
    assert count(anywhere) == 1
    assert len({found.listing.id for found in posted}) == 1
    assert sorted(found.new for found in posted) == [False, True]
    assert anywhere.events() == ["ListingSubmitted"]


def test_the_same_form_sent_again_renews_its_draft(world: World) -> None:
    reference = world.draft("k", title="First words")
    assert world.draft("k", title="Better words") == reference
    assert world.listing(reference).title == "Better words"
    assert count(world) == 1


def test_a_form_of_somebody_else_is_not_taken_over(world: World) -> None:
    world.draft("k")
    with pytest.raises(Conflict), world.database.transaction() as session:
        post_listing(
            session, world.buyer(), values(request()), organisation_id=world.buyer_id, form_key="k", now=NOW
        )
    assert count(world) == 1


def test_nobody_posts_for_an_organisation_that_is_not_theirs(world: World) -> None:
    for actor, firm, error in (
        (world.buyer(), world.firm_id, Forbidden),
        (world.member("viewer"), world.firm_id, Forbidden),
        (world.member(), 4711, NotFound),
    ):
        with pytest.raises(error), world.database.transaction() as session:
            post_listing(session, actor, values(raw()), organisation_id=firm, form_key="x", now=NOW)
    assert count(world) == 0


def test_an_edit_is_written_in_full_and_empties_what_was_emptied(anywhere: World) -> None:
    first = raw(
        summary="Long parts.",
        sectors="2592",
        target_countries="KE",
        requirements=[{"criterion": "trl", "value": "5"}, {"criterion": "certificate", "value": "ISO 9001"}],
        details={"tolerance_mm": "0.02"},
    )
    reference = anywhere.draft(**first)
    second = values(
        raw(capabilities="milling", requirements=[{"criterion": "certificate", "value": "ISO 14001"}])
    )
    with anywhere.database.transaction() as session:
        version = anywhere.listing(reference).version
        edit_listing(session, anywhere.member(), reference, second, version=version, now=NOW)
    assert values_of(anywhere.listing(reference)) == second


def test_of_two_edits_the_second_is_told_both_versions(anywhere: World) -> None:
    reference = anywhere.draft()
    version = anywhere.listing(reference).version
    theirs, mine = values(raw(title="Theirs")), values(raw(title="Mine"))
    with anywhere.database.transaction() as session:
        edit_listing(session, anywhere.member(), reference, theirs, version=version, now=NOW)
    with pytest.raises(Conflict) as told, anywhere.database.transaction() as session:
        edit_listing(session, anywhere.member(), reference, mine, version=version, now=NOW)
    assert told.value.current["values"] == theirs
    assert told.value.current["version"] == anywhere.listing(reference).version
    assert anywhere.listing(reference).title == "Theirs"


def test_saving_the_same_words_twice_is_no_conflict(world: World) -> None:
    reference = world.draft()
    version = world.listing(reference).version
    for _ in range(2):
        with world.database.transaction() as session:
            edit_listing(
                session, world.member(), reference, values(raw(title="New")), version=version, now=NOW
            )
    assert world.listing(reference).title == "New"
    assert world.acts().count("listing:edit") == 1


def test_a_listing_that_has_ended_is_not_edited(world: World) -> None:
    reference = world.published()
    with world.database.transaction() as session:
        change_state(session, world.member(), reference, "close", now=NOW)
    version = world.listing(reference).version
    with pytest.raises(Conflict), world.database.transaction() as session:
        edit_listing(session, world.member(), reference, values(raw(title="X")), version=version, now=NOW)
    assert world.listing(reference).title != "X"


def test_submitting_asks_for_what_the_office_needs(world: World) -> None:
    reference = world.draft(side="request")
    with pytest.raises(Invalid) as told, world.database.transaction() as session:
        submit_listing(session, world.member(), reference, now=NOW)
    assert told.value.field == "response_deadline"
    assert world.listing(reference).state is State.DRAFT


def test_a_draft_that_has_lain_too_long_is_not_submitted_with_its_old_dates(world: World) -> None:
    reference = world.draft(**request(), key="k")
    for days, field in ((25, "response_deadline"), (400, "response_deadline")):
        with pytest.raises(Invalid) as told, world.database.transaction() as session:
            submit_listing(session, world.member(), reference, now=NOW + timedelta(days=days))
        assert told.value.field == field


def test_the_office_publishes_and_the_author_is_told(anywhere: World) -> None:
    reference = anywhere.published()
    listing = anywhere.listing(reference)
    assert listing.state is State.PUBLISHED
    assert listing.published_at == NOW
    assert anywhere.events() == ["ListingSubmitted", "ListingPublished"]
    assert anywhere.acts() == ["listing:post", "listing:submit", "listing:publish"]


def test_the_office_returns_with_a_reason_and_the_author_sends_it_again(world: World) -> None:
    reference = world.submitted()
    version = world.listing(reference).version
    with pytest.raises(Invalid), world.database.transaction() as session:
        return_listing(session, world.officer(), reference, version=version, reason="  ", now=NOW)
    with world.database.transaction() as session:
        return_listing(session, world.officer(), reference, version=version, reason="Which brass?", now=NOW)
    assert world.listing(reference).returned_because == "Which brass?"
    with world.database.transaction() as session:
        submit_listing(session, world.member(), reference, now=NOW)
    assert world.listing(reference).returned_because == ""
    assert world.events() == ["ListingSubmitted", "ListingReturned", "ListingSubmitted"]


def test_an_officer_publishes_only_what_was_read(world: World) -> None:
    reference = world.submitted()
    read = world.listing(reference).version
    with world.database.transaction() as session:
        edit_listing(session, world.member(), reference, values(raw(title="Other")), version=read, now=NOW)
    with pytest.raises(Conflict), world.database.transaction() as session:
        publish_listing(session, world.officer(), reference, version=read, now=NOW)
    assert world.listing(reference).state is State.SUBMITTED


def test_only_the_own_office_decides(world: World) -> None:
    reference = world.submitted()
    version = world.listing(reference).version
    for actor in (world.other_officer(), world.buyer()):
        with pytest.raises(NotFound), world.database.transaction() as session:
            publish_listing(session, actor, reference, version=version, now=NOW)
    with world.database.transaction() as session:
        publish_listing(session, world.admin(), reference, version=version, now=NOW)
    assert world.listing(reference).state is State.PUBLISHED


def test_a_trusting_office_publishes_verified_firms_at_once(world: World) -> None:
    trust(world)
    assert world.listing(world.submitted()).state is State.PUBLISHED
    assert world.events() == ["ListingPublished"]


def test_it_does_not_so_for_firms_that_nobody_has_checked(world: World) -> None:
    trust(world, verified=False)
    assert world.listing(world.submitted()).state is State.SUBMITTED


@pytest.mark.parametrize(
    ("given", "held"),
    [
        ({"summary": "Call +43 1 234 5678"}, ["summary:phone"]),
        ({"title": "Turning, see www.alpenwerk.com"}, ["title:link"]),
        ({"capabilities": "turning\nsales (at) alpenwerk (dot) com"}, ["capabilities:email"]),
        ({"description": "We are Alpenwerk Dreherei GmbH.", "anonymous": "yes"}, ["description:name"]),
        ({"details": {"processes": "turning; wechat: alpen_werk"}}, ["details-processes:handle"]),
        (
            {"requirements": [{"criterion": "trl", "value": "5", "evidence": "mail a@b.com"}]},
            ["requirements:email"],
        ),
    ],
)
def test_contacts_and_hidden_names_hold_a_listing_even_with_a_trusting_office(
    world: World, given: dict[str, Any], held: list[str]
) -> None:
    trust(world)
    listing = world.listing(world.submitted(**given))
    assert listing.state is State.SUBMITTED
    assert listing.held_because == held


def test_a_firm_that_is_not_hidden_may_name_itself(world: World) -> None:
    trust(world)
    assert world.listing(world.submitted(summary=f"{FIRM} turns parts.")).state is State.PUBLISHED


def test_an_edit_that_adds_a_contact_takes_the_listing_back_to_the_office(anywhere: World) -> None:
    reference = anywhere.published()
    with anywhere.database.transaction() as session:
        version = anywhere.listing(reference).version
        edit_listing(
            session,
            anywhere.member(),
            reference,
            values(raw(summary="Ring 01 533 44 85")),
            version=version,
            now=NOW,
        )
    listing = anywhere.listing(reference)
    assert listing.state is State.SUBMITTED
    assert listing.held_because == ["summary:phone"]
    assert anywhere.events()[2:] == ["ListingChanged", "ListingSubmitted"]


def test_what_an_officer_let_pass_is_not_held_again_by_another_edit(world: World) -> None:
    reference = world.published(summary="The norm of firm.com applies")
    assert world.listing(reference).held_because == ["summary:link"]
    with world.database.transaction() as session:
        version = world.listing(reference).version
        same = values(raw(summary="The norm of firm.com applies", title="New title"))
        edit_listing(session, world.member(), reference, same, version=version, now=NOW)
    assert world.listing(reference).state is State.PUBLISHED
    assert world.events()[-1] == "ListingChanged"


def test_pausing_and_reopening_tell_the_engine(world: World) -> None:
    reference = world.published()
    for verb, state in (
        ("pause", State.PAUSED),
        ("reopen", State.PUBLISHED),
        ("mark_matched", State.MATCHED),
    ):
        with world.database.transaction() as session:
            change_state(session, world.member(), reference, verb, now=NOW)
        assert world.listing(reference).state is state
    assert world.listing(reference).ended_at == NOW
    assert world.events()[2:] == ["ListingChanged"] * 3


def test_listings_end_on_their_day_and_are_announced_once_before(anywhere: World) -> None:
    reference = anywhere.published(valid_until=(TODAY + timedelta(days=20)).isoformat())
    for days, events in ((5, 0), (6, 1), (6, 1), (20, 1)):
        with anywhere.database.transaction() as session:
            expire_listings(session, now=NOW + timedelta(days=days))
        assert anywhere.events().count("ListingExpiring") == events
        assert anywhere.listing(reference).state is State.PUBLISHED
    version = anywhere.listing(reference).version
    with anywhere.database.transaction() as session:
        swept = expire_listings(session, now=NOW + timedelta(days=21))
    assert (swept.expired, swept.notices) == (1, 0)
    assert anywhere.listing(reference).state is State.EXPIRED
    assert anywhere.listing(reference).version > version
    with anywhere.database.transaction() as session:
        assert expire_listings(session, now=NOW + timedelta(days=22)).expired == 0


def test_one_click_renews_for_a_year_and_gives_answers_new_time(world: World) -> None:
    reference = world.published(**request(), key="k")
    late = NOW + timedelta(days=400)
    with world.database.transaction() as session:
        expire_listings(session, now=late)
    with world.database.transaction() as session:
        renew_listing(session, world.member(), reference, now=late)
    listing = world.listing(reference)
    assert listing.state is State.PUBLISHED
    assert listing.valid_until == late.date() + timedelta(days=365)
    assert listing.response_deadline == late.date() + timedelta(days=30)
    with world.database.transaction() as session:
        expire_listings(session, now=late + timedelta(days=360))
    assert world.events().count("ListingExpiring") == 1


def test_what_has_ended_by_the_calendar_is_renewed_not_reopened(world: World) -> None:
    reference = world.published()
    with world.database.transaction() as session:
        change_state(session, world.member(), reference, "pause", now=NOW)
    with pytest.raises(Conflict, match="Renew"), world.database.transaction() as session:
        change_state(session, world.member(), reference, "reopen", now=NOW + timedelta(days=400))


def test_a_change_of_the_organisation_makes_the_engine_read_its_open_listings_again(anywhere: World) -> None:
    reference, draft = anywhere.published(), anywhere.draft("other")
    before = anywhere.listing(reference)
    with anywhere.database.transaction() as session:
        assert touch_listings_of(session, anywhere.firm_id, now=NOW) == 1
    after = anywhere.listing(reference)
    assert after.change > before.change
    assert after.version == before.version
    assert anywhere.listing(draft).change < after.change
    assert anywhere.events()[-1] == "ListingChanged"


def test_the_listings_of_a_suspended_organisation_are_paused(anywhere: World) -> None:
    reference, draft = anywhere.published(), anywhere.draft("other")
    with anywhere.database.transaction() as session:
        session.get_one(Organisation, anywhere.firm_id).suspended_at = NOW
    with anywhere.database.transaction() as session:
        assert touch_listings_of(session, anywhere.firm_id, now=NOW) == 1
    assert anywhere.listing(reference).state is State.PAUSED
    assert anywhere.listing(draft).state is State.DRAFT
    assert anywhere.events()[-1] == "ListingChanged"
    with anywhere.database.transaction() as session:
        assert touch_listings_of(session, anywhere.firm_id, now=NOW) == 0
