"""Decisions on pairs, with the scores of their day, and what was learnt from them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.db import Json, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "calibration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fitted_at", UtcDateTime(), nullable=False),
        sa.Column("decisions", sa.Integer(), nullable=False),
        sa.Column("fitted", sa.Text(), nullable=False),
        sa.Column("measured", Json, nullable=False),
        sa.CheckConstraint("decisions >= 0", name=op.f("ck_calibration_decisions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration")),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "dismissed",
                "vetted",
                "declined",
                "expired",
                "accepted",
                "agreed",
                "failed",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("introduction_id", sa.Integer(), nullable=True),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("offer_id", sa.Integer(), nullable=True),
        sa.Column(
            "side",
            sa.Enum("offer", "request", name="side", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column(
            "by",
            sa.Enum(
                "proposer",
                "other",
                "proposer_office",
                "other_office",
                "exchange",
                name="by",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "subcontracting",
                "technology",
                "investment",
                "environment",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("total", sa.Double(), nullable=True),
        sa.Column("explanation", Json, nullable=True),
        sa.CheckConstraint(
            "(verdict = 'dismissed') = (introduction_id IS NULL)", name=op.f("ck_decision_of_introduction")
        ),
        sa.CheckConstraint("(verdict = 'dismissed') = (side IS NOT NULL)", name=op.f("ck_decision_of_side")),
        sa.CheckConstraint(
            "side IS NULL OR (request_id IS NOT NULL AND offer_id IS NOT NULL)",
            name=op.f("ck_decision_of_pair"),
        ),
        sa.CheckConstraint("total BETWEEN 0 AND 100", name=op.f("ck_decision_total")),
        sa.ForeignKeyConstraint(
            ["introduction_id"], ["introduction.id"], name=op.f("fk_decision_introduction_id_introduction")
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["listing.id"], name=op.f("fk_decision_offer_id_listing"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["listing.id"], name=op.f("fk_decision_request_id_listing"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("introduction_id", "verdict", name=op.f("uq_decision_introduction_id_verdict")),
    )
    op.create_index(
        "uq_decision_dismissed",
        "decision",
        ["request_id", "offer_id", "side"],
        unique=True,
        sqlite_where=sa.text("verdict = 'dismissed'"),
        postgresql_where=sa.text("verdict = 'dismissed'"),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index(
        "uq_decision_dismissed",
        table_name="decision",
        sqlite_where=sa.text("verdict = 'dismissed'"),
        postgresql_where=sa.text("verdict = 'dismissed'"),
    )

    op.drop_table("decision")
    op.drop_table("calibration")
