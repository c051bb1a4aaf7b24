"""What the officers' desk asks for: fair exposure, the same text found again, and indexes of its lists"""

from __future__ import annotations

import hashlib
import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# As they were at this release: history does not follow later changes of the models.
MOST_LIVE, RANGE = "5", "most_live BETWEEN 1 AND 100"
WAITING = "state = 'submitted'"
SHORTEST, LENGTH, BATCH = 60, 32, 1000
WORD = re.compile(r"[^\W_]+")


def upgrade() -> None:
    """Apply."""
    # Added as it is: on SQLite, a table that is made anew takes with it what points to it.
    check = sa.CheckConstraint(RANGE, name=op.f("ck_office_most_live"))
    op.add_column(
        "office", sa.Column("most_live", sa.Integer(), check, server_default=MOST_LIVE, nullable=False)
    )
    op.add_column("listing", sa.Column("text_key", sa.String(length=LENGTH), nullable=True))
    _mark_texts()
    op.create_index(op.f("ix_listing_text_key"), "listing", ["text_key"])
    op.create_index(
        "ix_listing_waiting",
        "listing",
        ["office_id", "submitted_at"],
        sqlite_where=sa.text(WAITING),
        postgresql_where=sa.text(WAITING),
    )
    op.create_index("ix_match_total", "match", ["total"])
    op.create_index("ix_introduction_state", "introduction", ["state", "changed_at"])


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_introduction_state", "introduction")
    op.drop_index("ix_match_total", "match")
    op.drop_index("ix_listing_waiting", "listing")
    op.drop_index(op.f("ix_listing_text_key"), "listing")
    op.drop_column("listing", "text_key")
    op.drop_column("office", "most_live")


def _mark_texts() -> None:
    """Mark the texts of every listing, a thousand at a time."""
    names = ("id", "summary", "description", "text_key")
    listing = sa.table("listing", *(sa.column(name) for name in names))
    connection, last = op.get_bind(), 0
    change = (
        sa.update(listing).where(listing.c.id == sa.bindparam("key")).values(text_key=sa.bindparam("mark"))
    )
    while rows := connection.execute(
        sa.select(listing.c.id, listing.c.summary, listing.c.description)
        .where(listing.c.id > last)
        .order_by(listing.c.id)
        .limit(BATCH)
    ).all():
        connection.execute(
            change, [{"key": row.id, "mark": _mark(f"{row.summary} {row.description}")} for row in rows]
        )
        last = rows[-1].id


def _mark(text: str) -> str | None:
    plain = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(WORD.findall("".join(sign for sign in plain if not unicodedata.combining(sign))))
    return hashlib.sha256(letters.encode()).hexdigest()[:LENGTH] if len(letters) >= SHORTEST else None
