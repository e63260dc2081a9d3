"""Plans, files and differences on systems that are not POSIX.

What Windows lacks is removed from Python before the library is imported: modules, functions of `os` and `signal`, and
directory descriptors. Paths and `sys.platform` remain those of the system that runs the tests, because Python can make no
other paths. What Python and other libraries do on Windows can only be tested there.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

WINDOWS = """
import os, signal, sys
for name in ("fcntl", "grp", "pty", "pwd", "resource", "termios", "tty"):
    sys.modules[name] = None
for name in (
    "O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "fchmod", "fork", "forkpty", "getegid", "geteuid", "getgid", "getuid",
    "killpg", "openpty", "register_at_fork", "sched_getaffinity", "setsid", "uname",
):
    if hasattr(os, name):
        delattr(os, name)
os.supports_dir_fd = os.supports_follow_symlinks = os.supports_fd = set()
for name in ("SIGALRM", "SIGHUP", "SIGKILL", "pthread_sigmask", "setitimer"):
    if hasattr(signal, name):
        delattr(signal, name)
"""
"""Run first in the process of a test."""
PLAN = """
import functoria, mirage_devices, mirage_devices.v4 as v4
for of in (mirage_devices, v4):
    app = of.register("here", [of.noop])
    for target in of.TARGETS:
        plan = app.plan(target=target)
        assert plan.files(), target
        plan.to_json(), plan.packages
plan.diff(".")
"""


def run(code: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", WINDOWS + code]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_plans_files_and_differences(tmp_path: Path) -> None:
    done = run(PLAN, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_writing_says_what_to_do_instead(tmp_path: Path) -> None:
    code = (
        "from functoria.errors import WriteError\n"
        "from mirage_devices import noop, register\n"
        "try:\n    register('here', [noop]).plan().write('out')\n"
        "except WriteError as error:\n    print(error.message)\n"
    )
    done = run(code, tmp_path)
    assert done.stderr == ""
    assert "write what files() of the plan gives" in done.stdout
    assert list(tmp_path.iterdir()) == []


CONFIG = "from mirage_devices import noop, register\napp = register('here', [noop])\n"


@pytest.mark.parametrize(
    "words",
    [
        ["configure", "--dry-run"],
        ["configure", "--diff"],
        ["describe"],
        ["describe", "--json"],
        ["query", "main.ml"],
        ["why", "ocaml"],
        ["diff", "unix", "hvt"],
        ["help"],
    ],
)
def test_commands_that_only_look(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text(CONFIG)
    code = f"from functoria.cli import main\nsys.argv = ['functoria']\nsys.exit(main({words!r}))\n"
    done = run("from functoria import process\nprocess.begin()\n" + code, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["config.py"]


def test_opam_files_are_read_and_compared(tmp_path: Path) -> None:
    release = tmp_path / "r" / "packages" / "ocaml" / "ocaml.4.14.2"
    release.mkdir(parents=True)
    (release / "opam").write_text('opam-version: "2.0"\n')
    code = (
        "from pathlib import Path\n"
        "from functoria import package\n"
        "from functoria.opam.audit import Case, audit\n"
        "from functoria.opam.repository import Repository\n"
        "(result,) = audit([Case('a', (), (package('ocaml'),))], Repository.read('r', cache=Path('c')))\n"
        "assert not result.breaks\n"
    )
    done = run(code, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
