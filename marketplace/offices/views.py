"""The pages of offices: for administrators, and an office's own for its officers."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from marketplace import clock
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.offices import queries
from marketplace.offices.forms import CoverageForm, HolidayForm, NewOfficeForm, OfficeForm, StaffForm
from marketplace.offices.models import Office, OfficeKind
from marketplace.offices.services import holidays, offices, staff
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, transaction

bp = Blueprint("offices", __name__)


@bp.get("/admin/offices")
@needs("admin:use")
def all_offices() -> str:
    """List the offices."""
    with reading() as session:
        return render_template("offices/list.html", offices=queries.all_offices(session))


@bp.get("/admin/offices/new")
@needs("admin:use")
def new_office() -> str:
    """Show the form of a new office."""
    return render_template("offices/new.html", form=NewOfficeForm())


@bp.post("/admin/offices/new")
@needs("admin:use")
def make_office() -> Any:
    """Make an office."""
    form = NewOfficeForm()
    if form.validate():
        try:
            with transaction() as session:
                office = offices.make_office(
                    session,
                    actor(),
                    form.values(),
                    code=form.text("code"),
                    kind=OfficeKind(form.text("kind")),
                    countries=form.countries.data or [],
                    now=clock.now(),
                )
            flash(_("%(name)s has been made. Add its staff.", name=office.name), "success")
            return redirect(url_for("offices.office", code=office.code), 303)
        except Invalid as error:
            form.blame(error)
    return render_template("offices/new.html", form=form), 422


@bp.get("/desk/office")
@needs("desk:use")
def own_office() -> Any:
    """Lead an officer to the office's own page."""
    with reading() as session:
        found = queries.office_of(session, actor())
    if found is None:
        return redirect(url_for("offices.all_offices"))
    return redirect(url_for("offices.office", code=found.code))


@bp.get("/offices/<code>/settings")
@needs("desk:use")
def office(code: str) -> str:
    """Show what can be set for an office."""
    return _page(code)


@bp.post("/offices/<code>/settings")
@needs("desk:use")
def change_office(code: str) -> Any:
    """Change what an office says of itself."""
    form = OfficeForm()
    if not form.validate():
        return _page(code, office_form=form), 422
    try:
        with transaction() as session:
            found = queries.office_to_edit(session, actor(), code)
            offices.change_office(
                session, actor(), found, form.values(), version=form.opened_at(), now=clock.now()
            )
    except Conflict as conflict:
        return _page(code, office_form=form, conflict=conflict), 409
    return _saved(code)


@bp.post("/offices/<code>/countries")
@needs("admin:use")
def cover_countries(code: str) -> Any:
    """Say which countries an office covers."""
    form = CoverageForm()
    if form.validate():
        try:
            with transaction() as session:
                found = queries.office_to_edit(session, actor(), code)
                offices.cover_countries(session, actor(), found, form.countries.data or [], clock.now())
            return _saved(code)
        except Invalid as error:
            form.blame(error)
    return _page(code, coverage_form=form), 422


@bp.post("/offices/<code>/staff")
@needs("admin:use")
def add_officer(code: str) -> Any:
    """Put a person on the staff."""
    form = StaffForm()
    if form.validate():
        try:
            with transaction() as session:
                found = queries.office_to_edit(session, actor(), code)
                staff.add_officer(session, actor(), found, form.text("email"), clock.now())
            return _saved(code)
        except Invalid as error:
            form.blame(error)
    return _page(code, staff_form=form), 422


@bp.post("/offices/<code>/staff/<int(max=2147483647):user_id>/remove")
@needs("admin:use")
def remove_officer(code: str, user_id: int) -> Any:
    """Take a person off the staff."""
    with transaction() as session:
        found = queries.office_to_edit(session, actor(), code)
        staff.remove_officer(session, actor(), found, user_id, clock.now())
    return _saved(code)


@bp.post("/offices/<code>/holidays")
@needs("desk:use")
def add_holiday(code: str) -> Any:
    """Add a day on which the office does not work."""
    form = HolidayForm()
    if form.validate() and form.day.data is not None:
        try:
            with transaction() as session:
                found = queries.office_to_edit(session, actor(), code)
                holidays.add_holiday(
                    session, actor(), found, form.day.data, form.text("celebrated"), clock.now()
                )
            return _saved(code)
        except Invalid as error:
            form.blame(error)
    return _page(code, holiday_form=form), 422


@bp.post("/offices/<code>/holidays/<day>/remove")
@needs("desk:use")
def remove_holiday(code: str, day: str) -> Any:
    """Take a holiday away."""
    try:
        chosen = date.fromisoformat(day)
    except ValueError:
        raise NotFound from None
    with transaction() as session:
        found = queries.office_to_edit(session, actor(), code)
        holidays.remove_holiday(session, actor(), found, chosen, clock.now())
    return _saved(code)


def _saved(code: str) -> Any:
    flash(_("Saved."), "success")
    return redirect(url_for("offices.office", code=code), 303)


def _page(
    code: str,
    office_form: OfficeForm | None = None,
    coverage_form: CoverageForm | None = None,
    staff_form: StaffForm | None = None,
    holiday_form: HolidayForm | None = None,
    conflict: Conflict | None = None,
) -> str:
    with reading() as session:
        found: Office = queries.office_to_edit(session, actor(), code)
        people = queries.staff_of(session, found.id)
    covered = {"countries": [entry.country for entry in found.countries]}
    return render_template(
        "offices/office.html",
        office=found,
        staff=people,
        form=office_form or OfficeForm(formdata=None, obj=found, weekend=list(found.weekend)),
        holiday=holiday_form or HolidayForm(formdata=None),
        coverage=coverage_form or CoverageForm(formdata=None, data=covered),
        newcomer=staff_form or StaffForm(formdata=None),
        conflict=conflict,
    )
