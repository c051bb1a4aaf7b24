"""Finding one introduction, and those that are live already."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace import policy
from marketplace.errors import NotFound
from marketplace.introductions.models import Introduction
from marketplace.introductions.states import LIVE
from marketplace.listings.models import Listing
from marketplace.policy import Actor


def loads() -> tuple[sa.orm.interfaces.LoaderOption, ...]:
    """Return the options that load an introduction with its two sides in a fixed number of queries."""
    of_listing = (
        selectinload(Listing.capabilities),
        selectinload(Listing.sectors),
        joinedload(Listing.organisation),
    )
    return (
        joinedload(Introduction.proposer_organisation),
        joinedload(Introduction.other_organisation),
        joinedload(Introduction.proposer_as),
        joinedload(Introduction.other_as),
        joinedload(Introduction.proposer_office),
        joinedload(Introduction.other_office),
        joinedload(Introduction.proposer_officer),
        joinedload(Introduction.other_officer),
        joinedload(Introduction.proposer_listing).options(*of_listing),
        joinedload(Introduction.other_listing).options(*of_listing),
    )


def introduction_by_reference(session: Session, actor: Actor, reference: str) -> Introduction:
    """Return an introduction that the actor may know of.

    Parameters
    ----------
    reference
        Such as ``INT-2026-00001``; upper and lower case are the same.

    Raises
    ------
    NotFound
        Where there is none, or it is hidden from the actor.
    """
    found = session.scalar(
        sa.select(Introduction)
        .where(Introduction.reference == reference.strip().upper())
        .options(*loads())
        .execution_options(populate_existing=True)
    )
    if found is None or not policy.allowed(actor, "introduction:view", found):
        raise NotFound
    return found


def live_with(session: Session, actor: Actor, listing_id: int) -> Sequence[Introduction]:
    """Return the live introductions by which the actor's organisations have approached a listing."""
    return session.scalars(
        sa.select(Introduction)
        .where(
            Introduction.proposer_organisation_id.in_(sorted(actor.memberships)),
            Introduction.other_listing_id == listing_id,
            Introduction.state.in_(LIVE),
            policy.introductions_visible_to(actor, Introduction),
        )
        .order_by(Introduction.proposed_at, Introduction.id)
    ).all()


def crossing(session: Session, actor: Actor, found: Introduction) -> Introduction | None:
    """Return the live introduction by which the other side asks for the first, if the actor may know of it.

    Two companies may express interest in each other before either is asked.
    """
    return _asking(session, actor, found.other_listing_id, found.proposer_listing_id)


def asked_already(
    session: Session, actor: Actor, own_listing_id: int, listing_id: int
) -> Introduction | None:
    """Return the live introduction by which somebody's listing asks for one's own, if one was asked."""
    return _asking(session, actor, listing_id, own_listing_id)


def _asking(session: Session, actor: Actor, asks_id: int, asked_id: int | None) -> Introduction | None:
    return session.scalar(
        sa.select(Introduction).where(
            Introduction.proposer_listing_id == asks_id,
            Introduction.other_listing_id == asked_id,
            Introduction.state.in_(LIVE),
            policy.introductions_visible_to(actor, Introduction),
        )
    )


def live_between(session: Session, first_id: int, second_id: int) -> Introduction | None:
    """Return the live introduction of two listings to each other, whichever was proposed to which."""
    pairs = sa.tuple_(Introduction.proposer_listing_id, Introduction.other_listing_id)
    return session.scalar(
        sa.select(Introduction)
        .where(pairs.in_([(first_id, second_id), (second_id, first_id)]), Introduction.state.in_(LIVE))
        .order_by(Introduction.id)
        .limit(1)
    )
