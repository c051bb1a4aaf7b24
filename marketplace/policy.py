"""Who may do what: one table, from permission to predicate.

Every write service calls :func:`require` once; every route declares a permission or says that it
is public; lists use :func:`visible_to` in SQL, and a property test holds it against the
predicate.  Nobody else compares roles.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol

import sqlalchemy as sa

from marketplace.errors import Forbidden, NotFound

OPEN_STATES = ("published",)
# What others may still look at when they hold its address: it says by itself that it is over.
SEEN_STATES = ("published", "paused", "matched", "closed", "expired")
# What the staff of the listing's office may see: everything but what is still being written.
STAFF_STATES = ("submitted", "returned", "archived", *SEEN_STATES)


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts, as far as permissions are concerned; loaded anew at each request.

    Parameters
    ----------
    user_id
        ``None`` for a visitor without a login.
    memberships
        Organisation id → role (``owner``, ``editor``, ``viewer``); suspended organisations are
        left out.
    office_id
        The office whose staff the person belongs to.
    """

    user_id: int | None = None
    name: str = ""
    email: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    is_admin: bool = False
    office_id: int | None = None
    memberships: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def signed_in(self) -> bool:
        """Whether this is a person with a login."""
        return self.user_id is not None

    @property
    def is_officer(self) -> bool:
        """Whether the person is on the staff of an office."""
        return self.office_id is not None

    def belongs(self, organisation_id: int | None) -> bool:
        """Whether the person is a member of the organisation, in any role."""
        return organisation_id is not None and organisation_id in self.memberships

    def edits(self, organisation_id: int | None) -> bool:
        """Whether the person may write for the organisation."""
        return organisation_id is not None and self.memberships.get(organisation_id) in {"owner", "editor"}

    def owns(self, organisation_id: int | None) -> bool:
        """Whether the person decides for the organisation."""
        return organisation_id is not None and self.memberships.get(organisation_id) == "owner"


VISITOR = Actor()
# Whoever has a shell on the machine: the commands act for them.
OPERATOR = Actor(name="operator", is_admin=True)


class Owned(Protocol):
    """A thing that belongs to an organisation, an office, or both."""

    organisation_id: Any
    office_id: Any


Predicate = Callable[[Actor, Any], bool]


@dataclass(frozen=True, slots=True)
class Permission:
    """One row of the table.

    Parameters
    ----------
    predicate
        Decides over (actor, thing).
    on_thing
        Whether a thing is needed; a route cannot decide before it has found the thing.
    sees
        The permission to know of the thing at all: who lacks it is told "not found".
    """

    predicate: Predicate
    on_thing: bool = True
    sees: str = ""


def _is_staff_of(actor: Actor, thing: Any) -> bool:
    return actor.is_admin or (actor.office_id is not None and actor.office_id == thing.office_id)


def _signed_in(actor: Actor, _thing: Any) -> bool:
    return actor.signed_in


def _admin(actor: Actor, _thing: Any) -> bool:
    return actor.is_admin


def _staff(actor: Actor, _thing: Any) -> bool:
    return actor.is_admin or actor.is_officer


def _has_organisation(actor: Actor, _thing: Any) -> bool:
    return any(actor.edits(organisation_id) for organisation_id in actor.memberships)


def _view_listing(actor: Actor, thing: Any) -> bool:
    if actor.belongs(thing.organisation_id) or actor.is_admin:
        return True
    if thing.state in STAFF_STATES and _is_staff_of(actor, thing):
        return True
    if thing.state not in SEEN_STATES:
        return False
    return (
        thing.dissemination == "public"
        or (thing.dissemination == "members" and actor.signed_in)
        or _staff(actor, thing)
    )


def _edit_listing(actor: Actor, thing: Any) -> bool:
    return actor.edits(thing.organisation_id) or _holds(actor, thing)


def _holds(actor: Actor, thing: Any) -> bool:
    """Whether the thing has no organisation and the actor's office holds it."""
    return thing.organisation_id is None and _is_staff_of(actor, thing)


def _impartial_staff_of(actor: Actor, thing: Any) -> bool:
    # Nobody reviews what their own organisation posted, or verifies it.
    return _is_staff_of(actor, thing) and not actor.belongs(thing.organisation_id)


