"""Locking a directory against other processes, and blocking signals meanwhile."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import signal
import time
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

from functoria.errors import FunctoriaError, InvalidValue, WriteError
from functoria.printable import shown
from functoria.project.kinds import ASIDE
from functoria.project.tree import DESCRIPTORS, Tree, owners

try:
    import fcntl
except ImportError:  # without it, writing is refused
    fcntl = None  # type: ignore[assignment]

WAIT = 60.0
"""The default time to wait for another process, in seconds."""
_REASONS = {
    errno.EEXIST: "it is there, and is not a directory: give another one",
    errno.ENOTDIR: "a part of its path is not a directory: give another one",
    errno.EACCES: "permission denied: give another directory, or permission",
    errno.EROFS: "its file system is read-only: give another directory",
    errno.ENOSPC: "no space is left on its device: make room, or give another directory",
}
UNCHANGED = "; nothing has been changed"
"""The end of an error's message, when it is true."""
HOLDER = "holder.json"
"""The file beside the journal that names the holder of the lock."""

_POLL = 0.05
_PATIENCE = 1.0
_HOST = r"[A-Za-z0-9._-]{1,255}"


@contextlib.contextmanager
def locked(directory: Path, *, wait: float = WAIT) -> Iterator[Tree]:
    """Lock `directory` for the block, creating it if need be.

    Waits up to `wait` seconds for another process, and says so if it takes more than a moment. Directories created here are
    removed again if the block fails. Signals that end the process are blocked within the block.

    Raises WriteError if the directory cannot be created or opened, if the other process does not finish in time, and on
    systems without file locks or directory descriptors.
    """
    if fcntl is None or not DESCRIPTORS:
        raise WriteError(
            f"cannot write to {directory}: this system has no locks, or no descriptors of directories, without which "
            "files could be lost; write what files() of the plan gives",
            objects=[directory],
        )
    if not wait >= 0:
        raise InvalidValue(f"cannot wait for {wait!r} seconds: give 0 or more", objects=[wait])
    with undisturbed(), telling(directory):
        try:
            missing = [each for each in (directory, *directory.parents) if not os.path.lexists(each)]
        except OSError as error:
            raise _unwritable(directory, error) from error
        with _hold(directory, wait, missing) as tree:
            try:
                yield tree
            except BaseException:
                _remove(missing)  # no other process can have begun to write there
                raise


@contextlib.contextmanager
def telling(directory: Path) -> Iterator[None]:
    """Turn OSError within the block into WriteError."""
    try:
        yield
    except OSError as error:
        if isinstance(error, FunctoriaError):
            raise
        what = f"{error.filename}: " if isinstance(error.filename, str) else ""
        raise WriteError(f"cannot use {directory}: {what}{error.strerror or error}", objects=[directory]) from error


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Defer signals that end the process to the end of the block."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ending())
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _ending() -> set[signal.Signals]:
    return {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


def _hold(directory: Path, wait: float, missing: Sequence[Path]) -> Tree:
    """Open and lock the directory, opening it again if the previous holder has removed it."""
    since, told = time.monotonic(), False
    end = since + wait
    while True:
        try:
            with owners():
                directory.mkdir(parents=True, exist_ok=True)
            tree = Tree.open(directory)
        except OSError as error:
            _remove(missing)
            raise _unwritable(directory, error) from error
        try:
            if _try(tree):
                return tree
            now = time.monotonic()
            if _ending() & signal.sigpending():
                raise WriteError(f"interrupted while waiting for {directory}", objects=[directory])
            if now >= end:
                raise WriteError(
                    f"{directory} is being written to by {holder(tree)}, which has not finished in {wait:g} seconds: wait "
                    "for it, or end it; then again, perhaps with more patience (wait=, --lock-timeout)",
                    objects=[directory],
                )
            if not told and now - since >= _PATIENCE:
                told = True
                whom = f"{holder(tree)}, which is writing to {directory}"
                warnings.warn(shown(f"waiting, {wait:g} seconds at most, for {whom}"), stacklevel=4)
        except BaseException:
            tree.close()
            raise
        tree.close()
        time.sleep(min(_POLL, max(0.0, end - now)))


def _unwritable(directory: Path, error: OSError) -> WriteError:
    why = _REASONS.get(error.errno or 0) or error.strerror or error
    return WriteError(f"cannot write to {directory}: {why}{UNCHANGED}", objects=[directory])


def _try(tree: Tree) -> bool:
    """Lock the directory if it is free and still at its path."""
    assert fcntl is not None
    assert tree.handle is not None
    try:
        fcntl.flock(tree.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        there = os.stat(tree.path)
    except (BlockingIOError, FileNotFoundError):
        return False
    except OSError as error:
        raise WriteError(f"cannot lock {tree.path}: {error.strerror}", objects=[tree.path]) from error
    return os.path.samestat(there, tree.stat())


def note() -> bytes:
    """Return a note for waiting processes about who holds the lock."""
    return json.dumps({"pid": os.getpid(), "host": os.uname().nodename}).encode()


def holder(tree: Tree) -> str:
    """Describe who holds the directory: according to the kernel, or else to the holder's note."""
    found = tree.stat()
    inode = f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
    with contextlib.suppress(OSError):
        for line in Path("/proc/locks").read_text().splitlines():
            words = line.split()
            if len(words) > 5 and words[1] == "FLOCK" and words[5] == inode and words[4] != "0":
                return f"process {int(words[4])} on {_host(os.uname().nodename)}"
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
        said = json.loads(tree.read(f"{ASIDE}/{HOLDER}", 1000))
        return f"process {int(said['pid'])} on {_host(said['host'])}"
    return "another process"


def _host(name: str) -> str:
    return name if re.fullmatch(_HOST, name) else "another host"


def _remove(made: Sequence[Path]) -> None:
    for each in made:
        with contextlib.suppress(OSError):
            each.rmdir()
