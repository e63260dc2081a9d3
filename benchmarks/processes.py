"""What whole processes take: from the start of the interpreter to its end, as whoever types a command waits."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from time import perf_counter
from typing import NamedTuple

from benchmarks.configurations import REFERENCES

_ROOT = Path(__file__).parent.parent
_IN_PROCESS = """\
from time import perf_counter
from functoria import foreign, job, package
from mirage_devices import default_time, register, time
app = register("hello", [foreign("Unikernel.Hello", time >> job, packages=[package("duration")]) @ default_time])
start = perf_counter()
app.plan().files()
print(perf_counter() - start)
"""


class Spread(NamedTuple):
    """Several measurements of one thing, in seconds."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Spread:
        """The least, the median and the most of `seconds`."""
        return cls(min(seconds), median(seconds), max(seconds))


class Process(NamedTuple):
    """Some runs of one command: by the clock, and in time of the processor, which other programs disturb less."""

    clock: Spread
    processor: Spread


def processes(python: str, runs: int) -> dict[str, Process]:
    """What the commands take with the interpreter `python`, by name.

    They take turns, so that whatever else the machine does meanwhile meets all of them alike; the first turn is not
    counted. `configure` writes to a directory that is not there, unless its name says otherwise.
    """
    tool = str(Path(python).with_name("functoria"))
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        commands: dict[str, list[str]] = {
            "bare interpreter": [python, "-c", "pass"],
            "import functoria, mirage_devices": [python, "-c", "import functoria, mirage_devices"],
            "import networkx": [python, "-c", "import networkx"],
        }
        for number, reference in enumerate(REFERENCES):
            config = here / str(number) / "config.py"
            config.parent.mkdir()
            config.write_text(reference.text)
            commands[f"configure {reference.name}"] = [tool, "configure", "-f", str(config), "-b", str(here / "new")]
        commands["configure hello again"] = [*commands["configure hello"][:-1], str(here / "old")]
        return _take_turns(commands, runs, here, lambda: shutil.rmtree(here / "new", ignore_errors=True))


def first_plan(python: str, runs: int) -> Spread:
    """The seconds of the first plan and files of hello in a process, with what is imported for them only then."""
    with tempfile.TemporaryDirectory() as name:
        return Spread.of([float(_run([python, "-c", _IN_PROCESS], Path(name))) for _ in range(runs)])


def installation(python: str) -> str:
    """How the project is installed for the interpreter `python`, where that bears on what is measured."""
    with tempfile.TemporaryDirectory() as name:
        show = "import functoria, mirage_devices; print(functoria.__file__, mirage_devices.__file__, sep='\\n')"
        found = [Path(line).parent for line in _run([python, "-c", show], Path(name)).splitlines()]
    if any("site-packages" not in directory.parts for directory in found):
        return "editable: its import hook is part of the figures"
    if any(_sources(directory) != _sources(_ROOT / directory.name) for directory in found):
        return "installed, but from other sources than these: install again"
    return "installed from these sources"


def _take_turns(
    commands: Mapping[str, Sequence[str]], runs: int, cwd: Path, before: Callable[[], None]
) -> dict[str, Process]:
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(runs + 1):
        for name, command in commands.items():
            before()
            used, start = _processor(), perf_counter()
            _run(command, cwd)
            taken[name].append((perf_counter() - start, _processor() - used))
    return {
        name: Process(Spread.of([clock for clock, _ in times[1:]]), Spread.of([used for _, used in times[1:]]))
        for name, times in taken.items()
    }


def _run(command: Sequence[str], cwd: Path) -> str:
    """What `command` prints, run in `cwd`, without the environment's settings for Python."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(command, cwd=cwd, env=environment, check=True, capture_output=True, text=True).stdout


def _processor() -> float:
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _sources(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*.py")}
