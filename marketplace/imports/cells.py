"""What the cells of a workbook say, as text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Literal
from xml.etree.ElementTree import Element

from flask_babel import gettext as _
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel

from marketplace.imports.problems import Flaw

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_WHOLE = re.compile(r"-?\d+", re.ASCII)
_FORMAT_ID = re.compile(r"\d{1,9}", re.ASCII)
_ZEROS = re.compile(r"0{2,}")
# Formats whose look depends on the language (ECMA-376 part 1, 18.8.30): all of them dates.
_LOCAL_DATES = frozenset({*range(27, 37), *range(50, 59)})
# ST_Xstring (ECMA-376 part 1, 22.9.2.19): what XML cannot hold is written as its number.
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Style:
    """How numbers are shown: as they are, as dates, as spans of time, or filled up with zeros."""

    kind: Literal["plain", "date", "span", "zeros"] = "plain"
    digits: int = 0


PLAIN = Style()


def local_name(tag: str) -> str:
    """Return a tag's or an attribute's name without its namespace."""
    return tag.rpartition("}")[2]


def read_styles(root: Element) -> list[Style]:
    """Return the style of each cell format in a workbook's style sheet."""
    formats = dict(BUILTIN_FORMATS)
    styles: list[Style] = []
    for element in root.iter():
        if local_name(element.tag) == "numFmt":
            formats[_whole(element.get("numFmtId"))] = element.get("formatCode", "")
        elif local_name(element.tag) == "cellXfs":
            numbers = [_whole(xf.get("numFmtId")) for xf in element]
            styles = [_style(number, formats.get(number, "")) for number in numbers]
    return styles


def _whole(text: str | None) -> int:
    return int(text) if text and _FORMAT_ID.fullmatch(text) else 0


def _style(number: int, code: str) -> Style:
    if number in _LOCAL_DATES:
        return Style("date")
    if is_timedelta_format(code):
        return Style("span")
    if is_date_format(code):
        return Style("date")
    return Style("zeros", len(code)) if _ZEROS.fullmatch(code) else PLAIN


def plain_text(text: str) -> str:
    """Turn ``_x000D_`` and its like back into what they stand for, and any line end into a line feed."""
    if "_x" in text:
        text = _ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), text)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def number_text(raw: str, style: Style, epoch: datetime = WINDOWS_EPOCH) -> str | Flaw:
    """Write a number as a person would type it.

    Parameters
    ----------
    raw
        As the workbook stores it.
    style
        How the cell shows it.
    epoch
        Day 0 of the workbook's calendar.

    Returns
    -------
    str or Flaw
        ``6760107416``, ``0.1``; dates as ``2026-11-22``, with a time ``2026-11-22T08:30:00``;
        identifiers with the leading zeros that the format shows.
    """
    if not _NUMBER.fullmatch(raw) or not isfinite(float(raw)):
        return Flaw(
            "bad_number", _("“%(raw)s” is stored as a number and is none. Type it again.", raw=raw[:40])
        )
    if style.kind in {"date", "span"}:
        return _moment_text(float(raw), style, epoch)
    text = raw if _WHOLE.fullmatch(raw) else format(Decimal(repr(float(raw))).normalize(), "f")
    return text.zfill(style.digits) if style.kind == "zeros" else text


def _moment_text(value: float, style: Style, epoch: datetime) -> str | Flaw:
    try:
        moment = from_excel(value, epoch, timedelta=style.kind == "span")
    except (OverflowError, ValueError):
        return Flaw(
            "bad_date", _("%(value)s is shown as a date and is none. Type the date again.", value=value)
        )
    if isinstance(moment, timedelta):
        minutes, seconds = divmod(round(moment.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if isinstance(moment, datetime) and moment.time() == time():
        return moment.date().isoformat()
    return str(moment.isoformat())
