"""Programs of a fleet are built by dune, each in a separate directory, and only once."""

from __future__ import annotations

import base64
import json
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from functoria.errors import BuildError, FileConflict, WriteError
from functoria.fleet import Case, Fleet
from functoria.fleet.operations import Built
from tests.command_line import process
from tests.fleet.test_fleet import Late
from tests.fleets import broken
from tests.tools import need, run

CONFIGURATION = """\
from functoria import Main, foreign, job, register

class Plain(Main):
    own_packages = ()

app = register("{name}", [foreign("Unikernel", job)], main=Plain)
"""


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    need("dune", "ocamlfind")
    for name in ("one", "two"):
        broken(tmp_path / "from", name, CONFIGURATION.format(name=name))
        (tmp_path / "from" / name / "unikernel.ml").write_text(f'let start = print_endline "{name}"\n')
    broken(tmp_path / "from", "wrong", CONFIGURATION.format(name="wrong"))
    (tmp_path / "from" / "wrong" / "unikernel.ml").write_text("let start = 1 + true\n")
    return Fleet.discover(tmp_path / "from")


@pytest.mark.parametrize("executor", [None, lambda: ProcessPoolExecutor(2), lambda: Late(0)])
def test_programs_are_built(fleet: Fleet, tmp_path: Path, executor: Callable[[], Any] | None) -> None:
    running = None if executor is None else executor()
    results = list(fleet.build(tmp_path / "to", running, store=tmp_path / "store"))
    assert [(each.case.label, each.outcome) for each in results] == [
        ("one", "done"),
        ("two", "done"),
        ("wrong", "failed"),
    ]
    for each in results[:2]:
        assert run(each.get()).stdout == f"{each.case.label}\n"
    assert isinstance(results[2].error, BuildError)
    assert "true" in results[2].output

    # When built again, the unchanged one is kept, and the changed one is built.
    (tmp_path / "from" / "two" / "unikernel.ml").write_text('let start = print_endline "another"\n')
    again = list(fleet.build(tmp_path / "to", running, store=tmp_path / "store"))
    assert [each.kept for each in again] == [True, False, False]
    assert [run(each.get()).stdout for each in again[:2]] == ["one\n", "another\n"]

    # A program that was removed or changed is built again.
    again[0].get().chmod(0o755)
    again[0].get().write_bytes(b"no program")
    last = list(fleet.build(tmp_path / "to", running, store=tmp_path / "store"))
    assert [each.kept for each in last] == [False, True, False]
    assert run(last[0].get()).stdout == "one\n"
    if running is not None:
        running.shutdown()


def test_a_fleet_that_was_moved_with_its_programs_is_not_built_again(fleet: Fleet, tmp_path: Path) -> None:
    """Two identical unikernels are built separately, as are two directories, and each program is kept where it is."""
    shutil.copytree(tmp_path / "from" / "one", tmp_path / "from" / "same")

    def built(place: Path, to: str) -> list[bool]:
        found = Fleet.discover(place / "from").excluding({"configuration": "wrong"})
        results = list(found.build(place / to, jobs=1, store=tmp_path / "store"))
        assert [run(each.get()).stdout for each in results] == ["one\n", "one\n", "two\n"]
        return [each.kept for each in results]

    assert [built(tmp_path, to) for to in ("to", "other", "to", "other")] == [
        [False] * 3,
        [False] * 3,
        [True] * 3,
        [True] * 3,
    ]
    (tmp_path / "else").mkdir()
    for name in ("from", "to"):
        (tmp_path / name).rename(tmp_path / "else" / name)
    assert built(tmp_path / "else", "to") == [True] * 3


def test_the_command_says_why_a_build_failed(fleet: Fleet, tmp_path: Path) -> None:
    """Every format shows dune's output under the case that failed, and none for a case that did not."""
    done = process("fleet", "build", "from", "--html", "report.html", cwd=tmp_path)
    assert done.status == 1
    lines = done.out.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("failed: wrong"))
    below = [line for line in lines[start + 1 :] if line.startswith("  ")]
    assert any("let start = 1 + true" in line for line in below)
    assert any("bool" in line for line in below)
    assert len(below) <= 40
    assert "let start = 1 + true" in (tmp_path / "report.html").read_text()
    document = json.loads(process("fleet", "build", "from", "--json", cwd=tmp_path).out)
    assert ["let start = 1 + true" in case["output"] for case in document["cases"]] == [False, False, True]


def test_a_program_that_was_built_elsewhere_is_where_it_would_be_if_built_here(tmp_path: Path) -> None:
    case = Case.of("a/config.py", {"target": "hvt"})
    built = Built(str(tmp_path), apart=True)
    value = built.received(case, {"file": "dist/a.hvt", "content": base64.b64encode(b"program").decode()})
    program = tmp_path / "a" / "hvt" / "dist" / "a.hvt"
    assert built.path(value) == program
    assert program.read_bytes() == b"program"
    assert os.access(program, os.X_OK)
    assert [path.name for path in program.parent.iterdir()] == ["a.hvt"]
    assert built.holds(case, {"outcome": "done", "value": value})
    for file in ("../a.hvt", "/a.hvt", "dist/../../../a.hvt"):
        with pytest.raises(WriteError, match="is not in"):
            built.received(case, {"file": file, "content": ""})
    assert not [path for path in tmp_path.rglob("a.hvt") if path != program]


def test_what_is_built_elsewhere_does_not_go_into_a_project(fleet: Fleet, tmp_path: Path) -> None:
    list(fleet.write(tmp_path / "to", jobs=1))
    results = list(fleet.build(tmp_path / "to", Late(0)))
    assert isinstance(results[0].error, FileConflict)
