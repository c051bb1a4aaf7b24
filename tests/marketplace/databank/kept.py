"""What an office keeps of an organisation for itself, with words that can be looked for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.databank.models import Note, OrganisationTag, Tag
from marketplace.files import StoredFile
from marketplace.organisations.models import Benchmark, Check, CheckResult, Organisation, Verification


def keep_at_the_office(
    session: Session, organisation: Organisation, now: datetime, note: str, tag: str, *evidence: str
) -> None:
    """Let the organisation's office note something of it, tag it, check it, and measure it.

    Parameters
    ----------
    evidence
        Five words: of the check as text, in a link, and in the name of a file; of the benchmark with whom
        it was compared, and what was found.
    """
    words, link, file, against, findings = evidence
    kept = StoredFile(
        sha256="3" * 64, name=f"{file}.pdf", media_type="application/pdf", size=9, uploaded_at=now
    )
    given = Tag(office_id=organisation.office_id, word=tag, key=tag)
    session.add_all([kept, given])
    session.flush()
    of = {"organisation_id": organisation.id}
    session.add_all(
        [
            Note(**of, office_id=organisation.office_id, text=note, written_at=now),
            OrganisationTag(**of, tag_id=given.id, added_at=now),
            Verification(
                **of,
                check=Check.VISIT,
                result=CheckResult.CONFIRMED,
                checked_on=now.date(),
                office_id=organisation.office_id,
                evidence=words,
                evidence_link=f"https://example.org/{link}",
                evidence_file_id=kept.id,
                recorded_at=now,
            ),
            Benchmark(
                **of,
                benchmarked_on=now.date(),
                against=against,
                better_than=40,
                findings=findings,
                office_id=organisation.office_id,
                recorded_at=now,
            ),
        ]
    )
