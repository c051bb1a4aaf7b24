"""What in a listing's words holds it for review: contact details, or the name it should not show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from marketplace.listings.kinds import FIELDS, Type
from marketplace.listings.models import Listing
from marketplace.listings.services.contacts import Contact, find_contacts
from marketplace.listings.services.values import ListingValues
from marketplace.organisations.models import Organisation

# A name of fewer letters is found in too many other words.
SHORTEST_NAME: Final = 4
NAME: Final = "name"


def texts(of: ListingValues | Listing) -> Iterator[tuple[str, str]]:
    """Return the field's name and the words of everything in a listing that others read."""
    yield "title", of.title
    yield "summary", of.summary
    yield "description", of.description
    yield "partner_sought", of.partner_sought
    phrases = (entry if isinstance(entry, str) else entry.phrase for entry in of.capabilities)
    yield "capabilities", "\n".join(phrases)
    yield "held_certificates", "\n".join(of.held_certificates)
    for field in FIELDS[of.kind]:
        value = of.details.get(field.name)
        if value and field.type in {Type.TERMS, Type.TEXT, Type.LONG_TEXT}:
            yield f"details-{field.name}", "\n".join(value) if isinstance(value, list) else str(value)
    conditions = "\n".join("\n".join((*row.terms, row.evidence)) for row in of.requirements)
    yield "requirements", conditions


def contacts_in(of: ListingValues | Listing) -> frozenset[tuple[str, Contact]]:
    """Return every contact detail in a listing, with the field that it stands in."""
    return frozenset(
        (field, contact) for field, text in texts(of) if text for contact in find_contacts(text, of.country)
    )


def reasons_to_hold(of: ListingValues | Listing, organisation: Organisation | None) -> list[str]:
    """Return why review must look closer, as ``field:reason``; empty where nothing was found.

    The reasons are ``email``, ``phone``, ``link``, ``handle``, and ``name`` where an anonymous
    listing names its organisation.
    """
    reasons = {f"{field}:{contact.sort.value}" for field, contact in contacts_in(of)}
    if of.anonymous and organisation is not None:
        names = [
            name.casefold()
            for name in (organisation.name, *organisation.other_names, organisation.name_key)
            if len(name) >= SHORTEST_NAME
        ]
        reasons |= {
            f"{field}:{NAME}" for field, text in texts(of) if any(name in text.casefold() for name in names)
        }
    return sorted(reasons)
