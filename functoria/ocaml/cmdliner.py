"""The part of OCaml's Cmdliner that configurations use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functoria import arg
from functoria.location import Location
from functoria.ocaml import codecs
from functoria.ocaml.builtin import module, raw
from functoria.ocaml.converters import CHAR, FLOAT, INT64, conv, converter, converters, enum, parser_of, some_of
from functoria.ocaml.expected import text_of
from functoria.ocaml.joined import list_by, pair_by, tuple_by
from functoria.ocaml.opaque import opaque
from functoria.ocaml.scope import Names
from functoria.ocaml.values import ABSENT, Wrapped


def described(labels: dict[str, Any], names: Any, at: Location) -> Wrapped:
    """The result of `info`: the names of an argument and its documentation."""
    taken = codecs.ListCodec("string list", codecs.STRING).python(names, at)
    if isinstance(labels["env"], Wrapped) and labels["env"].kind == "env":
        labels["env"] = labels["env"].value
    described = {name: codecs.STRING.python(value, at) for name, value in labels.items() if value is not ABSENT}
    return Wrapped("arg_info", (tuple(taken), tuple(sorted(described.items()))))


LABELS = ("docs", "docv", "doc", "env")


def environment_variable(*values: Any) -> Wrapped:
    """Cmdliner's `Cmd.Env.info`, reduced to the name of the variable."""
    *_, name, at = values
    return Wrapped("env", text_of(name, at))


def cmdliner() -> Names:
    """Return the module Cmdliner."""
    env = module("Cmdliner.Cmd.Env", {"info": raw("Env.info", "?deprecated ?docs ?doc .", environment_variable)})
    return module(
        "Cmdliner",
        {},
        Term=opaque("Cmdliner.Term"),
        Arg=module("Cmdliner.Arg", cmdliner_arguments()),
        Cmd=opaque("Cmdliner.Cmd", Env=env),
    )


def cmdliner_arguments() -> Mapping[str, Any]:
    """Return the values of Cmdliner.Arg that configurations use."""

    def separated(sep: Any, item: Any, at: Location) -> Wrapped:
        return list_by(item, at, "," if sep is ABSENT else sep.text)

    return {
        **converters(),
        "some": raw("Arg.some", "?none .", lambda none, item, at: some_of(item, at)),
        "some'": raw("Arg.some'", "?none .", lambda none, item, at: some_of(item, at)),
        "enum": raw("Arg.enum", ".", enum),
        "pair": raw("Arg.pair", "?sep . .", pair_by),
        "t2": raw("Arg.t2", "?sep . .", pair_by),
        "t3": raw("Arg.t3", "?sep . . .", tuple_by),
        "t4": raw("Arg.t4", "?sep . . . .", tuple_by),
        "int64": converter(INT64, codecs.INT64),
        "float": converter(FLOAT, codecs.FLOAT),
        "char": converter(CHAR, codecs.CHAR),
        **{name: converter(arg.string, codecs.STRING) for name in ("file", "dir", "non_dir_file")},
        "list": raw("Arg.list", "?sep .", separated),
        "conv": raw("Arg.conv", "?docv .", lambda docv, pair, at: conv(pair, at)),
        "info": raw(
            "Arg.info",
            "?deprecated ?absent ?docs ?doc_envs ?docv ?doc ?env .",
            lambda *v: described({"docs": v[2], "docv": v[4], "doc": v[5], "env": v[6]}, v[7], v[8]),
        ),
        "conv_parser": raw("Arg.conv_parser", ".", parser_of),
    }
