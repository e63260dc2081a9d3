"""Kept opam roots: made once for a content, trusted only if nobody else could have written them, and never required."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functoria import package
from functoria.errors import InvalidRepository
from functoria.opam import roots
from functoria.opam.repository import Repository
from functoria.opam.roots import Roots
from functoria.opam.shelf import Shelf
from functoria.opam.solver import Solution, solver
from tests import tools
from tests.opam.test_opam_repository import write_release

KEPT = Path("functoria-audit")
CONTENT = b"what opam made" * 100


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A repository."""
    write_release(tmp_path / "r", "a", "1.0", 'depends: "b"')
    write_release(tmp_path / "r", "b", "1.0", "")
    write_release(tmp_path / "r", "other", "1.0", "")
    return tmp_path / "r"


def asked(repository: Repository, cache: Path | None, *names: str) -> tuple[Solution, int]:
    """Return opam's answer for packages, and how many roots were made for it."""
    made = 0

    def counted(*arguments: object) -> bytes:
        nonlocal made
        made += 1
        return really(*arguments)  # type: ignore[arg-type]  # as given

    really = roots._made
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(roots, "_made", counted)
        with solver(repository, wanted=names, cache=cache) as opam:
            return opam.solve({"it": [package(name) for name in names]})["it"], made


SOLVED = Solution("solved", "", (("a", "1.0"), ("b", "1.0")))


def test_a_root_is_made_once_for_a_content(place: Path, tmp_path: Path) -> None:
    tools.need("opam")
    cache = tmp_path / "c"
    read = Repository.read(place)
    assert [asked(read, cache, "a") for _ in range(2)] == [(SOLVED, 1), (SOLVED, 0)]
    write_release(place, "other", "2.0", "")
    assert asked(Repository.read(place), cache, "a") == (SOLVED, 0)  # "a" cannot depend on it
    assert asked(Repository.read(place), cache, "a", "other")[1] == 1
    write_release(place, "b", "2.0", "")
    newer = Solution("solved", "", (("a", "1.0"), ("b", "2.0")))
    assert [asked(Repository.read(place), cache, "a") for _ in range(2)] == [(newer, 1), (newer, 0)]
    assert asked(Repository.read(place), None, "a") == (newer, 1)
    assert asked(read, tmp_path / "elsewhere" / "c", "a")[1] == 1


def test_what_is_kept_needs_no_repository(place: Path, tmp_path: Path) -> None:
    tools.need("opam")
    read = Repository.read(place)
    assert asked(read, tmp_path / "c", "a") == (SOLVED, 1)
    shutil.rmtree(place)
    assert asked(read, tmp_path / "c", "a") == (SOLVED, 0)
    with pytest.raises(InvalidRepository):
        asked(read, None, "a")


def test_the_digest_is_of_the_content(place: Path, tmp_path: Path) -> None:
    read = Repository.read(place)
    with tarfile.open(tmp_path / "r.tar.gz", "w:gz") as archive:
        archive.add(place, "r")
    assert Repository.read(tmp_path / "r.tar.gz").digest() == read.digest()
    assert read.digest() == read.digest(set(read.packages)) != read.digest({"a", "b"})
    (place / "packages/b/b.1.0/opam").write_text('opam-version: "2.0"\nsynopsis: "b"\n')
    changed = Repository.read(place)
    assert changed.digest() != read.digest()
    assert changed.digest({"a", "other"}) == read.digest({"a", "other"})


def linked(own: Path, theirs: Path, name: str) -> None:
    own.symlink_to(theirs)


def linked_file(own: Path, theirs: Path, name: str) -> None:
    own.mkdir(0o700)
    (own / name).symlink_to(theirs / name)


def open_to_all(own: Path, theirs: Path, name: str) -> None:
    theirs.rename(own)
    own.chmod(0o777)


def open_file(own: Path, theirs: Path, name: str) -> None:
    theirs.rename(own)
    (own / name).chmod(0o666)


