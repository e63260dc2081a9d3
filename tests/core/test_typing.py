"""Type checkers accept correct programs, infer exact types, and find every mistake at its line and nowhere else."""

from __future__ import annotations

import json
import os
import re
import runpy
import sys
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.tools import run

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "typing_cases"
MARK = re.compile(r"  # E$")

Checker: TypeAlias = Callable[[Path], dict[int, str]]


def _need(module: str) -> None:
    """Like `tools.need`, for a tool that is a module of this Python."""
    if find_spec(module) is None:
        reason = f"{module} not installed: `pip install -e .[dev]` installs it"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)


def mypy(path: Path) -> dict[int, str]:
    """Return the errors that mypy reports in the file `path`, by line."""
    _need("mypy")
    options = ["--strict", "--no-error-summary", "--no-color-output", "--no-pretty"]
    done = run(sys.executable, "-m", "mypy", *options, path, cwd=ROOT, check=False)
    assert done.returncode in (0, 1), done.stderr
    places = (re.match(r"(.*?):(\d+): error: (.*)", line) for line in done.stdout.splitlines())
    # only by the file's name: from its cache, mypy reports the folder where it first saw the same text
    return {int(place[2]): place[3] for place in places if place is not None and Path(place[1]).name == path.name}


def pyright(path: Path) -> dict[int, str]:
    """Return the errors that pyright reports in the file `path`, by line."""
    _need("pyright")
    done = run(sys.executable, "-m", "pyright", "--outputjson", path, cwd=ROOT, check=False)
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] == 1
    return {
        found["range"]["start"]["line"] + 1: found["message"]
        for found in report["generalDiagnostics"]
        if found["severity"] == "error"
    }


checkers = pytest.mark.parametrize("checker", [mypy, pyright], ids=["mypy", "pyright"])


@checkers
@pytest.mark.parametrize("name", ["accepted.py", "accepted411.py"])
def test_what_is_right_is_accepted(name: str, checker: Checker) -> None:
    assert checker(CASES / name) == {}


@checkers
@pytest.mark.parametrize("name", ["rejected.py", "rejected411.py"])
def test_every_mistake_is_found_and_nothing_else(name: str, checker: Checker) -> None:
    path = CASES / name
    lines = path.read_text().splitlines()
    marked = {number for number, line in enumerate(lines, 1) if MARK.search(line)}
    assert len(marked) > 50
    found = checker(path)
    assert {n: lines[n - 1] for n in marked - found.keys()} == {}
    assert {n: (lines[n - 1], message) for n, message in found.items() if n not in marked} == {}


@checkers
def test_the_guide_s_example_with_types_is_accepted(checker: Checker, tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "custom-devices.md").read_text()
    block = re.search(r"## With types.*?```python\n(.*?)```", guide, re.DOTALL)
    assert block is not None
    path = tmp_path / "typed.py"
    path.write_text(block.group(1) + "wrong: Impl[Job] = main  # E\n")
    assert list(checker(path)) == [path.read_text().count("\n")]


def test_what_is_accepted_runs() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        runpy.run_path(str(CASES / "accepted.py"))


def test_the_packages_say_that_they_are_typed() -> None:
    for package in ("functoria", "mirage_devices"):
        spec = find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        assert (Path(spec.origin).parent / "py.typed").exists()
