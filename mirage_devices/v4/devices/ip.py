"""IPv4 and IPv6, each alone and both together."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface

from attr import frozen

from functoria import Impl, Info, Type
from mirage_devices.v4 import runtime_args
from mirage_devices.v4.device import Connecting, Device
from mirage_devices.v4.devices.ethernet import Arpv4, Ethernet, arpv4, ethernet
from mirage_devices.v4.devices.network import Network, network
from mirage_devices.v4.devices.qubesdb import Qubesdb, qubesdb
from mirage_devices.v4.packages import package
from mirage_devices.v4.runtime_args import RuntimeArg
from mirage_devices.v4.tcpip import tcpip

DEFAULT_NETWORK = "10.0.0.2/24"
"""The default IPv4 address of a unikernel."""


class Ipv4:
    """Label of `ipv4` for type checkers."""


class Ipv6:
    """Label of `ipv6` for type checkers."""


class Ipv4v6:
    """Label of `ipv4v6` for type checkers."""


ipv4: Type[Ipv4] = Type("ipv4")
"""IPv4."""
ipv6: Type[Ipv6] = Type("ipv6")
"""IPv6."""
ipv4v6: Type[Ipv4v6] = Type("ipv4v6")
"""IPv4 and IPv6 together."""


@frozen
class StaticIpv4(Device[Ethernet, Arpv4, Ipv4]):
    """IPv4 with an address given by a runtime argument."""

    address: RuntimeArg
    gateway: RuntimeArg
    ipv6_only: RuntimeArg

    type = ethernet >> arpv4 >> ipv4
    module = "Static_ipv4.Make"
    name = "ipv4"
    own_packages = (tcpip("ipv4"),)

    @property
    def runtime_args(self) -> tuple[RuntimeArg, ...]:
        """The runtime arguments for the network, the gateway, and IPv6 only."""
        return (self.address, self.gateway, self.ipv6_only)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """Connect, except if only IPv6 is used."""
        eth, arp, network, gateway, ipv6_only = self.expect(values, 5)
        return f"{module}.connect ~no_init:{ipv6_only} ~cidr:{network} ?gateway:{gateway} {eth} {arp}"


def create_ipv4(
    eth: Impl[Ethernet],
    arp: Impl[Arpv4],
    *,
    group: str | None = None,
    network: IPv4Interface | str = DEFAULT_NETWORK,
    gateway: IPv4Address | str | None = None,
) -> Impl[Ipv4]:
    """IPv4 over `eth`, with the address `network` and the `gateway`.

    The runtime arguments `--[GROUP-]ipv4` and `--[GROUP-]ipv4-gateway` override these.
    """
    device = StaticIpv4(
        runtime_args.ipv4_network(network, group=group),
        runtime_args.ipv4_gateway(gateway, group=group),
        runtime_args.ipv6_only(group=group),
    )
    return device @ eth @ arp


@frozen
class QubesIpv4(Connecting[Qubesdb, Ethernet, Arpv4, Ipv4]):
    """IPv4 with the address given by Qubes."""

    type = qubesdb >> ethernet >> arpv4 >> ipv4
    module = "Qubesdb_ipv4.Make"
    name = "ipv4"
    own_packages = (package("mirage-qubes-ipv4", compatible="2.0.0"),)


def ipv4_qubes(db: Impl[Qubesdb], eth: Impl[Ethernet], arp: Impl[Arpv4]) -> Impl[Ipv4]:
    """IPv4 over `eth` with the address in Qubes' database `db`."""
    return QubesIpv4() @ db @ eth @ arp


@frozen
class MakeIpv6(Device[Network, Ethernet, Ipv6]):
    """IPv6 with an address given by a runtime argument or by routers."""

    address: RuntimeArg
    gateway: RuntimeArg
    routers: RuntimeArg
    ipv4_only: RuntimeArg

    type = network >> ethernet >> ipv6
    module = "Ipv6.Make"
    name = "ipv6"
    own_packages = (tcpip("ipv6"),)

    @property
    def runtime_args(self) -> tuple[RuntimeArg, ...]:
        """The runtime arguments for the network, the gateway, configuration by routers, and IPv4 only."""
        return (self.address, self.gateway, self.routers, self.ipv4_only)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """Connect, except if only IPv4 is used."""
        net, eth, network, gateway, routers, ipv4_only = self.expect(values, 6)
        labels = f"~no_init:{ipv4_only} ~handle_ra:{routers} ?cidr:{network} ?gateway:{gateway}"
        return f"{module}.connect {labels} {net} {eth}"


def create_ipv6(
    net: Impl[Network],
    eth: Impl[Ethernet],
    *,
    group: str | None = None,
    network: IPv6Interface | str | None = None,
    gateway: IPv6Address | str | None = None,
) -> Impl[Ipv6]:
    """IPv6 over `eth`, with the address `network` and the `gateway`.

    The runtime arguments `--[GROUP-]ipv6` and `--[GROUP-]ipv6-gateway` override these.
    """
    device = MakeIpv6(
        runtime_args.ipv6_network(network, group=group),
        runtime_args.ipv6_gateway(gateway, group=group),
        runtime_args.accept_router_advertisements(group=group),
        runtime_args.ipv4_only(group=group),
    )
    return device @ net @ eth


@frozen
class MakeIpv4v6(Device[Ipv4, Ipv6, Ipv4v6]):
    """IPv4 and IPv6 together; runtime arguments may disable one of them."""

    ipv4_only: RuntimeArg
    ipv6_only: RuntimeArg

    type = ipv4 >> ipv6 >> ipv4v6
    module = "Tcpip_stack_direct.IPV4V6"
    name = "ipv4v6"
    own_packages = (tcpip("stack-direct"),)

    @property
    def runtime_args(self) -> tuple[RuntimeArg, ...]:
        """The runtime arguments for IPv4 only and IPv6 only."""
        return (self.ipv4_only, self.ipv6_only)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        one, two, ipv4_only, ipv6_only = self.expect(values, 4)
        return f"{module}.connect ~ipv4_only:{ipv4_only} ~ipv6_only:{ipv6_only} {one} {two}"


def create_ipv4v6(ipv4: Impl[Ipv4], ipv6: Impl[Ipv6], *, group: str | None = None) -> Impl[Ipv4v6]:
    """IPv4 and IPv6 together; `--[GROUP-]ipv4-only` and `--[GROUP-]ipv6-only` disable the other one."""
    device = MakeIpv4v6(runtime_args.ipv4_only(group=group), runtime_args.ipv6_only(group=group))
    return device @ ipv4 @ ipv6
