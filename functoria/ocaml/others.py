"""The parts of Fmt, Fpath, Ipaddr, Logs, Cmdliner and Astring's String that configurations use."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from functools import cache
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface, ip_interface
from typing import Any

from functoria.location import Location
from functoria.ocaml.addresses import (
    ANY_ADDRESS,
    address_functions,
    address_of,
    address_text,
    macaddr,
    of_class,
    ordered,
    prefix_functions,
    version_6,
)
from functoria.ocaml.apply import Given, apply
from functoria.ocaml.boxes import Buffer
from functoria.ocaml.builtin import module, raw
from functoria.ocaml.codecs import LEVELS
from functoria.ocaml.errors import mistyped
from functoria.ocaml.expected import buffer_of, integer, list_in, of_kind, text_of, writable
from functoria.ocaml.formats import pieces, quoted, write
from functoria.ocaml.printing import fmt_formats
from functoria.ocaml.scope import Made, Names
from functoria.ocaml.told import Text
from functoria.ocaml.values import (
    ABSENT,
    NONE,
    Construct,
    Function,
    Parsed,
    Raised,
    Wrapped,
    message,
    named,
    ok,
    some,
)


@cache
def others() -> dict[str, Names]:
    """Return the modules by name."""
    return {"Fmt": fmt(), "Fpath": fpath(), "Ipaddr": ipaddr(), "Macaddr": macaddr(), "Logs": logs()}


def _pp(name: str, show: Callable[[Any, Location], Text]) -> Function:
    def run(buffer: Any, value: Any, at: Location) -> tuple[()]:
        buffer_of(buffer, at).write(show(value, at))
        return ()

    return raw(name, ". .", run)


def _number(value: Any, at: Location) -> str:
    if type(value) is not int:
        raise mistyped(at, f"this is {named(value)}, but an integer is expected", objects=[value])
    return str(value)


def _boolean(value: Any, at: Location) -> str:
    return "true" if value is True else "false"


def _printed(printer: Any, buffer: Any, value: Any, at: Location) -> None:
    apply(printer, [Given(buffer), Given(value)], at)


def _separated(separator: Any, blank: str, buffer: Buffer, at: Location) -> None:
    if separator is ABSENT:
        buffer.blank(len(blank))
    else:
        _printed(separator, buffer, (), at)


def fmt() -> Names:
    """Return the module Fmt."""

    def list_(sep: Any, pp: Any, buffer: Any, value: Any, at: Location) -> tuple[()]:
        for number, item in enumerate(list_in(value, at)):
            if number:
                _separated(sep, "", buffer_of(buffer, at), at)
            _printed(pp, buffer, item, at)
        return ()

    def option_(none: Any, pp: Any, buffer: Any, value: Any, at: Location) -> tuple[()]:
        if isinstance(value, Construct) and value.applied:
            _printed(pp, buffer, value.argument, at)
        elif none is not ABSENT:
            _printed(none, buffer, (), at)
        return ()

    def pair(sep: Any, one: Any, two: Any, buffer: Any, value: Any, at: Location) -> tuple[()]:
        _printed(one, buffer, value[0], at)
        _separated(sep, "", buffer_of(buffer, at), at)
        _printed(two, buffer, value[1], at)
        return ()

    def const(pp: Any, held: Any, buffer: Any, _: Any, at: Location) -> tuple[()]:
        _printed(pp, buffer, held, at)
        return ()

    def using(function: Any, pp: Any, buffer: Any, value: Any, at: Location) -> tuple[()]:
        _printed(pp, buffer, apply(function, [Given(value)], at), at)
        return ()

    def text(said: Any, buffer: Any, _: Any, at: Location) -> tuple[()]:
        write(buffer_of(buffer, at), pieces(text_of(said, at), True), [], at)
        return ()

    def boxed(
        pp: Any, kind: str, indent: int, before: str = "", after: str = ""
    ) -> Callable[[Any, Any, Location], None]:
        def run(buffer: Any, value: Any, at: Location) -> None:
            buffer_of(buffer, at).open(kind, indent)
            if before:
                buffer.write(before)
            _printed(pp, buffer, value, at)
            if after:
                buffer.write(after)
            buffer.close()

        return run

    def around(before: str, after: str, indent: int = 1) -> Callable[..., tuple[()]]:
        def run(pp: Any, buffer: Any, value: Any, at: Location) -> tuple[()]:
            boxed(pp, "b", indent, before, after)(buffer, value, at)
            return ()

        return run

    def quote(mark: Any, pp: Any, buffer: Any, value: Any, at: Location) -> tuple[()]:
        said = '"' if mark is ABSENT else text_of(mark, at)
        boxed(pp, "b", 1, said, said)(buffer, value, at)
        return ()

    def box(kind: str) -> Callable[..., tuple[()]]:
        def run(indent: Any, pp: Any, buffer: Any, value: Any, at: Location) -> tuple[()]:
            boxed(pp, kind, 0 if indent is ABSENT else integer(indent, at))(buffer, value, at)
            return ()

        return run

    def hbox(pp: Any, buffer: Any, value: Any, at: Location) -> tuple[()]:
        boxed(pp, "h", 0)(buffer, value, at)
        return ()

    def to_to_string(pp: Any, value: Any, at: Location) -> Text:
        buffer = Buffer()
        _printed(pp, buffer, value, at)
        return buffer.text

    def blank(said: str) -> Function:
        def run(buffer: Any, _: Any, at: Location) -> tuple[()]:
            write(buffer_of(buffer, at), pieces(said, True), [], at)
            return ()

        return raw(said, ". .", run)

    def dump_list(pp: Any, buffer: Any, value: Any, at: Location) -> tuple[()]:
        buffer_of(buffer, at).open("b", 1)
        buffer.write("[")
        for number, item in enumerate(list_in(value, at)):
            if number:
                buffer.write(";")
                buffer.blank(1)
            boxed(pp, "b", 0)(buffer, item, at)
        buffer.write("]")
        buffer.close()
        return ()

    string = _pp("Fmt.string", writable)
    dumped = _pp("Fmt.Dump.string", lambda value, at: quoted(writable(value, at)))
    table: dict[str, Any] = fmt_formats() | {
        "string": string,
        "int": _pp("Fmt.int", _number),
        "bool": _pp("Fmt.bool", _boolean),
        "int64": _pp("Fmt.int64", lambda value, at: str(getattr(value, "value", value))),
        "list": raw("Fmt.list", "?sep . . .", list_),
        "option": raw("Fmt.option", "?none . . .", option_),
        "pair": raw("Fmt.pair", "?sep . . . .", pair),
        "const": raw("Fmt.const", ". . . .", const),
        "using": raw("Fmt.using", ". . . .", using),
        "unit": raw("Fmt.unit", ". . .", text),
        "any": raw("Fmt.any", ". . .", text),
        "nop": blank(""),
        "comma": blank(",@ "),
        "semi": blank(";@ "),
        "sp": blank("@ "),
        "cut": blank("@,"),
        "quote": raw("Fmt.quote", "?mark . . .", quote),
        "parens": raw("Fmt.parens", ". . .", around("(", ")")),
        "brackets": raw("Fmt.brackets", ". . .", around("[", "]")),
        "oxford_brackets": raw("Fmt.oxford_brackets", ". . .", around("[|", "|]", 2)),
        "braces": raw("Fmt.braces", ". . .", around("{", "}")),
        "hbox": raw("Fmt.hbox", ". . .", hbox),
        **{
            name: raw(f"Fmt.{name}", "?indent . . .", box(kind))
            for name, kind in (("box", "b"), ("vbox", "v"), ("hvbox", "hv"), ("hovbox", "hov"))
        },
        "to_to_string": raw("Fmt.to_to_string", ". .", to_to_string),
    }
    dump: dict[str, Any] = {
        "string": dumped,
        "list": raw("Fmt.Dump.list", ". . .", dump_list),
    }
    return module("Fmt", table, Dump=module("Fmt.Dump", dump))


def fpath() -> Names:
    """Return the module Fpath."""

    def path(value: Any, at: Location) -> str:
        return str(of_kind(value, "path", "a path", at).value)

    def made(text: str) -> Wrapped:
        return Wrapped("path", text)

    def joined(one: Any, two: Any, at: Location) -> Wrapped:
        return made(posixpath.join(path(one, at), path(two, at)))

    def added(one: Any, segment: Any, at: Location) -> Wrapped:
        return made(posixpath.join(path(one, at), text_of(segment, at)))

    def extended(one: Any, extension: Any, at: Location) -> Wrapped:
        said = text_of(extension, at)
        return made(path(one, at) + (f".{said}" if said and said[0] != "." else said))

    def bare(one: Any, at: Location) -> Wrapped:
        return made(posixpath.splitext(path(one, at))[0])

    return module(
        "Fpath",
        {
            "v": raw("Fpath.v", ".", lambda text, at: made(text_of(text, at))),
            "of_string": raw("Fpath.of_string", ".", lambda text, at: ok(made(text_of(text, at)))),
            "to_string": raw("Fpath.to_string", ".", path),
            "/": raw("/", ". .", added),
            "//": raw("//", ". .", joined),
            "+": raw("+", ". .", extended),
            "-+": raw("-+", ". .", lambda one, extension, at: extended(bare(one, at), extension, at)),
            "add_ext": raw("Fpath.add_ext", ". .", lambda extension, one, at: extended(one, extension, at)),
            "set_ext": raw("Fpath.set_ext", "?multi . .", lambda _, e, one, at: extended(bare(one, at), e, at)),
            "rem_ext": raw("Fpath.rem_ext", "?multi .", lambda _, one, at: bare(one, at)),
            "get_ext": raw("Fpath.get_ext", "?multi .", lambda _, one, at: posixpath.splitext(path(one, at))[1]),
            "add_seg": raw("Fpath.add_seg", ". .", added),
            "append": raw("Fpath.append", ". .", joined),
            "basename": raw("Fpath.basename", ".", lambda value, at: posixpath.basename(path(value, at).rstrip("/"))),
            "parent": raw("Fpath.parent", ".", lambda value, at: made(posixpath.dirname(path(value, at)) + "/")),
            "normalize": raw("Fpath.normalize", ".", lambda value, at: made(posixpath.normpath(path(value, at)))),
            "pp": _pp("Fpath.pp", path),
        },
    )


def _parsing(
    read: Callable[[str], Any], lenient: bool
) -> tuple[Callable[[Any, Location], Any], Callable[[Any, Location], Any]]:
    """Return the functions that parse an address: one that returns a result, and one that raises."""

    def of_string(text: Any, at: Location) -> Any:
        try:
            found = read(text_of(text, at))
        except ValueError as problem:
            return Parsed("None") if lenient else message(str(problem))
        return Parsed("Some", found, True) if lenient else ok(found)

    def of_string_exn(text: Any, at: Location) -> Any:
        try:
            return read(text_of(text, at))
        except ValueError as problem:
            tried = Construct("Ipaddr.Parse_error", (str(problem), text), True)
            raise Raised(tried, at) from None

    return of_string, of_string_exn


def _prefixed(text: str, kind: Any) -> Any:
    if not text.partition("/")[2].isdecimal():
        raise ValueError("the length of the prefix is missing")
    return kind(text)


def _version(title: str, address: Any, interface: Any, values: dict[str, str], lenient: bool) -> Names:
    def shown(kind: Any, what: str) -> Callable[[Any, Location], str]:
        def show(value: Any, at: Location) -> str:
            if not isinstance(value, kind):
                raise mistyped(at, f"this is {named(value)}, but {what} is expected", objects=[value])
            return address_text(value)

        return show

    def with_prefix(text: str) -> Any:
        found = _prefixed(text, interface)
        return (found, found.ip)

    def make(*numbers: Any) -> Any:
        *parts, at = numbers
        if not all(type(part) is int for part in parts):
            raise mistyped(at, "an address is made of integers")
        return address(".".join(str(part & 255) for part in parts))

    def prefix_make(length: Any, host: Any, at: Location) -> Any:
        return interface(f"{shown(address, 'an address')(host, at)}/{_number(length, at)}")

    of_string, of_string_exn = _parsing(version_6 if address is IPv6Address else address, lenient)
    prefix_of, prefix_of_exn = _parsing(lambda text: _prefixed(text, interface), lenient)
    both, both_exn = _parsing(with_prefix, lenient)
    show, show_prefix = shown(address, f"an address of {title}"), shown(interface, f"a prefix of {title}")

    prefix: dict[str, Any] = prefix_functions(title, interface, address, interface) | {
        "of_string": raw("Prefix.of_string", ".", prefix_of),
        "of_string_exn": raw("Prefix.of_string_exn", ".", prefix_of_exn),
        "of_address_string": raw("Prefix.of_address_string", ".", both),
        "of_address_string_exn": raw("Prefix.of_address_string_exn", ".", both_exn),
        "make": raw("Prefix.make", ". .", prefix_make),
        "to_string": raw("Prefix.to_string", ".", show_prefix),
        "pp": _pp("Prefix.pp", show_prefix),
        "pp_hum": _pp("Prefix.pp_hum", show_prefix),
        "loopback": interface("127.0.0.0/8" if interface is IPv4Interface else "::1/128"),
        "global": interface("0.0.0.0/0" if interface is IPv4Interface else "2000::/3"),
    }
    table: dict[str, Any] = address_functions(title, address) | {
        "of_string": raw("of_string", ".", of_string),
        "of_string_exn": raw("of_string_exn", ".", of_string_exn),
        "to_string": raw("to_string", ".", show),
        "pp": _pp("pp", show),
        "pp_hum": _pp("pp_hum", show),
        **{name: address(text) for name, text in values.items()},
    }
    if interface is IPv4Interface:
        table["make"] = raw("make", ". . . .", make)
    return module(title, table, Prefix=module(f"{title}.Prefix", prefix))


@cache
def ipaddr(*, lenient: bool = False) -> Names:
    """Return the module Ipaddr. If `lenient`, parsing gives what the file matches: a result, or an option (before version 3)."""
    of_string, of_string_exn = _parsing(address_of, lenient)
    any4 = {"any": "0.0.0.0", "unspecified": "0.0.0.0", "localhost": "127.0.0.1", "broadcast": "255.255.255.255"}
    any6 = {"unspecified": "::", "localhost": "::1"}
    table: dict[str, Any] = {
        "of_string": raw("Ipaddr.of_string", ".", of_string),
        "of_string_exn": raw("Ipaddr.of_string_exn", ".", of_string_exn),
        "to_string": raw("Ipaddr.to_string", ".", lambda value, at: address_text(value)),
        "pp": _pp("Ipaddr.pp", lambda value, at: address_text(value)),
        "v4": raw("Ipaddr.v4", ".", lambda value, at: value),
        "v6": raw("Ipaddr.v6", ".", lambda value, at: value),
        "compare": raw("Ipaddr.compare", ". .", lambda a, b, at: ordered((a.version, a), (b.version, b))),
        "to_v4": raw("Ipaddr.to_v4", ".", lambda value, at: some(value) if isinstance(value, IPv4Address) else NONE),
    }
    both = (IPv4Interface, IPv6Interface)
    read, read_exn = _parsing(lambda text: _prefixed(text, ip_interface), lenient)

    def show(value: Any, at: Location) -> str:
        return str(of_class(value, both, "a prefix", at))

    prefixes: dict[str, Any] = prefix_functions("Ipaddr", both, ANY_ADDRESS, ip_interface) | {
        "of_string": raw("Prefix.of_string", ".", read),
        "of_string_exn": raw("Prefix.of_string_exn", ".", read_exn),
        "to_string": raw("Prefix.to_string", ".", show),
        "pp": _pp("Prefix.pp", show),
    }
    names = module(
        "Ipaddr",
        table,
        V4=_version("Ipaddr.V4", IPv4Address, IPv4Interface, any4, lenient),
        V6=_version("Ipaddr.V6", IPv6Address, IPv6Interface, any6, lenient),
        Prefix=module("Ipaddr.Prefix", prefixes),
    )
    names.constructors = {
        "V4": Made("V4", True, build=lambda value: value, holds=lambda value: isinstance(value, IPv4Address)),
        "V6": Made("V6", True, build=lambda value: value, holds=lambda value: isinstance(value, IPv6Address)),
        "Parse_error": Made("Ipaddr.Parse_error", True),
    }
    return names


def logs() -> Names:
    """Return the module Logs: its levels, and functions that log nothing."""
    said = {name: raw(f"Logs.{name}", ".", lambda message, at: ()) for name in ("app", "err", "warn", "info", "debug")}
    names = module("Logs", said)
    names.constructors = {name: Made(name, False, "Logs.level", rank=rank) for rank, name in enumerate(LEVELS)}
    return names
