"""What a task may reach, put together by the roof."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask

from marketplace.db import Database
from marketplace.search.replica import Replica
from marketplace.settings import Settings


@dataclass(frozen=True, slots=True)
class Work:
    """The parts of a process that works.

    Parameters
    ----------
    app
        The web application, whose templates, languages and addresses letters are written with.
    ring
        Asks for a task by its name; see :class:`workers.bell.Bell`.
    """

    settings: Settings
    database: Database
    replica: Replica
    app: Flask
    ring: Callable[[str], bool]
