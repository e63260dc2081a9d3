"""Converters for the values of MirageOS's keys: addresses, and thresholds of logs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Network
from typing import Any, Literal, TypeVar, get_args

from attr import frozen

from functoria import arg, quote
from functoria.arg import Converter
from functoria.errors import InvalidValue
from functoria.printable import worded
from functoria.record import Record
from mirage_devices import addresses
from mirage_devices.addresses import quoted, zoneless

T = TypeVar("T")
Level = Literal["app", "error", "warning", "info", "debug"]
LEVELS: tuple[Level, ...] = get_args(Level)
"""The levels of logs, from least to most verbose."""
_READ = LEVELS[1:]
"""The levels that an option of the unikernel accepts, as spelt here."""


def _parsed(converter: str, text: str) -> str:
    """Parse `text` as the OCaml converter does, including an address with its prefix, for which Ipaddr has no function now."""
    return f"(match Cmdliner.Arg.conv_parser {converter} {quote.ocaml(text)} with Ok value -> value | Error _ -> raise Exit)"


def _interface_literal(interface: IPv4Interface) -> str:
    return _parsed("Mirage_runtime.Arg.ipv4", str(interface))


def _network(text: str) -> IPv6Network:
    return IPv6Network(zoneless(text), strict=False)


ipv4_address: Converter[IPv4Address] = arg.custom(
    "an IPv4 address",
    runtime="Mirage_runtime.Arg.ipv4_address",
    parse=IPv4Address,
    literal=partial(quoted, "Ipaddr.V4.of_string_exn"),
    instance=IPv4Address,
)
"""An IPv4 address, `10.0.0.1`: an `ipaddress.IPv4Address`."""

ipv4_interface: Converter[IPv4Interface] = arg.custom(
    "an IPv4 address with its prefix, as 10.0.0.2/24",
    runtime="Mirage_runtime.Arg.ipv4",
    parse=addresses.ipv4_interface,
    literal=_interface_literal,
    instance=IPv4Interface,
)
"""An IPv4 address with the length of its network's prefix, `10.0.0.2/24`: an `ipaddress.IPv4Interface`."""

ipv6_address: Converter[IPv6Address] = arg.custom(
    "an IPv6 address",
    runtime="Mirage_runtime.Arg.ipv6",
    parse=addresses.ipv6_address,
    literal=partial(quoted, "Ipaddr.V6.of_string_exn"),
    instance=IPv6Address,
)
"""An IPv6 address, without a zone: an `ipaddress.IPv6Address`."""

ipv6_network: Converter[IPv6Network] = arg.custom(
    "an IPv6 network, as fe80::/64",
    runtime="Mirage_runtime.Arg.ipv6_prefix",
    parse=_network,
    literal=partial(quoted, "Ipaddr.V6.Prefix.of_string_exn"),
    instance=IPv6Network,
)
"""An IPv6 network, `fe80::/64`, without a zone: an `ipaddress.IPv6Network`. Bits of a host are dropped."""


def _between(least: int, most: int, text: str) -> int:
    """Parse an integer from `least` to `most`, both included. Raises ValueError for any other."""
    number = arg.int.parse(text)
    if not least <= number <= most:
        raise ValueError
    return number


port: Converter[int] = arg.custom(
    "a port, from 1 to 65535", runtime="Cmdliner.Arg.int", parse=partial(_between, 1, 65535), literal=str, instance=int
)
"""A port of TCP or UDP."""

count: Converter[int] = arg.custom(
    "a number of 0 or more",
    runtime="Cmdliner.Arg.int",
    parse=partial(_between, 0, 2**30 - 1),
    literal=str,
    instance=int,
)
"""A number of bytes, within the range of 32-bit OCaml's integers."""


def level_of(text: str) -> Level:
    """Return `text` if it is a level, in any case. Raises ValueError otherwise."""
    name = str(text).lower()
    for level in LEVELS:
        if level == name:
            return level
    raise ValueError(_near_level(name, LEVELS))


def _near_level(text: str, levels: Sequence[str]) -> str:
    """Suggest the one of the `levels` that was likely meant, or list them."""
    from functoria.misspelling import meant

    return meant(text, levels) or f"a level is one of {', '.join(levels)}"


def accepted(record: object, maker: str, **fields: Converter[Any]) -> None:
    """Convert these fields of a new `record`, which `maker` makes. Raises InvalidValue."""
    for name, converter in fields.items():
        object.__setattr__(record, name, converter.accept(getattr(record, name), of=f"{name} of {maker}"))


def level_literal(level: str) -> str:
    """Return the OCaml constructor of a level."""
    return f"Logs.{level.capitalize()}"


log_level: Converter[Level] = arg.custom(
    f"one of {', '.join(LEVELS)}", runtime="Mirage_runtime.Arg.log_level", parse=level_of, literal=level_literal
)
"""A level of logs, for arguments; no key uses it."""


@frozen(eq=False, repr=False)
class Threshold(Record):
    """The level of logging of `source`, or of all sources (None). Raises InvalidValue for an unknown level."""

    source: str | None
    level: Level

    def __attrs_post_init__(self) -> None:
        accepted(self, "Threshold", source=arg.some(arg.string), level=log_level)

    def __str__(self) -> str:
        return f"{'*' if self.source is None else self.source}:{self.level}"


def _threshold(text: str) -> Threshold:
    source, _, level = text.partition(":") if ":" in text else ("*", "", text)
    if level not in _READ:
        raise ValueError(_near_level(level, _READ))
    return Threshold(None if source == "*" else source, level)


def _threshold_literal(threshold: Threshold) -> str:
    source = "`All" if threshold.source is None else f"`Src {quote.ocaml(threshold.source)}"
    return f"({source}, {level_literal(threshold.level)})"


log_threshold: Converter[Threshold] = arg.custom(
    f"LEVEL, *:LEVEL or SOURCE:LEVEL, where LEVEL is one of {', '.join(_READ)}",
    runtime="Mirage_runtime.Arg.log_threshold",
    parse=_threshold,
    literal=_threshold_literal,
    instance=Threshold,
)
"""The level of a source's logs, as `LEVEL`, `*:LEVEL` or `SOURCE:LEVEL`; a `Threshold`."""


def record(config: object, cls: type[T], maker: str) -> T:
    """Return `config` if it is of `cls`, which `maker` makes; raise InvalidValue otherwise, naming the argument."""
    if isinstance(config, cls):
        return config
    raise InvalidValue(f"config is {worded(config)}, but must be what {maker}(…) returns", objects=[config])
