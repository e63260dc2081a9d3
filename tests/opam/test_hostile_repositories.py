"""Hostile repositories: whatever is beyond a limit or outside is left out and reported, and the rest is read."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import json
import lzma
import os
import socket
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from functoria.opam import repository
from functoria.opam.limits import Limits
from functoria.opam.repository import Repository
from functoria.opam.tar import decoded
from functoria.opam.tree import InvalidRepository
from tests import tools
from tests.command_line import Cli
from tests.opam.test_opam_repository import HEADER, archived, write_release

BOUNDED = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (120, 120))
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
from functoria.errors import InvalidRepository
from functoria.opam.repository import Repository
try:
    read = Repository.read(sys.argv[1], jobs=1)
except InvalidRepository as error:
    print(json.dumps([None, error.message]))
else:
    print(json.dumps([[f"{one.name}.{one.version}" for one in read], "\\n".join(e.message for e in read.unreadable)]))
try:
    with open("/proc/self/status") as status:  # ru_maxrss would count what the process had before it ran this
        most = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
except OSError:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert most < MOST, most
"""
MOST = 400_000 * (1024 if sys.platform == "darwin" else 1)
"""The most memory that a process may have used, in the system's unit for it."""
GOOD = "packages/good/good.1/opam"


def bounded(place: Path) -> tuple[list[str] | None, str]:
    """Return the packages read from `place`, or None if it is refused, and the messages. They are read in a process that is
    stopped if it needs disproportionate memory or time."""
    done = subprocess.run(
        [sys.executable, "-c", BOUNDED.replace("MOST", str(MOST)), str(place)], capture_output=True, check=False
    )
    assert done.returncode == 0, (done.returncode, done.stderr[-2000:])
    read, said = json.loads(done.stdout)
    return read, said


def header(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0, target: str = "") -> bytes:
    """Return the header of a member, whatever it claims."""
    info = tarfile.TarInfo(name)
    info.type, info.size, info.linkname = kind, size, target
    return info.tobuf(tarfile.GNU_FORMAT, errors="surrogateescape")


def numbered(first: int) -> bytes:
    """Return the headers of a thousand members numbered from `first`: one made by tarfile, and changed for each."""
    like = header(f"{first:06}")
    total = int(like[148:154], 8) - sum(like[:6])
    names = [b"%06d" % number for number in range(first, first + 1000)]
    made = b"".join(name + like[6:148] + b"%06o" % (total + sum(name)) + like[154:] for name in names)
    assert made.endswith(header(f"{first + 999:06}"))
    return made


def padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % 512)


def member(name: str, content: bytes = HEADER, kind: bytes = tarfile.REGTYPE) -> bytes:
    return header(name, kind, len(content)) + padded(content)


def pax(*records: tuple[str, str], kind: bytes = tarfile.XHDTYPE) -> bytes:
    said = b""
    for key, value in records:
        rest = f" {key}={value}\n".encode()
        size = len(rest) + 1
        while len(str(size)) + len(rest) != size:
            size += 1
        said += str(size).encode() + rest
    return member("pax", said, kind)


def damaged_pax(content: bytes) -> bytes:
    return member("pax", content, tarfile.XHDTYPE)


PATHS = st.text(st.sampled_from("a/.é\udcff"), max_size=120) | st.builds(
    lambda first, last: "b" * first + "/" + "c" * last, st.integers(0, 156), st.integers(0, 101)
)  # as long as the fields have room for, and longer


