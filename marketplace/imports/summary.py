"""What became of a file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from flask_babel import gettext as _

from marketplace.imports.problems import Problem, Severity

SHOWN: Final = 20


@dataclass(slots=True)
class Summary:
    """What became of a file; rows = created + changed + unchanged + refused, always.

    Parameters
    ----------
    rows
        Rows below the header; a file that is longer than is read counts one row for its rest.
    ignored
        Columns that fill no field.
    codes
        How often each sort of problem was met.
    shown
        The first :data:`SHOWN` errors and the first :data:`SHOWN` warnings.
    stopped
        Why reading ended before the end of the file; ``""`` when it did not.
    unfinished
        Whether the import is to go on another time.
    """

    rows: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    warnings: int = 0
    ignored: tuple[str, ...] = ()
    codes: Counter[str] = field(default_factory=Counter)
    errors_shown: list[Problem] = field(default_factory=list)
    warnings_shown: list[Problem] = field(default_factory=list)
    stopped: str = ""
    dry_run: bool = False
    unfinished: bool = False

    @property
    def shown(self) -> list[Problem]:
        """The first problems: what kept rows out comes before what did not."""
        return [*self.errors_shown, *self.warnings_shown][:SHOWN]

    def note(self, problem: Problem) -> None:
        """Count a problem and keep the first ones for showing."""
        warning = problem.severity is Severity.WARNING
        self.codes[problem.code] += 1
        self.warnings += warning
        kept = self.warnings_shown if warning else self.errors_shown
        if len(kept) < SHOWN:
            kept.append(problem)

    def add(self, created: int, changed: int, unchanged: int, refused: int) -> None:
        """Count the rows of a batch."""
        self.created += created
        self.changed += changed
        self.unchanged += unchanged
        self.refused += refused


def in_words(summary: Summary) -> str:
    """Return the summary as one sentence."""
    numbers = {
        "rows": summary.rows,
        "created": summary.created,
        "changed": summary.changed,
        "unchanged": summary.unchanged,
        "refused": summary.refused,
    }
    if summary.dry_run:
        return _(
            "%(rows)s rows, and nothing was written: %(created)s would be new, %(changed)s changed, "
            "%(unchanged)s as they are, %(refused)s refused.",
            **numbers,
        )
    return _(
        "%(rows)s rows: %(created)s new, %(changed)s changed, %(unchanged)s as they were, "
        "%(refused)s refused.",
        **numbers,
    )


def where(problem: Problem) -> str:
    """Return the place of a problem in words: line and column, as far as it has them."""
    if not problem.line:
        return _("file")
    line = _("line %(line)s", line=problem.line)
    return f"{line}, {problem.field}" if problem.field else line
