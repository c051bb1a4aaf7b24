"""An agreed meeting as a calendar file: iCalendar, RFC 5545, published as RFC 5546 says."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

# Octets, without the line break: RFC 5545, 3.1.
LINE_OCTETS: Final = 75
BREAK: Final = "\r\n"
# RFC 5546, 3.2.1 and 3.2.5: an entry that is there, or is there no more.
PUBLISH: Final = "PUBLISH"
CANCEL: Final = "CANCEL"
# RFC 5545, 3.3.11: what has a meaning in a text.
_ESCAPES: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


@dataclass(frozen=True, slots=True)
class Entry:
    """What a calendar shows.

    Parameters
    ----------
    uid
        The same for every change of one meeting.
    sequence
        Greater with each change.
    changed_at
        When it was agreed.
    organiser
        Name and address of the exchange: no address of a person stands in the file.
    method
        :data:`PUBLISH`, or :data:`CANCEL` for what was called off.
    """

    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    minutes: int
    summary: str
    place: str
    description: str
    url: str
    organiser: tuple[str, str]
    method: str = PUBLISH


def calendar_file(entry: Entry) -> str:
    r"""Return the file: lines that end in ``\r\n``, each of 75 octets at most."""
    name, address = entry.organiser
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Partnership Exchange//Meetings//EN",
        "CALSCALE:GREGORIAN",
        f"METHOD:{entry.method}",
        "BEGIN:VEVENT",
        f"UID:{_text(entry.uid)}",
        f"SEQUENCE:{entry.sequence}",
        f"DTSTAMP:{_utc(entry.changed_at)}",
        f"DTSTART:{_utc(entry.starts_at)}",
        f"DTEND:{_utc(entry.starts_at + timedelta(minutes=entry.minutes))}",
        f"SUMMARY:{_text(entry.summary)}",
        f"LOCATION:{_text(entry.place)}",
        f"DESCRIPTION:{_text(entry.description)}",
        f"URL:{_plain(entry.url)}",
        f'ORGANIZER;CN="{_plain(name).replace(chr(34), chr(39))}":mailto:{_plain(address)}',
        f"STATUS:{'CANCELLED' if entry.method == CANCEL else 'CONFIRMED'}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}{BREAK}" for line in lines)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _plain(text: str) -> str:
    """Return text without control characters, so that nothing typed begins a line of its own."""
    return "".join(sign for sign in text if unicodedata.category(sign) not in {"Cc", "Zl", "Zp"})


def _text(text: str) -> str:
    """Return a text as the value of a property."""
    return "\n".join(_plain(line) for line in text.splitlines()).translate(_ESCAPES)


def _folded(line: str) -> str:
    """Break a line where it is too long; no character is cut in two.

    A line that goes on begins with a space, which counts.
    """
    parts, part, room = [], "", LINE_OCTETS
    for sign in line:
        if len((part + sign).encode()) > room:
            parts.append(part)
            part, room = "", LINE_OCTETS - 1
        part += sign
    return f"{BREAK} ".join([*parts, part])
