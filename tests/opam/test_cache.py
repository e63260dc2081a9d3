"""The cache of opam files is used only if it is readable and nobody but the user could have written it."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import pickle
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functoria.opam import cache as caching
from functoria.opam import repository as repositories
from functoria.opam import shelf
from functoria.opam.cache import Cache, cache_directory
from functoria.opam.limits import Limits
from functoria.opam.repository import Repository
from tests.command_line import Cli
from tests.opam.test_opam_repository import write_release

FILE = Path("functoria-audit/opam-facts")
MARK = hashlib.sha256(b"").hexdigest()
OTHER = hashlib.sha256(b"other").hexdigest()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with a few releases."""
    for version in range(6):
        write_release(tmp_path / "r", "a", str(version), f'depends: "x{version}"')
    return tmp_path / "r"


def read(root: Path, cache: Path | None) -> tuple[list[tuple[str, ...]], int]:
    """Return the dependencies of the releases in `root`, and the number of files that were parsed."""
    parsed = 0

    def counted(content: bytes, limits: Limits) -> object:
        nonlocal parsed
        parsed += 1
        return attempt(content, limits)

    attempt = repositories._attempt
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repositories, "_attempt", counted)
        found = Repository.read(root, cache=cache)
        return [release.depends.names for release in found], parsed


WHOLE = [(f"x{version}",) for version in range(6)]


def test_what_is_kept_is_not_read_again(root: Path, tmp_path: Path) -> None:
    assert read(root, tmp_path / "c") == (WHOLE, 6)
    assert read(root, tmp_path / "c") == (WHOLE, 0)
    write_release(root, "b", "1", 'depends: "y"')
    assert read(root, tmp_path / "c") == ([*WHOLE, ("y",)], 1)
    assert read(root, tmp_path / "c") == ([*WHOLE, ("y",)], 0)


