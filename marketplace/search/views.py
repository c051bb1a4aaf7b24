"""Pages for looking around: opportunities and sectors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from marketplace import clock
from marketplace.search import queries
from marketplace.search.forms import Asked, read_asked, within_words
from marketplace.search.queries import DEADLINES, Facets, Sort
from marketplace.search.replica import Replica
from marketplace.web.access import public
from marketplace.web.context import actor, part, reading
from marketplace.web.paging import Page, asked_page
from marketplace.web.words import country
from matching.sectors import sector_title
from matching.types import Kind, Side

bp = Blueprint("search", __name__)
PAGE_SIZE: Final = 20
COUNTRIES_SHOWN: Final = 8
"""Countries shown before the rest is folded away."""

# Value, words, how many, whether chosen.
Choice = tuple[Any, str, int, bool]


@bp.get("/opportunities")
@public
def opportunities() -> str:
    """Show open listings by words and filters."""
    asked, number, today = read_asked(), asked_page(), clock.today()
    replica = part(Replica)
    replica.fresh()
    with reading() as session:
        results = queries.search_listings(
            session,
            replica.finder,
            actor(),
            asked.text,
            asked.filters,
            today=today,
            offset=(number - 1) * PAGE_SIZE,
            limit=PAGE_SIZE,
        )
    return render_template(
        "search/opportunities.html",
        asked=asked,
        page=Page(results.cards, number, PAGE_SIZE, results.total),
        facets=_choices(asked, results.facets),
        countries_shown=COUNTRIES_SHOWN,
        sort=results.sort,
        sorts=[sort for sort in Sort if asked.text or sort is not Sort.RELEVANCE],
    )


def _choices(asked: Asked, facets: Facets) -> Mapping[str, list[Choice]]:
    """Return what can be chosen under each filter, with how many listings each choice has."""
    chosen = asked.filters
    return {
        "side": [(side.value, "", facets.sides.get(side, 0), side is chosen.side) for side in Side],
        "kind": [(kind.value, "", facets.kinds.get(kind, 0), kind in chosen.kinds) for kind in Kind],
        "country": _country_choices(chosen.countries, facets.countries),
        "sector": [
            (code, sector_title(code), count, False) for code, count in sorted(facets.sectors.items())
        ],
        "within": [
            (days, within_words(days), facets.deadlines[days], days == chosen.within_days)
            for days in DEADLINES
        ],
    }


def _country_choices(chosen: Iterable[str], counts: Mapping[str, int]) -> list[Choice]:
    """Return the chosen countries first, then those with most listings."""
    codes = sorted({*chosen, *counts}, key=lambda code: (code not in chosen, -counts.get(code, 0), code))
    return [(code, country(code), counts.get(code, 0), code in chosen) for code in codes]


@bp.get("/sectors")
@public
def sectors() -> str:
    """Show the tree of sectors with how much there is in each."""
    with reading() as session:
        tree = queries.sector_tree(session, actor(), clock.today())
    return render_template("sectors/tree.html", tree=tree)


@bp.get("/sectors/<code>")
@public
def sector(code: str) -> str | Response:
    """Show one sector: its listings and the organisations that work in it."""
    if code != code.upper():
        return redirect(url_for("search.sector", code=code.upper()), code=301)
    with reading() as session:
        found = queries.sector_page(session, actor(), code, clock.today())
    return render_template("sectors/sector.html", found=found)
