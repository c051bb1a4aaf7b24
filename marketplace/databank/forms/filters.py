"""What the list of the databank can be narrowed by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask_babel import gettext as _
from wtforms import BooleanField, SearchField

from marketplace.databank.queries.tags import OfficeTag
from marketplace.databank.queries.wanted import Order, Standing
from marketplace.offices.models import Office
from marketplace.organisations.models import OrganisationType
from marketplace.web.choices import SelectField
from marketplace.web.fields import QUERY_LENGTH, CountryField, Form
from marketplace.web.fields import lazy as _l
from marketplace.web.words import label
from matching.sectors import sector_title, sectors

DIVISIONS: Final = tuple(code for code, sector in sectors().items() if sector.level == "division")
PERCENTS: Final = (25, 50, 75, 100)


class FilterForm(Form):
    """Which organisations are wanted; names of fields are the words of the address."""

    q = SearchField(_l("Name, town, number"), render_kw={"maxlength": QUERY_LENGTH})
    country = CountryField(_l("Country"))
    sector = SelectField(_l("Sector"), default="", validate_choice=False)
    type = SelectField(_l("Type"), default="", validate_choice=False)
    tag = SelectField(_l("Tag"), default="", validate_choice=False)
    verified = SelectField(_l("Verification"), default="", validate_choice=False)
    below = SelectField(_l("Profile"), default="", validate_choice=False)
    office = SelectField(_l("Office"), default="", validate_choice=False)
    order = SelectField(_l("Order"), default="", validate_choice=False)
    women = BooleanField(_l("Led by women"), false_values=("", "no"))
    alone = BooleanField(_l("Without a member"), false_values=("", "no"))
    suspended = BooleanField(_l("Suspended"), false_values=("", "no"))

    @staticmethod
    def words_of_address() -> tuple[str, ...]:
        """Return the names of all filters."""
        return (
            "q", "country", "sector", "type", "tag", "verified", "below", "office", "order", "women", "alone",
            "suspended",
        )  # fmt: skip

    def offer(self, tags: Sequence[OfficeTag], offices: Sequence[Office]) -> None:
        """Fill the lists."""
        self.country.choices = [("", _("All countries")), *self.country.names()]
        self.sector.choices = [
            ("", _("All sectors")),
            *((code, f"{code} · {sector_title(code)}") for code in DIVISIONS),
        ]
        self.type.choices = [("", _("All types")), *((kind.value, label(kind)) for kind in OrganisationType)]
        self.tag.choices = [("", _("All tags")), *((tag.key, f"{tag.word} ({tag.count})") for tag in tags)]
        self.verified.choices = [
            ("", _("Verified or not")),
            (Standing.VERIFIED.value, _("Verified")),
            (Standing.OLD.value, _("Verified more than a year ago")),
            (Standing.NOT.value, _("Not verified")),
        ]
        self.below.choices = [
            ("", _("However complete")),
            *((str(most), _("Less than %(most)s of 100", most=most)) for most in PERCENTS),
        ]
        self.office.choices = [("", _("All offices")), *((office.code, office.name) for office in offices)]
        self.order.choices = [("", _("By name")), (Order.CHANGED.value, _("Last change first"))]
