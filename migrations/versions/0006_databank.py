"""The desk's databank: records of what was checked, notes of the staff, tags, and indexes of its list"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from marketplace.db import Json, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# As they were at this release: history does not follow later changes of the models.
CHECKS = (
    "identity",
    "register",
    "tax",
    "address",
    "bank",
    "visit",
    "ownership",
    "certificates",
    "machines",
    "references",
)
RESULTS = ("confirmed", "open", "wrong")
EVIDENCE_LENGTH, BATCH = 1000, 1000


def upgrade() -> None:
    """Apply."""
    _make_verification()
    _make_notes_and_tags()
    op.create_index("ix_organisation_office_name", "organisation", ["office_id", "name_key", "id"])
    op.create_index("ix_organisation_office_changed", "organisation", ["office_id", "updated_at", "id"])
    _record_what_was_verified()


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_organisation_office_changed", "organisation")
    op.drop_index("ix_organisation_office_name", "organisation")
    for table in ("organisation_tag", "tag", "organisation_note", "verification"):
        op.drop_table(table)


def _make_verification() -> None:
    op.create_table(
        "verification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("checked", _choice("checked", CHECKS), nullable=False),
        sa.Column("result", _choice("result", RESULTS), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("evidence", sa.String(length=EVIDENCE_LENGTH), nullable=False),
        sa.Column("evidence_link", sa.String(length=255), nullable=False),
        sa.Column("evidence_file_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_because", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until >= checked_on", name=op.f("ck_verification_dates")
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_because = '')", name=op.f("ck_verification_withdrawn")
        ),
        _foreign("verification", "organisation_id", "organisation", "CASCADE"),
        _foreign("verification", "office_id", "office"),
        _foreign("verification", "evidence_file_id", "stored_file"),
        _foreign("verification", "recorded_by_id", "user", "SET NULL"),
        _foreign("verification", "withdrawn_by_id", "user", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification")),
    )
    op.create_index("ix_verification_organisation", "verification", ["organisation_id", "withdrawn_at"])
    op.create_index("ix_verification_valid_until", "verification", ["valid_until"])


def _make_notes_and_tags() -> None:
    op.create_table(
        "organisation_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _foreign("organisation_note", "organisation_id", "organisation", "CASCADE"),
        _foreign("organisation_note", "office_id", "office"),
        _foreign("organisation_note", "written_by_id", "user", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_note")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_organisation_note_organisation_id"), "organisation_note", ["organisation_id"])
    op.create_table(
        "tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        _foreign("tag", "office_id", "office", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("office_id", "key", name=op.f("uq_tag_office_id_key")),
    )
    op.create_table(
        "organisation_tag",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        _foreign("organisation_tag", "organisation_id", "organisation", "CASCADE"),
        _foreign("organisation_tag", "tag_id", "tag", "CASCADE"),
        _foreign("organisation_tag", "added_by_id", "user", "SET NULL"),
        sa.PrimaryKeyConstraint("organisation_id", "tag_id", name=op.f("pk_organisation_tag")),
    )
    op.create_index(op.f("ix_organisation_tag_tag_id"), "organisation_tag", ["tag_id"])


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _foreign(table: str, column: str, to: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete=ondelete
    )


def _record_what_was_verified() -> None:
    """Give each organisation that was verified the record that this follows from by now.

    What was looked at stands in the audit, in the officer's words.
    """
    connection, last = op.get_bind(), 0
    organisation = sa.table(
        "organisation",
        *(sa.column(name) for name in ("id", "office_id", "verified_by_id")),
        sa.column("verified_at", UtcDateTime()),
    )
    officer = sa.table("officer", sa.column("user_id"), sa.column("office_id"))
    audit = sa.table(
        "audit_entry",
        *(sa.column(name) for name in ("id", "act", "thing", "thing_id")),
        sa.column("facts", Json),
    )
    while rows := connection.execute(
        sa.select(
            organisation.c.id,
            organisation.c.verified_at,
            organisation.c.verified_by_id,
            sa.func.coalesce(officer.c.office_id, organisation.c.office_id).label("office_id"),
        )
        .outerjoin(officer, officer.c.user_id == organisation.c.verified_by_id)
        .where(organisation.c.verified_at.is_not(None), organisation.c.id > last)
        .order_by(organisation.c.id)
        .limit(BATCH)
    ).all():
        said = connection.execute(
            sa.select(audit.c.thing_id, audit.c.facts)
            .where(
                audit.c.thing == "organisation",
                audit.c.act == "organisation:verify",
                audit.c.thing_id.in_([row.id for row in rows]),
            )
            .order_by(audit.c.id)
        )
        # The last that speaks of the organisation; the others speak of a certificate.
        words = {row.thing_id: str(row.facts["checked"]) for row in said if "checked" in (row.facts or {})}
        connection.execute(sa.insert(_verification()), [_record(row, words.get(row.id, "")) for row in rows])
        last = rows[-1].id


def _verification() -> sa.TableClause:
    names = (
        "organisation_id", "checked", "result", "office_id", "evidence", "evidence_link", "recorded_by_id",
        "withdrawn_because",
    )  # fmt: skip
    dated = (sa.column("checked_on", sa.Date()), sa.column("recorded_at", UtcDateTime()))
    return sa.table("verification", *(sa.column(name) for name in names), *dated)


def _record(row: Any, words: str) -> dict[str, Any]:
    at: datetime = row.verified_at
    return {
        "organisation_id": row.id,
        "checked": "identity",
        "result": "confirmed",
        "checked_on": at.astimezone(UTC).date(),
        "office_id": row.office_id,
        "evidence": words[:EVIDENCE_LENGTH],
        "evidence_link": "",
        "recorded_by_id": row.verified_by_id,
        "recorded_at": at,
        "withdrawn_because": "",
    }
