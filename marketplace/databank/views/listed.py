"""The list of the office's organisations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import render_template, request
from sqlalchemy.orm import Session

from marketplace import clock, policy
from marketplace.databank.forms import DIVISIONS, PERCENTS, FilterForm, TagsForm
from marketplace.databank.models import TAG_LENGTH
from marketplace.databank.queries.listed import window
from marketplace.databank.queries.tags import tags_in_use
from marketplace.databank.queries.wanted import OLD, Order, Standing, Wanted
from marketplace.databank.views.blueprint import bp
from marketplace.offices.models import Office
from marketplace.offices.queries import all_offices, office_of
from marketplace.organisations.models import OrganisationType
from marketplace.organisations.queries.found import REFERENCE
from marketplace.web.access import needs
from marketplace.web.codes import country_codes
from marketplace.web.context import actor, reading
from marketplace.web.fields import QUERY_LENGTH, clean_text, stray_character

PAGE_SIZE: Final = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for.

    Parameters
    ----------
    words
        The filters and the order as they stand in an address; what was not asked for is left out.
    """

    wanted: Wanted
    order: Order
    words: Mapping[str, str]


@bp.get("/desk/databank")
@needs("desk:use")
def listed() -> str:
    """Show the list."""
    return page()


def page(tags_form: TagsForm | None = None, ticked: frozenset[str] = frozenset()) -> str:
    """Render the list as its address, or the form that came from it, asks for it.

    Parameters
    ----------
    tags_form, ticked
        What was typed and ticked, where it could not be carried out.
    """
    with reading() as session:
        offices = _offices(session)
        asked = asked_for(offices)
        found = window(
            session,
            actor(),
            asked.wanted,
            order=asked.order,
            limit=PAGE_SIZE,
            after=_place("after"),
            before=_place("before"),
            now=clock.now(),
        )
        known = tags_in_use(session, actor())
        office = office_of(session, actor())
    # Nothing is written by it, so that it needs no token.
    form = FilterForm(formdata=None, data=dict(asked.words), meta={"csrf": False})
    form.offer(known, offices)
    return render_template(
        "databank/list.html",
        window=found,
        asked=asked,
        form=form,
        offices=offices,
        office=office,
        known_tags=known,
        old_since=clock.now() - OLD,
        tags_form=tags_form or TagsForm(formdata=None),
        ticked=ticked,
        place={name: _place(name) for name in ("after", "before") if _place(name)},
    )


def asked_for(offices: list[Office]) -> Asked:
    """Read the filters of an address, or those beside a button; unknown words count as none."""
    given = {name: _word(name) for name in FilterForm.words_of_address()}
    by_code = {office.code: office for office in offices}
    kept = {
        "q": given["q"],
        "country": given["country"].upper() if given["country"].upper() in country_codes() else "",
        "sector": given["sector"] if given["sector"] in DIVISIONS else "",
        "type": given["type"] if given["type"] in set(OrganisationType) else "",
        "tag": given["tag"][:TAG_LENGTH],
        "verified": given["verified"] if given["verified"] in set(Standing) else "",
        "below": given["below"] if given["below"] in {str(most) for most in PERCENTS} else "",
        "office": given["office"] if given["office"] in by_code else "",
        "order": given["order"] if given["order"] == Order.CHANGED else "",
        **{name: "yes" if given[name] in {"y", "yes"} else "" for name in ("women", "alone", "suspended")},
    }
    wanted = Wanted(
        text=kept["q"],
        country=kept["country"],
        sector=kept["sector"],
        type=OrganisationType(kept["type"]) if kept["type"] else None,
        tag=kept["tag"],
        standing=Standing(kept["verified"]) if kept["verified"] else None,
        below=int(kept["below"]) if kept["below"] else None,
        women_led=bool(kept["women"]),
        suspended=bool(kept["suspended"]),
        alone=bool(kept["alone"]),
        office_id=by_code[kept["office"]].id if kept["office"] else None,
    )
    order = Order(kept["order"]) if kept["order"] else Order.NAME
    return Asked(wanted, order, {name: word for name, word in kept.items() if word})


def _offices(session: Session) -> list[Office]:
    """Return the offices to choose from: for those who see the databanks of all."""
    return list(all_offices(session)) if policy.allowed(actor(), "admin:use") else []


def offered_offices() -> list[Office]:
    """Return the offices to choose from, in a session of their own."""
    with reading() as session:
        return _offices(session)


def _word(name: str) -> str:
    text = clean_text(request.values.get(name, "")[:QUERY_LENGTH])
    return "".join(sign for sign in text if not stray_character(sign))


def _place(name: str) -> str:
    word = request.values.get(name, "")[:QUERY_LENGTH]
    return word if REFERENCE.fullmatch(word) else ""
