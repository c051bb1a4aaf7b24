"""Every figure once more, slowly and in plain Python: what the SQL is held against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.introductions.models import Agreement, FollowUp, FollowUpAnswer, Introduction, ValueBand
from marketplace.introductions.states import By, IntroductionState, Origin
from marketplace.listings.models import Listing
from marketplace.organisations.models import Benchmark, Organisation
from marketplace.programmes.models import Enrolment, Programme
from marketplace.reports.queries.least_developed import LEAST_DEVELOPED
from marketplace.reports.queries.scope import Scope

Told = tuple[int, datetime, float]
S = IntroductionState


def days(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / 86400


class ByHand:
    """All rows of a database, looked at one by one."""

    def __init__(self, session: Session) -> None:
        self.listings = list(session.scalars(sa.select(Listing)))
        self.organisations = list(session.scalars(sa.select(Organisation)))
        self.benchmarks = list(session.scalars(sa.select(Benchmark)))
        self.introductions = list(session.scalars(sa.select(Introduction)))
        self.listing = {row.id: row for row in self.listings}
        self.organisation = {row.id: row for row in self.organisations}
        self.agreement = {row.introduction_id: row for row in session.scalars(sa.select(Agreement))}
        self.answers = list(session.scalars(sa.select(FollowUp)))
        self.programmes = {row.code: row.id for row in session.scalars(sa.select(Programme))}
        self.enrolments = list(session.scalars(sa.select(Enrolment)))

    def countries(self, row: Introduction) -> tuple[str, str]:
        """Return the countries of the two sides."""
        found = []
        for organisation, listing in (
            (row.proposer_organisation_id, row.proposer_listing_id),
            (row.other_organisation_id, row.other_listing_id),
        ):
            of = self.organisation[organisation] if organisation else self.listing[listing or 0]
            found.append(of.country)
        return found[0], found[1]

    def takes_part(self, code: str, row: Any, at: datetime) -> bool:
        """Tell whether one of those whose row it is was enrolled when it counted."""
        keys: set[int | None] = {row.id} if isinstance(row, Organisation) else set()
        if isinstance(row, Listing):
            keys = {row.organisation_id}
        if isinstance(row, Introduction):
            keys, at = {row.proposer_organisation_id, row.other_organisation_id}, row.proposed_at
        return any(
            one.organisation_id in keys
            and one.programme_id == self.programmes[code]
            and (
                isinstance(row, Organisation)
                or (one.since <= at and (one.left_at is None or at < one.left_at))
            )
            for one in self.enrolments
        )

    def within(self, row: Any, scope: Scope, at: datetime) -> bool:
        """Tell whether a row belongs to an office, a country or a programme."""
        if scope.programme and not self.takes_part(scope.programme, row, at):
            return False
        if isinstance(row, Introduction):
            offices: set[int | None] = {row.proposer_office_id, row.other_office_id}
            countries = set(self.countries(row))
        else:
            offices, countries = {row.office_id}, {row.country}
        return (scope.office_id is None or scope.office_id in offices) and (
            not scope.country or scope.country in countries
        )

    def rows(self, name: str, scope: Scope) -> list[Told]:
        """Return key, moment and value of everything that a figure counts."""
        found = getattr(self, f"_{name.replace('-', '_')}")()
        return sorted((row.id, at, value) for row, at, value in found if at and self.within(row, scope, at))

    def _enquiries_received(self) -> Iterator[tuple[Any, datetime | None, float]]:
        return ((row, row.submitted_at or row.published_at, 1) for row in self.listings)

    def _review_days(self) -> Iterator[tuple[Any, datetime | None, float]]:
        for row in self.listings:
            if row.submitted_at and row.published_at and row.published_at >= row.submitted_at:
                yield row, row.published_at, days(row.submitted_at, row.published_at)

    def _enquiries_answered(self) -> Iterator[tuple[Any, datetime | None, float]]:
        for row in self.listings:
            said = [
                one.revealed_at
                for one in self.introductions
                if one.revealed_at and row.id in {one.proposer_listing_id, one.other_listing_id}
            ]
            if said:
                yield row, min(said), 1

    def _introductions_begun(self) -> Iterator[tuple[Any, datetime | None, float]]:
        return ((row, row.proposed_at, 1) for row in self.introductions)

    def _office_days(self) -> Iterator[tuple[Any, datetime | None, float]]:
        for row in self.introductions:
            if row.origin is Origin.INTEREST and row.vetted_at and row.vetted_at >= row.proposed_at:
                yield row, row.vetted_at, days(row.proposed_at, row.vetted_at)

    def _introductions_sent(self) -> Iterator[tuple[Any, datetime | None, float]]:
        return ((row, row.sent_at, 1) for row in self.introductions)

    def _side_days(self) -> Iterator[tuple[Any, datetime | None, float]]:
        for row in self.introductions:
            refused = row.state is S.DECLINED and row.ended_by in {By.PROPOSER, By.OTHER}
            said = row.revealed_at or (row.ended_at if refused else None)
            if row.sent_at and said:
                yield row, said, days(row.sent_at, said)

    def _introductions_accepted(self) -> Iterator[tuple[Any, datetime | None, float]]:
        return ((row, row.revealed_at, 1) for row in self.introductions)

    def _ended(self, state: IntroductionState) -> Iterator[tuple[Any, datetime | None, float]]:
        return ((row, row.ended_at, 1) for row in self.introductions if row.state is state)

    def _introductions_declined(self) -> Iterator[tuple[Any, datetime | None, float]]:
        return self._ended(S.DECLINED)

    def _introductions_unanswered(self) -> Iterator[tuple[Any, datetime | None, float]]:
        return self._ended(S.EXPIRED)

    def _meetings(self) -> Iterator[tuple[Any, datetime | None, float]]:
        return ((row, row.met_at, 1) for row in self.introductions)

    def _agreements(self) -> Iterator[tuple[Any, datetime | None, float]]:
        return self._ended(S.AGREED)

    def _jobs(self) -> Iterator[tuple[Any, datetime | None, float]]:
        for row in self.introductions:
            agreed = self.agreement.get(row.id)
            if agreed and agreed.jobs is not None:
                yield row, row.ended_at, agreed.jobs

    def _faring_well(self) -> Iterator[tuple[Any, datetime | None, float]]:
        well = {FollowUpAnswer.GROWING, FollowUpAnswer.AS_AGREED}
        rows = {row.id: row for row in self.introductions}
        return (
            (rows[one.introduction_id], one.answered_at, float(one.answer in well)) for one in self.answers
        )

    def _women_led(self) -> Iterator[tuple[Any, datetime | None, float]]:
        for row in self.introductions:
            sides = [row.proposer_organisation_id, row.other_organisation_id]
            told = [self.organisation[side].women_led for side in sides if side]
            if any(one is not None for one in told):
                yield row, row.revealed_at, float(any(told))

    def _least_developed(self) -> Iterator[tuple[Any, datetime | None, float]]:
        for row in self.introductions:
            yield row, row.revealed_at, float(bool(LEAST_DEVELOPED & set(self.countries(row))))

    def _organisations_profiled(self) -> Iterator[tuple[Any, datetime | None, float]]:
        return ((row, row.created_at, 1) for row in self.organisations)

    def _organisations_verified(self) -> Iterator[tuple[Any, datetime | None, float]]:
        return ((row, row.verified_at, 1) for row in self.organisations)

    def _organisations_benchmarked(self) -> Iterator[tuple[Any, datetime | None, float]]:
        counted = set()
        for one in sorted(self.benchmarks, key=lambda one: (one.recorded_at, one.id)):
            told = one.organisation_id, one.recorded_at.year, (one.recorded_at.month - 1) // 3
            if one.withdrawn_at is None and told not in counted:
                counted.add(told)
                yield self.organisation[one.organisation_id], one.recorded_at, 1

    def _organisations_women_led(self) -> Iterator[tuple[Any, datetime | None, float]]:
        for row in self.organisations:
            if row.women_led is not None:
                yield row, row.created_at, float(row.women_led)

    def keys(self, name: str, key: int) -> Mapping[str, list[str]]:
        """Return in which parts a row is: by kind, by pair, by goal and by value."""
        if name.startswith("organisations"):
            return {"kind": [], "pair": [], "sdg": [], "value": []}
        if name.startswith(("enquiries", "review")):
            listing, pair = self.listing[key], []
        else:
            row = next(one for one in self.introductions if one.id == key)
            listing, pair = self.listing[row.other_listing_id], ["-".join(sorted(self.countries(row)))]
        value = [self._worth(key)] if name in {"agreements", "jobs"} else []
        goals = [str(goal) for goal in listing.sdgs]
        return {"kind": [listing.kind.value], "pair": pair, "sdg": goals, "value": value}

    def _worth(self, key: int) -> str:
        agreed = self.agreement.get(key)
        if agreed is None or agreed.value_band is ValueBand.NOT_TOLD:
            return "not_told"
        return f"{agreed.value_band.value}-{agreed.currency}"
