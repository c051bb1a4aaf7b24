"""Fields and checks that forms of every feature share: clean text, known codes, measures."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_wtf import FlaskForm
from wtforms import DecimalField, IntegerField, ValidationError
from wtforms.validators import StopValidation
from wtforms.widgets import TextInput

from marketplace.errors import Invalid
from marketplace.web.choices import SelectField, SelectMultipleField
from marketplace.web.codes import (
    countries,
    country_codes,
    currencies,
    language_codes,
    languages,
    sector_choices,
)

__all__ = [
    "AtMost",
    "CountriesField",
    "CountryField",
    "CurrencyField",
    "Form",
    "LanguageField",
    "LanguagesField",
    "MeasureField",
    "Needed",
    "PlainText",
    "SectorsField",
    "WholeField",
    "asked_text",
    "clean_lines",
    "clean_text",
    "countries",
    "country_codes",
    "currencies",
    "language_codes",
    "languages",
    "lazy",
    "sector_choices",
    "stray_character",
]

# Labels are worded when they are read; WTForms turns them into text, which its types do not say.
lazy: Callable[..., Any] = lazy_gettext

LINE_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
# Signs that turn the direction of the text around them: they make one name look like another.
DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
INVISIBLE_AT_THE_EDGE = " \t\n\ufeff\u200b"
# What a search box takes; more is cut off.
QUERY_LENGTH = 200


class Form(FlaskForm):
    """A form whose errors may also come from a service."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)  # type: ignore[no-untyped-call]

    def text(self, name: str) -> str:
        """Return what stands in a field, ``""`` for nothing."""
        return str(self[name].data or "")

    def blame(self, error: Invalid) -> None:
        """Put the message of a service at the field that it names, or at the head of the form."""
        field = self._fields.get(error.field)
        if field is None:
            self.form_errors = [*self.form_errors, error.message]
        else:
            field.errors = [*field.errors, error.message]


def clean_text(value: str | None) -> str:
    """Return one line in composed form (NFC), with plain single spaces and nothing at its ends."""
    return clean_lines(SPACES.sub(" ", value or ""))


def clean_lines(value: str | None) -> str:
    r"""Return text in composed form (NFC) whose lines end in ``\n``, with nothing at its ends."""
    text = LINE_BREAKS.sub("\n", unicodedata.normalize("NFC", value or ""))
    return text.strip(INVISIBLE_AT_THE_EDGE)


def stray_character(text: str, *, lines: bool = False) -> str:
    """Return the first character that no text has a use for, or ``""``.

    Parameters
    ----------
    lines
        Whether line breaks and tabs may be there.
    """
    for character in text:
        if lines and character in "\n\t":
            continue
        if character in DIRECTION or unicodedata.category(character) in {"Cc", "Cs"}:
            return character
    return ""


def asked_text(name: str) -> str:
    """Return a word of the address's query, cleaned; ``""`` where it is missing."""
    text = clean_text(request.args.get(name, "")[:QUERY_LENGTH])
    return "".join(character for character in text if not stray_character(character))


class PlainText:
    """Refuse control characters and text that is too long.

    Parameters
    ----------
    longest
        In characters; 0 for no limit.
    lines
        Whether line breaks may be there.
    """

    def __init__(self, longest: int = 0, *, lines: bool = False) -> None:
        self.longest = longest
        self.lines = lines
        self.field_flags = {"maxlength": longest} if longest else {}

    def __call__(self, _form: Any, field: Any) -> None:
        """Check the field's text."""
        text = field.data or ""
        stray = stray_character(text, lines=self.lines)
        if stray:
            if stray == "\n":
                raise StopValidation(_("Write this on one line."))
            raise StopValidation(
                _(
                    "There is an invisible control character (%(code)s) in this text. Type it again.",
                    code=f"U+{ord(stray):04X}",
                )
            )
        if self.longest and len(text) > self.longest:
            over = len(text) - self.longest
            raise StopValidation(
                ngettext("This is %(num)s character too long.", "This is %(num)s characters too long.", over)
                + " "
                + _("At most %(longest)s are possible.", longest=self.longest)
            )


class Needed:
    """Refuse an empty field, in the words of the form."""

    def __init__(self, message: Any) -> None:
        self.message = message
        self.field_flags = {"required": True}

    def __call__(self, _form: Any, field: Any) -> None:
        """Check that something was given."""
        if not field.data:
            raise StopValidation(str(self.message))


