"""Revisions of git: their files, in a temporary directory."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from functoria.configuration_name import is_configuration
from functoria.errors import ConfigError
from functoria.printable import call


def git(directory: Path, *words: str, **variables: str) -> str | None:
    """Return git's output in `directory`, with these environment variables too; None if it fails or is not installed."""
    environment = {**os.environ, **variables}
    try:
        done = subprocess.run(
            ["git", *words], cwd=directory, env=environment, capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def resolved(place: Path, name: str) -> tuple[Path, str] | None:
    """Return the work tree that contains `place`, and the commit called `name` there; None if either is missing."""
    root = git(place, "rev-parse", "--show-toplevel")
    if root is None or name.startswith("-"):
        return None
    commit = git(place, "rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}")
    return None if commit is None else (Path(root), commit)


def revisions(place: Path) -> list[str]:
    """Return the names of the branches and tags of the repository that contains `place`."""
    return (git(place, "for-each-ref", "--format=%(refname:short)") or "").split()


def configurations(root: Path, commit: str) -> list[str]:
    """Return the paths of the files of `commit` that can be configurations."""
    names = (git(root, "ls-tree", "-r", "-z", "--name-only", commit) or "").split("\0")
    return [name for name in names if is_configuration(name)]


@contextmanager
def unpacked(root: Path, commit: str, name: str) -> Iterator[Path]:
    """Yield a directory with all files of `commit` in the work tree `root`. Raises ConfigError, about the revision `name`.

    Its files are printed as git names them, as in HEAD:config.py.
    """
    with tempfile.TemporaryDirectory(prefix="functoria-") as directory:
        tree, index = Path(directory).resolve() / "tree", str(Path(directory) / "index")
        call(str(tree), f"{name}:")
        tree.mkdir()
        # An archive would lack what has the attribute export-ignore, and tarfile refuses links that lead outside.
        read = git(root, "read-tree", commit, GIT_INDEX_FILE=index)
        if read is None or git(root, "checkout-index", "--all", f"--prefix={tree}/", GIT_INDEX_FILE=index) is None:
            raise ConfigError(f"git cannot give the files of {name}: look with git show {name}", objects=[name])
        yield tree
