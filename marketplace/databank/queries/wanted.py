"""What an officer looks for in the databank, as conditions in SQL."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import policy
from marketplace.databank.models import OrganisationTag, Tag
from marketplace.organisations.models import Identifier, Membership, Organisation, OrganisationType
from marketplace.organisations.queries.completeness import less_complete_than
from marketplace.organisations.queries.directory import in_sector, says_all
from marketplace.policy import Actor

# After this time the office should look again.
OLD: Final = timedelta(days=365)
_PUNCTUATION: Final = re.compile(r"[\s./\-–—_:]+")


class Standing(enum.StrEnum):
    """Whether an organisation is verified."""

    VERIFIED = "yes"
    NOT = "no"
    # Verified, but more than a year ago.
    OLD = "old"


class Order(enum.StrEnum):
    """What comes first."""

    NAME = "name"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which organisations are wanted.

    Parameters
    ----------
    text
        Part of a name or a place, or a whole legal identifier.
    country
        ISO 3166-1 alpha-2.
    sector
        A code of ISIC Rev.4; classes below it are found too.
    tag
        The key of a tag.
    below
        Less complete than so many percent.
    alone
        Without a member.
    office_id
        Of one office, for those who see several.
    """

    text: str = ""
    country: str = ""
    sector: str = ""
    type: OrganisationType | None = None
    tag: str = ""
    standing: Standing | None = None
    below: int | None = None
    women_led: bool = False
    suspended: bool = False
    alone: bool = False
    office_id: int | None = None


def conditions(session: Session, actor: Actor, wanted: Wanted, now: datetime) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of what is wanted, of what the actor's databank holds."""
    kept = policy.kept_by(actor, Organisation)
    equal = (
        (Organisation.office_id, wanted.office_id),
        (Organisation.country, wanted.country or None),
        (Organisation.type, wanted.type),
    )
    # What is only the stub of a duplicate stands with the record that was kept.
    whole = Organisation.merged_into_id.is_(None)
    found = [kept, whole, *(column == value for column, value in equal if value is not None)]
    flags = (
        (wanted.women_led, Organisation.women_led.is_(True)),
        (wanted.suspended, Organisation.suspended_at.is_not(None)),
        (wanted.alone, ~sa.exists().where(Membership.organisation_id == Organisation.id)),
    )
    found += [condition for asked, condition in flags if asked]
    if wanted.text:
        found.append(_said(session, wanted.text, kept))
    if wanted.sector:
        found.append(in_sector(wanted.sector))
    if wanted.tag:
        found.append(_tagged(wanted.tag))
    if wanted.standing is not None:
        found.append(_standing(wanted.standing, now))
    if wanted.below is not None:
        found.append(less_complete_than(wanted.below))
    return found


def _said(session: Session, text: str, kept: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Return whether an organisation has the text in its name or place, or as a number of its own."""
    number = _PUNCTUATION.sub("", text).upper()
    numbered = sa.exists().where(Identifier.organisation_id == Organisation.id, Identifier.value == number)
    return sa.or_(sa.and_(*says_all(session, text, kept)), numbered)


def _tagged(key: str) -> sa.ColumnElement[bool]:
    """Return whether the organisation's present office has given it a tag."""
    return sa.exists().where(
        OrganisationTag.organisation_id == Organisation.id,
        OrganisationTag.tag_id == Tag.id,
        Tag.key == key,
        Tag.office_id == Organisation.office_id,
    )


def _standing(standing: Standing, now: datetime) -> sa.ColumnElement[bool]:
    if standing is Standing.NOT:
        return Organisation.verified_at.is_(None)
    if standing is Standing.OLD:
        return Organisation.verified_at < now - OLD
    return Organisation.verified_at.is_not(None)
