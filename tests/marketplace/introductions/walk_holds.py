"""What must hold after every step of the walk, whoever has done what."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import pairwise, product
from typing import Final

from marketplace import policy
from marketplace.audit import AuditEntry
from marketplace.introductions.models import FollowUp, Introduction, MeetingState
from marketplace.introductions.models.outcome import FOLLOWED_AFTER_MONTHS
from marketplace.introductions.states import (
    ACTS,
    AWAITED,
    EVENTS,
    LIVE,
    REVEALED,
    TABLE,
    By,
    IntroductionState,
    Origin,
)
from marketplace.listings.models import Listing, State
from marketplace.listings.services import STATES
from marketplace.listings.services.states import OWN, STAFF, SYSTEM
from marketplace.matches.queries.matches import RESCORING
from matching.types import Side
from tests.marketplace.introductions.walk_seen import Seen

STEPS: Final = {found.name: found for found in TABLE}
# What a listing's own steps record; others may say as well that a listing has changed.
OF_LISTINGS: Final = ("ListingSubmitted", "ListingPublished", "ListingReturned")
ASKED: Final = "IntroductionFollowUpAsked"


def listings_go_by_their_table(seen: Seen) -> None:
    """Each state of a listing is one entry, of a row of the table, by who may, from where it stood."""
    recorded = Counter((event.kind, event.ids["listing"]) for event in seen.events if "listing" in event.ids)
    for listing in seen.listings.values():
        first, *steps = [
            entry for entry in seen.audit["listing", listing.id] if entry.act.startswith("listing:")
        ]
        assert first.act == "listing:post"
        state, due = State.DRAFT, Counter[str]()
        for entry in steps:
            row = STATES[state, entry.act.removeprefix("listing:")]
            assert (entry.facts["from"], entry.facts["to"]) == (state, row.to)
            assert entry.actor_id in _may(seen, listing, row.permission)
            due.update(row.events)
            state = row.to
        assert state is listing.state
        for kind in OF_LISTINGS:
            assert recorded[kind, listing.id] == due[kind]
        assert recorded["ListingChanged", listing.id] >= due["ListingChanged"]


def _may(seen: Seen, listing: Listing, permission: str) -> set[int | None]:
    """Return who may take a step of a listing."""
    world = seen.world
    owners = {world.maker: "maker_person", world.buyer: "buyer_person", world.strangers: "stranger"}
    officers = {world.first_office: "first", world.second_office: "second"}
    may: dict[str, set[int | None]] = {
        SYSTEM: {None},
        OWN: {world.user_id(owners[int(listing.organisation_id or 0)])},
        STAFF: {world.user_id("admin"), world.user_id(officers.get(int(listing.office_id or 0), "admin"))},
    }
    return may[permission]


def matches_are_of_open_listings(seen: Seen) -> None:
    """Both were public, one asks and one offers; where one is public no more, a rescoring is on its way."""
    waiting = {
        event.ids["listing"] for event in seen.events if event.kind in RESCORING and event.done_at is None
    }
    for match in seen.matches:
        request, offer = seen.listings[match.request_id], seen.listings[match.offer_id]
        assert (request.side, offer.side) == (Side.REQUEST, Side.OFFER)
        assert request.kind is offer.kind
        for listing in (request, offer):
            assert State.PUBLISHED in {state for _at, state in seen.way(listing.id)}
            assert listing.state is State.PUBLISHED or listing.id in waiting


def introductions_begin_at_open_listings(seen: Seen) -> None:
    """Both listings were public when it began; what an officer proposes was found by the engine."""
    for found in seen.introductions:
        begun = _entries(seen, found)[0]
        assert seen.state_at(found.other_listing_id, begun.id) is State.PUBLISHED
        if found.proposer_listing_id is not None:
            assert seen.state_at(found.proposer_listing_id, begun.id) is State.PUBLISHED
            sides = [seen.listings[key].side for key in (found.proposer_listing_id, found.other_listing_id)]
            assert set(sides) == set(Side)
        if found.origin is Origin.OFFICE:
            assert found.total is not None


def nothing_opens_without_two_consents(seen: Seen) -> None:
    """Contacts are open exactly where both have said yes, and for ever; and only to those concerned."""
    for found in seen.introductions:
        both = found.proposer_accepted_at is not None and found.other_accepted_at is not None
        assert (found.revealed_at is not None) == both
        assert both == (found.state in REVEALED)
        assert (found.due_at is not None) == (found.state in AWAITED)
        sides = {found.proposer_organisation_id, found.other_organisation_id}
        offices = {found.proposer_office_id, found.other_office_id} - {None}
        for person in seen.people.values():
            concerned = person.is_admin or person.office_id in offices or sides & set(person.memberships)
            assert policy.allowed(person, "introduction:contacts", found) == (both and bool(concerned))


def first_moments_are_those_of_the_record(seen: Seen) -> None:
    """When two have met, and when a listing was answered, is written once, the first time."""
    said = defaultdict(list)
    for found in seen.introductions:
        met = [entry.at for entry in _entries(seen, found) if entry.act == "introduction:hold_meeting"]
        met += [
            row.noted_at
            for row in seen.meetings
            if row.introduction_id == found.id and row.state is MeetingState.HELD and row.noted_at
        ]
        assert found.met_at == min(met, default=None)
        for key in (found.proposer_listing_id, found.other_listing_id):
            if found.revealed_at is not None:
                said[key].append(found.revealed_at)
    for listing in seen.listings.values():
        assert listing.answered_at == min(said[listing.id], default=None)


def the_audit_is_the_way_that_was_taken(seen: Seen) -> None:
    """Each transition is one entry, of a row of the table, that begins where the last one ended."""
    for found in seen.introductions:
        state: str | None = None
        for entry in _entries(seen, found):
            step = STEPS[entry.facts["step"]]
            assert entry.act == step.act
            assert entry.facts.get("from") == state
            assert state is None or IntroductionState(state) in step.froms
            state = entry.facts["to"]
            assert state == step.to
        assert state == found.state


def each_step_is_told_once(seen: Seen) -> None:
    """There is one event a transition, find and question, and at most one notice and one mail a person."""
    taken = sum(len(_entries(seen, found)) for found in seen.introductions)
    assert sum(event.kind in EVENTS for event in seen.events) == taken
    found = Counter(
        (event.ids["request"], event.ids["offer"], event.ids["side"])
        for event in seen.events
        if event.kind == "MatchFound"
    )
    asked = Counter(event.ids["follow_up"] for event in seen.events if event.kind == ASKED)
    told = Counter((row.event_id, row.user_id, row.channel) for row in seen.deliveries)
    assert set(found.values()) | set(asked.values()) | set(told.values()) <= {1}


def one_lives(seen: Seen) -> None:
    """Between a company, or a listing, and a listing there is one live introduction at most."""
    live = [found for found in seen.introductions if found.state in LIVE]
    companies = Counter((found.proposer_organisation_id, found.other_listing_id) for found in live)
    pairs = Counter(
        (found.proposer_listing_id, found.other_listing_id) for found in live if found.proposer_listing_id
    )
    assert set(companies.values()) | set(pairs.values()) <= {1}


def nobody_meets_who_is_not_known(seen: Seen) -> None:
    """Both consents come before a meeting and an agreement; one side proposes, the other accepts."""
    opened = {found.id for found in seen.introductions if found.revealed_at is not None}
    assert {row.introduction_id for row in seen.meetings} <= opened
    assert all(row.accepted_by is not row.proposed_by for row in seen.meetings)
    assert seen.agreed == {
        found.id for found in seen.introductions if found.state is IntroductionState.AGREED
    }
    # What was written before the other side was asked is not for it.
    assert seen.early == []


def both_sides_are_followed_up(seen: Seen) -> None:
    """Each side of an agreement has a question for each time, asked when due and once, and one answer."""
    every = sorted(product(seen.agreed, (By.OTHER, By.PROPOSER), FOLLOWED_AFTER_MONTHS))
    assert sorted((row.introduction_id, row.side, row.months) for row in seen.follow_ups) == every
    asked = {event.ids["follow_up"] for event in seen.events if event.kind == ASKED}
    assert asked == {row.id for row in seen.follow_ups if row.asked_at is not None}
    told = defaultdict(set)
    for delivery in seen.deliveries:
        if delivery.kind == ASKED:
            told[delivery.ids["follow_up"]].add(delivery.user_id)
    introductions = {found.id: found for found in seen.introductions}
    for row in seen.follow_ups:
        people = _of_side(seen, introductions[row.introduction_id], row.side)
        assert told[row.id] <= people
        assert row.asked_at is None or row.asked_at >= row.due_at
        answers = _answers(seen, row)
        assert row.answer == (answers[-1].facts["answer"] if answers else None)
        assert {entry.actor_id for entry in answers} <= people
        assert row.answered_by_id in (people if answers else {None})


def _answers(seen: Seen, row: FollowUp) -> list[AuditEntry]:
    """Return what a side has answered; each says something new."""
    answers = [
        entry
        for entry in seen.audit["introduction", row.introduction_id]
        if entry.act == "follow_up:answer"
        and (entry.facts["by"], entry.facts["months"]) == (row.side, row.months)
    ]
    said = [entry.facts["answer"] for entry in answers]
    assert all(one != next_one for one, next_one in pairwise(said))
    return answers


def _of_side(seen: Seen, found: Introduction, side: By) -> set[int | None]:
    world = seen.world
    people = {
        world.maker: {world.user_id("maker_person"), world.user_id("maker_reader")},
        world.buyer: {world.user_id("buyer_person")},
        world.strangers: {world.user_id("stranger")},
    }
    key = found.proposer_organisation_id if side is By.PROPOSER else found.other_organisation_id
    return set(people[int(key or 0)])


def _entries(seen: Seen, found: Introduction) -> list[AuditEntry]:
    return [entry for entry in seen.audit["introduction", found.id] if entry.act in ACTS]


HOLDS: Final[tuple[Callable[[Seen], None], ...]] = (
    listings_go_by_their_table,
    matches_are_of_open_listings,
    introductions_begin_at_open_listings,
    nothing_opens_without_two_consents,
    first_moments_are_those_of_the_record,
    the_audit_is_the_way_that_was_taken,
    each_step_is_told_once,
    one_lives,
    nobody_meets_who_is_not_known,
    both_sides_are_followed_up,
)
