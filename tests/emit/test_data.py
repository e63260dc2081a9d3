"""Directories that devices take as they are: served exactly, wherever they are and whatever they contain."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from functoria import foreign, job
from functoria.errors import FileConflict
from functoria.project.directory import Project as Directory
from mirage_devices import archive_of_files, block_of_file, direct_kv_ro, kv_ro, register
from tests.emit.dune_projects import KINDS, Project, tar_files, target_of
from tests.projects import snapshot
from tests.texts import batches
from tests.tools import need, run

# Dune makes the data, or reports that it is missing.
pytestmark = pytest.mark.filterwarnings("ignore:.*which is not beside the configuration")

HOSTILE = {
    "index.html": "hello",
    "dune": "this is ( not dune's",
    "dune-project": "(lang dune 99.9)",
    "dune-workspace": "(lang dune 99.9)",
    "jbuild": "(jbuild_version 9)",
    "x.opam": "no opam file",
    "main.ml": "no OCaml",
    "sub/dune": "(rule (targets a) (action (run false)))",
    "sub/unikernel.ml": "let x : int = true",
    "_build/log": "a log",
    ".hidden": "hidden",
    ".git/config": "[core]",
    "_site/page": "page",
    "a~": "backup",
    ".#a": "lock",
    "x.swp": "swap",
    "sp ace/é": "é",
    "$(id)": "shell",
    "-n": "dash",
    "empty": "",
}


def lay(directory: Path, files: dict[str, str] = HOSTILE) -> None:
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture(autouse=True)
def _dune() -> None:
    need("dune", "tar")


@frozen
class Laid:
    """The place of a directory, and its name in a configuration beside it; `home` is the configuration's directory."""

    called: Callable[[Path], str]
    lies: Callable[[Path], Path]
    prepare: Callable[[Path], object] = lambda home: None


def _link(home: Path) -> None:
    (home / "link").symlink_to("../elsewhere/site")


def _inner_link(home: Path) -> None:
    (home / "link").symlink_to("public")


def _around(home: Path) -> None:
    (home / "a").mkdir()


def _library(home: Path) -> None:
    (home / "lib").mkdir()
    (home / "lib" / "dune").write_text("(ignored_subdirs (t))\n(library (name own))\n")


PLACES = {
    "inside": Laid(lambda _: "t", lambda home: home / "t"),
    "below": Laid(lambda _: "web/some/files", lambda home: home / "web/some/files"),
    "with a slash": Laid(lambda _: "./web/files/", lambda home: home / "web/files"),
    "beside": Laid(lambda _: "../assets", lambda home: home.parent / "assets"),
    "far": Laid(lambda _: "../../far/assets", lambda home: home.parent.parent / "far/assets"),
    "absolute": Laid(lambda home: str(home.parent / "assets"), lambda home: home.parent / "assets"),
    "absolute and inside": Laid(lambda home: str(home / "assets"), lambda home: home / "assets"),
    "up and down": Laid(lambda _: "a/../t", lambda home: home / "t", _around),
    "by its parent": Laid(lambda home: f"../{home.name}/t", lambda home: home / "t"),
    "a link": Laid(lambda _: "link", lambda home: home.parent / "elsewhere/site", _link),
    "a link to inside": Laid(lambda _: "link", lambda home: home / "public", _inner_link),
    "of a library": Laid(lambda _: "lib/t", lambda home: home / "lib/t", _library),
    "hidden": Laid(lambda _: ".well-known", lambda home: home / ".well-known"),
    "private": Laid(lambda _: "a/_site", lambda home: home / "a/_site"),
    "of a strange name": Laid(lambda _: "it's a $(x)", lambda home: home / "it's a $(x)"),
}
BUILDS = {"in place": None, "below": "build", "beside": "../out"}


