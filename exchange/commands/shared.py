"""What commands share: the settings, and how they end."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

import click
from sqlalchemy.exc import DBAPIError, OperationalError

from marketplace.search.resolver import KeptResolver, encoder_of
from marketplace.settings import Settings, SettingsError

FINE: Final = 0
# Something was found wrong: a refused row, a failed check.
WRONG: Final = 1
# The call itself, or the settings: nothing was done.
USAGE: Final = 2
# A server that is needed did not answer.
UNREACHABLE: Final = 3

EXIT_CODES = (
    "Exit codes: 0 done; 1 something wrong was found; 2 wrong call or settings; 3 a server did not answer."
)

Command = Callable[..., int | None]


def command(run: Command) -> Command:
    """Turn what can go wrong everywhere into a sentence and an exit code."""

    @wraps(run)
    def guarded(*args: Any, **kwargs: Any) -> int:
        try:
            return run(*args, **kwargs) or FINE
        except SettingsError as error:
            say("Wrong settings; nothing was started. Each is explained in docs/reference/settings.md.")
            for problem in error.problems:
                say(f"  {problem}")
            return USAGE
        except OperationalError as error:
            say(f"The database does not answer: {str(error.orig).strip()}")
            say("Is EXCHANGE_DATABASE_URL right, and is the server running? `exchange doctor` looks closer.")
            return UNREACHABLE
        except DBAPIError as error:
            say(f"The database refuses: {str(error.orig).strip()}")
            say("Is its schema up to date? `exchange migrate` makes it so.")
            return WRONG

    return guarded


def read_settings() -> Settings:
    """Read the settings from the environment."""
    return Settings.from_env()


def prepare_sectors(settings: Settings) -> None:
    """Begin to build the index that proposes sectors, once for an installation, beside everything else."""
    kept = KeptResolver(settings.var, encoder_of(settings))
    if not kept.there:
        say("The index that proposes sectors is being built meanwhile; this takes some minutes, once.")
        kept()


def say(text: str) -> None:
    """Tell the person at the terminal something that is not the result."""
    click.echo(text, err=True)
    sys.stderr.flush()
