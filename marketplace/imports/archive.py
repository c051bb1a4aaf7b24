"""The ZIP file that a workbook is, looked over before anything in it is unpacked."""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from flask_babel import gettext as _

from marketplace.imports.problems import Limits, UnreadableTable

CHUNK_BYTES = 65_536
# What the zipfile module raises on archives that are cut off or damaged.
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
# ZIP APPNOTE 4.3.16, 4.3.14: the end of the central directory, and its 64-bit twin.
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x06"
_TAIL_BYTES = 22 + 65_535 + 20 + 56
_ENTRY_BYTES = 1_024
_SMALL_PART_BYTES = 1_000_000
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def broken_workbook() -> UnreadableTable:
    """Say that a workbook is damaged."""
    return UnreadableTable(
        _("The workbook is damaged or was cut off. Copy it anew, or save it once more."),
        "broken_workbook",
    )


def forbidden_xml() -> UnreadableTable:
    """Say that a workbook defines XML entities, which no spreadsheet program does."""
    return UnreadableTable(
        _("The workbook holds XML entities, which are refused. Save it again with a spreadsheet program."),
        "xml_entities",
    )


class Archive:
    """The parts of a workbook.

    Parameters
    ----------
    file
        Binary file; closed by whoever opened it.
    limits
        How much is unpacked.

    Raises
    ------
    UnreadableTable
        When it is damaged, encrypted, or would unpack to more than is read.
    """

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._limits = limits
        # Reading the directory takes memory for each entry, so its size is asked before.
        if _directory_bytes(file) > limits.archive_entries * _ENTRY_BYTES:
            raise _bomb()
        try:
            self._zip = zipfile.ZipFile(file)
        except BROKEN as error:
            raise broken_workbook() from error
        self._names = {name.lower(): name for name in self._zip.namelist()}
        self._check()

    def _check(self) -> None:
        entries = self._zip.infolist()
        # zipfile never unpacks more of an entry than the size stated here.
        total = sum(entry.file_size for entry in entries)
        if len(entries) > self._limits.archive_entries or total > self._limits.archive_bytes:
            raise _bomb()
        for entry in entries:
            if entry.file_size > max(_SMALL_PART_BYTES, entry.compress_size * self._limits.archive_ratio):
                raise _bomb()
            if entry.flag_bits & _ENCRYPTED:
                raise UnreadableTable(
                    _("The workbook is encrypted. Save it without a password."), "encrypted"
                )
            if entry.compress_type not in _METHODS:
                raise broken_workbook()

    def __contains__(self, part: str) -> bool:
        return part.lower() in self._names

    def size(self, part: str) -> int:
        """Return the unpacked size of a part, in bytes."""
        return self._zip.getinfo(self._names[part.lower()]).file_size

    def chunks(self, part: str) -> Iterator[bytes]:
        """Unpack a part, piece by piece."""
        try:
            with self._zip.open(self._names[part.lower()]) as stream:
                while chunk := stream.read(CHUNK_BYTES):
                    yield chunk
        except BROKEN as error:
            raise broken_workbook() from error

    def xml(self, part: str) -> Element:
        """Read a small part as a tree.

        Raises
        ------
        UnreadableTable
            When the part is too large or not sound XML.
        """
        if self.size(part) > self._limits.part_bytes:
            raise _bomb()
        try:
            return fromstring(b"".join(self.chunks(part)), forbid_dtd=True)
        except DefusedXmlException as error:
            raise forbidden_xml() from error
        except (ParseError, LookupError, ValueError) as error:
            raise broken_workbook() from error


def _bomb() -> UnreadableTable:
    return UnreadableTable(
        _("The workbook would unpack to more than is read. Save the table as CSV, or split it."),
        "workbook_too_large",
    )


def _directory_bytes(file: BinaryIO) -> int:
    """Return the size that the archive states for its directory; 0 when it states none."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _TAIL_BYTES))
    tail = file.read()
    file.seek(0)
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 16:
        return 0
    stated: int = struct.unpack_from("<L", tail, at + 12)[0]
    at = tail.rfind(_END_64)
    if at >= 0 and len(tail) >= at + 48:
        stated = max(stated if stated < 2**32 - 1 else 0, struct.unpack_from("<Q", tail, at + 40)[0])
    return stated
