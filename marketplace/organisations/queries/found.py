"""Finding one organisation, or one's own."""

from __future__ import annotations

import re
from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session, selectinload

from marketplace import policy
from marketplace.errors import Conflict, NotFound
from marketplace.organisations.models import Organisation
from marketplace.policy import Actor

REFERENCE = re.compile(r"ORG-[0-9]{4}-[0-9]{5,9}")


def reference_of(year: int, organisation_id: int) -> str:
    """Return the public reference of an organisation; ids are never used twice, so neither is this."""
    return f"ORG-{year}-{organisation_id:05d}"


def organisation_of(
    session: Session, actor: Actor, reference: str, permission: str = "organisation:view"
) -> Organisation:
    """Return an organisation with all that belongs to it.

    Parameters
    ----------
    reference
        Such as ``ORG-2026-00042``.
    permission
        What the actor wants to do with it.

    Raises
    ------
    NotFound
        Where there is none, or none that the actor may know of.
    Forbidden
        Where the actor may know of it but not do this.
    """
    found = None
    if REFERENCE.fullmatch(reference):
        found = session.scalar(
            sa.select(Organisation)
            .where(Organisation.reference == reference)
            .options(
                selectinload(Organisation.certificates),
                selectinload(Organisation.machines),
                selectinload(Organisation.identifiers),
            )
        )
    if found is None:
        raise NotFound
    policy.require(actor, permission, found)
    return found


def merged_into(session: Session, actor: Actor, reference: str) -> str | None:
    """Return the reference of the organisation that a duplicate was merged into.

    ``None`` for what is no duplicate, and where the actor may not know of the one that was kept.
    """
    if not REFERENCE.fullmatch(reference):
        return None
    kept, duplicate = sa.orm.aliased(Organisation), sa.orm.aliased(Organisation)
    found = session.scalar(
        sa.select(kept)
        .join(duplicate, duplicate.merged_into_id == kept.id)
        .where(duplicate.reference == reference)
    )
    return found.reference if found and policy.allowed(actor, "organisation:view", found) else None


def locked_organisation(session: Session, actor: Actor, reference: str, permission: str) -> Organisation:
    """Return an organisation for writing; whoever else wants to write waits for the end.

    Raises
    ------
    NotFound, Forbidden
        As :func:`organisation_of`.
    Conflict
        Where it was a duplicate, and has been merged.
    """
    if not REFERENCE.fullmatch(reference):
        raise NotFound
    found = session.scalar(
        sa.select(Organisation).where(Organisation.reference == reference).with_for_update()
    )
    if found is None:
        raise NotFound
    policy.require(actor, permission, found)
    _refuse_duplicate(session, found)
    return found


def hold_organisations(session: Session, *organisation_ids: int | None) -> None:
    """Hold organisations for the length of the transaction, so that none is merged under what is added to it.

    Raises
    ------
    Conflict
        Where one was a duplicate, and has been merged.
    """
    held = session.scalars(
        sa.select(Organisation)
        .where(Organisation.id.in_(sorted({key for key in organisation_ids if key is not None})))
        .order_by(Organisation.id)
        .with_for_update(read=True, key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    for organisation in held:
        _refuse_duplicate(session, organisation)


def _refuse_duplicate(session: Session, organisation: Organisation) -> None:
    if organisation.merged_into_id is None:
        return
    kept = session.get_one(Organisation, organisation.merged_into_id)
    raise Conflict(
        _(
            "%(merged)s was a duplicate and has been merged into %(kept)s (%(reference)s) meanwhile. "
            "Open that one.",
            merged=organisation.name,
            kept=kept.name,
            reference=kept.reference or "",
        )
    )


def own_organisations(session: Session, actor: Actor) -> Sequence[Organisation]:
    """Return the organisations the actor belongs to, by name."""
    if not actor.memberships:
        return []
    return list(
        session.scalars(
            sa.select(Organisation)
            .where(Organisation.id.in_(sorted(actor.memberships)))
            .order_by(Organisation.name, Organisation.id)
        )
    )
