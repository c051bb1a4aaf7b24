"""Creating an organisation, and changing what it says of itself."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import audit, outbox, policy
from marketplace.accounts.models import User
from marketplace.errors import Conflict, Forbidden
from marketplace.offices.queries import covering_office_id
from marketplace.organisations.models import MemberRole, Membership, Organisation
from marketplace.organisations.queries.found import locked_organisation, reference_of
from marketplace.organisations.services.values import (
    IDENTITY,
    MATTERS,
    Profile,
    columns_of,
    profile_of,
    write_profile,
)
from marketplace.organisations.services.verification import end_verification
from marketplace.policy import Actor

# A second click on "create" within this time means the organisation that the first one made.
SAME_CLICK = timedelta(minutes=10)


def add_organisation(session: Session, profile: Profile, *, now: datetime) -> Organisation:
    """Add an organisation with its reference and its office; for imports and the demo too."""
    organisation = Organisation(
        **columns_of(profile),
        office_id=covering_office_id(session, profile.country),
        created_at=now,
        updated_at=now,
    )
    session.add(organisation)
    session.flush()
    organisation.reference = reference_of(now.year, organisation.id)
    session.flush()
    return organisation


def create_organisation(session: Session, actor: Actor, profile: Profile, *, now: datetime) -> Organisation:
    """Create an organisation, whose owner is the actor.

    A second click makes no second one: of the same person, name and country there is one.
    """
    policy.require(actor, "organisation:create")
    if session.get(User, actor.user_id, with_for_update=True) is None:
        raise Forbidden
    columns = columns_of(profile)
    present = session.scalar(
        sa.select(Organisation)
        .join(Membership)
        .where(
            Membership.user_id == actor.user_id,
            Organisation.name_key == columns["name_key"],
            Organisation.country == profile.country,
            Organisation.created_at > now - SAME_CLICK,
        )
    )
    if present is not None:
        return present
    organisation = add_organisation(session, profile, now=now)
    session.add(
        Membership(organisation_id=organisation.id, user_id=actor.user_id, role=MemberRole.OWNER, since=now)
    )
    audit.note(session, actor.user_id, "organisation:create", "organisation", organisation.id, now)
    return organisation


def change_organisation(
    session: Session, actor: Actor, reference: str, profile: Profile, *, version: int, now: datetime
) -> frozenset[str]:
    """Change what an organisation says of itself.

    A new name or country ends the verification, which spoke for the old one; a new country
    brings the office that covers it.

    Parameters
    ----------
    version
        Of the row when the form was opened.

    Returns
    -------
    frozenset of str
        What was changed.

    Raises
    ------
    Conflict
        Where somebody else has changed it since; ``current`` holds the values as they are.
    """
    organisation = locked_organisation(session, actor, reference, "organisation:edit")
    if organisation.version != version:
        raise Conflict(
            _("Somebody else has changed this profile since you opened it."),
            {**asdict(profile_of(organisation)), "version": organisation.version},
        )
    changed = write_profile(organisation, profile)
    if not changed:
        return changed
    organisation.updated_at = now
    if "country" in changed:
        organisation.office_id = covering_office_id(session, profile.country)
    if changed & IDENTITY:
        end_verification(session, organisation, now=now)
    audit.note(
        session,
        actor.user_id,
        "organisation:edit",
        "organisation",
        organisation.id,
        now,
        {"changed": sorted(changed)},
    )
    if changed & MATTERS:
        outbox.record(session, "OrganisationChanged", {"organisation": organisation.id}, at=now)
    return changed
