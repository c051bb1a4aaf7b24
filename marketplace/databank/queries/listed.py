"""The databank's list: a window of it, and what stands in each row; the queries are as many for any size."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer, selectinload

from marketplace import policy
from marketplace.databank.queries.tags import OfficeTag, tags_of
from marketplace.databank.queries.wanted import Order, Wanted, conditions
from marketplace.db import UtcDateTime
from marketplace.introductions.models import Introduction
from marketplace.introductions.states import LIVE
from marketplace.listings.models import Listing
from marketplace.organisations.models import Check, CheckResult, Membership, Organisation, Verification
from marketplace.organisations.queries.completeness import completeness_percent
from marketplace.policy import OPEN_STATES, Actor

# What an export holds in memory at once.
CHUNK: Final = 500
_TEXTS: Final = (Organisation.description, Organisation.products, Organisation.references_text)


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
    asked = conditions(session, actor, wanted, now)
    total = session.scalar(sa.select(sa.func.count()).select_from(Organisation).where(*asked)) or 0
    edge = _edge(session, actor, order, before or after)
    back = bool(before) and edge is not None
    beyond = [] if edge is None else [_beyond(order, edge, back=back)]
    found = session.execute(
        sa.select(Organisation, completeness_percent())
        .where(*asked, *beyond)
        .order_by(*_order(order, back=back))
        .limit(limit + 1)
        .options(*(defer(text) for text in _TEXTS))
    ).all()
    more = len(found) > limit
    kept = found[:limit][::-1] if back else found[:limit]
    if not kept:
        return Window(total=total)
    first, last = str(kept[0][0].reference), str(kept[-1][0].reference)
    return Window(
        _filled(session, [(row[0], row[1]) for row in kept]),
        total,
        before=first if (more if back else edge is not None) else "",
        after=last if (back or more) else "",
    )


def every_row(session: Session, actor: Actor, wanted: Wanted, order: Order, now: datetime) -> Iterator[Row]:
    """Give the whole list, a part at a time, with what an export needs."""
    asked = conditions(session, actor, wanted, now)
    edge: tuple[Any, int] | None = None
    while True:
        beyond = [] if edge is None else [_beyond(order, edge, back=False)]
        found = session.execute(
            sa.select(Organisation, completeness_percent())
            .where(*asked, *beyond)
            .order_by(*_order(order, back=False))
            .limit(CHUNK)
            .options(selectinload(Organisation.identifiers), selectinload(Organisation.certificates))
        ).all()
        if not found:
            return
        yield from _filled(session, [(row[0], row[1]) for row in found])
        last = found[-1][0]
        edge = (last.name_key if order is Order.NAME else last.updated_at, last.id)
        session.expunge_all()


def _edge(session: Session, actor: Actor, order: Order, reference: str) -> tuple[Any, int] | None:
    """Return where an organisation stands in the order."""
    if not reference:
        return None
    column = Organisation.name_key if order is Order.NAME else Organisation.updated_at
    found = session.execute(
        sa.select(column, Organisation.id).where(
            Organisation.reference == reference, policy.kept_by(actor, Organisation)
        )
    ).first()
    return None if found is None else (found[0], found[1])


def _beyond(order: Order, edge: tuple[Any, int], *, back: bool) -> sa.ColumnElement[bool]:
    value, key = edge
    # The last change comes first.
    up = (order is Order.NAME) is not back
    if order is Order.NAME:
        place = sa.tuple_(Organisation.name_key, Organisation.id)
        at = sa.tuple_(sa.literal(value, sa.String()), sa.literal(key))
    else:
        place = sa.tuple_(Organisation.updated_at, Organisation.id)
        at = sa.tuple_(sa.literal(value, UtcDateTime()), sa.literal(key))
    return place > at if up else place < at


def _order(order: Order, *, back: bool) -> tuple[Any, Any]:
    up = (order is Order.NAME) is not back
    column: Any = Organisation.name_key if order is Order.NAME else Organisation.updated_at
    return (column, Organisation.id) if up else (column.desc(), Organisation.id.desc())


def _filled(session: Session, found: Sequence[tuple[Organisation, int]]) -> list[Row]:
    keys = [organisation.id for organisation, _percent in found]
    checks, tags = _checks(session, keys), tags_of(session, keys)
    listings = _counted(session, Listing.organisation_id, keys, Listing.state.in_(OPEN_STATES))
    introductions = _live(session, keys)
    members = _counted(session, Membership.organisation_id, keys)
    return [
        Row(
            organisation,
            percent,
            checks.get(organisation.id, ()),
            tags.get(organisation.id, ()),
            listings.get(organisation.id, 0),
            introductions.get(organisation.id, 0),
            members.get(organisation.id, 0),
        )
        for organisation, percent in found
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
