"""Letters about expressions of interest."""

from __future__ import annotations

from flask_babel import gettext as _

from marketplace import policy
from marketplace.introductions.models import Interest
from marketplace.notifications.views.letters import addresses
from marketplace.notifications.views.letters.letter import Letter, Occasion
from marketplace.notifications.views.letters.listings import named, signature, why_member
from marketplace.organisations.models import Organisation
from marketplace.web.words import country


def expressed(occasion: Occasion) -> Letter | None:
    """Write to the office who is interested in what; to the listing's members only that somebody is."""
    interest = occasion.session.get(Interest, occasion.ids["interest"])
    if interest is None or interest.withdrawn_at is not None:
        return None
    listing = interest.listing
    signed, reply_to = signature(occasion, listing)
    if policy.allowed(occasion.reader, "listing:review", listing):
        return _to_office(occasion, interest, signed)
    if not occasion.reader.belongs(listing.organisation_id):
        return None
    return Letter(
        subject=_("Somebody is interested: %(title)s", title=listing.title),
        paragraphs=(
            _("An organisation is interested in your listing “%(title)s” (%(reference)s).", **named(listing)),
            _("Your office looks at it first and then speaks with you."),
        ),
        action=(_("Look at your listing"), addresses.of_listing(listing)),
        why=why_member(listing),
        signed=signed,
        reply_to=reply_to,
    )


def _to_office(occasion: Occasion, interest: Interest, signed: str) -> Letter:
    listing = interest.listing
    organisation = occasion.session.get(Organisation, interest.organisation_id)
    own = interest.own_listing
    return Letter(
        subject=_("Interest in: %(title)s", title=listing.title),
        paragraphs=(
            _(
                "%(name)s would like to meet whoever is behind the listing “%(title)s” (%(reference)s).",
                name=organisation.name if organisation else "",
                **named(listing),
            ),
        ),
        facts=(
            (_("From"), country(organisation.country) if organisation else ""),
            (_("With their listing"), f"{own.title} ({own.reference})" if own else ""),
            (_("What they seek"), interest.sought),
            (_("What is unclear to them"), interest.unclear),
        ),
        action=(_("Look at the listing"), addresses.of_listing(listing)),
        closing=(
            _("Please look whether the two fit, and answer within five working days."),
            _("Neither side has seen the other’s contacts."),
        ),
        why=_("You get this mail because you are on the staff of the office that looks after this listing."),
        signed=signed,
    )
