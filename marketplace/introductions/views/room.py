"""What both sides and their offices share on the page of an introduction: messages, meetings, the outcome."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import clock, policy
from marketplace.introductions.forms import AgreementForm, CallOffForm, MeetingForm, MessageForm
from marketplace.introductions.models import (
    Agreement,
    FollowUp,
    FollowUpAnswer,
    Introduction,
    Meeting,
    MeetingState,
    Message,
)
from marketplace.introductions.queries.meetings import meetings_of, open_number
from marketplace.introductions.queries.outcomes import agreement_of, follow_ups_of
from marketplace.introductions.queries.seats import possible
from marketplace.introductions.queries.speakers import side_proposed_for, sides_spoken_for
from marketplace.introductions.queries.thread import TALKING, thread
from marketplace.introductions.services.meet import TOGETHER
from marketplace.introductions.states import By
from marketplace.introductions.views.clocks import Clocks, clocks_of
from marketplace.introductions.wording import SIDES, meeting_proposer, name_of, who
from marketplace.listings.kinds.words import PARTNERSHIP_TYPES
from marketplace.listings.views.shown import file_words
from marketplace.web.context import actor
from marketplace.web.fields import Form
from marketplace.web.words import label
from marketplace.web.zones import zone_city

Forms = Mapping[str, Form]


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file beside a message; its name only where it may be opened."""

    number: int
    name: str
    about: str
    opens: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A message as it is read."""

    who: str
    mine: bool
    at: datetime
    text: str
    for_all: bool
    files: tuple[ShownFile, ...]


@dataclass(frozen=True, slots=True)
class ShownMeeting:
    """A proposal to meet, and what the reader can do with it.

    Parameters
    ----------
    times
        Position, words in the zones of reader and sides, and whether it is still to come.
    agreed
        The accepted time, in the same words; nothing before.
    off, off_because
        Who has called it off, and why; ``""`` where nobody has.
    """

    number: int
    state: MeetingState
    who: str
    minutes: int
    place: str
    times: tuple[tuple[int, list[str], bool], ...]
    agreed: list[str]
    may_accept: bool
    may_note: bool
    off: str
    off_because: str


@dataclass(frozen=True, slots=True)
class ShownAgreement:
    """What was agreed, in words."""

    type: str
    agreed_on: date
    value: str
    jobs: int | None
    note: str
    who: str
    evidence: str
    opens: bool


@dataclass(frozen=True, slots=True)
class Room:
    """Everything of one introduction that is shared, as one reader sees it.

    Parameters
    ----------
    readers
        Who reads a message that is written now.
    meeting
        The newest proposal.
    proposes_for
        In whose place an officer would propose times; ``""`` for the sides themselves.
    """

    messages: list[Said]
    message_form: MessageForm | None
    readers: str
    meeting: ShownMeeting | None
    earlier: list[ShownMeeting]
    meeting_form: MeetingForm | None
    proposes_for: str
    call_off_form: CallOffForm | None
    agreement: ShownAgreement | None
    agreement_form: AgreementForm | None
    follow_ups: list[tuple[FollowUp, str, bool]]
    answers: tuple[FollowUpAnswer, ...]
    city: str

    def forms(self) -> list[Form]:
        """Return the forms that stand on the page."""
        return [
            form
            for form in (self.message_form, self.meeting_form, self.call_off_form, self.agreement_form)
            if form
        ]


def room(session: Session, found: Introduction, seat: By, filled: Forms) -> Room:
    """Return what is shared within an introduction, for a reader who looks from a seat.

    Parameters
    ----------
    filled
        Forms that were filled in wrongly, by what they are for: what was typed is kept.
    """
    verbs = possible(actor(), found)
    meetings = meetings_of(session, found.id)
    clocks = clocks_of(session, found, actor(), seat)
    shown = [_meeting(found, seat, row, clocks) for row in meetings]
    agreement = agreement_of(session, found)
    return Room(
        messages=[_said(found, seat, row) for row in thread(session, actor(), found)],
        message_form=_message_form(found, filled),
        readers=_readers(found),
        meeting=shown[0] if shown else None,
        earlier=shown[1:],
        proposes_for=_proposes_for(found),
        call_off_form=_call_off_form(found, meetings, filled),
        meeting_form=_meeting_form(found, open_number(meetings), clocks.reader, filled),
        agreement=_agreement(found, seat, agreement) if agreement else None,
        agreement_form=_agreement_form(found, filled) if "agree" in verbs else None,
        follow_ups=[
            (row, name_of(found, row.side), policy.allowed(actor(), "follow_up:answer", row))
            for row in follow_ups_of(session, actor(), found)
        ],
        answers=tuple(FollowUpAnswer),
        city=zone_city(clocks.reader),
    )


def _message_form(found: Introduction, filled: Forms) -> MessageForm | None:
    if found.state not in TALKING or not policy.allowed(actor(), "introduction:write", found):
        return None
    given = filled.get("message")
    form = given if isinstance(given, MessageForm) else MessageForm(formdata=None)
    form.once.process_data(form.once.data or secrets.token_hex(12))
    # What the page says now; a form that was refused because of it says so the next time.
    form.to_all.process_data("yes" if found.sent_at is not None else "")
    return form


def _readers(found: Introduction) -> str:
    if found.sent_at is None:
        return _("Read by whoever knows of this introduction so far: not by a side that is yet to be asked.")
    return _("Read by both sides and their offices, and sent to them by mail, without your address.")


def _said(found: Introduction, seat: By, row: Message) -> Said:
    opens = policy.allowed(actor(), "message:files", row)
    return Said(
        who=_who(found, row, seat),
        mine=row.author_id == actor().user_id,
        at=row.written_at,
        text=row.text,
        for_all=row.for_all,
        files=tuple(
            ShownFile(
                number=one.id,
                name=one.file.name if opens else _("File %(number)s", number=one.position + 1),
                about=file_words(one.file.media_type, one.file.size),
                opens=opens,
            )
            for one in row.files
        ),
    )


def _who(found: Introduction, row: Message, seat: By) -> str:
    """Return who wrote a message; a person is named to colleagues and offices, and later to all."""
    person = row.author.name if row.author else ""
    side = who(found, row.written_by, seat, person)
    known = row.written_by in SIDES and (seat is row.written_by or seat not in SIDES or found.revealed_at)
    if not known or not person:
        return side
    firm = name_of(found, row.written_by) if found.revealed_at and seat is not row.written_by else side
    return _("%(person)s (%(side)s)", person=person, side=firm)


def _meeting_form(found: Introduction, answering: int, zone: ZoneInfo, filled: Forms) -> MeetingForm | None:
    if found.state not in TOGETHER or not policy.allowed(actor(), "introduction:propose_times", found):
        return None
    given = filled.get("meeting")
    form = given if isinstance(given, MeetingForm) else MeetingForm(formdata=None)
    form.answering.process_data(answering)
    form.zone.process_data(zone.key)
    return form


def _proposes_for(found: Introduction) -> str:
    if not policy.allowed(actor(), "introduction:propose_times", found):
        return ""
    side, by_office = side_proposed_for(actor(), found)
    return name_of(found, side) if by_office else ""


def _call_off_form(found: Introduction, meetings: Sequence[Meeting], filled: Forms) -> CallOffForm | None:
    """Return the form where the newest meeting is agreed, still to come, and the reader's to call off."""
    last = next(iter(meetings), None)
    if last is None or last.state is not MeetingState.AGREED or last.starts_at is None:
        return None
    if last.starts_at <= clock.now() or not policy.allowed(actor(), "introduction:meet", found):
        return None
    given = filled.get("call_off")
    return given if isinstance(given, CallOffForm) else CallOffForm(formdata=None)


