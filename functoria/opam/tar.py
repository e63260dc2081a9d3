"""Reading untrusted tar archives as streams: the members, and only the contents that are needed.

Unusual headers of members are decoded by Python's tarfile. Extended headers of pax and GNU are read here, because tarfile
allocates whatever amount of memory they claim, and takes more than linear time. Nothing is unpacked.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import re
import stat
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from functoria.errors import InvalidRepository
from functoria.opam.limits import NO_LINK, READ, Limits, over

_BLOCK = tarfile.BLOCKSIZE
_CHUNK = 1 << 20
_PAX = (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE)
_LONG = {tarfile.GNUTYPE_LONGNAME: "path", tarfile.GNUTYPE_LONGLINK: "linkpath"}
_OPEN: dict[bytes, Callable[[IO[bytes]], Any]] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\0": lzma.LZMAFile,
    b"]\0\0": lzma.LZMAFile,
}
"""Decompressors, by the first bytes of an archive."""
_USUAL = re.compile(
    rb"(?:[0-7]{7}\0){3}(?P<size>[0-7]{11})\0[0-7]{11}\0(?P<sum>[0-7]{6}[0-7\0 ])[\0 ](?P<type>[05])\0{100}"
    rb"ustar(?:\x0000|  \0).{64}(?:0000000\0|\0{8}){2}",
    re.DOTALL,
)
"""The header of a file or directory as git and GNU's tar write it, after the path."""
_SAID = {"path", "linkpath", "size", "GNU.sparse.name"}
_SPARSE = "GNU.sparse."


class Member(NamedTuple):
    """A member of an archive."""

    path: str
    """The path as written, in UTF-8 with other bytes escaped like `os.fsdecode`."""
    kind: str
    """`file`, `directory`, `symlink`, `link` to another member, `sparse` for a file with holes, `other`."""
    target: str
    """The target of a link; empty for other members."""
    size: int
    content: bytes | None
    """The content of a file that was wanted."""


