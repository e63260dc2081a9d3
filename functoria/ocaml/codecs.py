"""Check values and convert them between OCaml and Python, on the way to a constructor and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface
from typing import Any

from attr import frozen

from functoria import Impl, Type, Value
from functoria.errors import FunctoriaError
from functoria.impl import describe, matches
from functoria.location import Location
from functoria.misspelling import meant
from functoria.ocaml.apply import Given, apply
from functoria.ocaml.checking import touched
from functoria.ocaml.errors import mistyped
from functoria.ocaml.making import called
from functoria.ocaml.numbered import counted
from functoria.ocaml.values import (
    NONE,
    Char,
    Construct,
    Function,
    Int64,
    List,
    Parameter,
    Record,
    Variant,
    Wrapped,
    list_of,
    named,
    some,
)


@frozen
class Codec:
    """A type that both languages have; `name` is OCaml's."""

    name: str

    def python(self, value: Any, at: Location) -> Any:
        """Convert an OCaml value to Python. Raises TypeMismatch, at the place, if it is of another type."""
        raise NotImplementedError

    def ocaml(self, value: Any) -> Any:
        """Convert a Python value to OCaml."""
        raise NotImplementedError

    def wrong(self, value: Any, at: Location) -> Exception:
        """Return the error for a value of another type."""
        error = mistyped(at, f"this is {named(value)}, but the type {self.name} is expected", objects=[value])
        error.remedy = self.remedy(value)
        return error

    def remedy(self, value: Any) -> str:
        """Say how to make `value`, of another type, one of this type; empty if that is not known."""
        return ""

    def accepts(self, value: Any) -> bool:
        """Return whether `value`, of OCaml, is of this type."""
        try:
            self.python(value, _NOWHERE)
        except FunctoriaError:
            return False
        return True


@frozen
class Same(Codec):
    """A type whose values are the same in both languages: instances of a class."""

    of: type[Any] | tuple[type[Any], ...]

    def python(self, value: Any, at: Location) -> Any:
        if not isinstance(value, self.of) or (isinstance(value, bool) and self.of is not bool):
            raise self.wrong(value, at)
        return value

    def ocaml(self, value: Any) -> Any:
        return value


@frozen
class Anything(Codec):
    """A type variable: any value passes unchanged."""

    def python(self, value: Any, at: Location) -> Any:
        return value

    def ocaml(self, value: Any) -> Any:
        return value


@frozen
class _Unit(Codec):
    def python(self, value: Any, at: Location) -> Any:
        if value != ():
            raise self.wrong(value, at)
        return None

    def ocaml(self, value: Any) -> Any:
        return ()


@frozen
class _Boxed(Codec):
    box: Any
    field: str

    def python(self, value: Any, at: Location) -> Any:
        if not isinstance(value, self.box):
            raise self.wrong(value, at)
        return getattr(value, self.field)

    def ocaml(self, value: Any) -> Any:
        return self.box(value)


@frozen
class ListCodec(Codec):
    """A list."""

    item: Codec

    def python(self, value: Any, at: Location) -> Any:
        if not isinstance(value, List):
            raise self.wrong(value, at)
        return [self.item.python(each, at) for each in value]

    def remedy(self, value: Any) -> str:
        if isinstance(self.item, Anything) or isinstance(value, List):
            return ""
        if self.item.accepts(value):
            return "put it in brackets, [ … ]"
        more = self.item.remedy(value)
        return more and f"{more}, and put that in brackets, [ … ]"

    def ocaml(self, value: Any) -> Any:
        return list_of(self.item.ocaml(each) for each in value)


@frozen
class OptionCodec(Codec):
    """An option: None, or an item."""

    item: Codec

    def python(self, value: Any, at: Location) -> Any:
        if not isinstance(value, Construct) or value.name not in ("None", "Some"):
            raise self.wrong(value, at)
        return self.item.python(value.argument, at) if value.applied else None

    def remedy(self, value: Any) -> str:
        return "" if isinstance(self.item, Anything) or not self.item.accepts(value) else "write (Some …)"

    def ocaml(self, value: Any) -> Any:
        return NONE if value is None else some(self.item.ocaml(value))


@frozen
class TupleCodec(Codec):
    """A tuple."""

    items: tuple[Codec, ...]

    def python(self, value: Any, at: Location) -> Any:
        if not isinstance(value, tuple) or len(value) != len(self.items):
            raise self.wrong(value, at)
        return tuple(codec.python(each, at) for codec, each in zip(self.items, value, strict=True))

    def ocaml(self, value: Any) -> Any:
        return tuple(codec.ocaml(each) for codec, each in zip(self.items, value, strict=True))


