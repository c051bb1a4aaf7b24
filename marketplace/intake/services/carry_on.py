"""A worker's turn at an import, from where the last one ended."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy.orm import Session, selectinload

from marketplace import policy
from marketplace.actors import actor_by_id
from marketplace.db import Database
from marketplace.errors import Conflict, ExchangeError, NotFound
from marketplace.files import FileStore
from marketplace.imports.run import Options, import_table
from marketplace.imports.steps import Step
from marketplace.intake import reading
from marketplace.intake.models import DatabankImport, PassKind
from marketplace.intake.preview import preview
from marketplace.intake.services import turns
from marketplace.intake.services.receive import stored_path
from marketplace.intake.services.turns import LostTurn, Turn
from marketplace.policy import Actor

# Of writing; reading again what was carried out before does not count, so that each turn comes further.  A
# turn that has long read again writes as long, so that a large file takes no more than twice its time.
BUDGET_SECONDS: Final = 40.0
RENEW_SECONDS: Final = 10.0
# On SQLite others can only write between two batches; who waits there looks every tenth of a second.
PAUSE_SECONDS: Final = 0.12

Now = Callable[[], datetime]


def carry_on(
    database: Database, store: FileStore, turn: Turn, *, now: Now, budget_seconds: float = BUDGET_SECONDS
) -> bool:
    """Carry an import on, as the command does, and note each batch in the transaction that writes it.

    Parameters
    ----------
    budget_seconds
        After so long others have their turn.

    Returns
    -------
    bool
        Whether it is to go on another time.

    Raises
    ------
    LostTurn
        Where a person has stopped it, or another worker has taken it; nothing is left half done.
    Exception
        Whatever broke; :func:`turns.fail` notes it.
    """
    try:
        work, actor = _load(database, turn)
        path = stored_path(store, work)
        return _carry(database, path, work, actor, turn, now, budget_seconds)
    except Conflict:
        # Somebody else keeps writing the same rows; a later try finds what they have written.
        raise
    except ExchangeError as error:
        with database.transaction() as session:
            turns.refuse(session, turn, str(error))
        return False


def _load(database: Database, turn: Turn) -> tuple[DatabankImport, Actor]:
    with database.reading() as session:
        loads = (selectinload(DatabankImport.file), selectinload(DatabankImport.passes))
        work = session.get_one(DatabankImport, turn.import_id, options=loads)
        actor = None if work.user_id is None else actor_by_id(session, work.user_id)
        if actor is None or not policy.allowed(actor, "import:carry_on", work):
            raise NotFound(
                _("Whoever began this import no longer works for the office. A colleague can go on with it.")
            )
    return work, dataclasses.replace(actor, office_id=work.office_id)


def _carry(
    database: Database,
    path: Path,
    work: DatabankImport,
    actor: Actor,
    turn: Turn,
    now: Now,
    budget_seconds: float,
) -> bool:
    trial = turn.kind is PassKind.TRIAL
    current = work.one_pass(turn.kind)
    journal = _Journal(database, turn, now, budget_seconds)
    options = Options(
        choices=reading.choices_of(work),
        fixed=reading.fixed_values(work),
        dry_run=trial,
        encoding=work.encoding,
        sheet=work.sheet,
        journal=journal,
        since=0 if trial or current is None else current.position,
    )
    first: list[dict[str, Any]] = []
    today = now().date()
    if trial:
        with database.transaction() as session:
            turns.begin_trial_anew(session, turn, now())
        first = preview(database, path, reading.importer_of(work, actor, today), options, now())
    importer = reading.importer_of(work, actor, today)
    summary = import_table(database, actor, path, importer, options, now=now)
    with database.transaction() as session:
        if summary.unfinished:
            turns.give_back(session, turn, now())
        elif not turns.finish(session, turn, now(), stopped=summary.stopped, preview=first):
            raise LostTurn
    return summary.unfinished


class _Journal:
    """Keeps an import's turn alive and its figures true; see :class:`marketplace.imports.steps.Journal`."""

    def __init__(self, database: Database, turn: Turn, now: Now, budget_seconds: float) -> None:
        self._database = database
        self._turn = turn
        self._now = now
        self._budget = budget_seconds
        self._end: float | None = None
        self._begun = self._renewed = time.monotonic()
        self._recalled = 0.0

    def keep(self, session: Session, step: Step) -> None:
        """Note a batch."""
        turns.keep_step(session, self._turn, step, self._now())

    def recall(self) -> None:
        """Keep the turn alive while reading what is done."""
        self._recalled = time.monotonic() - self._begun
        if time.monotonic() - self._renewed > RENEW_SECONDS:
            self._renewed = time.monotonic()
            with self._database.transaction() as session:
                turns.renew(session, self._turn, self._now())

    def enough(self) -> bool:
        """Whether others shall have their turn; a trial would have to begin anew, so it goes on."""
        if self._database.sqlite:
            time.sleep(PAUSE_SECONDS)
        if self._turn.kind is PassKind.TRIAL:
            return False
        self._end = self._end or time.monotonic() + max(self._budget, self._recalled)
        return time.monotonic() >= self._end
