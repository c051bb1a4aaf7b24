"""Expressing interest in a listing, and withdrawing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketplace import audit, outbox, policy
from marketplace.errors import Invalid
from marketplace.introductions.models import Interest
from marketplace.introductions.queries import live_interest
from marketplace.listings.models import Listing
from marketplace.matches.models import Match
from marketplace.policy import Actor
from matching.types import Side

TEXT_LENGTH: Final = 1000


@dataclass(frozen=True, slots=True)
class Expressed:
    """An interest, and whether this very request expressed it."""

    interest: Interest
    new: bool


def express_interest(
    session: Session,
    actor: Actor,
    listing: Listing,
    *,
    organisation_id: int,
    own_listing: Listing | None,
    sought: str,
    unclear: str,
    now: datetime,
) -> Expressed:
    """Say that an organisation would like to meet the one behind a listing.

    An organisation has one live interest in a listing: a second one is the first.

    Parameters
    ----------
    organisation_id
        For which of the actor's organisations.
    own_listing
        The listing of one's own that it comes from; ``None`` when from none.
    sought, unclear
        What cooperation is sought and what remains to be cleared up, up to
        :data:`TEXT_LENGTH` characters; for the offices, never for the other side.

    Raises
    ------
    NotFound, Forbidden
        Where ``listing:approach`` does not hold.
    Invalid
        For ``organisation``, ``own_listing``, ``sought`` or ``unclear``.
    """
    policy.require(actor, "listing:approach", listing)
    _check(actor, listing, organisation_id, own_listing, {"sought": sought, "unclear": unclear})
    match = _match(session, listing, own_listing)
    values = {
        "organisation_id": organisation_id,
        "listing_id": listing.id,
        "own_listing_id": own_listing.id if own_listing else None,
        "user_id": actor.user_id,
        "sought": sought,
        "unclear": unclear,
        "at": now,
        "total": match.total if match else None,
        "explanation": match.explanation if match else None,
    }
    insert: Any = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    written = session.scalar(
        insert(Interest)
        .values(values)
        .on_conflict_do_nothing(
            index_elements=["organisation_id", "listing_id"], index_where=sa.text("withdrawn_at IS NULL")
        )
        .returning(Interest.id)
    )
    if written is not None:
        outbox.record(session, "InterestExpressed", {"interest": written}, at=now)
        facts = {"listing": listing.id, "organisation": organisation_id}
        audit.note(session, actor.user_id, "listing:approach", "interest", written, now, facts)
    return Expressed(live_interest(session, organisation_id, listing.id), new=written is not None)


def withdraw_interest(session: Session, actor: Actor, interest: Interest, *, now: datetime) -> None:
    """Take an interest back; nothing happens to one that is withdrawn already.

    Raises
    ------
    NotFound
        Where it is another organisation's.
    Forbidden
        Where the actor may only read.
    """
    policy.require(actor, "interest:withdraw", interest)
    withdrawn = session.scalar(
        sa.update(Interest)
        .where(Interest.id == interest.id, Interest.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
        .returning(Interest.id)
    )
    if withdrawn is not None:
        facts = {"listing": interest.listing_id, "organisation": interest.organisation_id}
        audit.note(session, actor.user_id, "interest:withdraw", "interest", interest.id, now, facts)


def _check(
    actor: Actor, listing: Listing, organisation_id: int, own_listing: Listing | None, texts: dict[str, str]
) -> None:
    if not actor.edits(organisation_id):
        raise Invalid("organisation", _("Choose an organisation that you write for."), "unknown_organisation")
    if own_listing is not None and (
        own_listing.organisation_id != organisation_id or own_listing.side is listing.side
    ):
        raise Invalid(
            "own_listing", _("Choose a listing of this organisation, on the other side."), "unknown_listing"
        )
    for name, text in texts.items():
        if len(text) > TEXT_LENGTH:
            message = _("At most %(longest)s characters are possible.", longest=TEXT_LENGTH)
            raise Invalid(name, message, "too_long")
    if not texts["sought"]:
        raise Invalid("sought", _("Say in a sentence or two what you would like to do together."), "missing")


def _match(session: Session, listing: Listing, own_listing: Listing | None) -> Match | None:
    """Return the stored match of the two listings, for keeping its score with the interest."""
    if own_listing is None:
        return None
    request, offer = (own_listing, listing) if listing.side is Side.OFFER else (listing, own_listing)
    return session.scalar(sa.select(Match).where(Match.request_id == request.id, Match.offer_id == offer.id))
