"""Colleagues, and what officers say of an organisation."""

from __future__ import annotations

from wtforms import RadioField, StringField
from wtforms.validators import InputRequired

from marketplace.accounts.forms import email_field
from marketplace.organisations.models import MemberRole
from marketplace.web.choices import SelectField
from marketplace.web.fields import Form, Needed, PlainText, clean_text
from marketplace.web.fields import lazy as _l
from marketplace.web.words import label

REASON_LENGTH = 500


class InviteForm(Form):
    """A colleague to be invited."""

    email = email_field()
    role = RadioField(
        _l("What they may do"),
        [InputRequired(_l("Choose what they may do."))],
        choices=lambda: [
            (MemberRole.EDITOR.value, _l("Editor: writes listings and the profile")),
            (MemberRole.VIEWER.value, _l("Viewer: reads everything, changes nothing")),
            (MemberRole.OWNER.value, _l("Owner: also decides who belongs to the organisation")),
        ],
        default=MemberRole.EDITOR.value,
    )


class RoleForm(Form):
    """What a colleague may do."""

    role = SelectField(
        _l("Role"),
        choices=lambda: [(role.value, label(role)) for role in MemberRole],
        default=MemberRole.EDITOR.value,
    )


class ReasonForm(Form):
    """Why something is done to an organisation."""

    reason = StringField(
        _l("Reason"),
        [Needed(_l("Write why; it is kept in the record.")), PlainText(REASON_LENGTH)],
        filters=[clean_text],
    )
