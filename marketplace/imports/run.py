"""One import from its first row to its last: reading, checking, writing in batches, reporting."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from marketplace import policy
from marketplace.db import Database
from marketplace.errors import Conflict
from marketplace.imports.fields import Field
from marketplace.imports.mapping import ColumnMapping, map_columns
from marketplace.imports.problems import WHOLE_FILE, Limits, Problem, Severity, UnreadableTable
from marketplace.imports.reader import Table, open_table
from marketplace.imports.report import Report
from marketplace.imports.rows import Entry
from marketplace.imports.summary import Summary
from marketplace.policy import Actor

BATCH: Final = 500
# Any number that no other advisory lock of the installation uses.
LOCK: Final = 0x696D706F
# What another writer can do to a batch; done again, it finds what that one has written.
IN_THE_WAY: Final = (IntegrityError, OperationalError, StaleDataError)


@dataclass(slots=True)
class Outcome:
    """What becomes of the rows of a batch; each is counted once."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, problem: Problem) -> None:
        """Leave a row out."""
        self.refused += 1
        self.problems.append(problem)


class Plan(Protocol):
    """What a batch would do."""

    @property
    def outcome(self) -> Outcome:
        """How many rows it creates, changes, leaves and refuses."""


class Importer(Protocol):
    """What listings and organisations have in common for an import."""

    @property
    def fields(self) -> Sequence[Field]:
        """What a column can fill."""

    def read(
        self, line: int, values: Mapping[str, str], column: Callable[[str], str]
    ) -> Entry | list[Problem]:
        """Check one row; an entry, or the problems that keep it out."""

    def look(self, session: Session, entries: Sequence[Entry], now: datetime) -> Any:
        """Find out what a batch would do, as a :class:`Plan`; nothing is written."""

    def write(self, session: Session, plan: Any, now: datetime) -> None:
        """Carry out a plan in the caller's transaction, the one in which it was made."""

    def forget(self, entries: Sequence[Entry]) -> None:
        """Forget a batch whose transaction was rolled back."""


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
    written whole batches, and can be run again.  A dry run only reads.

    Parameters
    ----------
    now
        Tells the present moment, once for each batch.
    progress
        Told after each batch.

    Returns
    -------
    Summary
        Its ``stopped`` says why, where the file turned out to be damaged further down.

    Raises
    ------
    UnreadableTable, UnusableMapping
        Where the file as a whole cannot be used.
    Invalid
        Where the report cannot be written.
    Forbidden
        Where the actor may not import.
    Conflict
        Where somebody else keeps writing the same rows; whole batches before them are in.
    """
    policy.require(actor, "databank:import")
    with ExitStack() as stack:
        table = stack.enter_context(
            open_table(path, options.limits, encoding=options.encoding, sheet=options.sheet)
        )
        mapping = map_columns(table.header, importer.fields, options.choices)
        report = None if options.report is None else stack.enter_context(Report(options.report, path))
        run = _Run(database, importer, mapping, report, now, dry_run=options.dry_run)
        run.read_all(table, progress)
    return run.summary


class _Run:
    def __init__(
        self,
        database: Database,
        importer: Importer,
        mapping: ColumnMapping,
        report: Report | None,
        now: Callable[[], datetime],
        *,
        dry_run: bool,
    ) -> None:
        self.database = database
        self.importer = importer
        self.mapping = mapping
        self.report = report
        self.now = now
        self.dry_run = dry_run
        self.summary = Summary(ignored=mapping.ignored, dry_run=dry_run)
        # The line of the last row that its file kept out; a row may have several problems.
        self.refused_line = WHOLE_FILE

    def read_all(self, table: Table, progress: Callable[[Progress], None]) -> None:
        """Read to the end, or to where the file is damaged."""
        batch: list[Entry] = []
        for entry in self.entries(table):
            batch.append(entry)
            if len(batch) == BATCH:
                self.carry_out(batch)
                batch = []
                progress(Progress(table.bytes_read, table.total_bytes, self.summary.rows))
        self.carry_out(batch)
        progress(Progress(table.total_bytes, table.total_bytes, self.summary.rows))

    def entries(self, table: Table) -> Iterator[Entry]:
        """Yield the rows that can be used; the others are counted and noted."""
        try:
            for item in table.rows():
                if isinstance(item, Problem):
                    self.count_problem(item)
                    continue
                self.summary.rows += 1
                found = self.importer.read(item.line, self.mapping.apply(item.values), self.mapping.column)
                if isinstance(found, Entry):
                    yield found
                    continue
                self.summary.refused += 1
                self.note(found)
        except UnreadableTable as error:
            if not self.summary.rows:
                raise
            self.summary.stopped = error.message
            self.note([Problem(WHOLE_FILE, "", error.code, error.message)])

    def count_problem(self, problem: Problem) -> None:
        """Note what is wrong with a row, or with the whole file, before it can be read."""
        self.note([problem])
        if problem.severity is Severity.ERROR and problem.line != self.refused_line:
            self.refused_line = problem.line
            self.summary.rows += 1
            self.summary.refused += 1

    def carry_out(self, batch: Sequence[Entry]) -> None:
        """Write a batch, or look what writing it would do."""
        if not batch:
            return
        outcome = self.look(batch) if self.dry_run else self.write_twice(batch)
        for entry in batch:
            self.note(entry.problems)
        self.note(outcome.problems)
        self.summary.add(outcome.created, outcome.changed, outcome.unchanged, outcome.refused)

    def look(self, batch: Sequence[Entry]) -> Outcome:
        """Find out what a batch would do, in a transaction that cannot write."""
        with self.database.reading() as session:
            plan: Plan = self.importer.look(session, batch, self.now())
        return plan.outcome

    def write_twice(self, batch: Sequence[Entry]) -> Outcome:
        """Write a batch; once more, if another writer was in the way."""
        try:
            return self.write(batch)
        except IN_THE_WAY:
            self.importer.forget(batch)
        try:
            return self.write(batch)
        except (IntegrityError, StaleDataError) as error:
            message = _(
                "Somebody else is writing the same rows as this import. All rows before line %(line)s are "
                "done; run it again for the rest.",
                line=batch[0].line,
            )
            raise Conflict(message) from error

    def write(self, batch: Sequence[Entry]) -> Outcome:
        with self.database.transaction() as session:
            _take_turn(session)
            now = self.now()
            plan: Plan = self.importer.look(session, batch, now)
            self.importer.write(session, plan, now)
        return plan.outcome

    def note(self, problems: Sequence[Problem]) -> None:
        """Count problems, and write them into the report."""
        for problem in problems:
            self.summary.note(problem)
            if self.report is not None:
                self.report.write(problem)


def _take_turn(session: Session) -> None:
    """Wait for other imports, which might know the same organisations; on SQLite every writer waits."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
