"""Inviting colleagues, and who may do what for an organisation."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import audit, outbox, policy
from marketplace.accounts.models import User
from marketplace.accounts.queries import normal_email
from marketplace.errors import Invalid, NotFound
from marketplace.organisations.models import Invitation, MemberRole, Membership, Organisation
from marketplace.organisations.queries.colleagues import open_condition
from marketplace.organisations.queries.found import locked_organisation
from marketplace.policy import Actor

OPEN_FOR = timedelta(days=14)
# Invitations are mail to addresses that somebody types: a limit keeps it from being abused.
MOST_A_DAY = 20
DAY = timedelta(days=1)


def invite_colleague(
    session: Session, actor: Actor, reference: str, *, email: str, role: MemberRole, now: datetime
) -> Invitation:
    """Invite a person by mail; an invitation that is still open is not sent twice.

    Raises
    ------
    Invalid
        For what is no address, for a person who belongs already, and beyond the daily limit.
    """
    organisation = locked_organisation(session, actor, reference, "organisation:members")
    address = normal_email(email)
    if not address:
        raise Invalid("email", _("This is not an e-mail address. It looks like name@example.org."), "email")
    member = (
        sa.select(Membership.user_id)
        .join(User)
        .where(Membership.organisation_id == organisation.id, User.email == address)
    )
    if session.scalar(member) is not None:
        raise Invalid("email", _("This person belongs to your organisation already."), "member")
    mine = Invitation.organisation_id == organisation.id
    present = session.scalar(
        sa.select(Invitation).where(mine, Invitation.email == address, open_condition(now))
    )
    if present is not None:
        present.role = role
        return present
    sent = sa.select(sa.func.count()).select_from(Invitation).where(mine, Invitation.created_at > now - DAY)
    if (session.scalar(sent) or 0) >= MOST_A_DAY:
        raise Invalid("email", _("That is enough for one day. Invite the others tomorrow."), "too_many")
    invitation = Invitation(
        organisation_id=organisation.id,
        email=address,
        role=role,
        invited_by_id=actor.user_id,
        created_at=now,
        expires_at=now + OPEN_FOR,
    )
    session.add(invitation)
    session.flush()
    outbox.record(session, "ColleagueInvited", {"invitation": invitation.id}, at=now)
    _note(session, actor, organisation, "organisation:invite", now, {"invitation": invitation.id})
    return invitation


def withdraw_invitation(
    session: Session, actor: Actor, reference: str, *, invitation_id: int, now: datetime
) -> None:
    """Take an invitation back; its link is of no use any more."""
    organisation = locked_organisation(session, actor, reference, "organisation:members")
    invitation = session.get(Invitation, invitation_id)
    if invitation is None or invitation.organisation_id != organisation.id:
        raise NotFound
    if invitation.accepted_at is None and invitation.withdrawn_at is None:
        invitation.withdrawn_at = now
        _note(session, actor, organisation, "organisation:uninvite", now, {"invitation": invitation.id})


def accept_invitation(
    session: Session, actor: Actor, *, invitation_id: int, now: datetime
) -> Organisation | None:
    """Join an organisation by an invitation to one's own address.

    Returns
    -------
    Organisation or None
        ``None`` where the invitation is over, withdrawn, or somebody else's.
    """
    policy.require(actor, "account:use")
    taken = session.execute(
        sa.update(Invitation)
        .where(
            Invitation.id == invitation_id,
            Invitation.email == actor.email,
            open_condition(now),
            Invitation.organisation_id.in_(
                sa.select(Organisation.id).where(Organisation.suspended_at.is_(None))
            ),
        )
        .values(accepted_at=now)
        .returning(Invitation.organisation_id, Invitation.role)
        .execution_options(synchronize_session=False)
    ).first()
    organisation = (
        None if taken is None else session.get(Organisation, taken.organisation_id, with_for_update=True)
    )
    if taken is None or organisation is None:
        return None
    if session.get(Membership, (organisation.id, actor.user_id)) is None:
        session.add(
            Membership(organisation_id=organisation.id, user_id=actor.user_id, role=taken.role, since=now)
        )
    _note(session, actor, organisation, "organisation:join", now, {"invitation": invitation_id})
    return organisation


def change_role(
    session: Session, actor: Actor, reference: str, *, user_id: int, role: MemberRole, now: datetime
) -> None:
    """Change what a colleague may do.

    Raises
    ------
    Invalid
        Where the last owner would be gone.
    """
    organisation = locked_organisation(session, actor, reference, "organisation:members")
    membership = _membership(session, organisation, user_id)
    if membership.role is role:
        return
    if membership.role is MemberRole.OWNER:
        _keep_an_owner(session, organisation)
    membership.role = role
    _note(session, actor, organisation, "organisation:role", now, {"user": user_id, "role": role.value})


def remove_colleague(session: Session, actor: Actor, reference: str, *, user_id: int, now: datetime) -> None:
    """Take a colleague out of the organisation; it is gone for them at their next request.

    Raises
    ------
    Invalid
        Where the last owner would be gone.
    """
    organisation = locked_organisation(session, actor, reference, "organisation:members")
    _remove(session, organisation, user_id)
    _note(session, actor, organisation, "organisation:remove", now, {"user": user_id})


def leave_organisation(session: Session, actor: Actor, reference: str, *, now: datetime) -> None:
    """Leave an organisation.

    Raises
    ------
    Invalid
        For its last owner.
    """
    organisation = locked_organisation(session, actor, reference, "organisation:belong")
    _remove(session, organisation, actor.user_id)
    _note(session, actor, organisation, "organisation:leave", now, {})


def _membership(session: Session, organisation: Organisation, user_id: int | None) -> Membership:
    # Read after the lock on the organisation: what another transaction did meanwhile is seen.
    found = session.get(Membership, (organisation.id, user_id), populate_existing=True)
    if found is None:
        raise NotFound
    return found


def _remove(session: Session, organisation: Organisation, user_id: int | None) -> None:
    membership = _membership(session, organisation, user_id)
    if membership.role is MemberRole.OWNER:
        _keep_an_owner(session, organisation)
    session.delete(membership)
    session.flush()


def _keep_an_owner(session: Session, organisation: Organisation) -> None:
    """Refuse to take the last owner away; the lock on the organisation makes the count hold."""
    owners = session.scalar(
        sa.select(sa.func.count())
        .select_from(Membership)
        .where(Membership.organisation_id == organisation.id, Membership.role == MemberRole.OWNER)
    )
    if (owners or 0) <= 1:
        raise Invalid(
            "", _("An organisation needs an owner. Make somebody else an owner first."), "last_owner"
        )


def _note(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    act: str,
    now: datetime,
    facts: dict[str, object],
) -> None:
    audit.note(session, actor.user_id, act, "organisation", organisation.id, now, facts)
