"""Reading contacts: who has read them is written down."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import audit, policy
from marketplace.audit import AuditEntry
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.contacts import Contacts, contacts_of
from marketplace.introductions.queries.seats import seats
from marketplace.introductions.services.move import THING
from marketplace.policy import Actor

ACT = "introduction:contacts"


def see_contacts(
    session: Session, actor: Actor, introduction: Introduction, *, now: datetime
) -> tuple[Contacts, Contacts]:
    """Return the contacts of the proposer's and of the other side, and note who has read them.

    The first time is noted for each person; looking again says nothing new.

    Raises
    ------
    Forbidden
        Where the two sides have not both said yes.
    """
    policy.require(actor, ACT, introduction)
    known = session.scalar(
        sa.select(AuditEntry.id)
        .where(
            AuditEntry.thing == THING,
            AuditEntry.thing_id == introduction.id,
            AuditEntry.act == ACT,
            AuditEntry.actor_id == actor.user_id,
        )
        .limit(1)
    )
    if known is None:
        facts = {"by": seats(actor, introduction)[0].value}
        audit.note(session, actor.user_id, ACT, THING, introduction.id, now, facts)
    return contacts_of(session, introduction)
