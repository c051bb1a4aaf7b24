"""What is found in the texts of a form: proposed, taken over, or left aside."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from marketplace import clock, policy
from marketplace.listings.forms import ListingForm
from marketplace.listings.forms.found import EVERYTHING, IGNORED_MOST, Found, found_in, take
from marketplace.listings.forms.listing import MOST_ROWS
from marketplace.listings.kinds.words import CRITERIA_TITLES
from marketplace.listings.queries import listing_by_reference
from marketplace.listings.views.blueprint import bp
from marketplace.listings.views.page import asked_form, post_page, surroundings
from marketplace.listings.views.shown import condition
from marketplace.web.access import needs
from marketplace.web.context import actor, reading

KEY_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Shown:
    """One proposal in words."""

    found: Found
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class Proposals:
    """All proposals of a form, and what is said about them.

    Parameters
    ----------
    said
        What happened, for everybody; a screen reader reads it out.
    ignored
        Keys that are not proposed again.
    """

    rows: tuple[Shown, ...]
    said: str
    ignored: tuple[str, ...]


@bp.post("/post/found")
@needs("listing:post")
def found() -> tuple[str, int]:
    """Show the form as it was sent with what its texts say; take over what was confirmed."""
    with reading() as session:
        form = asked_form(session)
        listing = None
        if form.reference.data:
            listing = listing_by_reference(session, actor(), form.reference.data)
            policy.require(actor(), "listing:edit", listing)
        about = surroundings(session, form, listing)
    return post_page(form, about, proposals=_answered(form))


@bp.post("/post/proposals")
@needs("listing:post")
def proposals() -> str:
    """Return the proposals alone, for the scripts of the page."""
    with reading() as session:
        form = asked_form(session)
    return render_template("listings/_found.html", proposals=_proposals(form, _ignored()))


def _ignored() -> tuple[str, ...]:
    words = (*request.form.getlist("ignored"), request.form.get("ignore", ""))
    return tuple(dict.fromkeys(word[:KEY_LENGTH] for word in words if word))[-IGNORED_MOST:]


def _answered(form: ListingForm) -> Proposals:
    """Take over what was confirmed, and return what is left."""
    ignored = _ignored()
    key = request.form.get("take")
    if not key:
        return _proposals(form, ignored)
    wanted = [one for one in found_in(form, clock.today(), ignored) if key in {one.key, EVERYTHING}]
    taken = take(form, wanted, request.form.getlist("must"))
    said = ngettext(
        "One condition was added to the form.", "%(num)d conditions were added to the form.", taken
    )
    if taken < len(wanted):
        said = _("At most %(most)s requirements fit; keep those that decide.", most=MOST_ROWS)
    return _proposals(form, ignored, said if wanted else "")


def _proposals(form: ListingForm, ignored: tuple[str, ...], said: str = "") -> Proposals:
    rows = tuple(
        Shown(one, str(CRITERIA_TITLES[one.row.criterion]), condition(one.row))
        for one in found_in(form, clock.today(), ignored)
    )
    return Proposals(rows, said or _count(len(rows)), ignored)


def _count(number: int) -> str:
    if not number:
        return _("No further conditions were found in your text.")
    return ngettext(
        "One condition was found in your text.", "%(num)d conditions were found in your text.", number
    )
