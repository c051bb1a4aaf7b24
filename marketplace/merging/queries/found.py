"""Finding merges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload

from marketplace import policy
from marketplace.errors import NotFound
from marketplace.merging.models import Distinct, Merge
from marketplace.merging.queries.preview import Pair
from marketplace.organisations.models import Organisation
from marketplace.policy import Actor

SHOWN = 100


def merge_of(session: Session, actor: Actor, merge_id: int) -> Merge:
    """Return a merge that the actor may undo.

    Raises
    ------
    NotFound
        Where there is none, or it is another office's.
    """
    found = session.get(Merge, merge_id)
    if found is None:
        raise NotFound
    policy.require(actor, "organisation:merge", Pair(found.kept, found.merged))
    return found


def merges_of_office(session: Session, actor: Actor) -> Sequence[Merge]:
    """Return the merges of the actor's office, the newest first."""
    kept, merged = aliased(Organisation), aliased(Organisation)
    return session.scalars(
        sa.select(Merge)
        .join(kept, kept.id == Merge.kept_id)
        .join(merged, merged.id == Merge.merged_id)
        .where(policy.kept_by(actor, kept), policy.kept_by(actor, merged))
        .order_by(Merge.id.desc())
        .limit(SHOWN)
        .options(joinedload(Merge.kept), joinedload(Merge.merged), joinedload(Merge.by))
    ).all()


def distinct_of_office(session: Session, actor: Actor) -> Sequence[Distinct]:
    """Return the pairs that somebody has found not to be the same, the newest first."""
    first, second = aliased(Organisation), aliased(Organisation)
    loads: list[Any] = [
        joinedload(of) for of in (Distinct.organisation, Distinct.other_organisation, Distinct.by)
    ]
    return session.scalars(
        sa.select(Distinct)
        .join(first, first.id == Distinct.organisation_id)
        .join(second, second.id == Distinct.other_organisation_id)
        .where(policy.kept_by(actor, first), policy.kept_by(actor, second))
        .order_by(Distinct.at.desc(), Distinct.organisation_id, Distinct.other_organisation_id)
        .limit(SHOWN)
        .options(*loads)
    ).all()
