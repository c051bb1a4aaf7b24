"""The part of the walk where listings are written, reviewed, changed and ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy.orm import Session

from marketplace.listings.models import Listing
from marketplace.listings.services import (
    PLAIN_VERBS,
    change_state,
    edit_listing,
    possible,
    post_listing,
    publish_listing,
    renew_listing,
    return_listing,
    submit_listing,
    values_of,
)
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.standing import readmit_organisation, suspend_organisation
from tests.marketplace.introductions.walk import RIGHT, SENSIBLE, VERBS, WHICH, WHO, Walking
from tests.marketplace.listings.world import raw, values

MOST: Final = 6
# Two that fit each other, and one that fits nothing.
WORDS: Final = st.sampled_from(
    (("CNC turning", "thread rolling"), ("CNC turning",), ("Spray drying of milk powder",))
)
# What its people do with a listing, besides writing it.
ALL: Final = ("submit", "renew", *PLAIN_VERBS)
PHONE: Final = "Call +43 1 23456789."


class ListingRules(Walking):
    """Whatever becomes of listings."""

    def post(self, who: str, words: tuple[str, ...], *, asks: bool) -> str | None:
        """Write a draft; returns its reference."""
        person = self.someone(who, "buyer_person" if asks else "maker_person")
        today = self.world.now.date()
        typed = raw(
            side="request" if asks else "offer",
            capabilities="\n".join(words),
            response_deadline=(today + timedelta(days=30)).isoformat(),
        )
        self.forms += 1
        posted = self.write(
            post_listing,
            person,
            values(typed, today),
            organisation_id=next(iter(person.memberships), self.world.maker),
            form_key=f"form {self.forms}",
        )
        return None if posted is None else posted.listing.reference

    def chosen(self, which: int) -> tuple[Listing, str]:
        """Return a listing, and its reference."""
        listings = self.listings()
        listing = listings[which % len(listings)]
        return listing, str(listing.reference)

    @precondition(lambda self: len(self.listings()) < MOST)
    @rule(who=WHO, words=WORDS, asks=st.booleans())
    def post_a_draft(self, who: str, words: tuple[str, ...], asks: bool) -> None:  # noqa: FBT001 (Hypothesis gives it by its name)
        """Somebody begins a listing."""
        self.post(who, words, asks=asks)

    @precondition(lambda self: self.listings())
    @rule(numbers=VERBS, sensible=SENSIBLE, who=WHO, which=WHICH)
    def care_for(self, numbers: list[int], sensible: bool, who: str, which: int) -> None:  # noqa: FBT001 (likewise)
        """Somebody submits a listing, renews it, pauses it, says that it is over, or opens it again."""
        for number in numbers:
            listing, _reference = self.chosen(which)
            verbs = [verb for verb in ALL if possible(listing, verb)] if sensible else []
            self.treat((verbs or ALL)[number % len(verbs or ALL)], who, which)

    def treat(self, verb: str, who: str, which: int) -> None:
        """Try a verb of a listing."""
        listing, reference = self.chosen(which)
        person = self.someone(who, self.person_of(listing.organisation_id))
        if verb == "submit":
            self.write(submit_listing, person, reference)
        elif verb == "renew":
            self.write(renew_listing, person, reference)
        else:
            self.write(change_state, person, reference, verb)

    @precondition(lambda self: self.listings())
    @rule(who=WHO, which=WHICH, publish=st.sampled_from((True, True, False)), late=st.booleans())
    def review(self, who: str, which: int, publish: bool, late: bool) -> None:  # noqa: FBT001 (likewise)
        """Somebody decides on a listing, perhaps on one that was changed since they read it."""
        listing, reference = self.chosen(which)
        person = self.someone(who, self.officer_of(listing.office_id))
        version = listing.version - 1 if late else listing.version
        if publish:
            self.write(publish_listing, person, reference, version=version)
        else:
            self.write(return_listing, person, reference, version=version, reason="Say more.")

    @precondition(lambda self: self.listings())
    @rule(who=WHO, which=WHICH, words=WORDS, phone=st.booleans(), late=st.booleans())
    def change(self, who: str, which: int, words: tuple[str, ...], phone: bool, late: bool) -> None:  # noqa: FBT001 (likewise)
        """Somebody writes a listing anew, perhaps with a telephone number, or over what a colleague wrote."""
        listing, reference = self.chosen(which)
        person = self.someone(who, self.person_of(listing.organisation_id))

        def edit(session: Session, **moment: Any) -> None:
            new = replace(
                values_of(session.get_one(Listing, listing.id)),
                capabilities=words,
                description=PHONE if phone else "As drawn.",
            )
            version = listing.version - 1 if late else listing.version
            edit_listing(session, person, reference, new, version=version, **moment)

        self.write(edit)

    @rule(who=WHO, of_buyer=st.booleans(), out=st.sampled_from((True, False, False)))
    def stand(self, who: str, of_buyer: bool, out: bool) -> None:  # noqa: FBT001 (likewise)
        """Somebody shuts a company out of the exchange, or lets it in again."""
        key = self.world.buyer if of_buyer else self.world.maker
        company = self.read(lambda session: session.get_one(Organisation, key))
        person = self.someone(who, self.officer_of(company.office_id))
        if out:
            self.write(suspend_organisation, person, str(company.reference), reason="Junk.")
        else:
            self.write(readmit_organisation, person, str(company.reference))
        self.come_in()

    def publish(self, *, asks: bool) -> None:
        """Bring a listing as far as the public, as it should go."""
        reference = self.post(RIGHT, ("CNC turning", "thread rolling"), asks=asks)
        which = [listing.reference for listing in self.listings()].index(reference)
        self.treat("submit", RIGHT, which)
        self.review(RIGHT, which, publish=True, late=False)
