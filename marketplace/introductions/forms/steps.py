"""The forms of the steps of an introduction."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from wtforms import HiddenField, TextAreaField

from marketplace.introductions.models import TEXT_LENGTH
from marketplace.introductions.states import Reason
from marketplace.listings.models import Listing
from marketplace.offices.queries import StaffMember
from marketplace.web.choices import SelectField
from marketplace.web.fields import Form, Needed, PlainText, clean_lines
from marketplace.web.fields import lazy as _l
from marketplace.web.words import label

LONGEST_VERSION = 9


class InterestForm(Form):
    """What is sought from the one behind a listing."""

    own_references: frozenset[str] = frozenset()
    organisation = SelectField(_l("For which organisation"), coerce=int)
    own_listing = SelectField(
        _l("Which of your listings it is about"),
        description=_l("The offices see both together, and why they fit."),
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


class StepForm(Form):
    """A form that knows how the introduction stood when it was opened."""

    version = HiddenField()

    def opened_at(self) -> int:
        """Return the version that the form was opened with; -1 for what is none."""
        word = self.text("version")
        return int(word) if word.isascii() and word.isdigit() and len(word) <= LONGEST_VERSION else -1

    def beside(self, name: str, version: int) -> None:
        """Prepare the form to stand on a page with others of its kind.

        Parameters
        ----------
        name
            Of the act; it makes the fields' marks unique.
        version
            Of the introduction, unless the form is shown again after a mistake.
        """
        if not self.version.data:
            self.version.process_data(version)
        for field in self:
            field.id = f"{field.id}-{name}"


class ReasonForm(StepForm):
    """Why not."""

    reason = SelectField(_l("The reason"), default="", validate_choice=False)
    words = TextAreaField(
        _l("More about it"),
        [PlainText(TEXT_LENGTH, lines=True)],
        filters=[clean_lines],
        description=_l("Read by the offices alone; the other side reads the reason above."),
        render_kw={"rows": 3},
    )

    def offer(self, reasons: Sequence[Reason]) -> None:
        """Fill the list of reasons."""
        self.reason.choices = [("", _("Choose …")), *((reason.value, label(reason)) for reason in reasons)]

    def chosen(self) -> Reason | None:
        """Return the reason; ``None`` for none, or for a word that is none."""
        word = self.text("reason")
        return Reason(word) if word in {reason.value for reason in Reason} else None


class PresentForm(StepForm):
    """What the sides are told when they are asked."""

    presented = TextAreaField(
        _l("What you tell the side that is asked"),
        [PlainText(TEXT_LENGTH, lines=True)],
        filters=[clean_lines],
        description=_l("What the other does and seeks, without its name and without contacts."),
        render_kw={"rows": 4},
    )


class OfficerForm(StepForm):
    """Into whose hands."""

    officer = SelectField(_l("Into whose hands"), default="", validate_choice=False)

    def offer(self, people: Sequence[StaffMember]) -> None:
        """Fill the list of colleagues."""
        self.officer.choices = [
            ("", _("Any officer of the office")),
            *((str(person.user_id), person.name) for person in people),
        ]

    def chosen(self) -> int | None:
        """Return the user's key; ``None`` for the whole office, -1 for what is no key."""
        word = self.text("officer")
        if not word:
            return None
        return int(word) if word.isascii() and word.isdigit() and len(word) <= LONGEST_VERSION else -1


class ProposeForm(PresentForm):
    """Two listings whose sides are to be introduced to each other."""

    first = HiddenField()
    second = HiddenField()
