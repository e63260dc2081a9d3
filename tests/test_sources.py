"""The unikernel's own modules, and what devices read, are linked into a directory elsewhere."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from functoria import Device, Info, Job, Plan, job, register
from functoria.errors import FileConflict, WriteError
from functoria.project import Project
from tests.projects import UNIX, snapshot


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


def reading(*names: str) -> Plan:
    """A plan of a device that reads these files and directories."""

    class Reader(Device[Job]):
        type = job
        module = "Reader"

        def sources(self, info: Info) -> Sequence[str]:
            return names

    return register("reader", [Reader()]).plan()


@pytest.mark.parametrize(
    "names", [("data", "data/sub"), ("data/sub", "data"), ("data", "data/file.txt"), ("./data", "data/")]
)
def test_what_lies_in_a_directory_that_is_linked_is_there_already(names: tuple[str, ...], tmp_path: Path) -> None:
    sources, build = tmp_path / "sources", tmp_path / "build"
    (sources / "data" / "sub").mkdir(parents=True)
    (sources / "data" / "file.txt").write_text("mine\n")
    before = snapshot(sources)
    plan = reading(*names)
    plan.write(build, sources=sources)
    assert [path.name for path in build.iterdir() if path.is_symlink()] == ["data"]
    for force in (False, True):
        assert plan.write(build, sources=sources, force=force) == []
    Project(build).clean(force=True)
    assert snapshot(sources) == before
    assert list(build.iterdir()) == []


def test_nothing_is_written_or_removed_through_a_link(tmp_path: Path) -> None:
    sources, build = tmp_path / "sources", tmp_path / "build"
    (sources / "data").mkdir(parents=True)
    (sources / "data" / "gen.ml").write_text("mine\n")
    reading("data").write(build, sources=sources)

    class Writer(Device[Job]):
        type = job
        module = "Writer"

        def files(self, info: Info) -> dict[str, str]:
            return {"data/gen.ml": "ours\n"}

    before = snapshot(tmp_path)
    for force in (False, True):
        with pytest.raises(FileConflict, match="is no directory"):
            register("reader", [Writer()]).plan().write(build, sources=sources, force=force)
    assert snapshot(tmp_path) == before


def test_sources_that_are_nowhere(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="nowhere, where the unikernel's modules are to be, is no directory"):
        UNIX.write(tmp_path / "build", sources=tmp_path / "nowhere")
    assert not (tmp_path / "build").exists()
