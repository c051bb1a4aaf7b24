"""The record of who did what; the database itself refuses to change it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.db import Base, Json, UtcDateTime
from marketplace.guards import only_added_to


class AuditEntry(Base):
    """One act of one person, or of the system where ``actor_id`` is null."""

    __tablename__ = "audit_entry"
    __table_args__ = (sa.Index("ix_audit_entry_thing", "thing", "thing_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column()
    act: Mapped[str] = mapped_column(sa.String(64))
    thing: Mapped[str] = mapped_column(sa.String(64))
    thing_id: Mapped[int | None] = mapped_column()
    facts: Mapped[dict[str, Any]] = mapped_column(Json)


only_added_to(AuditEntry.__table__, "audit entries")


def note(
    session: Session,
    actor_id: int | None,
    act: str,
    thing: str,
    thing_id: int | None,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Append an entry in the transaction of the act itself.

    Parameters
    ----------
    actor_id
        The user, or ``None`` for the system.
    act
        The permission's name, or an event's, such as ``listing:publish``.
    thing, thing_id
        Table and key of what it was done to.
    facts
        Further identifiers and states; never contacts or free text of others.
    """
    session.add(
        AuditEntry(at=at, actor_id=actor_id, act=act, thing=thing, thing_id=thing_id, facts=dict(facts or {}))
    )


MERGED, UNMERGED = "organisation:merge", "organisation:unmerge"


def also_known_as(session: Session, organisation_id: int) -> frozenset[int]:
    """Return an organisation's id and those of the duplicates merged into it.

    Entries are never changed: whoever reads what concerns an organisation reads those of its
    duplicates beside its own.
    """
    found, asked = {organisation_id}, [organisation_id]
    while asked:
        merged: dict[int, bool] = {}
        entries = session.execute(
            sa.select(AuditEntry.act, AuditEntry.facts)
            .where(
                AuditEntry.thing == "organisation",
                AuditEntry.thing_id == asked.pop(),
                AuditEntry.act.in_([MERGED, UNMERGED]),
            )
            .order_by(AuditEntry.id)
        )
        for act, facts in entries:
            if "merged" in facts:
                merged[facts["merged"]] = act == MERGED
        new = {key for key, standing in merged.items() if standing} - found
        found |= new
        asked.extend(new)
    return frozenset(found)
