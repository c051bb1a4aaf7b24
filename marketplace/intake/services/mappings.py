"""Mappings that an office keeps."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketplace import audit, policy
from marketplace.errors import Invalid
from marketplace.intake.models import ColumnMapping, DatabankImport
from marketplace.policy import Actor


def keep_mapping(session: Session, actor: Actor, work: DatabankImport, name: str, now: datetime) -> None:
    """Keep what an import's columns are under a name; one of the same name is replaced.

    Raises
    ------
    Invalid
        Where the import belongs to no office.
    """
    policy.require(actor, "import:carry_on", work)
    if work.office_id is None:
        raise Invalid("keep_as", _("Mappings are kept for an office, and this import belongs to none."))
    dialect = session.get_bind().dialect.name
    insert: Any = sqlite.insert if dialect == "sqlite" else postgresql.insert
    values = {
        "kind": work.kind,
        "header_key": work.header_key,
        "columns": dict(work.columns),
        "fixed": dict(work.fixed),
        "user_id": actor.user_id,
        "saved_at": now,
    }
    statement = insert(ColumnMapping).values(office_id=work.office_id, name=name, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["office_id", "name"], set_=values))
    audit.note(session, actor.user_id, "import:keep_mapping", "databank_import", work.id, now)
