"""The list behind a figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import render_template

from marketplace.reports.queries.count import counted, selected
from marketplace.reports.queries.figures import Thing
from marketplace.reports.queries.kept import closings
from marketplace.reports.queries.listed import listed, summed
from marketplace.reports.views.blueprint import asked, asked_figure, asked_part, bp
from marketplace.reports.views.wording import figure_meaning, figure_name, part_name, quarter_name, told_alone
from marketplace.web.access import needs
from marketplace.web.context import actor, reading
from marketplace.web.paging import Page, asked_page

PAGE_SIZE: Final = 50
PLACES: Final[Mapping[Thing, str]] = {
    Thing.LISTING: "/opportunities/",
    Thing.INTRODUCTION: "/desk/introductions/",
    Thing.ORGANISATION: "/organisations/",
}


@bp.get("/desk/reports/<figure>")
@needs("desk:use")
def behind(figure: str) -> str:
    """List what a figure counts."""
    found, part, page = asked_figure(figure), asked_part(), asked_page()
    with reading() as session:
        wanted = asked(session)
        closed = closings(session, [wanted.quarter])
        rows = selected(found, wanted.scope, wanted.quarter, closed, part)
        sum_ = summed(session, rows)
        window = listed(session, actor(), found.thing, rows, offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    address = {**wanted.address, "figure": found.name}
    if part is not None:
        address["part"] = f"{part.by}:{part.key}"
    return render_template(
        "reports/behind.html",
        asked=wanted,
        figure=found,
        name=figure_name(found),
        meaning=figure_meaning(found),
        part=part_name(part.by, part.key) if part else "",
        quarter=quarter_name(wanted.quarter),
        closed_at=closed.get(wanted.quarter),
        number_told=told_alone(found, counted(found, sum_.n, sum_.mean)),
        page=Page(window, page, PAGE_SIZE, sum_.n),
        address=address,
        place=PLACES[found.thing],
    )
