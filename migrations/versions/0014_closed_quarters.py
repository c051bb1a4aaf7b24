"""Quarters that are closed, with what was counted in them; and what is counted, found by its moment"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# As they were at this release: history does not follow later changes of the models.
MET, HELD = "act = 'introduction:hold_meeting'", "state = 'held'"
ANSWERED = "answered_at IS NOT NULL"
SIDES = (
    "proposer_office_id", "other_office_id", "proposer_organisation_id", "other_organisation_id",
    "proposer_listing_id", "other_listing_id", "id",
)  # fmt: skip
LISTING = ("office_id", "country", "organisation_id", "id")
INDEXES = (
    ("ix_introduction_proposed", "introduction", ("proposed_at", *SIDES), None),
    ("ix_introduction_vetted", "introduction", ("vetted_at", "origin", "proposed_at", *SIDES), None),
    ("ix_introduction_sent", "introduction", ("sent_at", "proposed_at", *SIDES), None),
    ("ix_introduction_revealed", "introduction", ("revealed_at", "sent_at", "proposed_at", *SIDES), None),
    (
        "ix_introduction_ended",
        "introduction",
        ("ended_at", "state", "ended_by", "revealed_at", "sent_at", "proposed_at", *SIDES),
        None,
    ),
    ("ix_meeting_held", "meeting", ("noted_at", "introduction_id"), HELD),
    ("ix_follow_up_answered", "follow_up", ("answered_at", "introduction_id"), ANSWERED),
    ("ix_listing_submitted", "listing", ("submitted_at", "published_at", *LISTING, "kind", "sdgs"), None),
    ("ix_listing_published", "listing", ("published_at", "submitted_at", *LISTING), None),
    ("ix_listing_asked", "listing", ("id", "kind", "sdgs"), None),
    (
        "ix_organisation_created",
        "organisation",
        ("created_at", "office_id", "country", "women_led", "id"),
        None,
    ),
    ("ix_organisation_verified", "organisation", ("verified_at", "office_id", "country", "id"), None),
    ("ix_organisation_side", "organisation", ("id", "country", "women_led"), None),
)
LISTING_FIGURES = (
    "office_id", "state", "submitted_at", "published_at", "country", "kind", "organisation_id", "id",
)  # fmt: skip
# Table, key, and what its rows are.
GUARDED = (
    ("report_quarter", ("quarter",), "closed quarters"),
    ("report_row", ("id",), "kept rows"),
    ("report_row_programme", ("programme", "row_id"), "programmes of kept rows"),
    ("report_number", ("scope", "quarter", "figure"), "kept numbers"),
)


def upgrade() -> None:
    """Apply; a worker closes the quarters of the past."""
    _make_tables()
    for table, keys, what in GUARDED:
        for statement in _guards(table, keys, what):
            op.execute(statement)
    op.drop_index("ix_listing_figures", "listing")
    op.drop_index("ix_audit_entry_met", "audit_entry")
    _index("ix_audit_entry_met", "audit_entry", ("at", "thing", "thing_id"), MET)
    op.drop_index("ix_organisation_country", "organisation")
    _index("ix_organisation_country", "organisation", ("country", "id"), None)
    for name, table, columns, where in INDEXES:
        _index(name, table, columns, where)


def downgrade() -> None:
    """Undo: all that was kept is lost, and the past is counted anew."""
    for name, table, _columns, _where in reversed(INDEXES):
        op.drop_index(name, table)
    op.drop_index("ix_organisation_country", "organisation")
    _index("ix_organisation_country", "organisation", ("country",), None)
    op.drop_index("ix_audit_entry_met", "audit_entry")
    _index("ix_audit_entry_met", "audit_entry", ("thing", "thing_id", "at"), MET)
    op.create_index("ix_listing_figures", "listing", list(LISTING_FIGURES))
    for table, _keys, _what in reversed(GUARDED):
        op.drop_table(table)
        if op.get_context().dialect.name == "postgresql":
            op.execute(f"DROP FUNCTION {table}_refuse()")


def _index(name: str, table: str, columns: Sequence[str], where: str | None) -> None:
    given = {} if where is None else {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)}
    op.create_index(name, table, list(columns), **given)


def _make_tables() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
    op.create_table(
        "report_quarter",
        sa.Column("quarter", sa.String(length=7), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("quarter", name=op.f("pk_report_quarter")),
    )
    op.create_table(
        "report_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.String(length=7), nullable=False),
        sa.Column("figure", sa.String(length=32), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("first", sa.String(length=2), nullable=False),
        sa.Column("second", sa.String(length=2), nullable=False),
        sa.Column("sdgs", json, nullable=False),
        sa.Column("band", sa.String(length=32), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("other_office_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["quarter"], ["report_quarter.quarter"], name=op.f("fk_report_row_quarter_report_quarter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_row")),
        sqlite_autoincrement=True,
    )
    _index("ix_report_row_figure", "report_row", ("quarter", "figure", "at"), None)
    op.create_table(
        "report_row_programme",
        sa.Column("programme", sa.String(length=32), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["row_id"], ["report_row.id"], name=op.f("fk_report_row_programme_row_id_report_row")
        ),
        sa.PrimaryKeyConstraint("programme", "row_id", name=op.f("pk_report_row_programme")),
    )
    op.create_table(
        "report_number",
        sa.Column("scope", sa.String(length=48), nullable=False),
        sa.Column("quarter", sa.String(length=7), nullable=False),
        sa.Column("figure", sa.String(length=32), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("mean", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["quarter"], ["report_quarter.quarter"], name=op.f("fk_report_number_quarter_report_quarter")
        ),
        sa.PrimaryKeyConstraint("scope", "quarter", "figure", name=op.f("pk_report_number")),
    )


def _guards(table: str, keys: Sequence[str], what: str) -> Iterator[str]:
    if op.get_context().dialect.name == "postgresql":
        yield (
            f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{what} are never changed or deleted'; END $$"
        )
        yield (
            f"CREATE TRIGGER {table}_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
        )
        return
    for act, said in (("update", "changed"), ("delete", "deleted")):
        yield (
            f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{what} are never {said}'); END"
        )
    same = " AND ".join(f"{key} = NEW.{key}" for key in keys)
    taken = f"SELECT 1 FROM {table} WHERE {same}"  # noqa: S608 (names of our own)
    yield (
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS ({taken}) "
        f"BEGIN SELECT RAISE(ABORT, '{what} are never replaced'); END"
    )