def _projects(root: Path, laid: Laid, build: str | None, make: Callable[[str], Any]) -> tuple[Project, Path]:
    home = root / "far away" / "home"
    home.mkdir(parents=True)
    laid.prepare(home)
    data = laid.lies(home)
    lay(data)
    project = Project(root, make(laid.called(home)), at=home if build is None else home / build, sources=home)
    return project, data


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize("name", PLACES)
def test_a_directory_is_served_exactly_wherever_it_lies(name: str, build: str, tmp_path: Path) -> None:
    project, data = _projects(tmp_path, PLACES[name], BUILDS[build], archive_of_files)
    before = snapshot(data)
    target = target_of(project, r"tar_block\w*\.img")
    assert tar_files(project.dune(target)) == HOSTILE
    (data / "sub" / "dune").write_text("changed")
    (data / ".hidden").unlink()
    (data / "_site" / "new").write_text("new")
    found = {**HOSTILE, "sub/dune": "changed", "_site/new": "new"}
    del found[".hidden"]
    assert tar_files(project.dune(target)) == found
    (data / "_site" / "new").unlink()
    lay(data)
    run("dune", "clean", "--root", ".", cwd=project.directory)
    Directory(project.directory).clean()
    assert snapshot(data) == before


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize("name", ["inside", "beside", "absolute and inside"])
@pytest.mark.parametrize("tool", ["fat", "ocaml-crunch"])
def test_the_other_tools_get_it_alike(tool: str, name: str, build: str, tmp_path: Path) -> None:
    make, pattern, read = KINDS[tool]
    project, data = _projects(tmp_path, PLACES[name], BUILDS[build], make)
    target = target_of(project, pattern)
    shown = {name: text for name, text in HOSTILE.items() if tool != "fat" or not name.startswith(".")}
    assert read(project.dune(target)) == shown
    made = project.calls(tool)
    project.dune(target)
    assert project.calls(tool) == made
    (data / "index.html").write_text("other")
    assert read(project.dune(target)) == {**shown, "index.html": "other"}


def test_dune_builds_all_else_beside_it(tmp_path: Path) -> None:
    """Even when dune builds all targets, nothing in the directories is run."""
    home = tmp_path / "home"
    names = ["t", "web/files", "web/more", "../assets"]
    for name in names:
        lay(home / name)
    (home / "web" / "lib").mkdir(parents=True)
    (home / "web" / "lib" / "dune").write_text("(rule (targets made) (action (write-file made yes)))\n")
    app = register("many", [foreign("Unikernel.Main", kv_ro >> job) @ archive_of_files(name) for name in names])
    for at in (home, home / "build"):
        app.plan(target="unix").write(at, sources=home)
        run("dune", "build", "--root", ".", "./web/lib/made", "@default", cwd=at, check=False)
        assert (at / "_build/default/web/lib/made").read_text() == "yes"
        images = [name for name in app.plan(target="unix").products if name.endswith(".img")]
        assert [tar_files(at / name) for name in images] == [HOSTILE] * len(names)


def test_one_s_own_dune_file_is_kept_and_has_to_say_so(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "web" / "files").mkdir(parents=True)
    own = "(library (name own))\n"
    (home / "web" / "dune").write_text(own)
    (home / "web" / "own.ml").write_text("let x = 1\n")
    project = Project(tmp_path, archive_of_files("web/files"), at=home, sources=home)
    assert (home / "web" / "dune").read_text() == own  # so far, nothing in the directory is read by dune
    lay(home / "web" / "files")
    for at in (home, home / "build"):
        with pytest.raises(FileConflict, match=r"add \(ignored_subdirs \(files\)\) to .*home/web/dune"):
            Project(tmp_path, archive_of_files("web/files"), at=at, sources=home)
    assert (home / "web" / "dune").read_text() == own
    (home / "web" / "dune").write_text(f"(ignored_subdirs (files))\n{own}")
    for at in (home, home / "build"):
        project = Project(tmp_path, archive_of_files("web/files"), at=at, sources=home)
        assert tar_files(project.dune(target_of(project, r"tar_block\w*\.img"))) == HOSTILE


