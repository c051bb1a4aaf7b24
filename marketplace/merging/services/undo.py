"""Undoing a merge: what it wrote down is played back, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import audit, outbox
from marketplace.errors import Conflict, Invalid
from marketplace.merging.models import Merge
from marketplace.merging.queries.found import merge_of
from marketplace.merging.queries.preview import Pair
from marketplace.merging.queries.recorded import from_json, stored, table_of, where
from marketplace.merging.queries.undoing import ORGANISATION, STUB, entries, remaining, undoing
from marketplace.merging.services.merge import lock_pair, renumber
from marketplace.organisations.models import Membership
from marketplace.policy import Actor


def undo_merge(session: Session, actor: Actor, *, merge_id: int, version: int, now: datetime) -> Pair:
    """Make two organisations of one again.

    Parameters
    ----------
    version
        Of the kept organisation when what undoing would do was shown.

    Raises
    ------
    NotFound
        Where there is no such merge in the actor's office.
    Conflict
        Where somebody else has undone it, or changed the organisation since.
    Invalid
        Where it cannot be undone; the text says why.
    """
    merge = merge_of(session, actor, merge_id)
    pair = lock_pair(session, actor, merge.kept.reference or "", merge.merged.reference or "")
    session.refresh(merge)
    if merge.undone_at is not None:
        raise Conflict(_("Somebody else has undone this merge already."))
    if pair.kept.version != version:
        raise Conflict(_("The organisation has been changed since you opened this page. Look again."))
    found = undoing(session, merge, now)
    if found.obstacles:
        raise Invalid("", " ".join(remark.text for remark in found.obstacles), found.obstacles[0].code)
    _forget_who_left(session, merge)
    for entry in reversed(entries(merge, "changed")):
        _give_back(session, pair, entry)
    for entry in entries(merge, "added"):
        table = table_of(entry)
        session.execute(sa.delete(table).where(*where(table, entry["key"])))
    for entry in entries(merge, "removed"):
        _put_back(session, entry["table"], entry["row"])
    renumber(session, [entry["key"]["id"] for entry in entries(merge, "changed", "listing")])
    merge.undone_at, merge.undone_by_id = now, actor.user_id
    pair.kept.updated_at = pair.merged.updated_at = now
    session.flush()
    session.expire_all()
    for one, other in ((pair.kept, {"merged": pair.merged.id}), (pair.merged, {"kept": pair.kept.id})):
        facts = {"merge": merge.id, **other}
        audit.note(session, actor.user_id, audit.UNMERGED, "organisation", one.id, now, facts)
        outbox.record(session, "OrganisationChanged", {"organisation": one.id}, at=now)
    outbox.record(session, "OrganisationMergeUndone", {"merge": merge.id}, at=now, key=f"unmerge:{merge.id}")
    return pair


def _forget_who_left(session: Session, merge: Merge) -> None:
    """Let who has left the kept one since not come back by the undoing."""
    present = session.scalars(
        sa.select(Membership.user_id).where(Membership.organisation_id == merge.kept_id)
    ).all()
    gone = remaining(merge, present)
    session.execute(
        sa.delete(Membership).where(
            Membership.organisation_id == merge.merged_id, Membership.user_id.in_(gone)
        )
    )


def _give_back(session: Session, pair: Pair, entry: Mapping[str, Any]) -> None:
    """Write what a row was, as far as nobody has changed it since."""
    now = stored(session, entry)
    if now is None:
        return
    table = table_of(entry)
    stub = entry["table"] == ORGANISATION and entry["key"]["id"] == pair.merged.id
    values = {
        name: from_json(table.c[name], was)
        for name, was in entry["was"].items()
        if now[name] == entry["is"][name] or (stub and name in STUB)
    }
    organisations = {pair.kept.id: pair.kept, pair.merged.id: pair.merged}
    if entry["table"] == ORGANISATION and entry["key"]["id"] in organisations:
        # By its mapper, so that it gets a new version.
        for name, value in values.items():
            setattr(organisations[entry["key"]["id"]], name, value)
        session.flush()
    elif values:
        session.execute(sa.update(table).where(*where(table, entry["key"])).values(values))


def _put_back(session: Session, name: str, row: Mapping[str, Any]) -> None:
    """Add a row that was removed, unless one that says the same has come since."""
    table = table_of({"table": name})
    unique = [
        key for key in table.constraints if isinstance(key, sa.UniqueConstraint | sa.PrimaryKeyConstraint)
    ]
    taken = sa.or_(*(sa.and_(*(column == row[column.name] for column in key.columns)) for key in unique))
    if session.execute(sa.select(sa.literal(1)).select_from(table).where(taken).limit(1)).first() is None:
        values = {column.name: from_json(column, row[column.name]) for column in table.columns}
        session.execute(sa.insert(table).values(values))
