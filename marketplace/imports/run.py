"""One import from its first row to its last: reading, checking, writing in batches, reporting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import policy
from marketplace.db import Database
from marketplace.imports.fields import Field
from marketplace.imports.mapping import ColumnMapping, map_columns
from marketplace.imports.problems import Limits, Problem, Severity
from marketplace.imports.reader import Row, Table, open_table
from marketplace.imports.report import Report
from marketplace.policy import Actor

BATCH: Final = 500
SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that has been read: its line, what it says, and what was odd about it."""

    line: int
    values: Any
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class Written:
    """What a batch did to the database; rows of it may still have problems."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)


class Importer(Protocol):
    """What listings and organisations have in common for an import."""

    fields: Sequence[Field]

    def read(self, line: int, values: dict[str, str], column: Callable[[str], str]) -> Entry | list[Problem]:
        """Check one row; an entry, or the problems that keep it out."""

    def write(self, session: Session, entries: Sequence[Entry], now: datetime) -> Written:
        """Write a batch in the caller's transaction; it may be rolled back for a dry run."""


@dataclass(slots=True)
class Summary:
    """What became of a file; rows read = created + changed + unchanged + refused."""

    rows: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    warnings: int = 0
    ignored: tuple[str, ...] = ()
    codes: Counter[str] = field(default_factory=Counter)
    shown: list[Problem] = field(default_factory=list)

    def note(self, problem: Problem) -> None:
        """Count a problem and keep the first ones for showing."""
        self.codes[problem.code] += 1
        self.warnings += problem.severity is Severity.WARNING
        if len(self.shown) < SHOWN:
            self.shown.append(problem)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reading has come, in bytes of the file."""

    done: int
    total: int
    rows: int


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is read.

    Parameters
    ----------
    choices
        ``column=field`` as typed after ``--map``.
    dry_run
        Whether to check everything and write nothing.
    report
        Where to write all problems; ``None`` for nowhere.
    encoding, sheet
        Of the file; found out when ``""``.
    """

    choices: tuple[str, ...] = ()
    dry_run: bool = False
    report: Path | None = None
    encoding: str = ""
    sheet: str = ""
    limits: Limits = field(default_factory=Limits)


class _DryRun(Exception):
    """Rolls everything back at the end of a dry run."""


def import_table(
    database: Database,
    actor: Actor,
    path: Path,
    importer: Importer,
    options: Options,
    *,
    now: Callable[[], datetime],
    progress: Callable[[Progress], None] = lambda _progress: None,
) -> Summary:
    """Import a file.

    Each batch of :data:`BATCH` rows is one transaction, so that an import that is cut off has
    written whole batches, and can be run again.  A dry run is one transaction that is rolled back.

    Parameters
    ----------
    now
        Tells the present moment, once for each batch.
    progress
        Told after each batch.

    Raises
    ------
    UnreadableTable, UnusableMapping
        Where the file as a whole cannot be used.
    Invalid
        Where the report cannot be written.
    Forbidden
        Where the actor may not import.
    """
    policy.require(actor, "databank:import")
    with open_table(path, options.limits, encoding=options.encoding, sheet=options.sheet) as table:
        mapping = map_columns(table.header, importer.fields, options.choices)
        run = _Run(database, importer, options, Summary(ignored=mapping.ignored), now)
        if options.report is None:
            run.read_all(table, mapping, progress)
        else:
            with Report(options.report, path) as report:
                run.report = report
                run.read_all(table, mapping, progress)
    return run.summary


class _Run:
    def __init__(
        self, database: Database, importer: Importer, options: Options, summary: Summary, now: Callable[[], datetime]
    ) -> None:
        self.database = database
        self.importer = importer
        self.dry_run = options.dry_run
        self.summary = summary
        self.now = now
        self.report: Report | None = None

    def read_all(self, table: Table, mapping: ColumnMapping, progress: Callable[[Progress], None]) -> None:
        """Read to the end; ``Table.rows`` says what may be raised."""
        if not self.dry_run:
            self.read_batches(table, mapping, progress, self.database.transaction)
            return
        try:
            with self.database.transaction() as session:
                self.read_batches(table, mapping, progress, lambda: nullcontext(session))
                raise _DryRun
        except _DryRun:
            pass

    def read_batches(
        self,
        table: Table,
        mapping: ColumnMapping,
        progress: Callable[[Progress], None],
        scope: Callable[[], AbstractContextManager[Session]],
    ) -> None:
        batch: list[Entry] = []
        for entry in self.entries(table, mapping):
            batch.append(entry)
            if len(batch) == BATCH:
                self.write(batch, scope)
                batch = []
                progress(Progress(table.bytes_read, table.total_bytes, self.summary.rows))
        self.write(batch, scope)
        progress(Progress(table.total_bytes, table.total_bytes, self.summary.rows))

    def entries(self, table: Table, mapping: ColumnMapping) -> Iterator[Entry]:
        refused_lines: set[int] = set()
        for item in table.rows():
            if isinstance(item, Problem):
                self.note(item)
                if item.severity is Severity.ERROR and item.line not in refused_lines:
                    refused_lines.add(item.line)
                    self.summary.rows += 1
                    self.summary.refused += 1
                continue
            self.summary.rows += 1
            found = self.read(item, mapping)
            if isinstance(found, Entry):
                yield found
                continue
            self.summary.refused += 1
            for problem in found:
                self.note(problem)

    def read(self, row: Row, mapping: ColumnMapping) -> Entry | list[Problem]:
        return self.importer.read(row.line, mapping.apply(row.values), mapping.column)

    def write(self, batch: Sequence[Entry], scope: Callable[[], AbstractContextManager[Session]]) -> None:
        if not batch:
            return
        with scope() as session:
            written = self.importer.write(session, batch, self.now())
        for entry in batch:
            for problem in entry.problems:
                self.note(problem)
        for problem in written.problems:
            self.note(problem)
        self.summary.created += written.created
        self.summary.changed += written.changed
        self.summary.unchanged += written.unchanged

    def note(self, problem: Problem) -> None:
        self.summary.note(problem)
        if self.report is not None:
            self.report.write(problem)


def in_words(summary: Summary, *, dry_run: bool) -> str:
    """Return the summary as one sentence."""
    text = _(
        "%(rows)s rows: %(created)s new, %(changed)s changed, %(unchanged)s as they were, %(refused)s refused.",
        rows=summary.rows,
        created=summary.created,
        changed=summary.changed,
        unchanged=summary.unchanged,
        refused=summary.refused,
    )
    return text + (" " + _("This was a dry run: nothing was written.") if dry_run else "")
