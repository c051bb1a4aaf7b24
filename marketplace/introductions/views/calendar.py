"""An agreed meeting for the calendar, in the words of the reader."""

from __future__ import annotations

from email.utils import parseaddr
from urllib.parse import urlsplit

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import policy
from marketplace.errors import NotFound
from marketplace.introductions.models import Introduction, MeetingState
from marketplace.introductions.queries.calendar import CANCEL, PUBLISH, Entry, calendar_file
from marketplace.introductions.queries.meetings import meeting_by_number
from marketplace.introductions.states import By
from marketplace.introductions.wording import name_of
from marketplace.policy import Actor
from marketplace.web.context import settings


def calendar_of(session: Session, reader: Actor, introduction: Introduction, number: int) -> tuple[str, str]:
    """Return what a calendar is to do with a meeting (RFC 5546), and the file that says it.

    Raises
    ------
    NotFound
        Where the meeting was not agreed, or none of this number is there.
    """
    meeting = meeting_by_number(session, introduction, number)
    off = meeting.called_off is not None
    agreed = off or meeting.state in {MeetingState.AGREED, MeetingState.HELD}
    if not agreed or meeting.starts_at is None or meeting.accepted_at is None:
        raise NotFound
    broker = policy.allowed(reader, "introduction:broker", introduction)
    endpoint = "introductions.at_desk" if broker else "introductions.introduction"
    address = url_for(endpoint, reference=introduction.reference, _external=True)
    public = settings()
    name, sender = parseaddr(public.mail_from)
    method = CANCEL if off else PUBLISH
    return method, calendar_file(
        Entry(
            method=method,
            uid=f"{introduction.reference}-{meeting.series}@{urlsplit(public.public_url).hostname}",
            # Later than the agreement; what is proposed afterwards is another meeting.
            sequence=meeting.number + off,
            changed_at=meeting.noted_at if off and meeting.noted_at else meeting.accepted_at,
            starts_at=meeting.starts_at,
            minutes=meeting.minutes,
            summary=_(
                "%(proposer)s and %(other)s",
                proposer=name_of(introduction, By.PROPOSER),
                other=name_of(introduction, By.OTHER),
            ),
            place=meeting.place,
            description=_(
                "Introduction %(reference)s: %(address)s", reference=introduction.reference, address=address
            ),
            url=address,
            organiser=(name, sender),
        )
    )
