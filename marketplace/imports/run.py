"""One import from its first row to its last: reading, checking, writing in batches, reporting."""

from __future__ import annotations

import itertools
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
from marketplace.imports.reader import Row, Table, open_table
from marketplace.imports.report import Report
from marketplace.imports.rows import Entry
from marketplace.imports.steps import Journal, Outcome, Step
from marketplace.imports.summary import Summary
from marketplace.policy import Actor

BATCH: Final = 500
# Any number that no other advisory lock of the installation uses.
LOCK: Final = 0x696D706F
# What another writer can do to a batch; done again, it finds what that one has written.
IN_THE_WAY: Final = (IntegrityError, OperationalError, StaleDataError)


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

    def recall(self, session: Session, entries: Sequence[Entry]) -> None:
        """Take note of rows that an earlier part of this import has carried out."""


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
    fixed
        Field → what it holds in every row that says nothing itself.
    journal
        Told of each batch, in the batch's own transaction.
    since
        The position at which a journal was told to go on; rows before it are only recalled.
    """

    choices: tuple[str, ...] = ()
    dry_run: bool = False
    report: Path | None = None
    encoding: str = ""
    sheet: str = ""
    limits: Limits = field(default_factory=Limits)
    fixed: Mapping[str, str] = field(default_factory=dict)
    journal: Journal | None = None
    since: int = 0


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
        Its ``stopped`` says why, where the file turned out to be damaged further down, and its
        ``unfinished`` whether the journal had enough before the end.

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
        mapping = map_columns(table.header, importer.fields, options.choices, options.fixed)
        report = None if options.report is None else stack.enter_context(Report(options.report, path))
        run = _Run(database, importer, mapping, report, now, options)
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
        options: Options,
    ) -> None:
        self.database = database
        self.importer = importer
        self.mapping = mapping
        self.report = report
        self.now = now
        self.dry_run = options.dry_run
        self.journal = options.journal
        self.since = options.since
        self.summary = Summary(ignored=mapping.ignored, dry_run=options.dry_run)
        self.step = Step(total=0)
        # The line of the last row that its file kept out; a row may have several problems.
        self.refused_line = WHOLE_FILE

    def read_all(self, table: Table, progress: Callable[[Progress], None]) -> None:
        """Read to the end, to where the file is damaged, or until the journal has enough."""
        batch: list[Entry] = []
        for entry in self.entries(table):
            if entry is not None:
                batch.append(entry)
            if self.step.rows == BATCH:
                self.finish_step(batch, table.bytes_read, table.total_bytes)
                batch = []
                progress(Progress(table.bytes_read, table.total_bytes, self.summary.rows))
                if self.journal is not None and self.journal.enough():
                    self.summary.unfinished = True
                    return
        self.finish_step(batch, table.total_bytes, table.total_bytes)
        progress(Progress(table.total_bytes, table.total_bytes, self.summary.rows))

    def entries(self, table: Table) -> Iterator[Entry | None]:
        """Yield the rows that can be used, and ``None`` for each other one, which is counted and noted."""
        items = table.rows()
        try:
            self.recall(items)
            for item in items:
                self.step.position += 1
                if isinstance(item, Problem):
                    if self.count_problem(item):
                        yield None
                    continue
                self.count_row()
                found = self.read(item)
                if not isinstance(found, Entry):
                    self.count_refused(found)
                    yield None
                else:
                    yield found
        except UnreadableTable as error:
            if not self.step.position:
                raise
            self.summary.stopped = error.message
            self.note([Problem(WHOLE_FILE, "", error.code, error.message)])

    def read(self, row: Row) -> Entry | list[Problem]:
        return self.importer.read(row.line, self.mapping.apply(row.values), self.mapping.column)

    def recall(self, items: Iterator[Row | Problem]) -> None:
        """Pass over what was carried out before; the importer takes note of it."""
        batch: list[Entry] = []
        for item in itertools.islice(items, self.since):
            self.step.position += 1
            if isinstance(item, Problem):
                if item.severity is Severity.ERROR:
                    self.refused_line = item.line
                continue
            found = self.read(item)
            if isinstance(found, Entry):
                batch.append(found)
            if len(batch) == BATCH:
                self.recall_batch(batch)
                batch = []
        if batch:
            self.recall_batch(batch)

    def recall_batch(self, batch: Sequence[Entry]) -> None:
        with self.database.reading() as session:
            self.importer.recall(session, batch)
        if self.journal is not None:
            self.journal.recall()

    def count_row(self) -> None:
        self.summary.rows += 1
        self.step.rows += 1

    def count_refused(self, problems: Sequence[Problem]) -> None:
        self.summary.refused += 1
        self.step.outcome.refused += 1
        self.note(problems)

    def count_problem(self, problem: Problem) -> bool:
        """Note what is wrong with a row, or the file, before it can be read; tell whether a row is lost."""
        if problem.severity is not Severity.ERROR or problem.line == self.refused_line:
            self.note([problem])
            return False
        self.refused_line = problem.line
        self.count_row()
        self.count_refused([problem])
        return True

    def finish_step(self, batch: Sequence[Entry], done: int, total: int) -> None:
        """Carry out the rows since the last step, and begin the next."""
        step = self.step
        step.done, step.total = done, total
        self.carry_out(batch)
        self.step = Step(step.position, done, total)

    def carry_out(self, batch: Sequence[Entry]) -> None:
        """Write a batch, or look what writing it would do."""
        if not batch and self.journal is None:
            return
        outcome = self.look(batch) if self.dry_run else self.write_twice(batch)
        for entry in batch:
            self.tell(entry.problems)
        self.tell(outcome.problems)
        self.summary.add(outcome.created, outcome.changed, outcome.unchanged, outcome.refused)

    def look(self, batch: Sequence[Entry]) -> Outcome:
        """Find out what a batch would do, in a transaction that cannot write."""
        outcome = Outcome()
        if batch:
            with self.database.reading() as session:
                plan: Plan = self.importer.look(session, batch, self.now())
            outcome = plan.outcome
        if self.journal is not None:
            with self.database.transaction() as session:
                self.journal.keep(session, self.whole_step(batch, outcome))
        return outcome

    def write_twice(self, batch: Sequence[Entry]) -> Outcome:
        """Write a batch; once more, if another writer was in the way."""
        try:
            return self.write(batch)
        except IN_THE_WAY:
            if batch:
                self.importer.forget(batch)
        try:
            return self.write(batch)
        except (IntegrityError, StaleDataError) as error:
            message = _(
                "Somebody else is writing the same rows as this import. All rows before line %(line)s are "
                "done; run it again for the rest.",
                line=batch[0].line if batch else WHOLE_FILE,
            )
            raise Conflict(message) from error

    def write(self, batch: Sequence[Entry]) -> Outcome:
        outcome = Outcome()
        with self.database.transaction() as session:
            if batch:
                _take_turn(session)
                now = self.now()
                plan: Plan = self.importer.look(session, batch, now)
                self.importer.write(session, plan, now)
                outcome = plan.outcome
            if self.journal is not None:
                self.journal.keep(session, self.whole_step(batch, outcome))
        return outcome

    def whole_step(self, batch: Sequence[Entry], outcome: Outcome) -> Step:
        """Return the step with what became of its batch, for the journal."""
        step, before = self.step, self.step.outcome
        problems = [problem for entry in batch for problem in entry.problems]
        whole = Outcome(
            created=outcome.created,
            changed=outcome.changed,
            unchanged=outcome.unchanged,
            refused=before.refused + outcome.refused,
            problems=[*before.problems, *problems, *outcome.problems],
        )
        return Step(step.position, step.done, step.total, step.rows, whole)

    def note(self, problems: Sequence[Problem]) -> None:
        """Count problems that were met before a batch was whole, and keep them for its journal."""
        if self.journal is not None:
            self.step.outcome.problems += problems
        self.tell(problems)

    def tell(self, problems: Sequence[Problem]) -> None:
        """Count problems, and write them into the report."""
        for problem in problems:
            self.summary.note(problem)
            if self.report is not None:
                self.report.write(problem)


def _take_turn(session: Session) -> None:
    """Wait for other imports, which might know the same organisations; on SQLite every writer waits."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
