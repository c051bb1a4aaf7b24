"""Introductions, which interests become; what an office lives by, and its holidays"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

from marketplace import clock
from marketplace.db import Json, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# As they were at this release: history does not follow later changes of the models.
LIVE = "state IN ('proposed', 'vetted', 'sent', 'accepted', 'meeting_held', 'negotiating')"
DAYS = {
    "officer_days": ("5", "officer_days BETWEEN 1 AND 60"),
    "side_days": ("10", "side_days BETWEEN 1 AND 60"),
}
OLD_KIND, NEW_KIND = "InterestExpressed", "IntroductionProposed"
# Five working days, as days: nobody has been asked yet to look at what is carried over.
WAIT, HALF, LAST = timedelta(days=7), timedelta(days=3), timedelta(days=6)
NO_REASON = "Withdrawn before reasons were asked for."


def upgrade() -> None:
    """Apply."""
    _give_offices_their_time()
    _make_introduction()
    _carry_interests_over()
    _rename(OLD_KIND, "interest", NEW_KIND, "introduction")
    op.drop_table("interest")


def downgrade() -> None:
    """Undo."""
    _make_interest()
    _carry_introductions_back()
    _rename(NEW_KIND, "introduction", OLD_KIND, "interest")
    op.drop_table("introduction")
    op.drop_table("office_holiday")
    for name in ("weekend", "side_days", "officer_days"):
        op.drop_column("office", name)


def _give_offices_their_time() -> None:
    # Columns are added one by one: on SQLite, a table that is made anew takes with it what points to it.
    for name, (default, rule) in DAYS.items():
        check = sa.CheckConstraint(rule, name=op.f(f"ck_office_{name}"))
        op.add_column("office", sa.Column(name, sa.Integer(), check, server_default=default, nullable=False))
    check = sa.CheckConstraint("length(weekend) <= 6", name=op.f("ck_office_weekend"))
    op.add_column(
        "office", sa.Column("weekend", sa.String(length=6), check, server_default="67", nullable=False)
    )
    op.create_table(
        "office_holiday",
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_office_holiday_office_id_office"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("office_id", "date", name=op.f("pk_office_holiday")),
    )


def _make_introduction() -> None:
    op.create_table(
        "introduction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "vetted",
                "sent",
                "accepted",
                "meeting_held",
                "negotiating",
                "agreed",
                "failed",
                "declined",
                "withdrawn",
                "expired",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "origin",
            sa.Enum(
                "interest", "office", name="origin", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("proposer_organisation_id", sa.Integer(), nullable=True),
        sa.Column("proposer_listing_id", sa.Integer(), nullable=True),
        sa.Column("proposer_office_id", sa.Integer(), nullable=True),
        sa.Column("proposer_officer_id", sa.Integer(), nullable=True),
        sa.Column("proposer_accepted_at", UtcDateTime(), nullable=True),
        sa.Column("proposer_accepted_by_id", sa.Integer(), nullable=True),
        sa.Column("other_organisation_id", sa.Integer(), nullable=True),
        sa.Column("other_listing_id", sa.Integer(), nullable=False),
        sa.Column("other_office_id", sa.Integer(), nullable=True),
        sa.Column("other_officer_id", sa.Integer(), nullable=True),
        sa.Column("other_accepted_at", UtcDateTime(), nullable=True),
        sa.Column("other_accepted_by_id", sa.Integer(), nullable=True),
        sa.Column("sought", sa.String(length=1000), nullable=False),
        sa.Column("unclear", sa.String(length=1000), nullable=False),
        sa.Column("presented", sa.String(length=1000), nullable=False),
        sa.Column("total", sa.Double(), nullable=True),
        sa.Column("explanation", Json, nullable=True),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("vetted_at", UtcDateTime(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("revealed_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column(
            "ended_by",
            sa.Enum(
                "proposer",
                "other",
                "proposer_office",
                "other_office",
                "exchange",
                name="ended_by",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "too_early",
                "benefit_unclear",
                "commercial_route_unclear",
                "description_unclear",
                "capacity_full",
                "price",
                "distance",
                "certificate_missing",
                "already_in_contact",
                "conflict_of_interest",
                "partner_found",
                "need_is_gone",
                "too_slow",
                "by_mistake",
                "terms",
                "quality",
                "financing",
                "no_answer",
                "other",
                name="reason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("reason_text", sa.String(length=1000), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("remind_half_at", UtcDateTime(), nullable=True),
        sa.Column("remind_last_at", UtcDateTime(), nullable=True),
        sa.Column("reminded_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('accepted', 'meeting_held', 'negotiating', 'agreed', 'failed')) = "
            "(revealed_at IS NOT NULL)",
            name=op.f("ck_introduction_revealed"),
        ),
        sa.CheckConstraint(
            "(state IN ('agreed', 'failed', 'declined', 'withdrawn', 'expired')) = "
            "(ended_at IS NOT NULL AND ended_by IS NOT NULL)",
            name=op.f("ck_introduction_ended"),
        ),
        sa.CheckConstraint(
            "(state IN ('declined', 'withdrawn', 'failed')) = (reason IS NOT NULL)",
            name=op.f("ck_introduction_reasoned"),
        ),
        sa.CheckConstraint(
            "(state IN ('proposed', 'vetted', 'sent')) = (due_at IS NOT NULL)",
            name=op.f("ck_introduction_due"),
        ),
        sa.CheckConstraint(
            "origin <> 'interest' OR "
            "(proposer_accepted_at IS NOT NULL AND proposer_organisation_id IS NOT NULL)",
            name=op.f("ck_introduction_interest"),
        ),
        sa.CheckConstraint(
            "proposer_accepted_at IS NULL OR origin = 'interest' OR sent_at IS NOT NULL",
            name=op.f("ck_introduction_proposer_asked"),
        ),
        sa.CheckConstraint(
            "reason <> 'other' OR reason_text <> ''", name=op.f("ck_introduction_reason_in_words")
        ),
        sa.CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name=op.f("ck_introduction_sent")),
        sa.CheckConstraint("state <> 'vetted' OR vetted_at IS NOT NULL", name=op.f("ck_introduction_vetted")),
        sa.CheckConstraint(
            "(revealed_at IS NOT NULL) = "
            "(proposer_accepted_at IS NOT NULL AND other_accepted_at IS NOT NULL)",
            name=op.f("ck_introduction_double_consent"),
        ),
        sa.CheckConstraint(
            "due_at IS NOT NULL OR (remind_half_at IS NULL AND remind_last_at IS NULL)",
            name=op.f("ck_introduction_reminders"),
        ),
        sa.CheckConstraint(
            "other_accepted_at IS NULL OR sent_at IS NOT NULL", name=op.f("ck_introduction_other_asked")
        ),
        sa.CheckConstraint(
            "proposer_organisation_id <> other_organisation_id", name=op.f("ck_introduction_two_sides")
        ),
        sa.CheckConstraint(
            "proposer_organisation_id IS NOT NULL OR proposer_listing_id IS NOT NULL",
            name=op.f("ck_introduction_proposer"),
        ),
        sa.ForeignKeyConstraint(
            ["other_accepted_by_id"],
            ["user.id"],
            name=op.f("fk_introduction_other_accepted_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["other_listing_id"], ["listing.id"], name=op.f("fk_introduction_other_listing_id_listing")
        ),
        sa.ForeignKeyConstraint(
            ["other_office_id"], ["office.id"], name=op.f("fk_introduction_other_office_id_office")
        ),
        sa.ForeignKeyConstraint(
            ["other_officer_id"],
            ["user.id"],
            name=op.f("fk_introduction_other_officer_id_user"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["other_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_introduction_other_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"],
            ["user.id"],
            name=op.f("fk_introduction_proposed_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["proposer_accepted_by_id"],
            ["user.id"],
            name=op.f("fk_introduction_proposer_accepted_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["proposer_listing_id"], ["listing.id"], name=op.f("fk_introduction_proposer_listing_id_listing")
        ),
        sa.ForeignKeyConstraint(
            ["proposer_office_id"], ["office.id"], name=op.f("fk_introduction_proposer_office_id_office")
        ),
        sa.ForeignKeyConstraint(
            ["proposer_officer_id"],
            ["user.id"],
            name=op.f("fk_introduction_proposer_officer_id_user"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["proposer_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_introduction_proposer_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introduction")),
        sa.UniqueConstraint("reference", name=op.f("uq_introduction_reference")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("introduction", schema=None) as batch_op:
        batch_op.create_index(
            "ix_introduction_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_index("ix_introduction_other", ["other_organisation_id", "changed_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_introduction_other_listing_id"), ["other_listing_id"], unique=False
        )
        batch_op.create_index(
            "ix_introduction_other_office", ["other_office_id", "state", "changed_at"], unique=False
        )
        batch_op.create_index(
            "ix_introduction_proposer", ["proposer_organisation_id", "changed_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_introduction_proposer_listing_id"), ["proposer_listing_id"], unique=False
        )
        batch_op.create_index(
            "ix_introduction_proposer_office", ["proposer_office_id", "state", "changed_at"], unique=False
        )
        batch_op.create_index(
            "uq_introduction_live",
            ["proposer_organisation_id", "other_listing_id"],
            unique=True,
            sqlite_where=sa.text(LIVE),
            postgresql_where=sa.text(LIVE),
        )
        batch_op.create_index(
            "uq_introduction_pair",
            ["proposer_listing_id", "other_listing_id"],
            unique=True,
            sqlite_where=sa.text(LIVE),
            postgresql_where=sa.text(LIVE),
        )


def _carry_interests_over() -> None:
    """Let an interest become an introduction that waits for the proposer's office, under the same number."""
    connection = op.get_bind()
    interest, introduction, organisation, listing = _tables()
    rows = connection.execute(
        sa.select(
            interest,
            organisation.c.office_id,
            listing.c.organisation_id.label("other_organisation_id"),
            listing.c.office_id.label("other_office_id"),
        )
        .join(organisation, organisation.c.id == interest.c.organisation_id)
        .join(listing, listing.c.id == interest.c.listing_id)
        .order_by(interest.c.id)
    ).mappings()
    now = clock.now()
    for row in rows.all():
        withdrawn = row["withdrawn_at"]
        values = {
            "id": row["id"],
            "reference": f"INT-{row['at'].year}-{row['id']:05d}",
            "version": 1,
            "state": "withdrawn" if withdrawn else "proposed",
            "origin": "interest",
            "proposer_organisation_id": row["organisation_id"],
            "proposer_listing_id": row["own_listing_id"],
            "proposer_office_id": row["office_id"],
            "proposer_accepted_at": row["at"],
            "proposer_accepted_by_id": row["user_id"],
            "other_organisation_id": row["other_organisation_id"],
            "other_listing_id": row["listing_id"],
            "other_office_id": row["other_office_id"],
            "sought": row["sought"],
            "unclear": row["unclear"],
            "presented": "",
            "total": row["total"],
            "explanation": row["explanation"],
            "proposed_by_id": row["user_id"],
            "proposed_at": row["at"],
            "changed_at": withdrawn or row["at"],
            "ended_at": withdrawn,
            "ended_by": "proposer" if withdrawn else None,
            "reason": "other" if withdrawn else None,
            "reason_text": NO_REASON if withdrawn else "",
            "due_at": None if withdrawn else now + WAIT,
            "remind_half_at": None if withdrawn else now + HALF,
            "remind_last_at": None if withdrawn else now + LAST,
        }
        connection.execute(sa.insert(introduction).values(values))
    _count_on("introduction")


