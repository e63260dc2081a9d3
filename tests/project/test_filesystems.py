"""Real file systems that refuse writes: mounts below, full disks, immutable files, sticky directories, umasks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from functoria import File, Plan
from functoria.emit.emitter import HEADER
from functoria.errors import FunctoriaError, WriteError
from functoria.project.build import clean
from functoria.project.directory import Project
from functoria.project.kinds import ASIDE, STATE
from tests.namespaces import fill, isolated, memory
from tests.project.test_project import naming
from tests.projects import HVT, UNIX, XEN, snapshot
from tests.tools import need, run

ONE, TWO = (f"{HEADER}: {number}\n" for number in (1, 2))


@pytest.fixture
def others() -> Iterator[Path]:
    """A directory that other users can reach and write to."""
    made = Path(tempfile.mkdtemp())
    made.chmod(0o777)
    yield made
    shutil.rmtree(made)


def deep(text: str) -> Plan:
    return naming({"a/one": text, "deep/er/two": text, "z": text})


def refused(directory: Path, *acts: Callable[[], object], says: str) -> None:
    """Check that each of `acts` is refused with this message, and has indeed changed nothing, as the message ends."""
    before = snapshot(directory)
    for act in acts:
        with pytest.raises(WriteError, match=says) as caught:
            act()
        assert caught.value.message.endswith("nothing has been changed")
        assert snapshot(directory) == before


@pytest.mark.parametrize("bind", [False, True], ids=["another file system", "the same one, bound"])
def test_what_is_mounted_below_is_found_before_anything_is_written(bind: bool, tmp_path: Path) -> None:
    def act() -> None:
        project = tmp_path / "project"
        deep(ONE).write(project)
        if bind:
            (tmp_path / "other").mkdir()
            run("mount", "--bind", tmp_path / "other", project / "deep")
        else:
            memory(project / "deep")
        (project / "deep" / "er").mkdir()
        refused(tmp_path, lambda: deep(TWO).write(project), says="deep/er/two: another file system is mounted there")
        # Files hidden by the mount count as missing, so the rest can be removed, and the directory stays.
        Project(project).clean(deep(ONE))
        assert snapshot(project).keys() == {"deep", "deep/er"}
        run("umount", project / "deep")
        assert (project / "deep/er/two").read_text() == ONE

    isolated(act)


def test_a_file_that_is_on_another_file_system_is_not_removed_by_halves(tmp_path: Path) -> None:
    def act() -> None:
        project = tmp_path / "project"
        memory(project / "deep")
        run("umount", project / "deep")
        deep(ONE).write(project)
        memory(project / "deep")
        (project / "deep/er").mkdir()
        (project / "deep/er/two").write_text(ONE)
        for act in (lambda: Project(project).clean(deep(ONE)), lambda: HVT.write(project)):
            refused(tmp_path, act, says="deep/er/two: another file system is mounted there")

    isolated(act)


@contextmanager
def immutable(path: Path) -> Iterator[None]:
    done = run("chattr", "+i", path, check=False)
    if done.returncode:
        pytest.skip(f"this file system has no immutable files: {done.stderr.strip()}")
    try:
        yield
    finally:
        run("chattr", "-i", path)


@pytest.mark.parametrize("name", ["main.ml", "dune", STATE, "."])
def test_what_is_immutable_is_found_before_anything_is_written(name: str, tmp_path: Path) -> None:
    need("chattr")
    if os.geteuid():
        pytest.skip("only root can make files immutable")
    UNIX.write(tmp_path)
    acts = [lambda: XEN.write(tmp_path), lambda: Project(tmp_path).clean(), lambda: XEN.write(tmp_path, force=True)]
    with immutable(tmp_path / name):
        refused(tmp_path, *acts, says="the system does not permit it")
        clean_again = XEN.diff(tmp_path)
    XEN.write(tmp_path)
    assert XEN.diff(tmp_path) == []
    assert clean_again


def test_what_is_immutable_below_is_undone(tmp_path: Path) -> None:
    need("chattr")
    if os.geteuid():
        pytest.skip("only root can make files immutable")
    deep(ONE).write(tmp_path)
    (tmp_path / "deep/er").chmod(0o750)
    for name in ("a", "deep/er"):
        with immutable(tmp_path / name):
            refused(tmp_path, lambda: naming({"b": ONE}).write(tmp_path), says="the system does not permit it")
            assert (tmp_path / "deep/er").stat().st_mode & 0o777 == 0o750
    with immutable(tmp_path / "deep"):  # an empty directory that remains is no reason to undo
        naming({"b": ONE}).write(tmp_path)
    assert list((tmp_path / "deep/er").iterdir()) == []


def test_where_nothing_can_be_removed_what_is_left_is_said(tmp_path: Path) -> None:
    """In a directory that can only be appended to."""
    need("chattr")
    if os.geteuid():
        pytest.skip("only root can have a directory be added to alone")
    UNIX.write(tmp_path)
    before = snapshot(tmp_path)
    done = run("chattr", "+a", tmp_path, check=False)
    if done.returncode:
        pytest.skip(f"this file system has no such directories: {done.stderr.strip()}")
    try:
        for act in (lambda: XEN.write(tmp_path), lambda: Project(tmp_path).clean()):
            with pytest.raises(WriteError) as caught:
                act()
            there = snapshot(tmp_path)
            assert ("nothing has been changed" in caught.value.message) == (before == there)
            assert {
                name: held for name, held in there.items() if not name.startswith(ASIDE)
            } == before or before == there
            before = there
    finally:
        run("chattr", "-a", tmp_path)
    XEN.write(tmp_path)
    assert XEN.diff(tmp_path) == []
    assert not (tmp_path / ASIDE).exists()


@pytest.mark.parametrize("limit", [0, 100, 2000, 10_000])
def test_a_limit_on_the_size_of_files_is_as_a_full_disk(limit: int, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="this system has no such limits")
    UNIX.write(tmp_path / "project")

    def limited(act: Callable[[], object]) -> None:
        def inside() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            act()

        child = os.fork()
        if not child:
            status = 1
            with suppress(BaseException):
                inside()
                status = 0
            os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

    before = snapshot(tmp_path)
    if limit < 10_000:
        limited(lambda: refused(tmp_path, lambda: XEN.write(tmp_path / "project"), says="File too large"))
        assert snapshot(tmp_path) == before
    limited(Project(tmp_path / "project").clean)
    assert list((tmp_path / "project").iterdir()) == []


def test_a_directory_that_cannot_be_looked_at_is_told(others: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can be somebody else")
    UNIX.write(others / "inner" / "project")
    (others / "inner").chmod(0o700)
    (others / "inner" / "project" / STATE).chmod(0o600)
    os.seteuid(65534)
    try:
        with pytest.raises(WriteError, match="Permission denied"):
            Project(others / "inner" / "project").clean()
        os.seteuid(0)
        (others / "inner").chmod(0o755)
        os.seteuid(65534)
        with pytest.raises(FunctoriaError, match="cannot be read: make it readable, or remove it"):
            Project(others / "inner" / "project").clean()
        assert Project(others / "inner" / "project").clean(force=True) == []
    finally:
        os.seteuid(0)
    assert Project(others / "nowhere").clean() == []
    (others / "file").touch()
    assert Project(others / "file").clean() == []
    assert Project(others / "file" / "in").clean() == []


def test_others_files_in_a_sticky_directory_are_undone(others: Path) -> None:
    """As the user nobody, in a directory of root's where main.ml is root's too: readable, but not replaceable."""
    if os.geteuid():
        pytest.skip("only root can be somebody else")

    def act() -> None:
        project = memory(others / "sticky")
        UNIX.write(project)
        nobody = 65534
        for path in (project, *project.iterdir()):
            os.chown(path, nobody, nobody)
        os.chown(project / "main.ml", 0, 0)
        os.chown(project, 0, nobody)
        project.chmod(0o1777)
        os.seteuid(nobody)
        try:
            for act in (lambda: XEN.write(project), lambda: Project(project).clean(force=True)):
                refused(project, act, says="the system does not permit it")
        finally:
            os.seteuid(0)

    isolated(act)


def test_a_full_disk_takes_nothing_and_can_be_cleaned(tmp_path: Path) -> None:
    def act() -> None:
        disk = memory(tmp_path / "disk")
        project = disk / "project"
        UNIX.write(project)
        full = fill(disk)
        size = full.stat().st_size
        refused(project, lambda: XEN.write(project), says="No space left on device")
        refused(disk, lambda: XEN.write(disk / "new"), says="No space left on device")
        assert full.stat().st_size == size
        assert {path.name for path in clean(project, UNIX)} == UNIX.files().keys()
        assert list(project.iterdir()) == []

    isolated(act)


def test_a_disk_without_inodes_takes_nothing_and_can_be_cleaned(tmp_path: Path) -> None:
    def act() -> None:
        disk = memory(tmp_path / "disk", "1m", "nr_inodes=24")
        project = disk / "project"
        UNIX.write(project)
        with suppress(OSError):
            for number in range(100):
                (disk / str(number)).touch()
        refused(
            disk,
            lambda: XEN.write(project),
            lambda: XEN.write(disk / "new"),
            says="[Nn]o space (is )?left on (its )?device",
        )
        Project(project).clean()
        assert list(project.iterdir()) == []

    isolated(act)


def test_a_disk_that_cannot_be_written_to(tmp_path: Path) -> None:
    def act() -> None:
        project = memory(tmp_path / "disk")
        UNIX.write(project)
        run("mount", "-o", "remount,ro", project)
        assert UNIX.write(project) == []
        assert UNIX.diff(project) == []
        refused(project, lambda: XEN.write(project), Project(project).clean, says="Read-only file system")

    isolated(act)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o111, 0o133, 0o177, 0o277, 0o377, 0o777])
def test_what_a_umask_takes_is_no_edit(umask: int, others: Path) -> None:
    """In a process whose user has no more rights than the modes grant."""
    script = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from tests.projects import XEN, UNIX\n"
        "from functoria.project.directory import Project\n"
        "XEN.files(), UNIX.files()  # what is imported for these, nobody may read\n"
        "if os.geteuid() == 0: os.setgid(65534); os.setuid(65534)\n"
        f"os.umask({umask})\n"
        "place = Path(sys.argv[1])\n"
        "for plan in (XEN, UNIX, XEN):\n"
        "    assert plan.write(place)\n"
        "    for again in (lambda: plan.diff(place), lambda: plan.write(place)):\n"
        "        assert again() == [], again()\n"
        "os.umask(0o022)\n"
        "assert XEN.diff(place) == [] and XEN.write(place) == []\n"
        "UNIX.write(place)\n"
        "XEN.write(place)\n"
        "assert os.access(place / 'network.xe', os.X_OK)\n"
        "Project(place).clean()\n"
        "assert list(place.iterdir()) == []\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(others / "project")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_file_system_that_says_of_every_file_that_it_can_be_executed(tmp_path: Path) -> None:
    XEN.write(tmp_path)
    for path in tmp_path.iterdir():
        path.chmod(0o777)
    assert XEN.diff(tmp_path) == []
    assert XEN.write(tmp_path) == []
    assert not [change for change in UNIX.diff(tmp_path) if change.conflict]
    UNIX.write(tmp_path)
    for path in tmp_path.iterdir():
        path.chmod(0o777)
    assert UNIX.write(tmp_path) == []
    (tmp_path / "main.ml").write_text("mine\n")
    with pytest.raises(FunctoriaError, match=r"main\.ml was not written"):
        XEN.write(tmp_path)
    (tmp_path / "main.ml").write_text(UNIX.files()["main.ml"])
    Project(tmp_path).clean()
    assert list(tmp_path.iterdir()) == []


def test_what_could_not_be_executed_where_it_was_written_can_be_moved(tmp_path: Path) -> None:
    before = os.umask(0o133)
    try:
        plan = naming({"script": File(f"#!/bin/sh\n# {HEADER}\n", executable=True)})
        plan.write(tmp_path)
    finally:
        os.umask(before)
    assert not os.access(tmp_path / "script", os.X_OK)
    assert plan.diff(tmp_path) == []
    naming({}).write(tmp_path)
    assert not (tmp_path / "script").exists()
    assert not (tmp_path / ASIDE).exists()
