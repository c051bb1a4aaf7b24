"""What permissions look at: listings, organisations and offices, and whose they are."""

from __future__ import annotations

from typing import Any, Final

from marketplace.policy.actor import Actor

OPEN_STATES: Final = ("published",)
# What others may still look at when they hold its address: it says by itself that it is over.
SEEN_STATES: Final = ("published", "paused", "matched", "closed", "expired")
# What the staff of the listing's office may see: everything but what is still being written.
STAFF_STATES: Final = ("submitted", "returned", "archived", *SEEN_STATES)


def is_staff_of(actor: Actor, thing: Any) -> bool:
    """Whether the actor works for the office of the thing, or for all of them."""
    return actor.is_admin or (actor.office_id is not None and actor.office_id == thing.office_id)


def signed_in(actor: Actor, _thing: Any) -> bool:
    """Whether this is a person with a login."""
    return actor.signed_in


def admin(actor: Actor, _thing: Any) -> bool:
    """Whether the actor administers the exchange."""
    return actor.is_admin


def staff(actor: Actor, _thing: Any) -> bool:
    """Whether the actor works for any office."""
    return actor.is_admin or actor.is_officer


def officer(actor: Actor, _thing: Any) -> bool:
    """Whether the actor works for an office of their own."""
    return actor.is_officer


def enrols(actor: Actor, programme: Any) -> bool:
    """Whether the actor's office leads the programme or takes part in it."""
    return actor.is_admin or actor.office_id in programme.office_ids


def has_organisation(actor: Actor, _thing: Any) -> bool:
    """Whether the actor writes for some organisation."""
    return any(actor.edits(organisation_id) for organisation_id in actor.memberships)


def view_listing(actor: Actor, thing: Any) -> bool:
    """Whether the actor may know of the listing."""
    if actor.belongs(thing.organisation_id) or actor.is_admin:
        return True
    if thing.state in STAFF_STATES and is_staff_of(actor, thing):
        return True
    if thing.state not in SEEN_STATES:
        return False
    return (
        thing.dissemination == "public"
        or (thing.dissemination == "members" and actor.signed_in)
        or staff(actor, thing)
    )


def edit_listing(actor: Actor, thing: Any) -> bool:
    """Whether the actor writes for whom the listing is."""
    return actor.edits(thing.organisation_id) or holds(actor, thing)


def holds(actor: Actor, thing: Any) -> bool:
    """Whether the thing has no organisation and the actor's office holds it."""
    return thing.organisation_id is None and is_staff_of(actor, thing)


def impartial_staff_of(actor: Actor, thing: Any) -> bool:
    """Whether the actor works for the office of the thing and does not own it."""
    # Nobody reviews what their own organisation posted, or verifies it.
    return is_staff_of(actor, thing) and not actor.belongs(thing.organisation_id)


def wrote(actor: Actor, note: Any) -> bool:
    """Whether the actor wrote a note and may still read it."""
    own = actor.user_id is not None and actor.user_id == note.written_by_id
    return own and impartial_staff_of(actor, note)


def merge_pair(actor: Actor, pair: Any) -> bool:
    """Whether the actor works for the office of both organisations, and belongs to neither."""
    return impartial_staff_of(actor, pair.kept) and impartial_staff_of(actor, pair.merged)


def name_listing(actor: Actor, thing: Any) -> bool:
    """Whether the actor may read whose listing it is."""
    if actor.belongs(thing.organisation_id) or is_staff_of(actor, thing):
        return True
    return not thing.anonymous and view_listing(actor, thing)


def approach_listing(actor: Actor, thing: Any) -> bool:
    """Whether the actor may say that they would like to meet the one behind the listing."""
    return (
        thing.state in OPEN_STATES
        and thing.open_for_interest
        and has_organisation(actor, thing)
        and not actor.belongs(thing.organisation_id)
        and view_listing(actor, thing)
    )


def own_listing_matches(actor: Actor, thing: Any) -> bool:
    """Whether the actor may see what was found for the listing."""
    return actor.belongs(thing.organisation_id) or (thing.state in STAFF_STATES and is_staff_of(actor, thing))


def view_organisation(_actor: Actor, thing: Any) -> bool:
    """Whether the actor may know of the organisation."""
    return thing.suspended_at is None or staff(_actor, thing)


def contacts(actor: Actor, thing: Any) -> bool:
    """Whether the actor may read the contacts of the organisation."""
    return actor.belongs(thing.organisation_id) or is_staff_of(actor, thing)


def own_organisation(actor: Actor, thing: Any) -> bool:
    """Whether the actor writes for the organisation."""
    return actor.edits(thing.organisation_id)


def decide_for_organisation(actor: Actor, thing: Any) -> bool:
    """Whether the actor decides for the organisation."""
    return actor.owns(thing.organisation_id)


def belongs_to_organisation(actor: Actor, thing: Any) -> bool:
    """Whether the actor belongs to the organisation."""
    return actor.belongs(thing.organisation_id)


def edit_office(actor: Actor, thing: Any) -> bool:
    """Whether the actor may set what the office lives by."""
    return actor.is_admin or actor.office_id == thing.id
