"""The opam files and Makefiles of MirageOS 4.11, as opam and make read them."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from functoria import Plan
from tests.catalogue_rows411 import ALL
from tests.emit.plans411 import plans
from tests.recorded411 import records
from tests.tools import need, run


def _opam(plan: Plan) -> str:
    (text,) = (text for name, text in plan.files().items() if name.endswith(".opam"))
    return text


@pytest.fixture(scope="module")
def opam_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """All distinct opam files, by their texts."""
    directory = tmp_path_factory.mktemp("opam")
    texts = dict.fromkeys(_opam(plan) for target in ALL for plan in plans(target).values())
    found = {}
    for number, text in enumerate(texts):
        (name,) = re.findall(r'^name: "(.*)"$', text, re.MULTILINE)
        found[text] = directory / str(number) / f"{name}.opam"
        found[text].parent.mkdir()
        found[text].write_text(text)
    return found


def test_opam_lints_every_file(opam_files: dict[str, Path]) -> None:
    need("opam")
    assert len(opam_files) > 1000
    said = run("opam", "lint", *opam_files.values(), check=False).stdout
    assert [line for line in said.splitlines() if not line.endswith(": Passed.")] == []
    assert len(said.splitlines()) == len(opam_files)


def test_what_the_real_tool_prints_is_not_taken(opam_files: dict[str, Path]) -> None:
    """The recorded build command is make, which is opam's variable in our file, but a string in the real tool's."""
    need("opam")
    text, path = next(iter(opam_files.items()))
    recorded = {
        tuple(facts["opam"]["build"]) for each in records().values() for facts in each.values() if "opam" in facts
    }
    assert {words[0] for words in recorded} == {"make"}
    path.with_name("theirs.opam").write_text(text.replace("build: [make ", 'build: ["make" '))
    assert "error 39" in run("opam", "lint", path.with_name("theirs.opam"), check=False).stdout


def _anonymous(plan: Plan) -> str:
    """Return the Makefile of a plan, without the unikernel's name."""
    return re.sub(r"^UNIKERNEL_NAME = .*$", "UNIKERNEL_NAME = name", plan.files()["Makefile"], flags=re.MULTILINE)


def _makefiles() -> dict[str, Plan]:
    return {_anonymous(plan): plan for target in ALL for plan in plans(target).values()}


@pytest.fixture
def opam(tmp_path: Path) -> Path:
    """A directory with an opam that prints its arguments: make runs lines that call make even if it should only print them."""
    need("make")
    directory = tmp_path / "bin"
    directory.mkdir()
    (directory / "opam").write_text('#!/bin/sh\necho "opam $*"\n')
    (directory / "opam").chmod(0o755)
    return directory


def _made(directory: Path, opam: Path, *targets: str) -> str:
    path = f"{opam}{os.pathsep}{os.environ['PATH']}"
    done = run("make", "--warn-undefined-variables", "-n", *targets, cwd=directory, PATH=path)
    assert done.stderr == ""
    return done.stdout


def test_make_reads_every_makefile_and_knows_every_target(tmp_path: Path, opam: Path) -> None:
    """make warns of undefined variables, and a target without a rule is an error."""
    makefiles = _makefiles()
    assert len(makefiles) > 3
    for number, plan in enumerate(makefiles.values()):
        directory = tmp_path / str(number)
        plan.write(directory)
        (phony,) = re.findall(r"^\.PHONY: (.*)$", plan.files()["Makefile"], re.MULTILINE)
        for target in phony.split():
            assert _made(directory, opam, target) or target in ("repo-add", "repo-rm")
        said = _made(directory, opam)  # the default target
        for command in ("opam monorepo lock", "opam install", "opam monorepo pull", "dune build"):
            assert command in said
        assert said.index("opam monorepo lock") < said.index("opam monorepo pull") < said.index("dune build")
        assert ("opam monorepo depext" in said) == ("depext-lockfile" in phony)
        assert "functoria clean" in _made(directory, opam, "clean")


def test_building_alone_runs_dune_alone(tmp_path: Path, opam: Path) -> None:
    plans("hvt")["hello"].write(tmp_path / "project")
    assert _made(tmp_path / "project", opam, "build") == "dune build --profile release --root . ./dist\n"
