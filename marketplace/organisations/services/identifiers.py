"""Legal identifiers of an organisation."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import audit
from marketplace.errors import Invalid, NotFound
from marketplace.organisations.identifiers import check_identifier
from marketplace.organisations.models import Identifier
from marketplace.organisations.queries.found import locked_organisation
from marketplace.organisations.services.verification import end_verification
from marketplace.policy import Actor

MOST = 10


def add_identifier(
    session: Session, actor: Actor, reference: str, *, scheme: str, value: str, now: datetime
) -> Identifier:
    """Add a legal identifier; the same one twice is one.

    Raises
    ------
    Invalid
        Where there are enough, or where the checksum shows a typing error.
    """
    organisation = locked_organisation(session, actor, reference, "organisation:edit")
    checked = check_identifier(organisation.country, scheme, value)
    if not checked.value:
        raise Invalid("value", _("Write the number."), "missing")
    if checked.valid is False:
        raise Invalid(
            "value",
            _("This number has a typing error: its check digit does not fit. Compare it with the document."),
            "checksum",
        )
    for present in organisation.identifiers:
        if (present.scheme, present.value) == (checked.scheme, checked.value):
            return present
    if len(organisation.identifiers) >= MOST:
        raise Invalid("value", _("There are ten numbers already. Remove one first."), "too_many")
    identifier = Identifier(
        country=organisation.country, scheme=checked.scheme, value=checked.value, valid=checked.valid
    )
    organisation.identifiers.append(identifier)
    end_verification(session, organisation, now=now)
    session.flush()
    audit.note(
        session,
        actor.user_id,
        "organisation:edit",
        "organisation",
        organisation.id,
        now,
        {"identifier": identifier.id},
    )
    return identifier


def remove_identifier(
    session: Session, actor: Actor, reference: str, *, identifier_id: int, now: datetime
) -> None:
    """Remove a legal identifier.

    Raises
    ------
    NotFound
        Where the organisation has none of this id.
    """
    organisation = locked_organisation(session, actor, reference, "organisation:edit")
    found = next((row for row in organisation.identifiers if row.id == identifier_id), None)
    if found is None:
        raise NotFound
    organisation.identifiers.remove(found)
    end_verification(session, organisation, now=now)
    audit.note(
        session,
        actor.user_id,
        "organisation:edit",
        "organisation",
        organisation.id,
        now,
        {"identifier_removed": identifier_id},
    )
