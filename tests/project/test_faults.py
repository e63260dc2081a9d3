"""Crashes, full disks and other writers at any moment leave the old or the new project, and no file of others is lost."""

from __future__ import annotations

import errno
import itertools
import multiprocessing
import os
import stat
import sys
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest

from functoria import File
from functoria.emit.emitter import HEADER
from functoria.errors import FileConflict, WriteError
from functoria.project.directory import Project
from functoria.project.journal import JOURNAL
from functoria.project.kinds import ASIDE
from functoria.project.lock import locked
from functoria.project.state import NAME as STATE
from functoria.project.transaction import recover
from tests.project.test_project import naming
from tests.project.test_sources import reading
from tests.projects import HVT, OURS, PLANS, XEN, Act, snapshot, written_alone

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_EVENTS = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.symlink", "os.link", "os.truncate", "os.chmod"}
DONE, CRASHED, REFUSED, LEFT, STUCK, FAILED = range(6)


Fault = Callable[[int, str, Any], None]
"""A fault: a function of the number of a file operation, from 0, the audit event and its arguments, which may not return."""


def ending(act: Act, fault: Fault) -> tuple[int, int]:
    """Run `act` with `fault` in a separate process. Return how it ended, and the number of its file operations."""
    ((status, count),) = endings([prepared(act, fault)])
    return status, count


def prepared(act: Act, fault: Fault) -> Callable[[], tuple[Act, Fault]]:
    return lambda: (act, fault)


def endings(made: Iterable[Callable[[], tuple[Act, Fault]]]) -> list[tuple[int, int]]:
    """Run acts, each with its fault, one after another in one process. Return the result of `ending` for each.

    A fault that ends the process ends the list.
    """
    read, write = os.pipe()
    child = os.fork()
    if child:
        os.close(write)
        with os.fdopen(read) as told:
            ended = [(int(status), int(count)) for status, count in map(str.split, told)]
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return ended if status == DONE else [*ended, (status, 0)]
    count = 0
    suffered: Fault | None = None

    def operation(event: str, arguments: Any) -> None:
        nonlocal count
        if suffered is not None:
            count += 1
            suffered(count - 1, event, arguments)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _EVENTS or (event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING):
            operation(event, arguments)

    try:
        os.fsync = lambda fd: operation("os.fsync", (fd,))
        sys.addaudithook(hook)
        for make in made:
            act, fault = make()
            count, suffered = 0, fault
            status = _ended(act)
            suffered = None
            os.write(write, f"{status} {count}\n".encode())
        os._exit(DONE)
    except BaseException:
        traceback.print_exc()
        os._exit(FAILED)


def _ended(act: Act) -> int:
    """Run `act` in this process. Return how it ended."""
    try:
        act()
    except (WriteError, FileConflict) as error:
        print(error.message, flush=True)
        if "nothing has been changed" in error.message:
            return REFUSED
        if f"all is as it was, but {error.objects[0]}/{ASIDE} could not be removed" in error.message:
            return LEFT
        return STUCK
    except BaseException:
        traceback.print_exc()
        return FAILED
    return DONE


