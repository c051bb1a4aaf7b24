"""The console script."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import version

import click

from exchange.commands.admin import admin
from exchange.commands.demo import demo
from exchange.commands.doctor import doctor
from exchange.commands.imports import imports
from exchange.commands.match import match
from exchange.commands.migrate import migrate
from exchange.commands.run import run
from exchange.commands.serve import serve
from exchange.commands.shared import EXIT_CODES
from exchange.commands.worker import beat, worker

INTERRUPTED = 130


class _InOrder(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        """List commands as they are used, not by the alphabet."""
        return list(self.commands)


@click.group(
    cls=_InOrder,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=f"""\b
To try it:            exchange run
In production:        exchange migrate, then serve, worker and beat
When in doubt:        exchange doctor
All settings are EXCHANGE_* variables; docs/reference/settings.md explains each.

{EXIT_CODES}""",
)
@click.version_option(version("partnership-exchange"), prog_name="exchange")
def cli() -> None:
    """Run and look after a partnership exchange: enquiries meet the enterprises that can answer them."""


for _command in (run, serve, worker, beat, migrate, demo, imports, match, admin, doctor):
    cli.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that was typed, and end the process with its exit code."""
    try:
        code = cli.main(args=arguments, prog_name="exchange", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough, as with `exchange match … | head`.
        sys.stderr.close()
        code = 0
    sys.exit(code or 0)
