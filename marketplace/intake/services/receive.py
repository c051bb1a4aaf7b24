"""Taking in a file, and saying what its columns are."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import audit, policy
from marketplace.errors import Conflict, Invalid
from marketplace.files import FileStore, Upload, keep_file, plain_name, read_content
from marketplace.imports.problems import UnreadableTable
from marketplace.intake.models import DatabankImport, ImportKind, ImportState
from marketplace.intake.reading import (
    Beginning,
    as_found,
    fields_of,
    header_key,
    likely_kind,
    look_at,
    needed_fields,
    proposed,
)
from marketplace.policy import Actor

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What may be said once for a whole file.
FOR_EVERY_ROW: Final = ("country", "kind", "language")
# States in which the columns may be said anew.
OPEN: Final = (ImportState.MAPPING, ImportState.TRIED, ImportState.FAILED)


@dataclass(frozen=True, slots=True)
class Received:
    """A file that was read, and found to be a table."""

    upload: Upload
    beginning: Beginning


def read_table(name: str, stream: IO[bytes], *, limit_mb: int, encoding: str, sheet: str) -> Received:
    """Read an uploaded file and look whether it is a table; nothing is kept.

    Raises
    ------
    Invalid
        With what is wrong and how to mend it, at the form's field.
    """
    content = read_content(stream, limit_mb=limit_mb)
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        beginning = _look(Path(file.name), encoding, sheet)
    text = "text/tab-separated-values" if beginning.delimiter == "\t" else "text/csv"
    kind = XLSX if beginning.format == "xlsx" else text
    return Received(Upload(plain_name(name), kind, content), beginning)


def _look(path: Path, encoding: str, sheet: str) -> Beginning:
    try:
        return look_at(path, encoding=encoding, sheet=sheet)
    except UnreadableTable as error:
        field = {"unknown_encoding": "encoding", "no_such_sheet": "sheet"}.get(error.code, "file")
        raise Invalid(field, error.message, error.code) from error


def receive_file(
    session: Session,
    actor: Actor,
    received: Received,
    *,
    kind: ImportKind | None,
    encoding: str,
    sheet: str,
    store: FileStore,
    now: datetime,
) -> DatabankImport:
    """Keep a file for an import of the actor's office; its columns are proposed.

    Parameters
    ----------
    kind
        What its rows are; ``None`` where the columns' names shall tell.
    """
    policy.require(actor, "databank:import")
    file = keep_file(session, store, received.upload, organisation_id=None, user_id=actor.user_id, now=now)
    header = received.beginning.header
    what = kind or likely_kind(header)
    work = DatabankImport(
        office_id=actor.office_id,
        user_id=actor.user_id,
        file=file,
        kind=what,
        encoding=encoding,
        sheet=sheet,
        found=as_found(received.beginning),
        header_key=header_key(header),
        columns=proposed(what, header),
        fixed={},
        created_at=now,
    )
    session.add(work)
    session.flush()
    facts = {"kind": what.value, "file": file.id}
    audit.note(session, actor.user_id, "databank:import", "databank_import", work.id, now, facts)
    return work


def read_again(
    session: Session,
    actor: Actor,
    work: DatabankImport,
    *,
    kind: ImportKind,
    encoding: str,
    sheet: str,
    store: FileStore,
    now: datetime,
) -> None:
    """Read the file in another way: as rows of another kind, in another encoding, from another sheet.

    Raises
    ------
    Conflict
        Where the import has begun meanwhile.
    Invalid
        Where the file cannot be read so.
    """
    policy.require(actor, "import:carry_on", work)
    require_open(work)
    if (encoding, sheet) != (work.encoding, work.sheet):
        beginning = _look(stored_path(store, work), encoding, sheet)
        work.found = as_found(beginning)
        work.header_key = header_key(beginning.header)
        work.columns = {}
    elif kind is work.kind:
        return
    work.encoding, work.sheet, work.kind = encoding, sheet, kind
    work.columns = proposed(kind, work.found["header"])
    work.fixed = {}
    work.state, work.passes, work.error = ImportState.MAPPING, [], ""
    audit.note(session, actor.user_id, "import:read_again", "databank_import", work.id, now)
    session.flush()


def stored_path(store: FileStore, work: DatabankImport) -> Path:
    """Return where the file of an import lies.

    Raises
    ------
    Invalid
        Where it is gone.
    """
    path = store.path(work.file.sha256)
    if not path.is_file():
        raise Invalid("file", _("The file is no longer there. Import it anew."), "gone")
    return path


def require_open(work: DatabankImport) -> None:
    """Raise where the columns can no longer be changed."""
    if work.state not in OPEN or (work.state is ImportState.FAILED and len(work.passes) > 1):
        raise Conflict(_("This import has begun meanwhile; its columns stay as they are."))


def check_columns(
    kind: ImportKind, header: list[str], columns: Mapping[str, str], fixed: Mapping[str, str]
) -> list[Invalid]:
    """Return what is wrong with what the columns are said to be.

    Returns
    -------
    list of Invalid
        Each with the column, or the field of every row, that it is about.
    """
    known = {field.name for field in fields_of(kind)}
    problems = []
    taken: dict[str, str] = {}
    for column in header:
        field = columns.get(column, "")
        if not field:
            continue
        if field not in known:
            problems.append(Invalid(column, _("Choose one of the fields shown."), "unknown_field"))
        elif field in taken:
            message = _("“%(other)s” is this field already. Leave one of the two out.", other=taken[field])
            problems.append(Invalid(column, message, "field_twice"))
        else:
            taken[field] = column
    problems += [
        Invalid("", name, "missing_field")
        for name in needed_fields(kind)
        if name not in taken and not fixed.get(name)
    ]
    return problems
