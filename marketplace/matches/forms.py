"""The form with which a match is waved away."""

from __future__ import annotations

from wtforms import StringField

from marketplace.matches.models import DismissReason
from marketplace.matches.services.dismiss import TEXT_LENGTH
from marketplace.web.choices import SelectField
from marketplace.web.fields import Form, PlainText, clean_text
from marketplace.web.fields import lazy as _l
from marketplace.web.words import label


class DismissForm(Form):
    """Why a match is of no use; several of these stand on one page, told apart by their prefix."""

    reason = SelectField(
        _l("Why not"), choices=lambda: [(reason.value, label(reason)) for reason in DismissReason]
    )
    words = StringField(
        _l("In your words"),
        [PlainText(TEXT_LENGTH)],
        filters=[clean_text],
        description=_l("Needed for “Another reason”. Only the offices read it."),
    )

    @classmethod
    def of(cls, match_id: int) -> DismissForm:
        """Return the form of one match."""
        return cls(prefix=f"m{match_id}-")
