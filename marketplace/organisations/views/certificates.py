"""Certificates: adding, changing, removing, and the file itself."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from marketplace import clock
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.files import StoredFile, Upload, download_headers, keep_file, read_upload
from marketplace.organisations.forms.parts import CertificateForm
from marketplace.organisations.models import HeldCertificate
from marketplace.organisations.queries.found import organisation_of
from marketplace.organisations.services import certificates as services
from marketplace.organisations.services.certificates import certificate_of, values_of
from marketplace.organisations.services.values import fingerprint
from marketplace.organisations.views.blueprint import OWN, bp, file_store
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, settings, transaction

ONE = "<int(max=2147483647):certificate_id>"


def _stored(reference: str, certificate_id: int) -> HeldCertificate:
    with reading() as session:
        organisation = organisation_of(session, actor(), reference, "organisation:edit")
        return certificate_of(organisation, certificate_id)


def _page(
    reference: str,
    form: CertificateForm,
    certificate: HeldCertificate | None = None,
    conflict: Conflict | None = None,
) -> str:
    with reading() as session:
        organisation = organisation_of(session, actor(), reference, "organisation:edit")
    return render_template(
        "organisations/certificate.html",
        organisation=organisation,
        form=form,
        certificate=certificate,
        conflict=conflict,
        limit_mb=settings().upload_max_mb,
    )


def _upload() -> Upload | None:
    """Return the file that came with the form, if there is one."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return None
    return read_upload(sent.filename, sent.stream, limit_mb=settings().upload_max_mb)


def _keep(session: Any, upload: Upload | None, organisation_id: int) -> StoredFile | None:
    if upload is None:
        return None
    return keep_file(
        session,
        file_store(),
        upload,
        organisation_id=organisation_id,
        user_id=actor().user_id,
        now=clock.now(),
    )


@bp.get(f"{OWN}/certificates/new")
@needs("organisation:edit")
def new_certificate(reference: str) -> str:
    """Show the form of a new certificate."""
    return _page(reference, CertificateForm(formdata=None))


@bp.post(f"{OWN}/certificates/new")
@needs("organisation:edit")
def add_certificate(reference: str) -> Any:
    """Add a certificate."""
    form = CertificateForm()
    if form.validate():
        try:
            upload = _upload()
            with transaction() as session:
                organisation = organisation_of(session, actor(), reference, "organisation:edit")
                file = _keep(session, upload, organisation.id)
                services.add_certificate(
                    session, actor(), reference, form.values(), file=file, now=clock.now()
                )
        except Invalid as error:
            form.blame(error)
        else:
            return _saved(reference)
    return _page(reference, form), 422


@bp.get(f"{OWN}/certificates/{ONE}")
@needs("organisation:edit")
def certificate(reference: str, certificate_id: int) -> str:
    """Show a certificate for changing it."""
    found = _stored(reference, certificate_id)
    form = CertificateForm(formdata=None, obj=found, data={"file": None})
    form.seen.process_data(fingerprint(values_of(found)))
    return _page(reference, form, found)


@bp.post(f"{OWN}/certificates/{ONE}")
@needs("organisation:edit")
def change_certificate(reference: str, certificate_id: int) -> Any:
    """Change a certificate."""
    form = CertificateForm()
    found = _stored(reference, certificate_id)
    if not form.validate():
        return _page(reference, form, found), 422
    try:
        upload = _upload()
        with transaction() as session:
            organisation = organisation_of(session, actor(), reference, "organisation:edit")
            services.change_certificate(
                session,
                actor(),
                reference,
                form.values(),
                certificate_id=certificate_id,
                seen=form.text("seen"),
                file=_keep(session, upload, organisation.id),
                now=clock.now(),
            )
    except Invalid as error:
        form.blame(error)
        return _page(reference, form, found), 422
    except Conflict as conflict:
        form.seen.process_data(fingerprint(values_of(found)))
        return _page(reference, form, found, conflict), 409
    return _saved(reference)


@bp.post(f"{OWN}/certificates/{ONE}/remove")
@needs("organisation:edit")
def remove_certificate(reference: str, certificate_id: int) -> Any:
    """Remove a certificate."""
    with transaction() as session:
        services.remove_certificate(
            session, actor(), reference, certificate_id=certificate_id, now=clock.now()
        )
    flash(_("The certificate is removed."), "success")
    return redirect(url_for("organisations.edit", reference=reference, _anchor="certificates"), 303)


def _saved(reference: str) -> Any:
    flash(_("Saved. Your matches are being compared anew."), "success")
    return redirect(url_for("organisations.edit", reference=reference, _anchor="certificates"), 303)


@bp.get(f"/organisations/<reference>/certificates/{ONE}/file")
@needs("organisation:contacts")
def certificate_file(reference: str, certificate_id: int) -> Response:
    """Hand out the file of a certificate: to colleagues and the office, since it names addresses."""
    with reading() as session:
        organisation = organisation_of(session, actor(), reference, "organisation:contacts")
        found = certificate_of(organisation, certificate_id)
        file = None if found.file_id is None else session.get(StoredFile, found.file_id)
    if file is None:
        raise NotFound
    return Response(file_store().read(file.sha256), headers=download_headers(file))
