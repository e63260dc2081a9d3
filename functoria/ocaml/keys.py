"""Keys of a configuration, their converters, and values that depend on them, as OCaml writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from functoria import Info, Key, Value, arg, lift
from functoria.converter import Converter
from functoria.errors import FunctoriaError, InvalidValue
from functoria.location import Location
from functoria.ocaml import codecs
from functoria.ocaml.apply import Given, apply
from functoria.ocaml.builtin import module, raw
from functoria.ocaml.codecs import Codec
from functoria.ocaml.errors import mistyped, refused
from functoria.ocaml.formats import escaped
from functoria.ocaml.making import called
from functoria.ocaml.scope import Names
from functoria.ocaml.stdlib import buffer_of, of_kind, opaque, text_of
from functoria.ocaml.values import (
    ABSENT,
    Buffer,
    Construct,
    Pair,
    Raised,
    Variant,
    Wrapped,
    compared,
    named,
)


@frozen
class _ConverterValue(Wrapped, Pair):
    """A converter, which older versions of Cmdliner have as a parser and a printer."""

    def pair(self) -> tuple[Any, Any]:
        def parse(text: Any, at: Location) -> Variant:
            try:
                return Variant("Ok", self.of.ocaml(self.value.parse(text_of(text, at))), True)
            except ValueError as problem:
                return Variant("Error", str(problem), True)

        def show(buffer: Any, value: Any, at: Location) -> tuple[()]:
            buffer_of(buffer, at).write(self.value.print(self.of.python(value, at)))
            return ()

        return raw("parser", ".", parse), raw("printer", ". .", show)


def converter(python: Converter[Any], of: Codec) -> Wrapped:
    """A converter of OCaml: Python's, and what values it reads are."""
    return _ConverterValue("converter", python, of)


def converter_of(value: Any, at: Location) -> Wrapped:
    """Return `value` if it is a converter; raise an error at the place if not."""
    return of_kind(value, "converter", "a converter", at)


@frozen
class _EnumCodec(Codec):
    """What the names of an enum stand for."""

    pairs: tuple[tuple[str, Any], ...]

    def python(self, value: Any, at: Location) -> Any:
        for name, each in self.pairs:
            if type(each) is type(value) and compared(each, value) == 0:
                return name
        raise self.wrong(value, at)

    def ocaml(self, value: Any) -> Any:
        return dict(self.pairs)[value]


def _enum(pairs: Any, at: Location) -> Wrapped:
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


def _list(item: Any, at: Location, separator: str = ",") -> Wrapped:
    inner = converter_of(item, at)
    of = codecs.ListCodec(f"{inner.of.name} list", inner.of)
    if separator != ",":
        return converter(_joined((inner, inner), separator, at, many=True), of)
    return converter(called(arg.list, [inner.value], {}, at), of)


@frozen
class _Split:
    """Reads values that a separator joins."""

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
    """The OCaml expression of values, a list or a tuple."""

    items: tuple[Converter[Any], ...]
    many: bool

    def __call__(self, values: Any) -> str:
        items = self.items * (1 + len(values))
        said = [item.literal(value) for item, value in zip(items, values, strict=False)]
        return f"[{'; '.join(said)}]" if self.many else f"({', '.join(said)})"


def _joined(items: tuple[Wrapped, ...], separator: str, at: Location, *, many: bool) -> Converter[Any]:
    held = tuple(item.value for item in items)
    name = "list" if many else "pair"
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


def _pair(separator: Any, one: Any, two: Any, at: Location) -> Wrapped:
    items = (converter_of(one, at), converter_of(two, at))
    of = codecs.TupleCodec("a pair", tuple(item.of for item in items))
    return converter(_joined(items, "," if separator is ABSENT else separator.text, at, many=False), of)


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


def _some(item: Any, at: Location) -> Wrapped:
    inner = converter_of(item, at)
    of = codecs.OptionCodec(f"{inner.of.name} option", inner.of)
    return converter(called(arg.some, [inner.value], {}, at), of)


@frozen
class Parse:
    """Reads a value by a function of OCaml, which gives a result, or in older versions a variant."""

    function: Any
    at: Location

    def __call__(self, text: str) -> Any:
        """The value; raises ValueError where the function gives an error."""
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
        raise InvalidValue(f"a converter gives Ok or Error, and not {named(found)}", locations=[self.at])


