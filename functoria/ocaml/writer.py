"""Write the values of a configuration as Python expressions."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network
from typing import Any

from attr import define, field, frozen

import functoria
from functoria import Impl, Key, Type, Value, arg
from functoria.converter import Converter
from functoria.errors import ConfigError
from functoria.impl import AnyImpl
from functoria.location import Location
from functoria.ocaml.callbacks import Called
from functoria.ocaml.making import recorder
from functoria.ocaml.symbols import literal
from functoria.ocaml.values import List, Variant, Wrapped
from functoria.value import Lift, Read


@frozen(eq=False)
class Made:
    """A value, with the constructor that made it and its arguments."""

    value: Any
    python: Callable[..., Any]
    by_place: list[Any]
    by_name: dict[str, Any]
    at: Location
    item: int | None = None
    """The index of the value in the constructor's result, if that has several."""


@frozen
class Dialect:
    """The way a release's configurations are written in Python; a catalogue offers one with its `Release`."""

    module: Any
    """The catalogue, from which names are imported."""
    others: Mapping[Callable[..., Any], Callable[[Made], tuple[str, list[Any], dict[str, Any]]]] = field(factory=dict)
    """Constructors to be called by another name, with these arguments."""
    submodules: Mapping[str, Any] = field(factory=dict)
    """Modules whose functions are called as `NAME.FUNCTION`, by how they are imported: `miragedevices.v3 keys`."""
    device: Callable[[Any, Callable[[Any], str]], tuple[str, list[str]] | None] = lambda device, said: None
    """Returns the class body for a device that the file defines, and the name of the class; None for any other value."""


