"""For whom a report is, and for which time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_WRITTEN = re.compile(r"(20\d\d)-Q([1-4])", re.ASCII)
QUARTERS = 4
MONTHS = 3
DAYS_OPEN = 1
NETWORK, OFFICE, COUNTRY, PROGRAMME = "network", "office:", "country:", "programme:"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose figures: an office's, a country's, a programme's, or the whole network's where none is given.

    What two offices or two countries share counts for each of them, and once for the network.

    Parameters
    ----------
    country
        ISO 3166-1 alpha-2.
    programme
        Its code. An introduction belongs to it when a side was enrolled at the moment it was proposed, a
        listing when its organisation was at the moment that counts, an organisation when it ever was.
    """

    office_id: int | None = None
    country: str = ""
    programme: str = ""

    def __post_init__(self) -> None:
        if (self.office_id is not None) + bool(self.country) + bool(self.programme) > 1:
            raise ValueError(
                "figures are told of an office, a country or a programme, not of several at once"
            )

    @property
    def word(self) -> str:
        """The scope as the kept numbers name it."""
        if self.office_id is not None:
            return f"{OFFICE}{self.office_id}"
        if self.country:
            return f"{COUNTRY}{self.country}"
        return f"{PROGRAMME}{self.programme}" if self.programme else NETWORK


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment on until another, which is not in it any more."""

    start: datetime
    end: datetime


@dataclass(frozen=True, order=True, slots=True)
class Quarter:
    """Three months, in UTC.

    Parameters
    ----------
    number
        1 to 4.
    """

    year: int
    number: int

    @classmethod
    def of(cls, moment: datetime) -> Quarter:
        """Return the quarter in which a moment lies."""
        day = moment.astimezone(UTC)
        return cls(day.year, (day.month - 1) // MONTHS + 1)

    @classmethod
    def read(cls, text: str) -> Quarter | None:
        """Return the quarter that is written as ``2026-Q4``; ``None`` for anything else."""
        found = _WRITTEN.fullmatch(text)
        return cls(int(found[1]), int(found[2])) if found else None

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    def shifted(self, by: int) -> Quarter:
        """Return the quarter so many later; earlier for a negative number."""
        place = self.year * QUARTERS + self.number - 1 + by
        return Quarter(place // QUARTERS, place % QUARTERS + 1)

    @property
    def start(self) -> datetime:
        """Its first moment."""
        return datetime(self.year, (self.number - 1) * MONTHS + 1, 1, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """The first moment that is not in it any more."""
        return self.shifted(1).start

    @property
    def span(self) -> Span:
        """All of it."""
        return Span(self.start, self.end)

    @property
    def closable_from(self) -> datetime:
        """When it has been over long enough to be closed: what was begun in it is written down by then."""
        return self.end + timedelta(days=DAYS_OPEN)
