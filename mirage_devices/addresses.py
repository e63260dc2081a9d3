"""IP addresses in any release: parsing them, and writing them in OCaml."""

from __future__ import annotations

from ipaddress import IPv4Interface, IPv6Address

from functoria import quote


def quoted(function: str, value: object) -> str:
    """Return the OCaml call of `function` with the text of `value`. Converters have it with `function` filled in."""
    return f"({function} {quote.ocaml(str(value))})"


def prefixed(text: str) -> str:
    """Return `text`. Raises ValueError if it has no prefix length."""
    if not text.partition("/")[2].isdecimal():
        raise ValueError("the length of the prefix is missing")
    return text


def zoneless(text: str) -> str:
    """Return `text`. Raises ValueError if it has a zone, which a unikernel's addresses cannot have."""
    if "%" in text:
        raise ValueError("without a zone, such as %eth0: a unikernel's addresses have none")
    return text


def ipv4_interface(text: str) -> IPv4Interface:
    """Parse an IPv4 address with its prefix length. Raises ValueError."""
    return IPv4Interface(prefixed(text))


def ipv6_address(text: str) -> IPv6Address:
    """Parse an IPv6 address without a zone. Raises ValueError."""
    return IPv6Address(zoneless(text))
