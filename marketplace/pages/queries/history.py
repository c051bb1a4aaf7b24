"""What was done to an organisation, to its listings and with its contacts, for those who belong to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.accounts.models import User
from marketplace.audit import AuditEntry, also_known_as
from marketplace.introductions.models import Introduction
from marketplace.introductions.states import By
from marketplace.listings.models import Listing
from marketplace.offices.models import Office, Officer
from marketplace.organisations.models import Membership, Organisation

CONTACTS: Final = "introduction:contacts"
# Of the organisation itself; what an office notes for its staff is recorded under things of its own.
OF_ITSELF: Final = (
    "create", "edit", "verify", "unverify", "suspend", "readmit", "merge", "unmerge", "invite", "uninvite",
    "join", "role", "leave", "remove", "certificate-add", "certificate-edit", "certificate-remove",
    "machine-add", "machine-edit", "machine-remove",
)  # fmt: skip
OF_PROGRAMMES: Final = ("programme:enrol", "programme:leave")


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that was done.

    Parameters
    ----------
    colleague
        The name of who did it, for one who belongs to the organisation; ``""`` for all others.
    office
        The office for which somebody works who did it; ``""`` for all others.
    by_system, by_partner
        Whether nobody did it but the exchange, or the other side of an introduction.
    thing
        Reference of the listing or introduction; ``""`` for the organisation itself.
    """

    at: datetime
    act: str
    thing: str
    colleague: str
    office: str
    by_system: bool
    by_partner: bool


def history(
    session: Session, organisation: Organisation, *, offset: int, limit: int
) -> tuple[Sequence[Entry], int]:
    """Return a window of what concerns an organisation, the last of it first, and how much there is."""
    meant = _concerning(session, organisation)
    total = session.scalar(sa.select(sa.func.count()).select_from(AuditEntry).where(meant)) or 0
    rows = session.execute(
        sa.select(
            AuditEntry,
            sa.case((Membership.user_id.is_not(None), User.name), else_=""),
            Office.name,
            sa.case(
                (AuditEntry.thing == "listing", Listing.reference),
                (AuditEntry.thing == "introduction", Introduction.reference),
            ),
        )
        .outerjoin(User, User.id == AuditEntry.actor_id)
        .outerjoin(
            Membership,
            sa.and_(Membership.user_id == AuditEntry.actor_id, Membership.organisation_id == organisation.id),
        )
        .outerjoin(Officer, Officer.user_id == AuditEntry.actor_id)
        .outerjoin(Office, Office.id == Officer.office_id)
        .outerjoin(Listing, sa.and_(AuditEntry.thing == "listing", Listing.id == AuditEntry.thing_id))
        .outerjoin(
            Introduction,
            sa.and_(AuditEntry.thing == "introduction", Introduction.id == AuditEntry.thing_id),
        )
        .where(meant)
        .order_by(AuditEntry.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [_entry(*row) for row in rows], total


def _entry(entry: AuditEntry, colleague: str, office: str | None, thing: str | None) -> Entry:
    facts: Mapping[str, Any] = entry.facts
    side = entry.act == CONTACTS and facts.get("by") in {By.PROPOSER, By.OTHER}
    return Entry(
        at=entry.at,
        act=entry.act,
        thing=thing or "",
        colleague=colleague,
        office="" if colleague or side else office or "",
        by_system=entry.actor_id is None,
        by_partner=side and not colleague,
    )


def _concerning(session: Session, organisation: Organisation) -> sa.ColumnElement[bool]:
    """Return whether an entry concerns an organisation, or a duplicate that was merged into it."""
    own = sorted(also_known_as(session, organisation.id))
    listings = sa.select(Listing.id).where(Listing.organisation_id.in_(own))
    introductions = sa.select(Introduction.id).where(
        sa.or_(Introduction.proposer_organisation_id.in_(own), Introduction.other_organisation_id.in_(own)),
        Introduction.revealed_at.is_not(None),
    )
    acts = [*(f"organisation:{act}" for act in OF_ITSELF), *OF_PROGRAMMES]
    return sa.or_(
        sa.and_(AuditEntry.thing == "organisation", AuditEntry.thing_id.in_(own), AuditEntry.act.in_(acts)),
        sa.and_(
            AuditEntry.thing == "listing",
            AuditEntry.thing_id.in_(listings),
            AuditEntry.act.startswith("listing:"),
        ),
        sa.and_(
            AuditEntry.thing == "introduction",
            AuditEntry.thing_id.in_(introductions),
            AuditEntry.act == CONTACTS,
        ),
    )
