"""ICMP, UDP and TCP over IP. The type of each follows that of the IP: over `ipv4v6` it is `udpv4v6`, over `ipv4` `udpv4`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVarTuple, overload

from attr import field, frozen

from functoria import Impl, Info, Key, Type, if_impl
from functoria.errors import TypeMismatch
from functoria.impl import describe, matches
from functoria.printable import worded
from mirage_devices.refusal import unsupported
from mirage_devices.v4 import keys
from mirage_devices.v4.device import Connecting, Device
from mirage_devices.v4.devices.ip import Ipv4, Ipv4v6, Ipv6, ipv4, ipv4v6, ipv6
from mirage_devices.v4.packages import package
from mirage_devices.v4.tcpip import tcpip

Ts = TypeVarTuple("Ts")


class Icmpv4:
    """Label of `icmpv4` for type checkers."""


class Udpv4:
    """Label of `udpv4` for type checkers."""


class Udpv6:
    """Label of `udpv6` for type checkers."""


class Udpv4v6:
    """Label of `udpv4v6` for type checkers."""


class Tcpv4:
    """Label of `tcpv4` for type checkers."""


class Tcpv6:
    """Label of `tcpv6` for type checkers."""


class Tcpv4v6:
    """Label of `tcpv4v6` for type checkers."""


icmpv4: Type[Icmpv4] = Type("icmpv4")
"""ICMP over IPv4."""
udpv4: Type[Udpv4] = Type("udpv4")
"""UDP over IPv4 alone."""
udpv6: Type[Udpv6] = Type("udpv6")
"""UDP over IPv6 alone."""
udpv4v6: Type[Udpv4v6] = Type("udpv4v6")
"""UDP over IPv4 and IPv6."""
tcpv4: Type[Tcpv4] = Type("tcpv4")
"""TCP over IPv4 alone."""
tcpv6: Type[Tcpv6] = Type("tcpv6")
"""TCP over IPv6 alone."""
tcpv4v6: Type[Tcpv4v6] = Type("tcpv4v6")
"""TCP over IPv4 and IPv6."""

_UDP: Mapping[Type[Any], Type[Any]] = {ipv4: udpv4, ipv6: udpv6, ipv4v6: udpv4v6}
_TCP: Mapping[Type[Any], Type[Any]] = {ipv4: tcpv4, ipv6: tcpv6, ipv4v6: tcpv4v6}


@overload
def udp(ip: Type[Ipv4]) -> Type[Udpv4]: ...
@overload
def udp(ip: Type[Ipv6]) -> Type[Udpv6]: ...
@overload
def udp(ip: Type[Ipv4v6]) -> Type[Udpv4v6]: ...
def udp(ip: Type[Any]) -> Type[Any]:
    """Return the type of UDP over IP of type `ip`. Raises TypeMismatch if that is not IP."""
    return _over(_UDP, ip, "UDP")


@overload
def tcp(ip: Type[Ipv4]) -> Type[Tcpv4]: ...
@overload
def tcp(ip: Type[Ipv6]) -> Type[Tcpv6]: ...
@overload
def tcp(ip: Type[Ipv4v6]) -> Type[Tcpv4v6]: ...
def tcp(ip: Type[Any]) -> Type[Any]:
    """Return the type of TCP over IP of type `ip`. Raises TypeMismatch if that is not IP."""
    return _over(_TCP, ip, "TCP")


def _over(types: Mapping[Type[Any], Type[Any]], ip: object, what: str) -> Type[Any]:
    if not isinstance(ip, Type) or ip not in types:
        raise TypeMismatch(f"{what} must be over ipv4, ipv6 or ipv4v6, not over {worded(ip)}", objects=[ip])
    return types[ip]


def _version(ip: object, what: str) -> Type[Any]:
    """Return the type of `ip`, an implementation of any version of IP."""
    found = next((version for version in _UDP if isinstance(ip, Impl) and matches(ip, version)), None)
    if found is None:
        shown = describe(ip) if isinstance(ip, Impl) else repr(ip)
        raise TypeMismatch(f"{what} must be over ipv4, ipv6 or ipv4v6, not over {shown}", objects=[ip])
    return found


@frozen
class MakeIcmpv4(Connecting[Ipv4, Icmpv4]):
    """ICMP over IPv4."""

    type = ipv4 >> icmpv4
    module = "Icmpv4.Make"
    name = "icmpv4"
    own_packages = (tcpip("icmpv4"),)


@frozen
class MakeUdp(Connecting[*Ts]):
    """UDP over IP."""

    type: Type[*Ts]

    module = "Udp.Make"
    name = "udp"
    own_packages = (tcpip("udp"),)


@frozen
class MakeTcp(Connecting[*Ts]):
    """TCP over IP."""

    type: Type[*Ts]

    module = "Tcp.Flow.Make"
    name = "tcp"
    own_packages = (tcpip("tcp"),)


@frozen
class MakeUtcp(Device[*Ts]):
    """µTCP, another implementation of TCP, over IP. `label` distinguishes its logs."""

    type: Type[*Ts]
    label: str
    chosen_by: Key[bool] = field(eq=False, repr=False)

    module = "Utcp_mirage.Make"
    name = "tcp"
    own_packages = (package("utcp", sublibs=["mirage"]),)

    def configure(self, info: Info) -> None:
        """Refuse IPv4 or IPv6 alone: its functor needs both together."""
        if self.type.parameters != (ipv4v6,):
            raise unsupported(
                self,
                f"µTCP is over IPv4 and IPv6 together, not over {self.type.parameters[0]} alone: "
                f"give direct_tcp what create_ipv4v6 makes, or leave --{self.chosen_by.name} out",
            )

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        (ip,) = self.expect(values, 1)
        return f"Lwt.return ({module}.connect {self.ocaml_string(self.label)} {ip})"


def direct_icmpv4(ip: Impl[Ipv4]) -> Impl[Icmpv4]:
    """ICMP over `ip`."""
    return MakeIcmpv4() @ ip


@overload
def direct_udp(ip: Impl[Ipv4]) -> Impl[Udpv4]: ...
@overload
def direct_udp(ip: Impl[Ipv6]) -> Impl[Udpv6]: ...
@overload
def direct_udp(ip: Impl[Ipv4v6]) -> Impl[Udpv4v6]: ...
def direct_udp(ip: Impl[Any]) -> Impl[Any]:
    """UDP over `ip`, for its version of IP."""
    version = _version(ip, "UDP")
    layer: Any = MakeUdp(version >> _UDP[version])
    result: Impl[Any] = layer @ ip
    return result


@overload
def direct_tcp(ip: Impl[Ipv4], *, group: str | None = None) -> Impl[Tcpv4]: ...
@overload
def direct_tcp(ip: Impl[Ipv6], *, group: str | None = None) -> Impl[Tcpv6]: ...
@overload
def direct_tcp(ip: Impl[Ipv4v6], *, group: str | None = None) -> Impl[Tcpv4v6]: ...
def direct_tcp(ip: Impl[Any], *, group: str | None = None) -> Impl[Any]:
    """TCP over `ip`, for its version of IP. The key [GROUP-]utcp selects µTCP, which needs IPv4 and IPv6 together."""
    version = _version(ip, "TCP")
    signature = version >> _TCP[version]
    plain: Any = MakeTcp(signature)
    key = keys.utcp(group=group)
    micro: Any = MakeUtcp(signature, group or "service", key)
    result: Impl[Any] = if_impl(key.value, micro @ ip, plain @ ip)
    return result
