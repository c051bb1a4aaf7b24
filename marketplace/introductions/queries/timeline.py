"""What has happened in an introduction, as the audit has it; a side reads nobody's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.accounts.models import User
from marketplace.audit import AuditEntry
from marketplace.introductions.models import Introduction
from marketplace.introductions.states import ACTS, By

# What only the offices read.
OF_OFFICES: Final = frozenset({"introduction:remind", "introduction:reassign", "introduction:hand_over"})
CONTACTS: Final = "introduction:contacts"
# What changes nothing in where it stands.
ASIDE: Final = OF_OFFICES | {CONTACTS}
# Before introductions there were interests, under the same numbers.
BEFORE: Final[Mapping[str, tuple[str, By]]] = MappingProxyType(
    {
        "listing:approach": ("introduction:express", By.PROPOSER),
        "interest:withdraw": ("introduction:withdraw", By.PROPOSER),
    }
)


@dataclass(frozen=True, slots=True)
class Step:
    """Something that was done.

    Parameters
    ----------
    by
        As whom.
    person
        Who it was; ``""`` for the exchange itself.  For the offices alone.
    """

    at: datetime
    act: str
    by: By
    person: str
    facts: Mapping[str, Any]


def timeline(session: Session, introduction: Introduction, seat: By) -> list[Step]:
    """Return what has happened, oldest first, as far as it may be seen from a seat.

    The yes of one of two sides that are asked is nobody else's business until both have said it.
    Who has read the contacts of a side, that side reads too.
    """
    rows = session.execute(
        sa.select(AuditEntry, User.name)
        .outerjoin(User, User.id == AuditEntry.actor_id)
        .where(
            AuditEntry.thing.in_(["introduction", "interest"]),
            AuditEntry.thing_id == introduction.id,
            AuditEntry.act.in_([*ACTS, *ASIDE, *BEFORE]),
        )
        .order_by(AuditEntry.id)
    )
    steps = [_step(entry, name) for entry, name in rows]
    return [step for step in steps if _seen(step, introduction, seat)]


def _step(entry: AuditEntry, name: str | None) -> Step:
    before = BEFORE.get(entry.act)
    act, by = before or (entry.act, By(entry.facts["by"]))
    return Step(entry.at, act, by, name or "", entry.facts)


def _seen(step: Step, introduction: Introduction, seat: By) -> bool:
    if seat in {By.PROPOSER_OFFICE, By.OTHER_OFFICE}:
        return True
    if step.act in OF_OFFICES:
        return False
    return step.act != "introduction:consent" or step.by is seat or introduction.revealed_at is not None
