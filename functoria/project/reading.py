"""Reading a directory as dune would: sources, libraries in subdirectories, and devices' data."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import NamedTuple

from functoria.beside import Beside, Library
from functoria.building import Preprocess
from functoria.emit.dune import USER
from functoria.emit.own import flat
from functoria.errors import ConfigError, WriteError
from functoria.location import Location
from functoria.project.kinds import STATE
from functoria.sexp import Malformed, Sexp, parse, parse_stanzas

LARGEST = 1 << 20
"""The size limit of a dune file beside a configuration, in bytes: 1 MiB."""

LINKED = 10_000
"""The most directories that a link beside a configuration may lead to."""

_DUNE = "dune"
_PROJECT = "dune-project"
_TOP = "."
_MODULES = (".ml", ".mli", ".mll", ".mly")
_HIDDEN = (".", "_")
"""The first characters of names that dune ignores."""
_IGNORING = ("ignored_subdirs", "data_only_dirs")
_ELSEWHERE = ("include", "dynamic_include", "subdir")
"""Stanzas that may define libraries in ways this module does not read."""


class Found(NamedTuple):
    """The contents of a directory. Names are relative to it."""

    root: Path
    files: tuple[str, ...]
    """The files directly in it."""
    dune_files: Mapping[str, tuple[Sexp, ...] | None]
    """The stanzas of dune files in subdirectories, by directory; None for a file that this module cannot read. Those of
    `.` are in dune.user."""
    configured: frozenset[str] = frozenset()
    """Subdirectories that are projects of functoria, which are not read."""
    packages: Mapping[str, frozenset[str]] = MappingProxyType({})
    """The packages of each of dune's projects in subdirectories, by directory; those of `.` have opam files there."""

    @property
    def complete(self) -> bool:
        """Whether all definitions of libraries in dune files have been read."""
        return all(
            stanzas is not None and not any(each[:1] and each[0] in _ELSEWHERE for each in stanzas)
            for stanzas in self.dune_files.values()
        )

    def ignores(self, name: str) -> bool:
        """Return whether the dune file of the parent directory makes dune ignore `name`, or may do so."""
        parent = str(PurePosixPath(name).parent)
        stanzas = self.dune_files.get(parent)
        return stanzas is None or PurePosixPath(name).name in _ignored(stanzas)

    def says_of(self, name: str) -> bool:
        """Return whether there is a dune file in the parent directory of `name` that makes dune ignore it, or may do so."""
        return str(PurePosixPath(name).parent) in self.dune_files and self.ignores(name)

    def lists(self, name: str) -> bool:
        """Return whether the dune file in the parent directory of `name` lists directories to ignore, as it may do once."""
        stanzas = self.dune_files.get(str(PurePosixPath(name).parent)) or ()
        return any(isinstance(each, tuple) and each[:1] and each[0] in _IGNORING for each in stanzas)


def look(root: Path, without: Collection[str], data: Collection[str]) -> Found:
    """Find the files in the directory `root`, except the names `without` and the directories `data` that dune leaves alone.

    Links to directories count as directories. Anything unreadable below `root` is left for dune to report. Raises WriteError for
    `root` itself, and for a link to more than LINKED directories; ConfigError for a dune.user that dune could not include.
    """
    files: list[str] = []
    dune_files: dict[str, tuple[Sexp, ...] | None] = {}
    configured: list[str] = []
    packages: dict[str, frozenset[str]] = {}
    seen: set[tuple[int, int]] = set()
    through = _Through(root)
    left = [""]
    while left:
        place = left.pop()
        entries = _entries(root / place, below=bool(place))
        names = {entry.name for entry in entries}
        if place and STATE in names:
            configured.append(place)
            continue
        if not place or _PROJECT in names:
            packages[place or _TOP] = _packages(root / place, names, read=bool(place))
        stanzas: tuple[Sexp, ...] | None = ()
        own = f"{place}/{_DUNE}" if place else USER
        if own.rpartition("/")[2] in names and own not in without and os.path.isfile(root / own):
            stanzas = dune_files[place or _TOP] = _stanzas(root / own) if place else _users(root / own)
        ignored = _ignored(stanzas or ())
        for entry in entries:
            name = f"{place}/{entry.name}" if place else entry.name
            if entry.name.startswith(_HIDDEN) or entry.name in ignored or name in without or name in data:
                continue
            found = _stat(entry)
            if found is not None and stat.S_ISDIR(found.st_mode):
                if (found.st_dev, found.st_ino) not in seen:  # otherwise a link leads back
                    seen.add((found.st_dev, found.st_ino))
                    through.enter(place, entry)
                    left.append(name)
            elif not place and found is not None and stat.S_ISREG(found.st_mode):
                files.append(name)
    return Found(root, tuple(sorted(files)), dune_files, frozenset(configured), packages)


