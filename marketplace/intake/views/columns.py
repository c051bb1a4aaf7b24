"""What each column of a file is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext as _

from marketplace import clock
from marketplace.errors import Conflict, Invalid
from marketplace.intake.forms import ColumnsForm, ReadingForm
from marketplace.intake.models import ColumnMapping, DatabankImport, ImportKind
from marketplace.intake.queries.find import earlier_with_same_content, import_by_number, kept_mappings
from marketplace.intake.reading import REASON, fields_of, needed_fields
from marketplace.intake.services.mappings import keep_mapping
from marketplace.intake.services.receive import check_columns, read_again, require_open
from marketplace.intake.services.steps import try_import
from marketplace.intake.views.blueprint import ONE, Answer, bp, file_store, to_import, typed_version
from marketplace.intake.wording import delimiter_name, encoding_name, field_name
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, transaction


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One column on the page.

    Parameters
    ----------
    field
        What it is said to be; ``""`` for leaving it out.
    """

    id: str
    name: str
    examples: tuple[str, ...]
    field: str
    error: str


@bp.get(f"{ONE}/columns")
@needs("import:view")
def columns(number: int) -> Answer:
    """Ask what the columns are, with what is likely filled in."""
    with reading() as session:
        work = import_by_number(session, actor(), number)
        try:
            require_open(work)
        except Conflict:
            return to_import(number)
        kept = list(kept_mappings(session, work))
    chosen = _chosen_mapping(work, kept)
    said = work.columns if chosen is None else chosen.columns
    fixed = work.fixed if chosen is None else chosen.fixed
    form = ColumnsForm(formdata=None, data={**fixed, "keep_as": "" if chosen is None else chosen.name})
    return _page(number, form, said, chosen=chosen)


def _chosen_mapping(work: DatabankImport, kept: list[ColumnMapping]) -> ColumnMapping | None:
    """Return the kept mapping that is asked for; the last one, at the first look at a file."""
    word = request.args.get("mapping")
    if word is not None:
        return next((mapping for mapping in kept if str(mapping.id) == word), None)
    return kept[0] if kept and work.version == 1 else None


@bp.post(f"{ONE}/columns")
@needs("import:carry_on")
def say_columns(number: int) -> Answer:
    """Take what the columns are, and have the import tried."""
    form = ColumnsForm()
    sound = form.validate()
    with reading() as session:
        work = import_by_number(session, actor(), number)
    header: list[str] = work.found["header"]
    said = {name: request.form.get(f"column-{at}", "")[:60] for at, name in enumerate(header)}
    fixed = form.fixed(work.kind)
    problems = check_columns(work.kind, header, said, fixed)
    if not sound or problems:
        return _page(number, form, said, problems), 422
    try:
        with transaction() as session:
            work = import_by_number(session, actor(), number)
            try_import(
                session, actor(), work, columns=said, fixed=fixed, version=typed_version(), now=clock.now()
            )
            if form.text("keep_as"):
                keep_mapping(session, actor(), work, form.text("keep_as"), clock.now())
    except Conflict as error:
        form.form_errors = [*form.form_errors, error.message]
        return _page(number, form, said), 409
    return to_import(number)


@bp.post(f"{ONE}/reading")
@needs("import:carry_on")
def read_differently(number: int) -> Answer:
    """Read the file in another way."""
    form = ReadingForm()
    if form.validate():
        try:
            with transaction() as session:
                work = import_by_number(session, actor(), number)
                read_again(
                    session,
                    actor(),
                    work,
                    kind=form.chosen_kind() or work.kind,
                    encoding=form.chosen_encoding(),
                    sheet=form.text("sheet"),
                    store=file_store(),
                    now=clock.now(),
                )
                said, fixed = work.columns, work.fixed
        except Invalid as error:
            form.blame(error)
        else:
            flash(_("The file was read again. Look whether its columns are right now."), "success")
            return _page(number, ColumnsForm(formdata=None, data=dict(fixed)), said)
    with reading() as session:
        work = import_by_number(session, actor(), number)
    return _page(number, ColumnsForm(formdata=None, data=dict(work.fixed)), work.columns, again=form), 422


def _page(
    number: int,
    form: ColumnsForm,
    said: Mapping[str, str],
    problems: list[Invalid] | None = None,
    *,
    chosen: ColumnMapping | None = None,
    again: ReadingForm | None = None,
) -> str:
    with reading() as session:
        work = import_by_number(session, actor(), number)
        kept = kept_mappings(session, work)
        earlier = earlier_with_same_content(session, work)
    wrong = {problem.field: problem.message for problem in problems or () if problem.field}
    found: dict[str, Any] = work.found
    rows = [
        ColumnRow(f"column-{at}", name, tuple(examples), said.get(name, ""), wrong.get(name, ""))
        for at, (name, examples) in enumerate(zip(found["header"], found["examples"], strict=True))
    ]
    needed = needed_fields(work.kind)
    return render_template(
        "intake/columns.html",
        work=work,
        form=form,
        again=again
        or ReadingForm(
            formdata=None, data={"kind": work.kind.value, "encoding": work.encoding, "sheet": work.sheet}
        ),
        again_open=again is not None,
        rows=rows,
        fields=[(field.name, field_name(field.name), field.name in needed) for field in fields_of(work.kind)],
        needed=[field_name(name) for name in needed],
        missing=[field_name(problem.message) for problem in problems or () if not problem.field],
        kept=kept,
        chosen=chosen,
        earlier=earlier,
        listings=work.kind is not ImportKind.ORGANISATIONS,
        reason=REASON,
        read_as=", ".join(
            filter(
                None,
                (
                    "XLSX" if found["format"] == "xlsx" else "CSV",
                    encoding_name(found["encoding"]),
                    delimiter_name(found["delimiter"]),
                    found["sheet"],
                ),
            )
        ),
    )
