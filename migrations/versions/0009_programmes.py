"""Programmes, the offices that take part, and the organisations enrolled"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.db import Json, UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

OPEN = "left_at IS NULL"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "programme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("aim", sa.String(length=2000), nullable=False),
        sa.Column("countries", Json, nullable=False),
        sa.Column("sectors", Json, nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_programme_dates")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_programme_office_id_office")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("code", name=op.f("uq_programme_code")),
    )
    op.create_table(
        "programme_office",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_programme_office_office_id_office")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programme.id"],
            name=op.f("fk_programme_office_programme_id_programme"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("programme_id", "office_id", name=op.f("pk_programme_office")),
    )
    op.create_table(
        "enrolment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("enrolled_by_id", sa.Integer(), nullable=True),
        sa.Column("left_at", UtcDateTime(), nullable=True),
        sa.Column("left_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("left_at IS NULL OR left_at >= since", name=op.f("ck_enrolment_moments")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_enrolment_programme_id_programme")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_enrolment_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["user.id"], name=op.f(f"fk_enrolment_{column}_user"), ondelete="SET NULL"
            )
            for column in ("enrolled_by_id", "left_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
    )
    op.create_index("ix_enrolment_organisation", "enrolment", ["organisation_id", "programme_id"])
    op.create_index(
        "uq_enrolment_open",
        "enrolment",
        ["programme_id", "organisation_id"],
        unique=True,
        sqlite_where=sa.text(OPEN),
        postgresql_where=sa.text(OPEN),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("enrolment")
    op.drop_table("programme_office")
    op.drop_table("programme")
