"""Finding the opam files of a repository, in a directory or in a tar archive of one.

Like opam, it searches directories from `packages` down, at any depth. A directory that contains `opam` is a release, named
NAME.VERSION, and is not searched further. An archive may have `packages` in one leading directory. Links are followed as long
as they stay inside of the repository. What cannot be read, or exceeds a limit, is left out and reported.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

from functoria.errors import FunctoriaError, InvalidName, InvalidOpamFile, InvalidRepository, InvalidVersion
from functoria.location import Location
from functoria.opam.archive import Archive
from functoria.opam.limits import LIMITS, READ, Limits, length, over, too_many
from functoria.package import package
from functoria.version import Version

_Place = TypeVar("_Place")


class Source(NamedTuple):
    """The opam file of a release, and where it is."""

    name: str
    version: str
    place: str
    content: bytes

    def __str__(self) -> str:
        return f"{self.name}.{self.version}"


def files(place: Path | str, *, limits: Limits = LIMITS) -> Iterator[Source | InvalidOpamFile]:
    """Return the opam files in the directory or archive `place`, and errors for what cannot be read or exceeds a limit.

    Raises InvalidRepository if there are none, if the archive is damaged, or if a limit for the whole is exceeded.
    """
    path = Path(place)
    told = ""
    found = False
    total = 0
    known: dict[str, Source] = {}
    for file, name, content in _releases(path, limits):
        own, dot, version = name.partition(".")
        found = found or bool(dot)
        place = _printable(file)
        try:
            if isinstance(content, OSError):
                raise content
            total += len(content)
            if total > limits.total:  # links may lead to the same file many times
                wrong = over(f"{path}: its opam files have more than {limits.total:,} bytes", "total")
                raise InvalidRepository(wrong, objects=[path])
            release(own, version)
            source = Source(own, version, place, content)
            _same(known.setdefault(name.casefold(), source), source)
        except (InvalidName, InvalidVersion, OSError) as error:
            wrong = error.message if isinstance(error, FunctoriaError) else error.strerror or str(error)
            told = f"{place}: {_printable(wrong)}"
            yield InvalidOpamFile(told, objects=[place], locations=[Location(place, 1)])
        else:
            yield source
    if not found:
        raise InvalidRepository(
            f"{path} is not an opam repository: it has no packages/NAME/NAME.VERSION/opam" + (told and f"; {told}"),
            objects=[path],
        )


def _same(known: Source, source: Source) -> None:
    """Accept another file of a known release if it is equal. Raises OSError if it differs."""
    if str(known) != str(source):
        raise OSError(f"it differs from {known.place} only in case, which some systems ignore")
    if known.content != source.content:
        raise OSError(f"it is for the same release as {known.place}, and differs")


def _releases(path: Path, limits: Limits) -> Iterator[tuple[str, str, bytes | OSError]]:
    """Yield the opam files, each with the name of its directory and its content, or an error."""
    return _walk(_Directory(path, limits), limits) if path.is_dir() else _walk(Archive(path, limits), limits)


def _walk(tree: _Tree[_Place], limits: Limits) -> Iterator[tuple[str, str, bytes | OSError]]:
    yield from tree.left_out
    pending: list[tuple[str, _Place, str]] = [(f"{tree.prefix}packages", tree.root, "packages")]
    seen = set()
    while pending:
        shown, above, name = pending.pop()
        try:
            if length(name) > limits.name:
                raise OSError(over(f"its name has more than {limits.name} bytes", "name"))
            if length(shown) > limits.path + length(tree.prefix):
                raise OSError(over(f"its path has more than {limits.path} bytes", "path"))
            place = tree.enter(above, name)
            names = tree.names(place)
            if names is None:
                continue
            if "opam" in names:
                shown += "/opam"
                yield shown, name, tree.read(tree.enter(place, "opam"))
            elif tree.identity(place) not in seen:  # links may lead to directories already searched, or in a circle
                seen.add(tree.identity(place))
                pending += [(f"{shown}/{inner}", place, inner) for inner in sorted(names, reverse=True)]
        except OSError as error:
            yield shown, name, error


def release(name: str, version: str) -> Version:
    """Return the version of the release NAME.VERSION. Raises InvalidName and InvalidVersion like opam."""
    if _name(name) != name:  # only names written by users may be followed by bounds
        raise InvalidName(f"{name!r} is the name of a package with bounds: give the name alone", objects=[name])
    return Version(version)


@cache
def _name(name: str) -> str:
    return package(name).name


def _printable(name: str) -> str:
    """Return `name`, which may be any bytes, as printable text."""
    return name.encode(errors="surrogateescape").decode(errors="backslashreplace")


class _Tree(Protocol[_Place]):
    """Places below a root, with links followed. Methods raise OSError for what cannot be read."""

    root: _Place
    prefix: str
    """The prefix of paths in messages."""
    left_out: list[tuple[str, str, OSError]]
    """The paths that were left out, and why."""

    def enter(self, place: _Place, name: str) -> _Place:
        """The place that `name` in the directory `place` leads to."""
        ...

    def names(self, place: _Place) -> Collection[str] | None:
        """The names in the directory `place`; None for a file."""
        ...

    def identity(self, place: _Place) -> object:
        """A value that is equal for two places if they are the same directory."""
        ...

    def read(self, place: _Place) -> bytes:
        """The content of the file `place`."""
        ...


class _Entry(NamedTuple):
    """A path without links, and its status."""

    path: str
    status: os.stat_result


class _Directory:
    def __init__(self, root: Path, limits: Limits) -> None:
        self.given = root
        self.root = _Entry(os.path.realpath(root), os.stat(root))
        self.prefix = f"{root.as_posix()}/"
        self.left_out: list[tuple[str, str, OSError]] = []
        self.limits = limits
        self.members = 0

    def enter(self, place: _Entry, name: str) -> _Entry:
        path = os.path.join(place.path, name)
        status = os.lstat(path)
        if stat.S_ISLNK(status.st_mode):
            os.stat(path)  # fails for circular links, and for implausibly many
            path = os.path.realpath(path, strict=True)
            if os.path.commonpath([path, self.root.path]) != self.root.path:
                raise OSError("a link leads out of the repository")
            status = os.lstat(path)
        # Some file systems, such as overlays, give files another device than directories.
        if stat.S_ISDIR(status.st_mode) and status.st_dev != self.root.status.st_dev:
            raise OSError("it is on another device than the repository")
        return _Entry(path, status)

    def names(self, place: _Entry) -> Collection[str] | None:
        if stat.S_ISREG(place.status.st_mode):
            return None
        if not stat.S_ISDIR(place.status.st_mode):
            raise OSError("it is neither a file nor a directory")
        found = []
        with os.scandir(place.path) as entries:
            for entry in entries:
                self.members += 1
                if self.members > self.limits.members:
                    raise too_many(self.given, self.limits)
                found.append(entry.name)
        return found

    def identity(self, place: _Entry) -> object:
        return place.status.st_dev, place.status.st_ino

    def read(self, place: _Entry) -> bytes:
        if not stat.S_ISREG(place.status.st_mode):
            raise OSError("it is not a file")
        with open(os.open(place.path, READ), "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > self.limits.file:
                raise OSError(over(f"it has more than {self.limits.file:,} bytes", "file"))
            return file.read(size)
