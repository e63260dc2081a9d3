"""opam repositories: where their files are, what is cached of them, and what is not a repository."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import tarfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functoria.opam.repository import Repository
from functoria.opam.tree import InvalidRepository, files
from tests.snapshots import OF_2018, OF_2026, snapshot

HEADER = b'opam-version: "2.0"\n'


def write_release(root: Path, name: str, version: str, text: str) -> None:
    directory = root / "packages" / name / f"{name}.{version}"
    directory.mkdir(parents=True)
    (directory / "opam").write_text('opam-version: "2.0"\n' + text)


def test_a_repository_is_read_alike_from_a_directory_and_an_archive(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    write_release(root, "a", "1.10", 'depends: ["b" {>= "2"}]\npin-depends: [["b.dev" "git+https://example.org/b"]]')
    write_release(root, "a", "1.9", 'conflicts: "c"')
    write_release(root, "b", "v2.0~rc1", "depends: [")
    with tarfile.open(tmp_path / "repository.tar.gz", "w:gz") as archive:
        archive.add(root, "snapshot")
    cache = tmp_path / "cache"
    for place in (root, tmp_path / "repository.tar.gz"):
        for _ in range(2):
            read = Repository.read(place, cache=cache)
            assert read.packages == ("a",)
            assert [release.version.text for release in read.releases("a")] == ["1.9", "1.10"]
            assert read.releases("a")[1].depends.names == ("b",)
            assert read.releases("a")[1].pins == (("b.dev", "git+https://example.org/b"),)
            assert len(read.unreadable) == 1
            assert "b.v2.0~rc1/opam" in str(read.unreadable[0])
            assert read.releases("none") == ()


def test_an_earlier_repository_hides_releases_of_a_later_one(tmp_path: Path) -> None:
    write_release(tmp_path / "one", "a", "1", 'depends: "x"')
    write_release(tmp_path / "two", "a", "1", 'depends: "y"')
    write_release(tmp_path / "two", "a", "2", "")
    read = Repository.read(tmp_path / "one", tmp_path / "two")
    assert [(r.version.text, r.depends.names) for r in read] == [("1", ("x",)), ("2", ())]


def test_what_is_kept_follows_the_content(tmp_path: Path) -> None:
    write_release(tmp_path / "one", "a", "1", 'depends: "x"')
    assert next(iter(Repository.read(tmp_path / "one", cache=tmp_path / "c"))).depends.names == ("x",)
    (tmp_path / "one/packages/a/a.1/opam").write_text('opam-version: "2.0"\ndepends: "y"')
    assert next(iter(Repository.read(tmp_path / "one", cache=tmp_path / "c"))).depends.names == ("y",)


def test_what_is_no_repository_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"no archive")
    with tarfile.open(tmp_path / "empty.tar", "w") as archive:
        archive.addfile(tarfile.TarInfo("packages/a/opam"), io.BytesIO())
    for place in (tmp_path, tmp_path / "file", tmp_path / "missing", tmp_path / "empty.tar"):
        with pytest.raises(InvalidRepository):
            Repository.read(place)


@pytest.mark.parametrize(("name", "releases"), [(OF_2018, 10_096), (OF_2026, 18_793)])
def test_every_file_of_a_snapshot_is_read(name: str, releases: int, tmp_path: Path) -> None:
    place = snapshot(name)
    read = Repository.read(place, cache=tmp_path)
    assert [str(error) for error in read.unreadable] == []
    assert read.size == releases == len(list(files(place)))
    assert sum(1 for release in read if release.depends.names) > releases * 0.9
    again = Repository.read(place, cache=tmp_path)
    assert {release.name: release.fields for release in again} == {release.name: release.fields for release in read}


def archived(members: Iterable[tuple[str, bytes | tuple[bytes, str]]]) -> bytes:
    """Return a tar archive with these files and links (given by type and target)."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, what in members:
            member = tarfile.TarInfo(name)
            if isinstance(what, bytes):
                member.size = len(what)
                archive.addfile(member, io.BytesIO(what))
            else:
                member.type, member.linkname = what
                archive.addfile(member)
    return stream.getvalue()


def found(place: Path) -> tuple[list[str], int]:
    """Return the releases in `place`, and the number of unreadable files."""
    read = Repository.read(place)
    return [f"{release.name}.{release.version}" for release in read], len(read.unreadable)


