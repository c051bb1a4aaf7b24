"""From a delivery to the letter it tells."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from marketplace.notifications.views.letters import introductions, listings, matches, merges, people, together
from marketplace.notifications.views.letters.letter import Letter, Occasion, Writer
from marketplace.policy import Actor

WRITERS: Mapping[str, Writer] = MappingProxyType(
    {
        "VerificationAsked": people.verification,
        "PasswordResetAsked": people.password_reset,
        "AddressTaken": people.address_taken,
        "ColleagueInvited": people.invitation,
        "ListingSubmitted": listings.submitted,
        "ListingReturned": listings.returned,
        "ListingPublished": listings.published,
        "ListingExpiring": listings.expiring,
        "MatchFound": matches.found,
        "IntroductionProposed": introductions.proposed,
        "IntroductionVetted": introductions.vetted,
        "IntroductionSent": introductions.sent,
        "IntroductionConsented": introductions.consented,
        "IntroductionAccepted": introductions.accepted,
        "IntroductionDeclined": introductions.ended,
        "IntroductionWithdrawn": introductions.ended,
        "IntroductionExpired": introductions.ended,
        "IntroductionWaiting": introductions.waiting,
        "IntroductionReassigned": introductions.reassigned,
        "IntroductionsHandedOver": introductions.handed_over,
        "IntroductionMeetingHeld": introductions.progressed,
        "IntroductionNegotiating": introductions.progressed,
        "IntroductionMessageWritten": together.written,
        "IntroductionMeetingProposed": together.times_proposed,
        "IntroductionMeetingAgreed": together.time_agreed,
        "IntroductionMeetingCalledOff": together.called_off,
        "IntroductionMeetingNoted": together.meeting_noted,
        "IntroductionFollowUpAsked": together.followed_up,
        "OrganisationMerged": merges.merged,
        "OrganisationMergeUndone": merges.undone,
        "IntroductionAgreed": introductions.progressed,
        "IntroductionFailed": introductions.progressed,
    }
)


def write(session: Session, kind: str, ids: Mapping[str, Any], reader: Actor, now: datetime) -> Letter | None:
    """Write the letter of an event, in the language of the current context.

    Returns
    -------
    Letter or None
        ``None`` where there is nothing left to tell: the link was used, the listing is gone.

    Raises
    ------
    KeyError
        For a kind that nobody writes letters about.
    """
    return WRITERS[kind](Occasion(session, ids, reader, now))
