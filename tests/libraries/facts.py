"""What is known of the real libraries of MirageOS 3.3's time: see README.md."""

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
    """A definition in a META file: it holds where all `predicates` do, those that begin with - where they do not."""

    name: str
    predicates: tuple[str, ...]
    adds: bool
    """Whether it adds to what others define (`+=`)."""
    value: str


@frozen
class Library:
    """A findlib package, and the directory of its archives: below the libraries', or with ^ or + the compiler's."""

    name: str
    variables: tuple[Variable, ...]
    directory: str


@frozen
class Archive:
    """The compilation units in a native archive, and those of others that they need; of the standard library none."""

    path: str
    provides: frozenset[str]
    needs: frozenset[str]


def _loaded(name: str) -> Any:
    return json.loads(lzma.decompress((HERE / name).read_bytes()))


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


_SOURCES = json.loads((HERE / "sources.json").read_text())
PACKAGES: Mapping[str, Any] = {**_loaded("packages.json.xz"), **_SOURCES["packages"]}
"""The packages by name, as recorded."""

LIBRARIES: Mapping[str, Library] = {
    library.name: library for name, found in PACKAGES.items() for library in _libraries(name, found, name)
}
"""The packages and their subpackages by name."""

ARCHIVES: Mapping[str, Archive] = {
    path: _archive(path, found) for path, found in {**_loaded("units.json.xz"), **_SOURCES["units"]}.items()
}
"""The native archives by path."""

UNITS = frozenset(unit for archive in ARCHIVES.values() for unit in archive.provides)
"""All units that some archive provides."""
