"""Reading what people and files give for one value: text, numbers with units, lists, dates."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date
from typing import Any, Final

from flask_babel import gettext as _

from marketplace.errors import Invalid

LIST_LENGTH: Final = 20
TERM_LENGTH: Final = 120
# Line feeds and tabs are how people write; every other control character is not.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]")
# Marks that turn the direction of text or hide in it; joiners stay, scripts need them.
_HIDDEN: Final = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_SEPARATOR: Final = re.compile(r"[\n;|]")
_NUMBER: Final = re.compile(r"^[±~≈]?\s*([+\-−]?[\d\s.,'’]*\d)\s*(.*)$", re.DOTALL)
# "1,200" is 1200 to one reader and 1.2 to another.
_TWO_WAYS: Final = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_GROUPED: Final = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_GROUPED_POINTS: Final = re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?")
_TRUE: Final = frozenset({"1", "true", "yes", "y", "on"})
_FALSE: Final = frozenset({"0", "false", "no", "n", "off"})


def read_text(field: str, raw: Any, longest: int, *, lines: bool = True) -> str:
    """Return a text in one spelling of Unicode, without hidden marks.

    Parameters
    ----------
    longest
        In characters.
    lines
        Whether it may have more than one line.

    Raises
    ------
    Invalid
        ``control`` or ``too_long``.
    """
    text = unicodedata.normalize("NFC", _HIDDEN.sub("", str(raw).replace("\r\n", "\n").replace("\r", "\n")))
    if _CONTROL.search(text):
        raise Invalid(
            field,
            _("This holds characters that cannot be shown. Type it again, or paste it as plain text."),
            "control",
        )
    text = text.strip() if lines else " ".join(text.split())
    if len(text) > longest:
        raise Invalid(
            field,
            _(
                "This has %(length)s characters; at most %(longest)s fit. Shorten it.",
                length=len(text),
                longest=longest,
            ),
            "too_long",
        )
    return text


def read_terms(field: str, raw: Any, most: int = LIST_LENGTH, longest: int = TERM_LENGTH) -> list[str]:
    """Return short phrases from a list, or from text with one a line or parted by ``;`` or ``|``.

    Commas part only where nothing else does and no number stands on both sides of one.  Doubles
    (in any case) are dropped.

    Raises
    ------
    Invalid
        ``too_many``, ``too_long`` or ``control``.
    """
    if raw is None:
        return []
    if isinstance(raw, (list, tuple)):
        words = [str(word) for word in raw]
    else:
        text = str(raw)
        words = _SEPARATOR.split(text) if _SEPARATOR.search(text) else re.split(r",(?!\d)", text)
    terms: dict[str, str] = {}
    for word in words:
        term = read_text(field, word, longest, lines=False)
        if term:
            terms.setdefault(term.casefold(), term)
    if len(terms) > most:
        raise Invalid(
            field,
            _("These are %(count)s; keep the %(most)s that matter most.", count=len(terms), most=most),
            "too_many",
        )
    return list(terms.values())


def read_number(field: str, raw: Any) -> tuple[float, str]:
    """Return a finite number and the unit typed after it.

    Raises
    ------
    Invalid
        ``not_a_number``, or ``two_ways`` for such as ``1,200``.
    """
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return _finite(field, float(raw)), ""
    text = unicodedata.normalize("NFKC", str(raw)).strip()
    found = _NUMBER.match(text) if len(text) <= TERM_LENGTH else None
    if found is None:
        raise _not_a_number(field)
    digits = re.sub(r"[\s'’]", "", found[1]).replace("−", "-")
    if _TWO_WAYS.fullmatch(digits):
        plain = digits.replace(",", "")
        raise Invalid(
            field,
            _(
                "%(typed)s can be read in two ways: write %(whole)s or %(point)s.",
                typed=digits,
                whole=plain,
                point=digits.replace(",", "."),
            ),
            "two_ways",
        )
    if _GROUPED.fullmatch(digits):
        digits = digits.replace(",", "")
    elif digits.count(".") > 1 or ("," in digits and _GROUPED_POINTS.fullmatch(digits)):
        digits = digits.replace(".", "").replace(",", ".") if _GROUPED_POINTS.fullmatch(digits) else "?"
    else:
        digits = digits.replace(",", ".")
    try:
        return _finite(field, float(digits)), found[2].strip()
    except ValueError:
        raise _not_a_number(field) from None


def _finite(field: str, value: float) -> float:
    if not math.isfinite(value):
        raise _not_a_number(field)
    return value


def _not_a_number(field: str) -> Invalid:
    return Invalid(field, _("This is not a number. Write digits, such as 0.05 or 1200."), "not_a_number")


def read_yes_no(field: str, raw: Any) -> bool:
    """Return a truth from a tick, a word or a digit."""
    word = str(raw).strip().casefold()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise Invalid(field, _("Answer yes or no."), "not_yes_no")


def read_date(field: str, raw: Any) -> date:
    """Return a day from an ISO date, which is what browsers send."""
    if isinstance(raw, date):
        return raw
    try:
        return date.fromisoformat(str(raw).strip()[:10])
    except ValueError:
        raise Invalid(
            field, _("This is not a date. Write it as year-month-day, such as 2027-03-31."), "not_a_date"
        ) from None
