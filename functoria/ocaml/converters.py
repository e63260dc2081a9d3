"""The converters of keys that configurations in OCaml can use."""

from __future__ import annotations

import re
from typing import Any

from attr import frozen

from functoria import arg
from functoria.converter import Converter
from functoria.errors import InvalidValue
from functoria.location import Location
from functoria.ocaml import codecs
from functoria.ocaml.apply import Given, apply
from functoria.ocaml.boxes import Buffer
from functoria.ocaml.builtin import raw
from functoria.ocaml.codecs import Codec
from functoria.ocaml.errors import mistyped
from functoria.ocaml.expected import buffer_of, of_kind, text_of
from functoria.ocaml.formats import escaped
from functoria.ocaml.making import called
from functoria.ocaml.numbered import counted
from functoria.ocaml.values import Construct, Pair, Raised, Variant, Wrapped, compared, named


@frozen
class _ConverterValue(Wrapped, Pair):
    """A converter, which in older versions of Cmdliner is a pair of a parser and a printer."""

    def pair(self) -> tuple[Any, Any]:
        def parse(text: Any, at: Location) -> Variant:
            try:
                return Variant("Ok", self.of.ocaml(self.value.parse(text_of(text, at))), True)
            except ValueError as problem:
                return Variant("Error", str(problem), True)

        def show(buffer: Any, value: Any, at: Location) -> tuple[()]:
            buffer_of(buffer, at).write(self.value.print(self.of.python(value, at)))
            return ()

        return counted(raw("parser", ".", parse)), counted(raw("printer", ". .", show))


def converter(python: Converter[Any], of: Codec) -> Wrapped:
    """Wrap a Python converter for OCaml; `of` describes the values that it reads."""
    return _ConverterValue("converter", python, of)


def converter_of(value: Any, at: Location) -> Wrapped:
    """Return `value` if it is a converter; raise TypeMismatch at the place otherwise."""
    return of_kind(value, "converter", "a converter", at)


@frozen
class _EnumCodec(Codec):
    """The values that the names of an enum stand for."""

    pairs: tuple[tuple[str, Any], ...]

    def python(self, value: Any, at: Location) -> Any:
        for name, each in self.pairs:
            if type(each) is type(value) and compared(each, value) == 0:
                return name
        raise self.wrong(value, at)

    def ocaml(self, value: Any) -> Any:
        return dict(self.pairs)[value]


def enum(pairs: Any, at: Location) -> Wrapped:
    """Make a converter of names, each of which stands for a value."""
    taken = codecs.ListCodec(
        "a list of names and values", codecs.TupleCodec("a pair", (codecs.STRING, codecs.ANY))
    ).python(pairs, at)
    variants: dict[str, str] = {}
    for name, value in taken:
        if isinstance(value, Variant) and not value.applied:
            variants[name] = f"`{value.tag}"
        else:
            variants[name] = f"`Value_{len(variants)}"
    first: dict[str, str] = {}
    for name, variant in variants.items():
        first.setdefault(variant, name)
    of = _EnumCodec(
        "one of " + ", ".join(dict(taken)),
        tuple((first[variants[name]], value) for name, value in taken),
    )
    return converter(called(arg.enum, [variants], {}, at), of)


def _int64(text: str) -> int:
    number = int(text)
    if not -(2**63) <= number < 2**63:
        raise ValueError("an int64 has 64 bits")
    return number


def _int64_literal(number: int) -> str:
    return f"({number}L)"


INT64 = arg.custom(
    "an integer of 64 bits", runtime="Cmdliner.Arg.int64", parse=_int64, literal=_int64_literal, instance=int
)
"""An integer of 64 bits."""


def _float(text: str) -> float:
    if not re.fullmatch(r"[+-]?(\d[\d_]*\.?[\d_]*([eE][+-]?\d+)?|nan|inf(inity)?)", text):
        raise ValueError("it is not a number")
    return float(text.replace("_", ""))


def _float_literal(value: float) -> str:
    special = {"inf": "infinity", "-inf": "neg_infinity", "nan": "nan"}
    said = special.get(str(value)) or f"{value:.17g}"
    said = said if re.search(r"[.einf]", said) else f"{said}."
    return f"({said})" if said.startswith("-") else said


def _float_shown(value: float) -> str:
    return f"{value:g}"


FLOAT = arg.custom(
    "a number", runtime="Cmdliner.Arg.float", parse=_float, print=_float_shown, literal=_float_literal, instance=float
)
"""A number with a fraction."""


def _char(text: str) -> str:
    if len(text.encode()) != 1:
        raise ValueError("it is not one character")
    return text


def _char_literal(value: str) -> str:
    inner = escaped(value)[1:-1]
    return "'\\''" if inner == "'" else "'\"'" if inner == '\\"' else f"'{inner}'"


CHAR = arg.custom(
    "a character",
    runtime="Cmdliner.Arg.char",
    parse=_char,
    literal=_char_literal,
    instance=str,
)
"""A character."""


