"""The command sbom."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from functoria.cli.destination import Destination, check_new, write
from functoria.cli.listed import Listed, Part
from functoria.cli.options import Command
from functoria.cli.output import say, say_text
from functoria.cli.standard import CONFIGURED, FORCE, HERE, RELEASE, VERBOSE


def _make(arguments: Sequence[str]) -> click.Command:
    from functoria.cli.repositories import CACHE, LIMITS, REPOSITORIES, VARIABLES
    from functoria.interruption import unwinding

    locked = click.Option(["--locked"], is_flag=True, help="Fail if there are no exact versions of all packages.")
    output = click.Option(
        ["-o", "--output", "output"],
        metavar="FILE",
        type=Destination(),
        help="The output file. Default: print it.",
    )
    params: list[click.Parameter] = [
        *(HERE, CONFIGURED, RELEASE, REPOSITORIES, VARIABLES, locked, output, CACHE, LIMITS, FORCE, VERBOSE)
    ]
    help = "Print a bill of materials of a configured project, in CycloneDX, with the versions of its lock."
    return Command("sbom", params=params, callback=unwinding()(_sbom), help=help)


def _sbom(
    build_dir: str,
    file: str | None,
    release: str | None,
    repositories: tuple[Path, ...],
    variables: tuple[str, ...],
    locked: bool,
    output: Path | None,
    cache: Path | None,
    limits: tuple[str, ...],
    force: bool,
    verbose: int,
) -> None:
    import warnings

    from functoria.cli.configured import configured
    from functoria.cli.planning import aside
    from functoria.cli.repositories import kept, limits_of, pairs, read
    from functoria.opam.bill import bill
    from functoria.opam.locking import fitting
    from functoria.printable import shown

    changes, most = pairs(variables, "--var"), limits_of(limits)
    if output is not None and not force:
        check_new(output, remedy=", or give --force")
    with aside():
        plan, _ = configured(Path(build_dir), file, release)
    lock = fitting(Path(build_dir), plan, missing=not locked)
    repository = read(repositories, kept(cache), most) if repositories else None
    if lock is not None and repository is not None and lock.repository != repository.digest():
        warnings.warn(
            shown("the repository is not the one that was locked: its opam files may be newer"),
            stacklevel=1,
        )
    text = bill(plan, lock, repository, changes=changes)
    if output is None:
        say_text(text.splitlines())
    else:
        write(output, text)
        say(f"wrote {output}")


COMMAND = Listed(Part.ASK, "print a bill of materials, in CycloneDX", _make)
