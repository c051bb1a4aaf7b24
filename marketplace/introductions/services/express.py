"""Expressing interest in a listing: the first step of a side, and its consent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import policy
from marketplace.errors import Invalid
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.find import asked_already
from marketplace.introductions.services.begin import begin, stored_match
from marketplace.introductions.services.move import check_length
from marketplace.introductions.states import LIVE, By, Origin, row
from marketplace.listings.models import Listing, State
from marketplace.organisations.models import Organisation
from marketplace.policy import Actor


@dataclass(frozen=True, slots=True)
class Expressed:
    """The introduction that an interest began, and whether this very request did."""

    introduction: Introduction
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

    An organisation has one live introduction to a listing: a second interest is the first.  Where the
    other side has asked for the organisation's own listing, and the organisation knows of it, that one
    is returned: a yes to it opens the contacts, and a second introduction would only ask back.

    Parameters
    ----------
    organisation_id
        For which of the actor's organisations.
    own_listing
        The published listing of one's own that it comes from; ``None`` when from none.
    sought, unclear
        What cooperation is sought and what remains to be cleared up, up to
        :data:`~marketplace.introductions.models.TEXT_LENGTH` characters; for the offices, never
        for the other side.

    Raises
    ------
    NotFound, Forbidden
        Where ``listing:approach`` does not hold.
    Invalid
        For ``organisation``, ``own_listing``, ``sought`` or ``unclear``.
    """
    policy.require(actor, "listing:approach", listing)
    _check(actor, listing, organisation_id, own_listing)
    check_length("sought", sought)
    check_length("unclear", unclear)
    if not sought:
        raise Invalid("sought", _("Say in a sentence or two what you would like to do together."), "missing")
    asked = asked_already(session, actor, own_listing.id, listing.id) if own_listing else None
    if asked is not None:
        return Expressed(asked, new=False)
    organisation = session.get_one(Organisation, organisation_id)
    match = stored_match(session, listing, own_listing)
    begun = begin(
        session,
        actor,
        row("express"),
        By.PROPOSER,
        now=now,
        origin=Origin.INTEREST,
        proposer_organisation_id=organisation_id,
        proposer_listing_id=own_listing.id if own_listing else None,
        proposer_office_id=organisation.office_id,
        proposer_accepted_at=now,
        proposer_accepted_by_id=actor.user_id,
        other_organisation_id=listing.organisation_id,
        other_listing_id=listing.id,
        other_office_id=listing.office_id,
        sought=sought,
        unclear=unclear,
        presented="",
        reason_text="",
        total=match.total if match else None,
        explanation=match.explanation if match else None,
    )
    if begun is not None:
        return Expressed(begun, new=True)
    return Expressed(_live(session, organisation_id, listing, own_listing), new=False)


def _live(
    session: Session, organisation_id: int, listing: Listing, own_listing: Listing | None
) -> Introduction:
    """Return the live introduction that is in the way: of the organisation, or of the two listings."""
    ways = [Introduction.proposer_organisation_id == organisation_id]
    if own_listing is not None:
        ways.append(Introduction.proposer_listing_id == own_listing.id)
    return session.scalars(
        sa.select(Introduction)
        .where(Introduction.other_listing_id == listing.id, Introduction.state.in_(LIVE), sa.or_(*ways))
        .order_by(Introduction.id)
        .limit(1)
    ).one()


def _check(actor: Actor, listing: Listing, organisation_id: int, own_listing: Listing | None) -> None:
    if not actor.edits(organisation_id):
        raise Invalid("organisation", _("Choose an organisation that you write for."), "unknown_organisation")
    if own_listing is None:
        return
    if own_listing.organisation_id != organisation_id or own_listing.side is listing.side:
        raise Invalid(
            "own_listing", _("Choose a listing of this organisation, on the other side."), "unknown_listing"
        )
    # The other side is asked with it: nothing that no office has read yet, and nothing that is over.
    if own_listing.state is not State.PUBLISHED:
        raise Invalid("own_listing", _("Your own listing has to be published."), "not_published")
