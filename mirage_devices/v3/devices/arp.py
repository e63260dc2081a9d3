"""ARP, which finds the hardware address for an IPv4 address."""

from __future__ import annotations

from collections.abc import Sequence

from attr import frozen

from functoria import Impl, Info, Package, Type, package
from mirage_devices.v3.device import Device
from mirage_devices.v3.devices.ethernet import Ethernet, ethernet
from mirage_devices.v3.devices.mclock import Mclock, default_monotonic_clock, mclock
from mirage_devices.v3.devices.time import Time, default_time, time


class Arpv4:
    """Label of `arpv4` for type checkers."""


arpv4: Type[Arpv4] = Type("arpv4")
"""ARP for IPv4."""


@frozen
class Arp(Device[Ethernet, Mclock, Time, Arpv4]):
    """An implementation of ARP."""

    module: str
    packages: tuple[Package, ...]

    type = ethernet >> mclock >> time >> arpv4

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        eth, clock, _ = self.expect(values, 3)
        return f"{module}.connect {eth} {clock}"


_TCPIP = Arp("Arpv4.Make", (package("tcpip", min="3.5.0", max="3.6.0", sublibs=["arpv4"]),))
_FUNCTIONAL = Arp("Arp.Make", (package("arp", min="0.2.0", max="0.3.0", sublibs=["mirage"]),))


def arp(
    eth: Impl[Ethernet], clock: Impl[Mclock] = default_monotonic_clock, time: Impl[Time] = default_time
) -> Impl[Arpv4]:
    """Tcpip's ARP over `eth`."""
    return _TCPIP(eth, clock, time)


def farp(
    eth: Impl[Ethernet], clock: Impl[Mclock] = default_monotonic_clock, time: Impl[Time] = default_time
) -> Impl[Arpv4]:
    """The purely functional ARP of the package arp over `eth`."""
    return _FUNCTIONAL(eth, clock, time)
