"""Narrow copies of what the desk and the search look at"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# As they were at this release: history does not follow later changes of the models.
PUBLISHED = "state = 'published'"
SIDES = (
    "proposer_organisation_id", "other_organisation_id", "proposer_listing_id", "other_listing_id", "id",
)  # fmt: skip
HANDS = (
    "state", "proposer_office_id", "other_office_id", "proposer_officer_id", "other_officer_id",
)  # fmt: skip
MOMENTS = ("proposed_at", "vetted_at", "sent_at", "revealed_at", "ended_at", "due_at")
NEW = (
    ("ix_listing_country", ("country", "id")),
    ("ix_listing_kind", ("kind", "id")),
    ("ix_listing_office", ("office_id", "state")),
)
ORDERS = (("ix_organisation_office_name", "name_key"), ("ix_organisation_office_changed", "updated_at"))


def upgrade() -> None:
    """Apply."""
    op.drop_index("ix_listing_office_id", "listing")
    for name, columns in NEW:
        op.create_index(name, "listing", list(columns))
    for name, place in ORDERS:
        _again(name, "organisation", ("office_id", place, "id", "merged_into_id"))
    _again(
        "ix_listing_open",
        "listing",
        (
            "published_at", "id", "side", "kind", "country", "dissemination", "organisation_id",
            "valid_until", "response_deadline", "state",
        ),
        PUBLISHED,
    )  # fmt: skip
    _again(
        "ix_introduction_figures",
        "introduction",
        (*HANDS, "due_at", "changed_at", "proposed_at", *SIDES),
    )


def downgrade() -> None:
    """Undo."""
    _again("ix_introduction_figures", "introduction", (*HANDS, "origin", "ended_by", *MOMENTS, *SIDES))
    _again("ix_listing_open", "listing", ("side", "kind", "published_at"), PUBLISHED)
    for name, place in ORDERS:
        _again(name, "organisation", ("office_id", place, "id"))
    for name, _columns in reversed(NEW):
        op.drop_index(name, "listing")
    op.create_index("ix_listing_office_id", "listing", ["office_id"])


def _again(name: str, table: str, columns: Sequence[str], where: str | None = None) -> None:
    given: dict[str, Any] = {}
    if where is not None:
        given = {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)}
    op.drop_index(name, table)
    op.create_index(name, table, list(columns), **given)
