"""Convert values of abstract types: implementations, values that depend on keys, and what a library wraps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attr import frozen

from functoria import Impl, Type, Value
from functoria.impl import describe, matches
from functoria.location import Location
from functoria.ocaml.codecs import Anything, Codec, Same, alike
from functoria.ocaml.errors import mistyped
from functoria.ocaml.ml_types import Con, Ty
from functoria.ocaml.values import Wrapped


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

    def scheme(self) -> Ty:
        return Con("impl")


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

    def scheme(self) -> Ty:
        return Con(self.kind, () if self.of is None else (self.of.scheme(),))


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

    def scheme(self) -> Ty:
        return Con("value", (self.of.scheme(),))


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
