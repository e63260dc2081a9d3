"""Only one fleet at a time writes to a directory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from functoria.errors import WriteError
from functoria.fleet import Fleet
from functoria.fleet.holding import held
from tests.command_line import one_line, process
from tests.fleets import broken, unikernel

SLOW = """\
import os, time
open("began", "w").close()
while not os.path.exists("go on"):
    time.sleep(0.01)
from functoria import foreign, job
from mirage_devices import register
app = register("slow", [foreign("Unikernel", job)])
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    broken(tmp_path / "from", "slow", SLOW)
    (tmp_path / "fleet.toml").write_text('configurations = "from"\ntargets = ["hvt", "xen"]\n')
    return tmp_path


def begin(place: Path, command: str) -> subprocess.Popen[str]:
    """Start a fleet that stops after its beginning, and goes on when told to."""
    running = subprocess.Popen(
        [sys.executable, "-m", "functoria", "fleet", command, "-b", "to"],
        cwd=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (place / "began").exists():
        assert running.poll() is None
        time.sleep(0.01)
    return running


@pytest.mark.parametrize("command", ["write", "build"])
@pytest.mark.parametrize("other", ["write", "build"])
def test_a_second_fleet_is_refused_while_one_writes(place: Path, command: str, other: str) -> None:
    running = begin(place, command)
    refused = process("fleet", other, "-b", "to", cwd=place)
    one_line(
        refused, 1, f"to is in use by another fleet, of process {running.pid}: wait for that to end, or write elsewhere"
    )
    (place / "go on").touch()
    out, err = running.communicate(timeout=120)
    if command == "write":
        assert (running.returncode, out.splitlines()[-1]) == (0, "2 cases: 2 done"), err
    again = process("fleet", "write", "-b", "to", cwd=place)
    assert again.status == 0, again
    assert (place / "to" / "from.slow" / "xen").is_dir()


def test_elsewhere_is_another_matter_and_a_killed_fleet_holds_nothing(place: Path) -> None:
    running = begin(place, "write")
    unikernel(place / "another", "a")
    assert process("fleet", "write", "another", "-b", "other", cwd=place).status == 0
    os.kill(running.pid, signal.SIGKILL)
    running.communicate()
    (place / "go on").touch()
    assert process("fleet", "write", "-b", "to", cwd=place).status == 0


def test_in_one_process_too(place: Path) -> None:
    fleet = Fleet.of(unikernel(place, "a"), targets=["hvt", "xen"])
    first = fleet.write(place / "to", jobs=1)
    next(first)
    with pytest.raises(WriteError, match="in use by another fleet"):
        list(fleet.write(place / "to", jobs=1))
    assert len(list(first)) == 1
    assert len(list(fleet.write(place / "to", jobs=1))) == 2
    with held(place / "to"):
        pass
    (place / "file").touch()
    with pytest.raises(WriteError, match="cannot write to"):
        list(fleet.write(place / "file", jobs=1))
