"""Converters for arguments of constructors: addresses and numbers, with their OCaml expressions."""

from __future__ import annotations

import posixpath
from functools import partial
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface, ip_address

from functoria import arg
from functoria.arg import Converter
from functoria.beside import place
from functoria.errors import InvalidValue
from functoria.option import is_flag
from functoria.printable import worded
from mirage_devices import addresses
from mirage_devices.addresses import prefixed, quoted, zoneless

_UNREAD = "Cmdliner.Arg.string"
"""A converter that no key has, so that no Cmdliner converter matches it."""
_INT64 = range(-(2**63), 2**63)


def _ipv6_prefix(text: str) -> IPv6Interface:
    return IPv6Interface(prefixed(zoneless(text)))


def _any_address(text: str) -> IPv4Address | IPv6Address:
    return ip_address(zoneless(text))


def _written(value: int) -> str:
    return str(value) if value >= 0 else f"({value})"


def _int64(text: str) -> int:
    number = int(text)
    if number not in _INT64:
        raise ValueError("it has more than 64 bits")
    return number


def _int64_written(value: int) -> str:
    return f"{value}L" if value >= 0 else f"({value}L)"


ipv4_address: Converter[IPv4Address] = arg.custom(
    "an IPv4 address",
    runtime=_UNREAD,
    parse=IPv4Address,
    literal=partial(quoted, "Ipaddr.V4.of_string_exn"),
    instance=IPv4Address,
)
"""An IPv4 address, `10.0.0.1`."""
ipv4_prefix: Converter[IPv4Interface] = arg.custom(
    "an IPv4 address with its prefix, as 10.0.0.2/24",
    runtime=_UNREAD,
    parse=addresses.ipv4_interface,
    literal=partial(quoted, "Ipaddr.V4.Prefix.of_string_exn"),
    instance=IPv4Interface,
)
"""An IPv4 address with the length of its network's prefix, `10.0.0.2/24`."""
ipv6_address: Converter[IPv6Address] = arg.custom(
    "an IPv6 address",
    runtime=_UNREAD,
    parse=addresses.ipv6_address,
    literal=partial(quoted, "Ipaddr.V6.of_string_exn"),
    instance=IPv6Address,
)
"""An IPv6 address, without a zone."""
ipv6_prefix: Converter[IPv6Interface] = arg.custom(
    "an IPv6 address with its prefix, as fd00::2/64",
    runtime=_UNREAD,
    parse=_ipv6_prefix,
    literal=partial(quoted, "Ipaddr.V6.Prefix.of_string_exn"),
    instance=IPv6Interface,
)
"""An IPv6 address with the length of its network's prefix, `fd00::2/64`, without a zone."""
address: Converter[IPv4Address | IPv6Address] = arg.custom(
    "an IP address",
    runtime=_UNREAD,
    parse=_any_address,
    literal=partial(quoted, "Ipaddr.of_string_exn"),
    instance=IPv4Address | IPv6Address,  # type: ignore[arg-type]  # what isinstance takes
)
"""An IP address of either version."""
number: Converter[int] = arg.custom(
    "an integer that OCaml's int holds", runtime=_UNREAD, parse=arg.int.parse, literal=_written, instance=int
)
"""An integer of 63 bits."""
int64: Converter[int] = arg.custom(
    "an integer of 64 bits", runtime=_UNREAD, parse=_int64, literal=_int64_written, instance=int
)
"""An integer of 64 bits."""


def text_of(text: object, what: str) -> str:
    """Return `text` if it is text and not empty; raise InvalidValue otherwise, naming `what` it is."""
    if not isinstance(text, str) or not text or not text.isprintable():
        raise InvalidValue(f"{what} must be printable text, not {worded(text)}", objects=[text])
    return text


def group_of(group: str | None, of: str) -> str | None:
    """Return `group` if it may stand before an option's name; None for None and empty text. Raises InvalidValue."""
    if group is None:
        return None
    text = arg.string.accept(group, of=f"group of {of}")
    if text and not is_flag(text):
        raise InvalidValue(
            f"group of {of}: no option begins with --{text}-: use letters, digits and -", objects=[group]
        )
    return text or None


def beside(path: str) -> tuple[str, ...]:
    """Return the `sources` of a device whose unikernel opens `path` when it runs: none if that is outside of the project."""
    return (path,) if place(path) == posixpath.normpath(path) != "." else ()