@frozen
class Print:
    """Prints a value by a printer of OCaml."""

    printer: Any
    at: Location

    def __call__(self, value: Any) -> str:
        """What is printed."""
        buffer = Buffer()
        apply(self.printer, [Given(buffer), Given(value)], self.at)
        return buffer.text


@frozen
class _Literal:
    """The OCaml expression of a value, in parentheses."""

    printer: Print

    def __call__(self, value: Any) -> str:
        said = self.printer(value)
        return said if re.fullmatch(r"[`\w.]+", said) else f"({said})"


def conv(pair: Any, at: Location, *, literal: Any = None, runtime: str = "Cmdliner.Arg.string") -> Wrapped:
    """A converter of a parser and a printer."""
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
    """A converter whose values are OCaml's: what is not text is taken as it is."""

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


def _info(labels: dict[str, Any], names: Any, at: Location) -> Wrapped:
    taken = codecs.ListCodec("string list", codecs.STRING).python(names, at)
    if isinstance(labels["env"], Wrapped) and labels["env"].kind == "env":
        labels["env"] = labels["env"].value
    described = {name: codecs.STRING.python(value, at) for name, value in labels.items() if value is not ABSENT}
    return Wrapped("arg_info", (tuple(taken), tuple(sorted(described.items()))))


@frozen
class ArgKind:
    """What an argument of a key is: its kind, converter, default and description."""

    kind: str
    converter: Wrapped
    default: Any
    info: Any
    stage: str | None
    at: Location


def _argument(kind: str, stage: Any, conv_: Any, default: Any, info: Any, at: Location) -> Wrapped:
    of_kind(info, "arg_info", "what info gives", at)
    held = converter(arg.bool, codecs.BOOL) if kind == "flag" else converter_of(conv_, at)
    name = None if stage is ABSENT else STAGE.python(stage, at)
    python = None if default is ABSENT else held.of.python(default, at)
    return Wrapped("arg", ArgKind(kind, held, python, info.value, name, at))


STAGE = codecs.variants(Configure="configure", Run="run", Both="both")


def _create(default_stage: str, name: Any, argument: Any, at: Location) -> Wrapped:
    text = text_of(name, at)
    made: ArgKind = of_kind(argument, "arg", "an argument, as Arg.opt gives it,", at).value
    flags, described = made.info
    more: dict[str, Any] = {"flags": list(flags), "stage": made.stage or default_stage, **dict(described)}
    if default_stage == "configure":
        more["stage"] = "configure"
    of, python = made.converter.of, made.converter.value
    if made.kind == "flag":
        key = called(Key.flag, [text], more, at)
    elif made.kind == "required":
        key, of = called(Key.required, [text, python], more, at), codecs.OptionCodec(f"{of.name} option", of)
    elif made.kind == "opt_all":
        of = codecs.ListCodec(f"{of.name} list", of)
        key = called(Key.opt, [text, called(arg.list, [python], {}, at)], {"default": (), **more}, at)
    else:
        key = called(Key.opt, [text, python], {"default": made.default, **more}, at)
    return Wrapped("key", key, of)


def key_of(value: Any, at: Location) -> Wrapped:
    """`value` itself, if it is a key; else TypeMismatch."""
    return of_kind(value, "key", "a key", at)


@frozen
class _Calls:
    """A function of OCaml, as a function of values."""

    function: Any
    at: Location = field(eq=False)

    def __call__(self, *values: Any) -> Any:
        try:
            return apply(self.function, [Given(value) for value in values], self.at)
        except Raised as raised:
            raise uncaught(raised, self.at) from None


def _calls_second(function: Any, value: Any) -> Any:
    return function(value)


@frozen
class _Partial:
    at: Location = field(eq=False)

    def __call__(self, function: Any, value: Any) -> Any:
        return _Calls(function, self.at)(value)


