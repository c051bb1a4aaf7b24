"""What an office keeps: the list in SQL against the predicate."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from hypothesis import given, settings

from marketplace import policy
from marketplace.db import Database
from marketplace.offices.models import Office, OfficeKind
from marketplace.organisations.models import Organisation, OrganisationType
from marketplace.policy import Actor
from tests.marketplace.test_policy import ACTORS, OTHER, OWN

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


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