WHOLE = archived((f"packages/a/a.{n}/opam", HEADER + b"# %d\n" % n * (n * 50)) for n in range(20))
COMPRESSED: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}


@pytest.mark.parametrize("how", ["", *COMPRESSED])
def test_an_archive_that_is_cut_is_refused(how: str, tmp_path: Path) -> None:
    end = -(-len(WHOLE.rstrip(b"\0")) // tarfile.BLOCKSIZE - 1) * tarfile.BLOCKSIZE  # with one of the blocks of zeros
    content = COMPRESSED[how](WHOLE) if how else WHOLE[:end]
    (tmp_path / "r.tar").write_bytes(content)
    assert len(found(tmp_path / "r.tar")[0]) == 20
    for cut in {*range(0, len(content), tarfile.BLOCKSIZE if not how else 41), *range(0, len(content), 641)}:
        (tmp_path / "r.tar").write_bytes(content[:cut])
        with pytest.raises(InvalidRepository):
            Repository.read(tmp_path / "r.tar")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(COMPRESSED)), st.data())
def test_a_changed_bit_is_no_other_repository(
    tmp_path_factory: pytest.TempPathFactory, how: str, data: st.DataObject
) -> None:
    content = bytearray(COMPRESSED[how](WHOLE))
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    place = tmp_path_factory.mktemp("damaged") / "r.tar"
    place.write_bytes(content)
    try:
        read = [(source.place, source.content) for source in files(place)]  # type: ignore[union-attr]  # all can be read
    except InvalidRepository:
        return
    with tarfile.open(fileobj=io.BytesIO(WHOLE)) as archive:
        assert [name for name, _ in read] == sorted(archive.getnames())
        assert all(archive.extractfile(name).read() == text for name, text in read)  # type: ignore[union-attr]  # files


def test_a_damaged_header_is_no_end(tmp_path: Path) -> None:
    place = tmp_path / "r.tar"
    place.write_bytes(WHOLE.replace(b"packages/a/a.9/", b"packages/a/a.x/"))
    with pytest.raises(InvalidRepository):
        Repository.read(place)


def test_names_that_opam_does_not_accept_are_unreadable(tmp_path: Path) -> None:
    place = tmp_path / "r"
    for name in ("a.1.0", "a.1 0", "a b.1", "1.1", "a.", ".1", "a<2.1", "c.\udcff", "none"):
        (place / "packages" / name).mkdir(parents=True)
        (place / "packages" / name / "opam").write_bytes(HEADER)
    for _ in range(2):
        read = Repository.read(place, cache=tmp_path)
        assert [str(release.version) for release in read] == ["1.0"]
        assert len(read.unreadable) == 8
        "".join(map(str, read.unreadable)).encode()


@pytest.mark.parametrize(
    "content", [b"", b"# nothing\n", b'opam-version: "9.0"', b'opam-version: "2.1"', b"opam-version: 2", HEADER * 2]
)
def test_a_format_that_opam_does_not_understand_is_unreadable(content: bytes, tmp_path: Path) -> None:
    write_release(tmp_path, "a", "1", "")
    write_release(tmp_path, "b", "1", "")
    (tmp_path / "packages/b/b.1/opam").write_bytes(content)
    assert found(tmp_path) == (["a.1"], 1)


def test_each_of_the_same_unreadable_files_is_told_of_in_its_place(tmp_path: Path) -> None:
    write_release(tmp_path, "a", "1", "depends: [")
    write_release(tmp_path, "b", "1", "depends: [")
    told = sorted(map(str, Repository.read(tmp_path).unreadable))
    assert ["a.1/opam" in told[0], "b.1/opam" in told[1]] == [True, True]


def test_an_unreadable_file_hides_nothing(tmp_path: Path) -> None:
    write_release(tmp_path / "one", "a", "1", "depends: [")
    write_release(tmp_path / "two", "a", "1", 'depends: "x"')
    read = Repository.read(tmp_path / "one", tmp_path / "two")
    assert [release.depends.names for release in read] == [("x",)]
    assert len(read.unreadable) == 1
    assert [source.place for source in read.sources()] == [(tmp_path / "two/packages/a/a.1/opam").as_posix()]


