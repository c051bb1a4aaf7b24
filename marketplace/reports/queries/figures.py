"""The figures that offices report: one row each, and nothing about a figure anywhere else.

A figure is a select of the rows that it counts.  The number is worked out from these rows, and the list
behind it shows these rows, so that the two cannot disagree.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import sqlalchemy as sa

from marketplace.introductions.models import Agreement, FollowUp, FollowUpAnswer, Introduction
from marketplace.introductions.states import By, IntroductionState, Origin
from marketplace.listings.models import Listing
from marketplace.organisations.models import Organisation
from marketplace.reports.queries.meetings import held_meetings
from marketplace.reports.queries.scope import Scope
from marketplace.reports.queries.things import (
    Rows,
    days_between,
    first_answers,
    introduction_rows,
    least_developed,
    listing_rows,
    one,
    organisation_rows,
    share,
    women_led,
    worth,
)


class Thing(enum.StrEnum):
    """What the rows of a figure are."""

    LISTING = "listing"
    INTRODUCTION = "introduction"
    ORGANISATION = "organisation"


class Measure(enum.StrEnum):
    """How a figure is worked out from its rows."""

    COUNT = "count"
    # The sum of their values.
    SUM = "sum"
    # The mean of their days.
    DAYS = "days"
    # How many of 100 have the property.
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Parameters
    ----------
    name
        As in its address.
    rows
        What it counts, for a scope, of all time.
    """

    name: str
    thing: Thing
    measure: Measure
    rows: Callable[[Scope], Rows]


S = IntroductionState


def _received(scope: Scope) -> Rows:
    # What an import publishes was never handed in.
    return listing_rows(scope, sa.func.coalesce(Listing.submitted_at, Listing.published_at), one())


def _review_days(scope: Scope) -> Rows:
    days = days_between(Listing.submitted_at, Listing.published_at)
    return listing_rows(scope, Listing.published_at, days).where(Listing.published_at >= Listing.submitted_at)


def _answered(scope: Scope) -> Rows:
    answers = first_answers()
    return listing_rows(scope, answers.c.at, one()).join(answers, answers.c.id == Listing.id)


def _begun(scope: Scope) -> Rows:
    return introduction_rows(scope, Introduction.proposed_at, one())


def _office_days(scope: Scope) -> Rows:
    days = days_between(Introduction.proposed_at, Introduction.vetted_at)
    return introduction_rows(scope, Introduction.vetted_at, days).where(
        Introduction.origin == Origin.INTEREST, Introduction.vetted_at >= Introduction.proposed_at
    )


def _sent(scope: Scope) -> Rows:
    return introduction_rows(scope, Introduction.sent_at, one())


def _side_days(scope: Scope) -> Rows:
    said = sa.func.coalesce(Introduction.revealed_at, Introduction.ended_at)
    refused = sa.and_(Introduction.state == S.DECLINED, Introduction.ended_by.in_([By.PROPOSER, By.OTHER]))
    return introduction_rows(scope, said, days_between(Introduction.sent_at, said)).where(
        Introduction.sent_at.is_not(None), sa.or_(Introduction.revealed_at.is_not(None), refused)
    )


def _ended(state: IntroductionState) -> Callable[[Scope], Rows]:
    def rows(scope: Scope) -> Rows:
        return introduction_rows(scope, Introduction.ended_at, one()).where(Introduction.state == state)

    return rows


def _accepted(scope: Scope) -> Rows:
    return introduction_rows(scope, Introduction.revealed_at, one())


def _meetings(scope: Scope) -> Rows:
    held = held_meetings()
    return introduction_rows(scope, held.c.at, one()).join(held, held.c.id == Introduction.id)


def _agreements(scope: Scope) -> Rows:
    rows = introduction_rows(scope, Introduction.ended_at, one(), band=worth())
    return rows.outerjoin(Agreement, Agreement.introduction_id == Introduction.id).where(
        Introduction.state == S.AGREED
    )


def _jobs(scope: Scope) -> Rows:
    jobs = sa.cast(Agreement.jobs, sa.Float())
    return (
        introduction_rows(scope, Introduction.ended_at, jobs, band=worth())
        .join(Agreement, Agreement.introduction_id == Introduction.id)
        .where(Introduction.state == S.AGREED, Agreement.jobs.is_not(None))
    )


def _faring_well(scope: Scope) -> Rows:
    well = FollowUp.answer.in_([FollowUpAnswer.GROWING, FollowUpAnswer.AS_AGREED])
    return introduction_rows(scope, FollowUp.answered_at, share(well)).join(
        FollowUp, FollowUp.introduction_id == Introduction.id
    )


def _women_led(scope: Scope) -> Rows:
    led, known = women_led()
    return introduction_rows(scope, Introduction.revealed_at, share(led)).where(known)


def _least_developed(scope: Scope) -> Rows:
    return introduction_rows(scope, Introduction.revealed_at, share(least_developed()))


def _profiled(scope: Scope) -> Rows:
    return organisation_rows(scope, Organisation.created_at, one())


def _verified(scope: Scope) -> Rows:
    return organisation_rows(scope, Organisation.verified_at, one())


def _women_led_organisations(scope: Scope) -> Rows:
    return organisation_rows(
        scope, Organisation.created_at, share(sa.func.coalesce(Organisation.women_led, sa.false()))
    ).where(Organisation.women_led.is_not(None))


# In the order in which they are read.
FIGURES: Final[Mapping[str, Figure]] = MappingProxyType(
    {
        figure.name: figure
        for figure in (
            Figure("enquiries-received", Thing.LISTING, Measure.COUNT, _received),
            Figure("review-days", Thing.LISTING, Measure.DAYS, _review_days),
            Figure("enquiries-answered", Thing.LISTING, Measure.COUNT, _answered),
            Figure("introductions-begun", Thing.INTRODUCTION, Measure.COUNT, _begun),
            Figure("office-days", Thing.INTRODUCTION, Measure.DAYS, _office_days),
            Figure("introductions-sent", Thing.INTRODUCTION, Measure.COUNT, _sent),
            Figure("side-days", Thing.INTRODUCTION, Measure.DAYS, _side_days),
            Figure("introductions-accepted", Thing.INTRODUCTION, Measure.COUNT, _accepted),
            Figure("introductions-declined", Thing.INTRODUCTION, Measure.COUNT, _ended(S.DECLINED)),
            Figure("introductions-unanswered", Thing.INTRODUCTION, Measure.COUNT, _ended(S.EXPIRED)),
            Figure("meetings", Thing.INTRODUCTION, Measure.COUNT, _meetings),
            Figure("agreements", Thing.INTRODUCTION, Measure.COUNT, _agreements),
            Figure("jobs", Thing.INTRODUCTION, Measure.SUM, _jobs),
            Figure("faring-well", Thing.INTRODUCTION, Measure.SHARE, _faring_well),
            Figure("women-led", Thing.INTRODUCTION, Measure.SHARE, _women_led),
            Figure("least-developed", Thing.INTRODUCTION, Measure.SHARE, _least_developed),
            Figure("organisations-profiled", Thing.ORGANISATION, Measure.COUNT, _profiled),
            Figure("organisations-verified", Thing.ORGANISATION, Measure.COUNT, _verified),
            Figure("organisations-women-led", Thing.ORGANISATION, Measure.SHARE, _women_led_organisations),
        )
    }
)