@frozen
class Variants(Codec):
    """Polymorphic variants, each with its value in Python."""

    tags: tuple[tuple[str, Any], ...]

    def python(self, value: Any, at: Location) -> Any:
        if not isinstance(value, Variant) or value.applied or value.tag not in dict(self.tags):
            raise self.wrong(value, at)
        return dict(self.tags)[value.tag]

    def remedy(self, value: Any) -> str:
        return meant(f"`{value.tag}", [f"`{tag}" for tag, _ in self.tags]) if isinstance(value, Variant) else ""

    def ocaml(self, value: Any) -> Any:
        return Variant(next(tag for tag, each in self.tags if each == value))


def variants(**tags: Any) -> Variants:
    """Make a codec of polymorphic variants from their tags."""
    return Variants(" or ".join(f"`{tag}" for tag in tags), tuple(tags.items()))


@frozen
class ImplCodec(Codec):
    """An implementation of one type, or of any type."""

    type: Type[*tuple[Any, ...]] | None

    def python(self, value: Any, at: Location) -> Any:
        if not isinstance(value, Impl):
            raise self.wrong(value, at)
        if self.type is not None and not matches(value, self.type):
            error = mistyped(
                at, f"this is {describe(value)}, but the type {self.type} impl is expected", objects=[value]
            )
            error.remedy = _missing(value, self.type)
            raise error
        return value

    def ocaml(self, value: Any) -> Any:
        return value


_NOWHERE = Location("", 0)


def _missing(impl: Any, type: Any) -> str:
    """Describe which arguments a functor lacks to be of the type; empty if the mistake is another one."""
    parts, wanted = impl.signature.parts, type.parts
    lacks = len(parts) - len(wanted)
    if lacks < 1 or parts[lacks:] != wanted:
        return ""
    return f"give it {lacks} more argument{'s' if lacks > 1 else ''}, as in ({' $ '.join(['…', *map(str, parts[:lacks])])})"


@frozen
class Kind(Codec):
    """A wrapped value of an abstract type; `of`, if given, checks its content."""

    kind: str
    of: Codec | None = None
    makes: tuple[Callable[[Any], bool], str] | None = None
    """The function that makes one from values of other types, and these types."""

    def remedy(self, value: Any) -> str:
        return self.makes[1] if self.makes is not None and self.makes[0](value) else ""

    def python(self, value: Any, at: Location) -> Any:
        if not isinstance(value, Wrapped) or value.kind != self.kind:
            raise self.wrong(value, at)
        if self.of is not None and value.of is not None and not alike(value.of, self.of):
            raise mistyped(
                at, f"this is of type {value.of.name} {self.kind}, but the type {self.of.name} {self.kind} is expected"
            )
        return value.value

    def ocaml(self, value: Any) -> Any:
        return Wrapped(self.kind, value, self.of)


@frozen
class ValueCodec(Codec):
    """A value that depends on keys, whose content is converted to Python."""

    of: Codec

    def python(self, value: Any, at: Location) -> Any:
        if not isinstance(value, Wrapped) or value.kind != "value":
            raise self.wrong(value, at)
        held: Value[Any] = value.value
        if value.of is None:
            return held.map(_Out(self.of, at))
        if not alike(value.of, self.of):
            raise mistyped(at, f"this is of type {value.of.name} value, but the type {self.of.name} value is expected")
        return held

    def ocaml(self, value: Any) -> Any:
        return Wrapped("value", value, self.of)


def alike(one: Codec, two: Codec) -> bool:
    """Return whether two types have the same values in Python; a type variable matches any type."""
    if isinstance(one, Anything) or isinstance(two, Anything):
        return True
    if isinstance(one, ListCodec) and isinstance(two, ListCodec):
        return alike(one.item, two.item)
    if isinstance(one, OptionCodec) and isinstance(two, OptionCodec):
        return alike(one.item, two.item)
    if isinstance(one, Variants) and isinstance(two, Variants):
        return set(one.tags) <= set(two.tags) or set(two.tags) <= set(one.tags)
    return one == two


def surely(codec: Codec, value: Any, at: Location) -> None:
    """Raise TypeMismatch if `value`, which is partly unknown, cannot be of the type."""
    if isinstance(codec, ListCodec) and isinstance(value, List):
        for each in value:
            surely(codec.item, each, at)
    elif isinstance(codec, OptionCodec) and isinstance(value, Construct) and value.applied:
        surely(codec.item, value.argument, at)
    elif not touched(value):
        codec.python(value, at)


@frozen
class _Out:
    """Converts the content of a value to Python."""

    codec: Codec
    at: Location

    def __call__(self, value: Any) -> Any:
        return self.codec.python(value, self.at)


