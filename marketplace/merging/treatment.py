"""What becomes of each thing that points at an organisation, when it is merged into another.

Whoever adds a foreign key to organisations adds a line here; a test fails until then, and no merge
is carried out.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString


class How(enum.StrEnum):
    """What becomes of a row."""

    # It belongs to the kept one from now on, unless that has the same already.
    FOLLOWS = "follows"
    # The kept one gets a row like it; the old one stays, and says who belonged to the duplicate.
    JOINS = "joins"
    # It stays with the duplicate: it tells what was.
    STAYS = "stays"


@dataclass(frozen=True, slots=True)
class Treatment:
    """How the rows of one foreign key are treated.

    Parameters
    ----------
    label
        What they are, for an officer.
    same
        Columns by which a row says the same as one of the kept organisation's, and stays then;
        what is unique in the database is known anyway.
    """

    how: How
    label: LazyString
    same: tuple[str, ...] = ()


def _stays(label: LazyString) -> Treatment:
    return Treatment(How.STAYS, label)


def _follows(label: LazyString, *same: str) -> Treatment:
    return Treatment(How.FOLLOWS, label, same)


TREATMENTS: Final[Mapping[str, Treatment]] = MappingProxyType(
    {
        "membership.organisation_id": Treatment(How.JOINS, _l("Members")),
        "invitation.organisation_id": _follows(_l("Invitations")),
        "listing.organisation_id": _follows(_l("Listings")),
        "introduction.proposer_organisation_id": _follows(_l("Introductions that it proposed")),
        "introduction.other_organisation_id": _follows(_l("Introductions proposed to it")),
        "organisation_identifier.organisation_id": _follows(
            _l("Legal identifiers"), "country", "scheme", "value"
        ),
        "certificate.organisation_id": _follows(_l("Certificates"), "scheme", "number", "expires_on"),
        "machine.organisation_id": _follows(_l("Machines"), "type", "maker", "year", "quantity", "axes"),
        "stored_file.organisation_id": _follows(_l("Files")),
        "organisation_note.organisation_id": _follows(_l("Notes")),
        "benchmark.organisation_id": _follows(_l("Benchmarks")),
        "organisation_tag.organisation_id": _follows(_l("Tags"), "tag_id"),
        "enrolment.organisation_id": _follows(_l("Programmes"), "programme_id"),
        # What was checked was checked of that record, and makes no other one verified.
        "verification.organisation_id": _stays(_l("Checks")),
        # Duplicates that were merged into this one lead on to the kept one.
        "organisation.merged_into_id": _follows(_l("Earlier duplicates")),
        # As whom a side said yes is what it was.
        "introduction.proposer_as_id": _stays(_l("Consents of earlier records")),
        "introduction.other_as_id": _stays(_l("Consents of earlier records")),
        "organisation_merge.kept_id": _stays(_l("Earlier merges")),
        "organisation_merge.merged_id": _stays(_l("Earlier merges")),
        "organisation_distinct.organisation_id": _stays(_l("Pairs found not to be the same")),
        "organisation_distinct.other_organisation_id": _stays(_l("Pairs found not to be the same")),
    }
)