@settings(max_examples=300, deadline=None)
@given(
    path=PATHS,
    kind=st.sampled_from([tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.AREGTYPE, tarfile.SYMTYPE, b"x", b"Q"]),
    size=st.integers(0, 8**11 - 1),
    gnu=st.booleans(),
    changes=st.lists(st.tuples(st.integers(0, 511), st.sampled_from(b"\x0007 9a/\xff")), max_size=3),
    shifted=st.booleans(),
    summed=st.sampled_from(
        [None, b"%06o\0 ", b"%06o \0", b"%07o\0", b"%07o ", b"%06o\0\0", b"%06o  ", b"%6o\0 ", b"%06o\x005", b"%06o 0"]
    ),
)
@example(path="a", kind=tarfile.REGTYPE, size=1, gnu=True, changes=[], shifted=True, summed=b"%06o\x005")
@example(path="a", kind=tarfile.REGTYPE, size=1, gnu=False, changes=[], shifted=True, summed=b"%06o 0")
@example(path="", kind=tarfile.DIRTYPE, size=0, gnu=False, changes=[(345, 97)], shifted=False, summed=b"%06o\0 ")
def test_headers_are_decoded_as_by_tarfile(
    path: str, kind: bytes, size: int, gnu: bool, changes: list[tuple[int, int]], shifted: bool, summed: bytes | None
) -> None:
    info = tarfile.TarInfo(path)
    info.type, info.size = kind, size
    try:
        block = bytearray(
            info.tobuf(tarfile.GNU_FORMAT if gnu else tarfile.USTAR_FORMAT, errors="surrogateescape")[-512:]
        )
    except ValueError:  # the path is too long for this format
        return
    for place, char in changes:
        block[place] = char
    if shifted:  # what follows the sum is one byte early
        block[156:] = block[157:] + b"\0"
    if summed is not None:
        block[148:156] = b" " * 8
        block[148:156] = summed % sum(block)
    assert fields(decoded, bytes(block)) == fields(
        lambda given: tarfile.TarInfo.frombuf(given, "utf-8", "surrogateescape"), bytes(block)
    )


def fields(decode: Callable[[bytes], tarfile.TarInfo], block: bytes) -> tuple[object, ...] | type[Exception]:
    """What is read of a member's header; for one that is refused, the class of the error."""
    try:
        found = decode(block)
    except tarfile.HeaderError as error:
        return type(error)
    return found.name, found.type, found.size, found.linkname


