"""Measure whole processes, from the start of the interpreter to its end: the waiting time of somebody who types a command."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from time import perf_counter
from typing import NamedTuple, TypeVar

from benchmarks.configurations import Reference

Name = TypeVar("Name")
IMPORT = "import functoria, mirage_devices"
_COMMANDS = {
    "bare interpreter": "pass",
    IMPORT: IMPORT,
    "import networkx": "import networkx",
}
_CONFIGURE = ("configure", "-t", "hvt")
_AGAIN = "configure hello again"
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
    """Several measurements of the same thing, in seconds."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Spread:
        """Return the minimum, the median and the maximum of `seconds`."""
        return cls(min(seconds), median(seconds), max(seconds))


class Process(NamedTuple):
    """Some runs of one command: clock time, and processor time, which is less affected by other programs."""

    clock: Spread
    processor: Spread


def processes(pythons: Sequence[str], references: Sequence[Reference], runs: int) -> list[dict[str, Process]]:
    """Measure the commands with each of the interpreters, by name.

    They take turns, so that other load on the machine affects all of them alike; the first turn is not counted. `configure`
    writes to a directory that does not exist, unless its name says otherwise.
    """
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        for number, reference in enumerate(references):
            (here / str(number)).mkdir()
            (here / str(number) / "config.py").write_text(reference.text)
        commands = {
            (python, name): command
            for name in [*_COMMANDS, *(f"configure {each.release} {each.name}" for each in references), _AGAIN]
            for number, python in enumerate(pythons)
            for command in [_command(python, name, references, here, f"old{number}")]
        }
        taken = _take_turns(commands, runs, here, lambda: shutil.rmtree(here / "new", ignore_errors=True))
    return [{name: process for (one, name), process in taken.items() if one == python} for python in pythons]


def _command(python: str, name: str, references: Sequence[Reference], here: Path, old: str) -> list[str]:
    if name in _COMMANDS:
        return [python, "-c", _COMMANDS[name]]
    known = [f"configure {each.release} {each.name}" for each in references]
    number, directory = (0, old) if name == _AGAIN else (known.index(name), "new")
    config = here / str(number) / "config.py"
    return [str(Path(python).with_name("functoria")), *_CONFIGURE, "-f", str(config), "-b", str(here / directory)]


def first_plan(python: str, runs: int) -> Spread:
    """Return the seconds for the first plan and files of hello in a process, including the imports that only they need."""
    return Spread.of([float(run(python, _IN_PROCESS)) for _ in range(runs)])


def installation(python: str) -> str:
    """Describe how the project is installed for the interpreter `python`, as far as that affects the measurements."""
    show = f"{IMPORT}; print(functoria.__file__, mirage_devices.__file__, sep='\\n')"
    found = [Path(line).parent for line in run(python, show).splitlines()]
    if any("site-packages" not in directory.parts for directory in found):
        return "editable: its import hook is part of the figures"
    if any(_sources(directory) != _sources(_ROOT / directory.name) for directory in found):
        return "installed, but from other sources than these: install again"
    return "installed from these sources"


def _take_turns(
    commands: Mapping[Name, Sequence[str]], runs: int, cwd: Path, before: Callable[[], None]
) -> dict[Name, Process]:
    taken: dict[Name, list[tuple[float, float]]] = {name: [] for name in commands}
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
    """Return the output of `command`, run in `cwd` without the environment's settings for Python."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(command, cwd=cwd, env=environment, check=True, capture_output=True, text=True).stdout


def run(python: str, code: str, *arguments: str) -> str:
    """Return the output of a new process of the interpreter `python` that runs `code`."""
    with tempfile.TemporaryDirectory() as name:
        return _run([python, "-c", code, *arguments], Path(name))


def _processor() -> float:
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _sources(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*.py")}


def of_two(name: str, about: str | None) -> argparse.ArgumentParser:
    """Return a parser for the benchmark `name`, described by its docstring `about`, with the installations to compare."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{name}", description=(about or "").partition("\n")[0])
    for option, what in (("before", "an earlier commit"), ("now", "these sources")):
        parser.add_argument(
            f"--{option}", required=True, metavar="PATH", help=f"interpreter of an environment with {what} installed"
        )
    return parser
