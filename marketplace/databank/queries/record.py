"""What the staff's page of one organisation shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from marketplace import policy
from marketplace.databank.models import Note
from marketplace.errors import NotFound
from marketplace.files import StoredFile
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.desk import Handled, brokered, handled
from marketplace.introductions.queries.find import loads
from marketplace.listings.models import Listing, State
from marketplace.organisations.models import Benchmark, Organisation, Verification
from marketplace.policy import Actor
from matching.types import Kind, Side

SHOWN: Final = 20
MOST_NOTES: Final = 200


@dataclass(frozen=True, slots=True)
class ListingLine:
    """A listing of the organisation."""

    reference: str
    title: str
    side: Side
    kind: Kind
    state: State
    updated_at: datetime


def checks_of(session: Session, organisation: Organisation) -> Sequence[Verification]:
    """Return all records of what was checked, those that stand first, the newest of each on top."""
    return session.scalars(
        sa.select(Verification)
        .where(Verification.organisation_id == organisation.id)
        .order_by(
            Verification.withdrawn_at.is_not(None), Verification.checked_on.desc(), Verification.id.desc()
        )
        .options(
            joinedload(Verification.office),
            joinedload(Verification.recorded_by),
            joinedload(Verification.withdrawn_by),
            joinedload(Verification.evidence_file),
        )
    ).all()


def benchmarks_of(session: Session, organisation: Organisation) -> Sequence[Benchmark]:
    """Return all benchmarks, those that stand first, the newest of each on top."""
    return session.scalars(
        sa.select(Benchmark)
        .where(Benchmark.organisation_id == organisation.id)
        .order_by(Benchmark.withdrawn_at.is_not(None), Benchmark.benchmarked_on.desc(), Benchmark.id.desc())
        .options(
            joinedload(Benchmark.office),
            joinedload(Benchmark.recorded_by),
            joinedload(Benchmark.withdrawn_by),
        )
    ).all()


def evidence_of(session: Session, organisation: Organisation, record_id: int) -> StoredFile:
    """Return the file that goes with a record.

    Raises
    ------
    NotFound
        Where the organisation has no such record, or the record no file.
    """
    record = session.get(Verification, record_id)
    if record is None or record.organisation_id != organisation.id or record.evidence_file is None:
        raise NotFound
    return record.evidence_file


def notes_of(session: Session, actor: Actor, organisation: Organisation) -> Sequence[Note]:
    """Return the notes that the actor's office has made, the newest first."""
    rows = session.scalars(
        sa.select(Note)
        .where(Note.organisation_id == organisation.id)
        .order_by(Note.written_at.desc(), Note.id.desc())
        .limit(MOST_NOTES)
        .options(joinedload(Note.written_by))
    )
    return [note for note in rows if policy.allowed(actor, "note:view", note)]


def note_of(session: Session, actor: Actor, organisation: Organisation, note_id: int) -> Note:
    """Return one note, for its author.

    Raises
    ------
    NotFound, Forbidden
        Where there is none that the actor may read; where it is a colleague's.
    """
    note = session.get(Note, note_id, populate_existing=True)
    if note is None or note.organisation_id != organisation.id:
        raise NotFound
    policy.require(actor, "note:edit", note)
    return note


def listings_of(session: Session, actor: Actor, organisation: Organisation) -> Sequence[ListingLine]:
    """Return the newest listings of the organisation that are the actor's to see by its name."""
    rows = session.execute(
        sa.select(
            Listing.reference, Listing.title, Listing.side, Listing.kind, Listing.state, Listing.updated_at
        )
        .where(
            Listing.organisation_id == organisation.id,
            policy.visible_to(actor, Listing),
            policy.named_to(actor, Listing),
        )
        .order_by(Listing.updated_at.desc(), Listing.id.desc())
        .limit(SHOWN)
    )
    return [ListingLine(row[0] or "", *row[1:]) for row in rows]


def introductions_of(session: Session, actor: Actor, organisation: Organisation) -> Sequence[Handled]:
    """Return the newest introductions of the organisation that the actor brokers."""
    ends = (Introduction.proposer_organisation_id, Introduction.other_organisation_id)
    rows = session.scalars(
        sa.select(Introduction)
        .where(sa.or_(*(end == organisation.id for end in ends)), brokered(actor))
        .order_by(Introduction.changed_at.desc(), Introduction.id.desc())
        .limit(SHOWN)
        .options(*loads())
    ).all()
    return [handled(actor, row) for row in rows]
