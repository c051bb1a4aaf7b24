"""What a view may reach: the actor, the database, the settings, the engine's replica."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask import current_app
from flask_login import current_user

from marketplace.policy import VISITOR, Actor

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.db import Database
    from marketplace.settings import Settings

EXTENSION = "exchange"
Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a running application, put together by ``create_app``.

    Parameters
    ----------
    others
        Type → how to get the one object of that type; it may be made at its first use.
    """

    settings: Settings
    database: Database
    others: Mapping[type, Callable[[], Any]] = field(default_factory=lambda: MappingProxyType({}))


def parts() -> Parts:
    """Return the parts of the current application."""
    return cast("Parts", current_app.extensions[EXTENSION])


def part(kind: type[Part]) -> Part:
    """Return the application's one object of a type, such as ``Replica`` or ``SectorResolver``.

    Raises
    ------
    KeyError
        Where ``create_app`` put none in.
    """
    return cast("Part", parts().others[kind]())


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