def members(path: Path, limits: Limits, wanted: Callable[[str], bool]) -> Iterator[Member]:
    """Yield the members of the archive `path`, with the contents of files whose path is `wanted`, unless they are too long.

    Raises InvalidRepository if it is not an archive, is damaged, or exceeds a limit for archives.
    """
    try:
        descriptor = os.open(path, READ & ~NO_LINK)
        with open(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise _Damaged("it is not a file")
            if status.st_size > limits.total:  # decompressing takes time even if nothing comes out
                raise _Damaged(over(f"it has more than {limits.total:,} bytes", "total"))
            start = file.peek(8)
            how = next((how for magic, how in _OPEN.items() if start.startswith(magic)), None)
            with file if how is None else how(file) as stream:
                yield from _Reader(stream, limits).members(wanted)
    # Each decompressor has its own errors.
    except (
        _Damaged,
        OSError,
        EOFError,
        ValueError,
        MemoryError,
        lzma.LZMAError,
        tarfile.TarError,
        zlib.error,
    ) as error:
        wrong = "it needs more memory than is available" if isinstance(error, MemoryError) else error
        raise InvalidRepository(
            f"{path} is not a directory or archive that can be read: {wrong}", objects=[path]
        ) from error


class _Damaged(Exception):
    """The archive is damaged."""


class _Reader:
    """Reads the blocks of an archive in order, counting them."""

    def __init__(self, stream: IO[bytes], limits: Limits) -> None:
        self.stream = stream
        self.limits = limits
        self.left = limits.total

    def members(self, wanted: Callable[[str], bool]) -> Iterator[Member]:
        """Yield the members, then read on to the end so that checksums are verified."""
        said: dict[str, str] = {}
        while (header := self.read(_BLOCK)) != bytes(_BLOCK):
            info = decoded(header)
            if info.type in _LONG:
                said[_LONG[info.type]] = _text(self.extended(info).partition(b"\0")[0])
            elif info.type in _PAX:
                said.update(_records(self.extended(info)))
            elif info.type == tarfile.XGLTYPE:  # global headers, about who made the members and when
                self.extended(info)
            else:
                yield self.member(info, said, header, wanted)
                said = {}
        while self._taken(_CHUNK):
            pass

    def member(
        self, info: tarfile.TarInfo, said: dict[str, str], header: bytes, wanted: Callable[[str], bool]
    ) -> Member:
        """Return the member with the header `info`, and extended headers `said`."""
        path = said.get("GNU.sparse.name", said.get("path", info.name))
        size = _number(said["size"]) if "size" in said else info.size
        kind, content = _kind(info, path), None
        if size < 0:
            raise _Damaged("the size of a member is negative")
        if info.type == tarfile.GNUTYPE_SPARSE or _SPARSE in said:
            kind = "sparse"
        # The map of an old GNU sparse file continues in further blocks.
        more = info.type == tarfile.GNUTYPE_SPARSE and header[482]
        while more:
            more = self.read(_BLOCK)[504]
        if kind in ("directory", "symlink", "link") or (kind == "other" and info.type in tarfile.SUPPORTED_TYPES):
            size = 0
        if kind == "file" and size <= self.limits.file and wanted(path):
            content = self.read(size)
            self.whole(-size % _BLOCK)
        elif size:
            self.whole(size + -size % _BLOCK)
        target = said.get("linkpath", info.linkname) or "."
        return Member(path, kind, target if kind in ("symlink", "link") else "", size, content)

    def extended(self, info: tarfile.TarInfo) -> bytes:
        """Return the records of an extended header."""
        if not 0 <= info.size <= self.limits.file:
            raise _Damaged(over(f"an extended header has more than {self.limits.file:,} bytes", "file"))
        content = self.read(info.size)
        self.whole(-info.size % _BLOCK)
        return content

    def whole(self, size: int) -> None:
        """Skip `size` bytes."""
        for _ in self._pieces(size):
            pass

    def read(self, size: int) -> bytes:
        """Read `size` bytes, in parts, because a header may claim more than there is."""
        return b"".join(self._pieces(size))

    def _pieces(self, size: int) -> Iterator[bytes]:
        while size > 0:
            piece = self._taken(min(size, _CHUNK))
            if not piece:
                raise _Damaged("it is cut off, or damaged")
            size -= len(piece)
            yield piece

    def _taken(self, size: int) -> bytes:
        """Read at most `size` bytes; empty at the end."""
        content = self.stream.read(size)
        self.left -= len(content)
        if self.left < 0:
            raise _Damaged(over(f"it has more than {self.limits.total:,} bytes, unpacked", "total"))
        return content


def decoded(header: bytes) -> tarfile.TarInfo:
    """Decode the header of a member like tarfile, which takes several times as long and is only asked about unusual ones."""
    usual = _USUAL.match(header, 100)
    # The sum is of the header with blanks in the sum's place.
    if usual is None or int(usual["sum"].rstrip(b"\0"), 8) != sum(header[:148]) + 8 * ord(" ") + sum(header[156:]):
        return tarfile.TarInfo.frombuf(header, "utf-8", "surrogateescape")
    name = header[:100].partition(b"\0")[0]
    if usual["type"] == tarfile.DIRTYPE:
        name = name.rstrip(b"/")
    if header[345]:
        name = header[345:500].partition(b"\0")[0] + b"/" + name
    info = tarfile.TarInfo(_text(name))
    info.type, info.size = usual["type"], int(usual["size"], 8)
    return info


def _kind(info: tarfile.TarInfo, path: str) -> str:
    if info.isdir() or (info.type == tarfile.AREGTYPE and path.endswith("/")):
        return "directory"
    return "symlink" if info.issym() else "link" if info.islnk() else "file" if info.isreg() else "other"


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise _Damaged("the size of a member is not a number")
    return int(text)


def _records(content: bytes) -> Iterator[tuple[str, str]]:
    """Parse the relevant records `LENGTH KEY=VALUE` of a pax header (POSIX, pax, Extended Header).

    Other records are skipped. Those about holes are combined.
    """
    start = 0
    while start < len(content) and content[start]:
        blank = content.find(b" ", start, start + 20)
        end = start + _number(_text(content[start:blank])) if blank > 0 else 0
        key, sign, value = content[blank + 1 : end - 1].partition(b"=")
        if not blank < end <= len(content) or content[end - 1 : end] != b"\n" or not sign:
            raise _Damaged("an extended header is damaged")
        name = _text(key)
        if name in _SAID:
            yield name, _text(value)
        if name.startswith(_SPARSE):
            yield _SPARSE, ""
        start = end
