"""The command help."""

from __future__ import annotations

from collections.abc import Sequence

import click

from functoria.cli import commands
from functoria.cli.listed import Listed, Part
from functoria.cli.options import Command
from functoria.cli.output import say_lines


def _make(arguments: Sequence[str]) -> click.Command:
    argument = click.Argument(["command"], required=False, shell_complete=_names)
    return Command("help", params=[argument], callback=_help, help="Explain a command.")


def _help(command: str | None) -> None:
    if command is None:
        from functoria.cli.overview import overview

        say_lines(overview())
        return
    if not commands.known(command):
        from functoria.misspelling import instead

        raise click.UsageError(f"there is no command {command}: {instead(command, commands.names())}")
    made = commands.listed(command).make(["--help"])
    made.main(["--help"], prog_name=f"functoria {command}", standalone_mode=False)


def _names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in commands.names() if name.startswith(incomplete)]


COMMAND = Listed(Part.OTHER, "explain a command: functoria help configure", _make)
