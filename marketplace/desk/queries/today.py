"""What waits for an officer today: introductions to look at, sides to remind, listings to review."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import policy
from marketplace.db import UtcDateTime, kept
from marketplace.desk.ranking import Rank, age_of, amount_of, chance_of, value_of
from marketplace.desk.wording import reason
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.desk import Handled, brokered, handled
from marketplace.introductions.queries.find import card_rows
from marketplace.introductions.queries.seats import possible
from marketplace.introductions.services.broker import BETWEEN_REMINDERS
from marketplace.introductions.states import IntroductionState
from marketplace.listings.models import Listing, State
from marketplace.listings.queries import ListingCard, card, card_loads
from marketplace.matches.models import Match
from marketplace.offices.queries import Pace, paces_of
from marketplace.offices.working_days import limits
from marketplace.policy import Actor
from matching.types import Kind

Calibrated = Callable[[float, Kind], float | None]
"""From a score and a kind to the share of introductions like it that were accepted, where enough were."""
RANKED: Final = 100
"""Of each sort of matter so many are ranked: those whose time ends first."""


class Sort(enum.StrEnum):
    """What kind of matter waits."""

    INTRODUCTION = "introduction"
    REMINDER = "reminder"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing to do, with the reason why it stands here.

    Parameters
    ----------
    reasons
        Chance, value and age, a few words each.
    verbs
        What the actor can do with an introduction now.
    """

    sort: Sort
    rank: Rank
    reasons: tuple[str, ...]
    due_at: datetime
    introduction: Introduction | None = None
    shown: Handled | None = None
    verbs: frozenset[str] = frozenset()
    card: ListingCard | None = None
    held_because: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Worklist:
    """The first matters of a day, the most urgent on top.

    Parameters
    ----------
    total, overdue
        How many were ranked, and how many of them are over their time limit.
    """

    matters: Sequence[Matter]
    total: int
    overdue: int


@dataclass(frozen=True, slots=True)
class _Found:
    """A matter before it is ranked; ``row`` holds its key and what it is worth."""

    sort: Sort
    row: Any
    total: float | None
    begun: datetime
    due: datetime


@dataclass(frozen=True, slots=True)
class _Ranked:
    """A matter with its rank; ``accepted`` is what was learnt of its score, ``amount`` its money."""

    found: _Found
    rank: Rank
    accepted: float | None
    amount: float | None

    @property
    def sort(self) -> Sort:
        return self.found.sort

    @property
    def id(self) -> int:
        return int(self.found.row.id)

    @property
    def order(self) -> tuple[Any, ...]:
        return (*self.rank.order, self.found.due, self.sort, self.id)


def not_calibrated(_total: float, _kind: Kind) -> float | None:
    """Say nothing: no decisions have been learnt from."""
    return None


def worklist(
    session: Session,
    actor: Actor,
    *,
    mine: bool,
    now: datetime,
    limit: int,
    calibrated: Calibrated = not_calibrated,
) -> Worklist:
    """Return what waits for the actor, or for the actor's whole office.

    Parameters
    ----------
    mine
        Without what a colleague has in hand.
    limit
        How many are returned.
    calibrated
        What has been learnt from decisions; a score speaks for itself where it says nothing.
    """
    to_remind = _to_remind(actor, mine=mine)
    found = [
        *_found(session, Sort.INTRODUCTION, _to_look_at(actor, mine=mine)),
        *_found(session, Sort.REMINDER, to_remind, now=now, last=now - BETWEEN_REMINDERS),
        *_reviews(session, actor),
    ]
    ranked = sorted((_rank(one, calibrated, now) for one in found), key=lambda one: one.order)
    return Worklist(
        matters=_loaded(session, actor, ranked[:limit]),
        total=len(ranked),
        overdue=sum(one.rank.overdue for one in ranked),
    )


# ------------------------------------------------------------------------------------- ranking

_WORTH: Final = (Listing.kind, Listing.quantity_per_year, Listing.quantity_unit, Listing.details)


def _begun() -> sa.ColumnElement[datetime]:
    """Return when the present time limit began."""
    return sa.case(
        (Introduction.state == IntroductionState.SENT, Introduction.sent_at),
        (Introduction.state == IntroductionState.VETTED, Introduction.vetted_at),
        else_=Introduction.proposed_at,
    )


