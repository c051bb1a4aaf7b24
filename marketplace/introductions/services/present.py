"""What an officer tells the sides that are asked: no word of it may say who they are."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext as _

from marketplace.errors import Invalid
from marketplace.introductions.services.move import check_length
from marketplace.listings.services import find_contacts
from marketplace.organisations.models import Organisation
from marketplace.organisations.names import plain

# A name of fewer letters is found in too many other words.
SHORTEST_NAME: Final = 4


def check_presented(text: str, *organisations: Organisation | None) -> None:
    """Refuse a text that names one of the sides or holds a contact.

    Raises
    ------
    Invalid
        For ``presented``.
    """
    check_length("presented", text)
    for organisation in organisations:
        if organisation is not None:
            _check_names(text, organisation)
            if find_contacts(text, organisation.country):
                raise Invalid(
                    "presented",
                    _("There is an address, a link or a number in this text. Contacts follow by themselves."),
                    "contact",
                )


def _check_names(text: str, organisation: Organisation) -> None:
    read = plain(text)
    names = (plain(name) for name in (organisation.name, *organisation.other_names, organisation.name_key))
    if any(len(name) >= SHORTEST_NAME and name in read for name in names):
        raise Invalid(
            "presented",
            _("This text names %(name)s. Say what it does, not who it is.", name=organisation.name),
            "name",
        )