PLACES = {
    "packages/a/a.1/opam": True,
    "packages/a.2/opam": True,
    "packages/one/two/three/a.3/opam": True,
    "packages/a/a.4/files/a.9/opam": True,
    "packages/a/a.4/opam": True,
    "nest/backup/packages/a/a.8/opam": False,
    "backup/a/a.7/opam": False,
}
SEEN = ["a.1", "a.2", "a.3", "a.4"]
"""Everything that is not below a release or beside `packages`."""


def test_where_releases_are(tmp_path: Path) -> None:
    for path in PLACES:
        (tmp_path / "r" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "r" / path).write_bytes(HEADER)
    assert found(tmp_path / "r") == (SEEN, 0)
    for leading in ("", "./", "snapshot/", "/"):
        (tmp_path / "r.tar").write_bytes(archived((leading + path, HEADER) for path in PLACES))
        assert found(tmp_path / "r.tar") == (SEEN, 0)
    for deep in ("one/two/", "../"):
        (tmp_path / "r.tar").write_bytes(archived((deep + path, HEADER) for path in PLACES))
        with pytest.raises(InvalidRepository):
            Repository.read(tmp_path / "r.tar")


LINKS = {
    "packages/a/a.2": "a.1",
    "packages/a/a.3/opam": "../a.1/opam",
    "packages/a/a.4/opam": "../../../common/shared.opam",
    "packages/b": "../common",
    "packages/circle": "../packages",
    "packages/itself": "itself",
    "packages/a/a.5/opam": "nowhere",
    "packages/a/a.6": "../../common/nowhere",
    "packages/a/a.7/opam": "../a.1",
}
FILES = ("packages/a/a.1/opam", "common/shared.opam", "common/b.1/opam")
FOLLOWED = (["a.1", "a.2", "a.3", "a.4", "b.1"], 4)


def test_links_are_followed(tmp_path: Path) -> None:
    for path in FILES:
        (tmp_path / "r" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "r" / path).write_bytes(HEADER)
    for path, target in LINKS.items():
        (tmp_path / "r" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "r" / path).symlink_to(target)
    assert found(tmp_path / "r") == FOLLOWED
    with tarfile.open(tmp_path / "r.tar.xz", "w:xz") as archive:
        archive.add(tmp_path / "r", "snapshot")
    assert found(tmp_path / "r.tar.xz") == FOLLOWED


def test_what_is_no_file_is_unreadable(tmp_path: Path) -> None:
    write_release(tmp_path / "r", "a", "1", "")
    for version in ("2", "3"):
        (tmp_path / f"r/packages/a/a.{version}").mkdir()
    (tmp_path / "r/packages/a/a.2/opam").mkdir()
    os.mkfifo(tmp_path / "r/packages/a/a.3/opam")
    assert found(tmp_path / "r") == (["a.1"], 2)
    with tarfile.open(tmp_path / "r.tar", "w") as archive:
        archive.add(tmp_path / "r", "")
    assert found(tmp_path / "r.tar") == (["a.1"], 2)


def test_links_in_archives(tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(HEADER)
    members: list[tuple[str, bytes | tuple[bytes, str]]] = [
        ("packages/a/a.1/opam", HEADER),
        ("common.opam", HEADER),
        ("packages/a/a.2/opam", (tarfile.LNKTYPE, "packages/a/a.1/opam")),
        ("packages/a/a.3/opam", (tarfile.LNKTYPE, "common.opam")),
        ("packages/a/a.4/opam", (tarfile.SYMTYPE, str(tmp_path / "outside"))),
        ("packages/a/a.5/opam", (tarfile.SYMTYPE, "../../../../outside")),
        ("packages/a/a.6/opam", (tarfile.LNKTYPE, "../outside")),
        ("packages/a/a.7/opam", (tarfile.SYMTYPE, "../a.8/opam")),
        ("packages/a/a.8/opam", (tarfile.SYMTYPE, "../a.7/opam")),
        ("packages/a/a.9/opam", b"depends: ["),
        ("packages/a/a.9/opam", HEADER),
        ("packages/a/a.10/opam", HEADER),
        ("packages/a/a.10/opam", HEADER),
    ]
    (tmp_path / "r.tar").write_bytes(archived(members))
    assert found(tmp_path / "r.tar") == (["a.1", "a.2", "a.3", "a.10"], 6)