def _present_match() -> sa.ScalarSelect[Any]:
    """Return the score of the present match of an introduction's two listings.

    Who asked without a listing of their own is taken by that of their listings which fits the one
    asked best.
    """
    own, asked = sa.orm.aliased(Listing), Introduction.other_listing_id
    of_the_two = sa.or_(
        sa.and_(Match.request_id == own.id, Match.offer_id == asked),
        sa.and_(Match.request_id == asked, Match.offer_id == own.id),
    )
    of_proposer = sa.or_(
        own.id == Introduction.proposer_listing_id,
        sa.and_(
            Introduction.proposer_listing_id.is_(None),
            own.organisation_id == Introduction.proposer_organisation_id,
        ),
    )
    return (
        sa.select(sa.func.max(Match.total))
        .select_from(Match)
        .join(own, of_the_two)
        .where(of_proposer)
        .correlate(Introduction)
        .scalar_subquery()
    )


def _in_my_hands(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the condition that the actor has an introduction in hand, or that no colleague has."""
    if actor.office_id is None:
        return sa.true()
    ends = (
        (Introduction.proposer_office_id, Introduction.proposer_officer_id),
        (Introduction.other_office_id, Introduction.other_officer_id),
    )
    nobodys = [
        sa.or_(office.is_(None), office != actor.office_id, officer.is_(None)) for office, officer in ends
    ]
    return sa.or_(*(officer == actor.user_id for _office, officer in ends), sa.and_(*nobodys))


def _first_of(ways: Iterable[sa.ColumnElement[bool]], common: Sequence[Any]) -> sa.Select[Any]:
    """Return what waits in one of some ways, each of which an index by office and state answers.

    With the ways in one condition, the database would read all that is alive anywhere.
    """
    waiting = sa.union(
        *(sa.select(Introduction.id, Introduction.due_at).where(way, *common) for way in ways)
    ).subquery()
    # What is wanted first, and then what it is worth: in one step, the database would join all that waits.
    first = sa.select(waiting.c.id).order_by(waiting.c.due_at, waiting.c.id).limit(RANKED).subquery()
    return (
        sa.select(
            Introduction.id,
            # Where none was kept, because the two were not matched yet, the present one.
            sa.func.coalesce(Introduction.total, _present_match()).label("total"),
            Introduction.due_at,
            _begun().label("begun"),
            *_WORTH,
        )
        .join(first, first.c.id == Introduction.id)
        .join(Listing, Listing.id == Introduction.other_listing_id)
        .order_by(Introduction.due_at, Introduction.id)
    )


def _found(session: Session, sort: Sort, statement: sa.Select[Any], **given: datetime) -> list[_Found]:
    rows = session.execute(statement, given)
    return [_Found(sort, row, row.total, row.begun, row.due_at) for row in rows]


def _rank(found: _Found, calibrated: Calibrated, now: datetime) -> _Ranked:
    row, total = found.row, found.total
    accepted = None if total is None else calibrated(total, row.kind)
    amount = amount_of(row.details)
    rank = Rank(
        chance=chance_of(total, accepted),
        value=value_of(row.quantity_per_year, amount),
        age=age_of(found.begun, found.due, now),
        overdue=found.due <= now,
    )
    return _Ranked(found, rank, accepted, amount)


def _reasons(one: _Ranked) -> tuple[str, ...]:
    row = one.found.row
    words = reason(
        one.rank,
        total=one.found.total,
        accepted=one.accepted,
        quantity=row.quantity_per_year,
        unit=row.quantity_unit,
        amount=one.amount,
        currency=str(row.details.get("currency") or ""),
    )
    # A listing that is not published has no partner yet, and its chance is nobody's news.
    return words[1:] if one.sort is Sort.REVIEW else words


@kept
def _to_look_at(actor: Actor, *, mine: bool) -> sa.Select[Any]:
    """Return what an officer is to look at, or to answer for a listing that the office holds."""
    first, second = policy.offices_of(actor, Introduction)
    sent = Introduction.state == IntroductionState.SENT
    ways = [
        sa.and_(Introduction.state == IntroductionState.PROPOSED, first),
        sa.and_(Introduction.state == IntroductionState.VETTED, second),
        sa.and_(
            sent,
            Introduction.other_organisation_id.is_(None),
            Introduction.other_accepted_at.is_(None),
            second,
        ),
        sa.and_(
            sent,
            Introduction.proposer_organisation_id.is_(None),
            Introduction.proposer_accepted_at.is_(None),
            first,
        ),
    ]
    return _first_of(ways, _common(actor, mine=mine))


def _common(actor: Actor, *, mine: bool) -> list[sa.ColumnElement[bool]]:
    return [brokered(actor), *([_in_my_hands(actor)] if mine else [])]


@kept
def _to_remind(actor: Actor, *, mine: bool) -> sa.Select[Any]:
    """Return the sides that are silent for more than half of their time, and were not reminded today.

    It is asked with ``now`` and ``last``, the latest moment at which an officer may have reminded them.
    """
    now, last = (sa.bindparam(name, type_=UtcDateTime()) for name in ("now", "last"))
    silent = sa.and_(
        Introduction.state == IntroductionState.SENT,
        # Emptied when the exchange itself reminded at half-time.
        sa.or_(Introduction.remind_half_at.is_(None), Introduction.remind_half_at <= now),
        sa.or_(Introduction.reminded_at.is_(None), Introduction.reminded_at <= last),
        Introduction.other_organisation_id.is_not(None),
        Introduction.proposer_organisation_id.is_not(None),
    )
    ways = [sa.and_(silent, office) for office in policy.offices_of(actor, Introduction)]
    return _first_of(ways, _common(actor, mine=mine))


def _reviews(session: Session, actor: Actor) -> list[_Found]:
    """Rank the listings that wait for review; an officer's time limit counts for them too."""
    mine = sorted(actor.memberships)
    rows = session.execute(
        sa.select(
            Listing.id,
            Listing.office_id,
            Listing.submitted_at,
            *_WORTH,
        )
        .where(
            Listing.state == State.SUBMITTED,
            Listing.submitted_at.is_not(None),
            sa.true() if actor.is_admin else Listing.office_id == actor.office_id,
            sa.or_(Listing.organisation_id.is_(None), Listing.organisation_id.not_in(mine)),
        )
        .order_by(Listing.submitted_at, Listing.id)
        .limit(RANKED)
    ).all()
    paces = paces_of(session, {row.office_id for row in rows})
    dues: dict[tuple[int | None, date], datetime] = {}
    found = []
    for row in rows:
        pace = paces.get(row.office_id) or Pace()
        # All that is sent to an office on one day is due on one day.
        sent = row.office_id, pace.calendar.local_day(row.submitted_at)
        if sent not in dues:
            dues[sent] = limits(pace.calendar, row.submitted_at, pace.officer_days).due_at
        found.append(_Found(Sort.REVIEW, row, None, row.submitted_at, dues[sent]))
    return found


# ------------------------------------------------------------------------------------- loading


def _loaded(session: Session, actor: Actor, ranked: Sequence[_Ranked]) -> list[Matter]:
    """Load what is shown, in a number of queries that does not depend on how much it is."""
    listings = {
        row.id: row
        for row in session.scalars(
            sa.select(Listing)
            .where(Listing.id.in_([one.id for one in ranked if one.sort is Sort.REVIEW]))
            .options(*card_loads())
        )
    }
    keys = [one.id for one in ranked if one.sort is not Sort.REVIEW]
    introductions = {row.id: row for row in card_rows(session, keys)}
    return [
        _review(actor, one, listings[one.id])
        if one.sort is Sort.REVIEW
        else _introduction(actor, one, introductions[one.id])
        for one in ranked
    ]


def _review(actor: Actor, one: _Ranked, listing: Listing) -> Matter:
    return Matter(
        one.sort, one.rank, _reasons(one), one.found.due,
        card=card(actor, listing), held_because=tuple(listing.held_because),
    )  # fmt: skip


def _introduction(actor: Actor, one: _Ranked, introduction: Introduction) -> Matter:
    return Matter(
        one.sort, one.rank, _reasons(one), one.found.due,
        introduction=introduction, shown=handled(actor, introduction), verbs=possible(actor, introduction),
    )  # fmt: skip