@define
class Writer:
    """Writes the values of a configuration as Python expressions."""

    dialect: Dialect
    made: dict[int, Made] = field(factory=dict)
    names: dict[int, str] = field(factory=dict)
    """The variables that hold values, by identity."""
    lists: dict[tuple[int, ...], str] = field(factory=dict)
    """The variables that hold lists, by the identities of the items."""
    imports: dict[str, set[str]] = field(factory=dict)
    classes: list[str] = field(factory=list)
    taken: set[str] = field(factory=set)
    """Names that a new class must not take: those of other classes, and those that may be imported."""
    _constants: dict[int, str] = field(factory=dict)
    devices: dict[AnyImpl, str] = field(factory=dict)
    """What makes the devices whose classes are written."""

    def __attrs_post_init__(self) -> None:
        self.taken.update(self.dialect.module.__all__, functoria.__all__, dir(builtins), ("Any",))
        for name in self.dialect.module.__all__:
            value = getattr(self.dialect.module, name)
            if isinstance(value, (Impl, Type, Key, Value)) or callable(value):
                self._constants.setdefault(id(value), name)

    def record(self, value: Any, *said: Any) -> None:
        """Remember what made `value`."""
        self.made[id(value)] = Made(value, *said)

    def use(self, module: str, name: str) -> str:
        """Import `name` from `module`, and return it."""
        self.imports.setdefault(module, set()).add(name)
        return name

    def core(self, name: str) -> str:
        """Import a name from the catalogue if it has it, else from functoria."""
        module = self.dialect.module if name in self.dialect.module.__all__ else functoria
        return self.use(module.__name__, name)

    def said(self, value: Any) -> str:
        """Write `value` as an expression. Raises ConfigError if Python has no such expression."""
        if value is None or isinstance(value, (bool, int, float)):
            return repr(value)
        if isinstance(value, str):
            return literal(value)
        if isinstance(value, Variant):
            return literal(value.tag)
        if isinstance(value, (IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network)):
            return literal(str(value))
        if isinstance(value, (list, tuple)):
            return self._list(value)
        if isinstance(value, dict):
            return joined("{", [f"{self.said(key)}: {self.said(item)}" for key, item in value.items()], "}")
        if id(value) in self.names:
            return self.names[id(value)]
        if id(value) in self._constants:
            return self.use(self.dialect.module.__name__, self._constants[id(value)])
        if isinstance(value, Type):
            return self._type(value)
        if isinstance(value, Value):
            return self._value(value)
        if isinstance(value, Converter):
            return self._converter(value)
        if isinstance(value, Called) and isinstance(value.function.same, tuple):
            return self.said(value.function.same[-1])
        if isinstance(value, Impl):
            own = self._own(value)
            if own is not None:
                return own
        found = self.made.get(id(value))
        if found is None:
            for module, where in self.dialect.submodules.items():
                name = next((name for name, each in vars(where).items() if each is value), None)
                if name is not None:
                    package, _, alias = module.rpartition(" ")
                    return f"{self.use(package, alias)}.{name}"
            raise ConfigError(f"{value!r} cannot be written in a configuration in Python", objects=[value])
        return self.call(found) + ("" if found.item is None else f"[{found.item}]")

    def _own(self, value: AnyImpl) -> str | None:
        """Return the class of a device that the file defines, one for all equal ones; None for other devices."""
        if value not in self.devices:
            try:
                own = self.dialect.device(value, self.said)
            except ConfigError as error:
                if not error.placed and value.location is not None:
                    error.locations, error.placed = (value.location,), True
                raise
            if own is None:
                return None
            self.devices[value] = self._class(*own)
        self.names[id(value)] = self.devices[value]
        return self.devices[value]

    def call(self, made: Made) -> str:
        """Write the call that makes a value. Raises ConfigError, at the nearest known place, if Python cannot express it."""
        try:
            return self._call(made)
        except ConfigError as error:
            if not error.placed:
                error.locations, error.placed = (made.at,), True
            raise

    def _call(self, made: Made) -> str:
        python, by_place, by_name = made.python, made.by_place, made.by_name
        if getattr(python, "__name__", "") == "__matmul__":
            return self._applied(made)
        other = self.dialect.others.get(getattr(python, "__func__", python))
        if other is not None:
            name, by_place, by_name = other(made)
            self.core(name)
        else:
            name = self._function(python)
        words = [self.said(each) for each in by_place]
        words += [f"{label}={self.said(each)}" for label, each in self._needed(python, by_name, by_place)]
        return joined(f"{name}(", words, ")")

    def _needed(
        self, python: Callable[..., Any], by_name: dict[str, Any], by_place: list[Any]
    ) -> Iterable[tuple[str, Any]]:
        """Return the labelled arguments without those that equal their defaults."""
        key = getattr(python, "__self__", None) is Key
        for label, value in by_name.items():
            if key and label == "flags" and list(value) == by_place[:1]:
                continue
            if (key and label == "stage" and value == "both") or (
                label in _LISTS and isinstance(value, list) and not value
            ):
                continue
            yield label, value

    def _applied(self, made: Made) -> str:
        """Write the application of a functor."""
        arguments: list[Any] = []
        head: Any = made.value
        while True:
            arguments.append(made.by_place[0])
            head = getattr(made.python, "__self__", None)
            inner = self.made.get(id(head))
            if inner is None or id(head) in self.names or getattr(inner.python, "__name__", "") != "__matmul__":
                break
            made = inner
        words = [self.said(head), *map(self._argument, reversed(arguments))]
        line = " @ ".join(words)
        if len(line) <= WIDTH and "\n" not in line:
            return line
        rest = [indented for word in words[1:] for indented in _indented(f"@ {word}")]
        return "\n".join(["(", *_indented(words[0]), *rest, ")"])

    def _argument(self, value: Any) -> str:
        """Write an argument, in parentheses if it is an application itself."""
        said = self.said(value)
        return f"({said})" if " @ " in said and id(value) not in self.names and said[0] not in "[(" else said

    def _function(self, python: Callable[..., Any]) -> str:
        if getattr(python, "__self__", None) is Key:
            return f"{self.core('Key')}.{python.__name__}"
        for name in ("list", "some", "enum"):
            if python is getattr(arg, name):
                return f"{self.core('arg')}.{name}"
        if id(python) in self._constants:
            return self.use(self.dialect.module.__name__, self._constants[id(python)])
        if getattr(functoria, python.__name__, None) is python:
            return self.core(python.__name__)
        for module, where in self.dialect.submodules.items():
            if getattr(where, python.__name__, None) is python:
                package, _, alias = module.rpartition(" ")
                return f"{self.use(package, alias)}.{python.__name__}"
        raise ConfigError(f"{python.__name__} cannot be written in a configuration in Python", objects=[python])

    def _list(self, value: Any) -> str:
        named = self.lists.get(tuple(map(id, value))) if value else None
        if named is not None:
            return named
        items = [self.said(item) for item in value]
        if isinstance(value, tuple):
            return f"({', '.join(items)}{',' if len(items) == 1 else ''})"
        return joined("[", items, "]")

    def _type(self, value: Type[*tuple[Any, ...]]) -> str:
        if value.name:
            return f"{self.core('Type')}({literal(value.name)})"
        *parameters, _ = value.parts
        if any(part.parameters for part in parameters):
            first = next(number for number, part in enumerate(parameters) if part.parameters)
            rest = Type.of_parts(value.parts[first + 1 :])
            inner = f"{self.core('functor')}([{self.said(parameters[first])}], {self.said(rest)})"
            return inner if not first else " >> ".join([*map(self.said, parameters[:first]), inner])
        return " >> ".join(map(self.said, value.parts))

    def _value(self, value: Value[Any]) -> str:
        if isinstance(value, Read):
            return f"{self.said(value.key)}.value"
        if not value.keys:
            return f"{self.core('Value')}.pure({self.said(_listed(value.evaluate(_no_key)))})"
        if isinstance(value, Lift) and not _boolean(value):
            chain, inner = _chained(value)
            if isinstance(inner, Read) and inner.key.converter.alternatives:
                results = self._results(
                    chain, {each: inner.key.accept(each) for each in inner.key.converter.alternatives}
                )
                cases = [f"{literal(each)}: {self.said(result)}" for each, result in results.items()]
                return joined(f"{self.said(inner.key)}.value.match({{", cases, "})")
            if _boolean(inner):
                results = self._results(chain, {True: True, False: False})
                return joined(f"{self.said(inner)}.if_(", [self.said(each) for each in results.values()], ")")
        if isinstance(value, Lift) and value.comparison:
            one, other = value.arguments
            return f"{self.said(one)}.eq({self.said(other.evaluate(_no_key))})"
        raise ConfigError(
            "a value computed from keys cannot be translated to Python on its own: write it by hand", objects=[value]
        )

    def _results(self, function: Callable[[Any], Any], cases: Mapping[Any, Any]) -> dict[Any, Any]:
        """Return the results of an OCaml function in each case, recording their calls of constructors."""
        token = recorder.set(self.record)
        try:
            return {case: _listed(function(given)) for case, given in cases.items()}
        finally:
            recorder.reset(token)

    def _converter(self, value: Converter[Any]) -> str:
        for name in ("string", "int", "bool"):
            if value is getattr(arg, name):
                return f"{self.core('arg')}.{name}"
        found = self.made.get(id(value))
        if found is None or found.python is arg.custom:
            raise ConfigError("a converter that the file defines must be written by hand", objects=[value])
        if found.python is arg.enum:
            ((variants,), usual) = (found.by_place, "`")
            plain = all(variant == usual + name.replace("-", "_").capitalize() for name, variant in variants.items())
            return f"{self.core('arg')}.enum({self.said(list(variants) if plain else variants)})"
        return self.call(found)

    def _class(self, name: str, body: list[str]) -> str:
        count, chosen_name = 1, name
        while chosen_name in self.taken:
            count += 1
            chosen_name = f"{name}{count}"
        self.taken.add(chosen_name)
        base = self.use(
            self.dialect.module.__name__ if "Device" in self.dialect.module.__all__ else "functoria", "Device"
        )
        self.use("typing", "Any")
        inside = "\n".join(f"    {line}" if line else "" for line in body)
        self.classes.append(f"class {chosen_name}({base}[Any]):\n{inside}\n")
        return f"{chosen_name}()"