class AtMost:
    """Refuse more than so many choices."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, _form: Any, field: Any) -> None:
        """Count what was chosen."""
        if len(field.data or ()) > self.most:
            raise ValidationError(ngettext("Choose at most %(num)s.", "Choose at most %(num)s.", self.most))


class _OneCode(SelectField):
    """One of a list of codes; an empty one where nothing is chosen."""

    unknown = ""

    def __init__(self, label: Any = None, validators: Any = None, **options: Any) -> None:
        options.setdefault("choices", self.offered)
        super().__init__(label, validators, **options)
        # What templates tell kinds of field apart by.
        self.type = SelectField.__name__

    def names(self) -> list[tuple[str, str]]:
        """Return what can be chosen."""
        raise NotImplementedError

    def offered(self) -> list[tuple[str, str]]:
        """Return what can be chosen, with the empty choice first."""
        return [("", _("Choose …")), *self.names()]

    def pre_validate(self, form: Any) -> None:
        """Refuse a code that is not in the list."""
        if self.data and self.data not in dict(self.names()):
            raise StopValidation(
                _("“%(code)s” is not in the list. Choose one of those shown.", code=self.data[:20])
            )


class CountryField(_OneCode):
    """A country, named in the reader's language."""

    def names(self) -> list[tuple[str, str]]:
        """Return every country."""
        return countries()


class LanguageField(_OneCode):
    """A language, named in the reader's language."""

    def names(self) -> list[tuple[str, str]]:
        """Return every language."""
        return languages()


class CurrencyField(_OneCode):
    """A currency."""

    def names(self) -> list[tuple[str, str]]:
        """Return every currency."""
        return currencies()


class _ManyCodes(SelectMultipleField):
    """Any of a list of codes, each once, in the order of choosing."""

    def __init__(self, label: Any = None, validators: Any = None, **options: Any) -> None:
        options.setdefault("choices", self.offered)
        options.setdefault("default", list)
        super().__init__(label, validators, **options)
        self.type = SelectMultipleField.__name__

    def offered(self) -> Any:
        """Return what can be chosen."""
        raise NotImplementedError

    def known(self) -> frozenset[str]:
        """Return every code that may be given."""
        raise NotImplementedError

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take each code once."""
        self.data = list(dict.fromkeys(str(value) for value in valuelist if value))

    def pre_validate(self, form: Any) -> None:
        """Refuse codes that are not in the list, by name."""
        wrong = [code[:20] for code in self.data or () if code not in self.known()]
        if wrong:
            raise StopValidation(_("Not in the list: %(codes)s.", codes=", ".join(wrong)))


class CountriesField(_ManyCodes):
    """Several countries."""

    def offered(self) -> Any:
        """Return every country."""
        return countries()

    def known(self) -> frozenset[str]:
        """Return every country's code."""
        return country_codes()


class LanguagesField(_ManyCodes):
    """Several languages."""

    def offered(self) -> Any:
        """Return every language."""
        return languages()

    def known(self) -> frozenset[str]:
        """Return every language's code."""
        return language_codes()


class SectorsField(_ManyCodes):
    """Several classes of ISIC Rev.4, under their divisions."""

    def offered(self) -> Any:
        """Return every class, grouped."""
        return sector_choices()

    def known(self) -> frozenset[str]:
        """Return the code of every class."""
        return frozenset(code for group in sector_choices().values() for code, _title in group)


class MeasureField(DecimalField):
    """A decimal number, with a comma or a point, between two bounds.

    Parameters
    ----------
    low, high
        Least and greatest value.
    places
        Digits that are kept behind the point; more are refused rather than dropped.
    """

    # A browser's field for numbers throws away what it cannot read; a text field keeps it.
    widget = TextInput()

    def __init__(
        self, label: Any = None, validators: Any = None, *, low: str, high: str, places: int, **options: Any
    ) -> None:
        options.setdefault("render_kw", {"inputmode": "decimal"})
        super().__init__(label, validators, places=None, **options)
        self.low = Decimal(low)
        self.high = Decimal(high)
        self.digits = places

    def _value(self) -> str:
        """Return what was typed, or the number without idle zeros."""
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else format(self.data.normalize(), "f")

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read the number; thousands are not separated."""
        text = clean_text(valuelist[0] if valuelist else "").replace(",", ".").replace(" ", "")
        self.data = None
        if not text:
            return
        try:
            value = Decimal(text) if text.isascii() and len(text) <= QUERY_LENGTH else Decimal("NaN")
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite():
            raise ValueError(_("Write a number in digits, such as 12.5."))
        if not self.low <= value <= self.high:
            raise ValueError(_("From %(low)s to %(high)s.", low=self.low, high=self.high))
        if -int(value.normalize().as_tuple().exponent) > self.digits:
            raise ValueError(_("At most %(places)s digits behind the point.", places=self.digits))
        self.data = value


class WholeField(IntegerField):
    """A whole number between two bounds."""

    widget = TextInput()

    def __init__(
        self, label: Any = None, validators: Any = None, *, low: int, high: int, **options: Any
    ) -> None:
        options.setdefault("render_kw", {"inputmode": "numeric"})
        super().__init__(label, validators, **options)
        self.low = low
        self.high = high

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read the number."""
        text = clean_text(valuelist[0] if valuelist else "")
        self.data = None
        if not text:
            return
        if not re.fullmatch(r"-?[0-9]{1,9}", text):
            raise ValueError(_("Write a whole number in digits, such as 12."))
        if not self.low <= int(text) <= self.high:
            raise ValueError(_("From %(low)s to %(high)s.", low=self.low, high=self.high))
        self.data = int(text)
