"""Tables of imports, of what became of them, and of mappings that offices keep."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.db import Base, Json, UtcDateTime, choice
from marketplace.files import StoredFile
from marketplace.imports.problems import Severity

ERROR_LENGTH: Final = 2000
NAME_LENGTH: Final = 80
MESSAGE_LENGTH: Final = 1000
FIELD_LENGTH: Final = 255
KEY_LENGTH: Final = 64


class ImportKind(enum.StrEnum):
    """What the rows of a file are."""

    ORGANISATIONS = "organisations"
    LISTINGS = "listings"
    OFFERS = "offers"
    REQUESTS = "requests"


class ImportState(enum.StrEnum):
    """How far an import has come; a worker is at work in those of :data:`AT_WORK`."""

    MAPPING = "mapping"
    TRYING = "trying"
    TRIED = "tried"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


AT_WORK: Final = (ImportState.TRYING, ImportState.RUNNING)


class PassKind(enum.StrEnum):
    """Whether rows were only looked at, or written."""

    TRIAL = "trial"
    RUN = "run"


class DatabankImport(Base):
    """A file that somebody brings in for an office; without one, for the exchange as a whole.

    ``turn`` counts the claims of workers: whoever holds an older one may not commit any more.
    """

    __tablename__ = "databank_import"
    __table_args__ = (
        sa.CheckConstraint("(state IN ('trying', 'running')) = (due_at IS NOT NULL)", name="due"),
        sa.CheckConstraint("state <> 'failed' OR error <> ''", name="reason"),
        sa.Index("ix_databank_import_office", "office_id", "id"),
        sa.Index(
            "ix_databank_import_due",
            "due_at",
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int | None] = mapped_column(sa.ForeignKey("office.id"))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_file.id"))
    kind: Mapped[ImportKind] = mapped_column(choice(ImportKind, "kind"))
    state: Mapped[ImportState] = mapped_column(choice(ImportState, "state"), default=ImportState.MAPPING)
    # As chosen; "" where it is found out.
    encoding: Mapped[str] = mapped_column(sa.String(40), default="")
    sheet: Mapped[str] = mapped_column(sa.String(120), default="")
    # What reading the file's beginning has found: its format, header and first values.
    found: Mapped[dict[str, Any]] = mapped_column(Json)
    header_key: Mapped[str] = mapped_column(sa.String(KEY_LENGTH))
    # Column → field, and field → value of every row that says nothing itself.
    columns: Mapped[dict[str, str]] = mapped_column(Json)
    fixed: Mapped[dict[str, str]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    turn: Mapped[int] = mapped_column(default=0)
    # Tries since the last batch that went in.
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(sa.String(ERROR_LENGTH), default="")
    version: Mapped[int] = mapped_column(default=1)

    file: Mapped[StoredFile] = relationship()
    passes: Mapped[list[ImportPass]] = relationship(cascade="all, delete-orphan", passive_deletes=True)

    __mapper_args__ = {"version_id_col": version}

    def one_pass(self, kind: PassKind) -> ImportPass | None:
        """Return what became of the rows, as far as it has come."""
        return next((found for found in self.passes if found.kind is kind), None)

    @property
    def current(self) -> ImportPass | None:
        """What became of the rows: of the import itself, or else of its trial."""
        return self.one_pass(PassKind.RUN) or self.one_pass(PassKind.TRIAL)


class ImportPass(Base):
    """One way through the rows of a file; each row that was read is counted once."""

    __tablename__ = "import_pass"
    __table_args__ = (
        sa.CheckConstraint("row_count = created + changed + unchanged + refused", name="counted"),
    )

    import_id: Mapped[int] = mapped_column(
        sa.ForeignKey("databank_import.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[PassKind] = mapped_column(choice(PassKind, "kind"), primary_key=True)
    # Where to go on in the file, and how far that is in bytes.
    position: Mapped[int] = mapped_column(default=0)
    bytes_done: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    bytes_total: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    row_count: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    warnings: Mapped[int] = mapped_column(default=0)
    # Why the file could not be read to its end.
    stopped: Mapped[str] = mapped_column(sa.String(MESSAGE_LENGTH), default="")
    # The first rows, as they would come in.
    preview: Mapped[list[Any]] = mapped_column(Json, default=list)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ImportProblem(Base):
    """One thing that is wrong with a row, or odd about it."""

    __tablename__ = "import_problem"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["import_id", "pass_kind"],
            ["import_pass.import_id", "import_pass.kind"],
            ondelete="CASCADE",
            name="fk_import_problem_pass",
        ),
        sa.Index("ix_import_problem_pass", "import_id", "pass_kind", "severity", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column()
    pass_kind: Mapped[PassKind] = mapped_column(choice(PassKind, "pass_kind"))
    severity: Mapped[Severity] = mapped_column(choice(Severity, "severity"))
    # 0 where it concerns the whole file.
    line: Mapped[int] = mapped_column()
    field: Mapped[str] = mapped_column(sa.String(FIELD_LENGTH))
    code: Mapped[str] = mapped_column(sa.String(40))
    message: Mapped[str] = mapped_column(sa.String(MESSAGE_LENGTH))


class ColumnMapping(Base):
    """Which column is what, kept by an office under a name, for files with the same columns."""

    __tablename__ = "column_mapping"
    __table_args__ = (
        sa.UniqueConstraint("office_id", "name"),
        sa.Index("ix_column_mapping_header", "office_id", "header_key"),
        sa.CheckConstraint("name <> ''", name="name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(sa.ForeignKey("office.id"))
    name: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    kind: Mapped[ImportKind] = mapped_column(choice(ImportKind, "kind"))
    header_key: Mapped[str] = mapped_column(sa.String(KEY_LENGTH))
    columns: Mapped[dict[str, str]] = mapped_column(Json)
    fixed: Mapped[dict[str, str]] = mapped_column(Json)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
