"""The types without parameters that signatures name."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface
from typing import Any

from functoria import Impl
from functoria.ocaml import codecs
from functoria.ocaml.abstract_codecs import Kind
from functoria.ocaml.codecs import Codec
from functoria.ocaml.values import Wrapped


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_impl(value: Any) -> bool:
    return isinstance(value, Impl)


def _is_any(value: Any) -> bool:
    return True


def _is_key(value: Any) -> bool:
    return isinstance(value, Wrapped) and value.kind == "key"


SIMPLE: Mapping[str, Codec] = {
    "string": codecs.STRING,
    "int": codecs.INT,
    "bool": codecs.BOOL,
    "float": codecs.FLOAT,
    "unit": codecs.UNIT,
    "char": codecs.CHAR,
    "int64": codecs.INT64,
    "Logs.level": codecs.LEVEL,
    "Ipaddr.V4.t": codecs.Same("Ipaddr.V4.t", IPv4Address),
    "Ipaddr.V4.Prefix.t": codecs.Same("Ipaddr.V4.Prefix.t", IPv4Interface),
    "Ipaddr.V6.t": codecs.Same("Ipaddr.V6.t", IPv6Address),
    "Ipaddr.V6.Prefix.t": codecs.Same("Ipaddr.V6.Prefix.t", IPv6Interface),
    "Ipaddr.t": codecs.Same("Ipaddr.t", (IPv4Address, IPv6Address)),
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
    "pos": codecs.Same("of __POS__", tuple),
    "fpath": Kind("Fpath.t", "path"),
}
"""Types without parameters, by their names in signatures."""
