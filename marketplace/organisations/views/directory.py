"""The directory, and the profile that others see."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace import clock, policy
from marketplace.offices.models import Office
from marketplace.organisations.forms.people import ReasonForm
from marketplace.organisations.models import OrganisationType
from marketplace.organisations.queries.checked import publicly_checked
from marketplace.organisations.queries.directory import Wanted, organisations_like
from marketplace.organisations.queries.found import merged_into, organisation_of
from marketplace.organisations.queries.masked import without_contacts
from marketplace.organisations.views.blueprint import bp
from marketplace.web.access import public
from marketplace.web.codes import countries, country_codes
from marketplace.web.context import actor, reading
from marketplace.web.fields import asked_text
from marketplace.web.paging import Page, asked_page
from matching.sectors import is_sector, sectors

PAGE_SIZE = 25
DIVISION_LENGTH = 2


@bp.get("/organisations")
@public
def directory() -> str:
    """List organisations."""
    country, sector, kind = (asked_text(name) for name in ("country", "sector", "type"))
    wanted = Wanted(
        text=asked_text("q"),
        country=country if country in country_codes() else "",
        sector=sector if sector.isdigit() and is_sector(sector) else "",
        type=kind if kind in set(OrganisationType) else "",
        verified=request.args.get("verified") == "yes",
    )
    number = asked_page()
    with reading() as session:
        rows, total = organisations_like(session, wanted, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    asked = {"q": wanted.text, "country": wanted.country, "sector": wanted.sector, "type": wanted.type}
    return render_template(
        "organisations/directory.html",
        page=Page(rows, number, PAGE_SIZE, total),
        wanted=wanted,
        args={name: value for name, value in asked.items() if value}
        | ({"verified": "yes"} if wanted.verified else {}),
        countries=countries(),
        divisions=_divisions(wanted.sector),
        types=list(OrganisationType),
        today=clock.today(),
    )


def _divisions(chosen: str) -> list[tuple[str, str]]:
    """Return the divisions to choose from, and the narrower sector that is chosen already."""
    return [
        (code, f"{code} · {sector.title}")
        for code, sector in sectors().items()
        if len(code) == DIVISION_LENGTH or code == chosen
    ]


@bp.get("/organisations/<reference>")
@public
def show(reference: str) -> str | Response:
    """Show what anybody may know of an organisation; contacts only to colleagues and the office."""
    with reading() as session:
        kept = merged_into(session, actor(), reference)
    if kept is not None:
        # For good, as far as search engines go; a browser asks again, since a merge can be undone.
        moved = redirect(url_for("organisations.show", reference=kept), 301)
        moved.headers["Cache-Control"] = "no-store"
        return moved
    return profile_page(reference)


def profile_page(reference: str, reason: ReasonForm | None = None) -> str:
    """Render the profile that others see, with the forms of the staff."""
    with reading() as session:
        organisation = organisation_of(session, actor(), reference)
        office = None if organisation.office_id is None else session.get(Office, organisation.office_id)
        checked = publicly_checked(session, organisation.id, clock.today())
    close = policy.allowed(actor(), "organisation:contacts", organisation)

    def shown(text: str) -> str:
        return text if close else without_contacts(text)

    return render_template(
        "organisations/show.html",
        organisation=organisation,
        office=office,
        checked=checked,
        shown=shown,
        today=clock.today(),
        reason=reason or ReasonForm(formdata=None),
    )