@pytest.mark.parametrize("build", [None, "build"])
def test_a_directory_around_the_project_is_served_without_what_is_made(build: str | None, tmp_path: Path) -> None:
    home = tmp_path / "site" / "mirage [x]*"
    home.mkdir(parents=True)
    lay(
        tmp_path / "site", {"index.html": "hello", "sub/deep": "deep", "_private/secret": "no", "rules": "not a result"}
    )
    project = Project(tmp_path, archive_of_files(".."), at=home if build is None else home / build, sources=home)
    (project.directory / "rules").write_text("the result of a build before")
    target = target_of(project, r"tar_block\w*\.img")
    found = tar_files(project.dune(target))
    assert {"index.html": "hello", "sub/deep": "deep", "rules": "not a result"}.items() <= found.items()
    inside = os.path.relpath(project.directory, tmp_path / "site")
    assert f"{inside}/main.ml" in found
    assert not {name for name in found if "_build" in name or "_private" in name or name.endswith(".img")}
    assert f"{inside}/rules" not in found
    image = (project.directory / target).stat().st_mtime_ns
    project.dune(target)
    assert (project.directory / target).stat().st_mtime_ns == image
    (tmp_path / "site" / "index.html").write_text("other")
    assert tar_files(project.dune(target)) == {**found, "index.html": "other"}


def test_a_missing_directory_outside_is_an_error_that_names_it(tmp_path: Path) -> None:
    for place in ("../assets", str(tmp_path / "nowhere"), "a/../t"):
        project = Project(tmp_path, archive_of_files(place))
        assert f"the directory {place} does not exist" in project.error(target_of(project, r"tar_block\w*\.img"))


_NAMES = st.sampled_from(
    ["dune", "dune-project", "jbuild", "a", "b.opam", "_c", ".d", "e f", "é", "-g", "h\ni", "_build", "'", '"', "\\"]
)
_PATHS = st.lists(_NAMES, min_size=1, max_size=3).map("/".join)
_TREES = st.dictionaries(_PATHS, st.text("ab\n(", max_size=8), max_size=8)


def _is_tree(files: dict[str, str]) -> bool:
    return not any(one != two and two.startswith(f"{one}/") for one, two in itertools.permutations(files, 2))


@given(
    st.lists(_TREES.filter(_is_tree), min_size=2, max_size=2),
    st.sampled_from(sorted(PLACES)),
    st.sampled_from(sorted(BUILDS)),
)
@batches(12)
def test_any_tree_is_served_exactly(
    tmp_path_factory: pytest.TempPathFactory, trees: list[dict[str, str]], name: str, build: str
) -> None:
    need("dune", "tar")
    root = tmp_path_factory.mktemp("any")
    laid = PLACES[name]
    home = root / "far away" / "home"
    home.mkdir(parents=True)
    laid.prepare(home)
    data = laid.lies(home)
    at = home if BUILDS[build] is None else home / str(BUILDS[build])
    data.mkdir(parents=True)
    project = Project(root, archive_of_files(laid.called(home)), at=at, sources=home)
    for files in trees:
        run("rm", "-rf", data)
        data.mkdir()
        lay(data, files)
        assert tar_files(project.dune(target_of(project, r"tar_block\w*\.img"))) == files


@pytest.mark.parametrize("impl", [direct_kv_ro("t"), block_of_file("disk.img")])
def test_what_a_unikernel_opens_itself_is_beside_it_where_it_is_built(impl: Any, tmp_path: Path) -> None:
    home = tmp_path / "home"
    name = "disk.img" if impl == block_of_file("disk.img") else "t"
    lay(home, {"disk.img": "sectors"} if name == "disk.img" else {f"t/{each}": text for each, text in HOSTILE.items()})
    project = Project(tmp_path, impl, at=home / "build", sources=home)
    assert (project.directory / name).samefile(home / name)
    done = run("dune", "build", "--root", ".", "./dune-project", cwd=project.directory, check=False)
    assert done.returncode == 0, done.stderr  # dune reads nothing in it


@pytest.mark.parametrize("path", ["../t", "/srv/t"])
def test_what_is_opened_by_another_path_is_opened_by_that(path: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for impl in (direct_kv_ro(path), block_of_file(path)):
        project = Project(tmp_path, impl, at=home / "build", sources=home)
        assert f'connect "{path}"' in project.plan.files()["main.ml"]
