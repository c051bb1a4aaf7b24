"""Who of an organisation takes part in an introduction that began before its record was merged."""

from __future__ import annotations

import sqlalchemy as sa

from marketplace.organisations.models import Membership


def belonged(organisation_id: int | None, as_id: int | None) -> sa.ColumnElement[bool]:
    """Return the condition on a membership that the person takes part on a side, in SQL.

    Parameters
    ----------
    organisation_id
        Of the side, as it is now.
    as_id
        As whom the side said yes, where its record has been merged since; then only who belonged
        to that record then, or has joined it by itself, and still belongs to the side.
    """
    now = Membership.organisation_id == organisation_id
    if as_id is None:
        return now
    if as_id == organisation_id:
        return sa.and_(now, Membership.by_merge.is_(False))
    before = sa.orm.aliased(Membership)
    then = sa.exists().where(
        before.organisation_id == as_id, before.user_id == Membership.user_id, before.by_merge.is_(False)
    )
    return sa.and_(now, then)
