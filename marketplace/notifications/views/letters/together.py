"""Letters about what is said, arranged and agreed within an introduction.

They come from the exchange and lead to the page; no answer to them reaches a person, so that
nobody's address is given away by answering.
"""

from __future__ import annotations

from dataclasses import replace

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from marketplace.errors import NotFound
from marketplace.introductions.models import FollowUpAnswer, Introduction, MeetingState
from marketplace.introductions.queries.meetings import meeting_by_number
from marketplace.introductions.queries.outcomes import follow_up_by_id
from marketplace.introductions.queries.speakers import sides_spoken_for
from marketplace.introductions.queries.thread import message_by_id
from marketplace.introductions.states import By
from marketplace.introductions.views.calendar import calendar_of
from marketplace.introductions.views.clocks import clocks_of
from marketplace.introductions.views.follow_up import follow_up_token
from marketplace.introductions.wording import SIDES, meeting_proposer, who
from marketplace.notifications.views.letters.introductions import about, called, letter_to
from marketplace.notifications.views.letters.letter import Letter, Occasion
from marketplace.notifications.views.letters.people import exchange
from marketplace.web.context import settings
from marketplace.web.words import label


def _from_the_exchange(letter: Letter) -> Letter:
    return replace(letter, signed=exchange(), reply_to="")


def _written(occasion: Occasion, introduction: Introduction, seat: By) -> Letter | None:
    message = message_by_id(occasion.session, occasion.reader, occasion.ids["message"])
    if message is None:
        return None
    files = ngettext(
        "%(num)s file goes with it; it is on the page.",
        "%(num)s files go with it; they are on the page.",
        len(message.files),
    )
    letter = letter_to(
        introduction,
        seat,
        _("A message: %(title)s", **called(introduction, seat)),
        _(
            "%(who)s writes about “%(title)s” (%(reference)s):",
            who=who(introduction, message.written_by, seat),
            **called(introduction, seat),
        ),
        *[paragraph for paragraph in message.text.split("\n") if paragraph.strip()],
        *([files] if message.files else []),
        action=_("Read and answer"),
        closing=(_("Please answer on the page: nobody reads this mailbox, and your address stays unknown."),),
    )
    return _from_the_exchange(letter)


def _times_proposed(occasion: Occasion, introduction: Introduction, seat: By) -> Letter | None:
    meeting = meeting_by_number(occasion.session, introduction, occasion.ids["meeting"])
    if meeting.state is not MeetingState.PROPOSED:
        return None
    asked = [
        side for side in sides_spoken_for(occasion.reader, introduction) if side is not meeting.proposed_by
    ]
    clocks = clocks_of(occasion.session, introduction, occasion.reader, seat)
    times = tuple("; ".join(clocks.told(time.starts_at)) for time in meeting.times)
    in_our_place = (
        [_("It did so for your side. If none of the times suits you, propose others on the page.")]
        if meeting.by_office and seat is meeting.proposed_by
        else []
    )
    letter = letter_to(
        introduction,
        seat,
        _("When shall we meet? %(title)s", **called(introduction, seat)),
        _(
            "%(who)s proposed times for a meeting about “%(title)s” (%(reference)s).",
            who=who(introduction, meeting_proposer(meeting), seat),
            **called(introduction, seat),
        ),
        *in_our_place,
        facts=(
            (_("Where"), meeting.place),
            (_("How long"), ngettext("%(num)s minute", "%(num)s minutes", meeting.minutes)),
        ),
        action=_("Choose a time") if asked else "",
        closing=(_("If none of them suits you, propose others there."),) if asked else (),
    )
    return _from_the_exchange(replace(letter, reasons_title=_("The times:"), reasons=times))


