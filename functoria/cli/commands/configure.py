"""The command configure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from functoria.cli import standard
from functoria.cli.listed import Listed, Part
from functoria.cli.output import complain, say, say_data, say_line
from functoria.cli.planning import CHANGED, TARGET, Chosen, aside, planning
from functoria.errors import FunctoriaError

if TYPE_CHECKING:
    from functoria.cli.outcome import Outcome
    from functoria.plan.plan import Plan
    from functoria.project.state import State

_MANY = "build"
"""The default directory for several targets, each in a subdirectory with its name."""


def _make(arguments: Sequence[str]) -> click.Command:
    import functoria.project.directory  # noqa: F401 # before the configuration runs: see functoria.garbage

    own: list[click.Parameter] = [
        standard.FILE,
        standard.RELEASE,
        standard.BUILD_DIR,
        click.Option(
            ["--all-targets"], is_flag=True, help="Configure for all targets that the configuration supports."
        ),
        standard.OUTPUT,
        click.Option(
            ["--dry-run"], is_flag=True, help="List what would be written, without writing it; with -v, line by line."
        ),
        click.Option(
            ["--diff"], is_flag=True, help="Show what would be written as a unified diff, without writing it."
        ),
        standard.EXIT_CODE,
        standard.JSON,
        standard.FORCE,
        standard.TIMEOUT,
        standard.VERBOSE,
    ]
    help = "Write everything that OCaml needs to build a configuration. Each of several targets gets its own directory."
    return planning(arguments, "configure", help, own, _configure, several=True, anew=True)


def _configure(
    chosen: Chosen,
    *,
    build_dir: str | None,
    all_targets: bool,
    dry_run: bool,
    diff: bool,
    exit_code: bool,
    as_json: bool,
    force: bool,
    lock_timeout: float,
    verbose: int,
) -> None:
    """Write the files for one or several targets, or report what that would change."""
    from functoria.cli.outcome import Outcome, looked, told
    from functoria.project.directory import Project

    idle = dry_run or diff
    lines = idle and (diff or verbose > 0)
    done: list[Outcome] = []
    refused: dict[str, FunctoriaError] = {}
    for plan, directory in _plans(chosen, build_dir, all_targets, refused):
        project, sources = Project(directory), chosen.file.parent
        with aside():
            if idle:
                done.append(Outcome(plan, directory, _before(directory), project.diff(plan, sources=sources)))
                continue
            outcome = project.write(
                plan, sources=sources, config=chosen.file, release=chosen.release, force=force, wait=lock_timeout
            )
        done.append(Outcome(plan, directory, outcome.before, outcome.changes, outcome.removed, outcome.kept))
    if as_json:
        data: dict[str, Any] = {"projects": [each.to_data(lines=lines) for each in done], "written": not idle}
        say_data({**data, "refused": {name: error.message for name, error in refused.items()}} if all_targets else data)
    for each in () if as_json else done:
        for line in looked(each, lines, len(done) > 1) if idle else told(each, verbose):
            say_line(line)
    for name, error in () if as_json else refused.items():
        say(f"{name}: not configured: {error.message}")
    if idle and not force and any(change.conflict for each in done for change in each.changes):
        refusal = "configure would refuse, for the sake of these files, without --force"
        raise click.exceptions.Exit(complain(refusal, 1))
    if exit_code and any(each.changes for each in done):
        raise click.exceptions.Exit(CHANGED)


def _plans(
    chosen: Chosen, build_dir: str | None, all_targets: bool, refused: dict[str, FunctoriaError]
) -> Iterator[tuple[Plan, Path]]:
    """Return the plans, each with its directory. With all targets, unsupported ones are added to `refused`."""
    targets = tuple(dict.fromkeys(chosen.targets))  # repeated ones count once
    if all_targets:
        if targets:
            raise click.UsageError("--all-targets and -t both choose targets: leave one out")
        if TARGET not in chosen.app.keys_by_name:
            raise click.UsageError(f"{chosen.file} has no key {TARGET}: leave --all-targets out")
        targets = chosen.app.keys_by_name[TARGET][0].converter.alternatives
    if len(targets) < 2 and not all_targets:
        plan = chosen.plan(dict.fromkeys([TARGET] * len(targets), *targets))
        yield plan, chosen.file.parent if build_dir is None else Path(build_dir)
        return
    below = chosen.file.parent / _MANY if build_dir is None else Path(build_dir)
    found: list[tuple[Plan, Path]] = []
    for target in targets:  # plan all of them before writing any
        try:
            plan = chosen.plan({TARGET: target})
            found.append((plan, below / str(plan.values[TARGET])))
        except FunctoriaError as error:
            if not all_targets:
                raise
            refused[target] = error
    if not found:
        raise next(iter(refused.values()))
    yield from found


def _before(directory: Path) -> State | None:
    from functoria.project.state import State

    try:
        return State.load(directory)
    except (FunctoriaError, OSError):  # writing reports it
        return None


COMMAND = Listed(Part.WRITE, "write main.ml, opam, dune and make files for a configuration", _make)
