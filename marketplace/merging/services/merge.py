"""Merging a duplicate into the organisation that stays, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import audit, outbox, policy
from marketplace.accounts.models import User
from marketplace.db import Base
from marketplace.errors import Conflict, Invalid
from marketplace.introductions.models import Introduction
from marketplace.listings.models import Listing, next_change
from marketplace.matches.models import Match
from marketplace.merging.models import Merge
from marketplace.merging.queries.fields import merged_profile
from marketplace.merging.queries.obstacles import obstacles
from marketplace.merging.queries.pointing import followers, following
from marketplace.merging.queries.preview import Pair, pair_of, stronger
from marketplace.merging.queries.recorded import Row
from marketplace.merging.services.journal import Journal
from marketplace.offices.queries import covering_office_id
from marketplace.organisations.models import Invitation, Membership, Organisation, Verification
from marketplace.organisations.services.values import IDENTITY, profile_of, write_profile
from marketplace.organisations.services.verification import end_verification, standing_records
from marketplace.policy import Actor

Versions = tuple[int, int]
# Written by SQLAlchemy and by the clock: no value that anybody has replaced.
OWN = frozenset({"id", "version", "updated_at"})


def merge_organisations(
    session: Session,
    actor: Actor,
    *,
    kept: str,
    merged: str,
    choices: Mapping[str, str],
    versions: Versions,
    now: datetime,
) -> Merge:
    """Merge a duplicate into the organisation that stays.

    Parameters
    ----------
    kept, merged
        References; the second remains as a stub that leads to the first.
    choices
        Field → ``kept`` or ``merged``, where an officer has chosen; else gaps are filled.
    versions
        Of the two when the preview was shown.

    Raises
    ------
    NotFound
        Where they are not both of the actor's office.
    Conflict
        Where one was merged or changed since the preview.
    Invalid
        Where it is dangerous; the text says why.
    """
    pair = lock_pair(session, actor, kept, merged)
    refuse_merged(session, pair)
    if (pair.kept.version, pair.merged.version) != versions:
        raise Conflict(_("One of the two has been changed since you opened this page. Look at them again."))
    found = obstacles(session, pair.kept, pair.merged)
    if found:
        raise Invalid("", " ".join(remark.text for remark in found), found[0].code)
    journal = Journal(session)
    _keep_consents(journal, pair)
    _join(session, journal, pair, now)
    listings = _follow(session, journal, pair)
    _part_from_itself(journal, pair, listings)
    _write_values(session, journal, pair, choices, now)
    merge = Merge(
        kept_id=pair.kept.id, merged_id=pair.merged.id, by_id=actor.user_id, at=now, journal=journal.pages
    )
    session.add(merge)
    session.flush()
    _tell(session, actor, merge, now)
    return merge


def lock_pair(session: Session, actor: Actor, kept: str, merged: str) -> Pair:
    """Return the two for writing; always in the same order, so that nobody waits for each other."""
    pair = pair_of(session, actor, kept, merged)
    both = [pair.kept.id, pair.merged.id]
    # Whoever accepts an invitation holds it, and then the organisation: in this order here, too.
    session.execute(
        sa.select(Invitation.id)
        .where(Invitation.organisation_id.in_(both))
        .order_by(Invitation.id)
        .with_for_update()
    )
    session.scalars(
        sa.select(Organisation)
        .where(Organisation.id.in_(both))
        .order_by(Organisation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    policy.require(actor, "organisation:merge", pair)
    return pair


def refuse_merged(session: Session, pair: Pair) -> None:
    """Refuse where somebody else was faster, and say what they have done.

    Raises
    ------
    Conflict
        Where one of the two is a duplicate already.
    """
    for one in (pair.kept, pair.merged):
        if one.merged_into_id is None:
            continue
        into = session.get_one(Organisation, one.merged_into_id)
        by = session.scalar(
            sa.select(User.name)
            .join(Merge, Merge.by_id == User.id)
            .where(Merge.merged_id == one.id, Merge.undone_at.is_(None))
        )
        raise Conflict(
            _(
                "%(name)s has been merged into %(into)s (%(reference)s) already, by %(by)s.",
                name=one.name,
                into=into.name,
                reference=into.reference or "",
                by=by or _("an administrator"),
            )
        )


def _keep_consents(journal: Journal, pair: Pair) -> None:
    """Write down as whom each side has said yes: contacts are opened to nobody else."""
    table = cast(sa.Table, Introduction.__table__)
    for side in ("proposer", "other"):
        organisation, as_whom = table.c[f"{side}_organisation_id"], table.c[f"{side}_as_id"]
        for one in (pair.kept.id, pair.merged.id):
            said_yes = table.c[f"{side}_accepted_at"].is_not(None)
            journal.set(as_whom, one, sa.and_(organisation == one, said_yes, as_whom.is_(None)))


def _join(session: Session, journal: Journal, pair: Pair, now: datetime) -> None:
    """Let the duplicate's members belong to the kept one; of two roles, the stronger one stays."""
    of_kept, of_merged = (
        {
            row.user_id: row
            for row in session.scalars(
                sa.select(Membership)
                .where(Membership.organisation_id == one.id)
                .order_by(Membership.user_id)
                .with_for_update()
                .execution_options(populate_existing=True)
            )
        }
        for one in (pair.kept, pair.merged)
    )
    table = cast(sa.Table, Membership.__table__)
    for user_id, theirs in of_merged.items():
        mine = of_kept.get(user_id)
        if mine is None:
            values = {"organisation_id": pair.kept.id, "user_id": user_id, "role": theirs.role}
            journal.add(table, {**values, "since": now, "by_merge": True})
        elif (role := stronger(mine.role, theirs.role)) is not mine.role:
            key = {"organisation_id": pair.kept.id, "user_id": user_id}
            journal.note(table.name, key, {"role": mine.role}, {"role": role})
            mine.role = role
    session.flush()


