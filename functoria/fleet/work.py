"""The work of a worker: load a configuration, and run an operation on some of its cases. All results are JSON.

Loading a configuration changes what this process imports, where it prints and how it warns, so a process runs one task at a time.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import signal
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple, Protocol

from attr import frozen

from functoria.errors import FunctoriaWarning, InvalidValue, UnknownKey, Unsupported, WorkerLost
from functoria.fleet.case import Case
from functoria.fleet.configuration import Code, File, Place
from functoria.fleet.printed import Printed, printed
from functoria.fleet.result import places, written
from functoria.fleet.surroundings import library
from functoria.graph.context import Context
from functoria.interruption import Interrupted
from functoria.key import Key
from functoria.loading.modules import forget
from functoria.location import Location, is_own

Done = dict[str, Any]
"""The result of a case as plain data."""

_NOBODYS = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)
"""Categories of warnings for the authors of libraries."""
_LISTS = ("argv", "meta_path", "path", "path_hooks")
"""Lists in `sys` that affect imports, or that programs read."""
_one = threading.Lock()


class Ended(BaseException):
    """This process must end, which is not the fault of a case."""


class _Pressed(KeyboardInterrupt):
    """The user pressed Ctrl-C, as opposed to a configuration that raises KeyboardInterrupt itself."""


_NOT_OF_A_CASE = (Ended, Interrupted, _Pressed)


class Came(NamedTuple):
    """The result of an operation."""

    value: Any
    """Plain data."""
    placed: bool = False
    """Whether it depends on the place of the configuration, apart from the path of its directory in texts."""


class Operation(Protocol):
    """The interface of operations on cases, which are sent to workers."""

    def run(self, place: Place, case: Case) -> Came:
        """Run the operation on `case` and return its value as plain data. May raise any error."""
        ...

    @property
    def mark(self) -> str | None:
        """Return text that identifies the operation, so that answers can be stored; None if they must not be."""
        ...

    def where(self, case: Case) -> str:
        """Return text that identifies the place of the result on the fleet's machine; empty for an answer."""
        ...

    def received(self, case: Case, value: Any) -> Any:
        """Receive the value on the fleet's machine, and return what to store. Raises FunctoriaError."""
        ...

    def holds(self, case: Case, done: Done) -> bool:
        """Return whether the stored value of an earlier run is still valid."""
        ...


@frozen
class Task:
    """Cases of one configuration."""

    operation: Operation
    configuration: File | Code
    choices: tuple[tuple[tuple[str, Any], ...], ...]
    """The choices of each case."""
    library: str = ""
    """The digest of the functoria that sent it; empty if the worker runs the same."""


def perform(payload: bytes) -> bytes:
    """Run a pickled task. Return the results of its cases, as a JSON list."""
    return done(pickle.loads(payload))


def done(task: Task, *, alone: bool = False) -> bytes:
    """Run a task. Return the results of its cases, as a JSON list. `alone` means that this process does nothing else."""
    with _one, _told_apart(), _as_before(task.configuration):
        return json.dumps(list(_each(task, alone))).encode("ascii")


def _each(task: Task, alone: bool) -> Iterator[Done]:
    began = time.perf_counter()
    with task.configuration.unpacked() as root, _told(alone) as told:
        try:
            if task.library not in ("", library()):
                raise WorkerLost(
                    "this worker has another functoria, or other catalogues of devices, than the machine that the fleet is of: "
                    "install the same there"
                )
            with _steady():
                place = task.configuration.load(root)
        except _NOT_OF_A_CASE:
            raise
        except BaseException as error:  # any exception of a configuration concerns that configuration only
            seconds = time.perf_counter() - began
            done: Done = {**_failed(error), **told.take()}
            for number, _ in enumerate(task.choices):
                yield _renamed(task, root, {**done, "seconds": 0.0 if number else seconds})
            return
        for choices in task.choices:
            case = Case(task.configuration, choices)
            try:
                with _steady():
                    came = task.operation.run(place, case)
                done = {"outcome": "done", "value": came.value, "placed": came.placed}
            except _NOT_OF_A_CASE:
                raise
            except BaseException as error:
                done = {**_failed(error), "choice": _refused(place, case, error)}
            now = time.perf_counter()
            yield _renamed(task, root, {**done, **told.take(), "seconds": now - began})
            began = now


