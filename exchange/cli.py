"""The console script."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.metadata import version
from types import MappingProxyType

import click

from exchange.commands.shared import EXIT_CODES

INTERRUPTED = 130


# As they are used, not by the alphabet.  Each is imported when it is asked for: what serves pages
# need not wait for what reads workbooks.
COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "run": "run:run",
        "serve": "serve:serve",
        "worker": "worker:worker",
        "beat": "worker:beat",
        "migrate": "migrate:migrate",
        "demo": "demo:demo",
        "import": "imports:imports",
        "match": "match:match",
        "sectors": "sectors:sectors",
        "calibrate": "calibrate:calibrate",
        "evaluate": "evaluate:evaluate",
        "bench": "bench:bench",
        "admin": "admin:admin",
        "doctor": "doctor:doctor",
    }
)


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, _, name = COMMANDS[cmd_name].partition(":")
        found: click.Command = getattr(import_module(f"exchange.commands.{module}"), name)
        return found


@click.group(
    cls=_Commands,
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
