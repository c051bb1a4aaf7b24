"""A moment on the clocks of whoever reads it, and on those of the two sides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.meetings import zone_of_reader, zone_of_side
from marketplace.introductions.states import By
from marketplace.introductions.wording import SIDES, name_of
from marketplace.policy import Actor
from marketplace.web.zones import told_in, told_in_each


@dataclass(frozen=True, slots=True)
class Clocks:
    """The time zones that matter to one reader.

    Parameters
    ----------
    reader
        Where the reader lives.
    sides
        Of the proposer's and of the other side: the name, for an officer alone, and the zone.
    """

    reader: ZoneInfo
    sides: tuple[tuple[str, ZoneInfo], ...]

    def told(self, moment: datetime) -> list[str]:
        """Return a moment where the reader lives, and then on the other clocks.

        A side reads of each clock that differs; an officer reads whose it is, of both sides.
        """
        if not all(name for name, _zone in self.sides):
            return told_in_each(moment, [self.reader, *(zone for _name, zone in self.sides)])
        return [
            told_in(moment, self.reader),
            *(_("%(name)s: %(time)s", name=name, time=told_in(moment, zone)) for name, zone in self.sides),
        ]


def clocks_of(session: Session, introduction: Introduction, reader: Actor, seat: By) -> Clocks:
    """Return the time zones of a reader who looks from a seat, and of the two sides."""
    return Clocks(
        zone_of_reader(session, introduction, reader),
        tuple(
            ("" if seat in SIDES else name_of(introduction, side), zone_of_side(session, introduction, side))
            for side in (By.PROPOSER, By.OTHER)
        ),
    )
