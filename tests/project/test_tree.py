"""The only module that touches the disk: it follows no links and reads only regular files, whatever others prepared there."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from functoria.emit.emitter import HEADER
from functoria.errors import FileConflict, FunctoriaError, InvalidName, WriteError
from functoria.project.directory import Project
from functoria.project.kinds import ASIDE, STATE
from functoria.project.tree import DIRECTORY, HUGE, LARGEST, SPECIAL, Tree, inside
from tests.project.test_project import naming
from tests.project.test_sources import reading
from tests.projects import HVT, UNIX, XEN, snapshot

OPERATIONS: dict[str, Callable[[Tree, str], object]] = {
    "read": lambda tree, name: tree.read(name),
    "target": lambda tree, name: tree.target(name),
    "names": lambda tree, name: tree.names(name),
    "store": lambda tree, name: tree.store(name, b"ours"),
    "make_link": lambda tree, name: tree.make_link("x", name),
    "make_directory": lambda tree, name: tree.make_directory(name),
    "rename to": lambda tree, name: tree.rename("here", name),
    "rename from": lambda tree, name: tree.rename(name, "new"),
    "keep": lambda tree, name: tree.keep(name, "new"),
    "keep as": lambda tree, name: tree.keep("here", name),
    "remove": lambda tree, name: tree.remove(name),
    "remove_directory": lambda tree, name: tree.remove_directory(name),
    "remove_below": lambda tree, name: tree.remove_below(name),
    "sync": lambda tree, name: tree.sync(name),
    "check_changeable": lambda tree, name: tree.check_changeable(name),
}


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A directory with links to another one, which holds a file and a directory."""
    outside, inner = tmp_path / "outside", tmp_path / "inside"
    for place in (outside / "sub", inner / "deep"):
        place.mkdir(parents=True)
    for name in ("file", "sub/file"):
        (outside / name).write_text("precious\n")
    (outside / "out").symlink_to("file")
    (inner / "here").write_text("here\n")
    (inner / "link").symlink_to("../outside")
    (inner / "deep" / "link").symlink_to(outside)
    return Tree.open(inner)


@pytest.mark.parametrize("name", ["link/file", "link/sub/file", "deep/link/file", "link/sub", "link/out", "link/new"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_nothing_is_done_through_a_link(operation: str, name: str, tree: Tree) -> None:
    before = snapshot(tree.path.parent)
    with pytest.raises(OSError, match=r"Not a directory|No such file"):
        OPERATIONS[operation](tree, name)
    assert snapshot(tree.path.parent) == before
    assert tree.lstat(name) is None
    assert tree.mark(name) is None
    assert tree.barrier(name) in ("link", "deep/link")


@pytest.mark.parametrize(
    "operation", ["read", "names", "store", "make_directory", "sync", "remove_directory", "remove_below"]
)
def test_nothing_is_done_to_what_a_link_leads_to(operation: str, tree: Tree) -> None:
    before = snapshot(tree.path.parent)
    with pytest.raises(OSError, match=r".+"):
        OPERATIONS[operation](tree, "link")
    assert snapshot(tree.path.parent) == before


def test_links_are_links(tree: Tree) -> None:
    outside = snapshot(tree.path.parent / "outside")
    assert set(tree.below(".")) == {"here", "link", "deep/link"}
    tree.keep("link", "kept")
    assert tree.target("kept") == "../outside"
    tree.remove("link")
    tree.remove_below("deep")
    assert tree.names() == ["here", "kept"]
    assert snapshot(tree.path.parent / "outside") == outside


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)  # paths of sockets must be short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


def a_device(path: Path) -> None:
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5))  # /dev/zero, which never ends
    except PermissionError:
        pytest.skip("only root can make devices")


