"""Merging of duplicates: the stub that leads on, what undoes it, and pairs that are not the same"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STANDING = "undone_at IS NULL"
MERGED = "merged_into_id IS NULL OR (merged_into_id <> id AND suspended_at IS NOT NULL)"
AS_WHOM = ("proposer_as_id", "other_as_id")


def upgrade() -> None:
    """Apply."""
    # Added as they are: on SQLite, a table that is made anew takes with it what points to it.
    _refer("organisation", "merged_into_id", f" CONSTRAINT ck_organisation_merged CHECK ({MERGED})")
    op.create_index(op.f("ix_organisation_merged_into_id"), "organisation", ["merged_into_id"])
    op.add_column(
        "membership", sa.Column("by_merge", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    for column in AS_WHOM:
        _refer("introduction", column)
    json = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
    op.create_table(
        "organisation_merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("merged_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("journal", json, nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kept_id <> merged_id", name=op.f("ck_organisation_merge_two")),
        sa.ForeignKeyConstraint(
            ["kept_id"], ["organisation.id"], name=op.f("fk_organisation_merge_kept_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["merged_id"], ["organisation.id"], name=op.f("fk_organisation_merge_merged_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_organisation_merge_by_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"],
            ["user.id"],
            name=op.f("fk_organisation_merge_undone_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_merge")),
        sqlite_autoincrement=True,
    )
    for column in ("kept_id", "merged_id"):
        op.create_index(op.f(f"ix_organisation_merge_{column}"), "organisation_merge", [column])
    op.create_index(
        "uq_organisation_merge_standing",
        "organisation_merge",
        ["merged_id"],
        unique=True,
        sqlite_where=sa.text(STANDING),
        postgresql_where=sa.text(STANDING),
    )
    op.create_table(
        "organisation_distinct",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("other_organisation_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "organisation_id <> other_organisation_id", name=op.f("ck_organisation_distinct_two")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_distinct_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["other_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_distinct_other_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_organisation_distinct_by_id_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "other_organisation_id", name=op.f("pk_organisation_distinct")
        ),
    )
    op.create_index(
        op.f("ix_organisation_distinct_other_organisation_id"),
        "organisation_distinct",
        ["other_organisation_id"],
    )


def downgrade() -> None:
    """Undo; a duplicate stays suspended."""
    op.drop_table("organisation_distinct")
    op.drop_table("organisation_merge")
    for column in reversed(AS_WHOM):
        op.drop_column("introduction", column)
    op.drop_column("membership", "by_merge")
    op.drop_index(op.f("ix_organisation_merged_into_id"), "organisation")
    op.drop_column("organisation", "merged_into_id")


def _refer(table: str, column: str, check: str = "") -> None:
    """Add a column that refers to organisations; Alembic has no words for this on SQLite."""
    key = f"CONSTRAINT fk_{table}_{column}_organisation REFERENCES organisation (id)"
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER{check} {key}")
