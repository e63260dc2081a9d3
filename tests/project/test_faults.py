"""Crashes, full disks and other writers at any moment leave the old or the new project, and no file of others is lost."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import pytest

from functoria import File
from functoria.emit.emitter import HEADER
from functoria.errors import FileConflict
from functoria.project.directory import Project
from functoria.project.journal import JOURNAL
from functoria.project.kinds import ASIDE
from functoria.project.lock import HOLDER, locked
from functoria.project.state import NAME as STATE
from functoria.project.transaction import recover
from tests.project.faults import (
    CRASHED,
    DONE,
    LEFT,
    REFUSED,
    Change,
    Fault,
    apart,
    copied,
    crash_at,
    faults,
    fixed,
    full_from,
    no_space_at,
    suffer,
)
from tests.project.test_project import naming
from tests.project.test_sources import reading
from tests.projects import HVT, OURS, PLANS, XEN, snapshot, written_alone

Setup = Callable[[Path], Change]
"""A function that makes a project in a directory, and returns a change to make to it, or to a copy beside it."""


def first_write(directory: Path) -> Change:
    return XEN.write


def modules(directory: Path, *names: str) -> Path:
    """Make a directory beside `directory`, with sources of these `names`."""
    made = directory.with_name("-".join(names))
    made.mkdir(parents=True, exist_ok=True)
    for name in names:
        (made / name).write_text(f"{name}\n")
    return made


def next_write(directory: Path) -> Change:
    XEN.write(directory, sources=modules(directory, "a.ml", "b.ml"))
    sources = modules(directory, "b.ml", "c.ml")
    return lambda copy: HVT.write(copy, sources=sources)


def forced_write(directory: Path) -> Change:
    XEN.write(directory)
    (directory / "main.ml").write_text("mine")
    (directory / "network.xl").write_text("mine")
    return lambda copy: HVT.write(copy, force=True)


def cleaning(directory: Path) -> Change:
    XEN.write(directory)
    return lambda copy: Project(copy).clean()


ONE, TWO = (f"{HEADER}: {number}\n" for number in (1, 2))


def deep_write(directory: Path) -> Change:
    naming({"a/b/c/file": ONE, "a/b/d": ONE, "a/e": File(ONE, executable=True)}).write(directory)
    return naming({"a/b/c/file": TWO, "a/b/d/in": TWO, "f/g": TWO}).write


def cleaning_deep(directory: Path) -> Change:
    plan = naming({"a/b/c/file": ONE, "a/b/d": ONE, "a/e": ONE})
    plan.write(directory)
    return lambda copy: Project(copy).clean(plan)


def linking(before: str, after: str) -> Setup:
    """Write a project that reads one directory, then one that reads another; one of the two contains the other."""

    def setup(directory: Path) -> Change:
        sources = directory.with_name("read")
        (sources / "data" / "sub").mkdir(parents=True, exist_ok=True)
        reading(before).write(directory, sources=sources)
        return lambda copy: reading(after).write(copy, sources=sources)

    return setup


SETUPS: dict[str, Setup] = {
    setup.__name__: setup for setup in (first_write, next_write, forced_write, cleaning, deep_write, cleaning_deep)
}
SETUPS |= {"reading less": linking("data", "data/sub"), "reading more": linking("data/sub", "data")}


KINDS: dict[str, Callable[[int], Fault]] = {"crash": crash_at, "no space": no_space_at, "full": full_from}


@pytest.mark.parametrize("name", SETUPS)
@pytest.mark.parametrize("kind", KINDS)
@apart
def test_a_fault_at_any_operation_leaves_the_old_project_or_the_new(name: str, kind: str, tmp_path: Path) -> None:
    before, crash = tmp_path / "before", kind == "crash"
    change = SETUPS[name](before)
    whole = copied(before, "whole")
    old = snapshot(whole)
    change(whole)
    new = snapshot(whole)
    assert old != new
    outcomes, judged, number = set(), [], 0
    for status, directory in faults(before, change, KINDS[kind]):
        number += 1
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
        if JOURNAL not in interrupted:  # a journal depends on its directory, but all else only on content
            if interrupted in judged:
                continue
            judged.append(interrupted)
        changes = HVT.diff(directory)
        assert snapshot(directory) == interrupted
        recovering(directory)
        left = snapshot(directory)
        assert left in (old, new), directory
        # As if the rest had been completed.
        assert [change for change in changes if not change.pending] == HVT.diff(directory)
        assert [change for change in changes if change.pending] == [] or left == new
        outcomes.add(left == new)
        HVT.write(directory, force=True)
        assert HVT.diff(directory) == []
        assert not (directory / ASIDE).exists()
    assert number > 10
    # Removing a project needs no space.
    assert outcomes == ({True} if name.startswith("cleaning") and not crash else {True, False})


def recovering(directory: Path) -> None:
    with locked(directory) as tree:
        assert recover(tree, OURS).edited == ()


@apart
def test_a_process_that_ends_leaves_the_same_as_a_machine_that_stops(tmp_path: Path) -> None:
    """This is why the other tests need no process for each crash."""
    change = deep_write(tmp_path / "before")
    for number, (_, directory) in enumerate(faults(tmp_path / "before", change, crash_at)):
        ended = copied(tmp_path / "before", f"ended-{number}")
        child = os.fork()
        if not child:
            suffer(partial(change, ended), crash_at(number, _end))
            os._exit(DONE)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == CRASHED
        assert unbound(ended) == unbound(directory)


def _end() -> NoReturn:
    os._exit(CRASHED)


def unbound(directory: Path) -> dict[str, Any]:
    """Return all below `directory`, without the content of files that name the directory or a process."""
    bound = (JOURNAL, f"{ASIDE}/journal.new", f"{ASIDE}/{HOLDER}")
    return {name: None if name in bound else was for name, was in snapshot(directory).items()}


@pytest.mark.parametrize("name", SETUPS)
@apart
def test_a_file_that_cannot_be_touched_leaves_the_old_project(name: str, tmp_path: Path) -> None:
    """For each such file, earlier operations are undone, even if the machine stops meanwhile."""
    before = tmp_path / "before"
    change = SETUPS[name](before)
    whole = copied(before, "whole")
    old = snapshot(whole)
    change(whole)
    new = snapshot(whole)
    different = {each for each in old.keys() | new.keys() if old.get(each) != new.get(each)}
    names = {os.path.basename(each) for each in different if old.get(each, new.get(each)) != ("a directory", 0)}
    assert len(names) > 1
    for place, each in enumerate(sorted(names)):
        directory = copied(before, f"fixed-{place}")
        status, count = suffer(partial(change, directory), fixed(each))
        assert status == REFUSED, each
        assert snapshot(directory) == old, each
        for stop in range(count // 2, count, 3):
            directory = copied(before, f"stopped-{place}-{stop}")
            assert suffer(partial(change, directory), fixed(each, crash=stop))[0] == CRASHED
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                assert suffer(partial(recovering, directory), fixed(each))[0] == DONE
            assert snapshot(directory) == old, (each, stop)


@pytest.mark.parametrize("name", ["next_write", "cleaning", "deep_write", "reading more"])
@apart
def test_a_crash_while_recovering_is_recovered_from(name: str, tmp_path: Path) -> None:
    before = tmp_path / "before"
    change = SETUPS[name](before)
    whole = copied(before, "whole")
    change(whole)
    new = snapshot(whole)
    certain = [directory for _, directory in faults(before, change, crash_at) if (directory / JOURNAL).exists()]
    assert len(certain) > 3
    for directory in certain[::3]:
        for number in itertools.count():
            # A copy would have another inode, which the journal is not bound to.
            status, _ = suffer(partial(recovering, directory), crash_at(number))
            assert status in (CRASHED, DONE)
            if status == DONE:
                break
        assert snapshot(directory) == new


@pytest.mark.parametrize("name", ["first_write", "next_write"])
@apart
def test_the_next_write_recovers_by_itself(name: str, tmp_path: Path) -> None:
    """It does so without force: after a crash, no file counts as edited."""
    change = SETUPS[name](tmp_path / "before")
    for number, (_, directory) in enumerate(faults(tmp_path / "before", change, crash_at)):
        plan = PLANS[("unix", "hvt", "xen")[number % 3]]
        plan.write(directory)
        assert {path.name for path in directory.iterdir()} == {*plan.files(), STATE}
        assert plan.diff(directory) == []


@apart
def test_a_file_edited_after_a_crash_is_not_lost(tmp_path: Path) -> None:
    number = 0
    change = next_write(tmp_path / "before")
    for _, directory in faults(tmp_path / "before", change, crash_at):
        number += 1
        (directory / "main.ml").write_text("mine")
        for _ in range(2):
            with pytest.raises(FileConflict, match=r"main\.ml"):
                HVT.write(directory)
            assert (directory / "main.ml").read_text() == "mine"
        HVT.write(directory, force=True)
        assert HVT.diff(directory) == []
    assert number > 10


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
