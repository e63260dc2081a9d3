"""ICMP, UDP and TCP over IP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from attrs import frozen

from functoria import Impl, Info, Type, if_impl
from functoria.errors import TypeMismatch
from functoria.impl import describe
from mirage_devices.v4 import keys
from mirage_devices.v4.device import Connecting, Device
from mirage_devices.v4.devices.ip import Ipv4, Ipv4v6, Ipv6, ipv4, ipv4v6, ipv6
from mirage_devices.v4.packages import package
from mirage_devices.v4.tcpip import tcpip

IP = TypeVar("IP", Ipv4, Ipv6, Ipv4v6)


class Icmpv4:
    """Label of `icmpv4` for type checkers."""


class Udpv4v6:
    """Label of `udpv4v6` for type checkers."""


class Tcpv4v6:
    """Label of `tcpv4v6` for type checkers."""


icmpv4: Type[Icmpv4] = Type("icmpv4")
"""ICMP over IPv4."""
udpv4v6: Type[Udpv4v6] = Type("udpv4v6")
"""UDP."""
tcpv4v6: Type[Tcpv4v6] = Type("tcpv4v6")
"""TCP."""


@frozen
class MakeIcmpv4(Connecting[Ipv4, Icmpv4]):
    """ICMP over IPv4."""

    type = ipv4 >> icmpv4
    module = "Icmpv4.Make"
    name = "icmpv4"
    own_packages = (tcpip("icmpv4"),)


@frozen
class MakeUdp(Connecting[Any, Udpv4v6]):
    """UDP over IP of any version."""

    ip: Type[Any]

    module = "Udp.Make"
    name = "udp"
    own_packages = (tcpip("udp"),)

    @property
    def type(self) -> Type[Any, Udpv4v6]:
        """From that version to UDP."""
        return self.ip >> udpv4v6


@frozen
class MakeTcp(Connecting[Any, Tcpv4v6]):
    """TCP over IP of any version."""

    ip: Type[Any]

    module = "Tcp.Flow.Make"
    name = "tcp"
    own_packages = (tcpip("tcp"),)

    @property
    def type(self) -> Type[Any, Tcpv4v6]:
        """From that version to TCP."""
        return self.ip >> tcpv4v6


@frozen
class MakeUtcp(Device[Any, Tcpv4v6]):
    """µTCP, another implementation of TCP, over IP of any version; `label` tells its log from those of others."""

    ip: Type[Any]
    label: str

    module = "Utcp_mirage.Make"
    name = "tcp"
    own_packages = (package("utcp", sublibs=["mirage"]),)

    @property
    def type(self) -> Type[Any, Tcpv4v6]:
        """From that version to TCP."""
        return self.ip >> tcpv4v6

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """connect, which is there at once."""
        (ip,) = self.expect(values, 1)
        return f"Lwt.return ({module}.connect {self.ocaml_string(self.label)} {ip})"


def _version(ip: Impl[Any], what: str) -> Type[Any]:
    signature: Type[Any] = ip.signature
    if signature not in (ipv4, ipv6, ipv4v6):
        raise TypeMismatch(f"{what} is over ipv4, ipv6 or ipv4v6, not over {describe(ip)}", objects=[ip])
    return signature


def direct_icmpv4(ip: Impl[Ipv4]) -> Impl[Icmpv4]:
    """ICMP over `ip`."""
    return MakeIcmpv4() @ ip


def direct_udp(ip: Impl[IP]) -> Impl[Udpv4v6]:
    """UDP over `ip`, of any version."""
    udp: Impl[Udpv4v6] = MakeUdp(_version(ip, "UDP")) @ ip
    return udp


def direct_tcp(ip: Impl[IP], *, group: str | None = None) -> Impl[Tcpv4v6]:
    """TCP over `ip`, of any version: µTCP where the key [GROUP-]utcp says so."""
    version = _version(ip, "TCP")
    tcp: Impl[Tcpv4v6] = if_impl(
        keys.utcp(group=group).value, MakeUtcp(version, group or "service") @ ip, MakeTcp(version) @ ip
    )
    return tcp
