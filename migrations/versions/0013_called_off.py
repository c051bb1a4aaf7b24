"""Meetings that were called off, and times that an office proposed in the place of a side"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SIDES = ("proposer", "other", "proposer_office", "other_office", "exchange")


def upgrade() -> None:
    """Apply."""
    # Added as it is: on SQLite, a table that is made anew takes with it what points to it.
    op.add_column("meeting", sa.Column("by_office", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "meeting_called_off",
        sa.Column("meeting_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "called_by",
            sa.Enum(*SIDES, name="called_by", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "called_by IN ('proposer', 'other')", name=op.f("ck_meeting_called_off_by_a_side")
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_meeting_called_off_words")),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
            name=op.f("fk_meeting_called_off_meeting_id_meeting"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_meeting_called_off")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("meeting_called_off")
    op.drop_column("meeting", "by_office")
