"""The files of an evaluation, read alike: UTF-8, with or without a byte order mark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path


def text_of(path: Path) -> str:
    """Return the text of a file in UTF-8, without a byte order mark, lines ended by a line feed.

    Raises
    ------
    OSError
        When the file cannot be read.
    ValueError
        When it is not UTF-8; the message names the file and the line.
    """
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValueError(f"{path.name}, line {line}: not UTF-8.") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a file that are not blank, with their numbers from 1; see :func:`text_of`."""
    # Not splitlines(): a line separator within a text (U+2028) ends no record.
    for number, line in enumerate(text_of(path).split("\n"), 1):
        if line.strip():
            yield number, line
