"""The unikernel's own modules, and what devices read: links to them, where they are in another directory."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from functoria.errors import FileConflict, InvalidName, WriteError
from functoria.graph.hooks import called, iterated, wrong
from functoria.project.kinds import writable
from functoria.project.state import State
from functoria.project.tree import above
from functoria.quote import checked

if TYPE_CHECKING:
    from functoria.device import AnyDevice
    from functoria.graph.info import Info
    from functoria.plan.plan import Plan

_OCAML = (".ml", ".mli", ".mll", ".mly")
_SOURCES = (*_OCAML, ".c", ".h")
_BLANK = re.compile(r"[\s\x00-\x1f\x7f]")


def links(plan: Plan, sources: Path | None, directory: Path) -> dict[str, str]:
    """The links that `directory` needs to what is in `sources`, where that is another: name, and target.

    Raises FileConflict for a module, or for what a device reads, that has the name of a file to be made, InvalidName for a
    module beside the configuration of a name that dune cannot take.
    """
    made = {*plan.contents, *plan.products}
    read = list(dict.fromkeys(_plain(name) for node in plan.devices for name in _sources(node.device, plan.info)))
    if sources is None or not os.path.isdir(sources):
        _modules(directory)
        return {}
    names = _modules(sources)
    if _same(sources, directory):
        return {}
    names += [name for name in read if name != "." and os.path.exists(sources / name)]
    before = _made_in(sources)
    within = {parent for name in plan.products for parent in above(name)}
    for name in names:
        if (name in made and name not in before) or name in within:
            raise FileConflict(f"{sources / name} has the name of what is made: rename one of them", objects=[name])
    if "." in read:
        names += [path.name for path in _beside(sources) if not _inside(directory, path)]
    found: dict[str, str] = {}
    for name in sorted(dict.fromkeys(names), key=lambda name: len(PurePosixPath(name).parts)):
        # What a directory that is linked holds is there already.
        if name not in made and found.keys().isdisjoint(above(name)):
            # No directory that a link is put in is itself a link, once what goes is gone.
            parent = os.path.join(os.path.realpath(directory), os.path.dirname(name))
            found[name] = os.path.relpath(os.path.realpath(sources / name), parent)
    return found


def plain(name: str) -> str:
    """`name`, if it is a path inside of the directory, and not one of this library's own. Raises InvalidName."""
    if not writable(checked(name, language="a file name")):
        raise InvalidName(f"{name!r} is no name for a file of the project", objects=[name])
    return name


def _plain(name: str) -> str:
    """`name` in its shortest form: `.` for the directory itself."""
    short = str(PurePosixPath(checked(name, language="a file name")))
    return "." if short == "." else plain(short)


def _beside(sources: Path) -> list[Path]:
    """What is in a directory, but for what dune passes over, as the state file and what is aside are."""
    try:
        return [path for path in sorted(sources.iterdir()) if not path.name.startswith((".", "_"))]
    except OSError as error:
        raise WriteError(f"cannot read {sources}: {error.strerror}", objects=[sources]) from error


def _modules(directory: Path) -> list[str]:
    """The names of the modules and C files in a directory; none where there is no directory."""
    if not os.path.isdir(directory):
        return []
    names = [path.name for path in _beside(directory) if path.suffix in _SOURCES and os.path.isfile(path)]
    for name in names:
        if name.endswith(_OCAML) and _BLANK.search(name):
            raise InvalidName(
                f"{str(directory / name)!r} is a module of a name with blanks, which dune cannot compile: rename it",
                objects=[name],
            )
    return names


def _sources(device: AnyDevice, info: Info) -> Iterator[str]:
    for name in iterated(device, "sources", "paths", info):
        if not isinstance(name, str):
            raise wrong(device, f"sources of {called(device)} gave {name!r}, but must give paths as text")
        yield name


def _same(one: Path, two: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(two)


def _inside(one: Path, two: Path) -> bool:
    return Path(os.path.realpath(one)).is_relative_to(os.path.realpath(two))


def _made_in(directory: Path) -> tuple[str, ...]:
    """What was written to `directory`, and what building may have made there; nothing where it was not configured."""
    try:
        state = State.load(directory)
    except FileConflict:
        state = None
    return () if state is None else (*state.files, *state.products)
