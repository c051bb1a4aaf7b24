"""The pipeline: a board by state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import HiddenField

from marketplace.desk.queries.pipeline import COLUMN_SIZE, COLUMNS, Filters, board
from marketplace.desk.views.blueprint import bp
from marketplace.programmes.queries import programme_names
from marketplace.web.access import needs
from marketplace.web.choices import SelectField
from marketplace.web.context import actor, reading
from marketplace.web.fields import CountryField, Form
from marketplace.web.fields import lazy as _l
from marketplace.web.paging import Page, asked_page
from marketplace.web.words import label
from matching.sectors import sector_title, sectors
from matching.types import Kind

DIVISIONS: Final = tuple(code for code, sector in sectors().items() if sector.level == "division")


class FilterForm(Form):
    """Which introductions are wanted."""

    show = SelectField(_l("Whose"), default="", validate_choice=False)
    kind = SelectField(_l("Kind"), default="", validate_choice=False)
    sector = SelectField(_l("Sector"), default="", validate_choice=False)
    country = CountryField(_l("Country"))
    programme = SelectField(_l("Programme"), default="", validate_choice=False)
    state = HiddenField()

    def offer(self, programmes: Sequence[tuple[str, str]]) -> None:
        """Fill the lists."""
        self.programme.choices = [("", _("All introductions")), *programmes]
        self.show.choices = [("", _("My office")), ("network", _("The whole network"))]
        self.country.choices = [("", _("All countries")), *self.country.names()]
        self.kind.choices = [("", _("All kinds")), *((kind.value, label(kind)) for kind in Kind)]
        self.sector.choices = [
            ("", _("All sectors")),
            *((code, f"{code} · {sector_title(code)}") for code in DIVISIONS),
        ]


def asked() -> Filters:
    """Return the filters in the address, or beside a button of the board; unknown words count as none."""
    given = request.values
    kind, sector, country = given.get("kind", ""), given.get("sector", ""), given.get("country", "").upper()
    letters = country.isascii() and country.isalpha() and len(country) == len("GH")
    return Filters(
        network=given.get("show") == "network" or actor().is_admin,
        kind=Kind(kind) if kind in set(Kind) else None,
        sector=sector if sector in DIVISIONS else None,
        country=country if letters else None,
        programme=given.get("programme") or None,
        state=next((state for state in COLUMNS if state.value == given.get("state")), None),
    )


@bp.get("/desk/pipeline")
@needs("desk:use")
def pipeline() -> str | Response:
    """Show the board, or one of its columns page by page."""
    filters = asked()
    number = asked_page() if filters.state else 1
    # Nothing is written by it, so that it needs no token.
    form = FilterForm(formdata=None, data=filters.words, meta={"csrf": False})
    with reading() as session:
        columns = board(session, actor(), filters, number)
        form.offer(programme_names(session))
    if number > 1 and not columns[0].cards:
        # Meanwhile others have moved on what stood there.
        words: dict[str, Any] = filters.words
        return redirect(url_for("desk.pipeline", **words))
    alone = Page(columns[0].cards, number, COLUMN_SIZE, columns[0].count) if filters.state else None
    whole = replace(filters, state=None)
    return render_template(
        "desk/pipeline.html", columns=columns, filters=filters, whole=whole, form=form, alone=alone
    )
