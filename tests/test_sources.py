"""The unikernel's own modules, and what devices read, are linked into a directory elsewhere."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from functoria.errors import FileConflict
from functoria.project import Project
from tests.projects import UNIX


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A directory of a configuration, with the unikernel's own modules."""
    directory = tmp_path / "sources"
    directory.mkdir()
    for name in ("unikernel.ml", "unikernel.mli", "stubs.c", "config.py", "notes.txt"):
        (directory / name).write_text(f"{name}\n")
    return directory


def test_sources_are_linked(sources: Path, tmp_path: Path) -> None:
    build = tmp_path / "build" / "unix"
    UNIX.write(build, sources=sources)
    links = {path.name for path in build.iterdir() if path.is_symlink()}
    assert links == {"unikernel.ml", "unikernel.mli", "stubs.c"}
    assert all((build / name).read_text() == f"{name}\n" for name in links)
    assert not any(os.path.isabs(os.readlink(build / name)) for name in links)
    assert UNIX.diff(build, sources=sources) == []
    assert UNIX.write(build, sources=sources) == []
    shutil.move(tmp_path, tmp_path.with_name("moved"))
    assert (tmp_path.with_name("moved") / "build/unix/unikernel.ml").read_text() == "unikernel.ml\n"
    shutil.move(tmp_path.with_name("moved"), tmp_path)


def test_links_follow_the_sources(sources: Path, tmp_path: Path) -> None:
    build = tmp_path / "build"
    UNIX.write(build, sources=sources)
    (sources / "stubs.c").unlink()
    (sources / "more.ml").write_text("more\n")
    assert {str(change) for change in UNIX.diff(build, sources=sources)} == {"remove stubs.c", "create more.ml"}
    UNIX.write(build, sources=sources)
    assert {path.name for path in build.iterdir() if path.is_symlink()} == {"unikernel.ml", "unikernel.mli", "more.ml"}
    Project(build).clean()
    assert list(build.iterdir()) == []
    assert (sources / "more.ml").read_text() == "more\n"


def test_nothing_is_linked_to_itself(sources: Path) -> None:
    UNIX.write(sources, sources=sources)
    assert not [path for path in sources.iterdir() if path.is_symlink()]
    assert (sources / "unikernel.ml").read_text() == "unikernel.ml\n"


def test_a_module_of_the_build_directory_comes_before_a_link(sources: Path, tmp_path: Path) -> None:
    build = tmp_path / "build"
    build.mkdir()
    (build / "unikernel.ml").write_text("mine\n")
    UNIX.write(build, sources=sources)
    assert (build / "unikernel.ml").read_text() == "mine\n"
    assert UNIX.diff(build, sources=sources) == []


def test_a_link_to_elsewhere_is_not_replaced(sources: Path, tmp_path: Path) -> None:
    build = tmp_path / "build"
    build.mkdir()
    (build / "unikernel.ml").symlink_to("elsewhere.ml")
    with pytest.raises(FileConflict, match=r"unikernel\.ml was not written"):
        UNIX.write(build, sources=sources)
    assert os.readlink(build / "unikernel.ml") == "elsewhere.ml"
