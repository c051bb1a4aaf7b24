"""From which state, by whom, to which state; who may, who waits for how long, and what is written down."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from marketplace.introductions.states.reasons import DECLINING, FAILING, WITHDRAWING, Reason


class IntroductionState(enum.StrEnum):
    """Where an introduction stands."""

    # An officer of the proposer's office is to look at it.
    PROPOSED = "proposed"
    # An officer of the other side's office is.
    VETTED = "vetted"
    # Whoever is asked and has not said yes is to answer.
    SENT = "sent"
    # Both have said yes; contacts are revealed from here on.
    ACCEPTED = "accepted"
    MEETING_HELD = "meeting_held"
    NEGOTIATING = "negotiating"
    AGREED = "agreed"
    FAILED = "failed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    # By silence.
    EXPIRED = "expired"


class Origin(enum.StrEnum):
    """How an introduction began."""

    # A side's own expression of interest, which is its consent.
    INTEREST = "interest"
    # An officer's proposal of a pair: both sides are asked.
    OFFICE = "office"


class By(enum.StrEnum):
    """Who acts."""

    PROPOSER = "proposer"
    OTHER = "other"
    PROPOSER_OFFICE = "proposer_office"
    OTHER_OFFICE = "other_office"
    EXCHANGE = "exchange"


class Limit(enum.StrEnum):
    """Whose time begins with a transition; how long it is, each office sets for itself."""

    NONE = "none"
    OFFICER = "officer"
    SIDE = "side"
    # What had begun before goes on.
    GOES_ON = "goes_on"


S = IntroductionState


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table.

    Parameters
    ----------
    name
        Unique.
    froms
        States that it leads out of; none where it makes the introduction.
    by
        Who may take this step; ``permission`` decides for a person, of ``marketplace/policy``.
    permission
        ``""`` for what no person does.
    reasons
        One of them has to be given; none where no reason is asked.
    event
        Recorded in the outbox, in the same transaction.
    act
        Noted in the audit, in the same transaction.
    """

    name: str
    froms: tuple[IntroductionState, ...]
    to: IntroductionState
    by: tuple[By, ...]
    permission: str
    event: str
    act: str
    limit: Limit = Limit.NONE
    reasons: tuple[Reason, ...] = ()


_OPEN: Final = (S.PROPOSED, S.VETTED, S.SENT)
_TOGETHER: Final = (S.ACCEPTED, S.MEETING_HELD, S.NEGOTIATING)
_ALL: Final = (By.PROPOSER, By.OTHER, By.PROPOSER_OFFICE, By.OTHER_OFFICE)
_DECLINE: Final = "introduction:decline"

TABLE: Final[tuple[Transition, ...]] = (
    Transition("express", (), S.PROPOSED, (By.PROPOSER,), "listing:approach",
               "IntroductionProposed", "introduction:express", Limit.OFFICER),
    Transition("propose", (), S.VETTED, (By.PROPOSER_OFFICE,), "introduction:propose",
               "IntroductionVetted", "introduction:propose", Limit.OFFICER),
    # The same office holds both ends.
    Transition("propose_within", (), S.SENT, (By.PROPOSER_OFFICE,), "introduction:propose",
               "IntroductionSent", "introduction:propose", Limit.SIDE),
    Transition("vet", (S.PROPOSED,), S.VETTED, (By.PROPOSER_OFFICE,), "introduction:vet",
               "IntroductionVetted", "introduction:vet", Limit.OFFICER),
    Transition("vet_within", (S.PROPOSED,), S.SENT, (By.PROPOSER_OFFICE,), "introduction:vet",
               "IntroductionSent", "introduction:vet", Limit.SIDE),
    Transition("send_on", (S.VETTED,), S.SENT, (By.OTHER_OFFICE,), "introduction:send_on",
               "IntroductionSent", "introduction:send_on", Limit.SIDE),
    # The first of two that are asked.
    Transition("consent", (S.SENT,), S.SENT, (By.PROPOSER, By.OTHER), "introduction:accept",
               "IntroductionConsented", "introduction:consent", Limit.GOES_ON),
    Transition("accept", (S.SENT,), S.ACCEPTED, (By.PROPOSER, By.OTHER), "introduction:accept",
               "IntroductionAccepted", "introduction:accept"),
    Transition("decline_proposed", (S.PROPOSED,), S.DECLINED, (By.PROPOSER_OFFICE,), _DECLINE,
               "IntroductionDeclined", _DECLINE, reasons=DECLINING),
    Transition("decline_vetted", (S.VETTED,), S.DECLINED, (By.OTHER_OFFICE,), _DECLINE,
               "IntroductionDeclined", _DECLINE, reasons=DECLINING),
    Transition("decline_sent", (S.SENT,), S.DECLINED, (By.PROPOSER, By.OTHER), _DECLINE,
               "IntroductionDeclined", _DECLINE, reasons=DECLINING),
    Transition("withdraw", _OPEN, S.WITHDRAWN, (By.PROPOSER, By.PROPOSER_OFFICE), "introduction:withdraw",
               "IntroductionWithdrawn", "introduction:withdraw", reasons=WITHDRAWING),
    Transition("expire", _OPEN, S.EXPIRED, (By.EXCHANGE,), "",
               "IntroductionExpired", "introduction:expire"),
    Transition("hold_meeting", (S.ACCEPTED,), S.MEETING_HELD, _ALL, "introduction:progress",
               "IntroductionMeetingHeld", "introduction:hold_meeting"),
    Transition("negotiate", (S.ACCEPTED, S.MEETING_HELD), S.NEGOTIATING, _ALL, "introduction:progress",
               "IntroductionNegotiating", "introduction:negotiate"),
    Transition("agree", _TOGETHER, S.AGREED, _ALL, "introduction:progress",
               "IntroductionAgreed", "introduction:agree"),
    Transition("fail", _TOGETHER, S.FAILED, _ALL, "introduction:progress",
               "IntroductionFailed", "introduction:fail", reasons=FAILING),
)  # fmt: skip

_ROWS: Final[Mapping[str, Transition]] = MappingProxyType({found.name: found for found in TABLE})


def row(name: str) -> Transition:
    """Return a row by its name.

    Raises
    ------
    KeyError
        For a name that is not in the table.
    """
    return _ROWS[name]


# What follows from the table; the constraints of the table in the database are made from these.
AWAITED: Final = _OPEN
REVEALED: Final = (*_TOGETHER, S.AGREED, S.FAILED)
LIVE: Final = (*_OPEN, *_TOGETHER)
ENDED: Final = tuple(state for state in S if state not in LIVE)
REASONED: Final = tuple(dict.fromkeys(found.to for found in TABLE if found.reasons))
ACTS: Final = frozenset(found.act for found in TABLE)
EVENTS: Final = tuple(dict.fromkeys(found.event for found in TABLE))
