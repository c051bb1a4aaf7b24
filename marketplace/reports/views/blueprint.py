"""The blueprint of the reports, and what their addresses say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound as PageNotFound

from marketplace import clock
from marketplace.introductions.models import ValueBand
from marketplace.offices.models import Office
from marketplace.offices.queries import all_offices
from marketplace.programmes.queries import programme_names
from marketplace.reports.queries.figures import FIGURES, Figure
from marketplace.reports.queries.parts import GOALS, By, Part
from marketplace.reports.queries.scope import Quarter, Scope
from marketplace.web.codes import country_codes, currency_codes
from marketplace.web.context import actor
from marketplace.web.words import country
from matching.types import Kind

bp = Blueprint("reports", __name__)
NETWORK: Final = "network"
QUARTERS_OFFERED: Final = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom and for which quarter a report was asked for.

    Parameters
    ----------
    word
        The scope as it stands in the address.
    """

    word: str
    scope: Scope
    name: str
    quarter: Quarter
    offices: Sequence[Office]
    programmes: Sequence[tuple[str, str]]

    @property
    def address(self) -> Mapping[str, str]:
        """The words of the address."""
        return {"of": self.word, "quarter": str(self.quarter)}

    @property
    def current(self) -> bool:
        """Whether the quarter is not over yet."""
        return self.quarter.end > clock.now()


def asked(session: Session) -> Asked:
    """Read for whom and when; one's own office and the quarter that runs, unless the address says more.

    Raises
    ------
    werkzeug.exceptions.NotFound
        For what is no scope or no quarter: other numbers than those that were asked for would mislead.
    """
    offices = all_offices(session)
    by_code = {office.code: office for office in offices}
    own = next((office.code for office in offices if office.id == actor().office_id), None)
    word = request.args.get("of") or (f"office:{own}" if own else NETWORK)
    written = request.args.get("quarter")
    quarter = Quarter.read(written) if written else Quarter.of(clock.now())
    what, _colon, code = word.partition(":")
    if quarter is None:
        raise PageNotFound
    programmes = programme_names(session)

    def of(scope: Scope, name: str) -> Asked:
        return Asked(word, scope, name, quarter, offices, programmes)

    if word == NETWORK:
        return of(Scope(), _("The network"))
    if what == "office" and code in by_code:
        office = by_code[code]
        return of(Scope(office_id=office.id), office.name)
    if what == "country" and code in country_codes():
        return of(Scope(country=code), country(code))
    if what == "programme" and code in dict(programmes):
        return of(Scope(programme=code), dict(programmes)[code])
    raise PageNotFound


def asked_figure(name: str) -> Figure:
    """Return the figure of an address.

    Raises
    ------
    werkzeug.exceptions.NotFound
        Where there is none.
    """
    if name not in FIGURES:
        raise PageNotFound
    return FIGURES[name]


def asked_part() -> Part | None:
    """Return the part of a figure that the address asks for; ``None`` for all of it.

    Raises
    ------
    werkzeug.exceptions.NotFound
        For what is no part.
    """
    word = request.args.get("part", "")
    if not word:
        return None
    by, _colon, key = word.partition(":")
    codes = country_codes()
    known = {
        By.KIND: key in set(Kind),
        By.PAIR: len(pair := key.split("-")) == 2 and pair[0] in codes and pair[1] in codes,  # noqa: PLR2004
        By.SDG: key in {str(goal) for goal in GOALS},
        By.VALUE: _is_value(key),
    }
    if by not in set(By) or not known[By(by)]:
        raise PageNotFound
    return Part(By(by), key)


def _is_value(key: str) -> bool:
    band, dash, currency = key.partition("-")
    if not dash:
        return band == ValueBand.NOT_TOLD
    return band in set(ValueBand) - {ValueBand.NOT_TOLD} and currency in currency_codes()


def offered_quarters() -> list[Quarter]:
    """Return the quarters that can be chosen, the one that runs first."""
    now = Quarter.of(clock.now())
    return [now.shifted(-back) for back in range(QUARTERS_OFFERED)]
