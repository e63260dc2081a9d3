"""Building a project with dune, and cleaning it."""

from __future__ import annotations

import os
import warnings
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from functoria.errors import BuildError, WriteError
from functoria.graph.build_info import BuildInfo
from functoria.graph.hooks import call, placed
from functoria.log import info
from functoria.printable import shown
from functoria.project.directory import Project, readable
from functoria.project.lock import UNCHANGED, WAIT, locked
from functoria.project.origin import missing, missing_names, missing_programs, origins
from functoria.project.passing import NotStarted, run
from functoria.project.products import found, remove
from functoria.project.sources import seen
from functoria.project.state import NAME as STATE
from functoria.project.state import State
from functoria.project.tree import Tree

if TYPE_CHECKING:
    from functoria.plan.plan import Plan


def build(directory: Path, plan: Plan, *, dune: Sequence[str] | None = None, config: Path | None = None) -> Path:
    """Build `plan`, which was written to `directory`, and return the path of the result.

    First the `build` methods of devices run, in order of initialisation; then the root's build command, whose output is passed
    through. `dune` replaces the first word of that command. `config` is the configuration, beside which devices find their
    files; by default the file that registered the application. Warns of files that differ from the plan. Raises BuildError if
    a device or the command fails, or the command does not exist.
    """
    source = (config or plan.app.file or directory / "config.py").parent
    fresh = plan
    plan, _ = seen(plan, source, directory, built=True)
    old = stale(directory, plan if fresh.beside is not None else fresh, source)
    if old:
        warnings.warn(
            shown(
                f"{', '.join(old)}: out of date with the configuration, and built as written: configure again to "
                "update it"
            ),
            stacklevel=2,
        )
    info = build_info(directory, plan, config)
    with placed(plan.graph):
        for device in dict.fromkeys(node.device for node in plan.devices):
            call(device, "build", info)
    root = info.root
    command = list(root.build_command(info))
    run_dune(command if dune is None else [*dune, *command[1:]], directory, plan, old)
    result = directory / str(root.result(info))
    if not result.exists():
        raise BuildError(f"dune did not make {result}: configure again, then build", objects=[result])
    return result


def clean(
    directory: Path,
    plan: Plan | None,
    *,
    force: bool = False,
    built: bool = False,
    wait: float = WAIT,
    dry_run: bool = False,
    config: Path | None = None,
) -> list[Path]:
    """Remove what building `plan` made in `directory`, and the files that were written. Returns the removed paths.

    With `built` the written files stay, so that the project can be built again. Without a plan, because the configuration is
    gone, the `clean` methods of devices are not called, and the build's products beside the sources stay. `dry_run` removes
    nothing and returns what would be removed, except by devices. Raises FileConflict for a file that was edited since, unless
    `force`, before anything is removed, and WriteError for what cannot be removed.
    """
    project = Project(directory)
    going = [] if built else project.to_clean(plan, force=force, tell=dry_run)
    claimed = State.load(directory)
    products = [] if plan is None else [*plan.products, str(plan.root.device.result(plan.info))]
    if dry_run:
        with Tree.open(directory, missing=True) as tree:
            return [*(directory / name for name in found(tree, products, claimed=claimed, force=force)), *going]
    before = _held(directory)
    if plan is not None:
        info = build_info(directory, plan, config)
        with placed(plan.graph):
            for device in dict.fromkeys(node.device for node in plan.devices):
                call(device, "clean", info)
    after = _held(directory)
    removed = [name for name in before if name not in after]
    with locked(directory, wait=wait) as tree:
        names = found(tree, products, claimed=claimed, force=force)
        remove(tree, names)
    removed += names
    try:
        cleaned = [] if built else project.clean(plan, force=force, wait=wait)
    except WriteError as error:
        if removed:
            error.message = f"{error.message.removesuffix(UNCHANGED)}; removed before that: {', '.join(removed)}"
        raise
    return [*(directory / name for name in removed), *cleaned]


