"""Which column of a table fills which field."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from flask_babel import gettext as _

from marketplace.errors import ExchangeError
from marketplace.imports.fields import Field
from marketplace.imports.problems import WHOLE_FILE, Problem


class UnusableMapping(ExchangeError):
    """The columns cannot be told; ``problems`` names every reason at once.

    Parameters
    ----------
    problems
        Each with the column or field that it is about, or ``""``.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(problem.message for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Columns with their fields.

    Parameters
    ----------
    fields
        Column → field, in the table's order.
    ignored
        Columns that fill no field, for the summary.
    fixed
        Field → what it holds in every row that says nothing itself.
    """

    fields: Mapping[str, str]
    ignored: tuple[str, ...]
    fixed: Mapping[str, str] = dataclass_field(default_factory=dict)

    def apply(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return the values of a row by field."""
        found = {name: values[column] for column, name in self.fields.items()}
        return found | {name: word for name, word in self.fixed.items() if not found.get(name, "").strip()}

    def column(self, field: str) -> str:
        """Return the column that fills a field, for naming it in a problem; ``""`` when none does."""
        return next((column for column, filled in self.fields.items() if filled == field), "")


def map_columns(
    header: Sequence[str],
    fields: Sequence[Field],
    choices: Iterable[str] = (),
    fixed: Mapping[str, str] | None = None,
) -> ColumnMapping:
    """Find the field of each column.

    A choice decides; then a column named like a field; then a synonym.  A column named by a synonym
    of a field that has its column already is ignored.

    Parameters
    ----------
    header
        The columns' names.
    fields
        What can be filled.
    choices
        As typed after ``--map``: ``column=field``, or ``column=`` to leave a column out.
    fixed
        Field → what it holds where no column says it; such a field needs no column.

    Returns
    -------
    ColumnMapping
        With every column of the header either in ``fields`` or in ``ignored``.

    Raises
    ------
    UnusableMapping
        For unknown columns and fields, a field or a column chosen twice, two columns that could
        both be a field, and required fields without a column.
    """
    mapper = _Mapper(header, fields, fixed or {})
    for choice in choices:
        mapper.choose(choice)
    mapper.recognise()
    mapper.require()
    if mapper.problems:
        raise UnusableMapping(mapper.problems)
    return mapper.mapping()


def propose_columns(header: Sequence[str], fields: Sequence[Field]) -> ColumnMapping:
    """Return what can be told by the columns' names alone; what is in doubt is left out, for a person."""
    mapper = _Mapper(header, fields, {})
    mapper.recognise()
    return mapper.mapping()


def _key(name: str) -> str:
    """Reduce a name to its letters and digits, so that ``Tax-ID`` and ``tax_id`` are the same."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(character for character in decomposed if character.isalnum())


class _Mapper:
    def __init__(self, header: Sequence[str], fields: Sequence[Field], fixed: Mapping[str, str]) -> None:
        self.header = header
        self.fields = {field.name: field for field in fields}
        self.found: dict[str, str] = {}
        self.problems: list[Problem] = []
        self.fixed = {name: value for typed, value in fixed.items() if (name := self._field(typed))}

    def mapping(self) -> ColumnMapping:
        """Return what was found."""
        return ColumnMapping(
            {column: self.found[column] for column in self.header if self.found.get(column)},
            tuple(column for column in self.header if not self.found.get(column)),
            self.fixed,
        )

    def choose(self, choice: str) -> None:
        """Take one choice.  A column's name may hold an equals sign, a field's never does."""
        typed, equals, wanted = choice.rpartition("=")
        if not equals or not typed.strip():
            self._problem("", "bad_map", _("“%(text)s” is not of the form column=field.", text=choice))
            return
        column = self._column(typed.strip())
        field = self._field(wanted.strip())
        if column is None or field is None:
            return
        if column in self.found:
            self._problem(
                column, "column_twice", _("The column “%(column)s” is mapped twice.", column=column)
            )
        elif field and field in self.found.values():
            others = ", ".join(f"“{name}”" for name in (*self._columns_of(field), column))
            message = _(
                "The field %(field)s is mapped to several columns: %(columns)s.", field=field, columns=others
            )
            self._problem(column, "field_twice", message)
        else:
            self.found[column] = field

    def recognise(self) -> None:
        """Map the columns that are not chosen, by name and then by synonym."""
        self._claim({field.name: {_key(field.name)} for field in self.fields.values()})
        self._claim({field.name: {_key(name) for name in field.synonyms} for field in self.fields.values()})

    def require(self) -> None:
        """Note the required fields that no column fills."""
        in_doubt = {problem.field for problem in self.problems if problem.code == "ambiguous"} | set(
            self.fixed
        )
        for field in self.fields.values():
            if field.required and field.name not in self.found.values() and field.name not in in_doubt:
                message = _(
                    "No column fills the required field %(field)s. Say which with --map column=%(field)s. "
                    "The columns are: %(columns)s.",
                    field=field.name,
                    columns=", ".join(self.header),
                )
                self._problem("", "missing_field", message)

    def _claim(self, names: Mapping[str, set[str]]) -> None:
        open_fields = [field for field in names if field not in self.found.values()]
        for field in open_fields:
            claims = [name for name in self.header if name not in self.found and _key(name) in names[field]]
            if len(claims) == 1:
                self.found[claims[0]] = field
            elif claims:
                message = _(
                    "Several columns could be the field %(field)s: %(columns)s. "
                    "Say which with --map, for example --map %(first)s=%(field)s.",
                    field=field,
                    columns=", ".join(f"“{name}”" for name in claims),
                    first=_quoted(claims[0]),
                )
                self._problem(field, "ambiguous", message)

    def _column(self, typed: str) -> str | None:
        if typed in self.header:
            return typed
        alike = [name for name in self.header if _key(name) == _key(typed) and _key(typed)]
        if len(alike) == 1:
            return alike[0]
        message = _(
            "There is no column “%(column)s”. The columns are: %(columns)s.",
            column=typed,
            columns=", ".join(self.header),
        )
        self._problem(typed, "unknown_column", message + _nearest(typed, self.header))
        return None

    def _field(self, typed: str) -> str | None:
        if not typed:
            return ""
        alike = next((name for name in self.fields if _key(name) == _key(typed)), None)
        if alike is None:
            message = _(
                "There is no field “%(field)s”. The fields are: %(fields)s.",
                field=typed,
                fields=", ".join(self.fields),
            )
            self._problem(typed, "unknown_field", message + _nearest(typed, list(self.fields)))
        return alike

    def _columns_of(self, field: str) -> list[str]:
        return [column for column, filled in self.found.items() if filled == field]

    def _problem(self, field: str, code: str, message: str) -> None:
        self.problems.append(Problem(WHOLE_FILE, field, code, message))


def _nearest(typed: str, names: Sequence[str]) -> str:
    near = difflib.get_close_matches(typed, names, n=1)
    return " " + _("Did you mean “%(name)s”?", name=near[0]) if near else ""


def _quoted(column: str) -> str:
    return f'"{column}"' if " " in column else column
