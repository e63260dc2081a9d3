"""Outlines: the content of a plan as plain data, for questions across a fleet.

A plan holds objects of the configuration's classes, which another process may lack. Its outline is plain data, and the same in
every process.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from attr import field, frozen

from functoria.bounds import Bounds
from functoria.digest import sha256
from functoria.location import Location
from functoria.package import Package
from functoria.plan.compare import printed

if TYPE_CHECKING:
    from functoria.plan.plan import Plan


_LONG = 64
"""The length from which texts are checksums, which hardly ever repeat."""


class Made(NamedTuple):
    """A file of a plan: its size in bytes, and its SHA-256."""

    size: int
    digest: str


class Declared(NamedTuple):
    """A declaration of a package, and the modules of the devices that make it, in order of initialisation."""

    package: Package
    modules: tuple[str, ...]


def _compact(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return `data` with one object for equal parts, because outlines of a fleet have most parts in common."""
    return {name: _one(value) if isinstance(value, (list, tuple)) else value for name, value in data.items()} | {
        name: {_one(key): _one(value) for key, value in data[name].items()}
        for name in ("keys", "files")
        if name in data
    }


def _one(value: Any) -> Any:
    """Return one object for equal texts, and for equal lists of them, as long as it is in use."""
    if isinstance(value, (list, tuple)):
        return _known(tuple(map(_one, value)))
    return sys.intern(value) if type(value) is str and len(value) < _LONG else value


@lru_cache(maxsize=1 << 14)
def _same(row: tuple[Any, ...], kinds: tuple[type, ...]) -> tuple[Any, ...]:
    return row


def _known(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return _same(row, tuple(map(type, row)))  # because 1, 1.0 and True are equal


@frozen(slots=False)
class Outline:
    """The content of a plan."""

    data: Mapping[str, Any] = field(repr=False, converter=_compact)
    """The content as plain data, which JSON can represent."""

    @classmethod
    def of(cls, plan: Plan) -> Outline:
        """Make the outline of `plan`. Raises what making its files raises."""
        declared: dict[tuple[Any, ...], dict[str, None]] = {}
        for demand in plan.demands:
            place = demand.package.location
            key = (*_package(demand.package), *((None, None) if place is None else (place.file, place.line)))
            declared.setdefault(key, {})[demand.node.module] = None
        files = {}
        for name, text in plan.files().items():
            content = text.encode("utf-8", "surrogateescape")
            files[name] = [len(content), sha256(content).hexdigest()]
        return cls(
            {
                "name": plan.app.title,
                "keys": {key.name: printed(plan, key) for key in plan.keys},
                "devices": [
                    node.module + "".join(f"({argument.module})" for argument in node.arguments)
                    for node in plan.devices
                ],
                "packages": [[*_package(each), list(each.libraries)] for each in plan.packages],
                "declared": [[*key, list(modules)] for key, modules in declared.items()],
                "libraries": list(plan.libraries),
                "files": files,
            }
        )

    @property
    def name(self) -> str:
        """The name under which the application was registered."""
        return str(self.data["name"])

    @property
    def keys(self) -> Mapping[str, str]:
        """The keys, each with its value as text."""
        found: Mapping[str, str] = self.data["keys"]
        return found

    @property
    def devices(self) -> tuple[str, ...]:
        """The modules of devices, each with its arguments, in order of initialisation."""
        return tuple(self.data["devices"])

    @property
    def libraries(self) -> tuple[str, ...]:
        """The OCamlfind libraries that are linked."""
        return tuple(self.data["libraries"])

    @cached_property
    def packages(self) -> tuple[Package, ...]:
        """The merged packages, sorted by name: their bounds, pins, scopes and libraries."""
        return tuple(_decoded(*fields, tuple(libraries)) for *fields, libraries in self.data["packages"])

    @property
    def declared(self) -> tuple[Declared, ...]:
        """Each declaration of a package, with its place in the configuration."""
        return self.declarations()

    def declarations(self, package: str | None = None) -> tuple[Declared, ...]:
        """Return the declarations of `package`, by default of all packages."""
        return tuple(
            Declared(_decoded(*fields, (), file, line), tuple(modules))
            for *fields, file, line, modules in self.data["declared"]
            if package in (None, fields[0])
        )

    @property
    def files(self) -> Mapping[str, Made]:
        """The files to write, by name."""
        return {name: Made(*said) for name, said in self.data["files"].items()}

    def package(self, name: str) -> Package | None:
        """Return the merged package called `name`, or None."""
        return next((each for each in self.packages if each.name == name), None)


def _package(package: Package) -> tuple[Any, ...]:
    ends = (None if end is None else end.text for end in (package.min, package.max))
    return (package.name, *ends, package.build, package.pin, package.pin_version, package.scope)


@lru_cache(maxsize=1 << 14)
def _decoded(
    name: str,
    least: str | None,
    most: str | None,
    build: bool,
    pin: str | None,
    pin_version: str,
    scope: Any,
    libraries: tuple[str, ...],
    file: str | None = None,
    line: int | None = None,
) -> Package:
    """Decode a package, with one object for equal ones, because most packages of a fleet are equal."""
    place = None if file is None or line is None else Location(file, line)
    return Package(name, libraries, Bounds(least, most), build, pin, place, scope=scope, pin_version=pin_version)
