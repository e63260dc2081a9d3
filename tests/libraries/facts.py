"""Facts about the real libraries at the times of MirageOS 3.3 and 4.11: see README.md."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

HERE = Path(__file__).parent


@frozen
class Variable:
    """A definition in a META file: it applies if all `predicates` hold, or do not hold for those that begin with -."""

    name: str
    predicates: tuple[str, ...]
    adds: bool
    """Whether it is added to what others define (`+=`)."""
    value: str


@frozen
class Library:
    """A findlib package, and the directory of its archives: below that of the libraries or, with ^ or +, the compiler's."""

    name: str
    variables: tuple[Variable, ...]
    directory: str


@frozen
class Archive:
    """The compilation units in a native archive, and those of other archives, except the standard library, that they need."""

    path: str
    provides: frozenset[str]
    needs: frozenset[str]


@frozen
class Record:
    """The facts about the libraries at the time of one release."""

    release: str
    packages: Mapping[str, Any]
    """The packages by name, as recorded."""
    libraries: Mapping[str, Library]
    """The packages and their subpackages by name."""
    archives: Mapping[str, Archive]
    """The native archives by path."""
    virtual: Mapping[str, Mapping[str, Any]]
    """Dune's virtual libraries, and their implementations, by name."""

    @property
    def units(self) -> frozenset[str]:
        """All units that are in some archive."""
        return frozenset(unit for archive in self.archives.values() for unit in archive.provides)

    @property
    def directory(self) -> Path:
        """The directory of the record."""
        return HERE / self.release


def _loaded(path: Path) -> Any:
    return json.loads(lzma.decompress(path.read_bytes()))


def _libraries(name: str, found: Mapping[str, Any], parent: str) -> Iterator[Library]:
    variables = tuple(Variable(var, tuple(preds), sign == "+=", value) for var, preds, sign, value in found["vars"])
    own = next((variable.value for variable in variables if variable.name == "directory"), "")
    directory = own if own[:1] in ("^", "+") else f"{parent}/{own}" if own else parent
    yield Library(name, variables, directory)
    for sub, inside in found.get("packages", {}).items():
        yield from _libraries(f"{name}.{sub}", inside, directory)


def _archive(path: str, found: Mapping[str, Any]) -> Archive:
    needs = (unit for unit in found["needs"] if not unit.startswith(("Stdlib", "Camlinternal")))
    return Archive(path, frozenset(found["provides"]), frozenset(needs))


def _merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return the packages of both; a package in both has the subpackages of both."""
    found = dict(one)
    for name, package in other.items():
        known = found.get(name)
        inside = {**known.get("packages", {}), **package.get("packages", {})} if known else {}
        found[name] = {**known, "packages": inside} if known else package
    return found


def _read(release: str) -> Record:
    directory = HERE / release
    sources = json.loads((directory / "sources.json").read_text())
    packages = _merged(_loaded(directory / "packages.json.xz"), sources["packages"])
    units = {**_loaded(directory / "units.json.xz"), **sources["units"]}
    virtual = directory / "virtual.json"
    found = json.loads(virtual.read_text()) if virtual.exists() else {}
    return Record(
        release,
        packages,
        {library.name: library for name, each in packages.items() for library in _libraries(name, each, name)},
        {path: _archive(path, each) for path, each in units.items()},
        {**found, **sources.get("virtual", {})},
    )


V3 = _read("3.3")
V4 = _read("4.11")
