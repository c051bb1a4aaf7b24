"""Letters about one's own listings, and to the office that reviews them."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _

from marketplace import policy
from marketplace.listings.models import Listing, State
from marketplace.notifications.views.letters import addresses
from marketplace.notifications.views.letters.letter import Letter, Occasion, sender
from marketplace.notifications.views.letters.people import exchange
from marketplace.offices.models import Office
from marketplace.web.words import country, day, label


def own_listing(occasion: Occasion, key: str = "listing") -> Listing | None:
    """Return the listing of an occasion, if the reader still belongs to its organisation."""
    listing = occasion.session.get(Listing, occasion.ids[key])
    if listing is None or not occasion.reader.belongs(listing.organisation_id):
        return None
    return listing


def signature(occasion: Occasion, listing: Listing) -> tuple[str, str]:
    """Return whose letter one about a listing is, and where answers go."""
    office = None if listing.office_id is None else occasion.session.get(Office, listing.office_id)
    return sender(office, exchange())


def why_member(listing: Listing) -> str:
    """Return why a member of the listing's organisation is written to."""
    name = listing.organisation.name if listing.organisation else ""
    return _("You get this mail because you write for %(name)s, whose listing it is.", name=name)


def named(listing: Listing) -> dict[str, str]:
    """Return the words by which a listing is called in a sentence."""
    return {"title": listing.title, "reference": listing.reference or ""}


def _about(
    occasion: Occasion, wanted: frozenset[State], compose: Callable[[Listing], dict[str, object]]
) -> Letter | None:
    """Write to a member about a listing that is still in one of the states."""
    listing = own_listing(occasion)
    if listing is None or listing.state not in wanted:
        return None
    signed, reply_to = signature(occasion, listing)
    return Letter(why=why_member(listing), signed=signed, reply_to=reply_to, **compose(listing))  # type: ignore[arg-type]


def published(occasion: Occasion) -> Letter | None:
    """Write that a listing is out."""

    def compose(listing: Listing) -> dict[str, object]:
        return {
            "subject": _("Published: %(title)s", title=listing.title),
            "paragraphs": (
                _("Your listing “%(title)s” (%(reference)s) is published.", **named(listing)),
                _("It is compared with every open listing of the other side. We write when one fits well."),
            ),
            "facts": ((_("Published until"), day(listing.valid_until)),),
            "action": (_("Look at the matches"), addresses.of_matches(listing)),
        }

    return _about(occasion, frozenset({State.PUBLISHED}), compose)


def returned(occasion: Occasion) -> Letter | None:
    """Write that the office asks for a change."""

    def compose(listing: Listing) -> dict[str, object]:
        return {
            "subject": _("Please look at it again: %(title)s", title=listing.title),
            "paragraphs": (
                _("We have read your listing “%(title)s” and cannot publish it as it is.", **named(listing)),
                _(
                    "What we ask you to change: %(reason)s",
                    reason=listing.returned_because or _("no reason was given"),
                ),
            ),
            "action": (_("Change it and send it again"), addresses.of_editing(listing)),
            "closing": (_("Nothing you wrote is lost. We look at it again as soon as you send it."),),
        }

    return _about(occasion, frozenset({State.RETURNED}), compose)


def expiring(occasion: Occasion) -> Letter | None:
    """Write that a listing's last day is near."""

    def compose(listing: Listing) -> dict[str, object]:
        until = day(listing.valid_until)
        return {
            "subject": _("Ends on %(day)s: %(title)s", day=until, title=listing.title),
            "paragraphs": (
                _(
                    "Your listing “%(title)s” (%(reference)s) is published until %(day)s.",
                    day=until,
                    **named(listing),
                ),
                _("If you still look for a partner, renew it before then: one click. If not, do nothing."),
            ),
            "action": (_("Renew it"), addresses.of_listing(listing)),
            "closing": (_("After that day nobody finds it any more. You can renew it later, too."),),
        }

    return _about(occasion, frozenset({State.PUBLISHED, State.PAUSED}), compose)


def submitted(occasion: Occasion) -> Letter | None:
    """Write to an officer that a listing waits for review."""
    listing = occasion.session.get(Listing, occasion.ids["listing"])
    if (
        listing is None
        or listing.state is not State.SUBMITTED
        or not policy.allowed(occasion.reader, "listing:review", listing)
    ):
        return None
    signed, reply_to = signature(occasion, listing)
    return Letter(
        subject=_("To review: %(title)s", title=listing.title),
        paragraphs=(
            _(
                "The listing “%(title)s” (%(reference)s) waits for the review of your office.",
                **named(listing),
            ),
        ),
        facts=(
            (_("Organisation"), listing.organisation.name if listing.organisation else ""),
            (_("Kind"), str(label(listing.kind))),
            (_("Country"), country(listing.country)),
            (_("Sent in on"), day(listing.submitted_at)),
        ),
        action=(_("Review it"), addresses.of_review()),
        closing=(_("Please publish it, or return it with a reason, within five working days."),),
        why=_("You get this mail because you are on the staff of the office that looks after this listing."),
        signed=signed,
        reply_to=reply_to,
    )
