"""The command completion."""

from __future__ import annotations

from collections.abc import Sequence

import click

from functoria.cli.group import SHELLS, script
from functoria.cli.listed import Listed, Part
from functoria.cli.options import Command
from functoria.cli.output import say_text


def _make(arguments: Sequence[str]) -> click.Command:
    help = 'Print the completion script of a shell. In bash, use it as eval "$(functoria completion bash)".'
    argument = click.Argument(["shell"], type=click.Choice(SHELLS))
    return Command("completion", params=[argument], callback=_completion, help=help)


def _completion(shell: str) -> None:
    say_text(script(shell).strip("\n").split("\n"))


COMMAND = Listed(Part.OTHER, "print a completion script for bash, zsh or fish", _make)
