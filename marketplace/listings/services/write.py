"""Writing a listing: the first time and every time after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace import audit, policy
from marketplace.errors import Conflict, NotFound
from marketplace.listings.models import Listing, State, next_change
from marketplace.listings.queries import whole_loads
from marketplace.listings.services.checks import contacts_in, reasons_to_hold
from marketplace.listings.services.current import values_of, write_values
from marketplace.listings.services.states import locked_listing, move
from marketplace.listings.services.values import ListingValues
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries.found import hold_organisations
from marketplace.policy import Actor
from matching.types import Side

PREFIXES: Final = {Side.OFFER: "OFR", Side.REQUEST: "REQ"}


@dataclass(frozen=True, slots=True)
class Posted:
    """The listing of a form, and whether this very request made it."""

    listing: Listing
    new: bool


def post_listing(
    session: Session,
    actor: Actor,
    values: ListingValues,
    *,
    organisation_id: int,
    form_key: str,
    now: datetime,
    version: int | None = None,
) -> Posted:
    """Create a draft; the same form sent twice is one draft.

    Parameters
    ----------
    form_key
        Made with the form.  Where it is known already, the draft takes the new values, and a
        listing that has gone further stays as it is.
    version
        Of the draft that this form has saved before, if it has.

    Raises
    ------
    Forbidden, NotFound
        Where the actor may not write for the organisation.
    Conflict
        Where somebody else has changed the draft of this form.
    """
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound
    policy.require(actor, "organisation:edit", organisation)
    hold_organisations(session, organisation_id)
    existing = _of_form(session, actor, form_key)
    if existing is None:
        try:
            with session.begin_nested():
                return Posted(_create(session, actor, values, organisation, form_key, now), new=True)
        except IntegrityError:
            # The other half of a double click was faster.
            existing = _of_form(session, actor, form_key)
    if existing is None:
        raise Conflict(_("This form was used by somebody else. Open a new one."))
    if existing.state is State.DRAFT:
        _write(session, actor, existing, values, existing.version if version is None else version, now)
    return Posted(existing, new=False)


def _of_form(session: Session, actor: Actor, form_key: str) -> Listing | None:
    return session.scalar(
        sa.select(Listing)
        .where(Listing.form_key == form_key, Listing.created_by_id == actor.user_id)
        .options(*whole_loads())
        .execution_options(populate_existing=True)
        .with_for_update(of=Listing)
    )


def _create(
    session: Session,
    actor: Actor,
    values: ListingValues,
    organisation: Organisation,
    form_key: str,
    now: datetime,
) -> Listing:
    listing = Listing(
        form_key=form_key,
        organisation_id=organisation.id,
        office_id=organisation.office_id,
        created_by_id=actor.user_id,
        state=State.DRAFT,
        side=values.side,
        kind=values.kind,
        title=values.title,
        country=values.country or organisation.country,
        valid_until=values.valid_until,
        created_at=now,
        updated_at=now,
    )
    session.add(listing)
    session.flush()
    listing.reference = f"{PREFIXES[values.side]}-{now.year}-{listing.id:05d}"
    write_values(listing, values)
    listing.country = values.country or organisation.country
    session.flush()
    listing.change = next_change(session)
    audit.note(session, actor.user_id, "listing:post", "listing", listing.id, now)
    session.flush()
    return listing


def edit_listing(
    session: Session, actor: Actor, reference: str, values: ListingValues, *, version: int, now: datetime
) -> Listing:
    """Write new values into a listing.

    A published listing stays published, unless the edit brought contact details or the hidden
    name into its words: then it goes back to the office first.

    Parameters
    ----------
    version
        As it was when the form was opened.

    Raises
    ------
    Conflict
        With the present values, where somebody else has saved something else since; or where
        the listing has ended.
    """
    listing = locked_listing(session, reference)
    policy.require(actor, "listing:edit", listing)
    _write(session, actor, listing, values, version, now)
    return listing


def _write(
    session: Session, actor: Actor, listing: Listing, values: ListingValues, version: int, now: datetime
) -> None:
    if listing.version != version and values_of(listing) != values:
        raise Conflict(
            _("Somebody else has saved this listing while you were writing."),
            {"values": values_of(listing), "version": listing.version},
        )
    known = contacts_in(listing)
    held_before = set(listing.held_because)
    changed = write_values(listing, values)
    if not changed:
        return
    listing.held_because = reasons_to_hold(values, listing.organisation)
    # What an officer has seen and let pass is not held a second time.
    new = contacts_in(values) - known or set(listing.held_because) - held_before
    public = listing.state in {State.PUBLISHED, State.PAUSED}
    move(session, actor, listing, "hold" if public and new else "edit", now, {"fields": changed})
    if listing.state is State.SUBMITTED and public:
        listing.submitted_at = now
    session.flush()
