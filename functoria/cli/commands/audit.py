"""The command audit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from functoria.cli.listed import Listed, Part
from functoria.cli.options import Command
from functoria.cli.standard import JSON


def _make(arguments: Sequence[str]) -> click.Command:
    """Make the command. Its exit status is 0 if nothing breaks, 1 if something does, and 2 for wrong usage.

    It is 3 if nothing breaks, but part of a repository was not read.
    """
    from functoria.cli.audited import run
    from functoria.cli.repositories import CACHE, LIMITS, OCAML, REPOSITORIES, VARIABLES
    from functoria.interruption import unwinding

    params: list[click.Parameter] = [
        click.Argument(["configurations"], nargs=-1, metavar="[CONFIG]...", type=click.Path(path_type=Path)),
        REPOSITORIES,
        click.Option(
            ["-t", "--target", "targets"],
            multiple=True,
            metavar="TARGET",
            help="A target to audit, or a value of the key of --key. Default: all.",
        ),
        click.Option(
            ["--key"],
            metavar="NAME",
            help="The key whose values are audited one by one. Default: target.",
        ),
        click.Option(
            ["--set", "choices"], multiple=True, metavar="KEY=VALUE", help="A value for a key of the configurations."
        ),
        click.Option(
            ["--release", "releases"],
            multiple=True,
            metavar="PACKAGE.VERSION",
            help="Tell which configurations accept this release, existing or not. Also as two words, PACKAGE VERSION.",
        ),
        click.Option(["--strict"], is_flag=True, help="With --release: fail if a declaration refuses it."),
        OCAML,
        VARIABLES,
        click.Option(["--no-solver", "no_solver"], is_flag=True, help="Do not ask opam for solutions."),
        click.Option(
            ["-j", "--jobs", "jobs"],
            metavar="N",
            type=click.IntRange(min=1),
            help="The number of concurrent runs of opam. Default: one for each processor.",
        ),
        CACHE,
        click.Option(
            ["--clear-cache"], is_flag=True, help="Empty the cache first. Without a repository, do nothing else."
        ),
        LIMITS,
        JSON,
        click.Option(["--json-lines"], is_flag=True, help="Print lines of JSON, each as soon as it is known."),
        click.Option(["-v", "--verbose", "verbose"], count=True, help="Print every package of every case."),
    ]
    help = "Show which releases in an opam repository the bounds of configurations admit and exclude."
    return _Audit("audit", params=params, callback=unwinding()(run), help=help)


class _Audit(Command):
    """The command, whose `--release` may be followed by two words."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Join the name of a package, which has no dots, with a following version."""
        joined: list[str] = []
        for word in args:
            if joined[-2:-1] == ["--release"] and "." not in joined[-1] and not word.startswith("-"):
                joined[-1] += f".{word}"
            else:
                joined.append(word)
        return super().parse_args(ctx, joined)


COMMAND = Listed(Part.ASK, "check the bounds of packages against an opam repository", _make)
