"""Listings that staff bring in from a databank: published, or held where the text needs a look."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import policy
from marketplace.listings.models import ChangeCounter, Listing, State, next_change
from marketplace.listings.services.checks import contacts_in, reasons_to_hold
from marketplace.listings.services.current import values_of, write_values
from marketplace.listings.services.values import ListingValues
from marketplace.listings.services.write import PREFIXES
from marketplace.organisations.models import Organisation
from marketplace.policy import Actor

# Once published, a listing's state belongs to people; an import only changes what it says.
_PUBLIC: Final = frozenset({State.PUBLISHED, State.PAUSED})
ENDED: Final = frozenset({State.MATCHED, State.CLOSED, State.EXPIRED, State.ARCHIVED})
_NAMES: Final = tuple(ListingValues.__dataclass_fields__)
# What is written into rows of their own.
_ROWS: Final = frozenset({"capabilities", "sectors", "requirements"})


@dataclass(frozen=True, slots=True)
class Source:
    """Where a new listing comes from.

    Parameters
    ----------
    external_id
        The source's own key; one listing has it, for ever.
    organisation
        ``None`` where the source names nobody: then the office holds the listing.
    office_id
        The office that answers for it.
    published_at
        When the source published it.
    """

    external_id: str
    organisation: Organisation | None
    office_id: int | None
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Renewal:
    """What a source says now of a listing that it brought in earlier.

    Parameters
    ----------
    values
        All of the listing's values, as they shall be.
    changed
        The names of those that differ.
    held
        Why review must look closer, as :func:`reasons_to_hold` says it.
    hide
        Whether it has to go back to review: the source has brought in what nobody has seen yet.
    """

    values: ListingValues
    changed: tuple[str, ...]
    held: tuple[str, ...]
    hide: bool


def renewal_of(listing: Listing, said: Mapping[str, Any]) -> Renewal | None:
    """Compare a listing with what its source says now.

    Parameters
    ----------
    listing
        With all its rows loaded; it is not changed.
    said
        Some of the fields of :class:`ListingValues`, without ``side`` and ``kind``; of
        ``details``, too, only what the source speaks of.

    Returns
    -------
    Renewal or None
        ``None`` where nothing differs.
    """
    before = values_of(listing)
    details = {**before.details, **said.get("details", {})}
    values = dataclasses.replace(before, **{**said, "details": details})
    changed = tuple(name for name in _NAMES if getattr(before, name) != getattr(values, name))
    if not changed:
        return None
    held = reasons_to_hold(values, listing.organisation)
    # What an officer has seen and let pass is not held a second time.
    new = bool(contacts_in(values) - contacts_in(before) or set(held) - set(listing.held_because))
    return Renewal(values, changed, tuple(held), new and bool(held) and listing.state in _PUBLIC)


def renew_from_source(
    session: Session, actor: Actor, listing: Listing, renewal: Renewal, now: datetime
) -> None:
    """Write what a source says now into a listing that it brought in earlier.

    The caller records ``ListingsImported`` once for the whole batch, and notes it in the audit.
    A listing that goes back to review waits in the office's queue; a mail for each would drown it.
    """
    policy.require(actor, "databank:import")
    write_values(listing, renewal.values)
    listing.held_because = list(renewal.held)
    if renewal.hide:
        listing.state = State.SUBMITTED
        listing.submitted_at = now
    listing.updated_at = now
    session.flush()
    listing.change = next_change(session)
    session.flush()


@dataclass(frozen=True, slots=True)
class Draft:
    """A listing that is new: what it says, where from, and why review must look closer, if it must."""

    values: ListingValues
    source: Source
    held: tuple[str, ...]


def draft_of(values: ListingValues, source: Source) -> Draft:
    """Check whether a new listing may be published at once."""
    return Draft(values, source, tuple(reasons_to_hold(values, source.organisation)))


def bring_in_listings(
    session: Session, actor: Actor, drafts: Sequence[Draft], now: datetime
) -> list[Listing]:
    """Write new listings of a databank.

    The caller records ``ListingsImported`` once for the whole batch, and notes it in the audit.

    Returns
    -------
    list of Listing
        In the order of the drafts.
    """
    policy.require(actor, "databank:import")
    if not drafts:
        return []
    numbers = _changes(session, len(drafts))
    listings = [_listing(actor, draft, number, now) for draft, number in zip(drafts, numbers, strict=True)]
    session.add_all(listings)
    session.flush()
    for listing in listings:
        reference = f"{PREFIXES[listing.side]}-{now.year}-{listing.id:05d}"
        sa.orm.attributes.set_committed_value(listing, "reference", reference)
    table = cast(sa.Table, Listing.__table__)
    session.execute(
        sa.update(table).where(table.c.id == sa.bindparam("row")).values(reference=sa.bindparam("word")),
        [{"row": listing.id, "word": listing.reference} for listing in listings],
    )
    return listings


def _listing(actor: Actor, draft: Draft, change: int, now: datetime) -> Listing:
    source = draft.source
    lists = [name for name in _NAMES if isinstance(getattr(draft.values, name), tuple) and name not in _ROWS]
    listing = Listing(
        **{name: [] for name in lists},
        details={},
        external_id=source.external_id,
        organisation=source.organisation,
        office_id=source.office_id,
        created_by_id=actor.user_id,
        state=State.SUBMITTED if draft.held else State.PUBLISHED,
        held_because=list(draft.held),
        submitted_at=now,
        published_at=None if draft.held else source.published_at,
        created_at=now,
        updated_at=now,
        change=change,
    )
    write_values(listing, draft.values)
    return listing


def _changes(session: Session, count: int) -> range:
    """Take the next numbers of changes at once; see ``models.next_change``."""
    last = session.execute(
        sa.update(ChangeCounter)
        .where(ChangeCounter.id == 1)
        .values(value=ChangeCounter.value + count)
        .returning(ChangeCounter.value)
    ).scalar_one()
    return range(last - count + 1, last + 1)
