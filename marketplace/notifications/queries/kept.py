"""Mails kept as files, where no mail server is set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_binary_file, policy
from email.message import EmailMessage
from pathlib import Path

from marketplace.errors import NotFound

SUFFIX = ".eml"
HEADERS = ("From", "To", "Reply-To", "Date", "Subject", "Message-ID", "List-Unsubscribe", "Auto-Submitted")


@dataclass(frozen=True, slots=True)
class Kept:
    """The head of a kept mail."""

    number: int
    subject: str
    to: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """A kept mail with all its parts."""

    headers: tuple[tuple[str, str], ...]
    subject: str
    text: str
    html: str


def folder(var: Path) -> Path:
    """Return where mails are kept, one file each, named by the number of the delivery."""
    return var / "mail"


def file_name(number: int) -> str:
    """Return the name of the file of a delivery."""
    return f"{number}{SUFFIX}"


def kept(var: Path, *, offset: int, limit: int) -> tuple[Sequence[Kept], int]:
    """Return the kept mails, newest first, and how many there are."""
    place = folder(var)
    files = [path for path in place.glob(f"*{SUFFIX}") if path.stem.isdigit()] if place.is_dir() else []
    files.sort(key=lambda path: (path.stat().st_mtime_ns, int(path.stem)), reverse=True)
    return [_head(path) for path in files[offset : offset + limit]], len(files)


def opened(var: Path, number: int) -> Opened:
    """Return one kept mail.

    Raises
    ------
    NotFound
        Where there is none with this number.
    """
    path = folder(var) / file_name(number)
    if not path.is_file():
        raise NotFound
    message = _read(path)
    return Opened(
        headers=tuple((name, str(message[name])) for name in HEADERS if message[name]),
        subject=str(message["Subject"] or ""),
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _read(path: Path) -> EmailMessage:
    with path.open("rb") as file:
        return message_from_binary_file(file, _class=EmailMessage, policy=policy.default)


def _head(path: Path) -> Kept:
    message = _read(path)
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return Kept(int(path.stem), str(message["Subject"] or ""), str(message["To"] or ""), written)


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if isinstance(part, EmailMessage) else ""
