"""The report as a page."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Final

from flask import render_template
from sqlalchemy.orm import Session

from marketplace.reports.queries.count import Counted, Parts, by_parts, by_quarter
from marketplace.reports.queries.figures import FIGURES
from marketplace.reports.queries.kept import closings
from marketplace.reports.queries.least_developed import AS_OF
from marketplace.reports.queries.parts import By
from marketplace.reports.queries.scope import Quarter
from marketplace.reports.views.blueprint import Asked, asked, bp, offered_quarters
from marketplace.reports.views.wording import (
    GROUPS,
    figure_meaning,
    figure_name,
    part_name,
    quarter_name,
    told,
)
from marketplace.web import charts
from marketplace.web.access import needs
from marketplace.web.codes import countries
from marketplace.web.context import reading
from marketplace.web.shapes import Bars, Lines, Series

BACK: Final = 4
"""Quarters before the one asked for: the last of them is the same of the year before."""
TREND: Final = ("enquiries-received", "introductions-sent", "introductions-accepted", "agreements")
PARTS: Final[Mapping[By, tuple[str, ...]]] = {
    By.KIND: ("enquiries-received", "introductions-accepted", "agreements"),
    By.PAIR: ("introductions-sent", "introductions-accepted", "agreements"),
    By.SDG: ("enquiries-received", "introductions-accepted", "agreements"),
    By.VALUE: ("agreements", "jobs"),
}
SHOWN: Final = 20
"""Parts on the page; the files hold them all."""

Numbers = Mapping[tuple[str, Quarter], Counted]


@bp.get("/desk/reports")
@needs("desk:use")
def report() -> str:
    """Show the figures of an office, a country or the network."""
    with reading() as session:
        wanted = asked(session)
        quarters = quarters_of(wanted)
        closed = closings(session, quarters)
        numbers = by_quarter(session, FIGURES.values(), wanted.scope, quarters, closed)
        parts = parts_of(session, wanted, closed, SHOWN)
    return render_template(
        "reports/report.html",
        asked=wanted,
        quarters=quarters,
        closed_at=closed.get(wanted.quarter),
        offered=offered_quarters(),
        countries=countries(),
        groups=[(heading, [FIGURES[name] for name in names]) for heading, names in GROUPS],
        figures=FIGURES,
        numbers=numbers,
        parts=parts,
        columns={by: [FIGURES[name] for name in names] for by, names in PARTS.items()},
        counted_any=any(one.n for one in numbers.values()),
        trend=_trend(numbers, quarters),
        kinds=_kinds(parts[By.KIND].numbers),
        least_developed_as_of=AS_OF,
        figure_name=figure_name,
        figure_meaning=figure_meaning,
        part_name=part_name,
        quarter_name=quarter_name,
        told=told,
    )


def quarters_of(wanted: Asked) -> list[Quarter]:
    """Return the quarters that a report tells of, the one asked for last."""
    return [wanted.quarter.shifted(-back) for back in range(BACK, -1, -1)]


def parts_of(
    session: Session, wanted: Asked, closed: Container[Quarter], most: int | None = None
) -> Mapping[By, Parts]:
    """Return the parts of a few figures in the quarter that was asked for."""
    figures = {by: [FIGURES[name] for name in names] for by, names in PARTS.items()}
    return by_parts(session, figures, wanted.scope, wanted.quarter, closed, most)


def _trend(numbers: Numbers, quarters: list[Quarter]) -> Lines:
    series = [
        Series(figure_name(FIGURES[name]), [numbers[name, quarter].value for quarter in quarters])
        for name in TREND
    ]
    return charts.lines([quarter_name(quarter) for quarter in quarters], series)


def _kinds(parts: Mapping[str, Mapping[str, Counted]]) -> Bars:
    series = [
        Series(figure_name(FIGURES[name]), [counts[name].value for counts in parts.values()])
        for name in PARTS[By.KIND]
    ]
    return charts.bars_across([part_name(By.KIND, key) for key in parts], series)
