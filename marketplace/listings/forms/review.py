"""The form with which an officer returns a listing."""

from __future__ import annotations

from typing import Final

from wtforms import HiddenField, TextAreaField

from marketplace.listings.forms.fields import TickField
from marketplace.web.fields import Form
from marketplace.web.fields import lazy as _l

# What officers return listings for, in the words that the author will read.
REASONS: Final = {
    "contact": _l(
        "There is a name, an address, a number or a link in the text. Please take it out; "
        "contacts are shown when both sides agree."
    ),
    "unclear": _l(
        "It is not clear enough what is needed or offered. "
        "Please say it so that a stranger can decide whether it concerns them."
    ),
    "deadline": _l("Please set a day by which answers are wanted, and leave suppliers enough time."),
    "double": _l("You have another listing for the same. Please close one of them."),
    "kind": _l("Kind or sectors do not fit the text. Please choose others."),
    "no_partnership": _l(
        "This looks for customers rather than for a partner. Please describe the cooperation you seek."
    ),
}


class ReturnForm(Form):
    """Why a listing goes back to its author."""

    version = HiddenField()
    reasons = TickField(_l("What has to be mended"), choices=list(REASONS.items()))
    words = TextAreaField(_l("In your own words"), render_kw={"rows": 3, "maxlength": 600})

    def reason(self) -> str:
        """Return the chosen reasons and the officer's words, as the author reads them."""
        chosen = [str(REASONS[key]) for key in self.reasons.data or () if key in REASONS]
        return "\n".join([*chosen, (self.words.data or "").strip()]).strip()
