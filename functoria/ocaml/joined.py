"""Converters of lists and pairs, whose parts are joined by a separator."""

from __future__ import annotations

from typing import Any

from attr import frozen

from functoria import arg
from functoria.converter import Converter
from functoria.location import Location
from functoria.ocaml import codecs
from functoria.ocaml.builtin import raw
from functoria.ocaml.converters import converter, converter_of
from functoria.ocaml.making import called
from functoria.ocaml.values import ABSENT, Wrapped


def list_by(item: Any, at: Location, separator: str = ",") -> Wrapped:
    """Make a converter of lists."""
    inner = converter_of(item, at)
    of = codecs.ListCodec(f"{inner.of.name} list", inner.of)
    if separator != ",":
        return converter(_joined((inner, inner), separator, at, many=True), _Several(of.name, inner.of))
    return converter(called(arg.list, [inner.value], {}, at), of)


@frozen
class _Several(codecs.ListCodec):
    """A list that is a tuple in Python."""

    def python(self, value: Any, at: Location) -> Any:
        return tuple(super().python(value, at))


@frozen
class _Split:
    """Parses values joined by a separator."""

    items: tuple[Converter[Any], ...]
    separator: str
    many: bool

    def __call__(self, text: str) -> tuple[Any, ...]:
        if self.many:
            return tuple(self.items[0].parse(part) for part in text.split(self.separator)) if text else ()
        parts = text.split(self.separator, len(self.items) - 1)
        if len(parts) < len(self.items):
            raise ValueError(f"there is no {self.separator} in it")
        return tuple(item.parse(part) for item, part in zip(self.items, parts, strict=True))


@frozen
class _Join:
    """Prints values joined by a separator."""

    items: tuple[Converter[Any], ...]
    separator: str

    def __call__(self, values: Any) -> str:
        items = self.items * (1 + len(values))
        return self.separator.join(item.print(value) for item, value in zip(items, values, strict=False))


@frozen
class _Listed:
    """Writes values as an OCaml list or tuple."""

    items: tuple[Converter[Any], ...]
    many: bool

    def __call__(self, values: Any) -> str:
        items = self.items * (1 + len(values))
        said = [item.literal(value) for item, value in zip(items, values, strict=False)]
        return f"[{'; '.join(said)}]" if self.many else f"({', '.join(said)})"


def _joined(items: tuple[Wrapped, ...], separator: str, at: Location, *, many: bool) -> Converter[Any]:
    held = tuple(item.value for item in items)
    name = "list" if many else f"t{len(items)}" if len(items) > 2 else "pair"
    inner = " ".join(item.runtime for item in (held[:1] if many else held))
    made: Converter[Any] = called(
        arg.custom,
        [f"{held[0].expected}, joined by {separator}"],
        {
            "runtime": f"(Cmdliner.Arg.{name} ~sep:'{separator}' {inner})",
            "parse": _Split(held, separator, many),
            "print": _Join(held, separator),
            "literal": _Listed(held, many),
            "instance": tuple,
        },
        at,
    )
    return made


def pair_by(separator: Any, one: Any, two: Any, at: Location) -> Wrapped:
    """Make a converter of pairs."""
    items = (converter_of(one, at), converter_of(two, at))
    of = codecs.TupleCodec("a pair", tuple(item.of for item in items))
    return converter(_joined(items, "," if separator is ABSENT else separator.text, at, many=False), of)


def tuple_by(separator: Any, *given: Any) -> Wrapped:
    """Make a converter of tuples of three and more."""
    *held, at = given
    items = tuple(converter_of(each, at) for each in held)
    of = codecs.TupleCodec(f"a tuple of {len(items)}", tuple(item.of for item in items))
    return converter(_joined(items, "," if separator is ABSENT else separator.text, at, many=False), of)


def list_without_separator() -> Any:
    """3.3's `Key.Arg.list`, which takes no separator."""
    return raw("Arg.list", ".", list_by)
