"""Ethernet over a network interface, and ARP over Ethernet."""

from __future__ import annotations

import warnings

from attr import frozen

from functoria import Impl, Type
from mirage_devices.v4.device import Connecting
from mirage_devices.v4.devices.network import Network, network
from mirage_devices.v4.packages import package


class Ethernet:
    """Label of `ethernet` for type checkers."""


class Arpv4:
    """Label of `arpv4` for type checkers."""


ethernet: Type[Ethernet] = Type("ethernet")
"""Ethernet frames over a network interface."""
arpv4: Type[Arpv4] = Type("arpv4")
"""Resolution of IPv4 addresses to Ethernet addresses."""


@frozen
class MakeEthernet(Connecting[Network, Ethernet]):
    """Ethernet over a network interface."""

    type = network >> ethernet
    module = "Ethernet.Make"
    name = "ethernet"
    own_packages = (package("ethernet", compatible="3.0.0"),)


@frozen
class MakeArp(Connecting[Ethernet, Arpv4]):
    """ARP over Ethernet."""

    type = ethernet >> arpv4
    module = "Arp.Make"
    name = "arp"
    own_packages = (package("arp", compatible="4.0.0", sublibs=["mirage"]),)


def ethif(net: Impl[Network]) -> Impl[Ethernet]:
    """Ethernet over the interface `net`."""
    return MakeEthernet() @ net


def etif(net: Impl[Network]) -> Impl[Ethernet]:
    """The former name of `ethif`, which warns."""
    warnings.warn("etif is now called ethif", DeprecationWarning, stacklevel=2)
    return ethif(net)


def arp(eth: Impl[Ethernet]) -> Impl[Arpv4]:
    """ARP over `eth`."""
    return MakeArp() @ eth
