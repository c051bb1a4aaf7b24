"""What was done last to a listing, and by whom, as the audit has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.accounts.models import User
from marketplace.audit import AuditEntry
from marketplace.offices.models import Office, Officer


@dataclass(frozen=True, slots=True)
class LastAct:
    """An act on a listing.

    Parameters
    ----------
    act
        As the audit names it.
    person
        Who it was; ``""`` for the exchange itself.
    office
        Where that person works; ``""`` for whoever works for none.
    """

    at: datetime
    act: str
    person: str
    office: str


def last_act(session: Session, listing_id: int) -> LastAct | None:
    """Return what was done last to a listing; for the staff alone, since it names people."""
    row = session.execute(
        sa.select(AuditEntry.at, AuditEntry.act, User.name, Office.name)
        .outerjoin(User, User.id == AuditEntry.actor_id)
        .outerjoin(Officer, Officer.user_id == AuditEntry.actor_id)
        .outerjoin(Office, Office.id == Officer.office_id)
        .where(
            AuditEntry.thing == "listing",
            AuditEntry.thing_id == listing_id,
            AuditEntry.act.startswith("listing:"),
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).first()
    return None if row is None else LastAct(row[0], row[1], row[2] or "", row[3] or "")
