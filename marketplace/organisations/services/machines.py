"""Machines that an organisation has."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import audit, outbox
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.organisations.models import Machine, Organisation
from marketplace.organisations.queries.found import locked_organisation
from marketplace.organisations.services.values import fingerprint
from marketplace.policy import Actor

MOST = 200


@dataclass(frozen=True, slots=True)
class MachineValues:
    """What an organisation says of a machine; units stand in the names."""

    type: str
    maker: str = ""
    year: int | None = None
    quantity: int = 1
    axes: int | None = None
    envelope_x_mm: Decimal | None = None
    envelope_y_mm: Decimal | None = None
    envelope_z_mm: Decimal | None = None
    max_weight_kg: Decimal | None = None
    max_force_kn: Decimal | None = None
    max_diameter_mm: Decimal | None = None
    tolerance_mm: Decimal | None = None
    shifts: int | None = None
    hours_per_month: int | None = None
    utilised_percent: int | None = None
    free_from: date | None = None


def values_of(machine: Machine) -> MachineValues:
    """Return what a stored machine says."""
    return MachineValues(**{name: getattr(machine, name) for name in MachineValues.__dataclass_fields__})


def machine_of(organisation: Organisation, machine_id: int) -> Machine:
    """Return one machine of an organisation.

    Raises
    ------
    NotFound
        Where it has none of this id.
    """
    found = next((row for row in organisation.machines if row.id == machine_id), None)
    if found is None:
        raise NotFound
    return found


def add_machine(
    session: Session, actor: Actor, reference: str, values: MachineValues, *, now: datetime
) -> Machine:
    """Add a machine; one that says the very same is the same, since equal ones are counted.

    Raises
    ------
    Invalid
        Where there are too many.
    """
    organisation = locked_organisation(session, actor, reference, "organisation:edit")
    for present in organisation.machines:
        if values_of(present) == values:
            return present
    if len(organisation.machines) >= MOST:
        raise Invalid(
            "", _("There are %(most)s machines already. Put equal ones together.", most=MOST), "too_many"
        )
    machine = Machine(**asdict(values))
    organisation.machines.append(machine)
    session.flush()
    _note(session, actor, organisation, "organisation:machine-add", machine.id, now)
    return machine


def change_machine(
    session: Session,
    actor: Actor,
    reference: str,
    values: MachineValues,
    *,
    machine_id: int,
    seen: str,
    now: datetime,
) -> None:
    """Change a machine.

    Parameters
    ----------
    seen
        The fingerprint of what it said when the form was opened.

    Raises
    ------
    Conflict
        Where it says something else by now; ``current`` holds what.
    """
    organisation = locked_organisation(session, actor, reference, "organisation:edit")
    machine = machine_of(organisation, machine_id)
    current = values_of(machine)
    if current == values:
        return
    if fingerprint(current) != seen:
        raise Conflict(_("Somebody else has changed this machine since you opened it."), asdict(current))
    for name, value in asdict(values).items():
        setattr(machine, name, value)
    _note(session, actor, organisation, "organisation:machine-edit", machine.id, now)


def remove_machine(session: Session, actor: Actor, reference: str, *, machine_id: int, now: datetime) -> None:
    """Remove a machine."""
    organisation = locked_organisation(session, actor, reference, "organisation:edit")
    organisation.machines.remove(machine_of(organisation, machine_id))
    session.flush()
    _note(session, actor, organisation, "organisation:machine-remove", machine_id, now)


def _note(
    session: Session, actor: Actor, organisation: Organisation, act: str, machine_id: int, now: datetime
) -> None:
    audit.note(session, actor.user_id, act, "organisation", organisation.id, now, {"machine": machine_id})
    outbox.record(session, "OrganisationChanged", {"organisation": organisation.id}, at=now)
