"""The form of an expression of interest."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from wtforms import SelectField, TextAreaField

from marketplace.introductions.services import TEXT_LENGTH
from marketplace.listings.models import Listing
from marketplace.web.fields import Form, Needed, PlainText, clean_lines
from marketplace.web.fields import lazy as _l


class InterestForm(Form):
    """What is sought from the one behind a listing."""

    own_references: frozenset[str] = frozenset()
    organisation = SelectField(_l("For which organisation"), coerce=int)
    own_listing = SelectField(
        _l("Which of your listings it is about"),
        description=_l("The office sees both together, and why they fit."),
        default="",
    )
    sought = TextAreaField(
        _l("What you would like to do together"),
        [
            Needed(_l("Say in a sentence or two what you would like to do together.")),
            PlainText(TEXT_LENGTH, lines=True),
        ],
        filters=[clean_lines],
        description=_l("For example: a trial order of 200 shafts, then a yearly contract."),
        render_kw={"rows": 4},
    )
    unclear = TextAreaField(
        _l("What is still unclear"),
        [PlainText(TEXT_LENGTH, lines=True)],
        filters=[clean_lines],
        description=_l("For example: whether the surface treatment is done in house."),
        render_kw={"rows": 3},
    )

    def offer(self, organisations: Sequence[tuple[int, str]], own: Sequence[Listing]) -> None:
        """Fill the lists with what the person may choose."""
        self.organisation.choices = list(organisations)
        self.own_references = frozenset(listing.reference or "" for listing in own)
        self.own_listing.choices = [
            ("", _("None of them")),
            *((listing.reference or "", f"{listing.reference} · {listing.title}") for listing in own),
        ]