@frozen
class _In:
    """Converts the content of a value to OCaml."""

    codec: Codec

    def __call__(self, value: Any) -> Any:
        return self.codec.ocaml(value)


def native(value: Wrapped) -> Value[Any]:
    """Return a value that depends on keys, with its content converted to OCaml."""
    held: Value[Any] = value.value
    if value.of is None or isinstance(value.of, (Same, Anything)):
        return held
    return held.map(_In(value.of))


@frozen
class Callback(Codec):
    """A function that Python calls with positional arguments."""

    takes: tuple[Codec, ...]
    gives: Codec

    def python(self, value: Any, at: Location) -> Any:
        if not isinstance(value, Function):
            raise self.wrong(value, at)
        return Called(value, self, at)

    def ocaml(self, value: Any) -> Any:
        def call(arguments: list[Any], at: Location) -> Any:
            given = [codec.python(each, at) for codec, each in zip(self.takes, arguments, strict=True)]
            return self.gives.ocaml(value(*given))

        return counted(Function((Parameter(),) * len(self.takes), call, ("python", value)))


@frozen
class Called:
    """An OCaml function that Python can call."""

    function: Function
    codec: Callback
    at: Location

    def __call__(self, *values: Any) -> Any:
        given = [Given(codec.ocaml(value)) for codec, value in zip(self.codec.takes, values, strict=True)]
        return self.codec.gives.python(apply(self.function, given, self.at), self.at)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_impl(value: Any) -> bool:
    return isinstance(value, Impl)


def _is_any(value: Any) -> bool:
    return True


def _is_key(value: Any) -> bool:
    return isinstance(value, Wrapped) and value.kind == "key"


@frozen
class RecordCodec(Codec):
    """A record, which `make` builds in Python from its fields."""

    fields: tuple[tuple[str, Codec], ...]
    make: Callable[..., Any]

    def python(self, value: Any, at: Location) -> Any:
        if not isinstance(value, Record) or {name for name, _ in value.fields} != {name for name, _ in self.fields}:
            raise self.wrong(value, at)
        return called(self.make, [], {name: codec.python(value.get(name), at) for name, codec in self.fields}, at)

    def ocaml(self, value: Any) -> Any:
        fields = ((name, codec.ocaml(getattr(value, name))) for name, codec in self.fields)
        return Record(tuple(fields))


LEVELS = ("App", "Error", "Warning", "Info", "Debug")
"""The levels of Logs, in the order of their declaration."""


@frozen
class _Level(Codec):
    """A level of logs."""

    def python(self, value: Any, at: Location) -> Any:
        if not isinstance(value, Construct) or value.kind != "Logs.level":
            raise self.wrong(value, at)
        return value.name.lower()

    def ocaml(self, value: Any) -> Any:
        name = str(value).capitalize()
        return Construct(name, kind="Logs.level", rank=LEVELS.index(name))


STRING = Same("string", str)
INT = Same("int", int)
BOOL = Same("bool", bool)
FLOAT = Same("float", float)
UNIT = _Unit("unit")
CHAR = _Boxed("char", Char, "text")
INT64 = _Boxed("int64", Int64, "value")
ANY = Anything("any type")
LEVEL = _Level("Logs.level")

SIMPLE: Mapping[str, Codec] = {
    "string": STRING,
    "int": INT,
    "bool": BOOL,
    "float": FLOAT,
    "unit": UNIT,
    "char": CHAR,
    "int64": INT64,
    "Logs.level": LEVEL,
    "Ipaddr.V4.t": Same("Ipaddr.V4.t", IPv4Address),
    "Ipaddr.V4.Prefix.t": Same("Ipaddr.V4.Prefix.t", IPv4Interface),
    "Ipaddr.V6.t": Same("Ipaddr.V6.t", IPv6Address),
    "Ipaddr.V6.Prefix.t": Same("Ipaddr.V6.Prefix.t", IPv6Interface),
    "Ipaddr.t": Same("Ipaddr.t", (IPv4Address, IPv6Address)),
    "package": Kind("package", "package", makes=(_is_text, "write package before it")),
    "abstract_key": Kind(
        "abstract_key", "abstract_key", makes=(_is_key, "put it into (Key.abstract …), from 4 on (Key.v …)")
    ),
    "abstract_impl": Kind(
        "abstract_impl",
        "abstract_impl",
        makes=(_is_impl, "put it into (abstract …), from 4 on (dep …)"),
    ),
    "runtime_args": Kind(
        "Runtime_arg.t", "abstract_runtime_arg", makes=(_is_any, "make it with runtime_arg or Runtime_arg.v")
    ),
    "pos": Same("of __POS__", tuple),
    "fpath": Kind("Fpath.t", "path"),
}
"""Types without parameters, by their names in signatures."""
