"""What undoing a merge would do, and what forbids it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace.accounts.models import User
from marketplace.introductions.models import Introduction
from marketplace.introductions.states import LIVE
from marketplace.merging.models import Merge
from marketplace.merging.queries.obstacles import Remark, references
from marketplace.merging.queries.recorded import stored
from marketplace.merging.treatment import TREATMENTS
from marketplace.organisations.models import MemberRole, Membership, Organisation

UNDO_DAYS: Final = 30
MEMBERSHIP: Final = Membership.__tablename__
INTRODUCTION: Final = Introduction.__tablename__
ORGANISATION: Final = Organisation.__tablename__
# What makes the stub one; it is written back whatever has become of the rest.
STUB: Final = ("merged_into_id", "suspended_at")


@dataclass(slots=True)
class Undoing:
    """What undoing would do.

    Parameters
    ----------
    returning
        Sort of rows → how many go back.
    obstacles
        Why it cannot be undone; nothing where it can.
    staying
        What was changed since and stays as it is, in words.
    """

    returning: Counter[str] = field(default_factory=Counter)
    obstacles: list[Remark] = field(default_factory=list)
    staying: list[Remark] = field(default_factory=list)
    changed_fields: list[str] = field(default_factory=list)


def undo_until(merge: Merge) -> datetime:
    """Return until when a merge can be undone."""
    return merge.at + timedelta(days=UNDO_DAYS)


def entries(merge: Merge, page: str, *tables: str) -> list[Mapping[str, Any]]:
    """Return what a merge has written down on one of the journal's pages, of some tables or of all."""
    return [one for one in merge.journal[page] if not tables or one["table"] in tables]


def undoing(session: Session, merge: Merge, now: datetime) -> Undoing:
    """Find out what undoing a merge would do now."""
    found = Undoing()
    if now > undo_until(merge):
        text = _("A merge can be undone for %(days)s days; these are over.", days=UNDO_DAYS)
        found.obstacles.append(Remark("too_late", text))
    _later_merges(session, merge, found)
    if merge.kept.suspended_at is not None and merge.kept.merged_into_id is None:
        text = _("%(name)s is suspended. Readmit it first, or leave it as it is.", name=merge.kept.name)
        found.obstacles.append(Remark("suspended", text))
    _rows(session, merge, found)
    _introductions(session, merge, found)
    _members(session, merge, found)
    return found


def _later_merges(session: Session, merge: Merge, found: Undoing) -> None:
    both = [merge.kept_id, merge.merged_id]
    later = session.scalars(
        sa.select(Organisation.name)
        .join(Merge, Merge.merged_id == Organisation.id)
        .where(
            Merge.id > merge.id,
            Merge.undone_at.is_(None),
            sa.or_(Merge.kept_id.in_(both), Merge.merged_id.in_(both)),
        )
        .order_by(Merge.id)
    ).all()
    if later:
        text = _("Another merge came after it, of %(names)s. Undo that one first.", names=references(later))
        found.obstacles.append(Remark("later_merge", text))


def _rows(session: Session, merge: Merge, found: Undoing) -> None:
    """Look at each row that went over, whether it is still where the merge has put it."""
    elsewhere = gone = 0
    for entry in entries(merge, "changed"):
        now = stored(session, entry)
        columns = entry["is"]
        if entry["table"] == ORGANISATION and entry["key"]["id"] in {merge.kept_id, merge.merged_id}:
            _fields(merge, entry, now or {}, found)
        elif now is None:
            gone += 1
        elif entry["table"] == MEMBERSHIP:
            continue
        elif any(now[name] != value for name, value in columns.items()):
            elsewhere += 1
        else:
            treatment = TREATMENTS.get(f"{entry['table']}.{next(iter(columns))}")
            if treatment is not None and not next(iter(columns)).endswith("_as_id"):
                found.returning[str(treatment.label)] += 1
    if elsewhere:
        text = _("%(count)s of the things that went over belong to somebody else now.", count=elsewhere)
        found.obstacles.append(Remark("elsewhere", text))
    if gone:
        text = _("%(count)s of the things that went over were removed since. They stay removed.", count=gone)
        found.staying.append(Remark("gone", text))


