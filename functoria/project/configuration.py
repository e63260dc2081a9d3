"""Finding the configuration of a directory without trusting its state file."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

from functoria.errors import ConfigError, FunctoriaError
from functoria.project.state import State
from functoria.project.tree import Tree, lies_in, sayable

_DEFAULT = "config.py"
_MOST_LINKS = 40
"""The number of links that Linux follows."""


def configuration(directory: Path, state: State) -> Path:
    """Return the configuration of `directory`: a file in it, or in a directory above.

    A link counts where it is, not where it leads: its imports and the unikernel's sources are found beside the link. The
    state file, which may come from a clone or an archive, only says which file it is. Raises ConfigError if that lies
    elsewhere, or if the file, or one of the links that lead to it, belongs to neither the user nor the directory's owner.
    The user must then give it by name.
    """
    said = state.config or _DEFAULT
    if not sayable(said):
        raise ConfigError(
            f"{directory} claims that it was configured by {said!r}, which is not a path: name the configuration with -f FILE"
        )
    place = Path(os.path.realpath((directory / said).parent))
    path = place / Path(said).name
    if not lies_in(directory, place):
        raise ConfigError(
            f"{directory} claims that it was configured by {path}, which lies neither there nor above: if that "
            f"is right, name it: -f {shlex.quote(str(path))}",
            objects=[path],
        )
    if state.config is None and not path.exists():
        raise ConfigError(
            f"{directory} was written by a program, of an application that no file beside it or above binds to a name: name the "
            "configuration with -f FILE",
            objects=[directory],
        )
    with Tree.open(directory) as tree:
        for found in way(path):
            try:
                owner = found.lstat().st_uid
            except OSError:
                return path  # loading it reports that
            why = tree.distrusted(found, owner)
            if why:
                remedy = f"if that is right, name it: -f {shlex.quote(str(path))}"
                raise ConfigError(f"{why}: {remedy}", objects=[found])
    return path


def kept_release(file: Path) -> str | None:
    """Return the release for which the configuration `file` was written to its directory; None if it was not given."""
    try:
        state = State.load(file.parent)
    except (FunctoriaError, OSError):  # who writes there reports it
        return None
    return state.release if state is not None and state.config and Path(state.config) == Path(file.name) else None


def way(path: Path) -> Iterator[Path]:
    """Yield `path`, then the targets of links, one by one."""
    for _ in range(_MOST_LINKS):
        yield path
        try:
            target = os.readlink(path)
        except OSError:
            return
        path = Path(os.path.realpath(path.parent)) / target
