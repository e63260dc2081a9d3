"""UDP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVarTuple, overload

from attr import frozen

from functoria import Impl, Info, Key, Type
from functoria.impl import matches
from mirage_devices.v3 import keys
from mirage_devices.v3.device import Device
from mirage_devices.v3.devices.ip import Ipv4, Ipv6, ipv4, ipv6
from mirage_devices.v3.devices.random import Random, default_random, random
from mirage_devices.v3.devices.sockets import Socket
from mirage_devices.v3.devices.tcpip import tcpip

Ts = TypeVarTuple("Ts")


class Udpv4:
    """Label of `udpv4` for type checkers."""


class Udpv6:
    """Label of `udpv6` for type checkers."""


udpv4: Type[Udpv4] = Type("udpv4")
"""UDP over IPv4."""
udpv6: Type[Udpv6] = Type("udpv6")
"""UDP over IPv6."""


@frozen
class DirectUdp(Device[*Ts]):
    """tcpip's UDP."""

    type: Type[*Ts]

    module = "Udp.Make"
    name = "udp"
    packages = tcpip("udp")

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        ip, _ = self.expect(values, 2)
        return f"{module}.connect {ip}"


@frozen
class SocketUdpv4(Socket):
    """UDP over sockets of the host."""

    address: Key[Any]

    type = udpv4
    module = "Udpv4_socket"
    name = "udpv4_socket"
    packages = tcpip("udpv4-socket")


_OVER_IPV4 = DirectUdp(ipv4 >> random >> udpv4)
_OVER_IPV6 = DirectUdp(ipv6 >> random >> udpv6)


@overload
def direct_udp(ip: Impl[Ipv4], random: Impl[Random] = ...) -> Impl[Udpv4]: ...


@overload
def direct_udp(ip: Impl[Ipv6], random: Impl[Random] = ...) -> Impl[Udpv6]: ...


def direct_udp(ip: Impl[Any], random: Impl[Random] = default_random) -> Impl[Any]:
    """UDP over `ip`, for its version of IP."""
    layer: Any = _OVER_IPV6 if isinstance(ip, Impl) and matches(ip, ipv6) else _OVER_IPV4
    result: Impl[Any] = layer(ip, random)
    return result


def socket_udpv4(ip: Any = None, group: str | None = None) -> Impl[Udpv4]:
    """UDP over sockets of the host, bound to the address of the key [GROUP-]socket, by default `ip` (None: any)."""
    return SocketUdpv4(keys.socket(ip, group))