_LISTS = ("packages", "keys", "deps", "runtime_args")
"""Labels of lists that are empty by default."""


WIDTH = 100


def joined(head: str, words: list[str], tail: str) -> str:
    """Join `words` between `head` and `tail`, on one line if it is short enough, else one to a line."""
    line = f"{head}{', '.join(words)}{tail}"
    if len(line) <= WIDTH and "\n" not in line:
        return line
    inner = "".join(f"{indented}\n" for word in words for indented in _indented(f"{word},"))
    return f"{head}\n{inner}{tail}"


def _indented(text: str) -> list[str]:
    return [f"    {line}" for line in text.split("\n")]


def _chained(value: Lift[Any]) -> tuple[Callable[[Any], Any], Value[Any]]:
    """The function of one value that a value is, with that value, which is not one of several or is a comparison."""
    steps: list[Callable[[Any], Any]] = []
    inner: Value[Any] = value
    while isinstance(inner, Lift) and not _boolean(inner):
        known = [None if each.keys else (each.evaluate(_no_key),) for each in inner.arguments]
        if known.count(None) != 1:
            break
        steps.append(partial(_with_one, inner.function, known))
        inner = inner.arguments[known.index(None)]

    def chain(given: Any) -> Any:
        for step in reversed(steps):
            given = step(given)
        return given

    return chain, inner


def _with_one(function: Callable[..., Any], known: list[tuple[Any] | None], given: Any) -> Any:
    return function(*(given if each is None else each[0] for each in known))


def _no_key(key: Any) -> Any:
    raise LookupError(key)


def _boolean(value: Value[Any]) -> bool:
    """Whether a value of keys is surely true or false."""
    if isinstance(value, Read):
        return value.key.converter is arg.bool
    return isinstance(value, Lift) and value.comparison


def _listed(value: Any) -> Any:
    return list(map(unwrapped, value)) if isinstance(value, (List, tuple)) else value


def unwrapped(value: Any) -> Any:
    """Return the Python value in a wrapped one."""
    return value.value if isinstance(value, Wrapped) else value
