"""Faults at file operations: the machine stops, the disk is full, a file cannot be touched."""

from __future__ import annotations

import errno
import gc
import itertools
import multiprocessing
import os
import shutil
import stat
import sys
import traceback
from collections.abc import Callable, Iterator
from functools import partial, wraps
from pathlib import Path
from typing import Any, NoReturn

from functoria.errors import FileConflict, WriteError
from functoria.project.kinds import ASIDE
from tests.projects import Act

DONE, CRASHED, REFUSED, LEFT, STUCK, FAILED = range(6)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_EVENTS = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.symlink", "os.link", "os.truncate", "os.chmod"}

Fault = Callable[[int, str, Any], None]
"""A fault: a function of the number of a file operation, from 0, the audit event and its arguments, which may not return."""
Change = Callable[[Path], object]
"""A change to a directory."""


class Stopped(BaseException):
    """The machine has stopped. All further file operations raise this again."""


class _Machine:
    """The file operations of this process, which are counted and may suffer a fault."""

    def __init__(self) -> None:
        self._begun = False
        self._count = 0
        self._fault: Fault | None = None

    def begin(self) -> None:
        """Watch all file operations of this process from now on."""
        os.fsync = lambda fd: self._operation("os.fsync", (fd,))
        sys.addaudithook(self._heard)
        self._begun = True

    def suffer(self, act: Act, fault: Fault) -> tuple[int, int]:
        """Run `act` with `fault`. Return how it ended, and the number of its file operations."""
        assert self._begun, "decorate the test with apart"
        self._count, self._fault = 0, fault
        try:
            return _ended(act), self._count
        finally:
            self._fault = None

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _EVENTS or (event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING):
            self._operation(event, arguments)

    def _operation(self, event: str, arguments: tuple[Any, ...]) -> None:
        fault, self._fault = self._fault, None  # operations of the fault itself are not counted
        if fault is not None:
            self._count += 1
            try:
                fault(self._count - 1, event, arguments)
            finally:
                self._fault = fault


_MACHINE = _Machine()
suffer = _MACHINE.suffer


def apart(test: Callable[..., None]) -> Callable[..., None]:
    """Run a test in a separate process, in which acts can `suffer` faults, because an audit hook cannot be removed."""

    @wraps(test)
    def forked(**given: Any) -> None:
        process = multiprocessing.get_context("fork").Process(target=_alone, args=(test, given))
        process.start()
        process.join()
        assert process.exitcode == 0, "the process has printed why"

    return forked


def _alone(test: Callable[..., None], given: dict[str, Any]) -> None:
    gc.freeze()  # the collector would touch, and so copy, all that other tests have left
    _MACHINE.begin()
    test(**given)


def _ended(act: Act) -> int:
    """Run `act`. Return how it ended."""
    try:
        act()
    except (WriteError, FileConflict) as error:
        print(error.message, flush=True)
        if "nothing has been changed" in error.message:
            return REFUSED
        if f"all is as it was, but {error.objects[0]}/{ASIDE} could not be removed" in error.message:
            return LEFT
        return STUCK
    except Stopped:
        return CRASHED
    except BaseException:
        traceback.print_exc()
        return FAILED
    return DONE


def _stop() -> NoReturn:
    raise Stopped


def crash_at(number: int, stop: Callable[[], NoReturn] = _stop) -> Fault:
    """Stop the machine at that operation. Content being written to the disk at that moment is half written."""

    def fault(count: int, event: str, arguments: Any) -> None:
        if count == number and event == "os.fsync" and not stat.S_ISDIR(os.fstat(arguments[0]).st_mode):
            os.ftruncate(arguments[0], os.fstat(arguments[0]).st_size // 2)
        if count >= number:
            stop()

    return fault


def no_space_at(number: int) -> Fault:
    """Let that operation find no space on the disk."""

    def fault(count: int, event: str, arguments: Any) -> None:
        if count == number:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return fault


def full_from(number: int) -> Fault:
    """Let the disk be full from that operation on: everything that creates something fails."""

    def fault(count: int, event: str, arguments: Any) -> None:
        if count >= number and event in ("open", "os.mkdir", "os.link", "os.symlink"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return fault


def fixed(name: str, *, crash: int | None = None) -> Fault:
    """Let the file `name` be neither replaced, removed nor created; the machine may also stop at an operation."""

    def fault(count: int, event: str, arguments: Any) -> None:
        if crash is not None and count >= crash:
            raise Stopped
        if (event == "os.rename" and arguments[1] == name) or (event == "os.remove" and arguments[0] == name):
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    return fault


def copied(directory: Path, name: str) -> Path:
    """Copy `directory`, which may be missing, to a directory beside it, and return that."""
    copy = directory.with_name(name)
    if directory.exists():
        shutil.copytree(directory, copy, symlinks=True)
    return copy


def faults(before: Path, change: Change, kind: Callable[[int], Fault]) -> Iterator[tuple[int, Path]]:
    """Make a change to copies of the directory `before`, each with a fault at another operation. Yield statuses and copies."""
    for number in itertools.count():
        directory = copied(before, str(number))
        status, count = suffer(partial(change, directory), kind(number))
        if count <= number:
            return
        yield status, directory
