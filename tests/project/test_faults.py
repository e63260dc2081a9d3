"""Crashes, full disks and other writers at any moment leave the old project or the new one, and nobody's work is lost."""

from __future__ import annotations

import errno
import multiprocessing
import os
import stat
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from functoria.errors import FileConflict, WriteError
from functoria.project.directory import Project
from functoria.project.kinds import ASIDE
from functoria.project.lock import locked
from functoria.project.state import NAME as STATE
from functoria.project.transaction import recover
from tests.project.test_sources import reading
from tests.projects import HVT, PLANS, XEN, Act, snapshot, written_alone

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_EVENTS = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.symlink", "os.link", "os.truncate", "os.chmod"}
DONE, CRASHED, REFUSED, FAILED, UNREACHED = range(5)


def fault_at(number: int, act: Act, *, crash: bool) -> int:
    """How `act` ends in a process of its own, where file operation `number`, from 0, is the last, or has no space.

    A crash while a file is on its way to the disk leaves half of it.
    """
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    count = 0

    def operation(fd: Any = None) -> None:
        nonlocal count
        count += 1
        if count - 1 != number:
            return
        if crash:
            if fd is not None and not stat.S_ISDIR(os.fstat(fd).st_mode):
                os.ftruncate(fd, os.fstat(fd).st_size // 2)
            os._exit(CRASHED)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _EVENTS or (event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING):
            operation()

    try:
        os.fsync = operation
        sys.addaudithook(hook)
        act()
    except WriteError:
        os._exit(REFUSED)
    except BaseException:
        traceback.print_exc()
        os._exit(FAILED)
    os._exit(DONE if count > number else UNREACHED)


def faults(setup: Callable[[Path], Act], base: Path, *, crash: bool) -> list[tuple[int, Path]]:
    """How a directory that is set up anew comes out of a fault at each operation: the status, and the directory."""
    found: list[tuple[int, Path]] = []
    while True:
        directory = base / str(len(found))
        status = fault_at(len(found), setup(directory), crash=crash)
        if status == UNREACHED:
            return found
        found.append((status, directory))


def first_write(directory: Path) -> Act:
    return lambda: XEN.write(directory)


def modules(directory: Path, *names: str) -> Path:
    """A directory beside `directory` with sources of these `names`."""
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


def linking(before: str, after: str) -> Callable[[Path], Act]:
    """Reading one directory, then another, of which one is in the other."""

    def setup(directory: Path) -> Act:
        sources = directory.with_name("read")
        (sources / "data" / "sub").mkdir(parents=True, exist_ok=True)
        reading(before).write(directory, sources=sources)
        return lambda: reading(after).write(directory, sources=sources)

    return setup


SETUPS: dict[str, Callable[[Path], Act]] = {
    setup.__name__: setup for setup in (first_write, next_write, forced_write, cleaning)
}
SETUPS |= {"reading less": linking("data", "data/sub"), "reading more": linking("data/sub", "data")}


@pytest.mark.parametrize("name", SETUPS)
@pytest.mark.parametrize("crash", [True, False], ids=["crash", "no space"])
def test_a_fault_at_any_operation_leaves_the_old_project_or_the_new(name: str, crash: bool, tmp_path: Path) -> None:
    setup = SETUPS[name]
    act = setup(tmp_path / "whole")
    old = snapshot(tmp_path / "whole")
    act()
    new = snapshot(tmp_path / "whole")
    assert old != new
    outcomes = set()
    found = faults(setup, tmp_path / "faults", crash=crash)
    assert len(found) > 10
    for status, directory in found:
        assert status == CRASHED if crash else status in (REFUSED, DONE), (status, directory)
        interrupted = snapshot(directory)
        changes = HVT.diff(directory)
        assert snapshot(directory) == interrupted
        with locked(directory) as tree:
            assert recover(tree).edited == ()
        left = snapshot(directory)
        assert left in (old, new), directory
        assert status != DONE or left == new
        # as if what was left had been finished
        assert [change for change in changes if not change.pending] == HVT.diff(directory)
        outcomes.add(left == new)
        HVT.write(directory, force=True)
        assert HVT.diff(directory) == []
        assert not (directory / ASIDE).exists()
    # To remove a project takes no space.
    assert outcomes == ({True} if name == "cleaning" and not crash else {True, False})


@pytest.mark.parametrize("name", ["first_write", "next_write"])
def test_the_next_write_recovers_by_itself(name: str, tmp_path: Path) -> None:
    """Without force: a crash makes no file one that somebody edited."""
    for number, (_, directory) in enumerate(faults(SETUPS[name], tmp_path, crash=True)):
        plan = PLANS[("unix", "hvt", "xen")[number % 3]]
        plan.write(directory)
        assert {path.name for path in directory.iterdir()} == {*plan.files(), STATE}
        assert plan.diff(directory) == []


def test_a_file_edited_after_a_crash_is_not_lost(tmp_path: Path) -> None:
    found = faults(next_write, tmp_path, crash=True)
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
    """Three processes start each of many rounds together, each with another plan."""
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
