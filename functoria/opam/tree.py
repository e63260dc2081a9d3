"""Where the opam files of a repository are: in a directory, or in a tar archive of one.

As opam does, directories are searched from `packages` down, at any depth; one that holds `opam` is a release, named
NAME.VERSION, and nothing below it is. An archive may have `packages` in one leading directory. Links are followed, in an
archive as far as they stay inside.
"""

from __future__ import annotations

import os
import posixpath
import stat
import tarfile
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from functoria.errors import FunctoriaError, InvalidName
from functoria.location import Location
from functoria.opam.file import InvalidOpamFile
from functoria.package import package
from functoria.version import Version

_MOST_LINKS = 40
_CHUNK = 1 << 20


class InvalidRepository(FunctoriaError, ValueError):
    """A directory or archive that holds no opam repository."""


class Source(NamedTuple):
    """The opam file of a release, and where it is."""

    name: str
    version: str
    place: str
    content: bytes


def files(place: Path | str) -> Iterator[Source | InvalidOpamFile]:
    """The opam files in the directory or archive `place`; for one that cannot be had, why.

    Raises InvalidRepository where there are none, and for an archive that is damaged.
    """
    path = Path(place)
    tree = _Directory(path) if path.is_dir() else _Archive(path)
    found = False
    for directory, content in _releases(tree):
        file = _shown(f"{tree.prefix}{directory}/opam")
        name, dot, version = posixpath.basename(directory).partition(".")
        found = found or bool(dot)
        try:
            if isinstance(content, OSError):
                raise content
            release(name, version)
        except (FunctoriaError, OSError) as error:
            wrong = error.message if isinstance(error, FunctoriaError) else error.strerror or str(error)
            yield InvalidOpamFile(f"{file}: {_shown(wrong)}", objects=[file], locations=[Location(file, 1)])
        else:
            yield Source(name, version, file, content)
    if not found:
        raise InvalidRepository(
            f"{path} is not an opam repository: it has no packages/NAME/NAME.VERSION/opam", objects=[path]
        )


def _releases(tree: _Directory | _Archive) -> Iterator[tuple[str, bytes | OSError]]:
    """The directories that hold an opam file, each with its content, or with why it cannot be read."""
    pending = [tree.packages]
    seen = set()
    while pending:
        directory = pending.pop()
        try:
            found = tree.look(directory)
            if found is None:
                continue
            itself, names = found
            if "opam" in names:
                yield directory, tree.read(f"{directory}/opam")
            elif itself not in seen:  # links may lead to what was searched already, or in a circle
                seen.add(itself)
                pending += [f"{directory}/{name}" for name in sorted(names, reverse=True)]
        except OSError as error:
            yield directory, error


def release(name: str, version: str) -> Version:
    """The version of the release NAME.VERSION. Raises InvalidName and InvalidVersion for what opam does not accept."""
    if _name(name) != name:  # bounds may follow a name that users write
        raise InvalidName(f"{name!r} is the name of a package with bounds: give the name alone", objects=[name])
    return Version(version)


@cache
def _name(name: str) -> str:
    return package(name).name


def _shown(name: str) -> str:
    """`name` as text that can be printed, whatever bytes it is of."""
    return name.encode(errors="surrogateescape").decode(errors="backslashreplace")


class _Directory:
    packages = "packages"

    def __init__(self, root: Path) -> None:
        self.root = root
        self.prefix = f"{root.as_posix()}/"

    def look(self, path: str) -> tuple[object, list[str]] | None:
        """What identifies the directory at `path`, and the names in it; None for a file."""
        status = os.stat(self.root / path)
        if not stat.S_ISDIR(status.st_mode):
            return None
        return (status.st_dev, status.st_ino), os.listdir(self.root / path)

    def read(self, path: str) -> bytes:
        """The content of the file at `path`."""
        if not stat.S_ISREG(os.stat(self.root / path).st_mode):
            raise OSError("it is not a file")
        return (self.root / path).read_bytes()