def _meeting(found: Introduction, seat: By, row: Meeting, clocks: Clocks) -> ShownMeeting:
    now = clock.now()
    others = [side for side in sides_spoken_for(actor(), found) if side is not row.proposed_by]
    agreed = row.state is MeetingState.AGREED and row.starts_at is not None
    return ShownMeeting(
        number=row.number,
        state=row.state,
        who=who(found, meeting_proposer(row), seat),
        minutes=row.minutes,
        place=row.place,
        times=tuple((time.position, clocks.told(time.starts_at), time.starts_at > now) for time in row.times),
        agreed=clocks.told(row.starts_at) if row.starts_at is not None else [],
        may_accept=row.state is MeetingState.PROPOSED and bool(others) and found.state in TOGETHER,
        may_note=agreed
        and row.starts_at is not None
        and row.starts_at <= now
        and policy.allowed(actor(), "introduction:progress", found),
        off=who(found, row.called_off.called_by, seat) if row.called_off else "",
        off_because=row.called_off.reason if row.called_off else "",
    )


def _agreement(found: Introduction, seat: By, row: Agreement) -> ShownAgreement:
    opens = policy.allowed(actor(), "agreement:evidence", row)
    file = row.file
    return ShownAgreement(
        type=str(PARTNERSHIP_TYPES[row.type.value]),
        agreed_on=row.agreed_on,
        value=f"{label(row.value_band)} {row.currency}".strip(),
        jobs=row.jobs,
        note=row.note,
        who=who(found, row.recorded_by, seat),
        evidence=(file.name if opens else file_words(file.media_type, file.size)) if file else "",
        opens=opens,
    )


def _agreement_form(found: Introduction, filled: Forms) -> AgreementForm:
    given = filled.get("agree")
    form = given if isinstance(given, AgreementForm) else AgreementForm(formdata=None)
    form.beside("agree", found.version)
    return form