class _Through:
    """The directories reached through links, counted for each link, because one to `/` leads through the whole machine."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._links: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def enter(self, place: str, entry: os.DirEntry[str]) -> None:
        """Count the directory `entry` of the directory `place`. Raises WriteError if there are too many."""
        name = f"{place}/{entry.name}" if place else entry.name
        link = self._links.get(place) or (name if entry.is_symlink() else None)
        if link is None:
            return
        self._links[name] = link
        self._counts[link] = self._counts.get(link, 0) + 1
        if self._counts[link] > LINKED:
            raise WriteError(
                f"{self.root / link} leads to more than {LINKED} directories, and dune would look into all: remove that link",
                objects=[self.root / link],
            )


def _entries(directory: Path, *, below: bool) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            return sorted(entries, key=lambda entry: entry.name, reverse=True)
    except OSError as error:
        if below:
            return []
        raise WriteError(f"cannot read {directory}: {error.strerror}", objects=[directory]) from error


def _stat(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        return entry.stat()
    except OSError:  # a link that leads nowhere, or to itself; what went meanwhile
        return None


def beside(*found: Found, data: Collection[str] = (), unlike: Collection[str] = ()) -> Beside:
    """Combine several directories that are put into one. `data` are the directories that dune leaves alone."""
    names = {name for each in found for name in each.files}
    libraries = [library for each in found for library in _libraries(each.dune_files)]
    return Beside(
        _made(names, ".mll"),
        _made(names, ".mly"),
        tuple(sorted(PurePosixPath(name).stem for name in names if name.endswith(".c"))),
        tuple(sorted({name.rpartition(".")[0] for name in names if name.endswith(_MODULES)})),
        next((each.dune_files[_TOP] or () for each in found if _TOP in each.dune_files), None),
        frozenset(
            str(part[0]) for each in found for made in each.dune_files.values() for part in made or () if part[:1]
        ),
        tuple(dict.fromkeys(libraries)),
        frozenset(directory for each in found for directory in each.dune_files if directory != _TOP),
        tuple(sorted(data)),
        tuple(sorted(name for name in data if any(each.says_of(name) for each in found))),
        tuple(unlike),
        tuple(library for each in found for library in _libraries(each.dune_files) if _stray(library, each.packages)),
    )


def _stray(library: Library, packages: Mapping[str, frozenset[str]]) -> bool:
    """Return whether the dune project that contains `library` lacks the package of its public name; see `packages`."""
    if library.public_name is None:
        return False
    above = (str(each) for each in (PurePosixPath(library.directory), *PurePosixPath(library.directory).parents))
    project = next((each for each in above if each in packages), _TOP)
    return library.public_name.partition(".")[0] not in packages.get(project, ())


def _packages(directory: Path, names: Collection[str], *, read: bool) -> frozenset[str]:
    """Return the packages of a project in `directory` with the files `names`, from opam files and, with `read`, dune-project."""
    stanzas = _stanzas(directory / _PROJECT) if read else ()
    declared = (
        part[1:] for each in stanzas or () if each[:1] == ("package",) for part in each if part[:1] == ("name",)
    )
    opam = (name.removesuffix(".opam") for name in names if name.endswith(".opam"))
    return frozenset([*opam, *(name for names in declared for name in names if isinstance(name, str))])


def _made(names: Collection[str], suffix: str) -> tuple[str, ...]:
    """Return the names, without `suffix`, of files that dune compiles to modules that do not exist yet."""
    stems = (name.removesuffix(suffix) for name in sorted(names) if name.endswith(suffix))
    return tuple(stem for stem in stems if f"{stem}.ml" not in names)


def _stanzas(path: Path) -> tuple[Sexp, ...] | None:
    """Return the stanzas of a dune file; None if it is an OCaml program, is larger than LARGEST, or cannot be read."""
    try:
        if path.stat().st_size > LARGEST:
            return None
        text = path.read_bytes().decode(errors="replace")
        return None if text.startswith("(* -*- tuareg -*- *)") else parse(text)
    except (OSError, ValueError):
        return None


def _users(path: Path) -> tuple[Sexp, ...] | None:
    """Return the stanzas of dune.user; None if it is larger than LARGEST. Raises ConfigError if it is not made of stanzas."""
    try:
        if path.stat().st_size > LARGEST:
            return None
        text = path.read_bytes().decode(errors="replace")
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}", objects=[path]) from error
    try:
        return parse_stanzas(text)
    except Malformed as error:
        place = _location(path, text, error.start, error.end)
        raise ConfigError(f"{path} is not what dune can include: {error}", objects=[path], locations=[place]) from None


def _location(path: Path, text: str, start: int, end: int) -> Location:
    lines = text[:start].split("\n")
    before = len(lines[-1].encode())
    return Location.of_expression(str(path), len(lines), len(lines), before, before + len(text[start:end].encode()))


def holds_dune_files(directory: Path) -> bool:
    """Return whether dune would interpret any file in `directory`. Links to directories count as directories."""
    return any(not is_directory and _of_dune(entry.name) for entry, is_directory in _within(directory))


def unlike_dune(directory: Path) -> bool:
    """Return whether dune would omit or interpret some file in `directory` when a rule depends on its source tree.

    It leaves out directories whose names begin with `.` or `_`, files called `.#*` or `*~`, and what is empty.
    """
    empty = True
    for entry, is_directory in _within(directory):
        if entry.is_symlink() or (entry.name[0] in "._" if is_directory else _of_dune(entry.name)):
            return True
        if not is_directory and (entry.name.startswith(".#") or entry.name.endswith("~")):
            return True
        empty = empty and is_directory
    return empty


def _of_dune(name: str) -> bool:
    return name in (_DUNE, "dune-project", "dune-workspace", "jbuild") or name.endswith(".opam")


def _within(directory: Path) -> Iterator[tuple[os.DirEntry[str], bool]]:
    """Yield everything in `directory`, at any depth, with whether it is a directory. Links to directories count as such."""
    seen: set[tuple[int, int]] = set()
    through = _Through(directory)
    left = [""]
    while left:
        place = left.pop()
        for entry in _entries(directory / place, below=True):
            found = _stat(entry)
            is_directory = found is not None and stat.S_ISDIR(found.st_mode)
            yield entry, is_directory
            if found is not None and is_directory and (found.st_dev, found.st_ino) not in seen:
                seen.add((found.st_dev, found.st_ino))
                through.enter(place, entry)
                left.append(f"{place}/{entry.name}" if place else entry.name)


def _ignored(stanzas: tuple[Sexp, ...]) -> set[str]:
    lists = [each[1:] for each in stanzas if isinstance(each, tuple) and each[:1] and each[0] in _IGNORING]
    flat = [part for given in lists for each in given for part in (each if isinstance(each, tuple) else (each,))]
    return {part for part in flat if isinstance(part, str)}


def _libraries(dune_files: Mapping[str, tuple[Sexp, ...] | None]) -> Iterator[Library]:
    for directory, stanzas in dune_files.items():
        for stanza in stanzas or ():
            if isinstance(stanza, tuple) and stanza[:1] == ("library",):
                said = {part[0]: part[1:] for part in stanza[1:] if isinstance(part, tuple) and part}
                public = _atoms(said.get("public_name", ()))
                name = _atoms(said.get("name", ())) or tuple(each.replace("-", "_") for each in public)
                if len(name) == 1 and (len(public) == 1 or not public):
                    runtime = _atoms(said.get("ppx_runtime_libraries", ()))
                    ppx = tuple(_preprocessors(said.get("preprocess", ())))
                    requires = _atoms(said.get("libraries", ()))
                    yield Library(name[0], directory, public[0] if public else None, requires, ppx, runtime)


def _preprocessors(parts: Sexp) -> Iterator[str]:
    """Yield the ppx libraries in a field `preprocess`, for all modules or for some."""
    left = list(parts)
    while left:
        each = left.pop()
        if isinstance(each, tuple) and each[:1]:
            if each[0] in ("pps", "staged_pps"):
                yield from Preprocess(tuple(flat(each[1:]))).libraries
            else:
                left += each


def _atoms(parts: Sexp) -> tuple[str, ...]:
    """Return the names in a field, including `(re_export NAME)` but not `(select …)`, whose libraries are optional."""
    found: list[str] = []
    for part in parts:
        if isinstance(part, str):
            found.append(part)
        elif len(part) == 2 and part[0] == "re_export" and isinstance(part[1], str):
            found.append(part[1])
    return tuple(found)
