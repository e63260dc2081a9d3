"""MirageOS's keys. Keys of a device take a group, which distinguishes those of two devices of one kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from functoria import Key, arg
from functoria.arg import Converter
from mirage_devices.v3.arguments import ipv4_address, ipv4_interface, ipv6_address, ipv6_network, log_threshold
from mirage_devices.v3.sections import MIRAGE, REGISTER, UNIKERNEL

if TYPE_CHECKING:
    from functoria.key import Stage

T = TypeVar("T")

warn_error: Key[bool] = Key.flag(
    "warn_error",
    flags=["warn-error"],
    docs=MIRAGE,
    stage="configure",
    registered_by=REGISTER,
    doc="Make warnings of the OCaml compiler errors.",
)
"""Make warnings of the OCaml compiler errors."""

target_debug: Key[bool] = Key.flag(
    "target_debug",
    flags=["g"],
    docs=MIRAGE,
    stage="configure",
    registered_by=REGISTER,
    doc="Support debugging in the way of the target: for hvt, a tender with a GDB server.",
)
"""Support debugging in the way of the target."""

no_depext: Key[bool] = Key.flag(
    "no_depext",
    flags=["no-depext"],
    docs=MIRAGE,
    stage="configure",
    registered_by=REGISTER,
    doc="Leave system packages out of the Makefile's depend.",
)
"""Leave system packages out of the Makefile's depend."""


def tracing_size(default: int) -> Key[int]:
    """The size of the ring buffer of traces, in bytes."""
    return Key.opt(
        "tracing_size",
        arg.int,
        default=default,
        flags=["tracing-size"],
        docs=MIRAGE,
        docv="SIZE",
        stage="configure",
        doc="The size of the ring buffer of traces.",
    )


def grouped(
    name: str,
    converter: Converter[T],
    default: Any,
    doc: str,
    *,
    group: str | None = None,
    stage: Stage = "both",
    flags: Sequence[str] | None = None,
    env: str | None = None,
) -> Key[T]:
    """Make a device's key: NAME, or GROUP-NAME for one with a group. `{}` in `doc` stands for what it belongs to."""
    group = arg.some(arg.string).accept(group, of=f"group of the key {name}")
    whom = f"the {group} group" if group else "the unikernel"
    full = f"{group}-{name}" if group else name
    return Key.opt(
        full,
        converter,
        default=default,
        doc=doc.replace("{}", whom),
        docs=UNIKERNEL,
        docv=name.upper(),
        stage=stage,
        flags=flags or [full],
        env=env,
    )


def kv_ro(group: str | None = None) -> Key[str]:
    """The key/value store for `generic_kv_ro`: fat, archive, crunch (the default) or direct."""
    doc = "The key/value store of {}: fat, archive, crunch or direct."
    return grouped(
        "kv_ro", arg.enum(["fat", "archive", "crunch", "direct"]), "crunch", doc, group=group, stage="configure"
    )


def block(group: str | None = None) -> Key[str]:
    """The block device for `generic_block`: xenstore, file or ramdisk (the default)."""
    kinds = {"xenstore": "`XenstoreId", "file": "`BlockFile", "ramdisk": "`Ramdisk"}
    doc = "The block device of {}: xenstore, file or ramdisk."
    return grouped("block", arg.enum(kinds), "ramdisk", doc, group=group, stage="configure")


def prng(group: str | None = None) -> Key[str]:
    """The random number generator for `default_random`: stdlib (the default) or nocrypto, also spelt fortuna."""
    kinds = {"stdlib": "`Stdlib", "nocrypto": "`Nocrypto", "fortuna": "`Nocrypto"}
    doc = "The random number generator of {}: stdlib, or nocrypto (fortuna)."
    return grouped("prng", arg.enum(kinds), "stdlib", doc, group=group, stage="configure")


def net(group: str | None = None) -> Key[str]:
    """The network stack for `generic_stackv4`: direct (the default), or the sockets of the host."""
    doc = "The network stack of {}: direct, or the sockets of the host."
    return grouped("net", arg.enum(["socket", "direct"]), "direct", doc, group=group, stage="configure")


def dhcp(group: str | None = None) -> Key[bool]:
    """Whether `generic_stackv4` gets its address by DHCP."""
    return grouped("dhcp", arg.bool, False, "Whether {} gets its address by DHCP.", group=group, stage="configure")


def interface(default: str, group: str | None = None) -> Key[str]:
    """The network interface to listen on."""
    return grouped("interface", arg.string, default, "The network interface of {}.", group=group)


def ipv4(default: Any, group: str | None = None) -> Key[Any]:
    """The IPv4 address, with the prefix of its network."""
    return grouped("ipv4", ipv4_interface, default, "The address of {}, with its prefix, as 10.0.0.2/24.", group=group)


def ipv4_gateway(default: Any, group: str | None = None) -> Key[Any]:
    """The IPv4 gateway, if any."""
    return grouped("ipv4-gateway", arg.some(ipv4_address), default, "The gateway of {}.", group=group)


def socket(default: Any, group: str | None = None) -> Key[Any]:
    """The IPv4 address that a socket is bound to; None for any."""
    return grouped(
        "socket", arg.some(ipv4_address), default, "The address that sockets of {} are bound to.", group=group
    )


def ips(default: Any, group: str | None = None) -> Key[Any]:
    """The IPv4 addresses that a stack of sockets is bound to."""
    return grouped(
        "ips", arg.list(ipv4_address), default, "The addresses that sockets of {} are bound to.", group=group
    )


def ipv6_ips(default: Any, group: str | None = None) -> Key[Any]:
    """The IPv6 addresses."""
    return grouped("ips", arg.list(ipv6_address), default, "The IPv6 addresses of {}.", group=group)


def netmasks(default: Any, group: str | None = None) -> Key[Any]:
    """The IPv6 networks."""
    return grouped("netmasks", arg.list(ipv6_network), default, "The IPv6 networks of {}.", group=group)


def gateways(default: Any, group: str | None = None) -> Key[Any]:
    """The IPv6 gateways."""
    return grouped("gateways", arg.list(ipv6_address), default, "The IPv6 gateways of {}.", group=group)


def syslog(default: Any) -> Key[Any]:
    """The address of the syslog server; None for no syslog."""
    return grouped("syslog", arg.some(ipv4_address), default, "The address of the syslog server.")


def syslog_port(default: int | None) -> Key[int | None]:
    """The port of the syslog server; None for the protocol's own."""
    return grouped("syslog-port", arg.some(arg.int), default, "The port of the syslog server.")


def syslog_hostname(default: str) -> Key[str]:
    """The host name that syslog messages carry."""
    return grouped("syslog-hostname", arg.string, default, "The host name that syslog messages carry.")


def logs() -> Key[Any]:
    """The levels of logs, by source."""
    doc = (
        "How verbose to be: LEVEL for all sources, or SOURCE:LEVEL; several are joined by commas, as *:info,foo:debug."
    )
    return Key.opt(
        "logs",
        arg.list(log_threshold),
        default=(),
        doc=doc,
        docs=UNIKERNEL,
        docv="LEVEL",
        env="MIRAGE_LOGS",
        flags=["l", "logs"],
    )
