"""The command line ends with one line and leaves nothing behind, whichever signal arrives, and whenever."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from functoria.process import is_command
from functoria.project.kinds import ASIDE, STATE
from tests.command_line import PLAIN, Done, config, process

AT = """
import os, signal, sys
at, number, count = int(os.environ["STOP_AT"]), int(os.environ["STOP_BY"]), 0
events = {"import", "open", "compile", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.listdir", "os.chmod"}
def hook(event, arguments):
    global count
    if event in events and signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        count += 1
        if count == at:
            os.kill(os.getpid(), number)
sys.addaudithook(hook)
"""
"""Python runs this when it starts: it sends the signal at the event with that number after the command line has begun."""


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """Handle signals as in the foreground of a shell: background processes of a script, and their children, ignore SIGINT."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    for number, handler in zip(numbers, before, strict=True):
        if handler == signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    config(tmp_path, PLAIN)
    (tmp_path / "hooks").mkdir()
    (tmp_path / "hooks" / "sitecustomize.py").write_text(AT)
    return tmp_path


def stopped(project: Path, at: int, number: int, *arguments: str) -> Done:
    path = os.pathsep.join([str(project / "hooks"), *filter(None, [os.environ.get("PYTHONPATH", "")])])
    return process(*arguments, cwd=project, PYTHONPATH=path, STOP_AT=str(at), STOP_BY=str(int(number)))


def test_a_signal_at_any_moment_leaves_nothing(project: Path) -> None:
    whole = stopped(project, 0, 0, "configure", "-b", "whole")
    names = {path.name for path in (project / "whole").iterdir()}
    seen = set()
    at, step = 1, 1
    while True:
        number = (signal.SIGINT, signal.SIGTERM)[at % 2]
        out = f"out{at}"
        done = stopped(project, at, number, "configure", "-b", out)
        there = {path.name for path in (project / out).iterdir()} if (project / out).exists() else None
        assert there in (None, names), at
        if done.status == 0:  # it ended before
            assert (done.out.replace(out, "whole"), done.err) == (whole.out, "")
            break
        assert done == Done(128 + number, done.out, "functoria: interrupted\n"), at
        seen.add((int(number), there is None))
        at, step = at + step, step + 1 if at < 200 else 1 if there is None and (project / out).exists() else step
    assert {(int(signal.SIGINT), True), (int(signal.SIGTERM), True)} <= seen
    assert any(not nothing for _, nothing in seen), "no signal came while it was writing"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_dune_is_ended_too(number: signal.Signals, project: Path) -> None:
    assert process("configure", cwd=project).status == 0
    (project / "tools").mkdir()
    (project / "tools" / "dune").write_text("#!/bin/sh\necho $$\nexec sleep 600\n")
    (project / "tools" / "dune").chmod(0o755)
    running = subprocess.Popen(
        [sys.executable, "-m", "functoria", "build"],
        cwd=project,
        env={**os.environ, "PATH": f"{project / 'tools'}:/bin:/usr/bin"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    try:
        assert running.stdout.readline() == f"configuration: {project / 'config.py'}\n"
        dune = int(running.stdout.readline())
        running.send_signal(number)
        _, err = running.communicate(timeout=120)
    finally:
        running.kill()
    assert (running.returncode, err) == (128 + number, "functoria: interrupted\n")
    with pytest.raises(ProcessLookupError):
        os.kill(dune, 0)


def test_a_signal_that_was_ignored_from_the_start_is(project: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", f"trap '' INT; exec {sys.executable} -m functoria configure -b out"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(project / "hooks"), os.environ.get("PYTHONPATH", "")])}
        | {"STOP_AT": "20", "STOP_BY": str(int(signal.SIGINT))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_what_python_drops_is_raised_again(tmp_path: Path) -> None:
    """An exception that is raised while an object is freed would be lost."""
    script = tmp_path / "functoria"
    script.write_text(
        "import os, signal, sys, time\n"
        "from functoria.interruption import Interrupted, unwinding\n"
        "class Freed:\n"
        "    def __del__(self):\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "        for _ in range(100): pass\n"
        "with unwinding():\n"
        "    try:\n"
        "        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})\n"  # not before it is printed
        "        Freed()\n"
        "        print('dropped', flush=True)\n"
        "        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})\n"
        "        time.sleep(60)\n"
        "    except Interrupted as error:\n"
        "        print('raised again', error.number)\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("dropped\nraised again 15\n", "", 0)


def test_programs_that_use_the_library_keep_their_signals(tmp_path: Path) -> None:
    assert not is_command()
    script = tmp_path / "mine.py"
    script.write_text(
        "import signal, functoria, mirage_devices\n"
        "from functoria.cli import main\n"
        "main(['--version'])\n"
        "assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL\n"
        "assert signal.getsignal(signal.SIGINT) is signal.default_int_handler\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_write_of_a_program_is_not_interrupted_by_halves(tmp_path: Path) -> None:
    """KeyboardInterrupt is raised once the directory is complete and unlocked."""
    from tests.projects import UNIX, XEN

    UNIX.write(tmp_path)
    child = os.fork()
    if not child:
        count = 0

        def hook(event: str, arguments: object) -> None:
            nonlocal count
            if event.startswith("os."):
                count += 1
                if count == 12:
                    os.kill(os.getpid(), signal.SIGINT)

        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.addaudithook(hook)
        try:
            XEN.write(tmp_path)
        except KeyboardInterrupt:
            os._exit(7 if not (tmp_path / ASIDE).exists() else 1)
        os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert XEN.diff(tmp_path) == []


# What surrounds the command


def shell(command: str, cwd: Path) -> Done:
    text = command.replace("functoria", f"{sys.executable} -m functoria")
    done = subprocess.run(["sh", "-c", text], cwd=cwd, capture_output=True, text=True, check=False)
    return Done(done.returncode, done.stdout, done.stderr)


_PRINTING = (
    *("describe", "describe --json", "describe --help", "help", "help configure", "--version", "--help", "-h"),
    *("configure -b out --dry-run", "configure -v", "clean"),
)


@pytest.mark.parametrize("command", _PRINTING)
def test_an_output_that_takes_nothing_is_told_in_one_line(command: str, project: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    assert process("configure", cwd=project).status == 0
    done = shell(f"functoria {command} >/dev/full", project)
    assert done == Done(1, "", "functoria: cannot write to standard output: No space left on device\n")


@pytest.mark.parametrize("command", ["describe", "configure -b out", "clean", "--version", "configure --dry-run -v"])
def test_a_closed_output_is_told_before_anything_is_done(command: str, project: Path) -> None:
    done = shell(f"functoria {command} >&-", project)
    assert done == Done(1, "", "functoria: standard output is closed: send it somewhere, as by >/dev/null\n")
    assert not (project / "out").exists()


@pytest.mark.parametrize("closed", ["<&-", "2>&-", "<&- 2>&-", "<&- >&- 2>&-"])
def test_other_streams_may_be_closed(closed: str, project: Path) -> None:
    done = shell(f"functoria configure -b out {closed}", project)
    assert done.err == ""
    if ">&-" in closed.split():
        assert done.status == 1
    else:
        assert (done.status, done.out.startswith("plain: configured for unix in out")) == (0, True)
        assert "functoria" not in (project / "out" / STATE).read_text()


def test_errors_that_cannot_be_told_are_statuses(project: Path) -> None:
    assert shell("functoria configure -b '' 2>/dev/full", project).status == 2
    assert shell("functoria configure --no-such 2>/dev/full", project).status == 2
    assert shell("functoria configure -t ukvm -b out 2>/dev/full", project).status == 0


@pytest.mark.parametrize("command", ["configure", "describe", "build", "clean", "help", "audit"])
def test_a_working_directory_that_is_gone(command: str, project: Path) -> None:
    for more in ("", f" -f {project}/config.py", f" -b {project}/out"):
        done = shell(f"mkdir gone && cd gone && rmdir ../gone && functoria {command}{more}", project)
        assert done == Done(1, "", "functoria: the working directory no longer exists: change to another one\n")
    assert not (project / "out").exists()
    assert shell("mkdir gone && cd gone && rmdir ../gone && functoria --version", project).status == 0


@pytest.mark.parametrize("command", ["configure", "build", "clean"])
def test_a_directory_without_a_name(command: str, project: Path) -> None:
    for given in ("-b ''", "--build-dir=", "-b ''"):
        done = shell(f"functoria {command} {given}", project)
        assert (done.status, done.out) == (2, "")
        assert done.err == "functoria: -b expects a directory, not '': the one here is called .\n"
    assert {path.name for path in project.iterdir()} == {"config.py", "hooks"}
