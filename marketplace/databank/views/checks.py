"""Recording what was checked, and taking a record back."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from marketplace import clock
from marketplace.databank.forms import CheckForm
from marketplace.databank.queries.record import evidence_of
from marketplace.databank.views.blueprint import LARGEST, ONE, Answer, bp, done
from marketplace.databank.views.record import page
from marketplace.errors import Invalid, NotFound
from marketplace.files import Upload, download_headers, read_upload
from marketplace.organisations.forms.people import ReasonForm
from marketplace.organisations.queries.found import organisation_of
from marketplace.organisations.services.verification import record_checks, withdraw_check
from marketplace.organisations.views.blueprint import file_store
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, settings, transaction

RECORD = f"{ONE}/checks/<int(max={LARGEST}):record_id>"


@bp.post(f"{ONE}/checks")
@needs("organisation:verify")
def check(reference: str) -> Answer:
    """Record what was checked."""
    form = CheckForm()
    if form.validate():
        try:
            upload = _upload()
            with transaction() as session:
                records = record_checks(
                    session,
                    actor(),
                    reference,
                    form.values(),
                    upload=upload,
                    store=file_store(),
                    now=clock.now(),
                )
        except Invalid as problem:
            form.blame(problem)
        else:
            told = ngettext("%(num)s record is kept.", "%(num)s records are kept.", len(records))
            return done(reference, told if records else _("This was recorded already."), "checks")
    return page(reference, {"check": form}), 422


@bp.post(f"{RECORD}/withdraw")
@needs("organisation:verify")
def withdraw(reference: str, record_id: int) -> Answer:
    """Take a record back."""
    form = ReasonForm()
    if not form.validate():
        return page(reference, {f"withdraw-{record_id}": form}), 422
    with transaction() as session:
        withdraw_check(
            session, actor(), reference, record_id=record_id, because=form.text("reason"), now=clock.now()
        )
    return done(reference, _("Withdrawn; the record and your reason stay to be read here."), "checks")


@bp.get(f"{RECORD}/file")
@needs("databank:view")
def evidence(reference: str, record_id: int) -> Response:
    """Hand out the file that goes with a record: to the office alone."""
    with reading() as session:
        organisation = organisation_of(session, actor(), reference, "databank:view")
        file = evidence_of(session, organisation, record_id)
    try:
        content = file_store().read(file.sha256)
    except OSError:
        raise NotFound from None
    return Response(content, headers=download_headers(file))


def _upload() -> Upload | None:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return None
    return read_upload(sent.filename, sent.stream, limit_mb=settings().upload_max_mb)
