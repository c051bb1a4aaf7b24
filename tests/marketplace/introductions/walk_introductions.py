"""The part of the walk where two sides are brought together, from a match or an interest to an outcome."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from marketplace.errors import ExchangeError
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.find import joined_already
from marketplace.introductions.services.see import see_contacts
from marketplace.introductions.states import REVEALED, IntroductionState
from tests.marketplace.introductions.walk import RIGHT, SENSIBLE, VERBS, WHICH, WHO
from tests.marketplace.introductions.walk_listings import ListingRules
from tests.marketplace.introductions.walk_matches import MatchRules

MOST: Final = 4
_OPEN: Final = ("decline", "withdraw", "remind")
_TOGETHER: Final = ("hold_meeting", "negotiate", "agree", "fail")
ALL: Final = ("vet", "send_on", "accept", *_OPEN, *_TOGETHER)
# What may be done at a time; where nothing may, everything is tried.
POSSIBLE: Final = {
    IntroductionState.PROPOSED: ("vet", "vet", *_OPEN),
    IntroductionState.VETTED: ("send_on", "send_on", *_OPEN),
    IntroductionState.SENT: ("accept", "accept", *_OPEN),
    **dict.fromkeys(REVEALED[:3], _TOGETHER),
}
TALK: Final = ("write", "propose times", "accept a time", "note")
# The last of them is half a year and more: it is asked how a partnership fares.
HOURS: Final = (1, 30, 100, 400, 4500)


class IntroductionRules(ListingRules, MatchRules):
    """Whatever anybody tries with an introduction, and before there is one."""

    @precondition(lambda self: len(self.keys) < MOST and self.listings())
    @rule(who=WHO, which=WHICH, own=st.none() | WHICH)
    def express(self, who: str, which: int, own: int | None) -> None:
        """Somebody is interested in a listing, of whatever state, for one of their own or for none."""
        listings = self.listings()
        listing = listings[which % len(listings)]
        other = self.world.maker if listing.organisation_id == self.world.buyer else self.world.buyer
        person = self.someone(who, self.person_of(other))
        organisation = next(iter(person.memberships), other)
        mine = [found.id for found in listings if found.organisation_id == organisation]
        chosen = mine[own % len(mine)] if mine and own is not None else None
        key = self.attempt(
            lambda: self.world.express(person, organisation_id=organisation, listing=listing.id, own=chosen)
        )
        if key is not None and key not in self.keys:
            self.keys.append(key)

    @precondition(lambda self: len(self.keys) < MOST and self.matches())
    @rule(who=WHO, which=WHICH, turned=st.booleans())
    def broker(self, who: str, which: int, turned: bool) -> None:  # noqa: FBT001 (Hypothesis gives it by its name)
        """Somebody proposes to introduce the two of a match; while they are being introduced, never again."""
        matches = self.matches()
        match = matches[which % len(matches)]
        first, second = (match.request, match.offer) if turned else (match.offer, match.request)
        person = self.someone(who, self.officer_of(first.office_id))
        joined = self.read(lambda session: joined_already(session, first, second))
        key = self.attempt(lambda: self.world.propose(person, first=first.id, second=second.id))
        if key is not None:
            assert joined is None
            assert self.world.get(key).total == match.total
            self.keys.append(key)

    def introduction(self, which: int) -> int:
        """Return the key of an introduction."""
        return self.keys[which % len(self.keys)]

    @precondition(lambda self: self.keys)
    @rule(numbers=VERBS, sensible=SENSIBLE, who=WHO, which=WHICH)
    def act(self, numbers: list[int], sensible: bool, who: str, which: int) -> None:  # noqa: FBT001 (likewise)
        """Somebody tries something; it is done, or refused in one of the four ways."""
        key = self.introduction(which)
        for number in numbers:
            state = self.world.get(key).state
            verbs = POSSIBLE.get(state, ALL) if sensible else ALL
            self.do(verbs[number % len(verbs)], key, who)

    @precondition(lambda self: self.keys)
    @rule(which=WHICH, steps=st.integers(1, 5))
    def go_on(self, which: int, steps: int) -> None:
        """Whoever it falls to does what usually comes next, some steps far."""
        key = self.introduction(which)
        for _step in range(steps):
            self.do(self.usual(key), key)

    @precondition(lambda self: self.keys)
    @rule(verb=st.sampled_from((*_OPEN[:2], "fail")), who=WHO, which=WHICH)
    def end(self, verb: str, who: str, which: int) -> None:
        """Somebody says no."""
        self.do(verb, self.introduction(which), who)

    @precondition(lambda self: self.keys)
    @rule(who=WHO, which=WHICH)
    def look_at_contacts(self, who: str, which: int) -> None:
        """Somebody would read how the two are reached; nobody can before both have said yes."""
        found = self.world.get(self.introduction(which))
        person = self.someone(who, self.person_of(found.other_organisation_id))
        both = found.proposer_accepted_at is not None and found.other_accepted_at is not None
        concerned = {self.world.maker, self.world.buyer, self.world.strangers} & set(person.memberships)
        sides = {found.proposer_organisation_id, found.other_organisation_id}
        brokers = person.is_admin or person.office_id in {found.proposer_office_id, found.other_office_id} - {
            None
        }
        try:
            with self.database.transaction() as session:
                read = session.get_one(Introduction, found.id)
                see_contacts(session, person, read, now=self.world.now)
        except ExchangeError:
            assert not both or not (brokers or concerned & sides)
        else:
            assert both
            assert brokers or concerned & sides
            self.changed = True
            self.reached["contacts read"] += 1

    @precondition(lambda self: self.keys)
    @rule(who=WHO, which=WHICH, what=st.sampled_from(TALK), number=st.integers(0, 3), yes=st.booleans())
    def talk(self, who: str, which: int, what: str, number: int, yes: bool) -> None:  # noqa: FBT001 (likewise)
        """Somebody writes, proposes to meet, accepts a time, or notes whether they have met."""
        key, world = self.introduction(which), self.world
        person = self.someone(who, "buyer_person" if what == "accept a time" else "maker_person")
        acts: dict[str, Callable[[], object]] = {
            "write": lambda: world.write(key, person, to_all=yes),
            "propose times": lambda: world.propose_times(key, person, answering=number),
            "accept a time": lambda: world.accept_time(key, person, number),
            "note": lambda: world.note_meeting(key, person, number, held=yes),
        }
        self.attempt(acts[what])

    @rule(hours=st.sampled_from(HOURS))
    def wait(self, hours: int) -> None:
        """Time passes, and each sweep comes twice."""
        self.sweep(timedelta(hours=hours))
        self.sweep(timedelta(0))

    def introduce(self, *, by_office: bool) -> None:
        """Begin between the first two listings, as it should go."""
        if by_office:
            self.broker(RIGHT, 0, turned=False)
        else:
            offer = next(at for at, found in enumerate(self.listings()) if found.side.value == "offer")
            self.express(RIGHT, 1 - offer, 0)