def some_of(item: Any, at: Location) -> Wrapped:
    """Make a converter of options."""
    inner = converter_of(item, at)
    of = codecs.OptionCodec(f"{inner.of.name} option", inner.of)
    return converter(called(arg.some, [inner.value], {}, at), of)


@frozen
class Parse:
    """Parses with an OCaml function, which returns a result or, in older versions of Cmdliner, a variant."""

    function: Any
    at: Location

    def __call__(self, text: str) -> Any:
        """Parse a value; raises ValueError if the function returns an error."""
        try:
            found = apply(self.function, [Given(text)], self.at)
        except Raised as raised:
            raise ValueError(raised.value.name) from None
        if isinstance(found, (Construct, Variant)) and found.applied:
            name = found.name if isinstance(found, Construct) else found.tag
            if name == "Ok":
                return found.argument
            if name == "Error":
                said = found.argument
                raise ValueError(said.argument if isinstance(said, Variant) else str(said))
        raise InvalidValue(f"a converter must return Ok or Error, not {named(found)}", locations=[self.at])


@frozen
class Print:
    """Prints a value with an OCaml printer."""

    printer: Any
    at: Location

    def __call__(self, value: Any) -> str:
        """Return the printed value."""
        buffer = Buffer()
        apply(self.printer, [Given(buffer), Given(value)], self.at)
        return text_of(buffer.text, self.at)


@frozen
class _Literal:
    """Writes a value as an OCaml expression in parentheses."""

    printer: Print

    def __call__(self, value: Any) -> str:
        said = self.printer(value)
        return said if re.fullmatch(r"[`\w.]+", said) else f"({said})"


def conv(pair: Any, at: Location, *, literal: Any = None, runtime: str = "Cmdliner.Arg.string") -> Wrapped:
    """Make a converter from a parser and a printer."""
    if not isinstance(pair, tuple) or len(pair) != 2:
        raise mistyped(at, f"this is {named(pair)}, but a parser and a printer are expected", objects=[pair])
    parse, show = Parse(pair[0], at), Print(pair[1], at)
    made = called(
        arg.custom,
        ["a value that the converter reads"],
        {"runtime": runtime, "parse": parse, "print": show, "literal": literal or _Literal(show)},
        at,
    )
    return converter(_native(made), codecs.ANY)


@frozen
class _Native(Converter[Any]):
    """A converter whose values are OCaml's: only text is parsed, anything else is returned unchanged."""

    inner: Converter[Any]

    def parse(self, text: str) -> Any:
        return self.inner.parse(text)

    def convert(self, value: object) -> Any:
        return self.parse(value) if isinstance(value, str) else value

    def print(self, value: Any) -> str:
        return self.inner.print(value)

    def literal(self, value: Any) -> str:
        return self.inner.literal(value)


def _native(inner: Converter[Any]) -> Converter[Any]:
    return _Native(inner.expected, inner.runtime, inner)


def converters() -> dict[str, Any]:
    """Return functoria's own converters under the names of Cmdliner and of 3.3's Key.Arg."""
    return {
        "string": converter(arg.string, codecs.STRING),
        "bool": converter(arg.bool, codecs.BOOL),
        "int": converter(arg.int, codecs.INT),
        "some": raw("Arg.some", ".", some_of),
    }


def parser_of(value: Any, at: Location) -> Any:
    """Return a converter's parser as an OCaml function."""
    held = converter_of(value, at)

    def parse(text: Any, place: Location) -> Any:
        from functoria.ocaml.values import message, ok

        try:
            return ok(held.of.ocaml(held.value.parse(text_of(text, place))))
        except ValueError as problem:
            return message(str(problem))

    return counted(raw("parser", ".", parse))


def runtime_conv(conv_: Any, serialize: Any, runtime: Any, at: Location) -> Wrapped:
    """3.3's `Key.Arg.conv`: a Cmdliner converter that also knows how to write a value in OCaml and read it at boot."""
    literal = _Literal(Print(serialize, at))
    expression = text_of(runtime, at)
    if isinstance(conv_, Wrapped) and conv_.kind == "converter":
        inner = conv_.value
        of = conv_.of
        made = called(
            arg.custom,
            [inner.expected],
            {
                "runtime": expression,
                "parse": _Read(inner, of),
                "print": _Show(inner, of),
                "literal": literal,
            },
            at,
        )
        return converter(_native(made), codecs.ANY)
    return conv(conv_, at, literal=literal, runtime=expression)


@frozen
class _Read:
    inner: Converter[Any]
    of: Codec

    def __call__(self, text: str) -> Any:
        return self.of.ocaml(self.inner.parse(text))


@frozen
class _Show:
    inner: Converter[Any]
    of: Codec

    def __call__(self, value: Any) -> str:
        place = Location("converter", 1)
        return self.inner.print(self.of.python(value, place))
