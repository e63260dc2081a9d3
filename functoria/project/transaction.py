"""Changing several files of a directory at once: all of them or none, also if the machine stops in between.

New files are first made aside, in a directory of their own. Then a journal is put there, at once, and from then on the
change is certain: files are renamed into place one by one, and whoever comes next finishes what was left.
"""

from __future__ import annotations

import contextlib
import copy
import fcntl
import json
import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from functoria.errors import WriteError
from functoria.project.state import fingerprint

ASIDE = ".functoria-new"
DIRECTORY, SPECIAL = "directory", "special"
_JOURNAL = "journal.json"


class Step(NamedTuple):
    """One file to put in place, or to remove.

    `before` and `after` are fingerprints, None for no file; of `content` and `link` one is given, or none to remove.
    """

    name: str
    before: str | None
    after: str | None
    content: bytes | None = None
    executable: bool = False
    link: str | None = None


def inside(name: str) -> bool:
    """Whether `name` is a path below a project, and none of this module's own."""
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and path.parts[0] != ASIDE


def above(name: str) -> Iterator[str]:
    """The directories that `name` lies in, below the project's, innermost first."""
    return map(str, list(PurePosixPath(name).parents)[:-1])


def mark_of(path: Path) -> str | None:
    """The fingerprint of what is at `path`; None for nothing. Of what is no file it says the kind, DIRECTORY or SPECIAL."""
    try:
        mode = os.lstat(path).st_mode
        if stat.S_ISLNK(mode):
            return link_mark(os.readlink(path))
        if stat.S_ISREG(mode):
            return fingerprint(path.read_bytes(), executable=bool(mode & 0o100))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise WriteError(f"cannot read {path}: {error.strerror or error}", objects=[path]) from error
    return DIRECTORY if stat.S_ISDIR(mode) else SPECIAL


def link_mark(target: str) -> str:
    """The fingerprint of a link to `target`."""
    return "link:" + fingerprint(target.encode(errors="surrogateescape"))


@contextlib.contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Hold `directory`, which is made if need be, for oneself among all processes. Raises WriteError."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise WriteError(f"cannot write to {directory}: {error.strerror or error}", objects=[directory]) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def commit(directory: Path, steps: Sequence[Step]) -> None:
    """Make all of `steps`, in order, in a directory that is locked. Raises WriteError; then nothing has been changed."""
    try:
        _prepare(directory, steps)
    except OSError as error:
        shutil.rmtree(directory / ASIDE, ignore_errors=True)
        raise WriteError(f"cannot write to {directory}: {error.strerror or error}", objects=[directory]) from error
    recover(directory)


def recover(directory: Path) -> list[str]:
    """Finish what was left in a directory that is locked, and return the names of files that changed in between.

    Such files, edited after the interruption, are left as they are. What never became certain is dropped. Directories
    that removing files leaves empty go with them.
    """
    try:
        edited = [left[0] for left in _journal(directory) if not _finish(directory, *left)]
        (directory / ASIDE / _JOURNAL).unlink(missing_ok=True)
        shutil.rmtree(directory / ASIDE, ignore_errors=True)
    except OSError as error:
        raise WriteError(
            f"cannot finish writing to {directory}: {error.strerror or error}; the next run will", objects=[directory]
        ) from error
    return edited


def _journal(directory: Path) -> list[tuple[str, str | None, str | None, Path]]:
    """What became certain and may be left to do: for each file its name, fingerprints, and where the new one is."""
    aside = directory / ASIDE
    try:
        steps = json.loads((aside / _JOURNAL).read_bytes())
        found = [(name, before, after, aside / str(number)) for number, (name, before, after) in enumerate(steps)]
        if not all(inside(name) and os.fsencode(name) and "\0" not in name for name, *_ in found):
            raise ValueError("a name leads out of the project")
    except FileNotFoundError:
        return []
    except (ValueError, TypeError, RecursionError, OSError) as error:
        raise WriteError(f"{aside / _JOURNAL} is damaged: remove {aside}", objects=[directory]) from error
    return found


def _finish(directory: Path, name: str, before: str | None, after: str | None, made: Path) -> bool:
    """Do a step that may be done already; whether it could be, for the file is none that changed in between."""
    path = directory / name
    through, found = any(os.path.islink(directory / parent) for parent in above(name)), mark_of(path)
    if after is None:
        if not through and found not in (None, DIRECTORY):  # in its place may be what came after it
            if found != before:
                return False
            path.unlink()
        _prune(directory, name)
    elif through or found not in (before, after):
        return False
    elif found != after:
        if not os.path.lexists(made):
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        os.replace(made, path)
    return True


def _prune(directory: Path, name: str) -> None:
    for parent in (directory / parent for parent in above(name)):
        if parent.is_symlink() or not parent.is_dir() or any(parent.iterdir()):
            break
        parent.rmdir()


class View:
    """The files of `directory` as they will be when what was left there is finished."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._gone: frozenset[str] = frozenset()
        self._left: Mapping[str, tuple[str | None, Path]] = {
            name: (after, made)
            for name, before, after, made in _journal(directory)
            if (found := mark_of(directory / name)) != after
            and (found == before or (found, before) == (DIRECTORY, None))
        }

    def without(self, gone: Iterable[str]) -> View:
        """The same when the files `gone` are removed too."""
        other = copy.copy(self)
        other._gone = frozenset(gone)
        return other

    def path(self, name: str) -> Path:
        """Where the content of the file is now."""
        return self._left[name][1] if name in self._left else self.directory / name

    def mark(self, name: str) -> str | None:
        """The fingerprint of the file; None for none."""
        if name in self._left:
            return self._left[name][0]
        if not self._gone.isdisjoint(above(name)):
            return None
        found = mark_of(self.directory / name)
        return None if found == DIRECTORY and self._emptied(name) else found

    def _emptied(self, name: str) -> bool:
        """Whether all files below the directory `name` are among those that are to be removed, and there are some."""
        below = [
            os.path.relpath(os.path.join(place, file), self.directory)
            for place, directories, files in os.walk(self.directory / name)
            for file in (*files, *(each for each in directories if os.path.islink(os.path.join(place, each))))
        ]
        return bool(below) and self._gone.issuperset(below)


def _prepare(directory: Path, steps: Sequence[Step]) -> None:
    aside = directory / ASIDE
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    for number, step in enumerate(steps):
        made = aside / str(number)
        if step.link is not None:
            made.symlink_to(step.link)
        elif step.content is not None:
            _store(made, step.content, step.executable)
    _store(aside / "journal.new", json.dumps([step[:3] for step in steps]).encode(), executable=False)
    os.replace(aside / "journal.new", aside / _JOURNAL)


def _store(path: Path, content: bytes, executable: bool) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o777 if executable else 0o666)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
