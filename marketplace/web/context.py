"""What a view may reach: the actor, the database, the settings, the engine's replica."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import current_app
from flask_login import current_user

from marketplace.policy import VISITOR, Actor

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.db import Database
    from marketplace.settings import Settings

EXTENSION = "exchange"


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a running application, put together by ``create_app``."""

    settings: Settings
    database: Database


def parts() -> Parts:
    """Return the parts of the current application."""
    return cast("Parts", current_app.extensions[EXTENSION])


def settings() -> Settings:
    """Return the settings of the process."""
    return parts().settings


def transaction() -> AbstractContextManager[Session]:
    """Open a session that commits at the end of the block; see ``Database.transaction``."""
    return parts().database.transaction()


def reading() -> AbstractContextManager[Session]:
    """Open a read-only session; see ``Database.reading``."""
    return parts().database.reading()


def actor() -> Actor:
    """Return who is asking; :data:`~marketplace.policy.VISITOR` without a login."""
    return cast("Actor", getattr(current_user, "actor", VISITOR))
