"""Calling an agreed meeting off: whoever has it in a calendar is told to take it out."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import policy
from marketplace.errors import Conflict, Invalid
from marketplace.introductions.models import CalledOff, Introduction, MeetingState
from marketplace.introductions.models.meeting import REASON_LENGTH
from marketplace.introductions.queries.meetings import meeting_by_number
from marketplace.introductions.queries.speakers import sides_spoken_for
from marketplace.introductions.services.hold import hold
from marketplace.introductions.services.meet import change_meeting, write_meeting_down
from marketplace.policy import Actor


def call_off(
    session: Session, actor: Actor, introduction: Introduction, *, number: int, reason: str, now: datetime
) -> bool:
    """Call an agreed meeting off that is still to come; other times can be proposed at once.

    It is a meeting that was not held, with a word why.  It can be called off as well when the
    introduction has ended meanwhile: it stands in calendars.

    Parameters
    ----------
    number
        Of the proposal that was agreed.
    reason
        Read by both sides and their offices.

    Returns
    -------
    bool
        Whether this was new; calling off what is called off changes nothing.

    Raises
    ------
    Conflict
        Where it is not agreed (any more), or its time has come: then it was held, or was not.
    Invalid
        For ``reason``.
    """
    policy.require(actor, "introduction:meet", introduction)
    hold(session, introduction)
    meeting = meeting_by_number(session, introduction, number)
    if meeting.called_off is not None:
        return False
    if meeting.state is not MeetingState.AGREED or meeting.starts_at is None:
        raise Conflict(_("Meanwhile something else was noted or arranged. See how it stands now."))
    if meeting.starts_at <= now:
        raise Conflict(_("The time of this meeting has come. Note whether it was held."))
    if not reason:
        raise Invalid("reason", _("Say in a few words why; the other side reads it."), "missing")
    if len(reason) > REASON_LENGTH:
        raise Invalid(
            "reason", _("At most %(longest)s characters are possible.", longest=REASON_LENGTH), "too_long"
        )
    by = sides_spoken_for(actor, introduction)[0]
    change_meeting(
        session,
        meeting,
        MeetingState.AGREED,
        state=MeetingState.NOT_HELD,
        noted_at=now,
        noted_by_id=actor.user_id,
    )
    meeting.called_off = CalledOff(called_by=by, reason=reason)
    session.flush()
    write_meeting_down(
        session, actor, introduction, meeting, by, "IntroductionMeetingCalledOff", now, called_off=True
    )
    return True
