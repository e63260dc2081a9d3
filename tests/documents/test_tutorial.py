"""The unikernels of the tutorial, as they are at the end of each part, are built for unix and run."""

from __future__ import annotations

from pathlib import Path

import pytest

from functoria import Device
from functoria.cli.config import load
from tests.documents.blocks import ROOT, blocks
from tests.ocaml_runtime import Runtime, Unikernel
from tests.tools import run

FIRST, GREETING, CHOICE, COUNTER = range(4)


def files(part: int) -> dict[str, str]:
    """Return the files beside the configuration as they are after it was written for the time given by `part`."""
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


def built(part: int, runtime: Runtime, directory: Path, **context: object) -> Unikernel:
    """Return the unikernel of `part`, built without any output of dune."""
    for name, text in files(part).items():
        (directory / name).write_text(text)
    load(directory / "config.py").plan(target="unix", **context).write(directory)
    done = run("dune", "build", "--root", ".", cwd=directory, **runtime.variables)
    assert done.stdout + done.stderr == ""
    return Unikernel(directory, directory / "dist" / "hello")


def test_the_first_unikernel_says_hello(runtime4: Runtime, tmp_path: Path) -> None:
    assert "Hello World!" in built(FIRST, runtime4, tmp_path).run().stderr


def test_what_it_says_is_an_option(runtime4: Runtime, tmp_path: Path) -> None:
    hello = built(GREETING, runtime4, tmp_path)
    assert "Hello World!" in hello.run().stderr
    assert "Ciao" in hello.run("--greeting=Ciao").stderr


def test_a_key_chooses_what_says_it(runtime4: Runtime, tmp_path: Path) -> None:
    quiet, loud = tmp_path / "quiet", tmp_path / "loud"
    quiet.mkdir()
    loud.mkdir()
    assert "Ciao" in built(CHOICE, runtime4, quiet).run("--greeting=Ciao").stderr
    assert "CIAO!" in built(CHOICE, runtime4, loud, loud=True).run("--greeting=Ciao").stderr


def test_the_device_counts(runtime4: Runtime, tmp_path: Path) -> None:
    said = built(COUNTER, runtime4, tmp_path).run("--greeting=Ciao").stderr
    assert "Ciao" in said
    assert "greetings: 1" in said


@pytest.mark.parametrize("part", [FIRST, GREETING, CHOICE, COUNTER])
def test_each_part_has_its_files(part: int, tmp_path: Path) -> None:
    """The modules are those that the configuration names in any branch of its choices, and those of earlier parts."""
    for name, text in files(part).items():
        (tmp_path / name).write_text(text)
    app = load(tmp_path / "config.py")
    devices = [each for each in app.survey.terms if isinstance(each, Device)]
    theirs = ("functoria", "mirage_devices")
    named = {each.module for each in devices if each.own_source or not type(each).__module__.startswith(theirs)}
    needed = {f"{str(module).partition('.')[0].lower()}.ml" for module in named}
    there = {name for name in files(part) if name.endswith(".ml")}
    before = {name for name in files(part - 1) if name.endswith(".ml")} if part else set()
    assert "unikernel.ml" in needed <= there <= needed | before
