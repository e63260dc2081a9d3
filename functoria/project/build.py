"""Building a project with dune, and cleaning it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from functoria.errors import BuildError
from functoria.graph.hooks import call, placed
from functoria.graph.info import BuildInfo, Info
from functoria.project.directory import Project, readable
from functoria.project.origin import origins
from functoria.project.state import NAME as STATE

if TYPE_CHECKING:
    from functoria.plan.plan import Plan


def build(directory: Path, plan: Plan, *, dune: Sequence[str] | None = None) -> Path:
    """Build `plan`, which was written to `directory`, and return the path of the result.

    First each device makes what no dune rule does, in order of initialisation; then the root's build command runs, and prints
    as it does; `dune` takes the place of its first word. Warns of files that are not as `plan` has them. Raises BuildError
    where a device or the command fails, or is not there.
    """
    old = stale(directory, plan)
    if old:
        warnings.warn(
            f"{', '.join(old)}: not as the configuration says now, and built as written: configure again to write "
            "anew what has changed",
            stacklevel=2,
        )
    info = build_info(directory, plan)
    with placed(plan.devices):
        for device in dict.fromkeys(node.device for node in plan.devices):
            call(device, "build", info)
    root = info.root
    command = list(root.build_command(info))
    run_dune(command if dune is None else [*dune, *command[1:]], directory, plan, old)
    result = directory / str(root.result(info))
    if not result.exists():
        raise BuildError(f"dune made no {result}: configure again, and build then", objects=[result])
    return result


def clean(directory: Path, plan: Plan | None, *, force: bool = False, built: bool = False) -> list[Path]:
    """Remove what building `plan` made in `directory`, and what writing it wrote. Returns the files that were written.

    With `built` what was written stays, so that it can be built again. Without a plan, for a configuration that is gone,
    devices remove nothing. Raises FileConflict for a file edited since, unless `force`; BuildError where a device or dune fails.
    """
    command: Sequence[str] = ("dune", "clean", "--root", ".")
    if plan is not None:
        info = build_info(directory, plan)
        command = info.root.clean_command(info)
        with placed(plan.devices):
            for device in dict.fromkeys(node.device for node in plan.devices):
                call(device, "clean", info)
    if (directory / "_build").is_dir() and shutil.which("dune"):
        run_dune(command, directory)
    return [] if built else Project(directory).clean(force=force)


def stale(directory: Path, plan: Plan) -> list[str]:
    """The names of the files of `plan` that are not in `directory` as it has them: it was made since, or they were edited."""
    return [change.name for change in plan.diff(directory) if change.name in plan.contents]


def build_info(directory: Path, plan: Plan) -> BuildInfo:
    """What devices are told while building."""
    state = readable(directory)
    source = (directory / (state.config or ".")).resolve()
    fields = {field.name: getattr(plan.info, field.name) for field in attrs.fields(Info) if field.init}
    return BuildInfo(
        **fields, build_dir=directory.resolve(), source_dir=source.parent if state.config else directory.resolve()
    )


def run_dune(command: Sequence[str], directory: Path, plan: Plan | None = None, old: Collection[str] = ()) -> None:
    """Run dune in `directory`, its output passed through, and say on a terminal that it is at work.

    Raises BuildError where it fails, or is not there. Where the compiler complains of a generated file, the error names
    the devices and keys of `plan` that the lines were made for, unless the file is one of `old`, made of another plan.
    """
    try:
        process = subprocess.Popen(
            command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        )
    except OSError as error:
        raise BuildError(f"{command[0]} is not installed: opam install dune", objects=[command]) from error
    output = []
    with working(f"{' '.join(command[:2])} in {directory}"), process:
        assert process.stdout is not None
        for line in process.stdout:
            output.append(line)
            print(line, end="", flush=True)
    if output and not output[-1].endswith("\n"):
        print()
    if process.returncode:
        made = [] if plan is None else [each for each in origins(plan, "".join(output)) if each.file not in old]
        raise BuildError(
            "\n".join(
                [
                    f"{' '.join(command)} failed with status {process.returncode}",
                    *map(str, made),
                    *_hints(output, directory),
                ]
            ),
            objects=[command, *made],
            locations=[each.location for each in made],
        )


def _hints(output: list[str], directory: Path) -> Iterator[str]:
    if any("Library" in line and "not found" in line for line in output):
        yield "libraries are missing: make depend installs them with opam"
    for place, below, files in os.walk(directory):
        below[:] = [name for name in below if not name.startswith((".", "_"))]
        if STATE in files and not os.path.samefile(place, directory):
            yield (
                f"{place} is configured too, and dune builds it as a part of {directory}: remove it, or have it elsewhere; "
                "dune passes over directories named .* and _*"
            )


def working(what: str) -> AbstractContextManager[object]:
    """Says on a terminal, while it is entered, that `what` is going on: with rich where it is installed, else a line."""
    if not sys.stderr.isatty():
        return nullcontext()
    try:
        from rich.console import Console
    except ImportError:
        print(f"{what} …", file=sys.stderr)
        return nullcontext()
    return Console(stderr=True).status(f"{what} …")
