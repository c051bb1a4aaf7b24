"""The pages of programmes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from marketplace import clock
from marketplace.errors import Conflict, Invalid
from marketplace.offices.queries import all_offices
from marketplace.programmes import queries, services
from marketplace.programmes.forms import EnrolForm, NewProgrammeForm, ProgrammeForm
from marketplace.programmes.models import Programme
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, transaction

bp = Blueprint("programmes", __name__)
PLACE = "/desk/programmes/<code>"


@bp.get("/desk/programmes")
@needs("desk:use")
def all_programmes() -> str:
    """List the programmes."""
    with reading() as session:
        found = queries.all_programmes(session)
    return render_template("programmes/list.html", programmes=found, today=clock.today())


@bp.get("/desk/programmes/new")
@needs("programme:create")
def new_programme() -> str:
    """Show the empty form."""
    return _new(NewProgrammeForm(formdata=None))


@bp.post("/desk/programmes/new")
@needs("programme:create")
def make_programme() -> Any:
    """Make a programme."""
    form = NewProgrammeForm()
    with reading() as session:
        form.offer(all_offices(session), actor().office_id)
    if form.validate():
        try:
            with transaction() as session:
                code = form.text("code")
                services.make_programme(session, actor(), form.values(), code=code, now=clock.now())
            flash(_("The programme is there. Enrol its companies now."), "success")
            return redirect(url_for("programmes.programme", code=code), 303)
        except Invalid as error:
            form.blame(error)
    return _new(form), 422


@bp.get(PLACE)
@needs("programme:view")
def programme(code: str) -> str:
    """Show a programme and who is enrolled."""
    return _page(code, EnrolForm(formdata=None))


@bp.get(f"{PLACE}/edit")
@needs("programme:edit")
def edit_programme(code: str) -> str:
    """Show what can be changed."""
    with reading() as session:
        found = queries.programme_of(session, actor(), code, "programme:edit")
        form = ProgrammeForm(
            formdata=None,
            data={
                **{name: getattr(found, name) for name in _COLUMNS},
                "partners": [partner.office.code for partner in found.partners],
            },
        )
        return _form(session, form, found)


@bp.post(f"{PLACE}/edit")
@needs("programme:edit")
def change_programme(code: str) -> Any:
    """Change what a programme is about."""
    form = ProgrammeForm()
    status = 422
    try:
        with transaction() as session:
            found = queries.programme_of(session, actor(), code, "programme:edit")
            form.offer(all_offices(session), found.office_id)
            if form.validate():
                services.change_programme(
                    session, actor(), found, form.values(), version=form.opened_at(), now=clock.now()
                )
                flash(_("Saved."), "success")
                return redirect(url_for("programmes.programme", code=code), 303)
    except Invalid as error:
        form.blame(error)
    except Conflict as conflict:
        form.blame(Invalid("", conflict.message))
        status = 409
    with reading() as session:
        return _form(session, form, queries.programme_of(session, actor(), code, "programme:edit")), status


@bp.post(f"{PLACE}/enrol")
@needs("programme:enrol")
def enrol(code: str) -> Any:
    """Enrol organisations."""
    form = EnrolForm()
    try:
        with transaction() as session:
            found = queries.programme_of(session, actor(), code, "programme:enrol")
            if form.validate():
                count = services.enrol(session, actor(), found, form.words(), clock.now())
                told = ngettext(
                    "%(num)s organisation is new in it.", "%(num)s organisations are new in it.", count
                )
                flash(told, "success")
                return redirect(url_for("programmes.programme", code=code), 303)
    except Invalid as error:
        form.blame(error)
    return _page(code, form), 422


@bp.post(f"{PLACE}/leave/<reference>")
@needs("programme:enrol")
def let_go(code: str, reference: str) -> Any:
    """End the enrolment of an organisation."""
    with transaction() as session:
        found = queries.programme_of(session, actor(), code, "programme:enrol")
        organisation = services.let_go(session, actor(), found, reference, clock.now())
        flash(_("%(name)s takes part no more.", name=organisation.name), "success")
    return redirect(url_for("programmes.programme", code=code), 303)


_COLUMNS = ("name", "aim", "countries", "sectors", "starts_on", "ends_on", "version")


def _page(code: str, form: EnrolForm) -> str:
    with reading() as session:
        found = queries.programme_of(session, actor(), code, "programme:view")
        enrolled = queries.enrolled_in(session, found)
        return render_template(
            "programmes/programme.html",
            programme=found,
            enrolled=enrolled,
            form=form,
            most=queries.SHOWN,
            today=clock.today(),
        )


def _new(form: NewProgrammeForm) -> str:
    with reading() as session:
        return _form(session, form, None)


def _form(session: Session, form: ProgrammeForm, found: Programme | None) -> str:
    form.offer(all_offices(session), found.office_id if found else actor().office_id)
    return render_template("programmes/form.html", form=form, programme=found)
