"""What was counted in quarters that are closed: the rows and the numbers as they were then."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base, Json, UtcDateTime
from marketplace.guards import only_added_to

QUARTER = sa.String(7)
FIGURE = sa.String(32)


class ClosedQuarter(Base):
    """A quarter whose figures stay as they are; as ``2026-Q3``."""

    __tablename__ = "report_quarter"

    quarter: Mapped[str] = mapped_column(QUARTER, primary_key=True)
    closed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class KeptRow(Base):
    """One row that a figure counted, as ``queries/things.py`` describes its columns.

    Things, offices and programmes are told by key and without a reference in the database: the row stays when
    they are gone.
    """

    __tablename__ = "report_row"
    __table_args__ = (
        sa.Index("ix_report_row_figure", "quarter", "figure", "at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    quarter: Mapped[str] = mapped_column(QUARTER, sa.ForeignKey("report_quarter.quarter"))
    figure: Mapped[str] = mapped_column(FIGURE)
    thing_id: Mapped[int] = mapped_column()
    reference: Mapped[str] = mapped_column(sa.String(32))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    value: Mapped[float] = mapped_column()
    kind: Mapped[str] = mapped_column(sa.String(32))
    first: Mapped[str] = mapped_column(sa.String(2))
    second: Mapped[str] = mapped_column(sa.String(2))
    sdgs: Mapped[list[int]] = mapped_column(Json)
    band: Mapped[str] = mapped_column(sa.String(32))
    office_id: Mapped[int | None] = mapped_column()
    other_office_id: Mapped[int | None] = mapped_column()


class KeptProgramme(Base):
    """That a kept row counts for a programme."""

    __tablename__ = "report_row_programme"

    programme: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    row_id: Mapped[int] = mapped_column(sa.ForeignKey("report_row.id"), primary_key=True)


class KeptNumber(Base):
    """What a figure's kept rows come to, for whom there are any.

    ``scope`` is written as ``Scope.word`` says.
    """

    __tablename__ = "report_number"

    scope: Mapped[str] = mapped_column(sa.String(48), primary_key=True)
    quarter: Mapped[str] = mapped_column(QUARTER, sa.ForeignKey("report_quarter.quarter"), primary_key=True)
    figure: Mapped[str] = mapped_column(FIGURE, primary_key=True)
    n: Mapped[int] = mapped_column()
    mean: Mapped[float] = mapped_column()


only_added_to(ClosedQuarter.__table__, "closed quarters")
only_added_to(KeptRow.__table__, "kept rows")
only_added_to(KeptProgramme.__table__, "programmes of kept rows")
only_added_to(KeptNumber.__table__, "kept numbers")
