"""The command clean."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from functoria.cli.listed import Listed, Part
from functoria.cli.options import Command
from functoria.cli.output import say
from functoria.cli.standard import CONFIGURED, FORCE, HERE, RELEASE, TIMEOUT, VERBOSE
from functoria.errors import FileConflict, FunctoriaError, WriteError
from functoria.printable import shown

if TYPE_CHECKING:
    from functoria.plan.plan import Plan


def _make(arguments: Sequence[str]) -> click.Command:
    built = click.Option(
        ["--built"], is_flag=True, help="Remove only what building made, so that it can be built again."
    )
    dry_run = click.Option(["--dry-run"], is_flag=True, help="List what would be removed, without removing it.")
    params: list[click.Parameter] = [HERE, CONFIGURED, RELEASE, built, dry_run, FORCE, TIMEOUT, VERBOSE]
    return Command("clean", params=params, callback=_clean, help="Remove what configure wrote and build made.")


def _clean(
    build_dir: str,
    file: str | None,
    release: str | None,
    dry_run: bool,
    force: bool,
    built: bool,
    lock_timeout: float,
    verbose: int,
) -> None:
    from functoria.cli.configured import configured
    from functoria.interruption import unwinding
    from functoria.project.build import clean

    plan: Plan | None = None
    config: Path | None = None
    try:
        plan, config = configured(Path(build_dir), file, release)
    except (FileConflict, WriteError):
        raise
    except FunctoriaError as error:
        warnings.warn(shown(f"what devices and the build made is not removed: {error.message}"), stacklevel=1)
    with unwinding():
        removed = clean(
            Path(build_dir), plan, force=force, built=built, wait=lock_timeout, dry_run=dry_run, config=config
        )
    for path in removed:
        say(f"{'remove' if dry_run else 'removed'} {path}")
    if not dry_run:
        say(f"removed {len(removed)} file{'s' * (len(removed) != 1)} from {build_dir}")


COMMAND = Listed(Part.BUILD, "remove what was written and built", _make)
