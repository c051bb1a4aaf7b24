"""What a merge would do, before anybody does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session, aliased

from marketplace import policy
from marketplace.accounts.models import User
from marketplace.errors import NotFound
from marketplace.listings.models import Listing
from marketplace.matches.models import Match
from marketplace.merging.queries.fields import Field, fields
from marketplace.merging.queries.obstacles import Remark, obstacles, warnings
from marketplace.merging.queries.pointing import following, treated
from marketplace.merging.treatment import How
from marketplace.organisations.models import MemberRole, Membership, Organisation
from marketplace.organisations.queries.found import REFERENCE
from marketplace.organisations.services.values import profile_of
from marketplace.policy import Actor

# The stronger first.
RANK = (MemberRole.OWNER, MemberRole.EDITOR, MemberRole.VIEWER)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two organisations, of which one would be merged into the other."""

    kept: Organisation
    merged: Organisation


@dataclass(frozen=True, slots=True)
class Moving:
    """How many rows of one sort would go over, and how many would stay since the kept one has the same."""

    label: str
    count: int
    staying: int = 0


@dataclass(frozen=True, slots=True)
class InBoth:
    """A person who is a member of both, and what they will be."""

    name: str
    kept: MemberRole
    merged: MemberRole
    role: MemberRole


@dataclass(frozen=True, slots=True)
class Preview:
    """What a merge would do.

    Parameters
    ----------
    kept_reads, merged_reads
        Whether anybody belongs to it who can be told.
    """

    pair: Pair
    fields: Sequence[Field]
    moving: Sequence[Moving]
    in_both: Sequence[InBoth]
    obstacles: Sequence[Remark]
    warnings: Sequence[Remark]
    kept_reads: bool
    merged_reads: bool


def stronger(one: MemberRole, other: MemberRole) -> MemberRole:
    """Return the role that may do more."""
    return min(one, other, key=RANK.index)


def pair_of(session: Session, actor: Actor, kept: str, merged: str) -> Pair:
    """Return two organisations that the actor may merge.

    Raises
    ------
    NotFound
        Where one of them is not there, or they are not both of the actor's office; one that was merged
        already is found.
    """
    asked = [kept.strip().upper(), merged.strip().upper()]
    if not all(REFERENCE.fullmatch(reference) for reference in asked):
        raise NotFound
    rows = session.scalars(sa.select(Organisation).where(Organisation.reference.in_(asked))).all()
    found = {row.reference: row for row in rows}
    if len(found) != len(set(asked)):
        raise NotFound
    pair = Pair(found[asked[0]], found[asked[1]])
    policy.require(actor, "organisation:merge", pair)
    return pair


def preview(session: Session, pair: Pair, choices: Mapping[str, str]) -> Preview:
    """Return what merging would do, by the very conditions that the merge uses."""
    kept, merged = pair.kept, pair.merged
    same = kept.id == merged.id
    return Preview(
        pair=pair,
        fields=fields(profile_of(kept), profile_of(merged), choices),
        moving=[] if same else _moving(session, kept.id, merged.id),
        in_both=[] if same else members_of_both(session, kept.id, merged.id),
        obstacles=obstacles(session, kept, merged),
        warnings=[] if same else warnings(session, kept, merged),
        kept_reads=has_readers(session, kept.id),
        merged_reads=has_readers(session, merged.id),
    )


def has_readers(session: Session, organisation_id: int) -> bool:
    """Tell whether anybody belongs to a record whom the exchange can write to."""
    found = (
        sa.select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organisation_id == organisation_id,
            User.verified_at.is_not(None),
            User.suspended_at.is_(None),
        )
        .limit(1)
    )
    return session.scalar(found) is not None


def _moving(session: Session, kept_id: int, merged_id: int) -> list[Moving]:
    found = []
    for column, treatment in treated():
        if treatment.how is How.STAYS:
            continue
        every = (
            session.scalar(sa.select(sa.func.count()).select_from(column.table).where(column == merged_id))
            or 0
        )
        if not every:
            continue
        follows = (
            session.scalar(
                sa.select(sa.func.count())
                .select_from(column.table)
                .where(following(column, kept_id, merged_id))
            )
            or 0
        )
        found.append(Moving(str(treatment.label), follows, every - follows))
    matches = session.scalar(
        sa.select(sa.func.count(sa.distinct(Match.id)))
        .join(Listing, Listing.id.in_([Match.request_id, Match.offer_id]))
        .where(Listing.organisation_id == merged_id)
    )
    if matches:
        found.append(Moving(_("Matches of its listings"), matches))
    return found


def members_of_both(session: Session, kept_id: int, merged_id: int) -> list[InBoth]:
    """Return who belongs to both."""
    theirs = aliased(Membership)
    rows = session.execute(
        sa.select(User.name, Membership.role, theirs.role)
        .join(Membership, Membership.user_id == User.id)
        .join(theirs, theirs.user_id == User.id)
        .where(Membership.organisation_id == kept_id, theirs.organisation_id == merged_id)
        .order_by(User.name, User.id)
    )
    return [InBoth(name, mine, other, stronger(mine, other)) for name, mine, other in rows]
