"""The kinds of event that people are told of, and by which ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString


@dataclass(frozen=True, slots=True)
class Kind:
    """How people are told of one kind of event.

    Parameters
    ----------
    label
        What the person reads who chooses which mails to get.
    notice
        Whether a notice appears in the inbox.
    mail
        Whether a mail is sent; some news wait in the inbox.
    optional
        Whether a person may refuse the mail; the inbox still tells.
    """

    label: LazyString
    notice: bool = True
    mail: bool = True
    optional: bool = True


def _account(label: LazyString) -> Kind:
    """Return a kind that is a mail somebody has just asked for: no notice, and no refusing it."""
    return Kind(label, notice=False, optional=False)


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "MatchFound": Kind(_l("A new good match for one of our listings")),
        "ListingPublished": Kind(_l("Our listing was published")),
        "ListingReturned": Kind(_l("Our listing was returned with a reason")),
        "ListingExpiring": Kind(_l("Our listing ends soon")),
        "ListingSubmitted": Kind(_l("A listing waits for the review of our office")),
        "IntroductionProposed": Kind(_l("An expression of interest waits for our office")),
        "IntroductionVetted": Kind(_l("An introduction waits for our office to send it on")),
        "IntroductionSent": Kind(_l("Somebody would like to meet us")),
        "IntroductionConsented": Kind(_l("One of two sides that were asked has said yes"), mail=False),
        "IntroductionAccepted": Kind(_l("Both sides of an introduction have said yes")),
        "IntroductionDeclined": Kind(_l("An introduction was declined")),
        "IntroductionWithdrawn": Kind(_l("An introduction was taken back")),
        "IntroductionExpired": Kind(_l("An introduction ended without an answer")),
        "IntroductionWaiting": Kind(_l("A reminder of an introduction that waits for us")),
        "IntroductionReassigned": Kind(_l("An introduction was given into my hands")),
        "IntroductionsHandedOver": Kind(_l("A colleague’s introductions were given into my hands")),
        "IntroductionMeetingHeld": Kind(_l("The two sides of an introduction have met"), mail=False),
        "IntroductionNegotiating": Kind(_l("The two sides of an introduction negotiate"), mail=False),
        "IntroductionAgreed": Kind(_l("The two sides of an introduction have agreed"), mail=False),
        "IntroductionFailed": Kind(_l("Nothing came of an introduction"), mail=False),
        "IntroductionMessageWritten": Kind(_l("A message within an introduction")),
        "IntroductionMeetingProposed": Kind(_l("Times are proposed for a meeting")),
        "IntroductionMeetingAgreed": Kind(
            _l("The time of a meeting is agreed, with an entry for the calendar")
        ),
        "IntroductionMeetingCalledOff": Kind(_l("An agreed meeting is called off")),
        "IntroductionMeetingNoted": Kind(_l("A meeting was held, or was not"), mail=False),
        "IntroductionFollowUpAsked": Kind(_l("The question how a partnership fares, after some months")),
        "OrganisationMerged": Kind(_l("Two records of our organisation were made one")),
        "OrganisationMergeUndone": Kind(_l("One record of our organisation was made two again")),
        "ColleagueInvited": _account(_l("An invitation to an organisation")),
        "VerificationAsked": _account(_l("Confirming the address")),
        "PasswordResetAsked": _account(_l("A new password")),
        "AddressTaken": _account(_l("Somebody registered with this address again")),
    }
)

# What only the staff of an office is told of, and what they alone may refuse.
OF_OFFICES = frozenset(
    {
        "ListingSubmitted",
        "IntroductionProposed",
        "IntroductionVetted",
        "IntroductionConsented",
        "IntroductionReassigned",
        "IntroductionsHandedOver",
    }
)
OPTIONAL = tuple(name for name, kind in KINDS.items() if kind.optional and kind.mail)
