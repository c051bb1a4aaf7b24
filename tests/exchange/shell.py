"""What tests do with the console script."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SECRET = "a secret for the tests that is long enough"


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Shell:
    """Calls commands.

    Parameters
    ----------
    set
        Sets a variable of the environment, by its full name.
    """

    call: Callable[..., Answer]
    set: Callable[[str, str], None]
    place: Path

    def __call__(self, *arguments: str) -> Answer:
        """Call a command; returns how it ended."""
        return self.call(*arguments)