def test_nobody_else_can_write_there(root: Path, tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        read(root, tmp_path / "new" / "c")
    finally:
        os.umask(umask)
    directory = (tmp_path / "new/c" / FILE).parent
    assert directory.stat().st_mode & 0o777 == directory.parent.stat().st_mode & 0o777 == 0o700
    assert [(one.name, one.stat().st_mode & 0o777) for one in directory.iterdir()] == [(FILE.name, 0o600)]


def prepared(tmp_path: Path, root: Path, depends: str = "z") -> Path:
    """Prepare a directory of rows that are sealed, but contain something else about the files of `root`."""
    place = tmp_path / "prepared"
    facts = json.dumps({"depends": [depends]})
    marks = [hashlib.sha256(opam.read_bytes()).hexdigest() for opam in root.rglob("opam")]
    Cache(place, repositories._form(Limits())).put(dict.fromkeys(marks, facts))
    assert read(root, place) == ([(depends,)] * 6, 0)
    return place / FILE.parent


def linked(own: Path, theirs: Path) -> None:
    own.symlink_to(theirs)


def linked_file(own: Path, theirs: Path) -> None:
    own.mkdir(0o700)
    (own / FILE.name).symlink_to(theirs / FILE.name)


def open_to_all(own: Path, theirs: Path) -> None:
    theirs.rename(own)
    own.chmod(0o777)


def open_to_a_group(own: Path, theirs: Path) -> None:
    theirs.rename(own)
    own.chmod(0o770)


def open_file(own: Path, theirs: Path) -> None:
    theirs.rename(own)
    (own / FILE.name).chmod(0o666)


def of_another(own: Path, theirs: Path) -> None:
    theirs.rename(own)
    os.chown(own, 12345, -1)


def file_of_another(own: Path, theirs: Path) -> None:
    theirs.rename(own)
    os.chown(own / FILE.name, 12345, -1)


@pytest.mark.parametrize(
    "prepare", [linked, linked_file, open_to_all, open_to_a_group, open_file, of_another, file_of_another]
)
def test_what_another_prepared_is_not_believed(
    prepare: Callable[[Path, Path], None], root: Path, tmp_path: Path
) -> None:
    if prepare in (of_another, file_of_another) and os.geteuid() != 0:
        pytest.skip("only root can give files away")
    (tmp_path / "c").mkdir()
    theirs = prepared(tmp_path, root)
    before = (theirs / FILE.name).read_bytes()
    prepare(tmp_path / "c" / FILE.parent, theirs)
    for _ in range(2):
        assert read(root, tmp_path / "c")[0] == WHOLE
    if prepare in (linked, linked_file):
        assert (theirs / FILE.name).read_bytes() == before


def test_a_directory_that_others_can_read_becomes_the_users_alone(root: Path, tmp_path: Path) -> None:
    (tmp_path / "c" / FILE.parent).mkdir(parents=True, mode=0o755)
    assert [read(root, tmp_path / "c")[1] for _ in range(2)] == [6, 0]
    assert (tmp_path / "c" / FILE.parent).stat().st_mode & 0o777 == 0o700


def test_what_is_kept_for_another_content_or_in_another_form_is_not_found(tmp_path: Path) -> None:
    Cache(tmp_path, "one").put({MARK: "{}"})
    assert Cache(tmp_path, "one").get([MARK]) == {MARK: "{}"}
    assert Cache(tmp_path, "two").get([MARK]) == {}
    kept = (tmp_path / FILE).read_text()
    for changed in (kept.replace("one", "two"), kept.replace(MARK, OTHER), kept.replace("{}", '{"a": []}')):
        assert changed != kept
        (tmp_path / FILE).write_text(changed)
        assert Cache(tmp_path, changed.partition("\n")[0]).get([MARK, OTHER]) == {}
    Cache(tmp_path, "two").put({OTHER: "[]"})
    assert Cache(tmp_path, "two").get([MARK, OTHER]) == {OTHER: "[]"}
    assert Cache(tmp_path, "one").get([MARK, OTHER]) == {}


FORGED = [
    "",
    "null",
    "7",
    "[]",
    "{",
    '{"depends": "x"}',
    '{"depends": []}',
    '{"depends": [["No", 1]]}',
    '{"depends": [["Items", 2], "x"]}',
    '{"depends": [["Items", -1], "x"]}',
    '{"depends": [["Items", 1e999], "x"]}',
    '{"depends": [1.5]}',
    '{"depends": {"Items": 1}}',
    '{"other": ["x"]}',
    "[" * 100_000,
    '{"depends": ' + "[" * 100_000,
    '{"depends": [' + "9" * 5_000 + "]}",
    '{"depends": [["Relation", 5], null, null]}',
]


@pytest.mark.parametrize("forged", FORGED, ids=range(len(FORGED)))
def test_a_sealed_row_of_wrong_data_is_none(forged: str, root: Path, tmp_path: Path) -> None:
    read(root, tmp_path / "c")
    marks = [hashlib.sha256(opam.read_bytes()).hexdigest() for opam in root.rglob("opam")]
    Cache(tmp_path / "c", repositories._form(Limits())).put({marks[0]: forged})
    assert read(root, tmp_path / "c") == (WHOLE, 1)
    assert read(root, tmp_path / "c") == (WHOLE, 0)


def test_a_sealed_row_is_none_for_a_file_that_cannot_be_read(root: Path, tmp_path: Path) -> None:
    (root / "packages/a/a.5/opam").write_text("depends: [")
    mark = hashlib.sha256(b"depends: [").hexdigest()
    Cache(tmp_path / "c", repositories._form(Limits())).put({mark: "[]"})
    found = Repository.read(root, cache=tmp_path / "c")
    assert (found.size, len(found.unreadable)) == (5, 1)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_cache_that_is_damaged_anywhere_is_done_without_and_replaced(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    place = tmp_path_factory.mktemp("damaged")
    texts = {hashlib.sha256(b"%d" % n).hexdigest(): json.dumps({"depends": [f"x{n}"]}) for n in range(5)}
    cache = Cache(place, "form")
    cache.put(texts)
    content = bytearray((place / FILE).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(len(content) - 1, 0)))
        end = data.draw(st.integers(at, min(at + 20, len(content))))
        content[at:end] = data.draw(st.binary(max_size=20))
    (place / FILE).write_bytes(content)
    found = cache.get(texts)
    assert found.items() <= texts.items()
    cache.put({**found, **texts})
    assert cache.get(texts) == texts


def database(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("create table files (form text, mark text, facts text)")
    connection.close()


def hole(file: Path) -> None:
    with file.open("wb") as opened:
        opened.truncate(50 << 30)


IN_THE_WAY: dict[str, Callable[[Path], object]] = {
    "a database": database,
    "a pickle": lambda file: file.write_bytes(pickle.dumps({"a": 1})),
    "nothing": lambda file: file.touch(),
    "a hole": hole,
    "a pipe": os.mkfifo,
}


@pytest.mark.parametrize("kind", IN_THE_WAY)
def test_what_is_not_ours_is_replaced(kind: str, root: Path, tmp_path: Path) -> None:
    (tmp_path / "c" / FILE.parent).mkdir(parents=True, mode=0o700)
    for name in (FILE.name, f"{FILE.name}.new"):
        IN_THE_WAY[kind](tmp_path / "c" / FILE.parent / name)
    assert [read(root, tmp_path / "c")[1] for _ in range(2)] == [6, 0]
    assert os.listdir(tmp_path / "c" / FILE.parent) == [FILE.name]


def test_a_directory_in_the_way_is_left_alone(root: Path, tmp_path: Path) -> None:
    (tmp_path / "c" / FILE).mkdir(parents=True)
    (tmp_path / "c" / FILE / "own").touch()
    assert [read(root, tmp_path / "c") for _ in range(2)] == [(WHOLE, 6)] * 2
    assert os.listdir(tmp_path / "c" / FILE.parent) == [FILE.name]


def test_a_place_that_cannot_be_is_done_without(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "c", Path("/proc/nowhere"), Path("/dev/null"), None):
        assert read(root, place) == (WHOLE, 6)


@pytest.mark.parametrize("failing", ["write", "rename", "open", "mkdir"])
def test_a_disk_that_is_full_leaves_what_was_there(
    failing: str, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(root, tmp_path / "c")
    before = (tmp_path / "c" / FILE).read_bytes()
    write_release(root, "b", "1", 'depends: "y"')

    def full(*arguments: object, **more: object) -> object:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        if failing == "write":
            limit = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, limit[1]))
            try:
                assert read(root, tmp_path / "c") == ([*WHOLE, ("y",)], 1)
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        else:
            really = os.open

            def opened(path: object, flags: int, *mode: int, **more: object) -> object:
                return full() if flags & os.O_CREAT else really(path, flags, *mode, **more)  # type: ignore[call-overload]  # as given

            patch.setattr(shelf.os, failing, opened if failing == "open" else full)
            assert read(root, tmp_path / ("d" if failing == "mkdir" else "c"))[0] == [*WHOLE, ("y",)]
    assert (tmp_path / "c" / FILE).read_bytes() == before
    assert os.listdir(tmp_path / "c" / FILE.parent) == [FILE.name]


def test_too_much_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(tmp_path, "form")
    cache.put({MARK: "a" * 200})
    size = (tmp_path / FILE).stat().st_size
    monkeypatch.setattr(caching, "_MOST", size + 100)
    cache.put({OTHER: "b" * 200})
    assert cache.get([MARK, OTHER]) == {OTHER: "b" * 200}
    cache.put({MARK: "a" * 1000})
    assert cache.get([MARK, OTHER]) == {OTHER: "b" * 200}


def test_whoever_keeps_something_is_not_waited_for(root: Path, tmp_path: Path) -> None:
    read(root, tmp_path / "c")
    write_release(root, "b", "1", 'depends: "y"')
    held = os.open(tmp_path / "c" / FILE.parent, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert [read(root, tmp_path / "c")[1] for _ in range(2)] == [1, 1]
    finally:
        os.close(held)
    assert [read(root, tmp_path / "c")[1] for _ in range(2)] == [1, 0]


READ = """
import sys
from pathlib import Path
from functoria.opam.repository import Repository
for _ in range(10):
    found = Repository.read(sys.argv[1], cache=Path(sys.argv[2]))
    assert [release.depends.names for release in found] == [(f"x{version}",) for version in range(6)]
    (Path(sys.argv[2]) / "functoria-audit/opam-facts").unlink(missing_ok=True)
"""


def test_audits_at_once_do_each_other_no_harm(root: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", READ, str(root), str(tmp_path / "c")]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    assert [process.communicate()[1] for process in running] == [""] * 4
    assert read(root, tmp_path / "c")[0] == WHOLE


def test_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "chosen"))
    if sys.platform == "linux":
        assert cache_directory() == tmp_path / "chosen"
    for relative in ("", "relative"):
        monkeypatch.setenv("XDG_CACHE_HOME", relative)
        monkeypatch.setenv("HOME", str(tmp_path))
        found = cache_directory()
        assert found is not None
        assert found.is_relative_to(tmp_path)
    for home in ("/nonexistent", "", "relative"):
        monkeypatch.setenv("HOME", home)
        assert cache_directory() is None
    monkeypatch.delenv("HOME")
    assert cache_directory() is None
    if os.geteuid() == 0:
        os.chown(tmp_path, 12345, -1)
        monkeypatch.setenv("HOME", str(tmp_path))
        assert cache_directory() is None  # as with sudo, which keeps the user's home


@pytest.mark.parametrize("home", ["nonexistent", "read-only", "unset", "own"])
def test_the_command_works_without_a_home(home: str, root: Path, tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text("from functoria import register\napp = register('a', [])\n")
    (tmp_path / "own").mkdir()
    variables = {name: text for name, text in os.environ.items() if name not in ("HOME", "XDG_CACHE_HOME")}
    if home != "unset":
        variables["HOME"] = "/sys" if home == "read-only" else str(tmp_path / home)
    for name in ("mirage", "ocaml"):
        write_release(root, name, "4.14", "")
    command = [sys.executable, "-m", "functoria", "audit", "-r", "r", "--no-solver", "config.py"]
    done = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert not (tmp_path / "nonexistent").exists()
    assert len(list((tmp_path / "own").rglob(FILE.name))) == (1 if home == "own" else 0)


def test_the_command_says_what_it_did_not_read(cli: Cli, root: Path, tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text("from functoria import register\napp = register('a', [])\n")
    write_release(root, "ocaml", "4.14", "")
    odd = "b.1\x1b[2J\nconfig.py: can be installed\u202e"
    write_release(root, odd, "2", "")
    for name in ("u\x9b2J\u2028", "v\udcff"):
        write_release(root, name, "1", "")
    asked = ("audit", "-r", "r", "--no-solver", "--cache", "c", "config.py")
    told = cli(*asked)
    assert told.status == 3
    assert told.out.startswith("2 packages, 7 releases, 3 not read\n")
    assert all(line.isprintable() for line in told.out.split("\n"))
    assert "config.py: can be installed" not in [line.strip() for line in told.out.split("\n")]
    data = cli(*asked, "--json")
    assert data.status == 3
    assert all(line.isprintable() for line in data.out.split("\n"))
    assert len(json.loads(data.out)["repository"]["unreadable"]) == 3
