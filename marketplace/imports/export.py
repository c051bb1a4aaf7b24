"""Text on its way into a table that a spreadsheet program will open."""

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
        The text, with an apostrophe before it if it could be taken for a formula.  Plain numbers
        with a sign stay as they are.
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def typed_cell(text: str) -> str:
    """Take away the apostrophe that :func:`safe_cell`, here or in another program, has put before a text."""
    bare = text[1:]
    return bare if text.startswith("'") and safe_cell(bare) == text else text
