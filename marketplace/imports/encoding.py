"""Finding out in which encoding a text file is written."""

from __future__ import annotations

import codecs
from typing import BinaryIO

LOST = "\udcff"
"""Stands in a text for bytes that are no character of the encoding."""

UNDECODABLE = "marketplace.undecodable"
"""Name of the error handler that puts ``LOST`` in their place."""

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE_BYTES = 65_536
# Delimiters, digits and line ends are ASCII in any language, so that a table in UTF-16 has a zero
# byte in this share of its characters at the least, and next to none in the other place.
_ZEROS_AT_LEAST = 0.02
_ZEROS_OF_PLAIN_TEXT = 0.2
_OTHER_PLACE = 10


def _mark_as_lost(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return LOST, error.end


codecs.register_error(UNDECODABLE, _mark_as_lost)


def detect(file: BinaryIO) -> str:
    """Say in which encoding a file is written.

    A byte order mark decides; then the zero bytes of UTF-16; then whether the whole file is UTF-8,
    a few broken bytes forgiven; what remains is taken for Windows-1252.

    Parameters
    ----------
    file
        Binary file; read from its beginning to its end, and left wherever that ends.

    Returns
    -------
    str
        A Python codec: ``utf-8``, ``utf-8-sig``, ``utf-16``, ``utf-16-le``, ``utf-16-be``,
        ``utf-32`` or ``cp1252``.
    """
    file.seek(0)
    head = file.read(_SAMPLE_BYTES)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    wide = _unmarked_utf16(head)
    if wide:
        return wide
    file.seek(0)
    return "utf-8" if _is_utf8(file) else "cp1252"


def _unmarked_utf16(head: bytes) -> str:
    units = len(head) // 2
    even, odd = head[0 : 2 * units : 2].count(0), head[1 : 2 * units : 2].count(0)
    name, zeros, others = ("utf-16-le", odd, even) if odd > even else ("utf-16-be", even, odd)
    if zeros == 0 or zeros < units * _ZEROS_AT_LEAST or others * _OTHER_PLACE > zeros:
        return ""
    # A stray zero byte in a short UTF-8 file must not turn it into UTF-16.
    has_lines = "\n" in head[: 2 * units].decode(name, "replace")
    return name if has_lines or zeros >= units * _ZEROS_OF_PLAIN_TEXT else ""


def _is_utf8(file: BinaryIO) -> bool:
    """Whether it is UTF-8, some broken bytes forgiven.

    Text in another encoding hardly ever forms a valid sequence of several bytes by chance, so that
    a file with more valid ones than broken ones is a damaged UTF-8 file.  Reading it as
    Windows-1252 would garble every name in it without a word; this way the broken rows are named.
    """
    decoder = codecs.getincrementaldecoder("utf-8")(UNDECODABLE)
    broken = valid = 0
    while chunk := file.read(_SAMPLE_BYTES):
        text = decoder.decode(chunk)
        lost = text.count(LOST)
        broken += lost
        valid += len(text) - len(text.encode("ascii", "ignore")) - lost
    broken += decoder.decode(b"", final=True).count(LOST)
    return broken == 0 or valid > broken
