"""The same in SQL, for lists; a property test holds it against the predicates."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from marketplace.policy.actor import Actor
from marketplace.policy.predicates import SEEN_STATES, STAFF_STATES


def visible_to(actor: Actor, listing: Any) -> sa.ColumnElement[bool]:
    """Return the condition in SQL under which ``listing:view`` holds.

    Parameters
    ----------
    listing
        The mapped class ``Listing`` or an alias of it; policy stays below the features.
    """
    if actor.is_admin:
        return sa.true()
    levels = ["public", "members"] if actor.signed_in else ["public"]
    conditions = [
        sa.and_(
            listing.state.in_(SEEN_STATES),
            sa.true() if actor.is_officer else listing.dissemination.in_(levels),
        )
    ]
    if actor.memberships:
        conditions.append(listing.organisation_id.in_(sorted(actor.memberships)))
    if actor.office_id is not None:
        conditions.append(sa.and_(listing.state.in_(STAFF_STATES), listing.office_id == actor.office_id))
    return sa.or_(*conditions)


def named_to(actor: Actor, listing: Any) -> sa.ColumnElement[bool]:
    """Return the condition in SQL under which a listing that is seen shows whose it is (``listing:name``).

    Parameters
    ----------
    listing
        The mapped class ``Listing`` or an alias of it; the condition goes with :func:`visible_to`.
    """
    if actor.is_admin:
        return sa.true()
    conditions = [listing.anonymous.is_(False)]
    if actor.memberships:
        conditions.append(listing.organisation_id.in_(sorted(actor.memberships)))
    if actor.office_id is not None:
        conditions.append(listing.office_id == actor.office_id)
    return sa.or_(*conditions)


def kept_by(actor: Actor, organisation: Any) -> sa.ColumnElement[bool]:
    """Return the condition in SQL under which ``databank:view`` holds; of both, ``organisation:merge``.

    Parameters
    ----------
    organisation
        The mapped class ``Organisation`` or an alias of it; policy stays below the features.
    """
    conditions = [organisation.id.not_in(sorted(actor.memberships))] if actor.memberships else []
    if not actor.is_admin:
        conditions.append(
            sa.false() if actor.office_id is None else organisation.office_id == actor.office_id
        )
    return sa.and_(sa.true(), *conditions)
