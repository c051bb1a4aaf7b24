"""Turns of workers at imports: claiming one, keeping it alive, giving it back.

Workers write by statements that leave ``version`` alone, which counts what people have changed; a
turn that was taken by somebody else, or stopped by a person, cannot commit any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace.imports.problems import Problem, Severity
from marketplace.imports.steps import Step
from marketplace.intake.models import (
    AT_WORK,
    FIELD_LENGTH,
    MESSAGE_LENGTH,
    DatabankImport,
    ImportPass,
    ImportProblem,
    ImportState,
    PassKind,
)

LEASE: Final = timedelta(seconds=90)
ATTEMPTS: Final = 5
BACKOFF: Final = tuple(timedelta(seconds=seconds) for seconds in (2, 10, 60, 300))
# Any number that no other advisory lock of the installation uses.
LOCK: Final = 0x696E7461
# Of what is odd about rows that came in, the first ones are kept; what kept rows out is kept whole.
WARNINGS_KEPT: Final = 1000


class LostTurn(Exception):
    """Somebody has stopped the import, or another worker has it: nothing of this may be written."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A worker's turn at an import."""

    import_id: int
    number: int
    attempt: int
    kind: PassKind


def claim_import(session: Session, now: datetime) -> Turn | None:
    """Take the import that has waited longest, unless another one is at work.

    One at a time: imports wait for each other's rows anyway, and mails must not wait for all workers.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
    if _somebody_is_at_it(session, now):
        return None
    while True:
        work = session.execute(
            sa.select(DatabankImport.id, DatabankImport.state, DatabankImport.turn, DatabankImport.attempts)
            .where(DatabankImport.due_at <= now)
            .order_by(DatabankImport.due_at, DatabankImport.id)
            .limit(1)
        ).first()
        if work is None:
            return None
        if work.attempts < ATTEMPTS:
            turn, attempt = work.turn + 1, work.attempts + 1
            values = {"turn": turn, "attempts": attempt, "due_at": now + LEASE, "error": ""}
            _change(session, DatabankImport.id == work.id, **values)
            kind = PassKind.TRIAL if work.state is ImportState.TRYING else PassKind.RUN
            return Turn(work.id, turn, attempt, kind)
        # Its last try never came back to say why: the process died with it.
        _change(session, DatabankImport.id == work.id, **_given_up())


def waiting_imports(session: Session, now: datetime) -> int:
    """Count the imports that a worker could take; none while one is at work."""
    if _somebody_is_at_it(session, now):
        return 0
    due = sa.select(sa.func.count()).select_from(DatabankImport).where(DatabankImport.due_at <= now)
    return session.scalar(due) or 0


def _somebody_is_at_it(session: Session, now: datetime) -> bool:
    # One that waits after a failure says why; one that is at work has no error.
    held = (DatabankImport.due_at > now, DatabankImport.error == "", DatabankImport.turn > 0)
    return session.scalar(sa.select(DatabankImport.id).where(*held).limit(1)) is not None


def renew(session: Session, turn: Turn, now: datetime, **values: Any) -> None:
    """Hold the import for longer.

    Raises
    ------
    LostTurn
        Where it is in other hands, or was stopped.
    """
    if not _change(session, _mine(turn), due_at=now + LEASE, **values):
        raise LostTurn


def keep_step(session: Session, turn: Turn, step: Step, now: datetime) -> None:
    """Note a batch in the transaction that writes it.

    Raises
    ------
    LostTurn
        As :func:`renew`.
    """
    # A trial begins anew each time, so that only an end of it counts as having come further.
    renew(session, turn, now, **({"attempts": 0} if turn.kind is PassKind.RUN else {}))
    outcome = step.outcome
    warnings = sum(problem.severity is Severity.WARNING for problem in outcome.problems)
    kept = session.execute(
        sa.update(ImportPass)
        .where(ImportPass.import_id == turn.import_id, ImportPass.kind == turn.kind)
        .values(
            position=step.position,
            bytes_done=step.done,
            bytes_total=step.total,
            row_count=ImportPass.row_count + step.rows,
            created=ImportPass.created + outcome.created,
            changed=ImportPass.changed + outcome.changed,
            unchanged=ImportPass.unchanged + outcome.unchanged,
            refused=ImportPass.refused + outcome.refused,
            warnings=ImportPass.warnings + warnings,
        )
        .returning(ImportPass.warnings)
    ).scalar_one()
    room = max(0, WARNINGS_KEPT - (kept - warnings))
    rows = []
    for problem in outcome.problems:
        if problem.severity is Severity.WARNING:
            room -= 1
            if room < 0:
                continue
        rows.append(_row(turn, problem))
    if rows:
        session.execute(sa.insert(ImportProblem), rows)


def _row(turn: Turn, problem: Problem) -> dict[str, Any]:
    return {
        "import_id": turn.import_id,
        "pass_kind": turn.kind,
        "severity": problem.severity,
        "line": problem.line,
        "field": _fitting(problem.field, FIELD_LENGTH),
        "code": problem.code,
        "message": _fitting(problem.message, MESSAGE_LENGTH),
    }


def _fitting(text: str, longest: int) -> str:
    # Neither U+0000 nor half of a pair can be kept everywhere.
    return text.encode("utf-8", "replace").decode().replace("\0", "")[:longest]


def begin_trial_anew(session: Session, turn: Turn, now: datetime) -> None:
    """Forget what an earlier try of the same trial has counted."""
    renew(session, turn, now)
    of_it = (ImportProblem.import_id == turn.import_id, ImportProblem.pass_kind == turn.kind)
    session.execute(sa.delete(ImportProblem).where(*of_it))
    names = ("position", "bytes_done", "row_count", "created", "changed", "unchanged", "refused", "warnings")
    _change_pass(session, turn, **dict.fromkeys(names, 0))


def give_back(session: Session, turn: Turn, now: datetime) -> None:
    """Let others have their turn; this import goes on afterwards."""
    _change(session, _mine(turn), due_at=now)


def finish(
    session: Session, turn: Turn, now: datetime, *, stopped: str, preview: list[dict[str, Any]]
) -> bool:
    """Note that all rows were read; returns whether the turn still held."""
    state = ImportState.TRIED if turn.kind is PassKind.TRIAL else ImportState.DONE
    if not _change(session, _mine(turn), state=state, due_at=None, attempts=0, error=""):
        return False
    _change_pass(session, turn, ended_at=now, stopped=_fitting(stopped, MESSAGE_LENGTH), preview=preview)
    return True


def refuse(session: Session, turn: Turn, why: str) -> bool:
    """End an import that will never go in as it is, with the reason."""
    why = _fitting(why, MESSAGE_LENGTH) or _("The file cannot be read.")
    return _change(session, _mine(turn), state=ImportState.FAILED, due_at=None, error=why)


def fail(session: Session, turn: Turn, why: str, now: datetime) -> bool:
    """Note a failed try; after :data:`ATTEMPTS` of them without a row the import waits for a person."""
    attempts = session.scalar(sa.select(DatabankImport.attempts).where(_mine(turn))) or 1
    if attempts >= ATTEMPTS:
        return _change(session, _mine(turn), **_given_up())
    pause = BACKOFF[min(attempts, len(BACKOFF)) - 1]
    return _change(session, _mine(turn), due_at=now + pause, error=_fitting(why, MESSAGE_LENGTH))


def _given_up() -> dict[str, Any]:
    why = _(
        "Something broke on our side, several times at the same place; it has been written down. What "
        "went in before stays in."
    )
    return {"state": ImportState.FAILED, "due_at": None, "error": why}


def _mine(turn: Turn) -> sa.ColumnElement[bool]:
    return sa.and_(
        DatabankImport.id == turn.import_id,
        DatabankImport.turn == turn.number,
        DatabankImport.state.in_(AT_WORK),
    )


def _change(session: Session, which: sa.ColumnElement[bool], **values: Any) -> bool:
    changed = sa.update(DatabankImport).where(which).values(**values).returning(DatabankImport.id)
    options = {"synchronize_session": False}
    return session.execute(changed, execution_options=options).first() is not None


def _change_pass(session: Session, turn: Turn, **values: Any) -> None:
    session.execute(
        sa.update(ImportPass)
        .where(ImportPass.import_id == turn.import_id, ImportPass.kind == turn.kind)
        .values(**values)
    )
