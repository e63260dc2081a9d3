"""The command lock."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from functoria.cli.listed import Listed, Part
from functoria.cli.options import Command
from functoria.cli.output import say
from functoria.cli.standard import CONFIGURED, FORCE, HERE, RELEASE, TIMEOUT, VERBOSE


def _make(arguments: Sequence[str]) -> click.Command:
    from functoria.cli.repositories import CACHE, LIMITS, OCAML, REPOSITORIES, SECONDS, VARIABLES
    from functoria.interruption import unwinding

    params: list[click.Parameter] = [
        *(REPOSITORIES, HERE, CONFIGURED, RELEASE, OCAML, VARIABLES, SECONDS, CACHE, LIMITS, FORCE, TIMEOUT, VERBOSE)
    ]
    help = "Write a lock: the exact versions of all packages that a configured project needs, as solved by opam."
    return Command("lock", params=params, callback=unwinding()(_lock), help=help)


def _lock(
    repositories: tuple[Path, ...],
    build_dir: str,
    file: str | None,
    release: str | None,
    ocaml: str | None,
    variables: tuple[str, ...],
    seconds: int,
    cache: Path | None,
    limits: tuple[str, ...],
    force: bool,
    lock_timeout: float,
    verbose: int,
) -> None:
    from functoria.cli.configured import configured
    from functoria.cli.repositories import kept, limits_of, pairs, range_of, read
    from functoria.opam.locking import lock, write
    from functoria.progress import working

    changes, range_, most = pairs(variables, "--var"), range_of(ocaml), limits_of(limits)
    if not repositories:
        raise click.UsageError("lock needs the repository whose packages are locked: name it with -r PLACE")
    plan, _ = configured(Path(build_dir), file, release)
    repository = read(repositories, kept(cache), most)
    with working("asking opam"):
        found = lock(plan, repository, changes=changes, ocaml=range_, seconds=seconds, cache=kept(cache))
    path = write(Path(build_dir), plan, found, force=force, wait=lock_timeout)
    switch = sum(locked.scope == "switch" for locked in found.packages)
    said = f", {switch} of the switch" if switch else ""
    say(f"locked {len(found.packages)} packages{said} in {path}")


COMMAND = Listed(Part.BUILD, "write exact versions of all packages", _make)
