"""Finding one introduction, and those that are live already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer, joinedload, load_only, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from marketplace import policy
from marketplace.accounts.models import User
from marketplace.errors import NotFound
from marketplace.introductions.models import Introduction
from marketplace.introductions.states import LIVE, REVEALED
from marketplace.listings.models import Listing
from marketplace.offices.models import Office
from marketplace.organisations.models import Organisation
from marketplace.policy import Actor

JOINED: Final = tuple(dict.fromkeys((*LIVE, *REVEALED)))
"""While two sides are brought together, and ever after their contacts were opened."""


# Of what points from an introduction to a row: what a list shows of that row, and the names of the ends.
_ENDS: Final[tuple[tuple[tuple[Any, ...], tuple[str, ...]], ...]] = (
    (
        (Organisation.name, Organisation.country),
        ("proposer_organisation", "other_organisation", "proposer_as", "other_as"),
    ),
    ((Office.name,), ("proposer_office", "other_office")),
    ((User.name,), ("proposer_officer", "other_officer")),
    ((Listing.title, Listing.kind, Listing.country), ("proposer_listing", "other_listing")),
)


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


def card_rows(session: Session, keys: Sequence[int]) -> Sequence[Introduction]:
    """Return introductions with what a list at the desk shows of them: names and titles, in five queries.

    Neither whole rows, as a page of seventy would read a thousand texts that it does not show, nor one
    query for all: PostgreSQL takes longer to plan a join of eleven tables than to answer five questions.
    What is left out is refused, not loaded row by row.
    """
    rows = session.scalars(
        sa.select(Introduction)
        .where(Introduction.id.in_(keys))
        .options(defer(Introduction.explanation, raiseload=True))
    ).all()
    for columns, ends in _ENDS:
        model = columns[0].class_
        wanted = {getattr(row, f"{end}_id") for row in rows for end in ends} - {None}
        query = sa.select(model).where(model.id.in_(sorted(wanted)))
        found = session.scalars(query.options(load_only(*columns, raiseload=True))) if wanted else ()
        known = {one.id: one for one in found}
        for row in rows:
            for end in ends:
                set_committed_value(row, end, known.get(getattr(row, f"{end}_id")))
    return rows


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


def joining(asked: Any, asking: Any) -> sa.ColumnElement[bool]:
    """Return the condition that an introduction joins the side of one listing to another listing.

    An interest often names no listing of one's own: then it is the organisation that asks.

    Parameters
    ----------
    asked, asking
        Two listings: rows, or tables in a query.
    """
    ways = [Introduction.proposer_listing_id == asking.id]
    if asking.organisation_id is not None:
        ways.append(Introduction.proposer_organisation_id == asking.organisation_id)
    return sa.and_(Introduction.other_listing_id == asked.id, sa.or_(*ways), Introduction.state.in_(JOINED))


def joined_already(session: Session, first: Listing, second: Listing) -> Introduction | None:
    """Return the introduction that joins the sides of two listings, whichever was proposed to which.

    Returns
    -------
    Introduction or None
        A live one before one that is over but has opened the contacts.
    """
    return session.scalar(
        sa.select(Introduction)
        .where(sa.or_(joining(first, second), joining(second, first)))
        .order_by(sa.case((Introduction.state.in_(LIVE), 0), else_=1), Introduction.id)
        .limit(1)
    )
