"""The facts in emitted files, read back from their text, without the names that devices have there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attr import frozen

from functoria.package import package
from functoria.testing import opam, sexps
from functoria.testing.key_file import Told, key_file
from functoria.testing.main_file import Started, main_of
from functoria.version import Version


@frozen
class Wanted:
    """A package, as the opam file states it."""

    name: str
    min: str | None = None
    max: str | None = None
    build: bool = False
    pin: str | None = None


@frozen
class Facts:
    """The facts that the files of a plan state, independent of the devices' names."""

    packages: tuple[Wanted, ...]
    libraries: tuple[str, ...]
    keys: tuple[Told, ...]
    runtime_keys: tuple[str, ...]
    modules: tuple[tuple[str, ...], ...]
    """The tokens of every functor application, in order. `@2` stands for the module that application 2, from 0, defines."""
    devices: tuple[Started, ...]
    last: tuple[str, ...]
    """The tokens after the last device: the order of initialisation, and how the program is run."""


def facts(files: Mapping[str, str]) -> Facts:
    """Read `files`, as returned by `Plan.files`. Raises SyntaxFault and ValueError for files of another form."""
    name = next(name for name in files if name.endswith(".opam"))
    keys, main = key_file(files["key_gen.ml"]), main_of(files["main.ml"])
    return Facts(
        packages(files[name]),
        libraries(sexps.stanzas(files["dune"])),
        keys.keys,
        tuple(key for _, key in keys.runtime),
        main.modules,
        main.devices,
        main.last,
    )


def packages(text: str) -> tuple[Wanted, ...]:
    """Return the packages that an opam file depends on, in order. Raises ValueError for conditions beyond bounds."""
    fields = opam.read(text)
    if not isinstance(fields.get("depends"), tuple):
        raise ValueError("it depends on no list of packages")
    pins = dict(map(_pin, _list(fields.get("pin-depends"))))
    found = tuple(_wanted(value, pins) for value in _list(fields.get("depends")))
    if not pins.keys() <= {each.name for each in found}:
        raise ValueError(f"it pins {', '.join(pins.keys() - {each.name for each in found})} without depending on it")
    return found


def _pin(value: opam.Value) -> tuple[str, str]:
    match _list(value):
        case [str(name), str(url)] if name.endswith(".dev"):
            return name.removesuffix(".dev"), url
    raise ValueError(f"{value!r} pins no development version of a package")


def _list(value: opam.Value | None) -> list[opam.Value]:
    # Other values are named tuples.
    if value is None:
        return []
    if isinstance(value, tuple) and not isinstance(value, (opam.Relation, opam.Logic, opam.Option)):
        return [*value]
    raise ValueError(f"{value!r} is not a list")


def _wanted(value: opam.Value, pins: Mapping[str, str]) -> Wanted:
    name, conditions = (value.value, value.conditions) if isinstance(value, opam.Option) else (value, ())
    low = high = None
    build = False
    for condition in conditions:
        for part in opam.relations(condition):
            if part == opam.Word("build"):
                build = True
            elif isinstance(part, opam.Relation) and part[:2] == (None, ">=") and low is None:
                low = _version(part.right)
            elif isinstance(part, opam.Relation) and part[:2] == (None, "<") and high is None:
                high = _version(part.right)
            else:
                raise ValueError(f"{name}: {part} is not a bound that an interval has")
    if not opam.is_text(name):
        raise ValueError(f"{name!r} is not the name of a package")
    return Wanted(package(str(name)).name, low, high, build, pins.get(str(name)))


def _version(value: opam.Value) -> str:
    if not opam.is_text(value):
        raise ValueError(f"{value!r} is not a version")
    return Version(str(value)).text


def libraries(stanzas: Iterable[sexps.Stanza]) -> tuple[str, ...]:
    """Return the libraries that the stanzas of a dune file link, sorted."""
    found = {library for _, fields in stanzas for library in sexps.field(fields, "libraries") or ()}
    return tuple(sorted(lib for lib in found if isinstance(lib, str)))