def crash_at(number: int) -> Fault:
    """Stop the machine at that operation. Content being written to the disk at that moment is half written."""

    def fault(count: int, event: str, arguments: Any) -> None:
        if count == number:
            if event == "os.fsync" and not stat.S_ISDIR(os.fstat(arguments[0]).st_mode):
                os.ftruncate(arguments[0], os.fstat(arguments[0]).st_size // 2)
            os._exit(CRASHED)

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
        if count == crash:
            os._exit(CRASHED)
        if (event == "os.rename" and arguments[1] == name) or (event == "os.remove" and arguments[0] == name):
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    return fault


def faults(setup: Callable[[Path], Act], base: Path, kind: Callable[[int], Fault]) -> list[tuple[int, Path]]:
    """Set up a directory again for a fault at each operation. Return each status, and the directory."""
    found: list[tuple[int, Path]] = []

    def made(first: int, act: Act) -> Iterator[Callable[[], tuple[Act, Fault]]]:
        for number in itertools.count(first):
            suffered, reached = kind(number), False

            def fault(count: int, event: str, arguments: Any) -> None:
                nonlocal reached
                reached |= count >= number  # noqa: B023  # it is called in this turn
                suffered(count, event, arguments)  # noqa: B023

            yield lambda: (act if number == first else setup(base / str(number)), fault)  # noqa: B023
            if not reached:
                return

    while True:
        for status, count in endings(made(len(found), setup(base / str(len(found))))):
            if status != CRASHED and count <= len(found):
                return found
            found.append((status, base / str(len(found))))


def first_write(directory: Path) -> Act:
    return lambda: XEN.write(directory)


def modules(directory: Path, *names: str) -> Path:
    """Make a directory beside `directory`, with sources of these `names`."""
    made = directory.with_name("-".join(names))
    made.mkdir(parents=True, exist_ok=True)
    for name in names:
        (made / name).write_text(f"{name}\n")
    return made


def next_write(directory: Path) -> Act:
    XEN.write(directory, sources=modules(directory, "a.ml", "b.ml"))
    sources = modules(directory, "b.ml", "c.ml")
    return lambda: HVT.write(directory, sources=sources)


def forced_write(directory: Path) -> Act:
    XEN.write(directory)
    (directory / "main.ml").write_text("mine")
    (directory / "network.xl").write_text("mine")
    return lambda: HVT.write(directory, force=True)


def cleaning(directory: Path) -> Act:
    XEN.write(directory)
    return Project(directory).clean


ONE, TWO = (f"{HEADER}: {number}\n" for number in (1, 2))


def deep_write(directory: Path) -> Act:
    naming({"a/b/c/file": ONE, "a/b/d": ONE, "a/e": File(ONE, executable=True)}).write(directory)
    return lambda: naming({"a/b/c/file": TWO, "a/b/d/in": TWO, "f/g": TWO}).write(directory)


def cleaning_deep(directory: Path) -> Act:
    plan = naming({"a/b/c/file": ONE, "a/b/d": ONE, "a/e": ONE})
    plan.write(directory)
    return lambda: Project(directory).clean(plan)


def linking(before: str, after: str) -> Callable[[Path], Act]:
    """Write a project that reads one directory, then one that reads another; one of the two contains the other."""

    def setup(directory: Path) -> Act:
        sources = directory.with_name("read")
        (sources / "data" / "sub").mkdir(parents=True, exist_ok=True)
        reading(before).write(directory, sources=sources)
        return lambda: reading(after).write(directory, sources=sources)

    return setup


SETUPS: dict[str, Callable[[Path], Act]] = {
    setup.__name__: setup for setup in (first_write, next_write, forced_write, cleaning)
}
SETUPS |= {setup.__name__: setup for setup in (deep_write, cleaning_deep)}
SETUPS |= {"reading less": linking("data", "data/sub"), "reading more": linking("data/sub", "data")}


KINDS: dict[str, Callable[[int], Fault]] = {"crash": crash_at, "no space": no_space_at, "full": full_from}


@pytest.mark.parametrize("name", SETUPS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_at_any_operation_leaves_the_old_project_or_the_new(name: str, kind: str, tmp_path: Path) -> None:
    setup, crash = SETUPS[name], kind == "crash"
    act = setup(tmp_path / "whole")
    old = snapshot(tmp_path / "whole")
    act()
    new = snapshot(tmp_path / "whole")
    assert old != new
    outcomes = set()
    found = faults(setup, tmp_path / "faults", KINDS[kind])
    assert len(found) > 10
    for status, directory in found:
        interrupted = snapshot(directory)
        if crash:
            assert status == CRASHED
        else:
            assert status in (REFUSED, LEFT, DONE), directory
            # The report is true: it is done, or nothing has been changed and nothing is left over.
            there = {each: was for each, was in interrupted.items() if not each.startswith(ASIDE)}
            assert there == (new if status == DONE else old)
            if there != interrupted:  # this was reported, and is harmless: the next process removes it
                assert kind == "no space"
                assert status in (LEFT, DONE)
            assert status != LEFT or there != interrupted
        changes = HVT.diff(directory)
        assert snapshot(directory) == interrupted
        with locked(directory) as tree:
            assert recover(tree, OURS).edited == ()
        left = snapshot(directory)
        assert left in (old, new), directory
        # As if the rest had been completed.
        assert [change for change in changes if not change.pending] == HVT.diff(directory)
        assert [change for change in changes if change.pending] == [] or left == new
        outcomes.add(left == new)
        HVT.write(directory, force=True)
        assert HVT.diff(directory) == []
        assert not (directory / ASIDE).exists()
    # Removing a project needs no space.
    assert outcomes == ({True} if name.startswith("cleaning") and not crash else {True, False})


@pytest.mark.parametrize("name", SETUPS)
def test_a_file_that_cannot_be_touched_leaves_the_old_project(name: str, tmp_path: Path) -> None:
    """For each such file, earlier operations are undone, even if the machine stops meanwhile."""
    setup = SETUPS[name]
    act = setup(tmp_path / "whole")
    old = snapshot(tmp_path / "whole")
    act()
    new = snapshot(tmp_path / "whole")
    different = {each for each in old.keys() | new.keys() if old.get(each) != new.get(each)}
    names = {os.path.basename(each) for each in different if old.get(each, new.get(each)) != ("a directory", 0)}
    assert len(names) > 1
    for each in ("fixed", "stopped"):
        (tmp_path / each).mkdir()
    for place, each in enumerate(sorted(names)):
        directory = tmp_path / "fixed" / str(place)
        status, count = ending(setup(directory), fixed(each))
        assert status == REFUSED, each
        assert snapshot(directory) == old, each
        stopped = {stop: tmp_path / "stopped" / f"{place}-{stop}" for stop in range(count // 2, count, 3)}
        for stop, directory in stopped.items():
            assert ending(setup(directory), fixed(each, crash=stop))[0] == CRASHED
        again = endings(prepared(partial(recovering, where), fixed(each)) for where in stopped.values())
        assert again == [(DONE, ANY)] * len(stopped)
        for stop, directory in stopped.items():
            assert snapshot(directory) == old, (each, stop)


def recovering(directory: Path) -> None:
    with locked(directory) as tree, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        recover(tree, OURS)


@pytest.mark.parametrize("name", ["next_write", "cleaning", "deep_write", "reading more"])
def test_a_crash_while_recovering_is_recovered_from(name: str, tmp_path: Path) -> None:
    setup = SETUPS[name]
    setup(tmp_path / "whole")()
    new = snapshot(tmp_path / "whole")
    certain = [
        directory for _, directory in faults(setup, tmp_path / "faults", crash_at) if (directory / JOURNAL).exists()
    ]
    assert len(certain) > 3
    for directory in certain[::3]:
        for number in itertools.count():
            # A copy would have another inode, which the journal is not bound to.
            status, _ = ending(partial(recovering, directory), crash_at(number))
            if status == DONE:
                break
        assert snapshot(directory) == new


@pytest.mark.parametrize("name", ["first_write", "next_write"])
def test_the_next_write_recovers_by_itself(name: str, tmp_path: Path) -> None:
    """It does so without force: after a crash, no file counts as edited."""
    for number, (_, directory) in enumerate(faults(SETUPS[name], tmp_path, crash_at)):
        plan = PLANS[("unix", "hvt", "xen")[number % 3]]
        plan.write(directory)
        assert {path.name for path in directory.iterdir()} == {*plan.files(), STATE}
        assert plan.diff(directory) == []


def test_a_file_edited_after_a_crash_is_not_lost(tmp_path: Path) -> None:
    found = faults(next_write, tmp_path, crash_at)
    assert len(found) > 10
    for _, directory in found:
        (directory / "main.ml").write_text("mine")
        for _ in range(2):
            with pytest.raises(FileConflict, match=r"main\.ml"):
                HVT.write(directory)
            assert (directory / "main.ml").read_text() == "mine"
        HVT.write(directory, force=True)
        assert HVT.diff(directory) == []


def _write_often(directory: Path, names: Sequence[str], barrier: Any, errors: Any) -> None:
    os.fsync = lambda fd: None
    for name in names:
        barrier.wait()
        try:
            PLANS[name].write(directory)
        except BaseException as error:
            errors.put(f"{type(error).__name__}: {error}")


def test_processes_that_write_at_once_do_not_corrupt_a_project(tmp_path: Path) -> None:
    """Three processes start many rounds at the same moment, each with another plan."""
    wanted = {name: written_alone(plan, tmp_path / name) for name, plan in PLANS.items()}
    fork = multiprocessing.get_context("fork")
    project, rounds = tmp_path / "project", 60
    barrier, errors = fork.Barrier(len(PLANS)), fork.SimpleQueue()
    names = list(PLANS)
    orders = [[names[(start + turn) % len(names)] for turn in range(rounds)] for start in range(len(names))]
    processes = [fork.Process(target=_write_often, args=(project, order, barrier, errors)) for order in orders]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert errors.empty(), errors.get()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert snapshot(project) in wanted.values()
