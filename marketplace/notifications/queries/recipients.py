"""Who is to be told of an event, and by which ways."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.accounts.models import Link, User
from marketplace.listings.models import Listing
from marketplace.merging.models import Merge
from marketplace.notifications.queries import introductions
from marketplace.notifications.queries.recipient import BOTH, MAIL_ONLY, NOTICE_ONLY, WRITERS, Recipient, able
from marketplace.offices.models import Officer
from marketplace.organisations.models import Invitation, Membership, Organisation
from marketplace.outbox import Event

Finder = Callable[[Session, Mapping[str, Any]], Iterable[Recipient]]


def recipients(session: Session, event: Event) -> list[Recipient]:
    """Return whom an event is told to; nobody for most kinds."""
    find = FINDERS.get(event.kind)
    return [] if find is None else list(find(session, event.ids))


def _of_link(session: Session, ids: Mapping[str, Any]) -> Iterable[Recipient]:
    # The address need not be confirmed: that is what one of these mails is for.
    row = session.execute(
        sa.select(User.id, User.email)
        .join(Link, Link.user_id == User.id)
        .where(Link.id == ids["link"], User.suspended_at.is_(None))
    ).first()
    return [] if row is None else [Recipient(row.id, row.email, MAIL_ONLY)]


def _of_account(session: Session, ids: Mapping[str, Any]) -> Iterable[Recipient]:
    user = session.get(User, ids["user"])
    return [] if user is None or user.suspended_at else [Recipient(user.id, user.email, MAIL_ONLY)]


def _of_invitation(session: Session, ids: Mapping[str, Any]) -> Iterable[Recipient]:
    invitation = session.get(Invitation, ids["invitation"])
    return [] if invitation is None else [Recipient(None, invitation.email, MAIL_ONLY)]


def _members(session: Session, listing_id: int, *, readers: bool = False) -> Iterable[Recipient]:
    """Return the people of a listing's organisation.

    Parameters
    ----------
    readers
        Whether those who only read are told as well, in the inbox.
    """
    rows = session.execute(
        sa.select(User.id, User.email, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .join(Listing, Listing.organisation_id == Organisation.id)
        .where(Listing.id == listing_id, Organisation.suspended_at.is_(None), *able())
        .order_by(User.id)
    )
    for row in rows:
        if row.role in WRITERS:
            yield Recipient(row.id, row.email, BOTH)
        elif readers:
            yield Recipient(row.id, row.email, NOTICE_ONLY)


def _officers(session: Session, listing_id: int) -> Iterable[Recipient]:
    """Return the staff of a listing's office; the administrators where it has none, or nobody in it."""
    listing = session.get(Listing, listing_id)
    if listing is None:
        return
    of_office = sa.select(Officer.user_id).where(Officer.office_id == listing.office_id)
    own = sa.select(Membership.user_id).where(Membership.organisation_id == listing.organisation_id)
    columns = sa.select(User.id, User.email).where(*able()).order_by(User.id)
    # Nobody reviews what their own organisation posted.
    rows = session.execute(columns.where(User.id.in_(of_office), User.id.not_in(own))).all()
    rows = rows or session.execute(columns.where(User.is_admin)).all()
    for row in rows:
        yield Recipient(row.id, row.email, BOTH)


def _of_listing(session: Session, ids: Mapping[str, Any]) -> Iterable[Recipient]:
    return _members(session, ids["listing"])


def _of_match(session: Session, ids: Mapping[str, Any]) -> Iterable[Recipient]:
    return _members(session, ids["listing"], readers=True)


def _of_merge(session: Session, ids: Mapping[str, Any]) -> Iterable[Recipient]:
    """Return the people of both records; those of the one that stays are told in the inbox alone."""
    merge = session.get(Merge, ids["merge"])
    if merge is None:
        return
    of_duplicate = sa.select(Membership.user_id).where(Membership.organisation_id == merge.merged_id)
    either = sa.select(Membership.user_id).where(
        Membership.organisation_id.in_([merge.kept_id, merge.merged_id])
    )
    rows = session.execute(
        sa.select(User.id, User.email, User.id.in_(of_duplicate).label("moved"))
        .where(User.id.in_(either), *able())
        .order_by(User.id)
    )
    for row in rows:
        yield Recipient(row.id, row.email, BOTH if row.moved else NOTICE_ONLY)


def _of_submission(session: Session, ids: Mapping[str, Any]) -> Iterable[Recipient]:
    return _officers(session, ids["listing"])


FINDERS: Mapping[str, Finder] = MappingProxyType(
    {
        "VerificationAsked": _of_link,
        "PasswordResetAsked": _of_link,
        "AddressTaken": _of_account,
        "ColleagueInvited": _of_invitation,
        "ListingSubmitted": _of_submission,
        "ListingReturned": _of_listing,
        "ListingPublished": _of_listing,
        "ListingExpiring": _of_listing,
        "MatchFound": _of_match,
        "OrganisationMerged": _of_merge,
        "OrganisationMergeUndone": _of_merge,
        **introductions.FINDERS,
    }
)
