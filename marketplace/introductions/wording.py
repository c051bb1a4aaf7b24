"""How an introduction is told, from where the reader looks at it; a side reads no name of the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask_babel import gettext as _

from marketplace.introductions.models import Introduction, Meeting
from marketplace.introductions.states import By, IntroductionState, Origin
from marketplace.web.words import label

SIDES: Final = frozenset({By.PROPOSER, By.OTHER})
_OFFICE_OF: Final = {By.PROPOSER: By.PROPOSER_OFFICE, By.OTHER: By.OTHER_OFFICE}


def name_of(introduction: Introduction, side: By) -> str:
    """Return whose side it is, for the offices: the organisation, or the office that holds the listing."""
    organisation, office = (
        (introduction.proposer_named, introduction.proposer_office)
        if side is By.PROPOSER
        else (introduction.other_named, introduction.other_office)
    )
    if organisation is not None:
        return organisation.name
    return _("%(office)s, for a listing that it holds", office=office.name if office else _("the exchange"))


def office_name(introduction: Introduction, office: By) -> str:
    """Return the name of one of the two offices."""
    found = introduction.proposer_office if office is By.PROPOSER_OFFICE else introduction.other_office
    return found.name if found is not None else _("the administrators")


def meeting_proposer(meeting: Meeting) -> By:
    """Return who has proposed a meeting: a side, or its office in its place."""
    return _OFFICE_OF[meeting.proposed_by] if meeting.by_office else meeting.proposed_by


def who(introduction: Introduction, by: By, seat: By, person: str = "") -> str:
    """Return who has done something, in the words of one who looks from ``seat``.

    Parameters
    ----------
    person
        Named to the offices alone, and only where an office has acted.
    """
    if by is By.EXCHANGE:
        return _("The exchange")
    return _who_to_side(introduction, by, seat) if seat in SIDES else _who_to_office(introduction, by, person)


def _who_to_side(introduction: Introduction, by: By, seat: By) -> str:
    if by is seat:
        return _("Your side")
    if by in SIDES:
        return _("The other side")
    if introduction.within_one_office or by is _OFFICE_OF[seat]:
        return _("Your office")
    return _("The other side’s office")


def _who_to_office(introduction: Introduction, by: By, person: str) -> str:
    if by in SIDES:
        return name_of(introduction, by)
    office = office_name(introduction, by)
    return _("%(person)s of %(office)s", person=person, office=office) if person else office


_DONE: Final[dict[str, Callable[[str], str]]] = {
    "introduction:express": lambda who: _("%(who)s expressed interest.", who=who),
    "introduction:propose": lambda who: _("%(who)s proposed to introduce the two sides.", who=who),
    "introduction:vet": lambda who: _("%(who)s looked at it and passed it on.", who=who),
    "introduction:send_on": lambda who: _("%(who)s looked at it, and asked for an answer.", who=who),
    "introduction:consent": lambda who: _("%(who)s said yes.", who=who),
    "introduction:accept": lambda who: _("%(who)s said yes; both sides see each other’s contacts.", who=who),
    "introduction:decline": lambda who: _("%(who)s declined.", who=who),
    "introduction:withdraw": lambda who: _("%(who)s took it back.", who=who),
    "introduction:expire": lambda _who: _("It ended because no answer came in time."),
    "introduction:hold_meeting": lambda who: _("%(who)s noted that the two sides have met.", who=who),
    "introduction:negotiate": lambda who: _("%(who)s noted that the two sides negotiate.", who=who),
    "introduction:agree": lambda who: _("%(who)s noted that the two sides have agreed.", who=who),
    "introduction:fail": lambda who: _("%(who)s noted that nothing came of it.", who=who),
    "introduction:remind": lambda who: _("%(who)s sent a reminder.", who=who),
    "introduction:reassign": lambda who: _("%(who)s gave it into other hands.", who=who),
    "introduction:hand_over": lambda who: _("%(who)s handed it over.", who=who),
    "introduction:contacts": lambda who: _("%(who)s read the contacts.", who=who),
}


def done(introduction: Introduction, act: str, by: By, seat: By, person: str = "") -> str:
    """Return one sentence on a step that was taken.

    Parameters
    ----------
    act
        As the audit names it.
    """
    return _DONE[act](who(introduction, by, seat, person))


_ENDS: Final = {
    IntroductionState.AGREED: "introduction:agree",
    IntroductionState.FAILED: "introduction:fail",
    IntroductionState.DECLINED: "introduction:decline",
    IntroductionState.WITHDRAWN: "introduction:withdraw",
    IntroductionState.EXPIRED: "introduction:expire",
}


def standing(introduction: Introduction, seat: By) -> str:
    """Return one sentence on where an introduction stands, and whose turn it is."""
    state = introduction.state
    if introduction.ended_by is not None:
        return done(introduction, _ENDS[state], introduction.ended_by, seat)
    if state is IntroductionState.PROPOSED:
        return _("%(who)s is to look at it.", who=who(introduction, By.PROPOSER_OFFICE, seat))
    if state is IntroductionState.VETTED:
        return _("%(who)s is to look at it.", who=who(introduction, By.OTHER_OFFICE, seat))
    if state is IntroductionState.SENT:
        return _asked(introduction, seat)
    return {
        IntroductionState.ACCEPTED: _("Both sides have said yes, and see each other’s contacts."),
        IntroductionState.MEETING_HELD: _("The two sides have met."),
        IntroductionState.NEGOTIATING: _("The two sides negotiate."),
    }[state]


def _asked(introduction: Introduction, seat: By) -> str:
    awaited = [
        by
        for by, waits in (
            (By.PROPOSER, introduction.proposer_awaited),
            (By.OTHER, introduction.other_awaited),
        )
        if waits
    ]
    if seat in awaited:
        return _("You are asked: would you like to meet?")
    if seat in SIDES:
        # Whether the other of two that are asked has answered is not told.
        return _("The other side is asked. We tell you when it has answered.")
    names = _(" and ").join(name_of(introduction, by) for by in awaited)
    return _("Asked, and not answered yet: %(names)s.", names=names)


def stage(introduction: Introduction, seat: By) -> str:
    """Return the label of the state; before the sides are asked it says at which office it lies.

    The label of the state alone, as lists of many offices have it, cannot.
    """
    state = introduction.state
    office = {
        IntroductionState.PROPOSED: By.PROPOSER_OFFICE,
        IntroductionState.VETTED: By.OTHER_OFFICE,
    }.get(state)
    if office is None:
        return label(state)
    if seat not in SIDES:
        return _("With %(office)s", office=office_name(introduction, office))
    if introduction.within_one_office or office is _OFFICE_OF[seat]:
        return _("With your office")
    return _("With the other side’s office")


def next_step(introduction: Introduction, seat: By) -> str:
    """Return what comes next, for a side; ``""`` where nothing does."""
    state = introduction.state
    if state is IntroductionState.SENT and seat is By.OTHER and introduction.origin is Origin.INTEREST:
        return _("If you say yes, both of you see each other’s names and contacts at once.")
    return {
        IntroductionState.PROPOSED: _("It is passed on to the other side, or you hear why not."),
        IntroductionState.VETTED: _("Then the other side is asked, or you hear why not."),
        IntroductionState.SENT: _("When both have said yes, both see each other’s names and contacts."),
        IntroductionState.ACCEPTED: _("Write or call, and find a day to meet."),
        IntroductionState.MEETING_HELD: _("Tell the offices what comes of it."),
        IntroductionState.NEGOTIATING: _("Tell the offices when you have agreed, or if nothing came of it."),
    }.get(state, "")
