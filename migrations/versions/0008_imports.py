"""Imports of an office's databank: the files, what became of their rows, and mappings that are kept"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# As they were at this release: history does not follow later changes of the models.
KINDS = ("organisations", "listings", "offers", "requests")
STATES = ("mapping", "trying", "tried", "running", "done", "stopped", "failed")
PASSES = ("trial", "run")
SEVERITIES = ("error", "warning")
DUE = "due_at IS NOT NULL"


def _moment() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def _json() -> sa.types.TypeEngine[object]:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _choice(words: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "databank_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("kind", _choice(KINDS, "kind"), nullable=False),
        sa.Column("state", _choice(STATES, "state"), nullable=False),
        sa.Column("encoding", sa.String(length=40), nullable=False),
        sa.Column("sheet", sa.String(length=120), nullable=False),
        sa.Column("found", _json(), nullable=False),
        sa.Column("header_key", sa.String(length=64), nullable=False),
        sa.Column("columns", _json(), nullable=False),
        sa.Column("fixed", _json(), nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("due_at", _moment(), nullable=True),
        *_numbers("turn", "attempts"),
        sa.Column("error", sa.String(length=2000), nullable=False),
        *_numbers("version"),
        sa.CheckConstraint(
            "(state IN ('trying', 'running')) = (due_at IS NOT NULL)", name=op.f("ck_databank_import_due")
        ),
        sa.CheckConstraint("state <> 'failed' OR error <> ''", name=op.f("ck_databank_import_reason")),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_databank_import_office_id_office")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_databank_import_user_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_databank_import_file_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_databank_import")),
    )
    op.create_index("ix_databank_import_office", "databank_import", ["office_id", "id"])
    op.create_index(
        "ix_databank_import_due",
        "databank_import",
        ["due_at"],
        sqlite_where=sa.text(DUE),
        postgresql_where=sa.text(DUE),
    )
    op.create_table(
        "import_pass",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("kind", _choice(PASSES, "kind"), nullable=False),
        *_numbers("position"),
        sa.Column("bytes_done", sa.BigInteger(), nullable=False),
        sa.Column("bytes_total", sa.BigInteger(), nullable=False),
        *_numbers("row_count", "created", "changed", "unchanged", "refused", "warnings"),
        sa.Column("stopped", sa.String(length=1000), nullable=False),
        sa.Column("preview", _json(), nullable=False),
        sa.Column("started_at", _moment(), nullable=False),
        sa.Column("ended_at", _moment(), nullable=True),
        sa.CheckConstraint(
            "row_count = created + changed + unchanged + refused", name=op.f("ck_import_pass_counted")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["databank_import.id"],
            name=op.f("fk_import_pass_import_id_databank_import"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_id", "kind", name=op.f("pk_import_pass")),
    )
    op.create_table(
        "import_problem",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("pass_kind", _choice(PASSES, "pass_kind"), nullable=False),
        sa.Column("severity", _choice(SEVERITIES, "severity"), nullable=False),
        *_numbers("line"),
        sa.Column("field", sa.String(length=255), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("message", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id", "pass_kind"],
            ["import_pass.import_id", "import_pass.kind"],
            name="fk_import_problem_pass",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_problem")),
    )
    op.create_index("ix_import_problem_pass", "import_problem", ["import_id", "pass_kind", "severity", "id"])
    op.create_table(
        "column_mapping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", _choice(KINDS, "kind"), nullable=False),
        sa.Column("header_key", sa.String(length=64), nullable=False),
        sa.Column("columns", _json(), nullable=False),
        sa.Column("fixed", _json(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("saved_at", _moment(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_column_mapping_name")),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_column_mapping_office_id_office")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_column_mapping_user_id_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_mapping")),
        sa.UniqueConstraint("office_id", "name", name=op.f("uq_column_mapping_office_id_name")),
    )
    op.create_index("ix_column_mapping_header", "column_mapping", ["office_id", "header_key"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("column_mapping")
    op.drop_table("import_problem")
    op.drop_table("import_pass")
    op.drop_table("databank_import")
