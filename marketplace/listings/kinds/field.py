"""One field of a kind: what the form shows, what is accepted, and what the engine learns from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

import pycountry
from flask_babel import gettext as _

from marketplace.errors import Invalid
from marketplace.listings.kinds import reading
from marketplace.listings.kinds.words import Label, Labels
from matching.requirements import CRITERIA, convert
from matching.types import Fact, Operator, Side

BOTH_SIDES: Final = frozenset(Side)


class Type(StrEnum):
    """What kind of value a field holds, and how it is kept in ``Listing.details``."""

    NUMBER = "number"  # float, in the canonical unit
    CHOICE = "choice"  # one key of the choices
    CHOICES = "choices"  # a list of keys
    TERMS = "terms"  # a list of short phrases
    TEXT = "text"  # one line
    LONG_TEXT = "long_text"
    YES_NO = "yes_no"  # true or false
    DATE = "date"  # ISO date
    CURRENCY = "currency"  # ISO 4217


@dataclass(frozen=True, slots=True)
class KindField:
    """One row of the table in ``kinds/table.py``.

    Parameters
    ----------
    name
        Key in ``Listing.details``, name of the form's input and of the import's column.
    group
        Heading under which the form folds it away.
    unit
        Canonical unit; ``"currency"`` for an amount in the listing's currency.
    low, high
        Accepted range in the canonical unit; for texts ``high`` is the length in characters.
    criterion
        The key of :data:`matching.requirements.CRITERIA` it feeds; empty for none.
    asks
        What a request that states this asks of an offer, as a soft condition; ``None``: nothing.
    sides
        On which side it is shown.
    searched
        Whether its words belong to the text that the engine reads.
    """

    name: str
    label: Label
    type: Type
    group: Label
    hint: Label = ""
    example: Label = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    whole: bool = False
    choices: Labels = field(default_factory=lambda: MappingProxyType({}))
    criterion: str = ""
    asks: Operator | None = None
    sides: frozenset[Side] = BOTH_SIDES
    searched: bool = False
    shown_for: Mapping[Side, Label] = field(default_factory=lambda: MappingProxyType({}))

    def label_for(self, side: Side) -> Label:
        """Return the label, which may differ between one who needs and one who offers."""
        return self.shown_for.get(side, self.label)

    def read(self, raw: Any, today: date) -> Any:
        """Return the value to keep, or ``None`` for an empty one.

        Parameters
        ----------
        raw
            From a form, a file or JSON.
        today
            Dates before it are refused.

        Raises
        ------
        Invalid
            Under this field's name, saying what is wrong and how to mend it.
        """
        if raw is None or raw == [] or (isinstance(raw, str) and not raw.strip()):
            return None
        return _READERS[self.type](self, raw, today)

    def facts(self, value: Any, currency: str) -> Fact | None:
        """Return what the engine learns from a kept value; ``None`` where it learns nothing."""
        if not self.criterion:
            return None
        if self.type is Type.NUMBER:
            return Fact(
                low=float(value), high=float(value), terms=(currency,) if self.unit == "currency" else ()
            )
        return Fact(terms=tuple(value) if isinstance(value, list) else (str(value),))


def _read_number(of: KindField, raw: Any, _today: date) -> float | int:
    value, unit = reading.read_number(of.name, raw)
    if unit and of.criterion and of.unit != "currency":
        try:
            value = convert(value, unit, of.criterion)
        except ValueError:
            raise Invalid(of.name, _unit_message(of, unit), "unknown_unit") from None
    elif unit and unit != of.unit:
        raise Invalid(of.name, _unit_message(of, unit), "unknown_unit")
    if (of.low is not None and value < of.low) or (of.high is not None and value > of.high):
        message = _(
            "This must lie between %(low)s and %(high)s %(unit)s.",
            low=_plain(of.low),
            high=_plain(of.high),
            unit="" if of.unit == "currency" else of.unit,
        )
        raise Invalid(of.name, message.replace(" .", "."), "out_of_range")
    if of.whole and value != int(value):
        raise Invalid(of.name, _("This must be a whole number."), "not_whole")
    return int(value) if of.whole else value


def _unit_message(of: KindField, unit: str) -> str:
    if of.unit == "currency":
        return _("Write the amount without its currency; choose the currency in its own field.")
    if not of.unit:
        return _("Write the number without “%(unit)s”.", unit=unit[:20])
    known = CRITERIA[of.criterion].units if of.criterion else {of.unit: 1.0}
    names = [name for name in known if name.isascii() or name == of.unit][:6]
    return _(
        "“%(unit)s” is not a unit for this. Use %(units)s.",
        unit=unit[:20],
        units=", ".join(names or [of.unit]),
    )


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.12g}"


def _read_choice(of: KindField, raw: Any, _today: date) -> str:
    return _choice_of(of, reading.read_text(of.name, raw, reading.TERM_LENGTH, lines=False))


def _choice_of(of: KindField, word: str) -> str:
    """Return the key that a word stands for: the key itself, or its label."""
    plain = word.casefold()
    for key, label in of.choices.items():
        if plain in {key.casefold(), str(label).casefold()}:
            return key
    listed = ", ".join(str(label) for label in of.choices.values())
    raise Invalid(
        of.name, _("“%(word)s” is not one of: %(choices)s.", word=word[:40], choices=listed), "unknown_choice"
    )


def _read_choices(of: KindField, raw: Any, _today: date) -> list[str]:
    words = reading.read_terms(of.name, raw, most=len(of.choices))
    return list(dict.fromkeys(_choice_of(of, word) for word in words))


def _read_terms(of: KindField, raw: Any, _today: date) -> list[str]:
    return reading.read_terms(of.name, raw)


def _read_line(of: KindField, raw: Any, _today: date) -> str:
    return reading.read_text(of.name, raw, int(of.high or 255), lines=False)


def _read_long(of: KindField, raw: Any, _today: date) -> str:
    return reading.read_text(of.name, raw, int(of.high or 2000))


def _read_yes_no(of: KindField, raw: Any, _today: date) -> bool:
    return reading.read_yes_no(of.name, raw)


def _read_date(of: KindField, raw: Any, today: date) -> str:
    day = reading.read_date(of.name, raw)
    if day < today:
        raise Invalid(of.name, _("This day has passed. Choose a later one, or leave it empty."), "past")
    return day.isoformat()


def read_currency(name: str, raw: Any) -> str:
    """Return a code of ISO 4217.

    Raises
    ------
    Invalid
        ``unknown_currency``.
    """
    code = str(raw).strip().upper()
    if len(code) != 3 or pycountry.currencies.get(alpha_3=code) is None:  # noqa: PLR2004 - ISO 4217 codes
        raise Invalid(
            name,
            _(
                "“%(code)s” is not a currency. Write its code of three letters, such as EUR or USD.",
                code=code[:20],
            ),
            "unknown_currency",
        )
    return code


def _read_currency(of: KindField, raw: Any, _today: date) -> str:
    return read_currency(of.name, raw)


_READERS: Final = {
    Type.NUMBER: _read_number,
    Type.CHOICE: _read_choice,
    Type.CHOICES: _read_choices,
    Type.TERMS: _read_terms,
    Type.TEXT: _read_line,
    Type.LONG_TEXT: _read_long,
    Type.YES_NO: _read_yes_no,
    Type.DATE: _read_date,
    Type.CURRENCY: _read_currency,
}
