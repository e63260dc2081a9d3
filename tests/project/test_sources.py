"""The unikernel's own modules, and the data of devices, are linked into a directory elsewhere."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from attrs import frozen

from functoria import Device, Info, Job, Plan, job, register
from functoria.errors import DeviceError, FileConflict, InvalidName, WriteError
from functoria.project.configuration import configuration
from functoria.project.directory import Project, readable
from functoria.project.reading import unlike_dune
from functoria.sexp import Sexp
from tests.projects import UNIX, snapshot


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A directory with a configuration and the unikernel's own modules."""
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
    changes = {"remove stubs.c", "create more.ml", "replace dune"}
    assert {str(change) for change in UNIX.diff(build, sources=sources)} == changes
    UNIX.write(build, sources=sources)
    assert {path.name for path in build.iterdir() if path.is_symlink()} == {"unikernel.ml", "unikernel.mli", "more.ml"}
    Project(build).clean()
    assert list(build.iterdir()) == []
    assert (sources / "more.ml").read_text() == "more\n"


@pytest.mark.parametrize(
    ("name", "unlike"),
    [("a.txt", False), ("in/a.txt", False), ("_in/a.txt", True), (".#a", True), ("a~", True), ("dune", True)],
)
def test_what_dune_would_take_otherwise(name: str, unlike: bool, tmp_path: Path) -> None:
    assert unlike_dune(tmp_path)  # dune leaves out empty directories
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).touch()
    assert unlike_dune(tmp_path) is unlike


@pytest.mark.parametrize("linked", ["build", "sources", "both", "above"])
def test_links_lead_to_the_sources_through_whatever_links_either_is_named(
    linked: str, sources: Path, tmp_path: Path
) -> None:
    """`..` of a directory that was reached by a link is not the directory of the link."""
    build = tmp_path / "far" / "away" / "build"
    build.mkdir(parents=True)
    named, read = build, sources
    if linked in ("build", "both"):
        named = tmp_path / "named"
        named.symlink_to(build)
    if linked in ("sources", "both"):
        (tmp_path / "deep" / "er").mkdir(parents=True)
        read = tmp_path / "deep" / "er" / "read"
        read.symlink_to(sources)
    if linked == "above":
        (tmp_path / "short").symlink_to("far/away")
        named = tmp_path / "short" / "build"
    UNIX.write(named, sources=read)
    assert (build / "unikernel.ml").read_text() == "unikernel.ml\n"
    assert (build / "unikernel.ml").samefile(sources / "unikernel.ml")
    assert UNIX.diff(named, sources=read) == UNIX.diff(build, sources=sources) == []
    Project(named).clean()
    assert list(build.iterdir()) == []


@pytest.mark.parametrize("linked", ["build", "config", "both"])
def test_the_configuration_is_found_again_through_links(linked: str, tmp_path: Path) -> None:
    top, build = tmp_path / "top", tmp_path / "top" / "far" / "build"
    build.mkdir(parents=True)
    (top / "config.py").write_text("")
    named, config = build, top / "config.py"
    if linked in ("build", "both"):
        named = tmp_path / "named"
        named.symlink_to(build)
    if linked in ("config", "both"):
        (tmp_path / "deep" / "er").mkdir(parents=True)
        (tmp_path / "deep" / "er" / "top").symlink_to(top)
        config = tmp_path / "deep" / "er" / "top" / "config.py"
    Project(named).write(UNIX, config=config)
    for place in (named, build):
        assert configuration(place, readable(place)).samefile(top / "config.py")


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
    """Return a plan with a device that reads these files and directories."""

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

    @frozen
    class Writer(Device[Job]):
        reads: tuple[str, ...]

        type = job
        module = "Writer"

        def sources(self, info: Info) -> Sequence[str]:
            return self.reads

        def files(self, info: Info) -> dict[str, str]:
            return {"data/gen.ml": "ours\n"}

    before = snapshot(tmp_path)
    for force in (False, True):
        with pytest.raises(FileConflict, match="is not a directory"):
            register("reader", [Writer(("data",))]).plan().write(build, sources=sources, force=force)
    assert snapshot(tmp_path) == before
    # When nothing reads the directory any more, its link is removed first.
    register("reader", [Writer(())]).plan().write(build, sources=sources)
    assert (build / "data" / "gen.ml").read_text() == "ours\n"
    assert snapshot(sources) == {name[len("sources/") :]: was for name, was in before.items() if name[:8] == "sources/"}


