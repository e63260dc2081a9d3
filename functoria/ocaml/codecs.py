"""Check values and convert them between OCaml and Python, on the way to a constructor and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attr import frozen

from functoria.errors import FunctoriaError
from functoria.location import Location
from functoria.misspelling import meant
from functoria.ocaml.checking import touched
from functoria.ocaml.errors import mistyped
from functoria.ocaml.making import called
from functoria.ocaml.ml_types import UNKNOWN_TYPE, Con, Ty, list_type, option_type
from functoria.ocaml.values import NONE, Char, Construct, Int64, List, Record, Variant, list_of, named, some

_NOWHERE = Location("", 0)
_PLAIN = ("string", "int", "bool", "float", "unit", "char", "int64")
"""The types without parameters that inference tells apart."""


def _plain(name: str) -> Ty:
    return Con(name) if name in _PLAIN else UNKNOWN_TYPE


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

    def scheme(self) -> Ty:
        """Return the type for inference; the unknown type for one that inference does not tell apart."""
        return UNKNOWN_TYPE

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

    def scheme(self) -> Ty:
        return _plain(self.name)


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

    def scheme(self) -> Ty:
        return _plain(self.name)


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

    def scheme(self) -> Ty:
        return _plain(self.name)


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

    def scheme(self) -> Ty:
        return list_type(self.item.scheme())


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

    def scheme(self) -> Ty:
        return option_type(self.item.scheme())


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

    def scheme(self) -> Ty:
        return Con("*", [each.scheme() for each in self.items])


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

    def scheme(self) -> Ty:
        return Con("variant")


def variants(**tags: Any) -> Variants:
    """Make a codec of polymorphic variants from their tags."""
    return Variants(" or ".join(f"`{tag}" for tag in tags), tuple(tags.items()))


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
