"""Who is told of a step of an introduction: the side or the office whose turn it is, and who must know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.accounts.models import User
from marketplace.introductions.models import FollowUp, Introduction, Meeting, MeetingState, Message
from marketplace.introductions.queries.belonged import belonged
from marketplace.introductions.states import By, IntroductionState, Origin
from marketplace.notifications.models import Channel
from marketplace.notifications.queries.recipient import BOTH, NOTICE_ONLY, WRITERS, Recipient, able
from marketplace.offices.models import Officer
from marketplace.organisations.models import Membership, Organisation

Channels = frozenset[Channel]
Told = Iterable[Recipient]
Finder = Callable[[Session, Mapping[str, Any]], Told]


def _side(session: Session, introduction: Introduction, side: By, channels: Channels) -> Told:
    """Return the people of a side; who only reads is told in the inbox.

    For a listing that an office holds, its officers are the side.
    """
    organisation_id, as_id, office = (
        (introduction.proposer_organisation_id, introduction.proposer_as_id, By.PROPOSER_OFFICE)
        if side is By.PROPOSER
        else (introduction.other_organisation_id, introduction.other_as_id, By.OTHER_OFFICE)
    )
    if organisation_id is None:
        yield from _office(session, introduction, office, channels)
        return
    rows = session.execute(
        sa.select(User.id, User.email, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(belonged(organisation_id, as_id), Organisation.suspended_at.is_(None), *able())
        .order_by(User.id)
    )
    for row in rows:
        yield Recipient(row.id, row.email, channels if row.role in WRITERS else NOTICE_ONLY)


def _office(session: Session, introduction: Introduction, office: By, channels: Channels) -> Told:
    """Return the officer who has it in hand; else the whole office; else the administrators.

    Nobody brokers an introduction of their own organisation.
    """
    office_id, in_hand = (
        (introduction.proposer_office_id, introduction.proposer_officer_id)
        if office is By.PROPOSER_OFFICE
        else (introduction.other_office_id, introduction.other_officer_id)
    )
    sides = [introduction.proposer_organisation_id, introduction.other_organisation_id]
    partial = sa.select(Membership.user_id).where(
        Membership.organisation_id.in_([key for key in sides if key])
    )
    staff = sa.select(Officer.user_id).where(Officer.office_id == office_id)
    people = sa.select(User.id, User.email).where(User.id.not_in(partial), *able()).order_by(User.id)
    rows = (
        session.execute(people.where(User.id == in_hand, User.id.in_(staff))).all()
        or session.execute(people.where(User.id.in_(staff))).all()
        or session.execute(people.where(User.is_admin)).all()
    )
    for row in rows:
        yield Recipient(row.id, row.email, channels)


def _knowing_offices(introduction: Introduction) -> list[By]:
    """Return the offices that have had it before them."""
    if introduction.within_one_office or introduction.vetted_at is None:
        return [By.PROPOSER_OFFICE]
    return [By.PROPOSER_OFFICE, By.OTHER_OFFICE]


def _knowing_sides(introduction: Introduction) -> list[By]:
    """Return the sides that know of it."""
    if introduction.sent_at is not None:
        return [By.PROPOSER, By.OTHER]
    return [By.PROPOSER] if introduction.origin is Origin.INTEREST else []


def _proposed(session: Session, introduction: Introduction) -> Told:
    return _office(session, introduction, By.PROPOSER_OFFICE, BOTH)


def _vetted(session: Session, introduction: Introduction) -> Told:
    yield from _office(session, introduction, By.OTHER_OFFICE, BOTH)
    for side in _knowing_sides(introduction):
        yield from _side(session, introduction, side, NOTICE_ONLY)


def _sent(session: Session, introduction: Introduction) -> Told:
    yield from _side(session, introduction, By.OTHER, BOTH)
    asked = introduction.origin is Origin.OFFICE
    yield from _side(session, introduction, By.PROPOSER, BOTH if asked else NOTICE_ONLY)


def _consented(session: Session, introduction: Introduction) -> Told:
    for office in _knowing_offices(introduction):
        yield from _office(session, introduction, office, NOTICE_ONLY)


def _accepted(session: Session, introduction: Introduction) -> Told:
    for side in (By.PROPOSER, By.OTHER):
        yield from _side(session, introduction, side, BOTH)
    yield from _consented(session, introduction)


def _ended(session: Session, introduction: Introduction) -> Told:
    """Return who knows of it and has not ended it."""
    for side in _knowing_sides(introduction):
        if side is not introduction.ended_by:
            yield from _side(session, introduction, side, BOTH)
    own = introduction.origin is Origin.OFFICE
    for office in _knowing_offices(introduction):
        if office is not introduction.ended_by:
            mailed = own and office is By.PROPOSER_OFFICE
            yield from _office(session, introduction, office, BOTH if mailed else NOTICE_ONLY)


def _progressed(session: Session, introduction: Introduction) -> Told:
    for side in (By.PROPOSER, By.OTHER):
        yield from _side(session, introduction, side, NOTICE_ONLY)
    yield from _consented(session, introduction)


def _awaited(session: Session, introduction: Introduction) -> Told:
    if introduction.state is IntroductionState.PROPOSED:
        yield from _office(session, introduction, By.PROPOSER_OFFICE, BOTH)
    if introduction.state is IntroductionState.VETTED:
        yield from _office(session, introduction, By.OTHER_OFFICE, BOTH)
    if introduction.proposer_awaited:
        yield from _side(session, introduction, By.PROPOSER, BOTH)
    if introduction.other_awaited:
        yield from _side(session, introduction, By.OTHER, BOTH)


def _written(session: Session, introduction: Introduction, ids: Mapping[str, Any]) -> Told:
    """Return who reads a message: the sides by mail too, the offices in the inbox; not who wrote it."""
    message = session.get(Message, ids["message"])
    if message is None:
        return
    sides = _knowing_sides(introduction)
    if not message.for_all:
        sides = [By.PROPOSER] if introduction.origin is Origin.INTEREST else []
    found = [_side(session, introduction, side, BOTH) for side in sides]
    found += [
        _office(session, introduction, office, NOTICE_ONLY) for office in _knowing_offices(introduction)
    ]
    for recipient in chain(*found):
        if recipient.user_id != message.author_id:
            yield recipient


def _meeting_of(session: Session, introduction: Introduction, ids: Mapping[str, Any]) -> Meeting | None:
    return session.scalar(
        sa.select(Meeting).where(Meeting.introduction_id == introduction.id, Meeting.number == ids["meeting"])
    )


def _times_proposed(session: Session, introduction: Introduction, ids: Mapping[str, Any]) -> Told:
    meeting = _meeting_of(session, introduction, ids)
    if meeting is None or meeting.state is not MeetingState.PROPOSED:
        return
    for side in (By.PROPOSER, By.OTHER):
        own = side is meeting.proposed_by and not meeting.by_office
        yield from _side(session, introduction, side, NOTICE_ONLY if own else BOTH)
    yield from _consented(session, introduction)


def _time_agreed(session: Session, introduction: Introduction, _ids: Mapping[str, Any]) -> Told:
    """Return everybody: who has it in a calendar hears as well that it is called off."""
    for side in (By.PROPOSER, By.OTHER):
        yield from _side(session, introduction, side, BOTH)
    for office in _knowing_offices(introduction):
        yield from _office(session, introduction, office, BOTH)


def _meeting_noted(session: Session, introduction: Introduction, _ids: Mapping[str, Any]) -> Told:
    return _progressed(session, introduction)


def _followed_up(session: Session, introduction: Introduction, ids: Mapping[str, Any]) -> Told:
    question = session.get(FollowUp, ids["follow_up"])
    return [] if question is None else _side(session, introduction, question.side, BOTH)


def _each_once(find: Callable[[Session, Introduction], Told]) -> Finder:
    """Return a finder by the event's ids; who stands on two lists is told by the first."""
    return _each_once_of(lambda session, introduction, _ids: find(session, introduction))


def _each_once_of(find: Callable[[Session, Introduction, Mapping[str, Any]], Told]) -> Finder:
    """Return the same, of what goes by more than the introduction."""

    def found(session: Session, ids: Mapping[str, Any]) -> Told:
        introduction = session.get(Introduction, ids["introduction"])
        if introduction is None or ids.get("state", introduction.state) != introduction.state:
            return []
        told: dict[int | None, Recipient] = {}
        for recipient in find(session, introduction, ids):
            told.setdefault(recipient.user_id, recipient)
        return told.values()

    return found


def _officer(session: Session, ids: Mapping[str, Any]) -> Told:
    rows = session.execute(sa.select(User.id, User.email).where(User.id == ids["officer"], *able()))
    return [Recipient(row.id, row.email, BOTH) for row in rows]


FINDERS: Mapping[str, Finder] = MappingProxyType(
    {
        "IntroductionProposed": _each_once(_proposed),
        "IntroductionVetted": _each_once(_vetted),
        "IntroductionSent": _each_once(_sent),
        "IntroductionConsented": _each_once(_consented),
        "IntroductionAccepted": _each_once(_accepted),
        "IntroductionDeclined": _each_once(_ended),
        "IntroductionWithdrawn": _each_once(_ended),
        "IntroductionExpired": _each_once(_ended),
        "IntroductionWaiting": _each_once(_awaited),
        "IntroductionMeetingHeld": _each_once(_progressed),
        "IntroductionNegotiating": _each_once(_progressed),
        "IntroductionAgreed": _each_once(_progressed),
        "IntroductionFailed": _each_once(_progressed),
        "IntroductionMessageWritten": _each_once_of(_written),
        "IntroductionMeetingProposed": _each_once_of(_times_proposed),
        "IntroductionMeetingAgreed": _each_once_of(_time_agreed),
        "IntroductionMeetingCalledOff": _each_once_of(_time_agreed),
        "IntroductionMeetingNoted": _each_once_of(_meeting_noted),
        "IntroductionFollowUpAsked": _each_once_of(_followed_up),
        "IntroductionReassigned": _officer,
        "IntroductionsHandedOver": _officer,
    }
)
