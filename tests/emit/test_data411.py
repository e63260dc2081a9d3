"""Directories that `crunch` of 4.11 serves: exactly, whatever their place and content, by the recorded rule if possible."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from functoria.errors import FileConflict
from mirage_devices.v4 import crunch, job, kv_ro, main, register
from tests.emit.dune_projects import TOOLS, crunched
from tests.emit.test_data import BUILDS, HOSTILE, PLACES, Laid, lay
from tests.projects import snapshot
from tests.tools import need, run

# Dune makes the data.
pytestmark = pytest.mark.filterwarnings("ignore:.*which is not beside the configuration")

PLAIN = {"index.html": "hello", "sub/page": "page", "sp ace/é": "é"}
RECORDED = ("rule", "source_tree", "run ocaml-crunch")


@pytest.fixture(autouse=True)
def _dune() -> None:
    need("dune", "tar")


class Crunched:
    """A unikernel that serves a directory, written to a directory of its own, and dune to build the module."""

    def __init__(self, root: Path, laid: Laid, build: str | None, files: dict[str, str]) -> None:
        home = root / "far away" / "home"
        home.mkdir(parents=True)
        laid.prepare(home)
        self.data = laid.lies(home)
        lay(self.data, files)
        store = crunch(laid.called(home))
        self.app = register("served", [main("Unikernel.Main", kv_ro >> job) @ store], src=None)
        self.directory = home if build is None else home / build
        self.directory.mkdir(exist_ok=True)
        self.plan = self.app.plan(target="unix")
        self.plan.write(self.directory, sources=home)
        (self.target,) = {name for name in self.plan.products if name.startswith("Static_") and name.endswith(".ml")}
        self.path = root / "bin"
        self.path.mkdir()
        (self.path / "ocaml-crunch").write_text(f"#!/bin/sh\nset -eu\n{TOOLS['ocaml-crunch']}")
        (self.path / "ocaml-crunch").chmod(0o755)

    def served(self) -> dict[str, str]:
        """Return the files in the module, after building it."""
        path = f"{self.path}:{os.environ['PATH']}"
        run("dune", "build", "--root", ".", f"./{self.target}", cwd=self.directory, PATH=path)
        return crunched(self.directory / "_build" / "default" / self.target)

    def is_recorded(self) -> bool:
        """Return whether the rule is the one that MirageOS 4.11.1 writes."""
        text = (self.directory / "dune.build").read_text()
        assert ("source_tree" in text) != ("%{bin:ocaml-crunch}" in text)
        return "source_tree" in text


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize("name", PLACES)
def test_a_directory_is_served_exactly_wherever_it_lies(name: str, build: str, tmp_path: Path) -> None:
    project = Crunched(tmp_path, PLACES[name], BUILDS[build], HOSTILE)
    before = snapshot(project.data)
    assert project.served() == HOSTILE
    assert not project.is_recorded()
    (project.data / ".hidden").unlink()
    (project.data / "_site" / "new").write_text("new")
    found = {**HOSTILE, "_site/new": "new"}
    del found[".hidden"]
    assert project.served() == found
    lay(project.data)
    (project.data / "_site" / "new").unlink()
    assert snapshot(project.data) == before


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize("name", ["inside", "below", "with a slash", "of a library", "of a strange name"])
def test_what_dune_hands_on_is_made_as_recorded(name: str, build: str, tmp_path: Path) -> None:
    project = Crunched(tmp_path, PLACES[name], BUILDS[build], PLAIN)
    assert project.is_recorded()
    assert project.served() == PLAIN
    (project.data / "index.html").write_text("other")
    assert project.served() == {**PLAIN, "index.html": "other"}


@pytest.mark.parametrize("odd", ["dune", "sub/dune-project", "x.opam", ".git/config", "_site/page", "sub/.#a", "a~"])
def test_one_file_that_dune_would_not_hand_on_makes_the_difference(odd: str, tmp_path: Path) -> None:
    project = Crunched(tmp_path, PLACES["inside"], None, {**PLAIN, odd: "("})
    assert not project.is_recorded()
    assert project.served() == {**PLAIN, odd: "("}


def test_an_empty_directory_is_a_store_without_files(tmp_path: Path) -> None:
    project = Crunched(tmp_path, PLACES["inside"], None, {})
    assert project.data.exists() is False
    project.data.mkdir()
    project.plan.write(project.directory, sources=project.directory)
    assert project.served() == {}


def test_a_dune_file_that_lists_other_directories_has_to_list_this_one(tmp_path: Path) -> None:
    (tmp_path / "far away/home/lib/other").mkdir(parents=True)
    dune = tmp_path / "far away/home/lib/dune"
    home = dune.parent.parent
    dune.write_text("(data_only_dirs other)\n(library (name own))\n")
    lay(home / "lib/t")
    app = register("served", [main("Unikernel.Main", kv_ro >> job) @ crunch("lib/t")], src=None)
    with pytest.raises(FileConflict, match=r"add \(data_only_dirs t\) to .*home/lib/dune"):
        app.plan(target="unix").write(home, sources=home)
    dune.write_text("(data_only_dirs other t)\n(library (name own))\n")
    plan = app.plan(target="unix")
    plan.write(home, sources=home)
    assert "data_only_dirs" not in (home / "dune.build").read_text()
