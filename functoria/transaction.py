"""Changing several files of a directory at once: all of them or none, also if the machine stops in between.

New files are first made aside, in a directory of their own. Then a journal is put there, at once, and from then on the
change is certain: files are renamed into place one by one, and whoever comes next finishes what was left.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from functoria.errors import WriteError
from functoria.state import fingerprint

ASIDE = ".functoria-new"
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


def mark_of(path: Path) -> str | None:
    """The fingerprint of what is at `path`; None for nothing."""
    if path.is_symlink():
        return link_mark(os.readlink(path))
    try:
        return fingerprint(path.read_bytes(), executable=bool(path.stat().st_mode & 0o100))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except IsADirectoryError:
        return "directory"
    except OSError as error:
        raise WriteError(f"cannot read {path}: {error.strerror or error}", objects=[path]) from error


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
    """Make all of `steps`, in a directory that is locked. Raises WriteError; then nothing has been changed."""
    try:
        _prepare(directory, steps)
    except OSError as error:
        shutil.rmtree(directory / ASIDE, ignore_errors=True)
        raise WriteError(f"cannot write to {directory}: {error.strerror or error}", objects=[directory]) from error
    recover(directory)


def recover(directory: Path) -> list[str]:
    """Finish what was left in a directory that is locked, and return the names of files that changed in between.

    Such files, edited after the interruption, are left as they are. What never became certain is dropped.
    """
    aside = directory / ASIDE
    edited: list[str] = []
    try:
        steps = json.loads((aside / _JOURNAL).read_bytes())
        steps = [(str(name), before, after) for name, before, after in steps]
    except FileNotFoundError:
        shutil.rmtree(aside, ignore_errors=True)
        return edited
    except (ValueError, TypeError, RecursionError, OSError) as error:
        raise WriteError(f"{aside / _JOURNAL} is damaged: remove {aside}", objects=[directory]) from error
    try:
        for number, (name, before, after) in enumerate(steps):
            path, made = directory / name, aside / str(number)
            found = mark_of(path)
            if found != after and found != before:
                edited.append(name)
            elif after is None:
                path.unlink(missing_ok=True)
            elif os.path.lexists(made):
                path.parent.mkdir(parents=True, exist_ok=True)
                os.replace(made, path)
        (aside / _JOURNAL).unlink()
        shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise WriteError(
            f"cannot finish writing to {directory}: {error.strerror or error}; the next run will", objects=[directory]
        ) from error
    return edited


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