LARGE = 2 << 20
OLD_SPARSE = bytearray(header("packages/b/b.1/opam", tarfile.GNUTYPE_SPARSE, 512))
OLD_SPARSE[386:482] = b"00000000000\x0000000001000\0" * 4
OLD_SPARSE[483:495] = b"77777777777\0"
OLD_SPARSE[148:156] = b" " * 8
OLD_SPARSE[148:156] = b"%06o\0 " % sum(OLD_SPARSE)
LEFT_OUT: dict[str, tuple[bytes, str]] = {
    "a large file": (member("packages/b/b.1/opam", b"#" * LARGE), "the limit file"),
    "a large file that a link leads to": (
        member("b", b"#" * LARGE) + header("packages/b/b.1/opam", tarfile.SYMTYPE, 0, "../../../b"),
        "the limit file",
    ),
    "a large file by its extended header": (
        pax(("size", str(LARGE))) + header("packages/b/b.1/opam") + bytes(LARGE),
        "the limit file",
    ),
    "a file with holes": (bytes(OLD_SPARSE) + bytes(512), "holes"),
    "a file with holes of pax": (
        pax(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.realsize", str(50 << 30)))
        + member("packages/b/b.1/opam"),
        "holes",
    ),
    "a link past the root": (header("packages/b/b.1/opam", tarfile.SYMTYPE, 0, "../" * 9 + "etc/passwd"), "out of"),
    "a link past the root and back": (
        header("packages/b/b.1/opam", tarfile.SYMTYPE, 0, "../../../../packages/good/good.1/opam"),
        "out of",
    ),
    "an absolute link": (header("packages/b/b.1/opam", tarfile.SYMTYPE, 0, "/packages/good/good.1/opam"), "out of"),
    "a hard link past the root": (header("packages/b/b.1/opam", tarfile.LNKTYPE, 0, "../" + GOOD), "out of"),
    "a path past the root": (member("packages/../../packages/b/b.1/opam"), "out of"),
    "a long name": (pax(("path", f"packages/b/b.{'1' * 300}/opam")) + member("x"), "the limit name"),
    "a long path": (pax(("path", "packages/" + "b/" * 3000 + "b.1/opam")) + member("x"), "the limit path"),
    "a long link": (
        pax(("linkpath", "../b/" * 3000)) + header("packages/b/b.1/opam", tarfile.SYMTYPE),
        "the limit path",
    ),
    "a pipe": (header("packages/b/b.1/opam", tarfile.FIFOTYPE), "not a file"),
    "a device": (header("packages/b/b.1", tarfile.CHRTYPE), "neither a file nor a directory"),
    "a kind that no one knows": (member("packages/b/b.1/opam", kind=b"Q"), "not a file"),
    "links in a circle": (
        header("packages/b/b.1", tarfile.SYMTYPE, 0, "b.2") + header("packages/b/b.2", tarfile.SYMTYPE, 0, "b.1"),
        "circle",
    ),
    "a circle below a circle": (
        header("packages/b/b.1", tarfile.SYMTYPE, 0, "b.1/x") + header("packages/b/b.2", tarfile.SYMTYPE, 0, "b.1/y"),
        "circle",
    ),
    "a member that is there twice": (
        member("packages/b/b.1/opam") + member("packages/b/b.1/opam", HEADER + b"#"),
        "more than once",
    ),
    "a file and a link to another": (
        member("packages/b/b.1/opam") + header("packages/b/b.1/opam", tarfile.SYMTYPE, 0, "../../good/good.1/opam"),
        "more than once",
    ),
    "a member below a file": (member("packages/b/b.1") + member("packages/b/b.1/opam"), "more than once"),
    "a member below a link": (
        header("packages/b", tarfile.SYMTYPE, 0, "../good") + member("packages/b/b.1/opam"),
        "more than once",
    ),
    "a member that is the archive": (header(".", tarfile.SYMTYPE, 0, "../other"), "the place of all"),
    "a release at two places": (member("packages/other/good.1/opam", HEADER + b"#"), "and differs"),
    "a name in another case": (member("packages/z/Good.1/opam"), "only in case"),
    "a name that is not UTF-8": (member("packages/b/b\udcff.1/opam"), r"b\xff.1"),
    "a name of control characters": (member("packages/b/b\x1b[2J\n.1/opam"), r"b\x1b[2J\n.1"),
    "deep nesting": (member("packages/b/b.1/opam", HEADER + b"a: " + b"[" * 10_000), "the limit depth"),
    "not an opam file": (member("packages/b/b.1/opam", bytes(5000)), "opam's syntax does not allow"),
}


@pytest.mark.parametrize("kind", LEFT_OUT)
def test_what_a_member_does_is_no_matter_to_the_others(kind: str, tmp_path: Path) -> None:
    content, said = LEFT_OUT[kind]
    place = tmp_path / "r.tar"
    place.write_bytes(member(GOOD) + content + member("packages/good/good.2/opam") + bytes(1024))
    read = Repository.read(place)
    assert [f"{one.name}.{one.version}" for one in read] == ["good.1", "good.2"]
    assert said in " ".join(error.message for error in read.unreadable)


def many(piece: Callable[[int], bytes], times: int) -> Iterator[bytes]:
    return (piece(number) for number in range(times))


def long_chain() -> Iterable[bytes]:
    """Return links to links to links, each with a long path."""
    yield from many(
        lambda n: pax(("linkpath", "./" * 2000 + f"b.{n + 1}")) + header(f"packages/b/b.{n}", tarfile.SYMTYPE), 1000
    )


def failing_chain() -> Iterable[bytes]:
    """Return many links into a chain that leads nowhere, with long paths."""
    yield from many(
        lambda n: pax(("linkpath", "./" * 2000 + f"b.{n + 1}")) + header(f"packages/b/b.{n}", tarfile.SYMTYPE), 39
    )
    yield from many(lambda n: header(f"packages/c/c.{n}", tarfile.SYMTYPE, 0, "../b/b.0"), 50_000)


def large_by_links() -> Iterable[bytes]:
    """Return a file of nearly a megabyte that is in thousands of places."""
    yield member("b", HEADER + b"#" * 1_000_000)
    yield from many(lambda n: header(f"packages/b/b.{n}/opam", tarfile.SYMTYPE, 0, "../../../b"), 20_000)


def records_of_no_use(start: int, times: int) -> bytes:
    return b"".join(b"16 k%010d=\n" % number for number in range(start * times, (start + 1) * times))


def shells() -> Iterable[bytes]:
    """Return directories that each have a link to the next, so that paths of links become ever longer."""
    yield header("packages/d", tarfile.SYMTYPE, 0, "../0")
    yield from many(lambda n: header(f"{n}/d", tarfile.SYMTYPE, 0, f"../{n + 1}"), 20_000)


BOMBS: dict[str, tuple[Callable[[], Iterable[bytes]], str | None]] = {
    "zeros": (lambda: many(lambda _: bytes(1 << 20), 400), "the limit total"),
    "zeros after the end": (lambda: [member(GOOD), *many(lambda _: bytes(1 << 20), 400)], "the limit total"),
    "a large member": (
        lambda: [header("x", size=50 << 30), *many(lambda _: bytes(1 << 20), 400)],
        "the limit total",
    ),
    "members without end": (lambda: many(lambda n: numbered(n * 1000), 600), "the limit total"),
    "the same member without end": (lambda: [header("x") * 1000] * 600, "the limit total"),
    "directories that paths imply": (
        lambda: many(lambda n: pax(("path", f"{n}/" + "a/" * 1900 + "x")) + header("x"), 1000),
        "the limit members",
    ),
    "a large extended header": (lambda: [header("x", tarfile.XHDTYPE, 1 << 40), bytes(1 << 20)], "the limit file"),
    "a large name": (lambda: [header("x", tarfile.GNUTYPE_LONGNAME, 1 << 33), bytes(1 << 20)], "the limit file"),
    "digits in an extended header": (lambda: [damaged_pax(b"1" * 1_000_000), member(GOOD)], "damaged"),
    "digits in a value": (lambda: [pax(("comment", "1" * 1_000_000)), member(GOOD)], None),
    "a record of a negative length": (lambda: [damaged_pax(b"-9 path=x\n")], "not a number"),
    "a record of no length": (lambda: [damaged_pax(b"0 path=x\n")], "damaged"),
    "extended headers after extended headers": (lambda: [*many(lambda _: pax(("a", "b")), 20_000), member(GOOD)], None),
    "global records": (
        lambda: [
            *many(lambda n: pax(*((f"k{n}.{i}", "v") for i in range(5000)), kind=tarfile.XGLTYPE), 100),
            *many(lambda n: member(f"packages/good/good.{n}/opam"), 2000),
        ],
        None,
    ),
    "a negative size": (lambda: [header("x", size=-512), member(GOOD)], "negative"),
    "a negative size by an extended header": (lambda: [pax(("size", "-512")), member(GOOD)], "not a number"),
    "links through links": (lambda: [member(GOOD), *long_chain()], None),
    "links to what leads nowhere": (lambda: [member(GOOD), *failing_chain()], None),
    "a file by many links": (large_by_links, "the limit total"),
    "records of no use": (
        lambda: [
            *many(lambda n: member("pax", records_of_no_use(n, 60_000), tarfile.XHDTYPE), 70),
            member(GOOD),
        ],
        None,
    ),
    "a size that no one has": (lambda: [pax(("size", "9" * 19)), member(GOOD)], "cut off"),
    "paths through links": (lambda: [member(GOOD), *shells()], None),
}
COMPRESSED: dict[str, Callable[[Path], Any]] = {
    "gz": partial(gzip.GzipFile, mode="wb", compresslevel=1),
    "bz2": partial(bz2.BZ2File, mode="wb"),
    "xz": partial(lzma.LZMAFile, mode="wb", preset=0),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_bombs_are_refused_or_read_in_proportion(kind: str, tmp_path: Path) -> None:
    pieces, said = BOMBS[kind]
    place = tmp_path / "r.tar.gz"
    with COMPRESSED["gz"](place) as archive:
        for piece in pieces():
            archive.write(piece)
        archive.write(bytes(1024))
    read, told = bounded(place)
    if said is None:
        assert read is not None
        assert "good.1" in read
    else:
        assert read is None
        assert said in told


@pytest.mark.parametrize("how", COMPRESSED)
def test_a_bomb_of_any_compression_is_refused(how: str, tmp_path: Path) -> None:
    with COMPRESSED[how](tmp_path / "r") as archive:
        for _ in range(300):
            archive.write(bytes(1 << 20))
    read, told = bounded(tmp_path / "r")
    assert read is None
    assert "the limit total" in told


@pytest.mark.parametrize("how", ["gz", "bz2", "xz"])
def test_what_unpacks_to_nothing_counts(how: str, tmp_path: Path) -> None:
    """Appending compressed nothing adds a stream each time."""
    nothing = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}[how]
    whole = nothing(member(GOOD) + bytes(1024))
    (tmp_path / "r.tar").write_bytes(whole + nothing(b"") * 10_000)
    assert bounded(tmp_path / "r.tar") == (["good.1"], "")
    with pytest.raises(InvalidRepository, match="the limit total"):
        Repository.read(tmp_path / "r.tar", limits=Limits(total=100_000))


def test_limits_may_be_beyond_all_memory(tmp_path: Path) -> None:
    root = tmp_path / "r"
    write_release(root, "a", "1", "")
    (tmp_path / "r.tar").write_bytes(header("x", size=1 << 60) + member(GOOD))
    most = Limits(**dict.fromkeys(("file", "members", "total", "depth", "name", "path"), 10**19))
    assert Repository.read(root, limits=most).size == 1
    with pytest.raises(InvalidRepository, match="cut off"):
        Repository.read(tmp_path / "r.tar", limits=most)
    (tmp_path / "r.tar").write_bytes(header("packages/b/b.1/opam", size=1 << 60) + member(GOOD))
    with pytest.raises(InvalidRepository, match="cut off"):
        Repository.read(tmp_path / "r.tar", limits=most)


def test_an_archive_that_is_a_hole_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "r.tar").open("wb") as file:
        file.truncate(50 << 30)
    assert "the limit total" in bounded(tmp_path / "r.tar")[1]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "r.tar")
    assert "not a file" in bounded(tmp_path / "r.tar")[1]


