"""Making and changing programmes; enrolling organisations, and letting them go."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace import audit, policy
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.offices.models import Office
from marketplace.organisations.models import Organisation
from marketplace.organisations.names import name_key
from marketplace.policy import Actor
from marketplace.programmes.models import Enrolment, Programme, ProgrammeOffice


@dataclass(frozen=True, slots=True)
class ProgrammeValues:
    """What a person says of a programme; checked by the form.

    Parameters
    ----------
    partners
        Codes of the offices that take part beside the one that leads.
    """

    name: str
    aim: str
    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    starts_on: date
    ends_on: date | None
    partners: tuple[str, ...]


def make_programme(
    session: Session, actor: Actor, values: ProgrammeValues, *, code: str, now: datetime
) -> Programme:
    """Make a programme; the actor's office leads it.

    Raises
    ------
    Invalid
        Where the code is taken, or the programme ends before it begins.
    """
    policy.require(actor, "programme:create")
    made = Programme(code=code, office_id=actor.office_id, created_at=now)
    _write(session, made, values)
    session.add(made)
    try:
        session.flush()
    except IntegrityError as error:
        raise Invalid("code", _("There is a programme with this code already."), "taken") from error
    audit.note(session, actor.user_id, "programme:create", "programme", made.id, now, {"code": code})
    return made


def change_programme(
    session: Session,
    actor: Actor,
    programme: Programme,
    values: ProgrammeValues,
    *,
    version: int,
    now: datetime,
) -> None:
    """Change what a programme is about.

    Raises
    ------
    Conflict
        Where somebody else has changed it since the form was opened.
    Invalid
        Where it would end before it begins.
    """
    policy.require(actor, "programme:edit", programme)
    if programme.version != version:
        raise Conflict(_("Somebody else has changed this programme since you opened it."))
    _write(session, programme, values)
    audit.note(session, actor.user_id, "programme:edit", "programme", programme.id, now)


def enrol(session: Session, actor: Actor, programme: Programme, named: Collection[str], now: datetime) -> int:
    """Enrol organisations, all of them or none.

    Parameters
    ----------
    named
        By reference, or by their whole name.

    Returns
    -------
    int
        How many are new in it.

    Raises
    ------
    Invalid
        Where one is unknown, meant by several, or looked after by an office that takes no part.
    """
    policy.require(actor, "programme:enrol", programme)
    # Two officers at once: the second waits here, and finds enrolled what the first did.
    session.execute(sa.select(Programme.id).where(Programme.id == programme.id).with_for_update())
    wanted = {found.id: found for word in named for found in [_meant(session, programme, word)]}
    there = set(
        session.scalars(
            sa.select(Enrolment.organisation_id).where(
                Enrolment.programme_id == programme.id,
                Enrolment.left_at.is_(None),
                Enrolment.organisation_id.in_(wanted),
            )
        )
    )
    new = [organisation for key, organisation in wanted.items() if key not in there]
    for organisation in new:
        session.add(
            Enrolment(
                programme_id=programme.id,
                organisation_id=organisation.id,
                since=now,
                enrolled_by_id=actor.user_id,
            )
        )
        facts = {"programme": programme.code}
        audit.note(session, actor.user_id, "programme:enrol", "organisation", organisation.id, now, facts)
    return len(new)


def let_go(
    session: Session, actor: Actor, programme: Programme, reference: str, now: datetime
) -> Organisation:
    """End the enrolment of an organisation; what was reported while it took part stays.

    Raises
    ------
    NotFound
        Where it is not enrolled, or has left meanwhile.
    """
    policy.require(actor, "programme:enrol", programme)
    found = session.scalar(
        sa.select(Enrolment)
        .join(Organisation, Organisation.id == Enrolment.organisation_id)
        .where(
            Enrolment.programme_id == programme.id,
            Enrolment.left_at.is_(None),
            Organisation.reference == reference,
        )
        .with_for_update(of=Enrolment)
    )
    if found is None:
        raise NotFound
    found.left_at, found.left_by_id = max(now, found.since), actor.user_id
    facts = {"programme": programme.code}
    audit.note(session, actor.user_id, "programme:leave", "organisation", found.organisation_id, now, facts)
    return found.organisation


def _write(session: Session, programme: Programme, values: ProgrammeValues) -> None:
    if values.ends_on is not None and values.ends_on < values.starts_on:
        raise Invalid("ends_on", _("It cannot end before it begins."), "order")
    programme.name, programme.aim = values.name, values.aim
    programme.countries, programme.sectors = list(values.countries), list(values.sectors)
    programme.starts_on, programme.ends_on = values.starts_on, values.ends_on
    keys = session.scalars(sa.select(Office.id).where(Office.code.in_(values.partners))).all()
    wanted = set(keys) - {programme.office_id}
    there = {partner.office_id: partner for partner in programme.partners}
    programme.partners = [there.get(key) or ProgrammeOffice(office_id=key) for key in sorted(wanted)]


def _meant(session: Session, programme: Programme, word: str) -> Organisation:
    """Return the organisation that a word means.

    Names are looked for among the organisations of the offices that take part.
    """
    own = Organisation.office_id.in_(programme.office_ids)
    found = session.scalar(sa.select(Organisation).where(Organisation.reference == word.upper()))
    if found is not None and found.office_id not in programme.office_ids:
        message = _("“%(word)s” is looked after by an office that takes no part in it.", word=word)
        raise Invalid("named", message, "elsewhere")
    if found is not None:
        return found
    alike: Sequence[Organisation] = session.scalars(
        sa.select(Organisation).where(own, Organisation.name_key == name_key(word)).limit(2)
    ).all()
    if len(alike) == 1:
        return alike[0]
    message = (
        _("Several organisations are called “%(word)s”: write the reference instead.", word=word)
        if alike
        else _("No organisation of these offices has the reference or name “%(word)s”.", word=word)
    )
    raise Invalid("named", message, "unknown")
