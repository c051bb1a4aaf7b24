"""The tags of an office, and those of its organisations."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import policy
from marketplace.databank.models import OrganisationTag, Tag
from marketplace.organisations.models import Organisation
from marketplace.policy import Actor


@dataclass(frozen=True, slots=True)
class OfficeTag:
    """A tag as it is shown; its key is what an address says."""

    key: str
    word: str
    count: int = 0


def tags_of(session: Session, keys: Collection[int]) -> Mapping[int, tuple[OfficeTag, ...]]:
    """Return the tags of some organisations, those that their present offices have given them."""
    rows = session.execute(
        sa.select(OrganisationTag.organisation_id, Tag.key, Tag.word)
        .join(Tag, Tag.id == OrganisationTag.tag_id)
        .join(Organisation, Organisation.id == OrganisationTag.organisation_id)
        .where(OrganisationTag.organisation_id.in_(keys), Tag.office_id == Organisation.office_id)
        .order_by(Tag.key)
    )
    found: dict[int, list[OfficeTag]] = {}
    for organisation_id, key, word in rows:
        found.setdefault(organisation_id, []).append(OfficeTag(key, word))
    return {organisation_id: tuple(tags) for organisation_id, tags in found.items()}


def tags_in_use(session: Session, actor: Actor) -> Sequence[OfficeTag]:
    """Return the tags in the actor's databank, each with how many organisations have it."""
    rows = session.execute(
        sa.select(Tag.key, sa.func.min(Tag.word), sa.func.count())
        .join(OrganisationTag, OrganisationTag.tag_id == Tag.id)
        .join(Organisation, Organisation.id == OrganisationTag.organisation_id)
        .where(Tag.office_id == Organisation.office_id, policy.kept_by(actor, Organisation))
        .group_by(Tag.key)
        .order_by(Tag.key)
    )
    return [OfficeTag(*row) for row in rows]
