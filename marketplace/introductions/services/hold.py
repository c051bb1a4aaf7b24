"""Holding an introduction still while something is written beside it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.introductions.models import Introduction


def hold(session: Session, introduction: Introduction) -> None:
    """Lock an introduction until the transaction ends, and read how it stands now.

    Whatever is written within an introduction is written one after the other, so that what was
    checked is still so when it is written.
    """
    session.execute(sa.select(Introduction.id).where(Introduction.id == introduction.id).with_for_update())
    session.refresh(introduction)
