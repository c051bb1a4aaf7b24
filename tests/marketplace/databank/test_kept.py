"""What an office keeps: the list in SQL against the predicate."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from hypothesis import given, settings

from marketplace import policy
from marketplace.db import Database
from marketplace.offices.models import Office, OfficeKind
from marketplace.organisations.models import Organisation, OrganisationType
from marketplace.policy import Actor
from tests.marketplace.permissions import OTHER, OWN, Thing, who
from tests.marketplace.test_policy import ACTORS

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("thing", "permission", "expected"),
    [
        # A note of a colleague is read, not changed; one of another office is not even known.
        (Thing(written_by_id=9), "note:edit", {"admin"}),
        (Thing(office_id=OTHER), "note:view", {"officer elsewhere", "admin"}),
        (Thing(office_id=OTHER), "note:edit", set()),
        (Thing(office_id=None), "databank:view", {"admin"}),
    ],
)
def test_who_may_in_a_special_case(thing: Thing, permission: str, expected: set[str]) -> None:
    assert who(permission, thing) == expected


def test_an_offices_databank_shows_what_the_predicate_allows(database: Database) -> None:
    values = {"type": OrganisationType.ENTERPRISE, "country": "GH", "created_at": NOW, "updated_at": NOW}
    with database.transaction() as session:
        for number in (OWN, OTHER):
            session.add(
                Office(code=f"O{number}", kind=OfficeKind.SPX, name="x", country="GH", created_at=NOW)
            )
        session.flush()
        for office_id in (OWN, OTHER, None):
            for _twice in range(2):
                session.add(Organisation(name="x", name_key="x", office_id=office_id, **values))
    with database.reading() as session:
        organisations = session.scalars(sa.select(Organisation)).all()

        @settings(max_examples=60)
        @given(actor=ACTORS)
        def agree(actor: Actor) -> None:
            kept = sa.select(Organisation.id).where(policy.kept_by(actor, Organisation))
            assert set(session.scalars(kept)) == {
                row.id for row in organisations if policy.allowed(actor, "databank:view", row)
            }

        agree()
