"""Figures with their units: what stands in a text as a value, a span, or the sides of a body."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from matching.stated.barriers import prices_and_days
from matching.stated.lexicon import Role
from matching.stated.numerals import read_figure
from matching.stated.tokens import Read, Token, role

MOST: Final = 80
"""Quantities of a text that are read."""
_SIDES: Final = 3
_FILLERS: Final = 2
_YEARS: Final = (1900, 2100)
_NOUN_WORDS: Final = 4
_HALF: Final = 0.5
# Of these single letters only the slash makes a period: "500 t/a".
_SLASHED: Final = {"a": "year", "г": "year"}
_SIGNS: Final = {"+": 1.0, "-": -1.0, "–": -1.0, "−": -1.0}
_UNIT_ENDINGS: Final = ("kilometer", "kilometern", "stunden", "liter", "tonnen")


@dataclass(slots=True)
class Quantity:
    """A figure with its unit.

    Parameters
    ----------
    values
        One value; two bounds of a span; or two to three sides.
    unit
        Key of the tables in :mod:`matching.criteria`; empty where none is written.
    dimension
        ``length``, ``mass``, ``time``, ``count``, ``people``, ``percent``, ``other`` or empty.
    period
        ``year``, ``month``, … where it is so much in each.
    signed
        Whether ± stands before it.
    sides
        Whether the values are sides of a body.
    first, last
        Its tokens, both included.
    """

    values: tuple[float, ...]
    unit: str
    dimension: str
    period: str = ""
    signed: bool = False
    sides: bool = False
    first: int = 0
    last: int = 0


class Quantities:
    """Finds the quantities of a text, from left to right."""

    def __init__(self, read: Read, *, comma: bool) -> None:
        self.read = read
        self.tokens = read.tokens
        self.comma = comma
        self.barred = prices_and_days(read.tokens)

    def __iter__(self) -> Iterator[Quantity]:
        """Yield at most :data:`MOST` quantities."""
        done, found = 0, 0
        for at, token in enumerate(self.tokens):
            if at < done or found >= MOST or not (token.number or token.roles):
                continue
            quantity = self._at(at)
            if quantity is not None:
                found += 1
                done = quantity.last + 1
                yield quantity

    def _at(self, at: int) -> Quantity | None:
        token = self.tokens[at]
        if token.text in _SIGNS:
            return self._deviations(at)
        if not self._is_value(at):
            return self._without_figure(at)
        sign = at > 0 and role(self.tokens[at - 1], "sign") is not None
        values, unit, past, sides = self._values(at)
        if not values:
            return None
        known = unit is not None
        if not known and not token.number:
            return None
        period, past = self._period(past, unit) if known else self._noun_period(at, past, values, sides=sides)
        if unit is None and period:
            unit = Role("unit", "count", "piece")
        unit = unit or Role("unit")
        return Quantity(
            tuple(value * unit.times for value in values),
            unit.detail, unit.value, period, sign, sides, at - sign, past - 1,
        )  # fmt: skip

    def _without_figure(self, at: int) -> Quantity | None:
        """Return a time whose number lies in its word ("fortnight") or is not said ("a month and a half")."""
        token = self.tokens[at]
        time = role(token, "dual") or role(token, "unit", "time")
        half, past = self._half(at + token.size)
        if time is None or (time.name == "unit" and not half):
            return None
        value = time.times + half if time.name == "dual" else (1 + half) * time.times
        return Quantity((value,), time.detail, time.value, first=at, last=past - 1)

    def _deviations(self, at: int) -> Quantity | None:
        """Return a tolerance in two parts, "+0.02/-0.00 mm": as ± of half of what lies between them."""
        upper, past = self._deviation(at)
        own, past = self._unit(past)
        lower, past = self._deviation(past + (self._word(past) == "/"))
        unit, past = self._unit(past)
        unit = unit or own or Role("unit")
        if upper is None or lower is None or upper * lower > 0 or unit.value not in {"length", ""}:
            return None
        half = round(abs(upper - lower) / 2, 9)
        return Quantity((half,), unit.detail, unit.value, signed=True, first=at, last=past - 1)

    def _deviation(self, at: int) -> tuple[float | None, int]:
        """Return a figure with its sign, which a nought may lack, and the token after it."""
        sign = _SIGNS.get(self._word(at))
        figure = at + (sign is not None)
        touches = figure == at or (
            figure < len(self.tokens) and self.tokens[figure].start == self.tokens[at].end
        )
        if not touches or not self._is_value(figure) or not self.tokens[figure].number:
            return None, at
        value = self._figure(figure)
        if value is None or (sign is None and value):
            return None, at
        return value * (sign or 0.0), figure + 1

    def _half(self, at: int) -> tuple[float, int]:
        """Return a half where "and a half" stands at a token, else 0, and the token after it."""
        half = self._role(at, "half")
        return (_HALF, at + self.tokens[at].size) if half else (0.0, at)

    def _is_value(self, at: int) -> bool:
        return (
            at < len(self.tokens)
            and at not in self.barred
            and (self.tokens[at].number or role(self.tokens[at], "number") is not None)
        )

    def _values(self, at: int) -> tuple[tuple[float, ...], Role | None, int, bool]:
        """Return the values that begin at a token, their unit, the token after them, whether sides."""
        first, past = self._value(at)
        if first is None:
            return (), None, at, False
        unit, past = self._unit(past)
        half, past = self._half(past)
        first += half
        values, sides = [first], False
        while len(values) < _SIDES and self._has(past, "times") and self._is_value(past + 1):
            value, beyond = self._value(past + 1)
            if value is None:
                break
            values.append(value)
            own, past = self._unit(beyond)
            unit, sides = own or unit, True
        span = self._has(past, "range") or (self._has(at - 1, "between") and self._has(past, "and"))
        if not sides and span and self._is_value(self._past_sign(past + 1)):
            value, beyond = self._value(self._past_sign(past + 1))
            own, beyond = self._unit(beyond)
            if value is not None and value > first:
                return (first, value), own or unit, beyond, False
        return tuple(values), unit, past, sides

    def _past_sign(self, at: int) -> int:
        return at + 1 if self._has(at, "sign") else at

    def _value(self, at: int) -> tuple[float | None, int]:
        """Return one value and the token after it, thousands and millions multiplied."""
        token = self.tokens[at]
        if token.number:
            value, past = self._figure(at), at + 1
        else:
            value, past = self._in_words(at)
        if value is not None:
            half, past = self._half(past)
            value += half
        scale = self._role(past, "scale")
        if value is not None and scale and not self._means_unit(past):
            value, past = value * float(scale.value), past + self.tokens[past].size
            if self._word(past) in {".", "de", "di"}:
                past += 1
        return value, past

    def _means_unit(self, at: int) -> bool:
        """Return whether "k" is kelvin: only "5k" written together is five thousand."""
        return self.tokens[at].text == "k" and self.tokens[at].start != self.tokens[at - 1].end

    def _figure(self, at: int) -> float | None:
        following = self._role(at + 1, "unit")
        counted = following is not None and following.value in {"count", "people", "time"}
        text = self.tokens[at].text
        return read_figure(text, comma=self.comma, counted=counted)

    def _in_words(self, at: int) -> tuple[float | None, int]:
        """Return a number in words; tens may be followed by ones."""
        value, past = 0.0, at
        while number := self._role(past, "number"):
            part = float(number.value)
            if past > at and not 0 < part < value <= 90:  # noqa: PLR2004 - only tens take ones
                break
            value, past = value + part, past + self.tokens[past].size
            if self._word(past) in {"-", "y", "e", "et", "и"} and self._role(past + 1, "number"):
                past += 1
        return (value or None), past

    def _unit(self, at: int) -> tuple[Role | None, int]:
        """Return the unit at a token, past a word such as "working" or a hyphen."""
        for skipped in range(_FILLERS + 1):
            unit = self._role(at + skipped, "unit")
            if unit and not self._means_else(at + skipped):
                past = at + skipped + self.tokens[at + skipped].size
                if self._word(past) == "." and not self._ends(past):
                    past += 1
                return unit, past
            if self._is_inch(at + skipped):
                return Role("unit", "length", "in"), at + skipped + 1
            if not self._has(at + skipped, "filler"):
                break
        return None, at

    def _means_else(self, at: int) -> bool:
        """Return whether its case makes a unit something else: "5G", "20 M", "the 1st"."""
        token = self.tokens[at]
        written = self.read.original(token.start, token.end)
        return written.isupper() if token.text in {"g", "m"} else token.text == "st" and written.islower()

    def _is_inch(self, at: int) -> bool:
        """Return whether "in" is a unit: after a decimal figure, and before no word."""
        if self._word(at) != "in" or not self.tokens[at - 1].number:
            return False
        following = self._word(at + 1)
        return "." in self.tokens[at - 1].text and not following[:1].isalnum()

    def _ends(self, at: int) -> bool:
        """Return whether a full stop ends a sentence."""
        return at + 1 >= len(self.tokens) or self.tokens[at + 1].sentence != self.tokens[at].sentence

    def _period(self, at: int, unit: Role | None) -> tuple[str, int]:
        """Return the period at a token ("a year", "/month", "annually") and the token after it.

        A few words of what is counted may stand between: "5,000 pieces of brass fittings a year".
        """
        if unit is not None and unit.value in {"count", "mass"}:
            for here in range(at, min(at + _NOUN_WORDS + 1, len(self.tokens))):
                every = self._role(here, "every")
                if every:
                    return every.value, here + self.tokens[here].size
                period = self.period_after(here)
                if period:
                    return period
                if not self._plain(self.tokens[here]):
                    break
        return "", at

    def period_after(self, at: int) -> tuple[str, int] | None:
        """Return the period of "per year" at a token, and the token after it."""
        if not self._has(at, "per"):
            return None
        start = at + self.tokens[at].size
        if self._word(at) == "/" and self._word(start) in _SLASHED:
            return _SLASHED[self._word(start)], start + 1
        if self._word(start) == "'":
            start += 1
        period = self._role(start, "unit", "time") or self._role(start, "period")
        return (period.detail or period.value, start + self.tokens[start].size) if period else None

    def _noun_period(self, at: int, past: int, values: tuple[float, ...], *, sides: bool) -> tuple[str, int]:
        """Return the period of "12,000 turned brackets a year": the noun is what is counted."""
        if sides or values[0] < 2 or values[0] != int(values[0]):  # noqa: PLR2004 - a plural
            return "", past
        if _YEARS[0] <= values[0] <= _YEARS[1] and len(self.tokens[at].text) == len("2027"):
            return "", past
        written = self.tokens[at].text.startswith("0") or past >= len(self.tokens)
        if written or self.tokens[past].start == self.tokens[past - 1].end:  # "004", "100LL"
            return "", past
        for here in range(past, min(past + _NOUN_WORDS + 1, len(self.tokens))):
            period = self.period_after(here) if here > past else None
            if period:
                return period
            if not self._plain(self.tokens[here]):
                break
        return "", past

    def _plain(self, token: Token) -> bool:
        """Return whether a token may be a word of a noun that is counted."""
        names = {one.name for one in token.roles}
        compound = token.text.endswith(_UNIT_ENDINGS)  # "Zugkilometer"
        return token.text[0].isalpha() and not token.number and not compound and not names & {
            "money", "unit", "dual", "number", "scale", "topic", "force", "every",
        }  # fmt: skip

    def _role(self, at: int, name: str, value: str = "") -> Role | None:
        return role(self.tokens[at], name, value) if 0 <= at < len(self.tokens) else None

    def _has(self, at: int, name: str) -> bool:
        return self._role(at, name) is not None

    def _word(self, at: int) -> str:
        return self.tokens[at].text if at < len(self.tokens) else ""
