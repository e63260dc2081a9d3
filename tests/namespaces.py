"""Real file systems for tests, in a mount namespace of the test's process, so that nothing else sees them."""

from __future__ import annotations

import ctypes
import os
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tools import need, run

_NEW_NAMESPACE = 0x00020000


def isolated(act: Callable[[], None]) -> None:
    """Run `act` as root in a process with its own mount namespace. If it fails, the test fails.

    The test is skipped if this needs rights that the user running the tests does not have.
    """
    need("mount")
    if os.geteuid():
        pytest.skip("only root can mount file systems, and make files immutable")
    child = os.fork()
    if not child:
        status = 1
        try:
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.unshare(_NEW_NAMESPACE):
                status = 2
            else:
                run("mount", "--make-rprivate", "/")
                act()
                status = 0
        except BaseException:
            traceback.print_exc()
        os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status == 2:
        pytest.skip("this system lets nobody have a mount namespace")
    assert status == 0


def memory(directory: Path, size: str = "1m", *options: str) -> Path:
    """Mount a file system in memory of `size` at `directory`."""
    directory.mkdir(parents=True, exist_ok=True)
    run("mount", "-t", "tmpfs", "-o", ",".join([f"size={size}", *options]), "none", directory)
    return directory


def fill(directory: Path) -> Path:
    """Write a file that takes all the space that is left."""
    path = directory / "fill"
    with path.open("wb", buffering=0) as file:
        for size in (1 << 16, 4096, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
    return path