def _name_listing(actor: Actor, thing: Any) -> bool:
    """Whether the actor may read whose listing it is."""
    if actor.belongs(thing.organisation_id) or _is_staff_of(actor, thing):
        return True
    return not thing.anonymous and _view_listing(actor, thing)


def _approach_listing(actor: Actor, thing: Any) -> bool:
    return (
        thing.state in OPEN_STATES
        and thing.open_for_interest
        and _has_organisation(actor, thing)
        and not actor.belongs(thing.organisation_id)
        and _view_listing(actor, thing)
    )


def _own_listing_matches(actor: Actor, thing: Any) -> bool:
    return actor.belongs(thing.organisation_id) or (
        thing.state in STAFF_STATES and _is_staff_of(actor, thing)
    )


def _view_organisation(_actor: Actor, thing: Any) -> bool:
    return thing.suspended_at is None or _staff(_actor, thing)


def _contacts(actor: Actor, thing: Any) -> bool:
    return actor.belongs(thing.organisation_id) or _is_staff_of(actor, thing)


def _own_organisation(actor: Actor, thing: Any) -> bool:
    return actor.edits(thing.organisation_id)


def _decide_for_organisation(actor: Actor, thing: Any) -> bool:
    return actor.owns(thing.organisation_id)


def _belongs_to_organisation(actor: Actor, thing: Any) -> bool:
    return actor.belongs(thing.organisation_id)


def _edit_office(actor: Actor, thing: Any) -> bool:
    return actor.is_admin or actor.office_id == thing.id


PERMISSIONS: Mapping[str, Permission] = MappingProxyType(
    {
        "account:use": Permission(_signed_in, on_thing=False),
        "admin:use": Permission(_admin, on_thing=False),
        "desk:use": Permission(_staff, on_thing=False),
        "databank:import": Permission(_staff, on_thing=False),
        "organisation:create": Permission(_signed_in, on_thing=False),
        "organisation:view": Permission(_view_organisation, sees="organisation:view"),
        "organisation:contacts": Permission(_contacts, sees="organisation:view"),
        "organisation:edit": Permission(_own_organisation, sees="organisation:view"),
        "organisation:members": Permission(_decide_for_organisation, sees="organisation:view"),
        "organisation:belong": Permission(_belongs_to_organisation, sees="organisation:view"),
        "organisation:verify": Permission(_impartial_staff_of, sees="organisation:view"),
        "organisation:suspend": Permission(_impartial_staff_of, sees="organisation:view"),
        "office:edit": Permission(_edit_office),
        "listing:post": Permission(_has_organisation, on_thing=False),
        "listing:view": Permission(_view_listing, sees="listing:view"),
        "listing:name": Permission(_name_listing, sees="listing:view"),
        "listing:edit": Permission(_edit_listing, sees="listing:view"),
        "listing:review": Permission(_impartial_staff_of, sees="listing:view"),
        "listing:files": Permission(_contacts, sees="listing:view"),
        "listing:approach": Permission(_approach_listing, sees="listing:view"),
        "match:view": Permission(_own_listing_matches, sees="listing:view"),
        "match:dismiss": Permission(_edit_listing, sees="listing:view"),
        "interest:view": Permission(_belongs_to_organisation, sees="interest:view"),
        "interest:withdraw": Permission(_own_organisation, sees="interest:view"),
    }
)


def allowed(actor: Actor, permission: str, thing: Any = None) -> bool:
    """Tell whether the actor may.

    Parameters
    ----------
    actor
        Who.
    permission
        A key of :data:`PERMISSIONS`.
    thing
        What; ``None`` only where the permission needs no thing.

    Raises
    ------
    KeyError
        For a permission that is not in the table.
    """
    return PERMISSIONS[permission].predicate(actor, thing)


def require(actor: Actor, permission: str, thing: Any = None) -> None:
    """Raise unless the actor may.

    Raises
    ------
    NotFound
        Where the actor may not even know of the thing: another's thing and one that does not
        exist look the same.
    Forbidden
        Where the actor may know of it but not do this.
    """
    if allowed(actor, permission, thing):
        return
    sees = PERMISSIONS[permission].sees
    if sees and not allowed(actor, sees, thing):
        raise NotFound
    raise Forbidden(permission)


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
