"""opam repositories: which packages there are, in which versions, and what each release asks for.

A repository is a directory, or a tar archive of one. Nothing is fetched, unpacked or run.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tarfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from attrs import field, frozen

from functoria import opamfile
from functoria.errors import FunctoriaError, InvalidVersion
from functoria.formula import Environment, Formula
from functoria.location import Location
from functoria.opamfile import InvalidOpamFile
from functoria.version import Version

_PLACE = re.compile(r"(?:^|/)packages/(?:[^/]+/)*([^/.]+)\.([^/]+)/opam\Z")
_KEPT = ("available", "conflict-class", "conflicts", "depends", "flags", "pin-depends")
_FEW = 500


class InvalidRepository(FunctoriaError, ValueError):
    """A directory or archive that holds no opam repository."""


class Source(NamedTuple):
    """The opam file of a release, and where it is."""

    name: str
    version: str
    place: str
    content: bytes


@frozen
class Release:
    """One version of a package, and what its opam file asks for."""

    name: str
    version: Version
    fields: Mapping[str, opamfile.Value] = field(repr=False)

    @property
    def depends(self) -> Formula:
        """What must be installed with it."""
        return Formula(self.fields.get("depends"))

    @property
    def conflicts(self) -> Formula:
        """What must not be installed with it."""
        return Formula(self.fields.get("conflicts"))

    @property
    def available(self) -> opamfile.Value | None:
        """The condition on the system; None for none."""
        return self.fields.get("available")

    @property
    def pins(self) -> tuple[tuple[str, str], ...]:
        """The packages that it takes from a source, `NAME.VERSION`, each with the source's URL."""
        return tuple(_pairs(self.fields.get("pin-depends")))

    def is_available(self, environment: Environment) -> bool:
        """Whether its condition on the system holds."""
        return self.available is None or environment.holds(self.available)

    def admits(self, name: str, version: Version, environment: Environment) -> bool:
        """Whether it can be installed beside `version` of the package `name`, as far as these two are concerned."""
        own = environment.of(self.name, self.version)
        return self.depends.allows(name, version, own) and not self.conflicts.hits(name, version, own)


def _pairs(value: opamfile.Value | None) -> Iterator[tuple[str, str]]:
    items = value.items if isinstance(value, opamfile.Items) else ()
    for pair in items if items and isinstance(items[0], opamfile.Items) else (value,):
        if isinstance(pair, opamfile.Items) and len(pair.items) == 2:
            yield str(pair.items[0]), str(pair.items[1])


@frozen(eq=False, slots=False, repr=False)
class Repository:
    """The releases of a repository, or of several together. Made by `Repository.read`."""

    _facts: Mapping[str, Mapping[str, str]]
    unreadable: tuple[InvalidOpamFile, ...] = ()
    """The opam files that could not be read; their releases are left out."""
    _releases: dict[str, tuple[Release, ...]] = field(factory=dict, init=False)

    @classmethod
    def read(
        cls, place: Path | str, *more: Path | str, cache: Path | None = None, jobs: int | None = None
    ) -> Repository:
        """The repository in the directory or archive `place`; of `more`, the releases that those before do not have.

        What is read is kept in the directory `cache`, if one is given, by the content of each file, and need not be parsed
        again. Many files are parsed by `jobs` processes, by default one for each processor, at most two. Raises
        InvalidRepository where there is none.
        """
        sources: dict[tuple[str, str], Source] = {}
        for one in (place, *more):
            for source in files(one):
                sources.setdefault((source.name, source.version), source)
        facts: dict[str, dict[str, str]] = {}
        unreadable = []
        for source, text, wrong in _facts_of(list(sources.values()), cache, jobs):
            if wrong is None:
                facts.setdefault(source.name, {})[source.version] = text
            else:
                unreadable.append(InvalidOpamFile(wrong, objects=[source], locations=[Location(source.place, 1)]))
        return cls(facts, tuple(unreadable))

    @property
    def packages(self) -> tuple[str, ...]:
        """The names of the packages, in order."""
        return tuple(sorted(self._facts))

    @cached_property
    def size(self) -> int:
        """How many releases there are."""
        return sum(map(len, self._facts.values()))

    def releases(self, name: str) -> tuple[Release, ...]:
        """The releases of the package `name`, oldest first; none where it is unknown."""
        if name not in self._releases:
            made = [_release(name, version, text) for version, text in self._facts.get(name, {}).items()]
            self._releases[name] = tuple(sorted(made, key=lambda release: (release.version, release.version.text)))
        return self._releases[name]

    def __iter__(self) -> Iterator[Release]:
        for name in self.packages:
            yield from self.releases(name)

    def __repr__(self) -> str:
        return f"<Repository of {len(self._facts)} packages, {self.size} releases>"


