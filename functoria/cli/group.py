"""The commands as click's group, each made when it is asked for: its options may be those of a configuration."""

from __future__ import annotations

import contextlib
import io
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import click

from functoria.errors import FunctoriaError
from functoria.misspelling import instead, meant

VARIABLE = "_FUNCTORIA_COMPLETE"
"""The environment variable by which a shell asks for completions, as click's scripts name it."""


class Listed(NamedTuple):
    """A command: what makes it for its arguments, and its line in the overview."""

    make: Callable[[Sequence[str]], click.Command]
    summary: str


class Commands(click.Group):
    """All commands."""

    def __init__(self, listed: Mapping[str, Listed], params: list[click.Parameter]) -> None:
        super().__init__("functoria", params=params, add_help_option=False)
        self._listed = listed

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, but for an unknown option those near to it are named."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            names = [name for parameter in self.params for name in parameter.opts]
            hint = meant(error.option_name, names) or "functoria --help lists what there is"
            raise click.UsageError(f"there is no option {error.option_name} before the command: {hint}") from None

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order of the overview."""
        return list(self._listed)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return what is said of a command, for completion; `resolve_command` makes the command itself."""
        listed = self._listed.get(cmd_name)
        return None if listed is None else click.Command(cmd_name, short_help=listed.summary, add_help_option=False)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that `args` begin with, made for the others."""
        name, *rest = args
        if name not in self._listed:
            if ctx.resilient_parsing:
                return None, None, args
            raise click.UsageError(
                f"there is no command {name}: {instead(name, [*self._listed, '--version', '--help'])}"
            )
        if not ctx.resilient_parsing:
            return name, self._listed[name].make(rest), rest
        return name, _quietly(self._listed[name].make, rest), rest


def _quietly(make: Callable[[Sequence[str]], click.Command], arguments: Sequence[str]) -> click.Command | None:
    """Return the command, also of a broken configuration, and let nothing be said: a shell is to read the completions alone."""
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stderr(io.StringIO()),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        try:
            return make([*arguments, "--help"])
        except (FunctoriaError, click.ClickException):
            return None


def completes(group: Commands) -> bool:
    """Print what a shell asked for by `VARIABLE`, if one did: the script that it needs, or completions."""
    instruction = os.environ.get(VARIABLE)
    if not instruction:
        return False
    from click.shell_completion import shell_complete

    shell_complete(group, {}, "functoria", VARIABLE, instruction)
    return True


def script(shell: str, group: Commands) -> str:
    """Return the script that has `shell`, one of `SHELLS`, complete what is typed after `functoria`."""
    from click.shell_completion import get_completion_class

    made = get_completion_class(shell)
    assert made is not None
    return made(group, {}, "functoria", VARIABLE).source()


SHELLS = ("bash", "zsh", "fish")
"""The shells that there is a script for."""