def _follow(session: Session, journal: Journal, pair: Pair) -> list[int]:
    """Give the kept one all that points at the duplicate; return the listings that went over."""
    listings: list[int] = []
    for column in followers():
        keys = journal.set(column, pair.kept.id, following(column, pair.kept.id, pair.merged.id))
        if column.table.name == Listing.__tablename__:
            listings = [key["id"] for key in keys]
    renumber(session, listings)
    return listings


def renumber(session: Session, listings: list[int]) -> None:
    """Let every replica read listings again, whose organisation is another one now."""
    for key in listings:
        session.execute(
            sa.update(Listing)
            .where(Listing.id == key)
            .values(change=next_change(session))
            .execution_options(synchronize_session=False)
        )


def _part_from_itself(journal: Journal, pair: Pair, listings: list[int]) -> None:
    """Take away the matches of the kept one with itself; what dismissals say stays."""
    own = sa.select(Listing.id).where(Listing.organisation_id == pair.kept.id)
    if listings:
        table = cast(sa.Table, Match.__table__)
        journal.remove(table, sa.and_(table.c.request_id.in_(own), table.c.offer_id.in_(own)))


def _write_values(
    session: Session, journal: Journal, pair: Pair, choices: Mapping[str, str], now: datetime
) -> None:
    """Write the values that stand, and make a stub of the duplicate."""
    kept, merged = pair.kept, pair.merged
    before = {one.id: _columns(one) for one in (kept, merged)}
    changed = write_profile(kept, merged_profile(profile_of(kept), profile_of(merged), choices))
    if "country" in changed:
        kept.office_id = covering_office_id(session, kept.country)
    checks = standing_records(session, kept.id)
    stood = {check.id: _columns(check) for check in checks}
    if changed & IDENTITY:
        end_verification(session, kept, now=now)
    merged.merged_into_id = kept.id
    merged.suspended_at = merged.suspended_at or now
    # A version of its own even where no value changes: whoever has it open is told.
    kept.updated_at = merged.updated_at = now
    session.flush()
    for one in (kept, merged):
        _note(journal, one, before[one.id])
    for check in checks:
        _note(journal, check, stood[check.id])


def _note(journal: Journal, one: Organisation | Verification, was: Row) -> None:
    """Write down in what a row differs from what it was."""
    became = _columns(one)
    differing = [name for name in was if was[name] != became[name]]
    if differing:
        journal.note(
            one.__tablename__,
            {"id": one.id},
            {name: was[name] for name in differing},
            {name: became[name] for name in differing},
        )


def _columns(one: Organisation | Verification) -> Row:
    table: Any = Base.metadata.tables[one.__tablename__]
    values = {column.name: getattr(one, column.name) for column in table.columns}
    return {
        name: list(value) if isinstance(value, list) else value
        for name, value in values.items()
        if name not in OWN
    }


def _tell(session: Session, actor: Actor, merge: Merge, now: datetime) -> None:
    for thing, facts in (
        (merge.kept_id, {"merge": merge.id, "merged": merge.merged_id}),
        (merge.merged_id, {"merge": merge.id, "kept": merge.kept_id}),
    ):
        audit.note(session, actor.user_id, audit.MERGED, "organisation", thing, now, facts)
    outbox.record(session, "OrganisationMerged", {"merge": merge.id}, at=now, key=f"merge:{merge.id}")
    outbox.record(session, "OrganisationChanged", {"organisation": merge.kept_id}, at=now)
