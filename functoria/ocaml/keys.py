"""The module Key, with which a configuration in OCaml declares keys."""

from __future__ import annotations

from typing import Any

from attr import frozen

from functoria import Key, Value, arg
from functoria.location import Location
from functoria.ocaml import codecs
from functoria.ocaml.builtin import raw
from functoria.ocaml.cmdliner import LABELS, described
from functoria.ocaml.converters import converter, converter_of
from functoria.ocaml.expected import buffer_of, of_kind, text_of
from functoria.ocaml.making import called
from functoria.ocaml.simple_types import SIMPLE
from functoria.ocaml.values import ABSENT, Wrapped
from functoria.ocaml.values_of_keys import applied, chosen, default_of, evaluated, info_of, mapped, wrapped_value


@frozen
class ArgKind:
    """An argument of a key: its kind, converter, default and documentation."""

    kind: str
    converter: Wrapped
    default: Any
    info: Any
    stage: str | None
    at: Location


def _argument(kind: str, stage: Any, conv_: Any, default: Any, info: Any, at: Location) -> Wrapped:
    of_kind(info, "arg_info", "the result of info", at)
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
    """Return `value` if it is a key; raise TypeMismatch otherwise."""
    return of_kind(value, "key", "a key", at)


def get(context: Any, key: Any, at: Location) -> Any:
    """Return the value of a key in a context."""
    held = key_of(key, at)
    assert held.of is not None
    return held.of.ocaml(info_of(context, at, "context").get(held.value))


def _abstract(key: Any, at: Location) -> Wrapped:
    return Wrapped("abstract_key", key_of(key, at).value)


def _key_name(key: Any, at: Location) -> str:
    return str(SIMPLE["abstract_key"].python(key, at).name)


def _serialize_call(buffer: Any, key: Any, at: Location) -> tuple[()]:
    held: Key[Any] = SIMPLE["abstract_key"].python(key, at)
    buffer_of(buffer, at).write(held.call)
    return ()


def _pp(buffer: Any, key: Any, at: Location) -> tuple[()]:
    buffer_of(buffer, at).write(_key_name(key, at))
    return ()


_PRINTERS = {
    "serialize_call": raw("Key.serialize_call", ". .", _serialize_call),
    "pp": raw("Key.pp", ". .", _pp),
}
"""The printers of keys, which the later release does not have or does not offer to devices."""


def functions(stage: str) -> dict[str, Any]:
    """Return the values of the module Key; `stage` is the default of keys that do not give one."""
    return {
        "create": raw("Key.create", ". .", lambda name, argument, at: _create(stage, name, argument, at)),
        "value": raw("Key.value", ".", lambda key, at: Wrapped("value", key_of(key, at).value.value, key.of)),
        "pure": raw("Key.pure", ".", lambda value, at: wrapped_value(called(Value.pure, [value], {}, at))),
        "map": raw("Key.map", ". .", mapped),
        "match_": raw("Key.match_", ". .", lambda value, function, at: mapped(function, value, at)),
        "$": raw("Key.$", ". .", applied),
        "if_": raw("Key.if_", ". . .", chosen),
        "default": raw("Key.default", ".", default_of),
        "eval": raw("Key.eval", ". .", evaluated),
        "get": raw("Key.get", ". .", get),
        "name": raw("Key.name", ".", _key_name),
        ("v" if stage == "configure" else "abstract"): raw("Key.abstract", ".", _abstract),
        **({} if stage == "configure" else _PRINTERS),
    }


def argument_functions(stages: bool) -> dict[str, Any]:
    """Return the functions of Key.Arg that make arguments; with `stages`, they take a stage."""
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
        held, info, at = values
        return _argument("opt_all", ABSENT, held, ABSENT, info, at)

    def info_(*values: Any) -> Wrapped:
        *labels, names, at = values
        return described(dict(zip(LABELS, labels, strict=True)), names, at)

    later = {} if stages else {"opt_all": raw("Arg.opt_all", ". .", opt_all)}
    return later | {
        "opt": raw("Arg.opt", f"{optional}. . .", opt),
        "required": raw("Arg.required", f"{optional}. .", required),
        "flag": raw("Arg.flag", f"{optional}.", flag),
        "info": raw("Arg.info", "?docs ?docv ?doc ?env .", info_),
    }