@pytest.mark.parametrize(
    ("one", "two"), list(itertools.permutations(["data", "data/sub", "data/sub/deep", "data/other"], 2))
)
def test_what_is_read_may_become_more_or_less(one: str, two: str, tmp_path: Path) -> None:
    sources, build = tmp_path / "sources", tmp_path / "build"
    for name in ("data/sub/deep", "data/other"):
        (sources / name).mkdir(parents=True)
        (sources / name / "file").write_text(f"{name}\n")
    reading(one).write(build, sources=sources)
    plan = reading(two)
    changes = {
        change.name: change.kind for change in plan.diff(build, sources=sources) if not change.name.endswith(".opam")
    }
    assert changes == {one: "remove", two: "create"}
    plan.write(build, sources=sources)
    assert plan.diff(build, sources=sources) == []
    assert [path for path in build.rglob("*") if path.is_symlink()] == [build / two]
    assert os.path.samefile(build / two, sources / two)
    Project(build).clean()
    assert list(build.iterdir()) == []


def test_a_directory_with_a_file_of_others_is_not_replaced_by_a_link(tmp_path: Path) -> None:
    sources, build = tmp_path / "sources", tmp_path / "build"
    (sources / "data" / "sub").mkdir(parents=True)
    reading("data/sub").write(build, sources=sources)
    (build / "data" / "mine").write_text("mine\n")
    reading("data").write(build, sources=sources)
    assert (build / "data" / "mine").read_text() == "mine\n"
    assert not (build / "data").is_symlink()


@frozen
class Maker(Device[Job]):
    """A device that makes dune generate a file from what the device reads, and put it beside the sources."""

    product: str
    reads: tuple[str, ...] = ()

    type = job
    module = "Maker"

    def sources(self, info: Info) -> Sequence[str]:
        return self.reads

    def rules(self, info: Info) -> Sequence[Sexp]:
        return [
            (
                "rule",
                ("targets", self.product),
                ("mode", "promote-until-clean"),
                ("action", ("write-file", self.product, "")),
            )
        ]


@pytest.mark.parametrize("product", ["app", "image", "unikernel.ml", "sub/image"])
def test_what_is_in_the_way_of_what_is_built_is_refused(product: str, tmp_path: Path) -> None:
    plan = register("app", [Maker("image"), Maker("unikernel.ml"), Maker("sub/image")]).plan()
    path = tmp_path / "project" / product
    path.parent.mkdir(parents=True)
    path.write_text("mine\n")
    earlier = register("earlier", [Maker("other")]).plan()
    for act in (lambda: None, lambda: earlier.write(tmp_path / "project")):
        act()
        (change,) = (change for change in plan.diff(tmp_path / "project") if change.conflict)
        assert str(change) == f"replace {product} (not as it was written)"
        before = snapshot(tmp_path)
        with pytest.raises(FileConflict, match=f"{product} is in the way of what building puts there"):
            plan.write(tmp_path / "project")
        assert snapshot(tmp_path) == before
    plan.write(tmp_path / "project", force=True)
    assert plan.diff(tmp_path / "project") == []  # from now on it may be the result of a build
    assert path.read_text() == "mine\n"


@pytest.mark.parametrize("name", ["app", "image", "main.ml", "dune"])
def test_what_is_read_is_not_what_is_made(name: str, tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / name).write_text("mine\n")
    plan = register("app", [Maker("image", (name,))]).plan()
    with pytest.raises(FileConflict, match=f"{name} has the name of what is made"):
        plan.write(tmp_path / "build", sources=sources)
    assert not (tmp_path / "build").exists()
    # A directory that holds everything beside the configuration may also hold results of a build, which are not read.
    everything = register("app", [Maker("image", (".",))]).plan()
    if name != "main.ml":
        everything.write(tmp_path / "build", sources=sources)
        assert not (tmp_path / "build" / name).is_symlink()
    (sources / name).unlink()
    everything.write(sources)
    plan.write(tmp_path / "other", sources=sources)


def test_two_rules_for_one_file_are_refused() -> None:
    with pytest.raises(DeviceError, match=r"rules of Maker \(Maker\) make app, which those of Main .* make"):
        register("app", [Maker("app")]).plan().files()
    with pytest.raises(InvalidName, match=r"building would make main\.ml, which is a file of the project"):
        register("app", [Maker("main.ml")]).plan().files()


def test_sources_that_are_nowhere(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="nowhere, where the unikernel's modules are to be, is not a directory"):
        UNIX.write(tmp_path / "build", sources=tmp_path / "nowhere")
    assert not (tmp_path / "build").exists()
