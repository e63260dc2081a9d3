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
            help="The key whose values are audited one after the other. Default: target.",
        ),
        click.Option(
            ["--set", "choices"], multiple=True, metavar="KEY=VALUE", help="A value for a key of the configurations."
        ),
        click.Option(
            ["--release", "releases"],
            multiple=True,
            metavar="PACKAGE.VERSION",
            help="Say who would take this release, there or not yet, and what refuses it. Also PACKAGE VERSION, two words.",
        ),
        click.Option(["--strict"], is_flag=True, help="With --release: fail where a declaration refuses it."),
        OCAML,
        VARIABLES,
        click.Option(["--no-solver", "no_solver"], is_flag=True, help="Do not ask opam for solutions."),
        click.Option(
            ["-j", "--jobs", "jobs"],
            metavar="N",
            type=click.IntRange(min=1),
            help="How many runs of opam may go on at once. Default: one for each processor.",
        ),
        CACHE,
        click.Option(
            ["--clear-cache"], is_flag=True, help="Remove what is kept first. With no repository, do nothing else."
        ),
        LIMITS,
        JSON,
        click.Option(["--json-lines"], is_flag=True, help="As lines of JSON, each as soon as it is known."),
        click.Option(["-v", "--verbose", "verbose"], count=True, help="Say more: every package of every case."),
    ]
    help = "Say what the bounds of configurations admit and shut out in a repository of opam packages."
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


COMMAND = Listed(Part.ASK, "say what the bounds of packages admit in an opam repository", _make)
