"""exchange evaluate."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

import click

from exchange.commands.shared import EXIT_CODES

# Each is imported when it is asked for, as the commands themselves.
COMMANDS: Mapping[str, str] = MappingProxyType(
    {"retrieval": "retrieval:retrieval", "sectors": "sectors:sectors", "pairs": "pairs:pairs"}
)


class _Evaluations(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, _, name = COMMANDS[cmd_name].partition(":")
        found: click.Command = getattr(import_module(f"{__name__}.{module}"), name)
        return found


@click.group(
    cls=_Evaluations,
    epilog=f"""\b
Examples:
  exchange evaluate retrieval sets/needs
  exchange evaluate sectors phrases.jsonl --learn others.jsonl
  exchange evaluate pairs pairs.tsv

{EXIT_CODES}""",
)
def evaluate() -> None:
    """Measure how well the engine does, on files of questions whose answers are known."""
