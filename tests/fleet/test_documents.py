"""The programs and commands in docs/fleets.md run as described."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line import Cli
from tests.fleets import broken

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "fleets.md").read_text()
PROGRAMS = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
COMMANDS = re.findall(r"^functoria fleet .*$", GUIDE, re.MULTILINE)
(TOML,) = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
CONFIGURATION = next(program for program in PROGRAMS if program.startswith("# unikernels/"))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The unikernels that the guide uses."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("dns", "web"):
        broken(tmp_path / "unikernels", name, CONFIGURATION)
    (tmp_path / "fleet.toml").write_text(TOML)
    return tmp_path


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_programs_run(number: int, place: Path) -> None:
    if "distributed" in PROGRAMS[number]:
        pytest.importorskip("distributed")
    (place / "program.py").write_text(PROGRAMS[number])
    done = subprocess.run(
        [sys.executable, "program.py"],
        cwd=place,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(place)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "failed" not in done.stdout


def test_the_fleet_in_toml_is_what_it_says(place: Path, cli: Cli) -> None:
    from functoria.fleet import Fleet

    cases = [str(case) for case in Fleet.read(place / "fleet.toml")]
    assert len(cases) == 2 * 11 * 2 - 2 * 2 + 2
    assert "unikernels/web target=xen greeting=hi name=one" not in cases
    assert cases[-1] == "unikernels/dns target=spt greeting=ho name=two"


@pytest.mark.usefixtures("one_process")
@pytest.mark.parametrize(
    "line", [line for line in COMMANDS if not re.search("audit|solve|build fleet|HEAD|--dask", line)]
)
def test_commands_run(line: str, place: Path, cli: Cli) -> None:
    program, *words = shlex.split(line.partition("#")[0])
    assert program == "functoria"
    done = cli(*words)
    assert done.status == 0, done
    assert done.out


def test_there_are_programs_and_commands() -> None:
    assert len(PROGRAMS) >= 5
    assert len(COMMANDS) >= 8
