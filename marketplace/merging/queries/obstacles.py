"""What forbids a merge, and what an officer should know before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from marketplace.introductions.models import Introduction
from marketplace.introductions.states import LIVE
from marketplace.listings.models import Listing
from marketplace.organisations.models import Organisation

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that stands in the way, or that should be known.

    Parameters
    ----------
    code
        Stable word for programs.
    text
        For the officer: what it is, and what to do about it.
    """

    code: str
    text: str


def _between(first: int, second: int) -> sa.ColumnElement[bool]:
    sides = sa.tuple_(Introduction.proposer_organisation_id, Introduction.other_organisation_id)
    return sides.in_([(first, second), (second, first)])


def references(found: Sequence[Any]) -> str:
    """Return some of the names, in one line."""
    shown = ", ".join(str(one) for one in found[:SHOWN])
    return shown if len(found) <= SHOWN else _("%(some)s and others", some=shown)


def obstacles(session: Session, kept: Organisation, merged: Organisation) -> list[Remark]:
    """Return why the one may not be merged into the other; nothing where it may."""
    if kept.id == merged.id:
        return [Remark("same", _("These are one record already. Choose two."))]
    found = [remark for one in (kept, merged) for remark in _out_of_use(session, one)]
    between = session.scalars(
        sa.select(Introduction.reference)
        .where(_between(kept.id, merged.id), Introduction.state.in_(LIVE))
        .order_by(Introduction.id)
    ).all()
    if between:
        found.append(
            Remark(
                "introduced",
                _(
                    "The two are being introduced to each other in %(references)s: somebody took them for "
                    "two. End that first, if they are one.",
                    references=references(between),
                ),
            )
        )
    found.extend(_same_listing(session, kept, merged))
    return found


def _out_of_use(session: Session, one: Organisation) -> list[Remark]:
    """Tell of a record that leads to another already, or that was suspended."""
    if one.merged_into_id is not None:
        # It is suspended by that; nobody can readmit it.
        into = session.get_one(Organisation, one.merged_into_id)
        text = _(
            "%(name)s is merged into %(into)s (%(reference)s) already.",
            name=one.name,
            into=into.name,
            reference=into.reference or "",
        )
        return [Remark("merged", text)]
    if one.suspended_at is not None:
        text = _("%(name)s is suspended. Readmit it first, or leave it as it is.", name=one.name)
        return [Remark("suspended", text)]
    return []


def _same_listing(session: Session, kept: Organisation, merged: Organisation) -> list[Remark]:
    """Tell of listings that both approach: one organisation approaches a listing once at a time."""
    twice = session.scalars(
        sa.select(Listing.reference)
        .join(Introduction, Introduction.other_listing_id == Listing.id)
        .where(Introduction.proposer_organisation_id.in_([kept.id, merged.id]), Introduction.state.in_(LIVE))
        .group_by(Listing.id, Listing.reference)
        .having(sa.func.count(sa.distinct(Introduction.proposer_organisation_id)) > 1)
        .order_by(Listing.id)
    ).all()
    if not twice:
        return []
    text = _(
        "Both have a live introduction to %(references)s. End one of the two first: which of them the "
        "partner talks to is not for a merge to decide.",
        references=references(twice),
    )
    return [Remark("both_live", text)]


def warnings(session: Session, kept: Organisation, merged: Organisation) -> list[Remark]:
    """Return what does not forbid the merge, and should be known."""
    found = []
    partners = _common_partners(session, kept, merged)
    if partners:
        found.append(
            Remark(
                "same_partner",
                _(
                    "Both have live introductions with %(names)s, about different listings. They go on side "
                    "by side.",
                    names=references(partners),
                ),
            )
        )
    ended = session.scalar(
        sa.select(sa.func.count(Introduction.id)).where(
            _between(kept.id, merged.id), Introduction.state.not_in(LIVE)
        )
    )
    if ended:
        found.append(
            Remark(
                "ended_between",
                ngettext(
                    "%(num)s introduction of the two to each other is over. It stays with the duplicate.",
                    "%(num)s introductions of the two to each other are over. They stay with the duplicate.",
                    ended,
                ),
            )
        )
    agreed = consented(session, kept.id, merged.id)
    if agreed:
        found.append(
            Remark(
                "consents",
                ngettext(
                    "In %(num)s introduction one of the two has said yes. It stays with the people who "
                    "belonged to that record: a merge shows nobody a contact.",
                    "In %(num)s introductions one of the two has said yes. They stay with the people who "
                    "belonged to that record: a merge shows nobody a contact.",
                    agreed,
                ),
            )
        )
    return found


def consented(session: Session, kept_id: int, merged_id: int) -> int:
    """Count the introductions in which one of the two has said yes as itself."""
    both = [kept_id, merged_id]
    said = sa.or_(
        sa.and_(
            Introduction.proposer_organisation_id.in_(both), Introduction.proposer_accepted_at.is_not(None)
        ),
        sa.and_(Introduction.other_organisation_id.in_(both), Introduction.other_accepted_at.is_not(None)),
    )
    return session.scalar(sa.select(sa.func.count(Introduction.id)).where(said)) or 0


def _common_partners(session: Session, kept: Organisation, merged: Organisation) -> Sequence[str]:
    ends = (
        (Introduction.proposer_organisation_id, Introduction.other_organisation_id),
        (Introduction.other_organisation_id, Introduction.proposer_organisation_id),
    )
    pairs = sa.union_all(
        *(
            sa.select(own.label("own"), across.label("partner")).where(
                own.in_([kept.id, merged.id]),
                across.not_in([kept.id, merged.id]),
                Introduction.state.in_(LIVE),
            )
            for own, across in ends
        )
    ).subquery()
    common = (
        sa.select(pairs.c.partner)
        .group_by(pairs.c.partner)
        .having(sa.func.count(sa.distinct(pairs.c.own)) > 1)
    )
    return session.scalars(
        sa.select(Organisation.name).where(Organisation.id.in_(common)).order_by(Organisation.name)
    ).all()