def a_sparse_file(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(50_000_000_000)


def a_directory(path: Path) -> None:
    path.mkdir()
    (path / "mine").write_text("mine\n")


MADE_OTHERWISE = {a_pipe: SPECIAL, a_socket: SPECIAL, a_device: SPECIAL, a_sparse_file: HUGE, a_directory: DIRECTORY}


def unread(path: Path) -> tuple[int, ...]:
    """Return the status of a file without the time when it was last read."""
    status = path.lstat()
    return (status.st_ino, status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


@pytest.mark.parametrize("make", MADE_OTHERWISE)
@pytest.mark.parametrize("name", ["main.ml", STATE, "dune-project"])
def test_what_is_in_the_place_of_a_file_is_refused_at_once(
    make: Callable[[Path], None], name: str, tmp_path: Path
) -> None:
    """For a file that is about to be written, and for one that was written."""
    if name != STATE:
        UNIX.write(tmp_path)
    (tmp_path / name).unlink(missing_ok=True)
    make(tmp_path / name)
    with Tree.open(tmp_path) as tree:
        assert tree.mark(name) == MADE_OTHERWISE[make]
        with pytest.raises(OSError, match=r".+"):
            tree.read(name)
    before = {path.name: unread(path) for path in tmp_path.iterdir()}
    for force in (False, True):
        with pytest.raises(FileConflict, match=name):
            XEN.write(tmp_path, force=force)
        if name != STATE:
            with pytest.warns(UserWarning, match="left as it is"):
                assert name not in {path.name for path in Project(tmp_path).to_clean(force=force, tell=True)}
    assert {path.name: unread(path) for path in tmp_path.iterdir()} == before


def test_a_sparse_file_among_what_is_aside_and_in_a_journal_is_not_read(tmp_path: Path) -> None:
    UNIX.write(tmp_path)
    (tmp_path / ASIDE).mkdir()
    a_sparse_file(tmp_path / ASIDE / "journal.json")
    with pytest.raises(WriteError, match=r"journal\.json is damaged"):
        XEN.write(tmp_path)


def test_what_has_more_bytes_than_are_read_is_not_written(tmp_path: Path) -> None:
    plan = naming({"large": "a" * (LARGEST + 1)})
    with pytest.raises(WriteError, match=r"large would have \d+ bytes, more than"):
        plan.write(tmp_path / "project")
    assert not (tmp_path / "project").exists()


@pytest.mark.parametrize("act", ["write", "clean"])
def test_nothing_lands_outside_while_a_directory_is_swapped(act: str, tmp_path: Path) -> None:
    """While one process writes, another turns the directory into a link to elsewhere and back, as quickly as it can."""
    project, outside = tmp_path / "project", tmp_path / "outside"
    outside.mkdir()
    for number in range(40):
        (outside / f"f{number}").write_text(f"{HEADER}\nprecious\n")
    before = snapshot(outside)
    plans = [naming({f"deep/f{number}": f"{HEADER}\n{text}\n" for number in range(40)}) for text in ("one", "two")]
    plans[1].write(project)
    over = threading.Event()

    def swap() -> None:
        deep, away = project / "deep", project / "away"
        while not over.is_set():
            with contextlib.suppress(OSError):  # the directory comes and goes
                deep.rename(away)
                deep.symlink_to(outside)
                deep.unlink()
                away.rename(deep)
            if away.exists():
                shutil.rmtree(away)

    swapping = threading.Thread(target=swap)
    swapping.start()
    done = refused = 0
    try:
        for number in range(60):
            plan = plans[number % 2]
            try:
                plan.write(project, force=True)
                if act == "clean":
                    Project(project).clean(plan, force=True)
                done += 1
            except FunctoriaError:
                refused += 1
                shutil.rmtree(project / ASIDE, ignore_errors=True)
            except OSError as error:
                pytest.fail(f"not told as an error of this library: {error!r}")
            assert snapshot(outside) == before
    finally:
        over.set()
        swapping.join()
    assert refused


@pytest.mark.parametrize(
    ("name", "is_inside"),
    [("a", True), ("a/b", True), ("a\nb", True), ("\udcff", True), ("a\\b", True)]
    + [
        (name, False)
        for name in ("", ".", "..", "/", "/a", "//a", "a/", "a//b", "a/./b", "a/..", "../a", "a\0", "\ud800")
    ],
)
def test_what_is_inside(name: str, is_inside: bool) -> None:
    assert inside(name) == is_inside


# Names of the user's own files


@pytest.mark.parametrize(
    "name", [b"a\nb.txt", b"a\tb.txt", b"\xff\xfe.txt", b"a b.txt", b"'\"`$.txt", b"\x1b[31m.txt", b"-x"]
)
def test_odd_names_of_what_is_read_are_carried(name: bytes, tmp_path: Path) -> None:
    sources, build = tmp_path / "sources", tmp_path / "build"
    sources.mkdir()
    (sources / os.fsdecode(name)).write_text("mine\n")
    plan = reading(".")
    plan.write(build, sources=sources)
    assert (build / os.fsdecode(name)).read_text() == "mine\n"
    for _ in range(2):
        assert plan.diff(build, sources=sources) == []
        assert plan.write(build, sources=sources) == []
    Project(build).clean(plan)
    assert list(build.iterdir()) == []
    assert os.listdir(sources) == [os.fsdecode(name)]


@pytest.mark.parametrize("name", ["a b.ml", "a\nb.ml", "a\tb.mli", "\x1bx.mll"])
@pytest.mark.parametrize("beside", [False, True])
def test_odd_names_of_modules_are_refused_when_configuring(name: str, beside: bool, tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / name).write_text("")
    build = sources if beside else tmp_path / "build"
    for act in (UNIX.write, UNIX.diff):
        with pytest.raises(
            InvalidName, match="is a module of a name with blanks, which dune cannot compile: rename it"
        ):
            act(build, sources=sources)
    assert os.listdir(sources) == [name]


@pytest.mark.parametrize("name", [b"\xff", b"a\nb", b"a b", b"-x", b"\xc3\xa9"])
def test_odd_names_of_the_directory(name: bytes, tmp_path: Path) -> None:
    directory = tmp_path / os.fsdecode(name)
    XEN.write(directory, sources=tmp_path)
    UNIX.write(directory)
    assert UNIX.diff(directory) == []
    (directory / "main.ml").write_text("mine\n")
    with pytest.raises(FileConflict, match=r"main\.ml was not written"):
        UNIX.write(directory)
    Project(directory).clean(force=True)
    assert list(directory.iterdir()) == []


# Systems without descriptors

PORTABLE = """
import os, sys
from pathlib import Path
for name in ("O_NOFOLLOW", "O_DIRECTORY", "O_NONBLOCK", "fchmod", "geteuid"):
    delattr(os, name)
os.supports_dir_fd.clear()
sys.modules["fcntl"] = None
real = os.open
def opening(path, flags, mode=0o777, *, dir_fd=None):
    assert dir_fd is None and not os.path.isdir(path), "what Windows does not have"
    return real(path, flags, mode)
os.open = opening
from tests.projects import HVT, UNIX
from functoria.errors import WriteError
from functoria.project.directory import Project
written, new, linked = map(Path, sys.argv[1:])
assert UNIX.files()
assert UNIX.diff(written) == [] and Project(written).to_clean(UNIX)
assert {change.kind for change in HVT.diff(written)} == {"create", "replace", "remove"}
assert {change.kind for change in HVT.diff(new)} == {"create"}
assert UNIX.diff(linked)
for act in (lambda: HVT.write(written), lambda: HVT.write(new), Project(written).clean):
    try:
        act()
    except WriteError as error:
        assert "this system has no locks" in error.message and "files() of the plan" in error.message
    else:
        raise AssertionError("it has written")
assert not new.exists()
"""


def test_plans_files_and_differences_need_no_descriptors(tmp_path: Path) -> None:
    UNIX.write(tmp_path / "written")
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "main.ml").symlink_to("../written/main.ml")
    before = snapshot(tmp_path)
    places = [str(tmp_path / name) for name in ("written", "new", "linked")]
    done = subprocess.run([sys.executable, "-c", PORTABLE, *places], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert snapshot(tmp_path) == before
    assert HVT.diff(tmp_path / "written")
