"""Imports of databanks: claim one, carry it on, give it back or settle it."""

from __future__ import annotations

import logging

from marketplace import clock
from marketplace.files import FileStore
from marketplace.intake.services import turns
from marketplace.intake.services.carry_on import carry_on
from marketplace.intake.services.turns import LostTurn, Turn
from workers.work import Work

log = logging.getLogger(__name__)


def bring_in(work: Work) -> bool:
    """Carry the import on that is due first, for as long as one turn lasts.

    Returns
    -------
    bool
        Whether there was one.
    """
    with work.database.transaction() as session:
        turn = turns.claim_import(session, clock.now())
    if turn is None:
        return False
    try:
        carry_on(work.database, FileStore(work.settings.var / "files"), turn, now=clock.now)
    except LostTurn:
        log.info("import %s was stopped, or is in other hands", turn.import_id)
    except Exception as error:  # noqa: BLE001 (whatever it is, the import must not stand still)
        _note_failure(work, turn, error)
    with work.database.reading() as session:
        more = turns.waiting_imports(session, clock.now())
    if more:
        work.ring("bring_in")
    return True


def _note_failure(work: Work, turn: Turn, error: Exception) -> None:
    log.error("import %s failed at try %s", turn.import_id, turn.attempt, exc_info=error)
    with work.database.transaction() as session:
        turns.fail(session, turn, f"{type(error).__name__}: {error}", clock.now())