def test_what_a_directory_has_is_no_matter_to_the_others(tmp_path: Path) -> None:
    root = tmp_path / "r"
    write_release(root, "good", "1", "")
    outside = tmp_path / "outside"
    write_release(outside, "b", "9", "")
    (tmp_path / "secret").write_bytes(HEADER)
    b = root / "packages/b"

    def below(version: int) -> Path:
        directory = b / f"b.{version}"
        directory.mkdir(parents=True)
        return directory / "opam"

    below(1).symlink_to(tmp_path / "secret")
    below(2).symlink_to("../../../../secret")
    below(3).symlink_to("/proc/self/environ")
    below(4).symlink_to("/dev/zero")
    os.mkfifo(below(5))
    with below(6).open("wb") as file:
        file.truncate(50 << 30)
    below(7).mkdir()
    below(8).write_bytes(HEADER + b"a: " + b"(" * 10_000)
    (b / "b.9").symlink_to(outside / "packages/b/b.9")
    (b / "b.10").symlink_to("/proc/self")
    (root / "packages/all").symlink_to(outside / "packages")
    (root / "packages/root").symlink_to("/")
    os.mkfifo(root / "packages/pipe")
    with socket.socket(socket.AF_UNIX) as listening, contextlib.chdir(b):  # the path of a socket must be short
        listening.bind("b.11")
    read, told = bounded(root)
    assert read == ["good.1"]
    lines = told.splitlines()
    for name in (*(f"b.{n}" for n in range(1, 12)), "all", "root", "pipe"):
        assert sum(f"/{name}:" in line or f"/{name}/opam:" in line for line in lines) == 1, name
    assert len(lines) == 14


