"""The commands as a click group. Each is made on demand, because its options may come from a configuration."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Sequence

import click

from functoria.errors import FunctoriaError

VARIABLE = "_FUNCTORIA_COMPLETE"
"""The environment variable by which shells request completions, as in click's scripts."""


class Commands(click.Group):
    """All commands."""

    def __init__(self, params: list[click.Parameter]) -> None:
        super().__init__("functoria", params=params, add_help_option=False)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse like click, but suggest similar options for an unknown one."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            from functoria.misspelling import meant

            names = [name for parameter in self.params for name in parameter.opts]
            hint = meant(error.option_name, names) or "functoria --help lists what there is"
            raise click.UsageError(f"there is no option {error.option_name} before the command: {hint}") from None
        except click.BadParameter as error:
            from functoria.cli.options import refused

            raise click.UsageError(refused(error, "functoria")) from None

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order of the overview."""
        from functoria.cli.commands import names

        return names()

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a stand-in with the command's help, for completion; `resolve_command` makes the command itself."""
        from functoria.cli.commands import known, listed

        if not known(cmd_name):
            return None
        return click.Command(cmd_name, short_help=listed(cmd_name).summary, add_help_option=False)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command named by the first of `args`, made for the others."""
        from functoria.cli.commands import known, listed, names

        name, *rest = args
        if not known(name):
            if ctx.resilient_parsing:
                return None, None, args
            from functoria.misspelling import instead

            raise click.UsageError(f"there is no command {name}: {instead(name, [*names(), '--version', '--help'])}")
        make = listed(name).make
        return name, _quietly(make, rest) if ctx.resilient_parsing else make(rest), rest


def _quietly(make: Callable[[Sequence[str]], click.Command], arguments: Sequence[str]) -> click.Command | None:
    """Return the command, even for a broken configuration; None if it cannot be made."""
    with warnings.catch_warnings(action="ignore"):
        try:
            return make([*arguments, "--help"])
        except (FunctoriaError, click.ClickException):
            return None


def completes(group: Commands) -> bool:
    """Print the script or completions that a shell requests by `VARIABLE`, if one does."""
    instruction = os.environ.get(VARIABLE)
    if not instruction:
        return False
    from functoria.cli.completion import CLASSES
    from functoria.printable import shown

    shell, _, what = instruction.partition("_")
    made = CLASSES.get(shell)
    if made is not None:
        from functoria.loading.descriptors import silent

        asked = made(group, {}, "functoria", VARIABLE)
        with silent():  # a configuration is run, and a shell would misread what it prints
            text = asked.source() if what == "source" else asked.complete()
        for line in text.split("\n"):
            click.echo("\t".join(map(shown, line.split("\t"))))  # fish separates a completion from its help by a tab
    return True


def script(shell: str) -> str:
    """Return the completion script for `shell`, one of `SHELLS`."""
    from functoria.cli.completion import CLASSES

    return CLASSES[shell](Commands([]), {}, "functoria", VARIABLE).source()


SHELLS = ("bash", "zsh", "fish")
"""The shells with completion scripts."""
