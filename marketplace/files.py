"""Uploaded files: told by their content, kept outside the web root, named by their hash."""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import IO, Final
from urllib.parse import quote

import puremagic
import sqlalchemy as sa
from charset_normalizer import from_bytes
from flask_babel import gettext as _
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.db import Base, UtcDateTime
from marketplace.errors import Invalid

NAME_LENGTH: Final = 160
MEGABYTE: Final = 1_000_000
# Of what an office document may unpack to: thirty times the largest upload by default.
MOST_UNPACKED: Final = 300 * MEGABYTE
MOST_PARTS: Final = 10_000
MOST_RATIO: Final = 200
# The text that is looked at to tell whether it is text.
SAMPLE: Final = 200_000
# From this confidence on (of 1) puremagic's guess helps more than it misleads.
SURE: Final = 0.6


class StoredFile(Base):
    """What is known of an uploaded file; the bytes are in the file store under ``sha256``."""

    __tablename__ = "stored_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    name: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    media_type: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int] = mapped_column()
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id", ondelete="SET NULL"))
    uploaded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class FileType:
    """A type of file that may be uploaded.

    Parameters
    ----------
    suffixes
        Endings that its name may have, the usual one first.
    fits
        Tells by the content.
    """

    media_type: str
    suffixes: tuple[str, ...]
    fits: Callable[[bytes], bool]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was read and found to be of an allowed type."""

    name: str
    media_type: str
    content: bytes


def _office(part: str) -> Callable[[bytes], bool]:
    """Return a check for an Office Open XML document that holds a part and no macros."""

    def fits(content: bytes) -> bool:
        if not content.startswith(b"PK\x03\x04"):
            return False
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                entries = archive.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            return False
        names = {entry.filename for entry in entries}
        unpacked = sum(entry.file_size for entry in entries)
        packed = sum(entry.compress_size for entry in entries)
        return (
            {"[Content_Types].xml", part} <= names
            and not any(name.casefold().endswith("vbaproject.bin") for name in names)
            and len(entries) <= MOST_PARTS
            and unpacked <= min(MOST_UNPACKED, MOST_RATIO * max(packed, 1))
        )

    return fits


def _png(content: bytes) -> bool:
    return content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR"


def _jpeg(content: bytes) -> bool:
    return content.startswith(b"\xff\xd8\xff") and content.rstrip(b"\0").endswith(b"\xff\xd9")


def _pdf(content: bytes) -> bool:
    return content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]


def _step(content: bytes) -> bool:
    return content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"ISO-10303-21;") and _text(content)


def _dxf(content: bytes) -> bool:
    if content.startswith(b"AutoCAD Binary DXF\r\n\x1a\x00"):
        return True
    # Group code 999 is a comment; the first other group opens a section.
    return re.match(rb"(?:\s*999\r?\n[^\n]*\n)*\s*0\r?\nSECTION\r?\n", content) is not None and _text(content)


def _text(content: bytes) -> bool:
    """Whether this is text in some encoding, and no page or program that a reader would run."""
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not content or (b"\0" in content and not wide):
        return False
    sample = content[:SAMPLE]
    try:
        text = sample.decode(
            "utf-16" if wide else "utf-8-sig", errors="strict" if len(sample) < SAMPLE else "ignore"
        )
    except UnicodeDecodeError:
        best = from_bytes(sample).best()
        text = "" if best is None else str(best)
    if not text or any(unicodedata.category(sign) == "Cc" and sign not in "\t\n\r\f" for sign in text):
        return False
    opening = text.lstrip("\ufeff \t\r\n").casefold()
    return not opening.startswith(
        ("<!doctype", "<html", "<svg", "<?xml", "<script", "<?php", "#!", "%pdf", "mz")
    )


TYPES: Final = (
    FileType("application/pdf", (".pdf",), _pdf),
    FileType("image/png", (".png",), _png),
    FileType("image/jpeg", (".jpg", ".jpeg"), _jpeg),
    FileType(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        (".xlsx",),
        _office("xl/workbook.xml"),
    ),
    FileType(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        (".docx",),
        _office("word/document.xml"),
    ),
    FileType("model/step", (".step", ".stp"), _step),
    FileType("image/vnd.dxf", (".dxf",), _dxf),
    FileType("text/csv", (".csv",), _text),
    FileType("text/plain", (".txt",), _text),
)
SUFFIXES: Final = tuple(suffix for kind in TYPES for suffix in kind.suffixes)


def plain_name(name: str) -> str:
    """Return a file's name without folders, control characters and what else could mislead."""
    bare = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(sign for sign in bare if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Zl", "Zp"})
    kept = re.sub(r'[<>:"|?*]', "_", kept).strip(" .")
    stem, dot, suffix = kept.rpartition(".")
    if not dot:
        return kept[:NAME_LENGTH] or "file"
    suffix = suffix[:16]
    return f"{stem[: NAME_LENGTH - 1 - len(suffix)] or 'file'}.{suffix}"


def read_content(stream: IO[bytes], *, limit_mb: int, field: str = "file") -> bytes:
    """Read what was uploaded, whatever it is; parameters as for :func:`read_upload`.

    Raises
    ------
    Invalid
        For an empty file, and for one that is too large.
    """
    content = stream.read(limit_mb * MEGABYTE + 1)
    if len(content) > limit_mb * MEGABYTE:
        raise Invalid(
            field,
            _("This file is larger than %(limit)s MB. Send a smaller one.", limit=limit_mb),
            "too_large",
        )
    if not content:
        raise Invalid(field, _("This file is empty."), "empty")
    return content


def read_upload(name: str, stream: IO[bytes], *, limit_mb: int, field: str = "file") -> Upload:
    """Read an uploaded file and tell its type by its content.

    Parameters
    ----------
    name
        As the browser sent it.
    limit_mb
        Largest size, in millions of bytes.
    field
        The form's field, for the message.

    Raises
    ------
    Invalid
        For an empty or too large file, a type that is not allowed, and a name whose ending
        promises something else than the content is.
    """
    content = read_content(stream, limit_mb=limit_mb, field=field)
    bare = plain_name(name)
    suffix = Path(bare).suffix.casefold()
    kind = next((kind for kind in TYPES if suffix in kind.suffixes), None)
    if kind is not None and kind.fits(content):
        return Upload(bare, kind.media_type, content)
    raise Invalid(field, _refusal(suffix, content), "file_type")


def _refusal(suffix: str, content: bytes) -> str:
    allowed = ", ".join(kind.suffixes[0][1:].upper() for kind in TYPES)
    real = next((kind for kind in TYPES[:-2] if kind.fits(content)), None)
    if real is not None:
        return _(
            "By its content this is a %(real)s file, but its name does not end in %(ending)s. Rename it.",
            real=real.suffixes[0][1:].upper(),
            ending=real.suffixes[0],
        )
    if suffix in SUFFIXES:
        return _(
            "The name ends in %(suffix)s, but the content is something else%(guess)s. Save it anew.",
            suffix=suffix,
            guess=_looks_like(content),
        )
    return _("Files of this type cannot be taken. Possible are: %(allowed)s.", allowed=allowed)


def _looks_like(content: bytes) -> str:
    """Return what the content looks like, in brackets, where that can be told."""
    try:
        found = puremagic.magic_string(content[:SAMPLE])
    except (puremagic.PureError, ValueError):
        return ""
    best = max((match.confidence for match in found), default=0.0)
    names = {match.name for match in found if match.confidence == best and match.name}
    # Several guesses that are equally good are none.
    return f" ({names.pop()})" if best >= SURE and len(names) == 1 else ""


class FileStore:
    """The folder in which the bytes are, each content once, under its own hash.

    Parameters
    ----------
    root
        Outside what the web server serves.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        """Return where a content is.

        Raises
        ------
        ValueError
            For what is no hash.
        """
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise ValueError("not a SHA-256 in hexadecimal digits")
        return self.root / sha256[:2] / sha256

    def save(self, content: bytes) -> str:
        """Write a content, whole or not at all, and return its hash."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.path(sha256)
        if path.exists():
            return sha256
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        finally:
            Path(temporary).unlink(missing_ok=True)
        return sha256

    def read(self, sha256: str) -> bytes:
        """Return a content.

        Raises
        ------
        OSError
            Where it is gone.
        """
        return self.path(sha256).read_bytes()


def keep_file(
    session: Session,
    store: FileStore,
    upload: Upload,
    *,
    organisation_id: int | None,
    user_id: int | None,
    now: datetime,
) -> StoredFile:
    """Keep a file that was read; who may do so the caller has decided.

    The bytes are written before the row is committed: a row never points at nothing.
    """
    row = StoredFile(
        sha256=store.save(upload.content),
        name=upload.name,
        media_type=upload.media_type,
        size=len(upload.content),
        organisation_id=organisation_id,
        uploaded_by_id=user_id,
        uploaded_at=now,
    )
    session.add(row)
    session.flush()
    return row


# A browser must save it, not show it, and not guess that it is something else.
SAFE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }
)


def download_headers(file: StoredFile) -> dict[str, str]:
    """Return the headers under which a file is handed out.

    The name goes in twice: in ASCII for old browsers, and in full (RFC 6266).
    """
    plain = "".join(sign if sign.isascii() and sign not in '"\\%' else "_" for sign in file.name)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"
    return {"Content-Type": file.media_type, "Content-Disposition": disposition, **SAFE}
