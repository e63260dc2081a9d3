"""Revisions of git: their files, in a temporary directory."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from functoria.configuration_name import is_configuration
from functoria.errors import ConfigError
from functoria.printable import call


def git(directory: Path, *words: str) -> str | None:
    """Return git's output in `directory`; None if it fails or is not installed."""
    try:
        done = subprocess.run(["git", *words], cwd=directory, capture_output=True, text=True, check=False)
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
    import tarfile

    with tempfile.TemporaryDirectory(prefix="functoria-") as directory:
        tree = Path(directory).resolve() / "tree"
        call(str(tree), f"{name}:")
        archive = Path(directory) / "archive.tar"
        if git(root, "archive", f"--output={archive}", commit) is None:
            raise ConfigError(f"git cannot give the files of {name}: look with git show {name}", objects=[name])
        with tarfile.open(archive) as files:
            files.extractall(tree, filter="data")
        yield tree