def _release(name: str, version: str, text: str) -> Release:
    return Release(name, Version(version), {key: opamfile.of_data(data) for key, data in json.loads(text).items()})


def files(place: Path | str) -> Iterator[Source]:
    """The opam files in the directory or archive `place`. Raises InvalidRepository where there are none."""
    path = Path(place)
    found = False
    try:
        for name, content in _tree(path) if path.is_dir() else _members(path):
            match = _PLACE.search(name)
            if match is not None:
                found = True
                yield Source(match[1], match[2], name, content)
    except (OSError, EOFError, tarfile.TarError) as error:
        raise InvalidRepository(
            f"{path} is no directory or archive that can be read: {error}", objects=[path]
        ) from error
    if not found:
        raise InvalidRepository(
            f"{path} is no opam repository: it has no packages/NAME/NAME.VERSION/opam", objects=[path]
        )


def _tree(path: Path) -> Iterator[tuple[str, bytes]]:
    for directory, below, names in os.walk(path):
        below.sort()
        if "opam" in names and _PLACE.search(Path(directory, "opam").as_posix()):
            file = Path(directory, "opam")
            yield file.as_posix(), file.read_bytes()


def _members(path: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(path) as archive:
        for member in archive:
            if member.isfile() and member.name.endswith("/opam"):
                content = archive.extractfile(member)
                if content is not None:
                    yield member.name, content.read()


def facts(source: Source) -> tuple[str, str | None]:
    """What matters of an opam file, as JSON; and what is wrong with it, where it cannot be read."""
    try:
        Version(source.version)
        read = opamfile.parse(source.content, name=source.place)
    except (InvalidOpamFile, InvalidVersion) as error:
        return "", error.message
    return json.dumps({name: opamfile.to_data(read.fields[name]) for name in _KEPT if name in read.fields}), None


def _facts_of(
    sources: Sequence[Source], cache: Path | None, jobs: int | None
) -> Iterator[tuple[Source, str, str | None]]:
    known = _Cache(cache)
    marks = [hashlib.sha256(source.content).hexdigest() for source in sources]
    kept = known.get(marks)
    fresh: dict[str, Source] = {}
    for mark, source in zip(marks, sources, strict=True):
        if mark not in kept:
            fresh.setdefault(mark, source)
    read = dict(zip(fresh, _each(list(fresh.values()), jobs), strict=True))
    known.put({mark: text for mark, (text, wrong) in read.items() if wrong is None})
    for mark, source in zip(marks, sources, strict=True):
        text, wrong = (kept[mark], None) if mark in kept else read[mark]
        yield source, text, wrong


def _each(sources: list[Source], jobs: int | None) -> Iterable[tuple[str, str | None]]:
    jobs = min(2, os.cpu_count() or 1) if jobs is None else jobs
    if jobs < 2 or len(sources) < _FEW:
        return map(facts, sources)
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(jobs) as pool:
        return list(pool.map(facts, sources, chunksize=100))


def cache_directory() -> Path:
    """Where the user's programs keep what can be made again, by the XDG Base Directory Specification."""
    chosen = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(chosen) if os.path.isabs(chosen) else Path.home() / ".cache") / "functoria"


class _Cache:
    """What was read of opam files, by content. A cache that cannot be used is done without."""

    def __init__(self, directory: Path | None) -> None:
        self.directory = directory
        form = opamfile.GRAMMAR.read_bytes() + Path(opamfile.__file__).read_bytes() + repr(_KEPT).encode()
        self.form = hashlib.sha256(form).hexdigest()

    def get(self, marks: Iterable[str]) -> dict[str, str]:
        """What is kept for the contents with these marks."""
        wanted = set(marks)
        rows = self._do("select mark, facts from files where form = ?", [(self.form,)])
        return {mark: text for mark, text in rows if mark in wanted and isinstance(text, str)}

    def put(self, read: Mapping[str, str]) -> None:
        """Keep what was read. What an earlier version of this library kept is dropped."""
        if read:
            self._do("delete from files where form <> ?", [(self.form,)])
            self._do("insert or replace into files values (?, ?, ?)", [(self.form, *item) for item in read.items()])

    def _do(self, command: str, rows: Sequence[tuple[Any, ...]]) -> list[Any]:
        if self.directory is None:
            return []
        import sqlite3
        from contextlib import closing

        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.directory / "opam.sqlite3", timeout=30)) as database, database:
                database.execute(
                    "create table if not exists files (form text, mark text, facts text, primary key (form, mark))"
                )
                if command.startswith("select"):
                    return database.execute(command, *rows).fetchall()
                database.executemany(command, rows)
        except (sqlite3.Error, OSError):
            pass
        return []
