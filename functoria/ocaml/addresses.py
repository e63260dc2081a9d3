"""More of Ipaddr, of either version: parts of prefixes, orders, and addresses made of numbers; and Macaddr."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface
from typing import Any

from functoria.location import Location
from functoria.ocaml.builtin import module, raw
from functoria.ocaml.errors import mistyped
from functoria.ocaml.expected import buffer_of, integer, of_kind, text_of
from functoria.ocaml.scope import Names
from functoria.ocaml.values import Construct, Raised, Wrapped, message, named, ok


def of_class(value: Any, kind: Any, what: str, at: Location) -> Any:
    """Return `value` if it is of a class; raise TypeMismatch otherwise: `what` is expected."""
    if not isinstance(value, kind):
        raise mistyped(at, f"this is {named(value)}, but {what} is expected", objects=[value])
    return value


def version_6(text: str) -> IPv6Address:
    """Read an address of version 6. Raises ValueError for one with a zone, too."""
    found = IPv6Address(text)
    if found.scope_id is not None:
        raise ValueError("an address here cannot have a zone")
    return found


def address_of(text: str) -> IPv4Address | IPv6Address:
    """Read an address of either version. Raises ValueError."""
    return version_6(text) if ":" in text else IPv4Address(text)


def address_text(value: Any) -> str:
    """Write an address as Ipaddr does: an IPv4 address inside of an IPv6 one as the latter."""
    mapped = value.ipv4_mapped if isinstance(value, IPv6Address) else None
    return str(value) if mapped is None else f"::ffff:{mapped}"


def ordered(a: Any, b: Any) -> int:
    """Compare as OCaml's `compare` functions do."""
    return int(a > b) - int(a < b)


def of_numbers(*numbers: Any) -> IPv6Address:
    """An address of version 6 of its eight numbers of 16 bits."""
    *parts, at = numbers
    return IPv6Address(":".join(f"{integer(part, at) & 0xFFFF:x}" for part in parts))


def address_functions(title: str, kind: Any) -> dict[str, Any]:
    """Return functions of addresses of a version."""

    def one(value: Any, at: Location) -> Any:
        return of_class(value, kind, f"an address of {title}", at)

    table = {
        "compare": raw("compare", ". .", lambda a, b, at: ordered(one(a, at), one(b, at))),
        "is_multicast": raw("is_multicast", ".", lambda a, at: one(a, at).is_multicast),
    }
    if kind is IPv6Address:
        table["make"] = raw("make", ". . . . . . . .", of_numbers)
    return table


def prefix_functions(title: str, kind: Any, address: Any, interface: Any) -> dict[str, Any]:
    """Return functions of prefixes of a version."""

    def one(value: Any, at: Location) -> Any:
        return of_class(value, kind, f"a prefix of {title}", at)

    def part(name: str, take: Callable[[Any], Any]) -> tuple[str, Any]:
        return name, raw(f"Prefix.{name}", ".", lambda value, at: take(one(value, at)))

    def member(held: Any, prefix: Any, at: Location) -> bool:
        return of_class(held, address, f"an address of {title}", at) in one(prefix, at).network

    return dict(
        [
            part("bits", lambda prefix: prefix.network.prefixlen),
            part("address", lambda prefix: prefix.ip),
            part("network", lambda prefix: prefix.network.network_address),
            part("netmask", lambda prefix: prefix.netmask),
            part("hostmask", lambda prefix: prefix.hostmask),
            part("broadcast", lambda prefix: prefix.network.broadcast_address),
            part("prefix", lambda prefix: interface(str(prefix.network))),
        ]
    ) | {
        "mem": raw("Prefix.mem", ". .", member),
        "subset": raw(
            "Prefix.subset", "~subnet ~network", lambda a, b, at: one(a, at).network.subnet_of(one(b, at).network)
        ),
        "compare": raw("Prefix.compare", ". .", lambda a, b, at: ordered(_key(one(a, at)), _key(one(b, at)))),
    }


def _key(prefix: IPv4Interface | IPv6Interface) -> tuple[int, int]:
    return (int(prefix.network.network_address), prefix.network.prefixlen)


_MAC = re.compile(r"[0-9A-Fa-f]{2}([:-])[0-9A-Fa-f]{2}(\1[0-9A-Fa-f]{2}){4}")


@cache
def macaddr() -> Names:
    """Return the module Macaddr."""

    def read(text: Any, at: Location) -> Wrapped | None:
        said = text_of(text, at)
        return Wrapped("macaddr", said.lower().replace("-", ":")) if _MAC.fullmatch(said) else None

    def of_string(text: Any, at: Location) -> Construct:
        found = read(text, at)
        return message(f"Macaddr: invalid address {text}") if found is None else ok(found)

    def of_string_exn(text: Any, at: Location) -> Wrapped:
        found = read(text, at)
        if found is None:
            raise Raised(Construct("Macaddr.Parse_error", ("invalid address", text), True), at)
        return found

    def shown(value: Any, at: Location) -> str:
        return str(of_kind(value, "macaddr", "an address of Macaddr", at).value)

    def pp(buffer: Any, value: Any, at: Location) -> tuple[()]:
        buffer_of(buffer, at).write(shown(value, at))
        return ()

    return module(
        "Macaddr",
        {
            "of_string": raw("Macaddr.of_string", ".", of_string),
            "of_string_exn": raw("Macaddr.of_string_exn", ".", of_string_exn),
            "to_string": raw("Macaddr.to_string", "?sep .", lambda _, value, at: shown(value, at)),
            "pp": raw("Macaddr.pp", ". .", pp),
            "broadcast": Wrapped("macaddr", "ff:ff:ff:ff:ff:ff"),
            "compare": raw("Macaddr.compare", ". .", lambda a, b, at: ordered(shown(a, at), shown(b, at))),
        },
    )


ANY_ADDRESS = (IPv4Address, IPv6Address)
"""The classes of an address of either version."""