def _time_agreed(occasion: Occasion, introduction: Introduction, seat: By) -> Letter | None:
    meeting = meeting_by_number(occasion.session, introduction, occasion.ids["meeting"])
    if meeting.state is not MeetingState.AGREED or meeting.starts_at is None:
        return None
    times = clocks_of(occasion.session, introduction, occasion.reader, seat).told(meeting.starts_at)
    letter = letter_to(
        introduction,
        seat,
        _("The meeting is agreed: %(title)s", **called(introduction, seat)),
        _("The two sides meet: %(time)s.", time=times[0]),
        facts=(
            (_on_which_clocks(seat), "; ".join(times[1:])),
            (_("Where"), meeting.place),
            (_("How long"), ngettext("%(num)s minute", "%(num)s minutes", meeting.minutes)),
        ),
        closing=(
            _("The entry for your calendar goes with this mail."),
            _("Afterwards, please note on the page whether the meeting was held."),
        ),
    )
    method, entry = calendar_of(occasion.session, occasion.reader, introduction, meeting.number)
    return _from_the_exchange(replace(letter, calendar=entry, calendar_method=method))


def _called_off(occasion: Occasion, introduction: Introduction, seat: By) -> Letter | None:
    meeting = meeting_by_number(occasion.session, introduction, occasion.ids["meeting"])
    off = meeting.called_off
    if off is None or meeting.starts_at is None:
        return None
    times = clocks_of(occasion.session, introduction, occasion.reader, seat).told(meeting.starts_at)
    letter = letter_to(
        introduction,
        seat,
        _("The meeting is called off: %(title)s", **called(introduction, seat)),
        _(
            "%(who)s called off the meeting of %(time)s.",
            who=who(introduction, off.called_by, seat),
            time=times[0],
        ),
        facts=(
            (_on_which_clocks(seat), "; ".join(times[1:])),
            (_("Where"), meeting.place),
            (_("Why"), off.reason),
        ),
        closing=(
            _("What goes with this mail takes the entry out of your calendar."),
            _("Other times can be proposed on the page."),
        ),
    )
    method, entry = calendar_of(occasion.session, occasion.reader, introduction, meeting.number)
    return _from_the_exchange(replace(letter, calendar=entry, calendar_method=method))


def _on_which_clocks(seat: By) -> str:
    return _("On the clocks of the other side") if seat in SIDES else _("On the clocks of both sides")


def _meeting_noted(occasion: Occasion, introduction: Introduction, seat: By) -> Letter | None:
    meeting = meeting_by_number(occasion.session, introduction, occasion.ids["meeting"])
    told = (
        _("It was noted that the meeting was held.")
        if meeting.state is MeetingState.HELD
        else _("It was noted that the meeting was not held.")
    )
    subject = _("News of “%(title)s”", **called(introduction, seat))
    return _from_the_exchange(letter_to(introduction, seat, subject, told))


def _followed_up(occasion: Occasion, introduction: Introduction, seat: By) -> Letter | None:
    try:
        question = follow_up_by_id(occasion.session, occasion.reader, occasion.ids["follow_up"])
    except NotFound:
        # The person only reads, or has left.
        return None
    letter = letter_to(
        introduction,
        seat,
        _("How does it fare? %(title)s", **called(introduction, seat)),
        ngettext(
            "%(num)s month ago you agreed on a partnership (%(reference)s). Is it still going?",
            "%(num)s months ago you agreed on a partnership (%(reference)s). Is it still going?",
            question.months,
            reference=introduction.reference,
        ),
        closing=(
            _("One click on the page confirms it, without logging in."),
            _("The other side does not read the answer."),
            _("It helps the offices to see which introductions last."),
        ),
    )
    token = follow_up_token(settings().secret_key, question.id, occasion.reader.user_id or 0)
    choices = tuple(
        (label(answer), url_for("introductions.follow_up", token=token, answer=answer.value, _external=True))
        for answer in FollowUpAnswer
    )
    address = url_for("introductions.follow_up", token=token, _external=True)
    return _from_the_exchange(replace(letter, choices=choices, action=(_("See all answers"), address)))


written = about(_written)
times_proposed = about(_times_proposed)
time_agreed = about(_time_agreed)
called_off = about(_called_off)
meeting_noted = about(_meeting_noted)
followed_up = about(_followed_up)
