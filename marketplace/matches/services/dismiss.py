"""Waving a match away, with the reason, and taking that back."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketplace import audit, outbox, policy
from marketplace.errors import Invalid, NotFound
from marketplace.listings.models import Listing
from marketplace.matches.models import Dismissal, DismissReason, Match
from marketplace.policy import Actor
from matching.types import Side

TEXT_LENGTH: Final = 500


def dismiss_match(
    session: Session,
    actor: Actor,
    listing: Listing,
    match: Match,
    *,
    reason: DismissReason,
    text: str,
    now: datetime,
) -> None:
    """Wave a match of a listing away, for this side only; a second time changes the reason.

    Parameters
    ----------
    listing
        One's own.
    text
        More about the reason, up to :data:`TEXT_LENGTH` characters; for ``OTHER`` it is needed.

    Raises
    ------
    NotFound
        Where the match is not one of the listing's, or the listing may not be known of.
    Forbidden
        Where the actor may only read.
    Invalid
        ``too_long`` or ``missing``, for the field ``text``.
    """
    policy.require(actor, "match:dismiss", listing)
    if listing.id not in {match.request_id, match.offer_id}:
        raise NotFound
    if len(text) > TEXT_LENGTH:
        raise Invalid(
            "text", _("At most %(longest)s characters are possible.", longest=TEXT_LENGTH), "too_long"
        )
    if reason is DismissReason.OTHER and not text:
        raise Invalid("text", _("Say in a few words what the reason is."), "missing")
    values = {
        "request_id": match.request_id,
        "offer_id": match.offer_id,
        "side": listing.side,
        "reason": reason,
        "text": text,
        "user_id": actor.user_id,
        "at": now,
        "total": match.total,
        "explanation": match.explanation,
    }
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    new = insert(Dismissal).values(values)
    session.execute(
        new.on_conflict_do_update(
            index_elements=["request_id", "offer_id", "side"],
            set_={
                name: new.excluded[name] for name in values if name not in {"request_id", "offer_id", "side"}
            },
        )
    )
    facts = {"request": match.request_id, "offer": match.offer_id, "reason": reason.value}
    audit.note(session, actor.user_id, "match:dismiss", "listing", listing.id, now, facts)
    pair = {"request": match.request_id, "offer": match.offer_id}
    outbox.record(session, "MatchDismissed", pair, at=now)


def undo_dismissal(
    session: Session, actor: Actor, listing: Listing, partner_id: int, *, now: datetime
) -> None:
    """Take a dismissal back; nothing happens where there is none.

    Parameters
    ----------
    listing
        One's own.
    partner_id
        Key of the other listing of the pair.

    Raises
    ------
    NotFound, Forbidden
        As for :func:`dismiss_match`.
    """
    policy.require(actor, "match:dismiss", listing)
    own, other = (
        (Dismissal.request_id, Dismissal.offer_id)
        if listing.side is Side.REQUEST
        else (Dismissal.offer_id, Dismissal.request_id)
    )
    gone = session.execute(
        sa.delete(Dismissal)
        .where(own == listing.id, other == partner_id, Dismissal.side == listing.side)
        .returning(Dismissal.reason)
    ).first()
    if gone is not None:
        facts = {"partner": partner_id, "undone": True}
        audit.note(session, actor.user_id, "match:dismiss", "listing", listing.id, now, facts)
        pair = {"request": partner_id, "offer": listing.id}
        if listing.side is Side.REQUEST:
            pair = {"request": listing.id, "offer": partner_id}
        outbox.record(session, "DismissalTakenBack", pair, at=now)
