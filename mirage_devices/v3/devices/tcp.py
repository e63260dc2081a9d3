"""TCP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVarTuple, overload

from attr import frozen

from functoria import Impl, Info, Key, Type
from functoria.impl import matches
from mirage_devices.v3 import keys
from mirage_devices.v3.device import Device
from mirage_devices.v3.devices.ip import Ipv4, Ipv6, ipv4, ipv6
from mirage_devices.v3.devices.mclock import Mclock, default_monotonic_clock, mclock
from mirage_devices.v3.devices.random import Random, default_random, random
from mirage_devices.v3.devices.sockets import Socket
from mirage_devices.v3.devices.tcpip import tcpip
from mirage_devices.v3.devices.time import Time, default_time, time

Ts = TypeVarTuple("Ts")


class Tcpv4:
    """Label of `tcpv4` for type checkers."""


class Tcpv6:
    """Label of `tcpv6` for type checkers."""


tcpv4: Type[Tcpv4] = Type("tcpv4")
"""TCP over IPv4."""
tcpv6: Type[Tcpv6] = Type("tcpv6")
"""TCP over IPv6."""


@frozen
class DirectTcp(Device[*Ts]):
    """tcpip's TCP."""

    type: Type[*Ts]

    module = "Tcp.Flow.Make"
    name = "tcp"
    packages = tcpip("tcp")

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        ip, _, clock, _ = self.expect(values, 4)
        return f"{module}.connect {ip} {clock}"


@frozen
class SocketTcpv4(Socket):
    """TCP over sockets of the host."""

    address: Key[Any]

    type = tcpv4
    module = "Tcpv4_socket"
    name = "tcpv4_socket"
    packages = tcpip("tcpv4-socket")


_OVER_IPV4 = DirectTcp(ipv4 >> time >> mclock >> random >> tcpv4)
_OVER_IPV6 = DirectTcp(ipv6 >> time >> mclock >> random >> tcpv6)


@overload
def direct_tcp(
    ip: Impl[Ipv4], clock: Impl[Mclock] = ..., random: Impl[Random] = ..., time: Impl[Time] = ...
) -> Impl[Tcpv4]: ...


@overload
def direct_tcp(
    ip: Impl[Ipv6], clock: Impl[Mclock] = ..., random: Impl[Random] = ..., time: Impl[Time] = ...
) -> Impl[Tcpv6]: ...


def direct_tcp(
    ip: Impl[Any],
    clock: Impl[Mclock] = default_monotonic_clock,
    random: Impl[Random] = default_random,
    time: Impl[Time] = default_time,
) -> Impl[Any]:
    """TCP over `ip`, for its version of IP."""
    layer: Any = _OVER_IPV6 if isinstance(ip, Impl) and matches(ip, ipv6) else _OVER_IPV4
    result: Impl[Any] = layer(ip, time, clock, random)
    return result


def socket_tcpv4(ip: Any = None, group: str | None = None) -> Impl[Tcpv4]:
    """TCP over sockets of the host, bound to the address of the key [GROUP-]socket, by default `ip` (None: any)."""
    return SocketTcpv4(keys.socket(ip, group))
