"""Text on its way into a table that a spreadsheet program will open, and back."""

from __future__ import annotations

import re

# What makes a spreadsheet program take text for a formula, in its full-width forms too, and the
# line ends and tabs by which it can be made to find one (OWASP, "CSV Injection").
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?", re.ASCII)


def safe_cell(text: str) -> str:
    """Make sure that a spreadsheet program shows a text instead of calculating it.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        The text, with an apostrophe before it if it could be taken for a formula, or has such an
        apostrophe itself.  Plain numbers with a sign stay as they are.
    """
    return f"'{text}" if _is_formula(text.lstrip("'")) else text


def plain_cell(text: str) -> str:
    """Return a text as it was before :func:`safe_cell`, for tables that come back."""
    return text[1:] if text.startswith("'") and _is_formula(text.lstrip("'")) else text


def _is_formula(text: str) -> bool:
    return _FORMULA.match(text) is not None and not _NUMBER.fullmatch(text)
