"""Messages, meetings, agreements and their follow-up within introductions"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from marketplace.db import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "agreement",
        sa.Column("introduction_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "subcontracting",
                "supplier",
                "distribution",
                "franchise",
                "joint_venture",
                "merger",
                "acquisition",
                "reciprocal_production",
                "licence",
                "commercial_agreement",
                "technical_cooperation",
                "rd_cooperation",
                "investment",
                name="type",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column(
            "value_band",
            sa.Enum(
                "under_10k",
                "under_50k",
                "under_250k",
                "under_1m",
                "under_5m",
                "over_5m",
                "not_told",
                name="value_band",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("jobs", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column(
            "recorded_by",
            sa.Enum(
                "proposer",
                "other",
                "proposer_office",
                "other_office",
                "exchange",
                name="recorded_by",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("(value_band = 'not_told') = (currency = '')", name=op.f("ck_agreement_currency")),
        sa.CheckConstraint("recorded_by <> 'exchange'", name=op.f("ck_agreement_somebody")),
        sa.CheckConstraint("jobs BETWEEN 0 AND 100000", name=op.f("ck_agreement_jobs")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_agreement_file_id_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["introduction_id"], ["introduction.id"], name=op.f("fk_agreement_introduction_id_introduction")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["user.id"],
            name=op.f("fk_agreement_recorded_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("introduction_id", name=op.f("pk_agreement")),
    )
    op.create_index("ix_agreement_agreed_on", "agreement", ["agreed_on"], unique=False)

    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("introduction_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "replaced",
                "agreed",
                "held",
                "not_held",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column(
            "proposed_by",
            sa.Enum(
                "proposer",
                "other",
                "proposer_office",
                "other_office",
                "exchange",
                name="proposed_by",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column(
            "accepted_by",
            sa.Enum(
                "proposer",
                "other",
                "proposer_office",
                "other_office",
                "exchange",
                name="accepted_by",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("accepted_by_id", sa.Integer(), nullable=True),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("noted_at", UtcDateTime(), nullable=True),
        sa.Column("noted_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('held', 'not_held')) = (noted_at IS NOT NULL)", name=op.f("ck_meeting_noted")
        ),
        sa.CheckConstraint(
            "accepted_by IN ('proposer', 'other')", name=op.f("ck_meeting_accepted_by_a_side")
        ),
        sa.CheckConstraint("proposed_by IN ('proposer', 'other')", name=op.f("ck_meeting_of_a_side")),
        sa.CheckConstraint("state <> 'proposed' OR starts_at IS NULL", name=op.f("ck_meeting_proposed")),
        sa.CheckConstraint(
            "state NOT IN ('agreed', 'held', 'not_held') OR starts_at IS NOT NULL",
            name=op.f("ck_meeting_agreed"),
        ),
        sa.CheckConstraint(
            "(starts_at IS NULL) = (accepted_at IS NULL)", name=op.f("ck_meeting_accepted_when")
        ),
        sa.CheckConstraint("(starts_at IS NULL) = (accepted_by IS NULL)", name=op.f("ck_meeting_accepted")),
        sa.CheckConstraint("accepted_by <> proposed_by", name=op.f("ck_meeting_two_sides")),
        sa.CheckConstraint("minutes BETWEEN 5 AND 480", name=op.f("ck_meeting_minutes")),
        sa.CheckConstraint("series BETWEEN 1 AND number", name=op.f("ck_meeting_series")),
        sa.ForeignKeyConstraint(
            ["accepted_by_id"], ["user.id"], name=op.f("fk_meeting_accepted_by_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["introduction_id"], ["introduction.id"], name=op.f("fk_meeting_introduction_id_introduction")
        ),
        sa.ForeignKeyConstraint(
            ["noted_by_id"], ["user.id"], name=op.f("fk_meeting_noted_by_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["user.id"], name=op.f("fk_meeting_proposed_by_id_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("introduction_id", "number", name=op.f("uq_meeting_introduction_id_number")),
    )
    op.create_index(
        "uq_meeting_open",
        "meeting",
        ["introduction_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('proposed', 'agreed')"),
        postgresql_where=sa.text("state IN ('proposed', 'agreed')"),
    )

    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("introduction_id", sa.Integer(), nullable=False),
        sa.Column(
            "written_by",
            sa.Enum(
                "proposer",
                "other",
                "proposer_office",
                "other_office",
                "exchange",
                name="written_by",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("once", sa.String(length=32), nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("for_all", sa.Boolean(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("written_by <> 'exchange'", name=op.f("ck_message_somebody")),
        sa.CheckConstraint("text <> ''", name=op.f("ck_message_words")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name=op.f("fk_message_author_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["introduction_id"], ["introduction.id"], name=op.f("fk_message_introduction_id_introduction")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint(
            "introduction_id", "author_id", "once", name=op.f("uq_message_introduction_id_author_id_once")
        ),
    )
    op.create_index("ix_message_author", "message", ["author_id", "written_at"], unique=False)
    op.create_index(op.f("ix_message_introduction_id"), "message", ["introduction_id"], unique=False)

    op.create_table(
        "follow_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("introduction_id", sa.Integer(), nullable=False),
        sa.Column(
            "side",
            sa.Enum(
                "proposer",
                "other",
                "proposer_office",
                "other_office",
                "exchange",
                name="side",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=True),
        sa.Column(
            "answer",
            sa.Enum(
                "growing",
                "as_agreed",
                "smaller",
                "ended",
                "never_begun",
                name="answer",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("side IN ('proposer', 'other')", name=op.f("ck_follow_up_of_a_side")),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_follow_up_answered")),
        sa.CheckConstraint("answered_at IS NULL OR asked_at IS NOT NULL", name=op.f("ck_follow_up_asked")),
        sa.CheckConstraint("months IN (6, 12)", name=op.f("ck_follow_up_months")),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["user.id"],
            name=op.f("fk_follow_up_answered_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["introduction_id"],
            ["agreement.introduction_id"],
            name=op.f("fk_follow_up_introduction_id_agreement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
        sa.UniqueConstraint(
            "introduction_id", "side", "months", name=op.f("uq_follow_up_introduction_id_side_months")
        ),
    )
    op.create_index(
        "ix_follow_up_due",
        "follow_up",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("asked_at IS NULL"),
        postgresql_where=sa.text("asked_at IS NULL"),
    )

    op.create_table(
        "meeting_time",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("position BETWEEN 0 AND 4", name=op.f("ck_meeting_time_position")),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
            name=op.f("fk_meeting_time_meeting_id_meeting"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("meeting_id", "position", name=op.f("pk_meeting_time")),
        sa.UniqueConstraint("meeting_id", "starts_at", name=op.f("uq_meeting_time_meeting_id_starts_at")),
    )
    op.create_table(
        "message_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("position BETWEEN 0 AND 4", name=op.f("ck_message_file_position")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_message_file_file_id_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.id"],
            name=op.f("fk_message_file_message_id_message"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_file")),
        sa.UniqueConstraint("message_id", "position", name=op.f("uq_message_file_message_id_position")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("message_file")
    op.drop_table("meeting_time")
    op.drop_index(
        "ix_follow_up_due",
        "follow_up",
        sqlite_where=sa.text("asked_at IS NULL"),
        postgresql_where=sa.text("asked_at IS NULL"),
    )

    op.drop_table("follow_up")
    op.drop_index(op.f("ix_message_introduction_id"), "message")
    op.drop_index("ix_message_author", "message")

    op.drop_table("message")
    op.drop_index(
        "uq_meeting_open",
        "meeting",
        sqlite_where=sa.text("state IN ('proposed', 'agreed')"),
        postgresql_where=sa.text("state IN ('proposed', 'agreed')"),
    )

    op.drop_table("meeting")
    op.drop_index("ix_agreement_agreed_on", "agreement")

    op.drop_table("agreement")