def test_what_is_mounted_in_a_repository_is_left_out(tmp_path: Path) -> None:
    write_release(tmp_path, "good", "1", "")
    (tmp_path / "packages/b").mkdir()
    mount = 'mount -t tmpfs none "$1" && mkdir "$1/b.1" && cp "$1/../good/good.1/opam" "$1/b.1"'
    script = BOUNDED.replace("MOST", str(MOST))
    command = [
        "unshare",
        "-m",
        "sh",
        "-c",
        f'{mount} && exec "$2" -c "$3" "$1/../.."',
        "sh",
        str(tmp_path / "packages/b"),
    ]
    tools.need("unshare", "mount")
    done = subprocess.run([*command, sys.executable, script], capture_output=True, text=True, check=False)
    if "unshare: " in done.stderr or "mount: " in done.stderr:
        pytest.skip("only root can mount something")
    read, told = json.loads(done.stdout)
    assert read == ["good.1"]
    assert told.endswith("/packages/b: it is on another device than the repository")


def test_a_file_that_becomes_a_link_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_release(tmp_path / "r", "good", "1", "")
    write_release(tmp_path / "r", "b", "1", "")
    (tmp_path / "secret").write_bytes(HEADER)
    really = os.open

    def swapped(path: Any, flags: int, *more: Any, **named: Any) -> int:
        if "/b.1/" in str(path) and not os.path.islink(path):
            os.unlink(path)
            os.symlink(tmp_path / "secret", path)
        return really(path, flags, *more, **named)

    monkeypatch.setattr(os, "open", swapped)
    read = Repository.read(tmp_path / "r")
    assert (read.packages, len(read.unreadable)) == (("good",), 1)


