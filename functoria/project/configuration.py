"""The configuration that a directory was written for: what the state file says of it is believed only so far."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from functoria.errors import ConfigError
from functoria.project.state import State
from functoria.project.tree import Tree

_DEFAULT = "config.py"


def configuration(directory: Path, state: State) -> Path:
    """The configuration of `directory`: a file beside its files, or in a directory above.

    The state file, which may have come with a clone or an archive, only says which. Raises ConfigError for one that lies
    elsewhere, or belongs to somebody who is neither the user nor the directory's owner: the user is to name it.
    """
    said = state.config or _DEFAULT
    if "\0" in said:
        raise ConfigError(
            f"{directory} says that it was configured by {said!r}, which is not a path: name the configuration with -f FILE"
        )
    path = directory / said
    root, real = Path(os.path.realpath(directory)), Path(os.path.realpath(path))
    if real.parent not in (root, *root.parents):
        raise ConfigError(
            f"{directory} says that it was configured by {real}, which lies neither there nor above: if that "
            f"is right, name it: -f {shlex.quote(str(real))}",
            objects=[real],
        )
    with Tree.open(directory) as tree:
        try:
            owner = real.lstat().st_uid
        except OSError:
            return path  # which loading it says
        if not tree.trusts(owner):
            raise ConfigError(
                f"{real} belongs to the user {owner}, who is neither you nor the owner of {directory}: if that is "
                f"right, name it: -f {shlex.quote(str(real))}",
                objects=[real],
            )
    return real
