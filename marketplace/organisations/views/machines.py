"""Machines: adding, changing, removing."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from marketplace import clock
from marketplace.errors import Conflict, Invalid
from marketplace.organisations.forms.parts import MachineForm
from marketplace.organisations.models import Machine
from marketplace.organisations.queries.found import organisation_of
from marketplace.organisations.services import machines as services
from marketplace.organisations.services.machines import machine_of, values_of
from marketplace.organisations.services.values import fingerprint
from marketplace.organisations.views.blueprint import OWN, bp
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, transaction

ONE = "<int(max=2147483647):machine_id>"


def _stored(reference: str, machine_id: int) -> Machine:
    with reading() as session:
        return machine_of(organisation_of(session, actor(), reference, "organisation:edit"), machine_id)


def _page(
    reference: str, form: MachineForm, machine: Machine | None = None, conflict: Conflict | None = None
) -> str:
    with reading() as session:
        organisation = organisation_of(session, actor(), reference, "organisation:edit")
    return render_template(
        "organisations/machine.html", organisation=organisation, form=form, machine=machine, conflict=conflict
    )


@bp.get(f"{OWN}/machines/new")
@needs("organisation:edit")
def new_machine(reference: str) -> str:
    """Show the form of a new machine."""
    return _page(reference, MachineForm(formdata=None))


@bp.post(f"{OWN}/machines/new")
@needs("organisation:edit")
def add_machine(reference: str) -> Any:
    """Add a machine."""
    form = MachineForm()
    if form.validate():
        try:
            with transaction() as session:
                services.add_machine(session, actor(), reference, form.values(), now=clock.now())
        except Invalid as error:
            form.blame(error)
        else:
            return _saved(reference)
    return _page(reference, form), 422


@bp.get(f"{OWN}/machines/{ONE}")
@needs("organisation:edit")
def machine(reference: str, machine_id: int) -> str:
    """Show a machine for changing it."""
    found = _stored(reference, machine_id)
    form = MachineForm(formdata=None, obj=found)
    form.seen.process_data(fingerprint(values_of(found)))
    return _page(reference, form, found)


@bp.post(f"{OWN}/machines/{ONE}")
@needs("organisation:edit")
def change_machine(reference: str, machine_id: int) -> Any:
    """Change a machine."""
    form = MachineForm()
    found = _stored(reference, machine_id)
    if not form.validate():
        return _page(reference, form, found), 422
    try:
        with transaction() as session:
            services.change_machine(
                session,
                actor(),
                reference,
                form.values(),
                machine_id=machine_id,
                seen=form.text("seen"),
                now=clock.now(),
            )
    except Conflict as conflict:
        form.seen.process_data(fingerprint(values_of(found)))
        return _page(reference, form, found, conflict), 409
    return _saved(reference)


@bp.post(f"{OWN}/machines/{ONE}/remove")
@needs("organisation:edit")
def remove_machine(reference: str, machine_id: int) -> Any:
    """Remove a machine."""
    with transaction() as session:
        services.remove_machine(session, actor(), reference, machine_id=machine_id, now=clock.now())
    flash(_("The machine is removed."), "success")
    return redirect(url_for("organisations.edit", reference=reference, _anchor="machines"), 303)


def _saved(reference: str) -> Any:
    flash(_("Saved. Your matches are being compared anew."), "success")
    return redirect(url_for("organisations.edit", reference=reference, _anchor="machines"), 303)
