"""Ethernet."""

from __future__ import annotations

from collections.abc import Sequence

from functoria import Impl, Info, Type, package
from mirage_devices.v3.device import Device
from mirage_devices.v3.devices.network import Network, network


class Ethernet:
    """Label of `ethernet` for type checkers."""


ethernet: Type[Ethernet] = Type("ethernet")
"""Ethernet over a network interface."""


class Ethif(Device[Network, Ethernet]):
    """tcpip's ethernet."""

    type = network >> ethernet
    module = "Ethif.Make"
    packages = (package("tcpip", min="3.5.0", max="3.6.0", sublibs=["ethif"]),)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        (interface,) = self.expect(values, 1)
        return f"{module}.connect {interface}"


def etif(net: Impl[Network]) -> Impl[Ethernet]:
    """Ethernet over the interface `net`."""
    return Ethif() @ net
