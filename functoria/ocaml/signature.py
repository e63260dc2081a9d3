"""Turn signatures, written as OCaml types, into functions that call Python's constructors."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from attr import frozen

from functoria import Type
from functoria.location import Location
from functoria.ocaml import codecs
from functoria.ocaml.abstract_codecs import ImplCodec, Kind, ValueCodec
from functoria.ocaml.callbacks import Callback
from functoria.ocaml.checking import reading, something
from functoria.ocaml.codecs import Codec
from functoria.ocaml.errors import argument_at
from functoria.ocaml.making import called
from functoria.ocaml.simple_types import SIMPLE
from functoria.ocaml.values import ABSENT, UNKNOWN, Function, Parameter

_TOKEN = re.compile(r"\s*(->|\*|[()]|\?[a-z_0-9]+:|[a-z_0-9]+:(?=[^=])|'[a-z]+|[A-Za-z_][A-Za-z_0-9.']*)")
Types = Callable[[str], "Codec | None"]
"""Looks up the codec of a type that is not built in."""


@frozen
class Taken:
    """A parameter of a signature."""

    label: str
    optional: bool
    codec: Codec


@frozen
class Signature:
    """The parameters and result of a library's function; without parameters, the type of a value."""

    parameters: tuple[Taken, ...]
    gives: Codec


class _Parser:
    def __init__(self, text: str, types: Types) -> None:
        self.text = text
        self.tokens: list[str] = []
        position = 0
        stripped = text.rstrip()
        while position < len(stripped):
            match = _TOKEN.match(stripped, position)
            if match is None:
                raise ValueError(f"not a signature: {text!r} at {position}")
            self.tokens.append(match[1])
            position = match.end()
        self.types = types
        self.place = 0

    def peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def next(self) -> str:
        self.place += 1
        return self.tokens[self.place - 1]

    def signature(self) -> Signature:
        taken: list[Taken] = []
        while True:
            label, optional = "", False
            if self.peek().endswith(":"):
                name = self.next()
                optional, label = name.startswith("?"), name.strip("?:")
            codec = self.product()
            if self.peek() != "->":
                return Signature(tuple(taken), codec)
            self.next()
            taken.append(Taken(label, optional, codec))

    def product(self) -> Codec:
        items = [self.applied()]
        while self.peek() == "*":
            self.next()
            items.append(self.applied())
        if len(items) == 1:
            return items[0]
        return codecs.TupleCodec(" * ".join(item.name for item in items), tuple(items))

    def applied(self) -> Codec:
        token = self.next()
        if token == "(":
            inner = self.signature()
            if self.next() != ")":
                raise ValueError(f"a parenthesis is not closed in {self.text!r}")
            codec = inner.gives
            name = "a function"
            if inner.parameters:
                codec = Callback(name, tuple(each.codec for each in inner.parameters), inner.gives)
        elif token.startswith("'"):
            codec, name = codecs.ANY, token
        else:
            codec, name = self.named(token), token
        while re.match(r"[a-z]", self.peek()) and not self.peek().endswith(":"):
            codec = self.constructed(self.next(), codec, name)
            name = ""
        return codec

    def named(self, name: str) -> Codec:
        found = SIMPLE.get(name) or self.types(name)
        if found is not None:
            return found
        if re.match(r"[a-z]", self.peek()) and not self.peek().endswith(":"):
            return codecs.Anything(name)  # the name of a device type, an argument of the type constructor that follows
        raise ValueError(f"no type {name} in {self.text!r}")

    def constructed(self, constructor: str, of: Codec, name: str) -> Codec:
        said = of.name
        if constructor == "list":
            return codecs.ListCodec(f"{said} list", of)
        if constructor == "option":
            return codecs.OptionCodec(f"{said} option", of)
        if constructor == "value":
            return ValueCodec(f"{said} value", of)
        if constructor in ("key", "runtime_arg"):
            return Kind(f"{said} {constructor}", constructor, of)
        if constructor == "impl":
            found = self.types(f"{name} impl") if name and not name.startswith("'") else None
            return found or ImplCodec("impl", None)
        found = self.types(f"{name} {constructor}") or self.types(f"_ {constructor}")
        if found is None:
            raise ValueError(f"no type {name} {constructor} in {self.text!r}")
        return found


def parse(text: str, types: Types) -> Signature:
    """Parse a signature. Raises ValueError."""
    parser = _Parser(text, types)
    found = parser.signature()
    if parser.place != len(parser.tokens):
        raise ValueError(f"not a signature: {text!r}")
    return found


def function(
    name: str, signature: Signature, python: Callable[..., Any], *, renamed: Mapping[str, str] | None = None
) -> Any:
    """Make the OCaml function that calls `python`: labelled arguments become keywords, and unit is left out.

    If the signature takes nothing, the result is `python` itself, converted to OCaml.
    """
    if not signature.parameters:
        return signature.gives.ocaml(python)
    taken, gives, keywords = signature.parameters, signature.gives, dict(renamed or {})
    numbers = [sum(not before.label for before in taken[:place]) for place in range(len(taken))]
    registers = hasattr(python, "registers")

    def call(values: list[Any], at: Location) -> Any:
        if registers:
            reading(name, at)
        by_place: list[Any] = []
        by_name: dict[str, Any] = {}
        for each, value, number in zip(taken, values, numbers, strict=True):
            if value is ABSENT:
                continue
            given = each.codec.python(value, argument_at(at, each.label, number))
            if each.label:
                by_name[keywords.get(each.label, each.label)] = given
            elif each.codec is not codecs.UNIT:
                by_place.append(given)
        return gives.ocaml(called(python, by_place, by_name, at))

    def partly(values: list[Any], at: Location) -> Any:
        type_ = gives.type if isinstance(gives, ImplCodec) else None
        for each, value, number in zip(taken, values, numbers, strict=True):
            if value is not ABSENT:
                codecs.surely(each.codec, value, argument_at(at, each.label, number))
                if type_ is None and isinstance(gives, ImplCodec) and isinstance(value, Type):
                    type_ = value  # the declared type of a functor
        return UNKNOWN if type_ is None else something(type_)

    return Function(
        tuple(Parameter(each.label, each.optional) for each in taken),
        call,
        (name, python),
        name,
        pure=not registers,
        partly=partly,
        signature=signature,
    )
