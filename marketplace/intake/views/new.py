"""The list of an office's imports, and a new file."""

from __future__ import annotations

from contextlib import closing

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from marketplace import clock
from marketplace.errors import Invalid
from marketplace.intake.forms import UploadForm
from marketplace.intake.queries.find import PAGE, Listed, imports_of
from marketplace.intake.services.receive import Received, read_table, receive_file
from marketplace.intake.views.blueprint import ROOT, Answer, bp, file_store
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, settings, transaction
from marketplace.web.paging import Page, asked_page


@bp.get(ROOT)
@needs("desk:use")
def imports() -> str:
    """Show the imports of the office, the last one first."""
    number = asked_page()
    with reading() as session:
        found, total = imports_of(session, actor(), number)
    page: Page[Listed] = Page(found, number, PAGE, total)
    return render_template("intake/imports.html", page=page, all_offices=actor().is_admin)


@bp.get(f"{ROOT}/new")
@needs("desk:use")
def new_import() -> str:
    """Ask for a file."""
    return _page(UploadForm(formdata=None))


@bp.post(f"{ROOT}/new")
@needs("desk:use")
def upload() -> Answer:
    """Take a file, and go on with its columns."""
    form = UploadForm()
    if form.validate():
        try:
            received = _received(form)
            with transaction() as session:
                work = receive_file(
                    session,
                    actor(),
                    received,
                    kind=form.chosen_kind(),
                    encoding=form.chosen_encoding(),
                    sheet=form.text("sheet"),
                    store=file_store(),
                    now=clock.now(),
                )
                number = work.id
        except Invalid as error:
            form.blame(error)
        else:
            return redirect(url_for("intake.columns", number=number), 303)
    return _page(form), 422


def _received(form: UploadForm) -> Received:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Invalid("file", _("Choose a file."), "missing")
    with closing(sent):
        return read_table(
            sent.filename,
            sent.stream,
            limit_mb=settings().upload_max_mb,
            encoding=form.chosen_encoding(),
            sheet=form.text("sheet"),
        )


def _page(form: UploadForm) -> str:
    return render_template("intake/new.html", form=form, limit_mb=settings().upload_max_mb)
