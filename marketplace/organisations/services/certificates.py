"""Certificates that an organisation holds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import audit, outbox
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.files import StoredFile
from marketplace.organisations.models import HeldCertificate, Organisation
from marketplace.organisations.queries.found import locked_organisation
from marketplace.organisations.services.values import fingerprint
from marketplace.policy import Actor

MOST = 50


@dataclass(frozen=True, slots=True)
class CertificateValues:
    """What an organisation says of a certificate."""

    scheme: str
    scope: str = ""
    body: str = ""
    number: str = ""
    issued_on: date | None = None
    expires_on: date | None = None


def values_of(certificate: HeldCertificate) -> CertificateValues:
    """Return what a stored certificate says."""
    return CertificateValues(
        **{name: getattr(certificate, name) for name in CertificateValues.__dataclass_fields__}
    )


def certificate_of(organisation: Organisation, certificate_id: int) -> HeldCertificate:
    """Return one certificate of an organisation.

    Raises
    ------
    NotFound
        Where it has none of this id.
    """
    found = next((row for row in organisation.certificates if row.id == certificate_id), None)
    if found is None:
        raise NotFound
    return found


def add_certificate(
    session: Session,
    actor: Actor,
    reference: str,
    values: CertificateValues,
    *,
    file: StoredFile | None,
    now: datetime,
) -> HeldCertificate:
    """Add a certificate; one that says the very same is the same, so that a second click adds none.

    Raises
    ------
    Invalid
        Where there are too many.
    """
    organisation = locked_organisation(session, actor, reference, "organisation:edit")
    for present in organisation.certificates:
        if values_of(present) == values:
            _attach(session, present, file)
            return present
    if len(organisation.certificates) >= MOST:
        raise Invalid(
            "", _("There are %(most)s certificates already. Remove some first.", most=MOST), "too_many"
        )
    certificate = HeldCertificate(**asdict(values), file_id=None if file is None else file.id)
    organisation.certificates.append(certificate)
    session.flush()
    _note(session, actor, organisation, "organisation:certificate-add", certificate.id, now)
    return certificate


def change_certificate(
    session: Session,
    actor: Actor,
    reference: str,
    values: CertificateValues,
    *,
    certificate_id: int,
    seen: str,
    file: StoredFile | None,
    now: datetime,
) -> None:
    """Change a certificate; what an officer has checked is no longer checked.

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
    certificate = certificate_of(organisation, certificate_id)
    current = values_of(certificate)
    if current == values and file is None:
        return
    if fingerprint(current) != seen and current != values:
        raise Conflict(_("Somebody else has changed this certificate since you opened it."), asdict(current))
    for name, value in asdict(values).items():
        setattr(certificate, name, value)
    certificate.verified_at = certificate.verified_by_id = None
    _attach(session, certificate, file)
    _note(session, actor, organisation, "organisation:certificate-edit", certificate.id, now)


def remove_certificate(
    session: Session, actor: Actor, reference: str, *, certificate_id: int, now: datetime
) -> None:
    """Remove a certificate and what is known of its file."""
    organisation = locked_organisation(session, actor, reference, "organisation:edit")
    certificate = certificate_of(organisation, certificate_id)
    file_id = certificate.file_id
    organisation.certificates.remove(certificate)
    session.flush()
    _forget(session, file_id)
    _note(session, actor, organisation, "organisation:certificate-remove", certificate_id, now)


def verify_certificate(
    session: Session, actor: Actor, reference: str, *, certificate_id: int, now: datetime
) -> None:
    """Note that an officer has checked a certificate with its issuer or its original."""
    organisation = locked_organisation(session, actor, reference, "organisation:verify")
    certificate = certificate_of(organisation, certificate_id)
    certificate.verified_at = now
    certificate.verified_by_id = actor.user_id
    audit.note(
        session,
        actor.user_id,
        "organisation:verify",
        "organisation",
        organisation.id,
        now,
        {"certificate": certificate_id},
    )


def _attach(session: Session, certificate: HeldCertificate, file: StoredFile | None) -> None:
    if file is None or certificate.file_id == file.id:
        return
    old, certificate.file_id = certificate.file_id, file.id
    session.flush()
    _forget(session, old)


def _forget(session: Session, file_id: int | None) -> None:
    file = None if file_id is None else session.get(StoredFile, file_id)
    if file is not None:
        session.delete(file)
        session.flush()


def _note(
    session: Session, actor: Actor, organisation: Organisation, act: str, certificate_id: int, now: datetime
) -> None:
    audit.note(
        session, actor.user_id, act, "organisation", organisation.id, now, {"certificate": certificate_id}
    )
    outbox.record(session, "OrganisationChanged", {"organisation": organisation.id}, at=now)
