"""Words that the other side reads before both have said yes: they may not tell who wrote them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace.accounts.models import User
from marketplace.errors import Invalid
from marketplace.introductions.models import Introduction
from marketplace.introductions.services.present import SHORTEST_NAME
from marketplace.introductions.states import By
from marketplace.listings.services import find_contacts
from marketplace.organisations.models import Membership, Organisation
from marketplace.organisations.names import plain

# Names are compared piece by piece, since the spelling of a long text is not brought into one form whole;
# the pieces overlap by more than a name is long.
PIECE: Final = 1000
STEP: Final = 600


def check_discreet(session: Session, field: str, text: str, introduction: Introduction, by: By) -> None:
    """Refuse a text that holds a contact or tells who somebody is.

    Of what a side writes, only its own names are looked for: to refuse the other side's would tell
    that somebody has guessed it.  An office knows both, and must name neither.

    Raises
    ------
    Invalid
        For ``field``; the message quotes what was found.
    """
    for organisation in _sides(introduction, by):
        found = find_contacts(text, organisation.country if organisation else "")
        if found:
            raise Invalid(
                field,
                _(
                    "“%(found)s” looks like a contact. Take it out: contacts follow by themselves, "
                    "when both sides have said yes.",
                    found=found[0].text,
                ),
                "contact",
            )
        if organisation is not None:
            name = _named(session, text, organisation)
            if name:
                raise Invalid(
                    field,
                    _(
                        "This text holds the name “%(name)s”. Take it out: names follow by themselves, "
                        "when both sides have said yes.",
                        name=name,
                    ),
                    "name",
                )


def _sides(introduction: Introduction, by: By) -> list[Organisation | None]:
    """Return whom a text may not give away; there is one at least, so that it is read at all."""
    if by is By.PROPOSER:
        return [introduction.proposer_organisation]
    if by is By.OTHER:
        return [introduction.other_organisation]
    return [introduction.proposer_organisation, introduction.other_organisation]


def _named(session: Session, text: str, organisation: Organisation) -> str:
    """Return a name of an organisation or of one of its people that stands in the text; ``""`` for none."""
    pieces = [plain(text[start : start + PIECE]) for start in range(0, len(text), STEP)]
    for name in _names(session, organisation):
        spelt = plain(name)
        if len(spelt) >= SHORTEST_NAME and any(f" {spelt} " in f" {piece} " for piece in pieces):
            return name
    return ""


def _names(session: Session, organisation: Organisation) -> Iterator[str]:
    yield from (organisation.name, *organisation.other_names, organisation.name_key)
    people = (
        sa.select(User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id == organisation.id)
    )
    # A first name alone is a word of some language too often.
    yield from (name for name in session.scalars(people.order_by(User.id)) if " " in name.strip())