def _carry_introductions_back() -> None:
    """Keep of an introduction what an interest holds; an officer's proposal of no organisation is none."""
    connection = op.get_bind()
    interest, introduction, _organisation, _listing = _tables()
    rows = connection.execute(
        sa.select(introduction)
        .where(introduction.c.proposer_organisation_id.is_not(None))
        .order_by(introduction.c.id)
    ).mappings()
    for row in rows.all():
        live = row["state"] in {"proposed", "vetted", "sent", "accepted", "meeting_held", "negotiating"}
        values = {
            "id": row["id"],
            "organisation_id": row["proposer_organisation_id"],
            "listing_id": row["other_listing_id"],
            "own_listing_id": row["proposer_listing_id"],
            "user_id": row["proposed_by_id"],
            "sought": row["sought"],
            "unclear": row["unclear"],
            "at": row["proposed_at"],
            "withdrawn_at": None if live else row["ended_at"],
            "total": row["total"],
            "explanation": row["explanation"],
        }
        connection.execute(sa.insert(interest).values(values))
    _count_on("interest")


def _count_on(table: str) -> None:
    """Let numbers go on after those that were carried over; SQLite does so by itself."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        last = connection.scalar(sa.text(f'SELECT max(id) FROM "{table}"'))  # noqa: S608 (our own name)
        if last is not None:
            sequence = sa.func.pg_get_serial_sequence(table, "id")
            connection.execute(sa.select(sa.func.setval(sequence, last)))


def _rename(old_kind: str, old_key: str, new_kind: str, new_key: str) -> None:
    """Let what is on its way, or was told, speak of the same thing under its new name."""
    connection = op.get_bind()
    for name in ("event", "delivery"):
        table = sa.table(name, sa.column("id"), sa.column("kind"), sa.column("ids", Json))
        for key, ids in connection.execute(
            sa.select(table.c.id, table.c.ids).where(table.c.kind == old_kind)
        ).all():
            read: dict[str, Any] = json.loads(ids) if isinstance(ids, str) else ids
            told = {new_key if word == old_key else word: value for word, value in read.items()}
            connection.execute(sa.update(table).where(table.c.id == key).values(kind=new_kind, ids=told))
    silence = sa.table("silence", sa.column("kind"))
    connection.execute(sa.update(silence).where(silence.c.kind == old_kind).values(kind=new_kind))


def _tables() -> tuple[sa.TableClause, sa.TableClause, sa.TableClause, sa.TableClause]:
    moments = ("at", "withdrawn_at")
    interest = sa.table(
        "interest",
        *(sa.column(name) for name in ("id", "organisation_id", "listing_id", "own_listing_id", "user_id")),
        *(sa.column(name) for name in ("sought", "unclear", "total")),
        *(sa.column(name, UtcDateTime()) for name in moments),
        sa.column("explanation", Json),
    )
    plain = (
        *("id", "reference", "version", "state", "origin", "sought", "unclear", "presented", "total"),
        *("proposer_organisation_id", "proposer_listing_id", "proposer_office_id"),
        *("proposer_accepted_by_id", "other_organisation_id", "other_listing_id", "other_office_id"),
        *("proposed_by_id", "ended_by", "reason", "reason_text"),
    )
    moments = (
        *("proposer_accepted_at", "proposed_at", "changed_at", "ended_at", "due_at"),
        *("remind_half_at", "remind_last_at"),
    )
    introduction = sa.table(
        "introduction",
        *(sa.column(name) for name in plain),
        *(sa.column(name, UtcDateTime()) for name in moments),
        sa.column("explanation", Json),
    )
    organisation = sa.table("organisation", sa.column("id"), sa.column("office_id"))
    listing = sa.table("listing", sa.column("id"), sa.column("organisation_id"), sa.column("office_id"))
    return interest, introduction, organisation, listing


def _make_interest() -> None:
    op.create_table(
        "interest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("own_listing_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("sought", sa.String(length=1000), nullable=False),
        sa.Column("unclear", sa.String(length=1000), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("total", sa.Double(), nullable=True),
        sa.Column("explanation", Json, nullable=True),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_interest_listing_id_listing")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_interest_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["own_listing_id"], ["listing.id"], name=op.f("fk_interest_own_listing_id_listing")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_interest_user_id_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest")),
    )
    with op.batch_alter_table("interest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interest_listing_id"), ["listing_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_interest_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(
            "uq_interest_live",
            ["organisation_id", "listing_id"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )
