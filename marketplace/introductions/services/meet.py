"""Arranging a meeting: a side, or its office for it, proposes times; the other side accepts one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import audit, outbox, policy
from marketplace.errors import Conflict, Forbidden, Invalid
from marketplace.introductions.models import Introduction, Meeting, MeetingState, MeetingTime
from marketplace.introductions.models.meeting import LONGEST_MINUTES, MOST_TIMES, OPEN, PLACE_LENGTH
from marketplace.introductions.queries.meetings import last_meeting, meeting_by_number
from marketplace.introductions.queries.seats import seats
from marketplace.introductions.queries.speakers import side_proposed_for, sides_spoken_for
from marketplace.introductions.services.hold import hold
from marketplace.introductions.services.move import THING, move, too_late
from marketplace.introductions.states import By, IntroductionState, row
from marketplace.policy import Actor

FARTHEST: Final = timedelta(days=366)
SHORTEST_MINUTES: Final = 5
TOGETHER: Final = (IntroductionState.ACCEPTED, IntroductionState.MEETING_HELD, IntroductionState.NEGOTIATING)


def propose_meeting(
    session: Session,
    actor: Actor,
    introduction: Introduction,
    *,
    times: Sequence[datetime],
    minutes: int,
    place: str,
    answering: int,
    now: datetime,
) -> Meeting:
    """Propose times for a meeting; they take the place of those that were proposed or agreed before.

    An officer proposes in the place of the side of the own office, and the other side chooses.

    Parameters
    ----------
    times
        One to five moments to come.
    place
        Where, or by which means.
    answering
        Number of the open proposal as the page showed it; 0 for none.

    Raises
    ------
    Conflict
        Where the two sides do not know each other (any more), or somebody has proposed or accepted
        something meanwhile.
    Invalid
        For ``times``, ``minutes`` or ``place``.
    """
    policy.require(actor, "introduction:propose_times", introduction)
    hold(session, introduction)
    if introduction.state not in TOGETHER:
        raise too_late(session, actor, introduction)
    last = last_meeting(session, introduction.id)
    open_one = last if last is not None and last.state in OPEN else None
    if (open_one.number if open_one else 0) != answering:
        raise Conflict(_("Meanwhile somebody has proposed or accepted a time. Look at it before you go on."))
    _check(times, minutes, place, now)
    if open_one is not None:
        open_one.state = MeetingState.REPLACED
        session.flush()
    number = last.number + 1 if last else 1
    by, by_office = side_proposed_for(actor, introduction)
    meeting = Meeting(
        introduction_id=introduction.id,
        number=number,
        series=open_one.series if open_one else number,
        state=MeetingState.PROPOSED,
        minutes=minutes,
        place=place,
        proposed_by=by,
        by_office=by_office,
        proposed_by_id=actor.user_id,
        proposed_at=now,
        times=[
            MeetingTime(position=position, starts_at=moment) for position, moment in enumerate(sorted(times))
        ],
    )
    session.add(meeting)
    session.flush()
    write_meeting_down(session, actor, introduction, meeting, by, "IntroductionMeetingProposed", now)
    return meeting


def _check(times: Sequence[datetime], minutes: int, place: str, now: datetime) -> None:
    if not 1 <= len(times) <= MOST_TIMES:
        raise Invalid("times", _("Propose one to %(most)s times.", most=MOST_TIMES), "number")
    if len(set(times)) < len(times):
        raise Invalid("times", _("Two of these times are the same."), "doubled")
    if min(times) <= now:
        raise Invalid("times", _("Propose times to come."), "past")
    if max(times) > now + FARTHEST:
        raise Invalid("times", _("Propose times within a year."), "far")
    if not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
        raise Invalid("minutes", _("Choose how long it takes."), "number")
    if not place:
        raise Invalid("place", _("Say where you meet, or by which means."), "missing")
    if len(place) > PLACE_LENGTH:
        raise Invalid(
            "place", _("At most %(longest)s characters are possible.", longest=PLACE_LENGTH), "too_long"
        )


def accept_time(
    session: Session,
    actor: Actor,
    introduction: Introduction,
    *,
    number: int,
    position: int,
    now: datetime,
) -> bool:
    """Accept one of the times that the other side has proposed.

    Parameters
    ----------
    number, position
        Of the proposal, and of the time in it.

    Returns
    -------
    bool
        Whether this was new; accepting the same time again changes nothing.

    Raises
    ------
    Conflict
        Where other times were proposed meanwhile, or another was accepted.
    Forbidden
        For one's own proposal.
    Invalid
        For ``time``: one that has passed, or is none of those proposed.
    """
    policy.require(actor, "introduction:meet", introduction)
    hold(session, introduction)
    meeting = meeting_by_number(session, introduction, number)
    sides = [side for side in sides_spoken_for(actor, introduction) if side is not meeting.proposed_by]
    if not sides:
        raise Forbidden("introduction:meet")
    chosen = next((time.starts_at for time in meeting.times if time.position == position), None)
    if meeting.state is MeetingState.AGREED and meeting.starts_at == chosen:
        return False
    if meeting.state is not MeetingState.PROPOSED:
        raise Conflict(
            _("Meanwhile another time was accepted, or others were proposed. See how it stands now.")
        )
    if introduction.state not in TOGETHER:
        raise too_late(session, actor, introduction)
    if chosen is None:
        raise Invalid("time", _("Choose one of the times."), "missing")
    if chosen <= now:
        raise Invalid("time", _("This time has passed. Choose another, or propose others."), "past")
    change_meeting(
        session,
        meeting,
        MeetingState.PROPOSED,
        state=MeetingState.AGREED,
        starts_at=chosen,
        accepted_by=sides[0],
        accepted_by_id=actor.user_id,
        accepted_at=now,
    )
    write_meeting_down(session, actor, introduction, meeting, sides[0], "IntroductionMeetingAgreed", now)
    return True


def note_meeting(
    session: Session, actor: Actor, introduction: Introduction, *, number: int, held: bool, now: datetime
) -> bool:
    """Note that an agreed meeting was held, or was not; the first of them moves the introduction on.

    Returns
    -------
    bool
        Whether this was new.

    Raises
    ------
    Conflict
        Where the meeting is to come, or something else was noted.
    """
    policy.require(actor, "introduction:progress", introduction)
    hold(session, introduction)
    meeting = meeting_by_number(session, introduction, number)
    state = MeetingState.HELD if held else MeetingState.NOT_HELD
    if meeting.state is state:
        return False
    if meeting.state is not MeetingState.AGREED or meeting.starts_at is None:
        raise Conflict(_("Meanwhile something else was noted or arranged. See how it stands now."))
    if meeting.starts_at > now:
        raise Conflict(_("This meeting is still to come."))
    by = seats(actor, introduction)[0]
    change_meeting(
        session, meeting, MeetingState.AGREED, state=state, noted_at=now, noted_by_id=actor.user_id
    )
    write_meeting_down(session, actor, introduction, meeting, by, "IntroductionMeetingNoted", now)
    if held and introduction.state is IntroductionState.ACCEPTED:
        move(session, actor, introduction, row("hold_meeting"), by, now=now)
    elif held:
        _first_met(session, introduction, now)
    return True


def _first_met(session: Session, introduction: Introduction, now: datetime) -> None:
    """Note when the two have met, where they negotiated already and nobody had said so."""
    session.execute(
        sa.update(Introduction)
        .where(Introduction.id == introduction.id, Introduction.met_at.is_(None))
        .values(met_at=now)
        .execution_options(synchronize_session=False)
    )


def change_meeting(session: Session, meeting: Meeting, before: MeetingState, **values: Any) -> None:
    """Write what becomes of a meeting, if it still stands as it was read."""
    session.execute(
        sa.update(Meeting)
        .where(Meeting.id == meeting.id, Meeting.state == before)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    session.refresh(meeting)


def write_meeting_down(
    session: Session,
    actor: Actor,
    introduction: Introduction,
    meeting: Meeting,
    by: By,
    event: str,
    now: datetime,
    **more: bool,
) -> None:
    """Note in the audit and in the outbox what has become of a meeting.

    Parameters
    ----------
    more
        Further facts for the audit.
    """
    facts = {"by": by.value, "meeting": meeting.number, "state": meeting.state.value, **more}
    audit.note(session, actor.user_id, "introduction:meet", THING, introduction.id, now, facts)
    outbox.record(
        session,
        event,
        {"introduction": introduction.id, "meeting": meeting.number},
        at=now,
        key=f"meeting:{meeting.id}:{meeting.state.value}",
    )
