"""What a person has done with an import: try it, begin it, stop it, go on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import audit, outbox, policy
from marketplace.errors import Conflict
from marketplace.intake.models import DatabankImport, ImportPass, ImportState, PassKind
from marketplace.intake.services.receive import require_open
from marketplace.policy import Actor

ASKED = "ImportAsked"
"""The event that has a worker look for imports at once."""


def try_import(
    session: Session,
    actor: Actor,
    work: DatabankImport,
    *,
    columns: Mapping[str, str],
    fixed: Mapping[str, str],
    version: int,
    now: datetime,
) -> None:
    """Say what the columns are, and have a worker look what the import would do.

    Raises
    ------
    Conflict
        Where somebody else has changed the import, or it has begun.
    """
    policy.require(actor, "import:carry_on", work)
    require_open(work)
    _require_version(work, version)
    work.columns, work.fixed = dict(columns), dict(fixed)
    _begin(session, actor, work, PassKind.TRIAL, "import:try", now)


def begin_import(
    session: Session, actor: Actor, work: DatabankImport, *, version: int, now: datetime
) -> None:
    """Have a worker bring the rows in.

    Raises
    ------
    Conflict
        Where somebody else was faster.
    """
    policy.require(actor, "import:carry_on", work)
    if work.state is not ImportState.TRIED:
        raise Conflict(_happened(work))
    _require_version(work, version)
    _begin(session, actor, work, PassKind.RUN, "import:begin", now)


def _begin(
    session: Session, actor: Actor, work: DatabankImport, kind: PassKind, act: str, now: datetime
) -> None:
    before = work.one_pass(kind)
    if before is not None:
        work.passes.remove(before)
        session.flush()
    work.passes.append(ImportPass(kind=kind, started_at=now, preview=[]))
    _hand_over(session, actor, work, kind, act, now)


def stop_import(session: Session, actor: Actor, work: DatabankImport, now: datetime) -> None:
    """Take an import out of the worker's hands; rows that are in stay in.

    Raises
    ------
    Conflict
        Where it was not at work any more.
    """
    policy.require(actor, "import:carry_on", work)
    session.refresh(work, with_for_update=True)
    after = {ImportState.TRYING: ImportState.MAPPING, ImportState.RUNNING: ImportState.STOPPED}
    if work.state not in after:
        raise Conflict(_happened(work))
    work.state = after[work.state]
    work.due_at = None
    audit.note(session, actor.user_id, "import:stop", "databank_import", work.id, now)
    session.flush()


def go_on(session: Session, actor: Actor, work: DatabankImport, now: datetime) -> None:
    """Give an import back to the workers that was stopped, or failed, from where it stands.

    Raises
    ------
    Conflict
        Where it is at work, or done.
    """
    policy.require(actor, "import:carry_on", work)
    if work.state not in {ImportState.STOPPED, ImportState.FAILED}:
        raise Conflict(_happened(work))
    kind = PassKind.TRIAL if work.one_pass(PassKind.RUN) is None else PassKind.RUN
    _hand_over(session, actor, work, kind, "import:go_on", now)


def _hand_over(
    session: Session, actor: Actor, work: DatabankImport, kind: PassKind, act: str, now: datetime
) -> None:
    work.state = ImportState.TRYING if kind is PassKind.TRIAL else ImportState.RUNNING
    work.user_id = actor.user_id
    work.due_at, work.attempts, work.error = now, 0, ""
    session.flush()
    audit.note(session, actor.user_id, act, "databank_import", work.id, now)
    outbox.record(session, ASKED, {"import": work.id}, at=now)


def _require_version(work: DatabankImport, version: int) -> None:
    if work.version != version:
        raise Conflict(_happened(work))


def _happened(work: DatabankImport) -> str:
    words = {
        ImportState.MAPPING: _("The columns of this import are being said anew."),
        ImportState.TRYING: _("A trial of this import is under way."),
        ImportState.TRIED: _("This import was tried again meanwhile. Look at its figures once more."),
        ImportState.RUNNING: _("This import is under way already."),
        ImportState.DONE: _("This import is done already."),
        ImportState.STOPPED: _("This import was stopped."),
        ImportState.FAILED: _("This import could not be carried out."),
    }
    return words[work.state]