def _fields(merge: Merge, entry: Mapping[str, Any], now: Mapping[str, Any], found: Undoing) -> None:
    if entry["key"]["id"] != merge.kept_id:
        return
    found.changed_fields.extend(
        name for name, value in entry["is"].items() if now[name] != value and name not in STUB
    )


def _introductions(session: Session, merge: Merge, found: Undoing) -> None:
    """Refuse where somebody has said yes as the merged organisation: nobody knows for which record."""
    moved: dict[int, list[str]] = {}
    for entry in entries(merge, "changed", INTRODUCTION):
        column = next(iter(entry["is"]))
        if column.endswith("_organisation_id"):
            moved.setdefault(entry["key"]["id"], []).append(column.removesuffix("_organisation_id"))
    rows = session.scalars(sa.select(Introduction).where(Introduction.id.in_(sorted(moved)))).all()
    consented = [
        row.reference
        for row in rows
        for side in moved[row.id]
        if (said := getattr(row, f"{side}_accepted_at")) is not None and said > merge.at
    ]
    if consented:
        text = _(
            "Since then a yes was given in %(references)s, for both records at once. It cannot be given "
            "back to one.",
            references=references(consented),
        )
        found.obstacles.append(Remark("consented", text))
    listings = [entry["key"]["id"] for entry in entries(merge, "changed", "listing")]
    begun = session.scalars(
        sa.select(Introduction)
        .where(
            sa.or_(
                Introduction.proposer_listing_id.in_(listings), Introduction.other_listing_id.in_(listings)
            ),
            Introduction.proposed_at > merge.at,
            Introduction.id.not_in(sorted(moved)),
        )
        .order_by(Introduction.id)
    ).all()
    held = [row.reference for row in begun if row.state in LIVE or row.revealed_at is not None]
    if held:
        text = _(
            "Introductions of its listings have begun since: %(references)s. They are between other people.",
            references=references(held),
        )
        found.obstacles.append(Remark("begun", text))
    over = [row.reference for row in begun if row.reference not in held]
    if over:
        text = _(
            "%(references)s began since and came to nothing; it stays as it is.", references=references(over)
        )
        found.staying.append(Remark("over", text))


def _members(session: Session, merge: Merge, found: Undoing) -> None:
    """Say who comes back, who has left since, and whose role was changed."""
    brought = {entry["key"]["user_id"]: entry["is"]["role"] for entry in entries(merge, "added", MEMBERSHIP)}
    roles = session.execute(
        sa.select(Membership.user_id, Membership.role).where(Membership.organisation_id == merge.kept_id)
    )
    now = {row.user_id: row.role for row in roles}
    back = [key for key in brought if key in now]
    if back:
        found.returning[str(TREATMENTS["membership.organisation_id"].label)] += len(back)
    names = {row.id: row.name for row in session.scalars(sa.select(User).where(User.id.in_(sorted(brought))))}
    left = [names.get(key, "?") for key in brought if key not in now]
    if left:
        text = _("%(names)s left since, and will not come back.", names=references(left))
        found.staying.append(Remark("left", text))
    other = [names.get(key, "?") for key in back if now[key].value != brought[key]]
    if other:
        text = _(
            "The role of %(names)s was changed since; it will be the earlier one.", names=references(other)
        )
        found.staying.append(Remark("roles", text))
    others = {key: role for key, role in now.items() if key not in brought}
    owned_before = MemberRole.OWNER in now.values() and others
    if owned_before and MemberRole.OWNER not in _roles_after(merge, others).values():
        text = _(
            "%(name)s would be left without an owner. Make somebody an owner first.", name=merge.kept.name
        )
        found.obstacles.append(Remark("no_owner", text))


def _roles_after(merge: Merge, roles: Mapping[int, MemberRole]) -> dict[int, MemberRole]:
    """Return the roles that would remain once those that the merge has raised are as before."""
    found = dict(roles)
    for entry in entries(merge, "changed", MEMBERSHIP):
        key = entry["key"]["user_id"]
        if key in found and found[key].value == entry["is"]["role"]:
            found[key] = MemberRole(entry["was"]["role"])
    return found


def remaining(merge: Merge, memberships: Sequence[int]) -> list[int]:
    """Return who belonged to the duplicate, was brought over, and has left the kept one since."""
    return [
        key
        for entry in entries(merge, "added", MEMBERSHIP)
        if (key := int(entry["key"]["user_id"])) not in memberships
    ]
