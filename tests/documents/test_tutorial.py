"""The unikernels of the tutorial, as its reader has them in the end of each part, are built for unix and run."""

from __future__ import annotations

from pathlib import Path

import pytest

from functoria.cli.config import load
from tests.documents.blocks import ROOT, blocks
from tests.ocaml_runtime import Runtime, Unikernel
from tests.tools import run

FIRST, GREETING, CHOICE, COUNTER = range(4)


def files(part: int) -> dict[str, str]:
    """The files beside the configuration once it was written for the time that `part` says."""
    found: dict[str, str] = {}
    configurations = 0
    for block in blocks(ROOT / "docs" / "tutorial.md"):
        if block.file == "test_config.py" or block.file is None:
            continue
        if block.file == "config.py":
            configurations += 1
        if configurations <= part + 1 or block.file != "config.py":
            found[block.file] = block.code
        if configurations == part + 1 and part < COUNTER and block.file == "config.py":
            break
    return found


def built(part: int, runtime: Runtime, directory: Path) -> Unikernel:
    """The unikernel of `part`, built without a word of dune."""
    for name, text in files(part).items():
        (directory / name).write_text(text)
    load(directory / "config.py").plan(target="unix").write(directory)
    done = run("dune", "build", "--root", ".", cwd=directory, **runtime.variables)
    assert done.stdout + done.stderr == ""
    return Unikernel(directory, directory / "dist" / "hello")


def test_the_first_unikernel_says_hello(runtime4: Runtime, tmp_path: Path) -> None:
    assert "Hello World!" in built(FIRST, runtime4, tmp_path).run().stderr


def test_what_it_says_is_an_option(runtime4: Runtime, tmp_path: Path) -> None:
    hello = built(GREETING, runtime4, tmp_path)
    assert "Hello World!" in hello.run().stderr
    assert "Ciao" in hello.run("--greeting=Ciao").stderr


def test_the_device_counts(runtime4: Runtime, tmp_path: Path) -> None:
    said = built(COUNTER, runtime4, tmp_path).run("--greeting=Ciao").stderr
    assert "Ciao" in said
    assert "greetings: 1" in said


@pytest.mark.parametrize("part", [FIRST, GREETING, CHOICE, COUNTER])
def test_each_part_has_its_files(part: int) -> None:
    assert {"config.py", "unikernel.ml"} <= files(part).keys()
    assert ("counter.ml" in files(part)) == (part == COUNTER)
