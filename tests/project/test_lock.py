"""Only one process at a time works in a directory; others wait, for a limited time."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from functoria.errors import InvalidValue, WriteError
from functoria.project.directory import Project
from functoria.project.kinds import ASIDE
from functoria.project.lock import HOLDER, holder, locked, note
from functoria.project.tree import Tree
from tests.command_line import PLAIN, config, one_line, process
from tests.projects import UNIX, XEN, snapshot

HOLD = """
import os, sys, time
from pathlib import Path
from functoria.project.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held(directory: Path) -> Iterator[subprocess.Popen[str]]:
    """Hold `directory` in another process for the duration of the block."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(directory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.stdin.close()


def test_who_waits_is_told_for_whom_and_gives_up(tmp_path: Path) -> None:
    UNIX.write(tmp_path)
    before = snapshot(tmp_path)
    with held(tmp_path) as other:
        says = (
            rf"being written to by process {other.pid} on {os.uname().nodename}, which has not finished in 0\.2 seconds"
        )
        for act in (lambda: XEN.write(tmp_path, wait=0.2), lambda: Project(tmp_path).clean(wait=0.2)):
            with pytest.raises(WriteError, match=says):
                act()
        told = f"waiting, 1.2 seconds at most, for process {other.pid} on .*, which is writing to {tmp_path}"
        with pytest.raises(WriteError, match=r"in 1\.2 seconds"), pytest.warns(UserWarning, match=told):
            XEN.write(tmp_path, wait=1.2)
        with pytest.raises(WriteError, match="in 0 seconds"):
            XEN.write(tmp_path, wait=0)
        assert snapshot(tmp_path) == before
        # Looking does not wait.
        assert XEN.diff(tmp_path)
        assert Project(tmp_path).to_clean(UNIX)
    XEN.write(tmp_path, wait=0)


def test_the_command_line_waits_as_long_as_it_is_told(tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    assert process("configure", "-b", "out", cwd=tmp_path).status == 0
    with held(tmp_path / "out") as other:
        for command in (["configure", "-t", "xen"], ["clean"]):
            done = process(*command, "-b", "out", "--lock-timeout", "0.1", cwd=tmp_path)
            assert done.status == 1
            assert f"out is being written to by process {other.pid} on " in done.err
            assert "--lock-timeout" in done.err
        for command in (["configure", "-t", "xen", "--dry-run"], ["clean", "--dry-run"], ["describe"]):
            assert process(*command, *(["-b", "out"] if "describe" not in command else []), cwd=tmp_path).status == 0
    one_line(process("configure", "--lock-timeout=-1", cwd=tmp_path), 2, "--lock-timeout", "0 or more")


def test_what_becomes_free_is_taken(tmp_path: Path) -> None:
    with held(tmp_path) as other:
        child = os.fork()
        if not child:
            time.sleep(0.3)
            os.kill(other.pid, signal.SIGKILL)
            os._exit(0)
        UNIX.write(tmp_path, wait=60)
        os.waitpid(child, 0)
    assert UNIX.diff(tmp_path) == []


@pytest.mark.parametrize("wait", [-1, float("nan"), -float("inf")])
def test_a_time_that_is_none(wait: float, tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match=r"cannot wait for .* seconds: give 0 or more"):
        UNIX.write(tmp_path / "new", wait=wait)
    assert list(tmp_path.iterdir()) == []


def test_a_directory_that_goes_while_it_is_waited_for_is_made_again(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    with held(project):
        child = os.fork()
        if not child:
            time.sleep(0.3)
            shutil.rmtree(project)
            os._exit(0)
        UNIX.write(project, wait=60)  # a new directory with that name, which nobody holds
        os.waitpid(child, 0)
    assert UNIX.diff(project) == []


def test_directories_that_were_made_for_nothing_go_again(tmp_path: Path) -> None:
    def fail(directory: Path) -> None:
        with locked(directory):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail(tmp_path / "a" / "b" / "c")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "a").mkdir()
    with pytest.raises(ZeroDivisionError):
        fail(tmp_path / "a" / "b")
    assert list((tmp_path / "a").iterdir()) == []


@pytest.mark.parametrize(
    "said",
    [note(), b"", b"[", b"{}", b'{"pid": "x", "host": "y"}', b'{"pid": 1, "host": "a\\u001b["}'],
    ids=["note", "nothing", "torn", "empty", "words", "escape"],
)
def test_what_a_holder_wrote_down_is_read_with_care(
    said: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ASIDE).mkdir()
    (tmp_path / ASIDE / HOLDER).write_bytes(said)
    read = Path.read_text

    def no_locks(path: Path, *arguments: object) -> str:
        if path == Path("/proc/locks"):
            raise FileNotFoundError
        return read(path)

    monkeypatch.setattr(Path, "read_text", no_locks)
    with Tree.open(tmp_path) as tree:
        who = holder(tree)
    if said == note():
        assert who == f"process {os.getpid()} on {os.uname().nodename}"
        assert json.loads(said)["pid"] == os.getpid()
    else:
        assert who in ("another process", "process 1 on another host")


def test_a_holder_that_the_kernel_does_not_name_is_read_from_what_it_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel reports such a process, in another container, as number 0."""
    found = tmp_path.stat()
    inode = f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
    for pid, who in (("0", "another process"), ("12", f"process 12 on {os.uname().nodename}")):
        lines = f"1: FLOCK ADVISORY WRITE 7 00:00:1 0 EOF\n2: FLOCK ADVISORY WRITE {pid} {inode} 0 EOF\n"
        monkeypatch.setattr(Path, "read_text", lambda path, lines=lines: lines)
        with Tree.open(tmp_path) as tree:
            assert holder(tree) == who
