"""Events, written in the transaction that causes them, and claimed by whoever carries them out.

The row exists if and only if the transaction commits.  Redis and Celery only ring: a claim is a
lease, so that work that died with its process comes back, and what fails too often is set aside
where staff see it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.db import RING, Base, Json, UtcDateTime

LEASE = timedelta(seconds=90)
ATTEMPTS = 5
# Waiting before the next try, by how many tries there were; after the last of them nothing is waited for.
BACKOFF = tuple(timedelta(seconds=seconds) for seconds in (1, 10, 60, 300))
ERROR_LENGTH = 2000


class Event(Base):
    """Something that happened and has consequences."""

    __tablename__ = "event"
    __table_args__ = (
        sa.Index(
            "ix_event_open",
            "due_at",
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(64))
    ids: Mapped[dict[str, Any]] = mapped_column(Json)
    key: Mapped[str | None] = mapped_column(sa.String(200), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(sa.Text, default="")
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    set_aside_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def record(
    session: Session,
    kind: str,
    ids: Mapping[str, Any],
    *,
    at: datetime,
    key: str | None = None,
    due_at: datetime | None = None,
) -> bool:
    """Write down an event.

    Parameters
    ----------
    kind
        Past tense, such as ``ListingPublished``.
    ids
        Identifiers only; whoever carries it out reads the rows as they are then.
    at
        The moment it happened.
    key
        At most one event per key ever exists; ``None`` for no such limit.
    due_at
        Not to be carried out earlier.

    Returns
    -------
    bool
        Whether it is new; ``False`` where the key was taken.
    """
    insert = _insert_for(session)(Event).values(
        kind=kind, ids=dict(ids), key=key, at=at, due_at=due_at or at, attempts=0, error=""
    )
    new = insert.on_conflict_do_nothing(index_elements=["key"]).returning(Event.id)
    written = session.execute(new).first()
    if written is not None:
        session.info[RING] = True
    return written is not None


def _insert_for(session: Session) -> Any:
    name = session.get_bind().dialect.name
    return sqlite.insert if name == "sqlite" else postgresql.insert


def claim(session: Session, now: datetime, limit: int) -> Sequence[Event]:
    """Lease open events that are due, oldest first.

    Parameters
    ----------
    now
        The present moment; the lease ends :data:`LEASE` later.
    limit
        At most so many.

    Returns
    -------
    Sequence[Event]
        Detached rows.  Two callers never hold the same one within the lease.
    """
    rows = list(
        session.scalars(
            sa.select(Event)
            .where(Event.done_at.is_(None), Event.set_aside_at.is_(None), Event.due_at <= now)
            .order_by(Event.due_at, Event.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )
    claimed = []
    for event in rows:
        if event.attempts >= ATTEMPTS:
            # Its last try never came back to say why: the process died with it.
            event.set_aside_at = now
            event.error = event.error or "the process ended while carrying it out"
            continue
        event.attempts += 1
        event.due_at = now + LEASE
        claimed.append(event)
    session.flush()
    return claimed


def settle(session: Session, event_id: int, attempts: int, now: datetime) -> bool:
    """Mark an event as carried out, in the transaction that did so.

    Parameters
    ----------
    attempts
        The value at the claim: if another process has claimed it since, this one must not
        commit.

    Returns
    -------
    bool
        Whether the claim still held; if not, the caller rolls back.
    """
    result = session.execute(
        sa.update(Event)
        .where(Event.id == event_id, Event.attempts == attempts, Event.done_at.is_(None))
        .values(done_at=now, set_aside_at=None, error="")
        .returning(Event.id)
    )
    return result.first() is not None


def fail(session: Session, event_id: int, attempts: int, error: str, now: datetime) -> None:
    """Note a failed try; after :data:`ATTEMPTS` of them the event is set aside for staff."""
    session.execute(
        sa.update(Event)
        .where(Event.id == event_id, Event.attempts == attempts, Event.done_at.is_(None))
        .values(
            error=error[:ERROR_LENGTH],
            due_at=now + BACKOFF[min(attempts, len(BACKOFF)) - 1],
            set_aside_at=now if attempts >= ATTEMPTS else None,
        )
    )


def retry(session: Session, event_id: int, now: datetime) -> bool:
    """Give an event that was set aside another :data:`ATTEMPTS` tries.

    Returns
    -------
    bool
        Whether it was set aside; ``False`` where somebody has dealt with it since.
    """
    found = session.execute(
        sa.update(Event)
        .where(Event.id == event_id, Event.set_aside_at.is_not(None))
        .values(set_aside_at=None, attempts=0, due_at=now)
        .returning(Event.id)
    ).first()
    if found is not None:
        session.info[RING] = True
    return found is not None


def waiting(session: Session, now: datetime) -> int:
    """Count the events that are due and not yet carried out."""
    due = (Event.done_at.is_(None), Event.set_aside_at.is_(None), Event.due_at <= now)
    return session.scalar(sa.select(sa.func.count()).select_from(Event).where(*due)) or 0


def set_aside(session: Session, limit: int = 200) -> Sequence[Event]:
    """Return the events that failed too often, the last of them first."""
    return session.scalars(
        sa.select(Event)
        .where(Event.set_aside_at.is_not(None))
        .order_by(Event.set_aside_at.desc(), Event.id.desc())
        .limit(limit)
    ).all()
