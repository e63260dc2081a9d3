"""Type checkers accept correct programs, infer exact types, and find every mistake at its line and nowhere else."""

from __future__ import annotations

import json
import os
import re
import runpy
import sys
import warnings
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.tools import run

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "typing_cases"
MARK = re.compile(r"  # E$")

Errors: TypeAlias = dict[str, dict[int, str]]
"""The errors in each file, by its name, by line."""


def _need(module: str) -> None:
    """Like `tools.need`, for a tool that is a module of this Python."""
    if find_spec(module) is None:
        reason = f"{module} not installed: `pip install -e .[dev]` installs it"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)


def mypy(paths: Sequence[Path]) -> Errors:
    """Return the errors that mypy reports in the files."""
    _need("mypy")
    options = ["--strict", "--no-error-summary", "--no-color-output", "--no-pretty"]
    done = run(sys.executable, "-m", "mypy", *options, *paths, cwd=ROOT, check=False)
    assert done.returncode in (0, 1), done.stderr
    found: Errors = {path.name: {} for path in paths}
    for place in (re.match(r"(.*?):(\d+): error: (.*)", line) for line in done.stdout.splitlines()):
        # only by the file's name: from its cache, mypy reports the folder where it first saw the same text
        if place is not None and (name := Path(place[1]).name) in found:
            found[name][int(place[2])] = place[3]
    return found


def pyright(paths: Sequence[Path]) -> Errors:
    """Return the errors that pyright reports in the files."""
    _need("pyright")
    done = run(
        sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "--outputjson", *paths, cwd=ROOT, check=False
    )
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] == len(paths)
    found: Errors = {path.name: {} for path in paths}
    for each in report["generalDiagnostics"]:
        if each["severity"] == "error":
            found[Path(each["file"]).name][each["range"]["start"]["line"] + 1] = each["message"]
    return found


ACCEPTED, REJECTED, GUIDE = ("accepted.py", "accepted411.py"), ("rejected.py", "rejected411.py"), "typed.py"


def guide() -> str:
    """The example of the guide, with a mistake in its last line."""
    text = (ROOT / "docs" / "custom-devices.md").read_text()
    block = re.search(r"## With types.*?```python\n(.*?)```", text, re.DOTALL)
    assert block is not None
    return block.group(1) + "wrong: Impl[Job] = main  # E\n"


@pytest.fixture(scope="module", params=[mypy, pyright], ids=["mypy", "pyright"])
def errors(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Errors:
    """The errors in all files, found in one run of a type checker: most of its time is for the library that they use."""
    path = tmp_path_factory.mktemp("typed") / GUIDE
    path.write_text(guide())
    checker: Callable[[Sequence[Path]], Errors] = request.param
    return checker([*(CASES / name for name in (*ACCEPTED, *REJECTED)), path])


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_is_right_is_accepted(name: str, errors: Errors) -> None:
    assert errors[name] == {}


@pytest.mark.parametrize("name", REJECTED)
def test_every_mistake_is_found_and_nothing_else(name: str, errors: Errors) -> None:
    lines = (CASES / name).read_text().splitlines()
    marked = {number for number, line in enumerate(lines, 1) if MARK.search(line)}
    assert len(marked) > 50
    found = errors[name]
    assert {n: lines[n - 1] for n in marked - found.keys()} == {}
    assert {n: (lines[n - 1], message) for n, message in found.items() if n not in marked} == {}


def test_the_guide_s_example_with_types_is_accepted(errors: Errors) -> None:
    assert list(errors[GUIDE]) == [guide().count("\n")]


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
