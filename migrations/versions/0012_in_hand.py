"""What an officer has in hand, found without reading all introductions"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# As they were at this release: history does not follow later changes of the models.
LIVE = "state IN ('proposed', 'vetted', 'sent', 'accepted', 'meeting_held', 'negotiating')"
ENDS = ("proposer", "other")


def upgrade() -> None:
    """Apply."""
    for end in ENDS:
        op.create_index(
            f"ix_introduction_{end}_officer",
            "introduction",
            [f"{end}_officer_id"],
            sqlite_where=sa.text(LIVE),
            postgresql_where=sa.text(LIVE),
        )


def downgrade() -> None:
    """Undo."""
    for end in reversed(ENDS):
        op.drop_index(f"ix_introduction_{end}_officer", "introduction")
