"""An import as it stands: under way, tried, done; and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import redirect, render_template, url_for
from sqlalchemy.orm import Session

from marketplace import clock
from marketplace.errors import Conflict
from marketplace.imports.problems import Severity
from marketplace.intake.models import AT_WORK, DatabankImport, ImportState, PassKind
from marketplace.intake.queries.find import (
    ahead_of,
    earlier_with_same_content,
    import_by_number,
    name_of,
    problems_of,
)
from marketplace.intake.services.steps import begin_import, go_on, stop_import
from marketplace.intake.views.blueprint import ONE, Answer, bp, to_import, typed_version
from marketplace.intake.wording import field_name
from marketplace.policy import Actor
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, transaction


@bp.get(ONE)
@needs("import:view")
def show(number: int) -> Answer:
    """Show an import; one whose columns are not yet said leads there."""
    with reading() as session:
        work = import_by_number(session, actor(), number)
        asked = work.state is ImportState.MAPPING
    return redirect(url_for("intake.columns", number=number), 303) if asked else _page(number)


@bp.post(f"{ONE}/begin")
@needs("import:carry_on")
def begin(number: int) -> Answer:
    """Bring the rows in."""
    version = typed_version()

    def act(session: Session, who: Actor, work: DatabankImport, now: datetime) -> None:
        begin_import(session, who, work, version=version, now=now)

    return _act(number, act, ImportState.RUNNING)


@bp.post(f"{ONE}/stop")
@needs("import:carry_on")
def stop(number: int) -> Answer:
    """Stop it; what is in stays in."""
    return _act(number, stop_import, ImportState.STOPPED)


@bp.post(f"{ONE}/go-on")
@needs("import:carry_on")
def carry_on(number: int) -> Answer:
    """Go on from where it stands."""
    return _act(number, go_on, ImportState.RUNNING)


def _act(
    number: int, act: Callable[[Session, Actor, DatabankImport, datetime], None], wanted: ImportState
) -> Answer:
    try:
        with transaction() as session:
            work = import_by_number(session, actor(), number)
            if work.state is not wanted:
                act(session, actor(), work, clock.now())
    except Conflict as error:
        return _page(number, told=error.message), 409
    return to_import(number)


def _page(number: int, told: str = "") -> str:
    with reading() as session:
        work = import_by_number(session, actor(), number)
        current = work.current
        kind = PassKind.TRIAL if current is None else current.kind
        given: dict[str, Any] = {
            "by": name_of(session, work.user_id),
            "errors": problems_of(session, work, kind, Severity.ERROR),
            "warnings": problems_of(session, work, kind, Severity.WARNING),
            "ahead": ahead_of(session, work),
            "earlier": earlier_with_same_content(session, work),
        }
    return render_template(
        "intake/import.html",
        work=work,
        current=current,
        state=work.state.value,
        at_work=work.state in AT_WORK,
        trial=kind is PassKind.TRIAL,
        told=told,
        field_name=field_name,
        preview_fields=_fields(current.preview) if current else [],
        **given,
    )


def _fields(rows: list[dict[str, Any]]) -> list[str]:
    """Return the fields of a preview in which some row says something."""
    filled = (name for row in rows for name, text in row["values"] if text)
    return list(dict.fromkeys(filled))
