"""Resolve the names in a configuration before anything is evaluated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias, TypeVar

from attr import define, field, frozen

from functoria.errors import FunctoriaError
from functoria.location import Location
from functoria.misspelling import meant
from functoria.ocaml import syntax
from functoria.ocaml.errors import refused

T = TypeVar("T")

Frame: TypeAlias = dict[int, Any]
"""The variables of one call: values by number."""


@define(eq=False)
class Activation:
    """A function being compiled, with the outer variables that it uses."""

    around: Activation | None
    captured: dict[int, None] = field(factory=dict)


@frozen(eq=False)
class Variable:
    """A variable that the file defines: its number, and the function that it is local to, if any."""

    number: int
    owner: Activation | None


@frozen(eq=False)
class Made:
    """A constructor: its type, and whether it takes an argument. `build`, if given, makes its value."""

    name: str
    takes: bool | None
    """None if it may or may not take one."""
    kind: object = None
    build: Callable[[Any], Any] | None = None
    holds: Callable[[Any], bool] | None = None
    """With `build`, which values a pattern of the constructor matches; the pattern inside is for the same value."""
    rank: int = 0
    """Its position among the constructors of its type."""


@define(eq=False)
class Names:
    """The names of a module, by kind. `library` looks up other values."""

    title: str = ""
    values: dict[str, Any] = field(factory=dict)
    """Variables of the file, and values of libraries."""
    modules: dict[str, Names] = field(factory=dict)
    constructors: dict[str, Made] = field(factory=dict)
    records: dict[str, tuple[str, ...]] = field(factory=dict)
    """The fields of each type of records."""
    classes: dict[str, Any] = field(factory=dict)
    types: dict[str, Any] = field(factory=dict)
    """Types of the file's own, where types are inferred: each with its parameters."""
    library: Callable[[str], Any] | None = None
    """Returns a library's value by name, or None; called once for each name."""
    known: Callable[[], Any] | None = None
    """Returns the names of the library's values, for messages."""
    own: bool = False
    """Whether the file defines the module."""
    opaque: bool = False
    """Whether the module's content is unknown: if it is opened, names are looked for in it last."""

    def value(self, name: str) -> Any:
        """Return the value `name`, or None."""
        found = self.values.get(name)
        if found is None and self.library is not None:
            found = self.library(name)
            if found is not None:
                self.values[name] = found
        return found

    def names(self) -> list[str]:
        """Return the names of all values."""
        return sorted({*self.values, *(self.known() if self.known is not None else ())})


