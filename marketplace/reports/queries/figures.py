"""The figures that offices report: one row each, and nothing about a figure anywhere else.

A figure is a select of the rows that it counts.  The number is worked out from these rows, and the list
behind it shows these rows, so that the two cannot disagree.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from marketplace.introductions.models import Agreement, FollowUp, FollowUpAnswer, Introduction
from marketplace.introductions.states import By, IntroductionState, Origin
from marketplace.listings.models import Listing
from marketplace.organisations.models import Benchmark, Organisation
from marketplace.reports.queries.scope import Scope, Span
from marketplace.reports.queries.things import (
    Rows,
    days_between,
    either,
    introduction_rows,
    knowing_who_leads,
    least_developed,
    listing_rows,
    one,
    organisation_rows,
    quarter_of,
    share,
    within,
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
        What it counts now, for a scope, within a span; of a quarter that is closed see ``kept.py``.
    """

    name: str
    thing: Thing
    measure: Measure
    rows: Callable[[Scope, Span], Rows]


S = IntroductionState


def _received(scope: Scope, span: Span) -> Rows:
    handed_in, published = Listing.submitted_at, Listing.published_at
    return either(
        listing_rows(scope, handed_in, one()).where(within(span, handed_in)),
        # What an import publishes was never handed in.
        listing_rows(scope, published, one()).where(handed_in.is_(None), within(span, published)),
    )


def _review_days(scope: Scope, span: Span) -> Rows:
    days = days_between(Listing.submitted_at, Listing.published_at)
    return listing_rows(scope, Listing.published_at, days).where(
        within(span, Listing.published_at), Listing.published_at >= Listing.submitted_at
    )


def _answered(scope: Scope, span: Span) -> Rows:
    return listing_rows(scope, Listing.answered_at, one()).where(within(span, Listing.answered_at))


def _begun(scope: Scope, span: Span) -> Rows:
    return introduction_rows(scope, Introduction.proposed_at, one()).where(
        within(span, Introduction.proposed_at)
    )


def _office_days(scope: Scope, span: Span) -> Rows:
    days = days_between(Introduction.proposed_at, Introduction.vetted_at)
    return introduction_rows(scope, Introduction.vetted_at, days).where(
        within(span, Introduction.vetted_at),
        Introduction.origin == Origin.INTEREST,
        Introduction.vetted_at >= Introduction.proposed_at,
    )


def _sent(scope: Scope, span: Span) -> Rows:
    return introduction_rows(scope, Introduction.sent_at, one()).where(within(span, Introduction.sent_at))


def _side_days(scope: Scope, span: Span) -> Rows:
    yes, no = Introduction.revealed_at, Introduction.ended_at
    refused = sa.and_(Introduction.state == S.DECLINED, Introduction.ended_by.in_([By.PROPOSER, By.OTHER]))

    def said(at: Any) -> Rows:
        days = days_between(Introduction.sent_at, at)
        return introduction_rows(scope, at, days).where(within(span, at), Introduction.sent_at.is_not(None))

    return either(said(yes), said(no).where(yes.is_(None), refused))


def _ended(state: IntroductionState) -> Callable[[Scope, Span], Rows]:
    def rows(scope: Scope, span: Span) -> Rows:
        return _ended_rows(scope, span, state, one())

    return rows


def _ended_rows(
    scope: Scope, span: Span, state: IntroductionState, value: sa.ColumnElement[float], band: Any = None
) -> Rows:
    return introduction_rows(scope, Introduction.ended_at, value, band=band).where(
        within(span, Introduction.ended_at), Introduction.state == state
    )


def _accepted(scope: Scope, span: Span) -> Rows:
    return _accepted_rows(scope, span, one())


def _accepted_rows(scope: Scope, span: Span, value: sa.ColumnElement[float]) -> Rows:
    return introduction_rows(scope, Introduction.revealed_at, value).where(
        within(span, Introduction.revealed_at)
    )


def _meetings(scope: Scope, span: Span) -> Rows:
    return introduction_rows(scope, Introduction.met_at, one()).where(within(span, Introduction.met_at))


def _agreements(scope: Scope, span: Span) -> Rows:
    rows = _ended_rows(scope, span, S.AGREED, one(), worth())
    return rows.outerjoin(Agreement, Agreement.introduction_id == Introduction.id)


def _jobs(scope: Scope, span: Span) -> Rows:
    rows = _ended_rows(scope, span, S.AGREED, sa.cast(Agreement.jobs, sa.Float()), worth())
    return rows.join(Agreement, Agreement.introduction_id == Introduction.id).where(
        Agreement.jobs.is_not(None)
    )


def _faring_well(scope: Scope, span: Span) -> Rows:
    well = FollowUp.answer.in_([FollowUpAnswer.GROWING, FollowUpAnswer.AS_AGREED])
    return (
        introduction_rows(scope, FollowUp.answered_at, share(well))
        .join(FollowUp, FollowUp.introduction_id == Introduction.id)
        .where(within(span, FollowUp.answered_at))
    )


def _women_led(scope: Scope, span: Span) -> Rows:
    return knowing_who_leads(_accepted_rows(scope, span, share(women_led())))


def _least_developed(scope: Scope, span: Span) -> Rows:
    return _accepted_rows(scope, span, share(least_developed()))


def _profiled(scope: Scope, span: Span) -> Rows:
    return _entered(scope, span, one())


def _entered(scope: Scope, span: Span, value: sa.ColumnElement[float]) -> Rows:
    return organisation_rows(scope, Organisation.created_at, value).where(
        within(span, Organisation.created_at)
    )


def _verified(scope: Scope, span: Span) -> Rows:
    return organisation_rows(scope, Organisation.verified_at, one()).where(
        within(span, Organisation.verified_at)
    )


def _benchmarked(scope: Scope, span: Span) -> Rows:
    """Count each organisation once in a quarter, by the first of its benchmarks that are recorded in it."""
    earlier = aliased(Benchmark)
    counts_already = sa.exists().where(
        earlier.organisation_id == Benchmark.organisation_id,
        earlier.withdrawn_at.is_(None),
        quarter_of(earlier.recorded_at) == quarter_of(Benchmark.recorded_at),
        sa.tuple_(earlier.recorded_at, earlier.id) < sa.tuple_(Benchmark.recorded_at, Benchmark.id),
    )
    return (
        organisation_rows(scope, Benchmark.recorded_at, one())
        .join(Benchmark, Benchmark.organisation_id == Organisation.id)
        .where(within(span, Benchmark.recorded_at), Benchmark.withdrawn_at.is_(None), ~counts_already)
    )


def _women_led_organisations(scope: Scope, span: Span) -> Rows:
    led = sa.func.coalesce(Organisation.women_led, sa.false())
    return _entered(scope, span, share(led)).where(Organisation.women_led.is_not(None))


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
            Figure("organisations-benchmarked", Thing.ORGANISATION, Measure.COUNT, _benchmarked),
            Figure("organisations-women-led", Thing.ORGANISATION, Measure.SHARE, _women_led_organisations),
        )
    }
)
