"""When the two sides of an introduction have met, and when a listing was first answered"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# As they were at this release: history does not follow later changes of the models.
CHECKS = {
    "met": "state <> 'meeting_held' OR met_at IS NOT NULL",
    "met_each_other": "met_at IS NULL OR revealed_at IS NOT NULL",
}
SIDES = (
    "proposer_office_id", "other_office_id", "proposer_organisation_id", "other_organisation_id",
    "proposer_listing_id", "other_listing_id", "id",
)  # fmt: skip
LISTING = ("office_id", "country", "organisation_id", "id")
MET, HELD, ANSWERED = "act = 'introduction:hold_meeting'", "state = 'held'", "answered_at IS NOT NULL"
# The first time that it was noted, in either way.
TOLD = (
    f"SELECT min(at) FROM audit_entry WHERE thing = 'introduction' AND thing_id = introduction.id AND {MET}"  # noqa: S608
)
ARRANGED = f"SELECT min(noted_at) FROM meeting WHERE introduction_id = introduction.id AND {HELD}"  # noqa: S608
SAID_YES = """
SELECT min(revealed_at) FROM introduction
WHERE other_listing_id = listing.id OR proposer_listing_id = listing.id
"""
LATER = f"revealed_at IS NOT NULL AND (met_at IS NULL OR met_at > ({ARRANGED}))"
FILL = (
    f"UPDATE introduction SET met_at = ({TOLD}) WHERE revealed_at IS NOT NULL",  # noqa: S608
    f"UPDATE introduction SET met_at = ({ARRANGED}) WHERE {LATER}",  # noqa: S608
    # Of which there is neither: when it was moved.
    "UPDATE introduction SET met_at = changed_at WHERE state = 'meeting_held' AND met_at IS NULL",
    f"UPDATE listing SET answered_at = ({SAID_YES})",  # noqa: S608
)


def upgrade() -> None:
    """Apply."""
    at = sa.DateTime(timezone=True)
    op.add_column("listing", sa.Column("answered_at", at, nullable=True))
    if op.get_context().dialect.name == "sqlite":
        # It would look at the rows before they are filled, and takes no constraint later.
        checks = [
            sa.CheckConstraint(text, name=op.f(f"ck_introduction_{name}")) for name, text in CHECKS.items()
        ]
        op.execute("PRAGMA ignore_check_constraints = ON")
        op.add_column("introduction", sa.Column("met_at", at, *checks, nullable=True))
        _fill()
        op.execute("PRAGMA ignore_check_constraints = OFF")
    else:
        op.add_column("introduction", sa.Column("met_at", at, nullable=True))
        _fill()
        for name, text in CHECKS.items():
            op.create_check_constraint(op.f(f"ck_introduction_{name}"), "introduction", text)
    op.create_index("ix_introduction_met", "introduction", ["met_at", *SIDES])
    op.create_index("ix_listing_answered", "listing", ["answered_at", *LISTING], **_where(ANSWERED))
    op.drop_index("ix_meeting_held", "meeting")
    op.drop_index("ix_audit_entry_met", "audit_entry")


def downgrade() -> None:
    """Undo: the moments are found again where they were found before."""
    op.create_index("ix_audit_entry_met", "audit_entry", ["at", "thing", "thing_id"], **_where(MET))
    op.create_index("ix_meeting_held", "meeting", ["noted_at", "introduction_id"], **_where(HELD))
    op.drop_index("ix_listing_answered", "listing")
    op.drop_index("ix_introduction_met", "introduction")
    if op.get_context().dialect.name != "sqlite":
        for name in reversed(CHECKS):
            op.drop_constraint(op.f(f"ck_introduction_{name}"), "introduction", type_="check")
    op.drop_column("introduction", "met_at")
    op.drop_column("listing", "answered_at")


def _fill() -> None:
    for statement in FILL:
        op.execute(statement)


def _where(text: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(text), "postgresql_where": sa.text(text)}
