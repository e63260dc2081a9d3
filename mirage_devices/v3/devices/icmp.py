"""ICMP."""

from __future__ import annotations

from collections.abc import Sequence

from functoria import Impl, Info, Type
from mirage_devices.v3.device import Device
from mirage_devices.v3.devices.ip import Ipv4, ipv4
from mirage_devices.v3.devices.tcpip import tcpip


class Icmpv4:
    """Label of `icmpv4` for type checkers."""


class Icmpv6:
    """Label of `icmpv6` for type checkers."""


icmpv4: Type[Icmpv4] = Type("icmpv4")
"""ICMP over IPv4."""
icmpv6: Type[Icmpv6] = Type("icmpv6")
"""ICMP over IPv6."""


class DirectIcmpv4(Device[Ipv4, Icmpv4]):
    """tcpip's ICMP."""

    type = ipv4 >> icmpv4
    module = "Icmpv4.Make"
    name = "icmpv4"
    packages = tcpip("icmpv4")

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        (ip,) = self.expect(values, 1)
        return f"{module}.connect {ip}"


def direct_icmpv4(ip: Impl[Ipv4]) -> Impl[Icmpv4]:
    """ICMP over `ip`."""
    return DirectIcmpv4() @ ip