def uncaught(raised: Raised, at: Location) -> FunctoriaError:
    """The error for an exception that nothing in the configuration catches."""
    value = raised.value
    said = f" {escaped(value.argument)}" if isinstance(value.argument, str) else ""
    hints = {
        "Not_found": "what was looked for is not there, such as a variable of the environment",
        "Match_failure": "no case matches the value",
        "Assert_failure": "the assertion does not hold",
    }
    hint = f": {hints[value.name]}" if value.name in hints else ""
    return refused(raised.at or at, f"the configuration raises {value.name}{said}{hint}", objects=[value])


def value_in(value: Any, at: Location) -> Wrapped:
    """`value` itself, if it is a value of keys; else TypeMismatch."""
    return of_kind(value, "value", "a value of keys", at)


def _made(value: Value[Any]) -> Wrapped:
    return Wrapped("value", value)


def _map(function: Any, value: Any, at: Location) -> Wrapped:
    return _made(called(codecs.native(value_in(value, at)).map, [_Calls(function, at)], {}, at))


def _apply(function: Any, value: Any, at: Location) -> Wrapped:
    held = [codecs.native(value_in(each, at)) for each in (function, value)]
    return _made(called(lift, [_Partial(at), *held], {}, at))


@frozen
class _Choose:
    then: Any
    otherwise: Any

    def __call__(self, condition: Any) -> Any:
        return self.then if condition is True else self.otherwise


def _if(condition: Any, then: Any, otherwise: Any, at: Location) -> Wrapped:
    held = codecs.ValueCodec("bool value", codecs.BOOL).python(condition, at)
    return _made(called(held.map, [_Choose(then, otherwise)], {}, at))


def _default(value: Any, at: Location) -> Any:
    held = codecs.native(value_in(value, at))
    return held.evaluate(lambda key: key.default)


def info_of(value: Any, at: Location, kind: str = "info") -> Info:
    """The information that `value` is, as hooks get it; else TypeMismatch."""
    found: Info = of_kind(value, kind, kind, at).value
    return found


def _eval(context: Any, value: Any, at: Location) -> Any:
    info = info_of(context, at, "context")
    return codecs.native(value_in(value, at)).evaluate(info.get)


def get(context: Any, key: Any, at: Location) -> Any:
    """The value of a key in a context."""
    held = key_of(key, at)
    assert held.of is not None
    return held.of.ocaml(info_of(context, at, "context").get(held.value))


def _abstract(key: Any, at: Location) -> Wrapped:
    return Wrapped("abstract_key", key_of(key, at).value)


def _key_name(key: Any, at: Location) -> str:
    return str(codecs.SIMPLE["abstract_key"].python(key, at).name)


def _serialize_call(buffer: Any, key: Any, at: Location) -> tuple[()]:
    held: Key[Any] = codecs.SIMPLE["abstract_key"].python(key, at)
    buffer_of(buffer, at).write(held.call)
    return ()


def functions(stage: str) -> dict[str, Any]:
    """The values of the module Key; keys are of `stage` where they do not say."""
    return {
        "create": raw("Key.create", ". .", lambda name, argument, at: _create(stage, name, argument, at)),
        "value": raw("Key.value", ".", lambda key, at: Wrapped("value", key_of(key, at).value.value, key.of)),
        "pure": raw("Key.pure", ".", lambda value, at: _made(called(Value.pure, [value], {}, at))),
        "map": raw("Key.map", ". .", _map),
        "match_": raw("Key.match_", ". .", lambda value, function, at: _map(function, value, at)),
        "$": raw("Key.$", ". .", _apply),
        "if_": raw("Key.if_", ". . .", _if),
        "default": raw("Key.default", ".", _default),
        "eval": raw("Key.eval", ". .", _eval),
        "get": raw("Key.get", ". .", get),
        "name": raw("Key.name", ".", _key_name),
        ("v" if stage == "configure" else "abstract"): raw("Key.abstract", ".", _abstract),
        **({} if stage == "configure" else {"serialize_call": raw("Key.serialize_call", ". .", _serialize_call)}),
    }


_INFO = ("docs", "docv", "doc", "env")


