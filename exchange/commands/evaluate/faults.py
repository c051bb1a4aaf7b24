"""How the evaluations end where a file or the thesaurus is at fault: with one line, not a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from exchange.commands.shared import WRONG
from marketplace.settings import SettingsError


class WrongFile(click.ClickException):
    """A file that cannot be read, written or understood."""

    exit_code = WRONG


@contextmanager
def named_faults() -> Iterator[None]:
    """Turn what files may raise into a :class:`WrongFile` that says which file it is."""
    try:
        yield
    except OSError as error:
        raise WrongFile(f"Nothing was measured: {error.filename}: {error.strerror}.") from error
    except ValueError as error:
        raise WrongFile(f"Nothing was measured: {error}") from error


def check_writable(path: Path | None) -> None:
    """Open the file that a result is to go to: what takes minutes must not fail in the end.

    Raises
    ------
    WrongFile
        When it cannot be written.
    """
    if path is not None:
        with named_faults(), path.open("a", encoding="utf-8"):
            pass


@contextmanager
def thesaurus_faults() -> Iterator[None]:
    """Turn what an unreadable thesaurus raises into a :class:`marketplace.settings.SettingsError`."""
    try:
        yield
    except ValueError as error:
        raise SettingsError([f"EXCHANGE_THESAURUS: {error}"]) from error
