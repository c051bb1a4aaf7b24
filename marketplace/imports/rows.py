"""What reading the rows of listings and of organisations have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from flask_babel import gettext as _

from marketplace.errors import Invalid
from marketplace.imports.problems import Problem, Severity
from marketplace.listings.kinds.reading import TERM_LENGTH, read_terms, read_text
from marketplace.organisations.identifiers import (
    VALUE_LENGTH,
    CheckedIdentifier,
    check_identifier,
    schemes_of,
)

EXTERNAL_ID_LENGTH: Final = 80
SHOWN: Final = 40

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that has been read: its line, what it says, and what was odd about it.

    Parameters
    ----------
    columns
        Field → the column that fills it, for naming it in a problem found later.
    """

    line: int
    values: Any
    problems: tuple[Problem, ...] = ()
    columns: Callable[[str], str] = str

    def problem(self, field: str, code: str, message: str, severity: Severity = Severity.WARNING) -> Problem:
        """Say what is wrong with this row."""
        return Problem(self.line, self.columns(field) or field, code, message, severity)


def other_office(entry: Entry, field: str, name: str) -> Problem:
    """Say that a row would change what another office looks after."""
    message = _("“%(name)s” is in the hands of another office, and stays as it is.", name=name[:SHOWN])
    return entry.problem(field, "other_office", message, Severity.ERROR)


class RowReader:
    """Reads the cells of one row; what is wrong is noted under the column's own name.

    Parameters
    ----------
    line
        Where the row stands.
    values
        Its cells by field; a field without a column is missing.
    column
        Tells the name of the column that fills a field, ``""`` for none.
    """

    def __init__(self, line: int, values: Mapping[str, str], column: Callable[[str], str]) -> None:
        self.line = line
        self.values = values
        self.column = column
        self.problems: list[Problem] = []

    @property
    def refused(self) -> bool:
        """Whether something was found that keeps the row out."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)

    def cell(self, name: str) -> str:
        """Return a cell without white space around it; ``""`` where there is no such column."""
        return self.values.get(name, "").strip()

    def one(self, name: str, read: Callable[[str, str], T]) -> T | None:
        """Read a cell; ``None`` where it is empty, or wrong, which is noted."""
        raw = self.cell(name)
        if not raw:
            return None
        try:
            return read(name, raw)
        except Invalid as error:
            self.refuse(name, error.code, error.message)
            return None

    def text(self, name: str, longest: int, *, lines: bool = False) -> str:
        """Read a text of at most so many characters."""
        return self.one(name, lambda field, raw: read_text(field, raw, longest, lines=lines)) or ""

    def terms(
        self, name: str, most: int, read: Callable[[str, str], T], longest: int = TERM_LENGTH
    ) -> tuple[T, ...]:
        """Read a list of at most so many terms, each by itself."""
        found = self.one(
            name, lambda field, raw: [read(field, word) for word in read_terms(field, raw, most, longest)]
        )
        return tuple(dict.fromkeys(found or ()))

    def external_id(self) -> str:
        """Read the key that the source knows the row by."""
        return self.text("external_id", EXTERNAL_ID_LENGTH)

    def identifier(self, field: str, country: str, scheme: str = "") -> CheckedIdentifier | None:
        """Read a legal identifier.

        Parameters
        ----------
        scheme
            As the row names it; else a column with the name of one of the country's identifiers
            says it ("krs"), else it is the usual one of the country.
        """
        raw = self.text(field, VALUE_LENGTH)
        if not raw or not country:
            return None
        named = self.column(field).strip().casefold()
        found = check_identifier(country, scheme or (named if named in schemes_of(country) else ""), raw)
        if not found.value:
            self.refuse(field, "missing", _("“%(text)s” is no identifier. Leave it empty.", text=raw[:SHOWN]))
            return None
        if found.valid is False:
            message = _(
                "“%(value)s” does not pass the check of %(scheme)s; it is kept and marked.",
                value=raw[:SHOWN],
                scheme=found.scheme,
            )
            self.warn(field, "bad_checksum", message)
        return found

    def refuse(self, field: str, code: str, message: str) -> None:
        """Note what keeps the row out."""
        self.problems.append(Problem(self.line, self.column(field) or field, code, message))

    def warn(self, field: str, code: str, message: str) -> None:
        """Note what is odd and lets the row in."""
        self.problems.append(Problem(self.line, self.column(field) or field, code, message, Severity.WARNING))
