"""A databank by lot: everything that may be, in any combination that the database allows."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from marketplace.db import Database
from marketplace.introductions.models import (
    Agreement,
    FollowUp,
    FollowUpAnswer,
    Introduction,
    PartnershipType,
    ValueBand,
)
from marketplace.introductions.states import ENDED, REASONED, REVEALED, By, IntroductionState, Origin, Reason
from marketplace.listings.models import Listing
from marketplace.organisations.models import Benchmark
from marketplace.programmes.models import Enrolment, Programme
from matching.types import Kind
from tests.marketplace.matches.market import Market

START = datetime(2025, 9, 1, tzinfo=UTC)
DAYS = 460
COUNTRIES = ("GH", "KE", "BD", "FR", "UG")
S = IntroductionState


class Databank:
    """Two offices, and what belongs to them or to nobody."""

    def __init__(self, database: Database, seed: int, introductions: int = 60) -> None:
        self.lot = random.Random(seed)
        self.market = Market(database, START)
        self.live: set[tuple[Any, ...]] = set()
        with self.market.together():
            self.offices = [self.market.office(), self.market.office()]
            self.organisations = [self._organisation() for _one in range(12)]
            self.listings = [self._listing() for _one in range(30)]
            session = self.market.session
            assert session is not None
            self._programme(session)
            for _one in range(20):
                self._benchmark(session)
            for number in range(introductions):
                self._introduction(session, number)

    def moment(self, after: datetime = START) -> datetime:
        """Draw a moment, now and then on the very border of two quarters."""
        if self.lot.random() < 0.1:
            return datetime(2026, self.lot.choice([1, 4, 7, 10]), 1, tzinfo=UTC)
        return after + timedelta(seconds=self.lot.randrange(DAYS * 86400))

    def later(self, than: datetime) -> datetime:
        """Draw a moment of the following weeks."""
        return than + timedelta(seconds=self.lot.randrange(40 * 86400))

    def _organisation(self) -> int:
        return self.market.organisation(
            self.lot.choice(COUNTRIES),
            office_id=self.lot.choice([*self.offices, None]),
            women_led=self.lot.choice([True, False, None]),
            created_at=self.moment(),
            verified_at=self.lot.choice([None, self.moment()]),
        )

    def _listing(self) -> int:
        organisation = self.lot.choice([*self.organisations, None])
        submitted = self.lot.choice([None, self.moment()])
        return self.market.listing(
            self.lot.choice(["offer", "request"]),
            organisation,
            office_id=self.lot.choice(self.offices)
            if organisation is None
            else self.lot.choice([*self.offices, None]),
            kind=self.lot.choice(list(Kind)),
            country=self.lot.choice(COUNTRIES),
            sdgs=sorted(self.lot.sample(range(1, 18), self.lot.randrange(4))),
            submitted_at=submitted,
            published_at=self.later(submitted) if submitted else self.moment(),
        )

    def _programme(self, session: Session) -> None:
        """Enrol half of the organisations; some leave, some come again, some left before it mattered."""
        programme = Programme(
            code="P-1", name="P", office_id=self.offices[0], starts_on=START.date(), created_at=START
        )
        session.add(programme)
        session.flush()
        for organisation in self.organisations[::2]:
            since = self.moment()
            left = self.lot.choice([None, self.later(since)])
            times = [(since, left)] if left is None else [(since, left), (self.later(left), None)]
            for begun, ended in times:
                session.add(
                    Enrolment(
                        programme_id=programme.id, organisation_id=organisation, since=begun, left_at=ended
                    )
                )

    def _benchmark(self, session: Session) -> None:
        at = self.moment()
        withdrawn = self.lot.choice([None, None, self.later(at)])
        session.add(
            Benchmark(
                organisation_id=self.lot.choice(self.organisations),
                benchmarked_on=at.date(),
                against="its peers",
                recorded_at=at,
                withdrawn_at=withdrawn,
                withdrawn_because="mistaken" if withdrawn else "",
            )
        )

    def _agreement(self, session: Session, introduction_id: int, at: datetime) -> None:
        band = self.lot.choice(list(ValueBand))
        session.add(
            Agreement(
                introduction_id=introduction_id,
                type=self.lot.choice(list(PartnershipType)),
                agreed_on=at.date(),
                value_band=band,
                currency="" if band is ValueBand.NOT_TOLD else self.lot.choice(["EUR", "GHS"]),
                jobs=self.lot.choice([None, 0, 7, 40]),
                recorded_by=By.PROPOSER,
                recorded_at=at,
            )
        )
        session.flush()
        for side in (By.PROPOSER, By.OTHER):
            answer = self.lot.choice([None, *FollowUpAnswer])
            session.add(
                FollowUp(
                    introduction_id=introduction_id,
                    side=side,
                    months=6,
                    due_at=at,
                    asked_at=at,
                    answer=answer,
                    answered_at=self.later(at) if answer else None,
                )
            )

    def _introduction(self, session: Session, number: int) -> None:
        state = self.lot.choice(list(S))
        own, other = self.lot.sample(self.listings, 2)
        mine, theirs = session.get_one(Listing, own), session.get_one(Listing, other)
        if mine.organisation_id == theirs.organisation_id:
            return
        interest = mine.organisation_id is not None and self.lot.random() < 0.7
        proposed = self.moment()
        vetted, sent, said, ended = (self.later(proposed) for _one in range(4))
        reached = REVEALED if state in REVEALED else ()
        asked = state in {S.SENT, *reached} or (state in ENDED and self.lot.random() < 0.6)
        values: dict[str, Any] = {
            "reference": f"INT-2026-{number:05}",
            "state": state,
            "origin": Origin.INTEREST if interest else Origin.OFFICE,
            "proposer_organisation_id": mine.organisation_id,
            "proposer_listing_id": own if not interest or self.lot.random() < 0.8 else None,
            "proposer_office_id": self.lot.choice([*self.offices, None]),
            "other_organisation_id": theirs.organisation_id,
            "other_listing_id": other,
            "other_office_id": self.lot.choice([*self.offices, None]),
            "proposed_at": proposed,
            "vetted_at": vetted if asked or not interest or state is S.VETTED else None,
            "sent_at": max(vetted, sent) if asked else None,
            "changed_at": ended,
            "due_at": ended if state in {S.PROPOSED, S.VETTED, S.SENT} else None,
        }
        if interest:
            values["proposer_accepted_at"] = proposed
        if state in REVEALED:
            may_have_met = state in {S.NEGOTIATING, S.AGREED, S.FAILED} and self.lot.random() < 0.7
            met = self.later(proposed) if state is S.MEETING_HELD or may_have_met else None
            values |= {
                "met_at": met,
                "revealed_at": values["sent_at"] + (said - proposed),
                "proposer_accepted_at": proposed,
                "other_accepted_at": values["sent_at"],
            }
        if state in ENDED:
            by = (
                By.EXCHANGE
                if state is S.EXPIRED
                else self.lot.choice([By.OTHER, By.PROPOSER_OFFICE, By.PROPOSER])
            )
            values |= {"ended_at": (values["sent_at"] or ended) + timedelta(days=1), "ended_by": by}
        if state in REASONED:
            values["reason"] = Reason.PRICE
        row = Introduction(**values)
        # Of the live ones, no two are of the same two sides.
        pairs = {(mine.organisation_id, other), (own, other, "listings")}
        if state not in ENDED and pairs & self.live:
            return
        self.live |= pairs if state not in ENDED else set()
        session.add(row)
        session.flush()
        if state is S.AGREED and self.lot.random() < 0.8:
            self._agreement(session, row.id, values["ended_at"])
        if row.revealed_at:
            for listing in (mine, theirs) if row.proposer_listing_id else (theirs,):
                listing.answered_at = min(row.revealed_at, listing.answered_at or row.revealed_at)
