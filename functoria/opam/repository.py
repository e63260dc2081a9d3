"""opam repositories: their packages and versions, and what each release requires.

A repository is a directory, or a tar archive of one. Nothing is fetched, unpacked or run.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import NamedTuple

from attr import field, frozen

from functoria.errors import InvalidOpamFile, InvalidRepository, InvalidVersion
from functoria.location import Location
from functoria.opam import file as opamfile
from functoria.opam import nodes, plain
from functoria.opam.cache import Cache
from functoria.opam.formula import Environment, Formula
from functoria.opam.limits import LIMITS, Limits
from functoria.opam.tree import Source, files
from functoria.opam.versions import Versions
from functoria.version import Version

_KEPT = ("available", "conflict-class", "conflicts", "depends", "flags", "pin-depends")
_VERSION = "opam-version"
_NEWER = Version("2.1~")
_FEW = 500
_NAME = "opam"
"""The name of a file in errors before it is known which of several equal files to report."""


@frozen
class Release:
    """One version of a package, and what its opam file requires."""

    name: str
    version: Version
    fields: Mapping[str, opamfile.Value] = field(repr=False)

    @property
    def depends(self) -> Formula:
        """The packages that must be installed with it."""
        return Formula(self.fields.get("depends"))

    @property
    def conflicts(self) -> Formula:
        """The packages that must not be installed with it."""
        return Formula(self.fields.get("conflicts"))

    @property
    def available(self) -> opamfile.Value | None:
        """The condition on the system; None without one."""
        return self.fields.get("available")

    @property
    def pins(self) -> tuple[tuple[str, str], ...]:
        """The packages that it pins, `NAME.VERSION`, each with the URL of the source."""
        return tuple(_pairs(self.fields.get("pin-depends")))

    def is_available(self, environment: Environment) -> bool:
        """Return whether its condition on the system holds."""
        return self.available is None or environment.of(self.name, self.version).holds(self.available)

    def admits(self, name: str, version: Version, environment: Environment) -> bool:
        """Return whether it can be installed with `version` of the package `name`, considering only these two."""
        return self.admitting(name, Versions([version]), environment) != 0

    def admitting(self, name: str, versions: Versions, environment: Environment) -> int:
        """Return those `versions` of the package `name` with which it can be installed, considering only these two packages."""
        own = environment.of(self.name, self.version)
        hit = self.conflicts.hitting(name, versions, own)
        return self.depends.allowing(name, versions, own.installing()) & (versions.all ^ hit)


def _pairs(value: opamfile.Value | None) -> Iterator[tuple[str, str]]:
    items = value.items if isinstance(value, opamfile.Items) else ()
    for pair in items if items and isinstance(items[0], opamfile.Items) else (value,):
        match pair:
            case opamfile.Items((str() as name, str() as url)):
                yield name, url


@frozen(eq=False, slots=False, repr=False)
class Repository:
    """The releases of one or several repositories. Made by `Repository.read`."""

    _facts: Mapping[str, Mapping[str, str]]
    unreadable: tuple[InvalidOpamFile, ...] = ()
    """Errors for opam files that could not be read; their releases are left out."""
    _places: tuple[Path, ...] = ()
    _marks: Mapping[tuple[str, str], str] = field(factory=dict)
    _limits: Limits = LIMITS
    _releases: dict[str, tuple[Release, ...]] = field(factory=dict, init=False)

    @classmethod
    def read(
        cls,
        place: Path | str,
        *more: Path | str,
        cache: Path | None = None,
        jobs: int | None = None,
        limits: Limits = LIMITS,
    ) -> Repository:
        """Read the repository in the directory or archive `place`, then releases in `more` that the previous ones do not have.

        `cache` is a directory in which to keep results, by the content of files. Many files are parsed by `jobs` processes, by
        default one for each processor, at most two. Files that exceed `limits` are unreadable. Raises InvalidRepository if it
        is not a repository, or exceeds a limit for the whole.
        """
        places = tuple(map(Path, (place, *more)))
        found = [one for each in places for one in files(each, limits=limits)]
        unreadable = [one for one in found if isinstance(one, InvalidOpamFile)]
        facts: dict[str, dict[str, str]] = {}
        marks: dict[tuple[str, str], str] = {}
        for source, mark, text in _facts_of([one for one in found if isinstance(one, Source)], cache, jobs, limits):
            if isinstance(text, InvalidOpamFile):
                unreadable.append(text)
            elif marks.setdefault((source.name, source.version), mark) == mark:
                facts.setdefault(source.name, {})[source.version] = text
        return cls(facts, tuple(unreadable), places, marks, limits)

    def reachable(self, names: Iterable[str]) -> frozenset[str]:
        """Return the packages that installing `names` may require, directly or indirectly.

        Conditions are not evaluated, so no other package can be part of a solution, on any system.
        """
        found: set[str] = set()
        pending = list(names)
        while pending:
            name = pending.pop()
            if name not in found:
                found.add(name)
                pending += (other for release in self.releases(name) for other in release.depends.names)
        return frozenset(found)

    def sources(self, names: Container[str] | None = None) -> Iterator[Source]:
        """Yield the opam file of each release, or of the packages `names` only, reading the repository again.

        Raises InvalidRepository.
        """
        pending = {release: mark for release, mark in self._marks.items() if names is None or release[0] in names}
        found = (source for place in self._places for source in files(place, limits=self._limits))
        for source in (one for one in found if isinstance(one, Source)):
            release = source.name, source.version
            if pending.get(release) == _mark(source):
                del pending[release]
                yield source

    def files(self, versions: Mapping[str, str]) -> dict[str, opamfile.OpamFile]:
        """Return the complete opam files of those `versions` that exist as releases, reading the repository again.

        Raises InvalidRepository.
        """
        return {
            source.name: opamfile.parse(source.content, name=source.place, limits=self._limits)
            for source in self.sources(versions)
            if versions[source.name] == source.version
        }

    def digest(self, names: Container[str] | None = None) -> str:
        """Return a digest of the releases that were read, or of those of `names`: of their versions and opam files.

        It is the same for the same files, whether they come from a directory or an archive, and whatever they were read for.
        """
        lines = (f"{name} {version} {mark}\n" for (name, version), mark in sorted(self._marks.items()))
        chosen = (line for line in lines if names is None or line.partition(" ")[0] in names)
        return hashlib.sha256("".join(chosen).encode()).hexdigest()

    @property
    def packages(self) -> tuple[str, ...]:
        """The names of the packages, sorted."""
        return tuple(sorted(self._facts))

    @cached_property
    def size(self) -> int:
        """The number of releases."""
        return sum(map(len, self._facts.values()))

    def releases(self, name: str) -> tuple[Release, ...]:
        """Return the releases of the package `name`, oldest first; empty if it is unknown."""
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


def _facts(content: bytes, limits: Limits) -> str:
    """Return the relevant fields of an opam file as JSON. Raises InvalidOpamFile."""
    fields = opamfile.parse(content, name=_NAME, limits=limits, only=(_VERSION, *_KEPT)).fields
    form = fields.get(_VERSION)
    if not isinstance(form, str) or not _understood(form):
        wrong = f"{_NAME}: it must give an opam-version of 2.0 or older"
        raise InvalidOpamFile(wrong, locations=[Location(_NAME, 1)])
    return json.dumps({name: opamfile.to_data(fields[name]) for name in _KEPT if name in fields})


def _are_facts(text: str) -> bool:
    """Return whether `text` has the form of a result of `_facts`, and can be used even if others wrote it."""
    try:
        facts = json.loads(text)
        if not isinstance(facts, dict) or not facts.keys() <= set(_KEPT):
            return False
        for data in facts.values():
            opamfile.of_data(data)
    except (ValueError, RecursionError):
        return False
    return True


def _understood(form: str) -> bool:
    try:
        return Version(form) < _NEWER
    except InvalidVersion:
        return False


class _Wrong(NamedTuple):
    """A fault in an opam file, and its line."""

    what: str
    line: int

    def of(self, source: Source) -> InvalidOpamFile:
        """Return the error for one of the files with this fault."""
        where = [Location(source.place, self.line)]
        return InvalidOpamFile(f"{source.place}: {self.what}", objects=[source], locations=where)


def _attempt(content: bytes, limits: Limits) -> str | _Wrong:
    try:
        return _facts(content, limits)
    except InvalidOpamFile as error:
        return _Wrong(error.message.removeprefix(f"{_NAME}: "), error.locations[0].line)
    except MemoryError:
        return _Wrong("reading it takes more memory than there is", 1)


def _mark(source: Source) -> str:
    return hashlib.sha256(source.content).hexdigest()


def _facts_of(
    sources: Sequence[Source], cache: Path | None, jobs: int | None, limits: Limits
) -> Iterator[tuple[Source, str, str | InvalidOpamFile]]:
    known = Cache(cache, _form(limits))
    marks = [_mark(source) for source in sources]
    kept = {mark: text for mark, text in known.get(marks).items() if _are_facts(text)}
    fresh = {mark: source.content for mark, source in zip(marks, sources, strict=True) if mark not in kept}
    read = dict(zip(fresh, _each(list(fresh.values()), jobs, limits), strict=True))
    facts = {mark: text for mark, text in read.items() if isinstance(text, str)}
    if facts:
        known.put({**kept, **facts})
    for mark, source in zip(marks, sources, strict=True):
        text = kept[mark] if mark in kept else read[mark]
        yield source, mark, text.of(source) if isinstance(text, _Wrong) else text


def _form(limits: Limits) -> str:
    made_by = (opamfile.GRAMMAR, *map(Path, (opamfile.__file__, plain.__file__, nodes.__file__, __file__)))
    read = [*(path.read_bytes() for path in made_by), b"%d %d" % (limits.file, limits.depth)]
    return hashlib.sha256(b"".join(read)).hexdigest()


def _each(contents: list[bytes], jobs: int | None, limits: Limits) -> Iterable[str | _Wrong]:
    jobs = min(2, os.cpu_count() or 1) if jobs is None else jobs
    if jobs < 2 or len(contents) < _FEW:
        return [_attempt(content, limits) for content in contents]
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    try:
        with ProcessPoolExecutor(jobs) as pool:
            return list(pool.map(partial(_attempt, limits=limits), contents, chunksize=100))
    except BrokenProcessPool:
        raise InvalidRepository(
            "a process that reads opam files was ended, perhaps for lack of memory: lower the limit file or total"
        ) from None