def argument_functions(stages: bool) -> dict[str, Any]:
    """The values of Key.Arg that make arguments; with `stages` they say when they are given."""
    optional = "?stage " if stages else ""

    def opt(*values: Any) -> Wrapped:
        stage, held, default, info, at = values if stages else (ABSENT, *values)
        return _argument("opt", stage, held, default, info, at)

    def required(*values: Any) -> Wrapped:
        stage, held, info, at = values if stages else (ABSENT, *values)
        return _argument("required", stage, held, ABSENT, info, at)

    def flag(*values: Any) -> Wrapped:
        stage, info, at = values if stages else (ABSENT, *values)
        return _argument("flag", stage, None, ABSENT, info, at)

    def opt_all(*values: Any) -> Wrapped:
        stage, held, info, at = values if stages else (ABSENT, *values)
        return _argument("opt_all", stage, held, ABSENT, info, at)

    def info_(*values: Any) -> Wrapped:
        *labels, names, at = values
        return _info(dict(zip(_INFO, labels, strict=True)), names, at)

    return {
        "opt": raw("Arg.opt", f"{optional}. . .", opt),
        "required": raw("Arg.required", f"{optional}. .", required),
        "flag": raw("Arg.flag", f"{optional}.", flag),
        "opt_all": raw("Arg.opt_all", f"{optional}. .", opt_all),
        "info": raw("Arg.info", "?docs ?docv ?doc ?env .", info_),
    }


def converters() -> dict[str, Any]:
    """The converters of functoria's own, as Key.Arg of 3.3 and Cmdliner have them."""
    return {
        "string": converter(arg.string, codecs.STRING),
        "bool": converter(arg.bool, codecs.BOOL),
        "int": converter(arg.int, codecs.INT),
        "some": raw("Arg.some", ".", _some),
    }


def list_without_separator() -> Any:
    """`list`, as Key.Arg of 3.3 has it."""
    return raw("Arg.list", ".", _list)


def environment_variable(*values: Any) -> Wrapped:
    """`Cmd.Env.info` of Cmdliner: the variable's name is what is kept of it."""
    *_, name, at = values
    return Wrapped("env", text_of(name, at))


def cmdliner() -> Names:
    """The module Cmdliner."""
    env = module("Cmdliner.Cmd.Env", {"info": raw("Env.info", "?deprecated ?docs ?doc .", environment_variable)})
    return module(
        "Cmdliner",
        {},
        Term=opaque("Cmdliner.Term"),
        Arg=module("Cmdliner.Arg", cmdliner_arguments()),
        Cmd=opaque("Cmdliner.Cmd", Env=env),
    )


def cmdliner_arguments() -> Mapping[str, Any]:
    """The values of Cmdliner.Arg that configurations use."""

    def separated(sep: Any, item: Any, at: Location) -> Wrapped:
        return _list(item, at, "," if sep is ABSENT else sep.text)

    return {
        **converters(),
        "some": raw("Arg.some", "?none .", lambda none, item, at: _some(item, at)),
        "some'": raw("Arg.some'", "?none .", lambda none, item, at: _some(item, at)),
        "enum": raw("Arg.enum", ".", _enum),
        "pair": raw("Arg.pair", "?sep . .", _pair),
        "int64": converter(INT64, codecs.INT64),
        **{name: converter(arg.string, codecs.STRING) for name in ("file", "dir", "non_dir_file")},
        "list": raw("Arg.list", "?sep .", separated),
        "conv": raw("Arg.conv", "?docv .", lambda docv, pair, at: conv(pair, at)),
        "info": raw(
            "Arg.info",
            "?deprecated ?absent ?docs ?doc_envs ?docv ?doc ?env .",
            lambda *v: _info({"docs": v[2], "docv": v[4], "doc": v[5], "env": v[6]}, v[7], v[8]),
        ),
        "conv_parser": raw("Arg.conv_parser", ".", _parser_of),
    }


def _parser_of(value: Any, at: Location) -> Any:
    held = converter_of(value, at)

    def parse(text: Any, place: Location) -> Any:
        from functoria.ocaml.values import message, ok

        try:
            return ok(held.of.ocaml(held.value.parse(text_of(text, place))))
        except ValueError as problem:
            return message(str(problem))

    return raw("parser", ".", parse)


def runtime_conv(conv_: Any, serialize: Any, runtime: Any, at: Location) -> Wrapped:
    """`Key.Arg.conv` of 3.3: Cmdliner's converter, with how a value is written in OCaml and read when the unikernel boots."""
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
