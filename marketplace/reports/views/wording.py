"""What figures, parts and scopes are called, and how their numbers are written."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from marketplace.introductions.models import ValueBand
from marketplace.reports.queries.count import Counted
from marketplace.reports.queries.figures import Figure, Measure
from marketplace.reports.queries.parts import By
from marketplace.reports.queries.scope import Quarter
from marketplace.web.words import country, label, number

# What a figure is called, and what exactly it counts.
NAMES: Final[Mapping[str, tuple[LazyString, LazyString]]] = MappingProxyType(
    {
        "enquiries-received": (
            _l("Enquiries received"),
            _l("Offers and requests handed in, or published by an import."),
        ),
        "review-days": (
            _l("Days until an enquiry is published"),
            _l(
                "Mean of the days from the last handing in to publication, of those published in the quarter."
            ),
        ),
        "enquiries-answered": (
            _l("Enquiries answered"),
            _l("Listings of which the first introduction was accepted by both sides in the quarter."),
        ),
        "introductions-begun": (
            _l("Introductions begun"),
            _l("Expressions of interest, and pairs that an office proposed."),
        ),
        "office-days": (
            _l("Days until the office has looked"),
            _l("Mean of the days from an expression of interest to the decision to pass it on."),
        ),
        "introductions-sent": (_l("Introductions sent to a side"), _l("A side was asked in the quarter.")),
        "side-days": (
            _l("Days until a side answers"),
            _l("Mean of the days from asking to both sides’ yes, or to a side’s no."),
        ),
        "introductions-accepted": (
            _l("Introductions accepted"),
            _l("Both sides have said yes, and contacts were opened."),
        ),
        "introductions-declined": (_l("Introductions declined"), _l("By an office or by a side.")),
        "introductions-unanswered": (
            _l("Introductions without an answer"),
            _l("Nobody answered in time, at an office or on a side."),
        ),
        "meetings": (_l("Meetings held"), _l("Introductions whose sides have met in the quarter.")),
        "agreements": (_l("Agreements"), _l("Introductions that ended in an agreement in the quarter.")),
        "jobs": (
            _l("New jobs"),
            _l("Those that were told with the agreements of the quarter, on both sides together."),
        ),
        "faring-well": (
            _l("Partnerships that fare well"),
            _l(
                "Of the answers 6 and 12 months after an agreement: it grows, or runs as agreed. "
                "Each side’s answer counts."
            ),
        ),
        "women-led": (
            _l("Women-led share of introductions"),
            _l("Of the accepted ones of which it is known: one side at least is led by women."),
        ),
        "least-developed": (
            _l("Least developed countries’ share"),
            _l("Of the accepted introductions: one side at least is in a least developed country."),
        ),
        "organisations-profiled": (
            _l("Organisations profiled"),
            _l("Entered in the databank in the quarter."),
        ),
        "organisations-verified": (
            _l("Organisations verified"),
            _l("Verified by an officer in the quarter."),
        ),
        "organisations-benchmarked": (
            _l("Organisations benchmarked"),
            _l("Measured among their peers, as an officer recorded in the quarter; each counts once."),
        ),
        "organisations-women-led": (
            _l("Women-led share of organisations"),
            _l("Of those entered in the quarter that say who leads them."),
        ),
    }
)
GROUPS: Final[tuple[tuple[LazyString, tuple[str, ...]], ...]] = (
    (_l("Enquiries"), ("enquiries-received", "review-days", "enquiries-answered")),
    (
        _l("Introductions"),
        (
            "introductions-begun", "office-days", "introductions-sent", "side-days",
            "introductions-accepted", "introductions-declined", "introductions-unanswered",
        ),
    ),
    (_l("Outcomes"), ("meetings", "agreements", "jobs", "faring-well", "women-led", "least-developed")),
    (
        _l("Databank"),
        (
            "organisations-profiled", "organisations-verified", "organisations-benchmarked",
            "organisations-women-led",
        ),
    ),
)  # fmt: skip
UNITS: Final[Mapping[Measure, LazyString]] = MappingProxyType(
    {
        Measure.COUNT: _l("number"),
        Measure.SUM: _l("number"),
        Measure.DAYS: _l("days"),
        Measure.SHARE: _l("per cent"),
    }
)
BY_NAMES: Final[Mapping[By, LazyString]] = MappingProxyType(
    {By.KIND: _l("Kind"), By.PAIR: _l("Countries"), By.SDG: _l("Goal"), By.VALUE: _l("Value a year")}
)
# Titles as the United Nations shortened them, A/RES/70/1 (2015).
GOALS: Final[tuple[LazyString, ...]] = (
    _l("No poverty"),
    _l("Zero hunger"),
    _l("Good health and well-being"),
    _l("Quality education"),
    _l("Gender equality"),
    _l("Clean water and sanitation"),
    _l("Affordable and clean energy"),
    _l("Decent work and economic growth"),
    _l("Industry, innovation and infrastructure"),
    _l("Reduced inequalities"),
    _l("Sustainable cities and communities"),
    _l("Responsible consumption and production"),
    _l("Climate action"),
    _l("Life below water"),
    _l("Life on land"),
    _l("Peace, justice and strong institutions"),
    _l("Partnerships for the goals"),
)


def figure_name(figure: Figure) -> str:
    """Return what a figure is called."""
    return str(NAMES[figure.name][0])


def figure_meaning(figure: Figure) -> str:
    """Return what exactly a figure counts."""
    return str(NAMES[figure.name][1])


def part_name(by: By, key: str) -> str:
    """Return what a part is called."""
    if by == By.KIND:
        return label(key)
    if by == By.PAIR:
        one, _dash, other = key.partition("-")
        if one == other:
            return _("within %(country)s", country=country(one))
        return f"{country(one)} – {country(other)}"
    if by == By.VALUE:
        band, _dash, currency = key.partition("-")
        return f"{label(ValueBand(band))} {currency}".strip()
    return f"{key} · {GOALS[int(key) - 1]}"


def quarter_name(quarter: Quarter) -> str:
    """Return a quarter in words."""
    return _("Q%(number)s %(year)s", number=quarter.number, year=quarter.year)


def told(figure: Figure, value: Counted) -> str:
    """Return a number as it is read in a table: a share with how many it is taken of."""
    alone = told_alone(figure, value)
    if figure.measure is not Measure.SHARE or value.value is None:
        return alone
    return _("%(share)s (%(count)s)", share=alone, count=number(value.n))


def told_alone(figure: Figure, value: Counted) -> str:
    """Return a number as it is read where what is counted is told beside it; a dash for a mean of nothing."""
    if value.value is None:
        return "—"
    if figure.measure is Measure.COUNT:
        return number(value.n)
    if figure.measure is Measure.SUM:
        return number(round(value.value))
    if figure.measure is Measure.DAYS:
        return number(round(value.value, 1))
    return _("%(share)s %%", share=number(round(value.value)))