def of_another(own: Path, theirs: Path, name: str) -> None:
    theirs.rename(own)
    os.chown(own, 12345, -1)


def file_of_another(own: Path, theirs: Path, name: str) -> None:
    theirs.rename(own)
    os.chown(own / name, 12345, -1)


@pytest.mark.parametrize("prepare", [linked, linked_file, open_to_all, open_file, of_another, file_of_another])
def test_what_another_prepared_is_not_believed(prepare: Callable[[Path, Path, str], None], tmp_path: Path) -> None:
    """The content of its root can make opam do anything."""
    if prepare in (of_another, file_of_another) and os.geteuid() != 0:
        pytest.skip("only root can give files away")
    Roots(tmp_path / "theirs").put("it", CONTENT)
    assert Roots(tmp_path / "theirs").get("it") == CONTENT
    (tmp_path / "own").mkdir()
    (name,) = os.listdir(tmp_path / "theirs" / KEPT)
    prepare(tmp_path / "own" / KEPT, tmp_path / "theirs" / KEPT, name)
    own = Roots(tmp_path / "own")
    assert own.get("it") is None
    own.put("it", CONTENT[::-1])
    assert own.get("it") in (None, CONTENT[::-1])
    if (tmp_path / "theirs").exists():
        assert Roots(tmp_path / "theirs").get("it") in (None, CONTENT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_root_that_is_damaged_anywhere_is_none(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    place = tmp_path_factory.mktemp("c")
    Roots(place).put("it", CONTENT)
    (file,) = (place / KEPT).iterdir()
    whole = bytearray(file.read_bytes())
    at = data.draw(st.integers(0, len(whole) - 1))
    if data.draw(st.booleans()):
        whole[at] ^= data.draw(st.integers(1, 255))
    else:
        del whole[at:]
    file.write_bytes(whole)
    assert Roots(place).get("it") is None
    Roots(place).put("it", CONTENT)
    assert Roots(place).get("it") == CONTENT


LEADS_OUT = "../../escaped"


def archive(**files: bytes) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as made:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            made.addfile(member, io.BytesIO(text))
    return content.getvalue()


@pytest.mark.parametrize(
    "useless",
    [
        b"",
        b"no archive",
        archive(config=b"[nothing that opam reads"),
        archive(**{LEADS_OUT: b""}),
        archive(**{"config": b"", "config/inside-a-file": b""}),
        archive(**{"n" * 300: b""}),
        archive(**{"": b""}),
    ],
)
def test_a_root_that_opam_cannot_use_is_made_again(useless: bytes, place: Path, tmp_path: Path) -> None:
    tools.need("opam")
    read = Repository.read(place)
    asked(read, tmp_path / "c", "a")
    (file,) = (tmp_path / "c" / KEPT).iterdir()
    Roots(tmp_path / "c").put(file.name.removeprefix("opam-root-"), useless)
    assert [asked(read, tmp_path / "c", "a") for _ in range(2)] == [(SOLVED, 1), (SOLVED, 0)]
    assert not list(tmp_path.rglob("escaped"))


def test_the_roots_used_last_are_kept(tmp_path: Path) -> None:
    kept = Roots(tmp_path)
    for number in range(roots._COUNT):
        kept.put(str(number), b"%d" % number)
        os.utime(tmp_path / KEPT / f"opam-root-{number}", ns=(number, number))
    unfinished = tmp_path / KEPT / "opam-root-cut-off.new"
    unfinished.touch()
    os.utime(unfinished, ns=(0, 0))
    assert kept.get("0") == b"0"  # this counts as a use
    kept.put("new", b"new")
    there = [name for name in [*map(str, range(roots._COUNT)), "new"] if kept.get(name) is not None]
    assert there == ["0", *map(str, range(2, roots._COUNT)), "new"]
    assert not unfinished.exists()


def test_what_is_too_large_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roots, "_MOST", 100)
    Roots(tmp_path).put("it", CONTENT)
    assert Roots(tmp_path).get("it") is None


def test_clearing_removes_files_of_ours_alone(tmp_path: Path) -> None:
    assert Shelf(tmp_path).clear() == Shelf(None).clear() == []
    Roots(tmp_path).put("it", CONTENT)
    (tmp_path / KEPT / "theirs").mkdir()
    (tmp_path / "beside").touch()
    assert Shelf(tmp_path).clear() == ["opam-root-it"]
    assert Roots(tmp_path).get("it") is None
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["beside", KEPT.name, "theirs"]


ASK = """
import sys
from pathlib import Path
from functoria import package
from functoria.opam.repository import Repository
from functoria.opam.solver import solver
read = Repository.read(sys.argv[1])
with solver(read, wanted=["a"], cache=Path(sys.argv[2])) as opam:
    print(opam.solve({"it": [package("a")]})["it"].versions)
"""


def test_processes_at_once_do_each_other_no_harm(place: Path, tmp_path: Path) -> None:
    tools.need("opam")
    command = [sys.executable, "-c", ASK, str(place), str(tmp_path / "c")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [process.communicate() for process in running] == [(f"{SOLVED.versions}\n", "")] * 3
    assert asked(Repository.read(place), tmp_path / "c", "a") == (SOLVED, 0)
    assert len(os.listdir(tmp_path / "c" / KEPT)) == 1


OPAM = """\
#!{python}
import os, subprocess, sys, tempfile
arguments = sys.argv[1:]
if "{command}" in arguments[:2]:
    tempfile.mkdtemp(prefix="opam-")
    child = subprocess.Popen(["sleep", "600"])
    with open("{told}", "a") as file:
        file.write(f"{{os.getpid()}} {{child.pid}}\\n")
    child.wait()
os.execv("{opam}", ["opam", *arguments])
"""
"""An opam that does not stop once it gets a command, nor do its children, and that has its own temporary directory."""


@pytest.mark.parametrize("command", ["init", "switch", "install"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_every_opam_and_leaves_nothing(
    number: signal.Signals, command: str, place: Path, tmp_path: Path
) -> None:
    tools.need("opam")
    for name in ("bin", "tmp"):
        (tmp_path / name).mkdir()
    told, opam = tmp_path / "told", tmp_path / "bin" / "opam"
    opam.write_text(OPAM.format(python=sys.executable, command=command, told=told, opam=shutil.which("opam")))
    opam.chmod(0o755)
    for name in ("one", "two"):
        (tmp_path / f"{name}.py").write_text(
            "from functoria import Key, arg, foreign, job, package, register\n"
            'key = Key.opt("mode", arg.enum(["x", "y", "z"]), default="x")\n'
            f'app = register("{name}", [foreign("Unikernel", job, keys=[key], packages=[package("{name}")])])\n'
        )
    arguments = ["audit", "-r", str(place), "--cache", "c", "-j", "2", "one.py", "two.py"]
    running = subprocess.Popen(
        ["env", "--default-signal=INT,HUP,TERM", sys.executable, "-m", "functoria", *arguments],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{opam.parent}:{os.environ['PATH']}", "TMPDIR": str(tmp_path / "tmp")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    count = 2 if command == "install" else 1
    try:
        while running.poll() is None and (not told.exists() or told.read_text().count("\n") < count):
            time.sleep(0.05)
        assert running.returncode is None, running.communicate()
        assert list((tmp_path / "tmp").iterdir())
        running.send_signal(number)
        _, err = running.communicate(timeout=120)
    finally:
        running.kill()
    assert (running.returncode, err) == (128 + number, "functoria: interrupted\n")
    assert list((tmp_path / "tmp").iterdir()) == []
    for process in map(int, told.read_text().split()):
        assert not alive(process)


def alive(process: int) -> bool:
    """Return whether a process is still running; one that ended may be waiting for its parent."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False
