"""Imports of an office, one and many, and what became of their rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from marketplace import policy
from marketplace.accounts.models import User
from marketplace.errors import NotFound
from marketplace.files import StoredFile
from marketplace.imports.problems import Severity
from marketplace.intake.models import ColumnMapping, DatabankImport, ImportProblem, ImportState, PassKind
from marketplace.offices.models import Office
from marketplace.policy import Actor

PAGE: Final = 25
SHOWN: Final = 50
# What a person has to wait for at most: those at work now, and those that came before.
LOADS: Final = (selectinload(DatabankImport.file), selectinload(DatabankImport.passes))


@dataclass(frozen=True, slots=True)
class Listed:
    """An import with the words that a list shows beside it."""

    work: DatabankImport
    by: str
    office: str


def import_by_number(session: Session, actor: Actor, number: int) -> DatabankImport:
    """Return an import of the actor's office.

    Raises
    ------
    NotFound
        Where there is none, or it is another office's.
    """
    work = session.get(DatabankImport, number, options=LOADS)
    if work is None:
        raise NotFound
    policy.require(actor, "import:view", work)
    return work


def imports_of(session: Session, actor: Actor, page: int) -> tuple[list[Listed], int]:
    """Return a page of the imports that the actor may see, the last one first, and how many there are."""
    seen = imports_visible_to(actor)
    total = session.scalar(sa.select(sa.func.count()).select_from(DatabankImport).where(seen)) or 0
    rows = session.execute(
        sa.select(DatabankImport, User.name, Office.name)
        .outerjoin(User, User.id == DatabankImport.user_id)
        .outerjoin(Office, Office.id == DatabankImport.office_id)
        .where(seen)
        .order_by(DatabankImport.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
        .options(*LOADS)
    )
    return [Listed(work, by or "", office or "") for work, by, office in rows], total


def imports_visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the condition in SQL under which ``import:view`` holds."""
    if actor.is_admin:
        return sa.true()
    return sa.false() if actor.office_id is None else DatabankImport.office_id == actor.office_id


def name_of(session: Session, user_id: int | None) -> str:
    """Return who somebody is."""
    return session.scalar(sa.select(User.name).where(User.id == user_id)) or ""


def earlier_with_same_content(session: Session, work: DatabankImport) -> Listed | None:
    """Return the last import of the same office whose file held the very same bytes, and went in."""
    row = session.execute(
        sa.select(DatabankImport, User.name)
        .join(StoredFile, StoredFile.id == DatabankImport.file_id)
        .outerjoin(User, User.id == DatabankImport.user_id)
        .where(
            StoredFile.sha256 == work.file.sha256,
            DatabankImport.office_id.is_not_distinct_from(work.office_id),
            DatabankImport.id < work.id,
            DatabankImport.state == ImportState.DONE,
        )
        .order_by(DatabankImport.id.desc())
        .limit(1)
        .options(*LOADS)
    ).first()
    return None if row is None else Listed(row[0], row[1] or "", "")


def problems_of(
    session: Session, work: DatabankImport, kind: PassKind, severity: Severity, limit: int = SHOWN
) -> Sequence[ImportProblem]:
    """Return the first problems of a pass, in the file's order."""
    return session.scalars(
        sa.select(ImportProblem).where(*_of(work.id, kind, severity)).order_by(ImportProblem.id).limit(limit)
    ).all()


def reasons_by_line(session: Session, work: DatabankImport, kind: PassKind) -> dict[int, list[str]]:
    """Return for each row that was refused why, in words, each with its column."""
    columns = (ImportProblem.line, ImportProblem.field, ImportProblem.message)
    found: dict[int, list[str]] = {}
    for line, field, message in session.execute(
        sa.select(*columns).where(*_of(work.id, kind, Severity.ERROR)).order_by(ImportProblem.id)
    ):
        found.setdefault(line, []).append(f"{field}: {message}" if field else message)
    return found


def kept_mappings(session: Session, work: DatabankImport) -> Sequence[ColumnMapping]:
    """Return the office's mappings for files with the same columns and rows of the same kind."""
    if work.office_id is None:
        return ()
    return session.scalars(
        sa.select(ColumnMapping)
        .where(
            ColumnMapping.office_id == work.office_id,
            ColumnMapping.header_key == work.header_key,
            ColumnMapping.kind == work.kind,
        )
        .order_by(ColumnMapping.saved_at.desc(), ColumnMapping.id.desc())
    ).all()


def ahead_of(session: Session, work: DatabankImport) -> int:
    """Count the imports of all offices that a worker will look at before this one."""
    if work.due_at is None:
        return 0
    before: Any = sa.and_(DatabankImport.due_at.is_not(None), DatabankImport.due_at < work.due_at)
    return session.scalar(sa.select(sa.func.count()).select_from(DatabankImport).where(before)) or 0


def _of(number: int, kind: PassKind, severity: Severity) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        ImportProblem.import_id == number,
        ImportProblem.pass_kind == kind,
        ImportProblem.severity == severity,
    )
