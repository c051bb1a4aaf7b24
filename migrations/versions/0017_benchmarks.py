"""How organisations perform among their peers, as offices measured it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "benchmark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("benchmarked_on", sa.Date(), nullable=False),
        sa.Column("against", sa.String(length=200), nullable=False),
        sa.Column("better_than", sa.Integer(), nullable=True),
        sa.Column("findings", sa.String(length=2000), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_because", sa.String(length=500), nullable=False),
        sa.CheckConstraint("better_than BETWEEN 0 AND 100", name=op.f("ck_benchmark_better_than")),
        sa.CheckConstraint("against <> ''", name=op.f("ck_benchmark_against")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_because = '')", name=op.f("ck_benchmark_withdrawn")
        ),
        _foreign("organisation_id", "organisation", "CASCADE"),
        _foreign("office_id", "office"),
        _foreign("recorded_by_id", "user", "SET NULL"),
        _foreign("withdrawn_by_id", "user", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benchmark")),
    )
    op.create_index("ix_benchmark_organisation", "benchmark", ["organisation_id", "recorded_at"])
    op.create_index("ix_benchmark_recorded", "benchmark", ["recorded_at", "organisation_id", "id"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("benchmark")


def _foreign(column: str, table: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{table}.id"], name=op.f(f"fk_benchmark_{column}_{table}"), ondelete=ondelete
    )