class _Archive:
    """The directories and links of an archive, and the files called opam."""

    prefix = ""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.directories: dict[str, dict[str, None]] = {"": {}}
        self.links: dict[str, tuple[str, str]] = {}
        """Where each leads: the directory that its target is relative to, and the target."""
        self.contents: dict[str, bytes | None] = {}
        """Each member that is not a directory or link; None for what is not a file, or was not asked for."""
        self._scan()
        linked = {target for link in self.links if posixpath.basename(link) == "opam" and (target := self._end(link))}
        others = {target for target in linked if posixpath.basename(target) != "opam"}
        if others:
            self._scan(others)
        tops = [top for top in self.directories[""] if f"{top}/packages" in self.directories]
        self.packages = f"{tops[0]}/packages" if len(tops) == 1 and "packages" not in self.directories else "packages"

    def _scan(self, wanted: Collection[str] = ()) -> None:
        try:
            with tarfile.open(self.path, encoding="utf-8", errors="surrogateescape") as archive:
                for member in archive:
                    self._add(archive, member, wanted)
                # tarfile takes any block that is not a header for the end, and does not read on to a checksum.
                stream = archive.fileobj
                assert stream is not None
                stream.seek(archive.offset)
                if stream.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
                    raise tarfile.ReadError("it is cut off, or damaged")
                while stream.read(_CHUNK):
                    pass
        except Exception as error:  # each way of compressing has errors of its own
            raise InvalidRepository(
                f"{self.path} is not a directory or archive that can be read: {error}", objects=[self.path]
            ) from error

    def _add(self, archive: tarfile.TarFile, member: tarfile.TarInfo, wanted: Collection[str]) -> None:
        path = posixpath.normpath(member.name).lstrip("/")
        if path == "." or path.split("/")[0] == "..":
            return
        self.links.pop(path, None)
        self.contents.pop(path, None)
        if member.isdir():
            self.directories.setdefault(path, {})
        elif member.issym():
            self.links[path] = posixpath.dirname(path), member.linkname
        elif member.islnk():
            self.links[path] = "", member.linkname.lstrip("/")
        else:
            file = archive.extractfile(member) if posixpath.basename(path) == "opam" or path in wanted else None
            self.contents[path] = None if file is None else file.read()
        while path:
            above, name = posixpath.split(path)
            path = "" if above in self.directories else above
            self.directories.setdefault(above, {})[name] = None

    def _end(self, path: str) -> str | None:
        try:
            return self._resolved(path)
        except OSError:
            return None

    def _resolved(self, path: str) -> str:
        """The path without links that `path` leads to."""
        done, pending, followed = "", path.split("/")[::-1], 0
        while pending:
            part = pending.pop()
            if part == ".." and not done:
                raise OSError("a link leads out of the archive")
            if part in ("", ".", ".."):
                done = posixpath.dirname(done) if part == ".." else done
                continue
            done = posixpath.join(done, part)
            if done in self.links:
                done, target = self.links[done]
                followed += 1
                if followed > _MOST_LINKS:
                    raise OSError("links lead in a circle")
                if target.startswith("/"):
                    raise OSError("a link leads out of the archive")
                pending += target.split("/")[::-1]
        return done

    def look(self, path: str) -> tuple[object, Collection[str]] | None:
        """What identifies the directory at `path`, and the names in it; None for a file."""
        path = self._resolved(path)
        if path in self.directories:
            return path, self.directories[path]
        if path in self.contents:
            return None
        raise OSError("a link leads nowhere")

    def read(self, path: str) -> bytes:
        """The content of the file at `path`."""
        path = self._resolved(path)
        content = self.contents.get(path)
        if content is None:
            raise OSError(
                "it is not a file" if path in self.contents or path in self.directories else "a link leads nowhere"
            )
        return content
