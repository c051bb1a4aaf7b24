"""An officer's proposal to introduce the sides of two listings to each other: both are asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import policy
from marketplace.errors import Conflict, Invalid
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.find import joined_already
from marketplace.introductions.services.begin import begin, stored_match
from marketplace.introductions.services.present import check_presented
from marketplace.introductions.states import LIVE, By, Origin, row
from marketplace.listings.models import Listing, State
from marketplace.policy import Actor


@dataclass(frozen=True, slots=True)
class Pair:
    """Two listings whose sides are to be introduced to each other."""

    first: Listing
    second: Listing

    def begun_by(self, office_id: int | None) -> Pair:
        """Return the pair with the listing of the proposing office first."""
        turned = self.first.office_id != office_id and self.second.office_id == office_id
        return Pair(self.second, self.first) if turned else self


def propose_introduction(
    session: Session, actor: Actor, pair: Pair, *, presented: str, now: datetime
) -> Introduction:
    """Propose that two sides meet.

    The proposal counts as vetted by the officer's office.  Where another office looks after the
    other side it goes there first; then both sides are asked at once.

    Parameters
    ----------
    presented
        What the sides are told when they are asked, without a name; may be empty.

    Raises
    ------
    NotFound
        Where neither listing is of the actor's office, or the actor belongs to one of the sides.
    Invalid
        For ``pair`` or ``presented``.
    Conflict
        Where the two are being introduced already, or their contacts were opened to each other.
    """
    policy.require(actor, "introduction:propose", pair)
    pair = pair.begun_by(actor.office_id)
    _check(pair)
    check_presented(presented, pair.first.organisation, pair.second.organisation)
    first, second = pair.first, pair.second
    match = stored_match(session, second, first)
    joined, begun = joined_already(session, first, second), None
    if joined is None:
        begun = begin(
            session,
            actor,
            row("propose_within" if first.office_id == second.office_id else "propose"),
            By.PROPOSER_OFFICE,
            now=now,
            origin=Origin.OFFICE,
            proposer_organisation_id=first.organisation_id,
            proposer_listing_id=first.id,
            proposer_office_id=first.office_id,
            proposer_officer_id=actor.user_id if actor.office_id == first.office_id else None,
            other_organisation_id=second.organisation_id,
            other_listing_id=second.id,
            other_office_id=second.office_id,
            sought="",
            unclear="",
            presented=presented,
            reason_text="",
            total=match.total if match else None,
            explanation=match.explanation if match else None,
        )
    if begun is None:
        raise Conflict(in_the_way(joined))
    return begun


def in_the_way(joined: Introduction | None) -> str:
    """Return why two sides cannot be proposed to each other.

    Parameters
    ----------
    joined
        What joins them; ``None`` for a live one that somebody has begun at this very moment.
    """
    if joined is not None and joined.state not in LIVE:
        return _("These two know each other already: their contacts were opened by an earlier introduction.")
    return _("These two are being introduced to each other already.")


def _check(pair: Pair) -> None:
    first, second = pair.first, pair.second
    if first.side is second.side:
        raise Invalid("pair", _("Choose a request and an offer."), "same_side")
    if first.state is not State.PUBLISHED or second.state is not State.PUBLISHED:
        raise Invalid("pair", _("Both listings have to be published."), "not_published")
    if first.organisation_id is not None and first.organisation_id == second.organisation_id:
        raise Invalid("pair", _("Both listings are of the same organisation."), "same_organisation")