def _held(directory: Path) -> dict[str, None]:
    """Return the files in a directory, except hidden ones and those in `_build`."""
    with Tree.open(directory, missing=True) as tree:
        if not tree.exists:
            return {}
        return {name: None for each in tree.names() if not each.startswith((".", "_")) for name in tree.files(each)}


def stale(directory: Path, plan: Plan, source: Path) -> list[str]:
    """Return the files in `directory` that differ from the plan, because they were edited or are out of date.

    If `directory` has links to files in `source`, they are files that were added there, or removed, since it was written.
    """
    state = State.load(directory)
    linked = {name for name, mark in state.files.items() if mark.startswith("link:")} if state is not None else set()
    if not linked or plan.beside is not None:
        return [change.name for change in plan.diff(directory) if change.name in plan.contents]
    changes = plan.diff(directory, sources=source)
    # Anything to create that is not one of the plan's files is a link.
    return [each.name for each in changes if each.name in plan.contents or each.name in linked or each.kind == "create"]


def build_info(directory: Path, plan: Plan, config: Path | None = None) -> BuildInfo:
    """Return what devices can read while building. Raises WriteError if `directory` is not configured."""
    readable(directory)
    config = config or plan.app.file
    here = directory.resolve()
    return BuildInfo.of(plan.info, build_dir=here, source_dir=here if config is None else config.parent.resolve())


def run_dune(command: Sequence[str], directory: Path, plan: Plan | None = None, old: Collection[str] = ()) -> None:
    """Run dune in `directory`, passing its output through as it is: on a terminal it shows colours and progress itself.

    Raises BuildError if it fails or does not exist. If the compiler complains about a generated file, the error names the
    devices and keys of `plan` behind these lines, unless the file is one of `old`, from another plan; and the packages
    behind libraries that dune does not find.
    """
    info("build", "%s runs in %s", " ".join(command), directory)
    try:
        status, output = run(command, directory)
    except NotStarted as error:
        raise BuildError(f"{command[0]} is not installed: opam install dune", objects=[command]) from error
    if status:
        made = [] if plan is None else [each for each in origins(plan, output) if each.file not in old]
        libraries = [] if plan is None else missing(plan, output)
        raise BuildError(
            f"{' '.join(command)} failed with status {status}",
            more=[*made, *libraries, *_hints(output, directory, plan)],
            objects=[command, *made, *libraries],
            locations=[*(each.location for each in made), *(each.location for each in libraries)],
        )


def _hints(output: str, directory: Path, plan: Plan | None) -> Iterator[str]:
    hints = [_hint(name, plan) for name in missing_names(output)]
    yield from dict.fromkeys(hint for hint in hints if hint is not None)
    if None in hints:
        yield "libraries are missing: make depend installs them with opam"
    for program in missing_programs(output):
        yield (
            f"{program} is not installed: make depend installs the programs of the plan's packages with opam, "
            "and others are up to you"
        )
    for place, below, files in os.walk(directory):
        below[:] = [name for name in below if not name.startswith((".", "_"))]
        if STATE in files and not os.path.samefile(place, directory):
            yield (
                f"{place} is configured too, and dune builds it as a part of {directory}: configure that again, "
                "so that it leaves the other alone"
            )


def _hint(name: str, plan: Plan | None) -> str | None:
    """Return the remedy for a library that dune does not find; None if opam must install it."""
    if plan is None:
        return None
    own = plan.info.local_libraries.get(name)
    if own is not None:
        where = f", of {own.location}" if own.location is not None else ""
        return f"the library {name} is the unikernel's own{where}, and no dune file beside the configuration defines it"
    user = next((each for each in plan.info.beside.libraries if name in each.requires), None)
    if user is not None and name not in plan.libraries:
        return (
            f"the library {name} is required by {user.name}, in {user.directory}/dune, and no package of the configuration "
            f"provides it: add one to packages, as in package({name.partition('.')[0]!r})"
        )
    return None
