"""The command build."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from functoria.cli.listed import Listed, Part
from functoria.cli.options import Command
from functoria.cli.output import say
from functoria.cli.standard import CONFIGURED, HERE, RELEASE, VERBOSE


def _make(arguments: Sequence[str]) -> click.Command:
    locked = click.Option(
        ["--locked"],
        is_flag=True,
        help="Fail if the lock does not match the configuration or the switch.",
    )
    help = "Build a configured project with dune."
    return Command("build", params=[HERE, CONFIGURED, RELEASE, locked, VERBOSE], callback=_build, help=help)


def _build(build_dir: str, file: str | None, release: str | None, locked: bool, verbose: int) -> None:
    from functoria.cli.configured import configured
    from functoria.interruption import unwinding
    from functoria.project.build import build

    plan, config = configured(Path(build_dir), file, release)
    if locked:
        from functoria.opam.locking import demand

        demand(Path(build_dir), plan)
    with unwinding():
        result = build(Path(build_dir), plan, config=config)
    say(f"built {result}")


COMMAND = Listed(Part.BUILD, "build a configured project", _make)