def test_the_limits_can_be_raised_and_lowered(tmp_path: Path) -> None:
    root = tmp_path / "r"
    write_release(root, "a", "1", "x: [[[]]] #" + "#" * (1 << 20))
    write_release(root, "b", "1", "")
    (tmp_path / "r.tar").write_bytes(archived((str(f.relative_to(root)), f.read_bytes()) for f in root.rglob("opam")))
    for place in (root, tmp_path / "r.tar"):
        assert Repository.read(place).packages == ("b",)
        for cache in (None, tmp_path / "cache"):
            assert Repository.read(place, cache=cache, limits=Limits(file=LARGE)).packages == ("a", "b")
            assert Repository.read(place, cache=cache, limits=Limits(file=LARGE, depth=2)).packages == ("b",)
            assert Repository.read(place, cache=cache, limits=Limits(file=LARGE)).packages == ("a", "b")
        for limits in (Limits(members=5), Limits(total=10)):
            with pytest.raises(InvalidRepository, match=r"the limit (members|total)"):
                Repository.read(place, limits=limits)
        with pytest.raises(InvalidRepository, match="the limit name"):
            Repository.read(place, limits=Limits(name=7))
        with pytest.raises(InvalidRepository, match="the limit path"):
            Repository.read(place, limits=Limits(path=7))


def ended(content: bytes, limits: Limits) -> str:
    """A reader that the system ends, as it does if memory is short."""
    os._exit(9)


def test_a_reader_that_the_system_ends_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_release(tmp_path, "a", "1", "")
    monkeypatch.setattr(repository, "_attempt", ended)
    monkeypatch.setattr(repository, "_FEW", 1)
    with pytest.raises(InvalidRepository, match="was ended"):
        Repository.read(tmp_path, jobs=2)


def test_a_file_that_takes_all_memory_is_no_matter_to_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_release(tmp_path, "a", "1", "")
    write_release(tmp_path, "b", "1", "large: true")
    facts = repository._facts

    def short(content: bytes, limits: Limits) -> str:
        if b"large" in content:
            raise MemoryError
        return facts(content, limits)

    monkeypatch.setattr(repository, "_facts", short)
    read = Repository.read(tmp_path)
    assert read.packages == ("a",)
    assert [error.message.partition(": ")[2] for error in read.unreadable] == [
        "reading it takes more memory than there is"
    ]


def test_the_command_line_raises_limits(cli: Cli, tmp_path: Path) -> None:
    write_release(tmp_path / "r", "mirage", "3.3.1", "x: 1 #" + "#" * LARGE)
    (tmp_path / "config.py").write_text("from functoria import register\napp = register('a', [])\n")
    asked = ("audit", "-r", "r", "--no-solver", "--cache", "cache", "config.py")
    assert "not read: r/packages/mirage/mirage.3.3.1/opam: it has more than" in cli(*asked).out
    assert "1 packages, 1 releases" in cli(*asked, "--limit", f"file={LARGE * 2}").out
    for wrong in ("file", "file=", "file=x", "none=1", "file=-1", "file=" + "9" * 30):
        assert cli(*asked, "--limit", wrong).status == 2


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["packages/a/a.1/opam", "packages/a/a.1", "packages/a", "packages", "a.1/opam", "packages/b"]
            ),
            st.sampled_from([tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE]),
            st.lists(st.sampled_from(["..", ".", "a", "a.1", "opam", "b", "packages", ""]), max_size=5).map("/".join),
        ),
        max_size=8,
    )
)
def test_members_that_contradict_each_other_are_read_or_told_of(
    tmp_path_factory: pytest.TempPathFactory, made: list[tuple[str, bytes, str]]
) -> None:
    place = tmp_path_factory.mktemp("odd") / "r.tar"
    place.write_bytes(
        member(GOOD)
        + b"".join(
            member(name) if kind == tarfile.REGTYPE else header(name, kind, target=target)
            for name, kind, target in made
        )
        + bytes(1024)
    )
    try:
        assert Repository.read(place).size <= 1 + len(made)
    except InvalidRepository:
        assert any(name == "packages" for name, _, _ in made)