@contextlib.contextmanager
def _steady() -> Iterator[None]:
    """Restore after the block the objects that this module needs itself to report the outcome."""
    limit, modules = sys.getrecursionlimit(), dict(sys.modules)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
        sys.modules.update({name: module for name, module in modules.items() if sys.modules.get(name) is None})


def _failed(error: BaseException) -> Done:
    return {"outcome": "unsupported" if isinstance(error, Unsupported) else "failed", "error": written(error)}


def _refused(place: Place, case: Case, error: BaseException) -> str | None:
    """Return the name of the choice that is invalid, or whose key the error is about, if there is one."""
    if not isinstance(error, (UnknownKey, InvalidValue)):
        return None
    for name, value in case.choices:
        try:
            Context.of(place.app.keys_by_name, {name: value}, partial=True)
        except (UnknownKey, InvalidValue):
            return name
    return next((each.name for each in error.objects if isinstance(each, Key)), None)


def _renamed(task: Task, root: Path | None, done: Done) -> Done:
    """Return `done` with paths changed to those of the fleet's machine."""
    if root is None:
        return done
    # The random name of the directory has only plain characters, and occurs nowhere else in the JSON.
    text = json.dumps(done).replace(str(root), json.dumps(task.configuration.origin)[1:-1])
    renamed: Done = json.loads(text)
    return renamed


class _Told:
    """Collects warnings and output while a case is worked on."""

    def __init__(self, warned: list[warnings.WarningMessage], printed: Printed) -> None:
        self._warned, self._printed = warned, printed

    def take(self) -> Done:
        """Return what was collected since the last call."""
        warned = [_warning(each) for each in self._warned if not issubclass(each.category, _NOBODYS)]
        warned = [each for number, each in enumerate(warned) if each not in warned[:number]]
        self._warned.clear()
        return {"warnings": warned, "output": self._printed.take()}


def _warning(warned: warnings.WarningMessage) -> Done:
    message = warned.message
    if isinstance(message, FunctoriaWarning):
        return {"message": message.message, "at": places(message.locations)}
    at = [Location(warned.filename, warned.lineno)] if is_own(warned.filename) else []
    return {"message": str(message), "at": places(at)}


@contextlib.contextmanager
def _told(alone: bool) -> Iterator[_Told]:
    with warnings.catch_warnings(record=True) as warned, printed(alone=alone) as said:
        warnings.simplefilter("always")
        yield _Told(warned, said)


@contextlib.contextmanager
def _told_apart() -> Iterator[None]:
    """Within the block, distinguish Ctrl-C from a KeyboardInterrupt that a configuration raises."""
    if (  # only the main thread receives Ctrl-C
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    ):
        yield
        return
    signal.signal(signal.SIGINT, _press)
    try:
        yield
    except _Pressed:
        raise KeyboardInterrupt from None
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _press(number: int, frame: FrameType | None) -> None:
    raise _Pressed


@contextlib.contextmanager
def _as_before(configuration: File | Code) -> Iterator[None]:
    """Restore after the block what a configuration may have changed in this process and the next one would see."""
    runs = isinstance(configuration, File) and not configuration.name.endswith(".ml")
    if runs:
        forget()
    environment, directory, limit = dict(os.environ), _directory(), sys.getrecursionlimit()
    lists = [(name, getattr(sys, name), list(getattr(sys, name))) for name in _LISTS]
    try:
        yield
    finally:
        if runs:
            forget()
        for name, same, content in lists:
            same[:] = content
            setattr(sys, name, same)
        if os.environ != environment:
            os.environ.clear()
            os.environ.update(environment)
        if directory is not None and directory != _directory():
            os.chdir(directory)
        sys.setrecursionlimit(limit)


def _directory() -> str | None:
    try:
        return os.getcwd()
    except OSError:  # the directory was removed
        return None
