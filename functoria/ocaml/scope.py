"""Names in a configuration: what each one stands for where it is used, known before anything is evaluated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from attr import define, field, frozen

from functoria.errors import FunctoriaError
from functoria.location import Location
from functoria.ocaml.errors import refused

Frame: TypeAlias = dict[int, Any]
"""The values of the variables of one call, by their numbers."""


@define(eq=False)
class Activation:
    """A function that is being read: the variables around it that it uses."""

    around: Activation | None
    captured: dict[int, None] = field(factory=dict)


@frozen(eq=False)
class Variable:
    """A variable of the file's own: its number, and the function whose own it is, None for none."""

    number: int
    owner: Activation | None


@frozen(eq=False)
class Made:
    """A constructor: the type that it is of, and whether it takes an argument. `build` makes something else of it."""

    name: str
    takes: bool | None
    """None for either."""
    kind: object = None
    build: Callable[[Any], Any] | None = None
    rank: int = 0
    """Its place among the constructors of its type."""


@define(eq=False)
class Names:
    """The names of a module, each of its kind. `library` gives what is not among them, and says what it is called."""

    title: str = ""
    values: dict[str, Any] = field(factory=dict)
    """Variables of the file, or values of libraries."""
    modules: dict[str, Names] = field(factory=dict)
    constructors: dict[str, Made] = field(factory=dict)
    records: dict[str, tuple[str, ...]] = field(factory=dict)
    """The fields of each type of records."""
    classes: dict[str, Any] = field(factory=dict)
    library: Callable[[str], Any] | None = None
    """What a library has under a name of a value, or None: it is asked once."""
    known: Callable[[], Any] | None = None
    """The names of the library's values, for messages."""
    opaque: bool = False
    """Whether it is not known what it has: where it is opened, it is asked last."""

    def value(self, name: str) -> Any:
        """What the value `name` is; None where there is none."""
        found = self.values.get(name)
        if found is None and self.library is not None:
            found = self.library(name)
            if found is not None:
                self.values[name] = found
        return found

    def names(self) -> list[str]:
        """The names of all values."""
        return sorted({*self.values, *(self.known() if self.known is not None else ())})


class Scope:
    """What is seen at a point of the file: layers of names, the innermost last."""

    def __init__(self, layers: list[Names]) -> None:
        self.layers = layers
        self.activation: Activation | None = None
        self.unknown: Callable[[str, str, Location], FunctoriaError] = _unknown
        self.count = 0
        """How many variables there are so far."""

    def variable(self) -> Variable:
        """A new variable of the function that is being read."""
        self.count += 1
        return Variable(self.count, self.activation)

    def bind(self, name: str, value: Any) -> None:
        """Let `name` be `value` from here."""
        self.layers[-1].values[name] = value

    @contextmanager
    def nested(self) -> Iterator[None]:
        """What is bound inside is not seen after."""
        depth = len(self.layers)
        self.layers.append(Names())
        try:
            yield
        finally:
            del self.layers[depth:]

    @contextmanager
    def function(self) -> Iterator[Activation]:
        """A function is read inside."""
        around = self.activation
        self.activation = Activation(around)
        try:
            with self.nested():
                yield self.activation
        finally:
            self.activation = around

    def open(self, names: Names) -> None:
        """Let the names of a module be seen from here."""
        self.layers += [names, Names()]

    def module(self, path: tuple[str, ...], at: Location) -> Names:
        """The module at `path`. Raises ConfigError."""
        for layer in reversed(self.layers):
            found = layer.modules.get(path[0])
            if found is not None:
                break
        else:
            raise self.unknown("module", path[0], at)
        for name in path[1:]:
            inner = found.modules.get(name)
            if inner is None:
                raise self.unknown("module", f"{found.title}.{name}" if found.title else name, at)
            found = inner
        return found

    def _find(self, kind: str, path: tuple[str, ...], at: Location, look: Callable[[Names], Any]) -> Any:
        if len(path) > 1:
            module = self.module(path[:-1], at)
            found = look(module)
            if found is None:
                raise self.unknown(kind, ".".join(path), at)
            return found
        for opaque in (False, True):
            for layer in reversed(self.layers):
                if layer.opaque is opaque:
                    found = look(layer)
                    if found is not None:
                        return found
        raise self.unknown(kind, ".".join(path), at)

    def value(self, path: tuple[str, ...], at: Location) -> Any:
        """What the value at `path` is: a `Variable`, or a library's value. Raises ConfigError."""
        found = self._find("value", path, at, lambda names: names.value(path[-1]))
        if isinstance(found, Variable) and found.owner is not None:
            activation = self.activation
            while activation is not found.owner and activation is not None:
                activation.captured[found.number] = None
                activation = activation.around
        return found

    def constructor(self, path: tuple[str, ...], at: Location) -> Made:
        """What the constructor at `path` is. Raises ConfigError."""
        found: Made = self._find("constructor", path, at, lambda names: names.constructors.get(path[-1]))
        return found

    def class_(self, path: tuple[str, ...], at: Location) -> Any:
        """What the class at `path` is. Raises ConfigError."""
        return self._find("class", path, at, lambda names: names.classes.get(path[-1]))

    def record(self, fields: set[str], path: tuple[str, ...], at: Location) -> tuple[str, ...]:
        """The fields of the type of records that has exactly `fields`. Raises ConfigError."""
        layers = [self.module(path, at)] if path else list(reversed(self.layers))
        near: tuple[str, ...] | None = None
        for layer in layers:
            for declared in reversed(list(layer.records.values())):
                if fields == set(declared):
                    return declared
                if near is None and fields & set(declared):
                    near = declared
        if near is None:
            raise self.unknown("field", min(fields), at)
        odd = sorted(fields.difference(near))
        if odd:
            raise refused(at, f"the record with the fields {', '.join(near)} has no field {odd[0]}")
        raise refused(at, f"the record with the fields {', '.join(near)} also has the field {min(set(near) - fields)}")


def _unknown(kind: str, name: str, at: Location) -> FunctoriaError:
    return refused(at, f"there is no {kind} {name}")