class Scope:
    """The names visible at a point of the file: layers, the innermost last."""

    def __init__(self, layers: list[Names]) -> None:
        self.layers = layers
        self.activation: Activation | None = None
        self.unknown: Callable[[str, str, Location, Names | None], FunctoriaError] = _unknown
        """The error for a name of a kind at a place: one of the module that is given, or of any."""
        self.count = 0
        """The number of variables so far."""

    def variable(self) -> Variable:
        """Make a variable of the function being compiled."""
        self.count += 1
        return Variable(self.count, self.activation)

    def bind(self, name: str, value: Any) -> None:
        """Bind `name` to `value` from here on."""
        self.layers[-1].values[name] = value

    @contextmanager
    def nested(self) -> Iterator[None]:
        """Enter a block, whose names end with it."""
        depth = len(self.layers)
        self.layers.append(Names())
        try:
            yield
        finally:
            del self.layers[depth:]

    @contextmanager
    def function(self) -> Iterator[Activation]:
        """Enter a function."""
        around = self.activation
        self.activation = Activation(around)
        try:
            with self.nested():
                yield self.activation
        finally:
            self.activation = around

    def open(self, names: Names) -> None:
        """Make the names of a module visible from here on."""
        self.layers += [names, Names()]

    def opened(self, item: syntax.Open) -> None:
        """Let the names of the module that an item opens or includes be seen from here. Raises ConfigError."""
        module = self.module(item.path, item.at)
        if item.included:
            _included(module, self.layers[-1])
        else:
            self.open(module)

    def defined(self, item: syntax.Module, items: Callable[[Any], T]) -> T | None:
        """Let the module that an item defines be seen from here; `items` reads its own. Raises ConfigError."""
        body: Any = item.body
        if item.alias:
            self.layers[-1].modules[item.name] = self.module(body, item.at)
            return None
        depth = len(self.layers)
        names = Names(item.name, own=True)
        self.layers.append(names)
        try:
            found = items(body)
            for layer in self.layers[depth + 2 :: 2]:  # what follows an open belongs to the module too
                _included(layer, names)
        finally:
            del self.layers[depth:]
        self.layers[-1].modules[item.name] = Names(item.name, own=True) if item.hidden else names
        return found

    def module(self, path: tuple[str, ...], at: Location) -> Names:
        """Look up the module at `path`. Raises ConfigError."""
        for layer in reversed(self.layers):
            found = layer.modules.get(path[0])
            if found is not None:
                break
        else:
            raise self.unknown("module", path[0], at, None)
        for name in path[1:]:
            inner = found.modules.get(name)
            if inner is None:
                raise self.unknown("module", f"{found.title}.{name}" if found.title else name, at, found)
            found = inner
        return found

    def _find(self, kind: str, path: tuple[str, ...], at: Location, look: Callable[[Names], Any]) -> Any:
        if len(path) > 1:
            module = self.module(path[:-1], at)
            found = look(module)
            if found is None:
                raise self.unknown(kind, ".".join(path), at, module)
            return found
        for opaque in (False, True):
            for layer in reversed(self.layers):
                if layer.opaque is opaque:
                    found = look(layer)
                    if found is not None:
                        return found
        raise self.unknown(kind, ".".join(path), at, None)

    def value(self, path: tuple[str, ...], at: Location) -> Any:
        """Look up the value at `path`: a `Variable`, or a library's value. Raises ConfigError."""
        found = self._find("value", path, at, lambda names: names.value(path[-1]))
        if isinstance(found, Variable) and found.owner is not None:
            activation = self.activation
            while activation is not found.owner and activation is not None:
                activation.captured[found.number] = None
                activation = activation.around
        return found

    def constructor(self, path: tuple[str, ...], at: Location) -> Made:
        """Look up the constructor at `path`. Raises ConfigError."""
        found: Made = self._find("constructor", path, at, lambda names: names.constructors.get(path[-1]))
        return found

    def class_(self, path: tuple[str, ...], at: Location) -> Any:
        """Look up the class at `path`. Raises ConfigError."""
        return self._find("class", path, at, lambda names: names.classes.get(path[-1]))

    def record(self, fields: set[str], path: tuple[str, ...], at: Location) -> tuple[str, ...]:
        """Look up the record type with exactly `fields`; return all of them in order. Raises ConfigError."""
        layers = [self.module(path, at)] if path else list(reversed(self.layers))
        near: tuple[str, ...] | None = None
        for layer in layers:
            for declared in reversed(list(layer.records.values())):
                if fields == set(declared):
                    return declared
                if near is None and fields & set(declared):
                    near = declared
        if near is None:
            raise self.unknown("field", min(fields), at, None)
        odd = sorted(fields.difference(near))
        if odd:
            hint = meant(odd[0], set(near) - fields)
            raise refused(
                at,
                f"the record with the fields {', '.join(near)} has no field {odd[0]}{hint and ': '}{hint}",
                objects=odd[:1],
            )
        raise refused(at, f"the record with the fields {', '.join(near)} also has the field {min(set(near) - fields)}")


def _included(module: Names, layer: Names) -> None:
    """Let a module have the names of another too."""
    if module.library is not None:
        for name in module.names():
            module.value(name)
    layer.values.update(module.values)
    layer.modules.update(module.modules)
    layer.constructors.update(module.constructors)
    layer.records.update(module.records)
    layer.classes.update(module.classes)
    layer.types.update(module.types)


def _unknown(kind: str, name: str, at: Location, within: Names | None) -> FunctoriaError:
    return refused(at, f"there is no {kind} {name}")
