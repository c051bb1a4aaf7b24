"""The databank's list: a window of it, and what stands in each row; the queries are as many for any size."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from marketplace import policy
from marketplace.databank.queries.tags import OfficeTag, tags_of
from marketplace.databank.queries.wanted import Order, Wanted, conditions
from marketplace.db import UtcDateTime
from marketplace.introductions.models import Introduction
from marketplace.introductions.states import LIVE
from marketplace.listings.models import Listing
from marketplace.organisations.models import Check, CheckResult, Membership, Organisation, Verification
from marketplace.organisations.queries.completeness import complete_percent
from marketplace.policy import OPEN_STATES, Actor

# What an export holds in memory at once.
CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Row:
    """An organisation as the list shows it.

    Parameters
    ----------
    percent
        How complete its profile is.
    checks
        What is confirmed and stands.
    listings, introductions
        Open listings, and introductions that live.
    """

    organisation: Organisation
    percent: int
    checks: tuple[Check, ...] = ()
    tags: tuple[OfficeTag, ...] = ()
    listings: int = 0
    introductions: int = 0
    members: int = 0


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the list.

    Parameters
    ----------
    total
        Of the whole list.
    before, after
        The references from which the neighbouring parts are found; ``""`` where there is none.
    """

    rows: Sequence[Row] = field(default_factory=tuple)
    total: int = 0
    before: str = ""
    after: str = ""


def window(
    session: Session,
    actor: Actor,
    wanted: Wanted,
    *,
    order: Order,
    limit: int,
    after: str,
    before: str,
    now: datetime,
) -> Window:
    """Return the part of the list that begins after an organisation, or ends before one.

    Parameters
    ----------
    after, before
        References; ``""`` for the beginning.  One that the actor's databank does not hold counts
        as none.
    """
    edge = _edge(session, actor, order, before or after)
    back = bool(before) and edge is not None
    hits = (
        sa.select(Organisation.id.label("id"), _column(order).label("place"))
        .where(*conditions(session, actor, wanted, now))
        # Searched through once, for the window and for the count.
        .cte("hits")
        .prefix_with("MATERIALIZED")
    )
    count = sa.select(sa.func.count()).select_from(hits).scalar_subquery()
    beyond = [] if edge is None else [_beyond(order, hits.c, edge, back=back)]
    # What is shown first, and then its rows: in one step, the database would join all there is.
    part = (
        sa.select(hits.c.id, hits.c.place)
        .where(*beyond)
        .order_by(*_order(order, hits.c, back=back))
        .limit(limit + 1)
        .subquery()
    )
    found = session.execute(
        sa.select(Organisation, count)
        .join(part, part.c.id == Organisation.id)
        .order_by(*_order(order, part.c, back=back))
        .options(*_loads())
    ).all()
    if not found:
        return Window(total=session.scalar(sa.select(count)) or 0)
    more = len(found) > limit
    kept = [row[0] for row in (found[:limit][::-1] if back else found[:limit])]
    first, last = str(kept[0].reference), str(kept[-1].reference)
    return Window(
        _filled(session, kept),
        found[0][1],
        before=first if (more if back else edge is not None) else "",
        after=last if (back or more) else "",
    )


def every_row(session: Session, actor: Actor, wanted: Wanted, order: Order, now: datetime) -> Iterator[Row]:
    """Give the whole list, a part at a time, with what an export needs."""
    asked = conditions(session, actor, wanted, now)
    place = sa.select(Organisation.id.label("id"), _column(order).label("place")).where(*asked).subquery()
    keys = list(session.scalars(sa.select(place.c.id).order_by(*_order(order, place.c, back=False))))
    for start in range(0, len(keys), CHUNK):
        some = keys[start : start + CHUNK]
        rows = session.scalars(
            sa.select(Organisation).where(Organisation.id.in_(some)).options(*_loads())
        ).all()
        by_key = {row.id: row for row in rows}
        yield from _filled(session, [by_key[key] for key in some if key in by_key])
        session.expunge_all()


def _loads() -> tuple[Any, ...]:
    """Return what a row needs besides, each in one query for all rows."""
    parts = (Organisation.identifiers, Organisation.certificates, Organisation.machines)
    return tuple(selectinload(part) for part in parts)


def _edge(session: Session, actor: Actor, order: Order, reference: str) -> tuple[Any, int] | None:
    """Return where an organisation stands in the order."""
    if not reference:
        return None
    found = session.execute(
        sa.select(_column(order), Organisation.id).where(
            Organisation.reference == reference, policy.kept_by(actor, Organisation)
        )
    ).first()
    return None if found is None else (found[0], found[1])


def _column(order: Order) -> Any:
    return Organisation.name_key if order is Order.NAME else Organisation.updated_at


def _rises(order: Order, *, back: bool) -> bool:
    """Whether values rise along the list; the last change comes first."""
    return (order is Order.NAME) is not back


def _beyond(order: Order, of: Any, edge: tuple[Any, int], *, back: bool) -> sa.ColumnElement[bool]:
    kind = sa.String() if order is Order.NAME else UtcDateTime()
    place, at = sa.tuple_(of.place, of.id), sa.tuple_(sa.literal(edge[0], kind), sa.literal(edge[1]))
    return place > at if _rises(order, back=back) else place < at


def _order(order: Order, of: Any, *, back: bool) -> tuple[Any, Any]:
    return (of.place, of.id) if _rises(order, back=back) else (of.place.desc(), of.id.desc())


def _filled(session: Session, found: Sequence[Organisation]) -> list[Row]:
    keys = [organisation.id for organisation in found]
    checks, tags = _checks(session, keys), tags_of(session, keys)
    listings = _counted(session, Listing.organisation_id, keys, Listing.state.in_(OPEN_STATES))
    introductions = _live(session, keys)
    members = _counted(session, Membership.organisation_id, keys)
    return [
        Row(
            organisation,
            complete_percent(organisation),
            checks.get(organisation.id, ()),
            tags.get(organisation.id, ()),
            listings.get(organisation.id, 0),
            introductions.get(organisation.id, 0),
            members.get(organisation.id, 0),
        )
        for organisation in found
    ]


def _checks(session: Session, keys: Collection[int]) -> Mapping[int, tuple[Check, ...]]:
    rows = session.execute(
        sa.select(Verification.organisation_id, Verification.check)
        .where(
            Verification.organisation_id.in_(keys),
            Verification.withdrawn_at.is_(None),
            Verification.result == CheckResult.CONFIRMED,
        )
        .order_by(Verification.checked_on.desc(), Verification.id)
    )
    found: dict[int, dict[Check, None]] = {}
    for key, check in rows:
        found.setdefault(key, {})[check] = None
    return {key: tuple(checks) for key, checks in found.items()}


def _counted(
    session: Session, column: Any, keys: Collection[int], *also: sa.ColumnElement[bool]
) -> Mapping[int, int]:
    rows = session.execute(sa.select(column, sa.func.count()).where(column.in_(keys), *also).group_by(column))
    return {row[0]: row[1] for row in rows}


def _live(session: Session, keys: Collection[int]) -> Mapping[int, int]:
    """Count the live introductions of organisations, on either end."""
    ends = sa.union_all(
        *(
            sa.select(end.label("organisation_id")).where(end.in_(keys), Introduction.state.in_(LIVE))
            for end in (Introduction.proposer_organisation_id, Introduction.other_organisation_id)
        )
    ).subquery()
    rows = session.execute(
        sa.select(ends.c.organisation_id, sa.func.count()).group_by(ends.c.organisation_id)
    )
    return {row[0]: row[1] for row in rows}
