"""Letters about matches."""

from __future__ import annotations

import sqlalchemy as sa
from flask_babel import gettext as _

from marketplace import policy
from marketplace.listings.models import Listing, State
from marketplace.matches.explanation import explain
from marketplace.matches.models import Dismissal, Match
from marketplace.matches.stored import score_from_json
from marketplace.notifications.views.letters import addresses
from marketplace.notifications.views.letters.letter import Letter, Occasion
from marketplace.notifications.views.letters.listings import (
    named,
    own_listing,
    signature,
    why_member,
)
from marketplace.web.words import country, day, label, sector
from matching.types import Side

# A letter says the strongest; the page says all.
REASONS = 4


def found(occasion: Occasion) -> Letter | None:
    """Write to one side of a good match: that it is there, why, and what to do.

    Nothing in it tells who the other side is.
    """
    own = own_listing(occasion)
    match = _match(occasion)
    if own is None or match is None or own.state is not State.PUBLISHED:
        return None
    other = match.offer if own.id == match.request_id else match.request
    if other.state is not State.PUBLISHED or not policy.allowed(occasion.reader, "listing:view", other):
        return None
    explained = explain(score_from_json(match.explanation), own.side)
    signed, reply_to = signature(occasion, own)
    return Letter(
        subject=_("A good match for “%(title)s”", title=own.title),
        paragraphs=(_opening(own, other, explained.total),),
        facts=_facts(other),
        reasons_title=_("Why we think that it fits:"),
        reasons=explained.reasons[:REASONS],
        action=(_("Look at the match"), addresses.of_matches(own)),
        closing=(
            _by_when(match.request),
            _("If it looks right, express your interest there: our office then speaks with the other side."),
            _("If not, dismiss it with a reason; the next ones will be better for it."),
            _("Neither side learns the other’s contacts before both have agreed."),
        ),
        why=why_member(own),
        signed=signed,
        reply_to=reply_to,
    )  # fmt: skip


def _match(occasion: Occasion) -> Match | None:
    """Return the pair, unless it is gone or this side has dismissed it."""
    pair = (occasion.ids["request"], occasion.ids["offer"])
    if occasion.session.get(Dismissal, (*pair, Side(occasion.ids["side"]))) is not None:
        return None
    return occasion.session.scalar(
        sa.select(Match).where(Match.request_id == pair[0], Match.offer_id == pair[1])
    )


def _opening(own: Listing, other: Listing, total: int) -> str:
    words = named(own) | {"total": str(total)}
    if other.side is Side.OFFER:
        return _(
            "An offer fits your request “%(title)s” (%(reference)s): %(total)s of 100 points.",
            **words,
        )
    return _(
        "A request fits your offer “%(title)s” (%(reference)s): %(total)s of 100 points.",
        **words,
    )


def _facts(other: Listing) -> tuple[tuple[str, str], ...]:
    return (
        (str(label(other.side)), other.title),
        (_("Reference"), other.reference or ""),
        (_("Kind"), str(label(other.kind))),
        (_("Country"), country(other.country)),
        (_("Sector"), sector(other.sectors[0].code) if other.sectors else ""),
    )


def _by_when(request: Listing) -> str:
    if request.response_deadline is not None:
        return _("The request takes answers until %(day)s.", day=day(request.response_deadline))
    return _("The request is published until %(day)s.", day=day(request.valid_until))
