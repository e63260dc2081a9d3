"""The command fleet and its subcommands, over many unikernels at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from pathlib import Path
from typing import Any

import click

from functoria.cli.destination import Destination
from functoria.cli.listed import Listed, Part
from functoria.cli.options import Command, help_option
from functoria.cli.standard import FORCE, JSON, VERBOSE

_FLEET = click.Argument(["fleet"], required=False, metavar="[FLEET]", type=click.Path(path_type=Path))
_RUNNING: list[click.Parameter] = [
    click.Option(
        ["-j", "--jobs", "jobs"],
        metavar="N",
        type=click.IntRange(min=1),
        help="The number of processes. Default: one for each processor, or one for a small fleet.",
    ),
    click.Option(["--dask"], metavar="ADDRESS", help="Run on the dask cluster with this scheduler."),
]
_KEEPING: list[click.Parameter] = [
    click.Option(
        ["--store"],
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="The file that keeps results. Default: in the user's cache directory.",
    ),
    click.Option(["--fresh"], is_flag=True, help="Do everything again, ignoring kept results."),
]
_TELLING: list[click.Parameter] = [
    JSON,
    click.Option(["--json-lines"], is_flag=True, help="Print lines of JSON, each as soon as it is known."),
    click.Option(["--csv", "as_csv"], is_flag=True, help="Print a table for spreadsheets."),
    click.Option(
        ["--html"],
        metavar="FILE",
        type=Destination("<!doctype html>"),
        help="Also write a report, as a self-contained page.",
    ),
    VERBOSE,
]
_DIRECTORY = click.Option(
    ["-b", "--build-dir", "directory"],
    metavar="DIR",
    default="build",
    type=click.Path(path_type=Path),
    help="The output directory, with a subdirectory for each case. Default: build.",
)
_RELEASE = click.Option(
    ["--release"],
    metavar="PACKAGE.VERSION",
    help="Tell which cases accept this release, existing or not, and what refuses it.",
)
_AUDITING = ("audit", "solve")
"""The commands that read opam repositories."""
_COMMANDS: dict[str, tuple[str, list[click.Parameter]]] = {
    "plan": ("Plan each case; with --release, tell which accept that.", [_RELEASE, *_RUNNING, *_KEEPING, *_TELLING]),
    "write": ("Write each case to its own directory.", [_DIRECTORY, FORCE, *_RUNNING, *_TELLING]),
    "build": ("Write each case, and build it.", [_DIRECTORY, FORCE, *_RUNNING, *_KEEPING, *_TELLING]),
    "audit": ("Compare bounds with opam repositories.", [*_RUNNING, *_KEEPING, *_TELLING]),
    "solve": ("Audit, and ask opam for solutions.", [*_RUNNING, *_KEEPING, *_TELLING]),
    "packages": (
        "List all packages, with their common bounds or conflicts.",
        [*_RUNNING, *_KEEPING, *_TELLING],
    ),
    "diff": (
        "Compare with another fleet or git revision, or two targets.",
        [
            click.Argument(["other"], required=False, metavar="[OTHER]"),
            click.Option(
                ["--between"],
                nargs=2,
                metavar="ONE TWO",
                help="Compare two values of a key instead, such as two targets.",
            ),
            click.Option(["--key"], metavar="NAME", default="target", help="The key of --between. Default: target."),
            *_RUNNING,
            *_KEEPING,
            *_TELLING,
        ],
    ),
}


class _Fleet(click.Group):
    """The group of the subcommands."""

    def __init__(self) -> None:
        super().__init__(
            "fleet", add_help_option=False, params=[help_option(lambda _: _TEXT.rstrip("\n"))], no_args_is_help=False
        )
        for name, (help, own) in _COMMANDS.items():
            more = _auditing() if name in _AUDITING else []
            self.add_command(Command(name, params=[_FLEET, *more, *own], callback=_doing(name), help=help))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse like click; without a subcommand, show the list of them."""
        return super().parse_args(ctx, args or ["--help"])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the subcommand named by the first of `args`."""
        if args[0] not in _COMMANDS and not ctx.resilient_parsing:
            from functoria.misspelling import instead

            raise click.UsageError(f"functoria fleet has no command {args[0]}: {instead(args[0], _COMMANDS)}")
        return super().resolve_command(ctx, args)


def _auditing() -> list[click.Parameter]:
    from functoria.cli.repositories import OCAML, REPOSITORIES, VARIABLES

    repositories = copy(REPOSITORIES)
    repositories.required = True
    return [repositories, OCAML, VARIABLES]


def _doing(name: str) -> Callable[..., None]:
    def callback(**said: Any) -> None:
        from functoria.cli.fleets import run
        from functoria.interruption import unwinding

        with unwinding():
            run(name, **said)

    return callback


_TEXT = "Usage: functoria fleet COMMAND [FLEET] [OPTION]...\n\n" + (
    "  Work on many unikernels at once. FLEET is a TOML file that describes them,\n"
    "  or a directory to search. Default: fleet.toml, or the current directory.\n\n"
    "COMMANDS:\n"
)
_TEXT += "".join(f"  {name:<10}{help}\n" for name, (help, _) in _COMMANDS.items())
_TEXT += "\nfunctoria fleet COMMAND --help explains a command.\n"


def _make(arguments: Sequence[str]) -> click.Command:
    return _Fleet()


COMMAND = Listed(Part.OTHER, "plan, audit, solve or build many unikernels at once", _make)
