"""The page of the form, for whoever shows it: new, to be edited, refused, or previewed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from flask import render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import clock
from marketplace.errors import Conflict, Invalid
from marketplace.listings.forms import ListingForm, listing_form
from marketplace.listings.kinds.words import MEANINGS
from marketplace.listings.models import Listing
from marketplace.listings.queries import standings, writable_organisations
from marketplace.listings.services import ListingValues
from marketplace.listings.services.values import OTHER_UNITS, VALID_DAYS
from marketplace.listings.views.compare import differences
from marketplace.listings.views.shown import file_words
from marketplace.offices.models import Office
from marketplace.organisations.models import Organisation
from marketplace.web.codes import countries
from marketplace.web.context import actor, part
from matching.resolver import SectorResolver
from matching.types import Listing as EngineListing
from matching.types import SectorSuggestion

SUGGESTED: Final = 5
# Below it a title shares only a chance word with the text.
LEAST_SCORE: Final = 0.2
SUGGEST_LENGTH: Final = 2000


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the page says besides the form, read before the form is judged.

    Parameters
    ----------
    office
        Name of the office that will review; empty where none covers the organisation.
    at_once
        Whether the listing will be published without review.
    state
        Of the listing being edited; ``None`` for a new one.
    files
        (position, name, media type, size in bytes) of what is attached already.
    """

    office: str = ""
    at_once: bool = False
    state: Any = None
    returned_because: str = ""
    files: tuple[tuple[int, str, str, int], ...] = field(default_factory=tuple)


def asked_form(session: Session, values: ListingValues | None = None) -> ListingForm:
    """Return the form as it was sent, or filled from a listing, or empty."""
    return listing_form(writable_organisations(session, actor()), values=values, language=actor().language)


def asked_listing(session: Session) -> tuple[ListingForm, EngineListing | None]:
    """Return the form as it was sent and what it says so far as the engine sees it.

    Returns
    -------
    tuple
        The listing has id 0 and the organisation as its owner; ``None`` where the form says
        neither side nor kind.
    """
    form = asked_form(session)
    key = _organisation_id(form)
    return form, form.engine_listing(clock.today(), standings(session, [key]).get(key) if key else None)


def _organisation_id(form: ListingForm) -> int:
    """Return the organisation chosen, if it is one of those offered, else the first of them."""
    chosen = str(form.organisation.data)
    return next((key for key in form.organisations if str(key) == chosen), next(iter(form.organisations), 0))


def surroundings(session: Session, form: ListingForm, listing: Listing | None = None) -> Surroundings:
    """Read who will review, and what belongs to the listing being edited."""
    key = listing.organisation_id if listing else _organisation_id(form)
    organisation = session.get(Organisation, key) if key else None
    office_id = organisation.office_id if organisation else listing.office_id if listing else None
    office = session.get(Office, office_id) if office_id else None
    verified = organisation is not None and organisation.verified_at is not None
    return Surroundings(
        office=office.name if office else "",
        at_once=bool(office and office.publishes_verified_at_once and verified),
        state=listing.state if listing else None,
        returned_because=listing.returned_because if listing else "",
        files=tuple(
            (row.position, row.file.name, row.file.media_type, row.file.size)
            for row in (listing.attachments if listing else ())
        ),
    )


def suggestions(form: ListingForm) -> list[SectorSuggestion]:
    """Return the sectors that the words of a form come near to, best first."""
    text = " . ".join(str(form[name].data or "") for name in ("title", "capabilities", "summary"))
    if not text.strip(" ."):
        return []
    found = part(SectorResolver).suggest(
        text[:SUGGEST_LENGTH], k=SUGGESTED, language=str(form.language.data or "")
    )
    return [one for one in found if one.score >= LEAST_SCORE]


def post_page(
    form: ListingForm,
    about: Surroundings,
    *,
    partners: Any = None,
    proposals: Any = None,
    conflict: Conflict | None = None,
    status: int = 200,
) -> tuple[str, int]:
    """Render the form.

    Parameters
    ----------
    form
        From :func:`asked_form`, judged or not.
    partners
        What ``search/partners.html`` shows beside it; ``None`` before anything was asked.
    proposals
        What ``listings/_found.html`` shows; ``None`` before anything was looked for.
    conflict
        Where somebody else saved first: both versions are shown, what was typed is kept, and
        saving again is a decision for one's own.
    """
    form.remove_files.choices = [
        (str(position), f"{name} ({file_words(media_type, size)})")
        for position, name, media_type, size in about.files
    ]
    if form.errors and any(getattr(sent, "filename", "") for sent in form.files.data or ()):
        form.blame(Invalid("files", _("Choose your files again: a browser does not keep them."), "again"))
    form.add_rows(
        len(form.requirements) + 1 if request.form.get("add_row") else max(3, len(form.requirements))
    )
    form.offer_sectors(
        one.code for one in suggestions(form) if request.method == "POST" or form.reference.data
    )
    today: date = clock.today()
    both = []
    if conflict is not None:
        both = differences(conflict.current["values"], form)
        form.version.process_data(conflict.current["version"])
    reference = form.reference.data
    page = render_template(
        "listings/post.html",
        form=form,
        about=about,
        partners=partners,
        proposals=proposals,
        both=both,
        conflict=conflict,
        meanings=MEANINGS,
        action=url_for("listings.edit", reference=reference) if reference else url_for("listings.post"),
        countries=countries(),
        units=("pieces", "pieces/month", "kg", "t", *OTHER_UNITS),
        first_day=today,
        usual_end=today + timedelta(days=VALID_DAYS),
    )
    return page, status
