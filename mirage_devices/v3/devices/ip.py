"""IP, version 4 and 6, and ways to get an address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from attr import frozen

from functoria import Impl, Info, Key, Type, arg, package
from mirage_devices.v3 import keys
from mirage_devices.v3.arguments import accepted, ipv4_address, ipv4_interface, ipv6_address, ipv6_network, record
from mirage_devices.v3.device import Device
from mirage_devices.v3.devices.arp import Arpv4, arpv4
from mirage_devices.v3.devices.ethernet import Ethernet, ethernet
from mirage_devices.v3.devices.mclock import Mclock, default_monotonic_clock, mclock
from mirage_devices.v3.devices.network import Network, network
from mirage_devices.v3.devices.qubesdb import Qubesdb, qubesdb
from mirage_devices.v3.devices.random import Random, default_random, random
from mirage_devices.v3.devices.tcpip import tcpip
from mirage_devices.v3.devices.time import Time, default_time, time

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Network


class Ipv4:
    """Label of `ipv4` for type checkers."""


class Ipv6:
    """Label of `ipv6` for type checkers."""


class Dhcp:
    """Label of `dhcp` for type checkers."""


ipv4: Type[Ipv4] = Type("ipv4")
"""IP, version 4."""
ipv6: Type[Ipv6] = Type("ipv6")
"""IP, version 6."""
dhcp: Type[Dhcp] = Type("dhcp")
"""A DHCP client."""

_CHARRUA = package("charrua-client-mirage", min="0.11.0", max="0.12.0")


@frozen
class Ipv4Config:
    """A static IPv4 configuration. Made by `ipv4_config`."""

    network: IPv4Interface
    gateway: IPv4Address | None

    def __attrs_post_init__(self) -> None:
        accepted(self, "ipv4_config", network=ipv4_interface, gateway=arg.some(ipv4_address))


@frozen
class Ipv6Config:
    """A static IPv6 configuration. Made by `ipv6_config`."""

    addresses: tuple[IPv6Address, ...]
    netmasks: tuple[IPv6Network, ...]
    gateways: tuple[IPv6Address, ...]

    def __attrs_post_init__(self) -> None:
        addresses = arg.list(ipv6_address)
        accepted(self, "ipv6_config", addresses=addresses, netmasks=arg.list(ipv6_network), gateways=addresses)


def ipv4_config(network: IPv4Interface | str, gateway: IPv4Address | str | None = None) -> Ipv4Config:
    """An address with its prefix, such as `10.0.0.2/24`, and a gateway, if any. Raises InvalidValue."""
    return Ipv4Config(network, gateway)  # type: ignore[arg-type]  # it converts text


def ipv6_config(
    addresses: Sequence[IPv6Address | str],
    netmasks: Sequence[IPv6Network | str] = (),
    gateways: Sequence[IPv6Address | str] = (),
) -> Ipv6Config:
    """Addresses, their networks, and gateways. Raises InvalidValue."""
    return Ipv6Config(addresses, netmasks, gateways)  # type: ignore[arg-type]  # it converts text


DEFAULT_IPV4 = ipv4_config("10.0.0.2/24", "10.0.0.1")
"""The default configuration of `create_ipv4`."""


@frozen
class StaticIpv4(Device[Random, Mclock, Ethernet, Arpv4, Ipv4]):
    """IPv4 with the address given by keys."""

    network: Key[Any]
    gateway: Key[Any]

    type = random >> mclock >> ethernet >> arpv4 >> ipv4
    module = "Static_ipv4.Make"
    name = "ipv4"
    packages = tcpip("ipv4")

    @property
    def keys(self) -> tuple[Key[Any], ...]:
        return (self.network, self.gateway)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        _, clock, eth, arp = self.expect(values, 4)
        return (
            f"let (network, ip) = {self.network.call} in\n"
            f"  {module}.connect ~ip ~network ~gateway:{self.gateway.call} {clock} {eth} {arp}"
        )


class DhcpClient(Device[Random, Time, Network, Dhcp]):
    """charrua's DHCP client."""

    type = random >> time >> network >> dhcp
    module = "Dhcp_client_mirage.Make"
    packages = (_CHARRUA,)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        _, _, interface = self.expect(values, 3)
        return f"{module}.connect {interface}"


class DhcpIpv4(Device[Dhcp, Random, Mclock, Ethernet, Arpv4, Ipv4]):
    """IPv4 with the address given by DHCP."""

    type = dhcp >> random >> mclock >> ethernet >> arpv4 >> ipv4
    module = "Dhcp_ipv4.Make"
    packages = (_CHARRUA,)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        client, _, clock, eth, arp = self.expect(values, 5)
        return f"{module}.connect {client} {clock} {eth} {arp}"


class QubesIpv4(Device[Qubesdb, Random, Mclock, Ethernet, Arpv4, Ipv4]):
    """IPv4 with the address given by Qubes."""

    type = qubesdb >> random >> mclock >> ethernet >> arpv4 >> ipv4
    module = "Qubesdb_ipv4.Make"
    packages = (package("mirage-qubes-ipv4", min="0.6", max="0.7"),)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """Return a call of connect with the database, clock, ethernet and ARP."""
        db, _, clock, eth, arp = self.expect(values, 5)
        return f"{module}.connect {db} {clock} {eth} {arp}"


@frozen
class StaticIpv6(Device[Ethernet, Random, Time, Mclock, Ipv6]):
    """IPv6 with the addresses given by keys."""

    keys: tuple[Key[Any], ...]

    type = ethernet >> random >> time >> mclock >> ipv6
    module = "Ipv6.Make"
    name = "ipv6"
    packages = tcpip("ipv6")

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        eth, _, _, clock = self.expect(values, 4)
        ips, netmasks, gateways = self.keys
        return f"{module}.connect ~ip:{ips.call} ~netmask:{netmasks.call} ~gateways:{gateways.call} {eth} {clock}"


def create_ipv4(
    eth: Impl[Ethernet],
    arp: Impl[Arpv4],
    group: str | None = None,
    config: Ipv4Config | None = None,
    random: Impl[Random] = default_random,
    clock: Impl[Mclock] = default_monotonic_clock,
) -> Impl[Ipv4]:
    """IPv4 with the address and gateway of the keys [GROUP-]ipv4 and [GROUP-]ipv4-gateway; `config` is their default."""
    config = DEFAULT_IPV4 if config is None else record(config, Ipv4Config, "ipv4_config")
    device = StaticIpv4(keys.ipv4(config.network, group), keys.ipv4_gateway(config.gateway, group))
    return device(random, clock, eth, arp)


def dhcp_client(random: Impl[Random], time: Impl[Time], net: Impl[Network]) -> Impl[Dhcp]:
    """A DHCP client on the interface `net`."""
    return DhcpClient()(random, time, net)


def ipv4_of_dhcp(
    client: Impl[Dhcp],
    eth: Impl[Ethernet],
    arp: Impl[Arpv4],
    random: Impl[Random] = default_random,
    clock: Impl[Mclock] = default_monotonic_clock,
) -> Impl[Ipv4]:
    """IPv4 with the address that the DHCP `client` obtains."""
    return DhcpIpv4()(client, random, clock, eth, arp)


def ipv4_qubes(
    db: Impl[Qubesdb],
    eth: Impl[Ethernet],
    arp: Impl[Arpv4],
    random: Impl[Random] = default_random,
    clock: Impl[Mclock] = default_monotonic_clock,
) -> Impl[Ipv4]:
    """IPv4 with the address in the database of Qubes."""
    return QubesIpv4()(db, random, clock, eth, arp)


def create_ipv6(
    eth: Impl[Ethernet],
    config: Ipv6Config,
    group: str | None = None,
    random: Impl[Random] = default_random,
    time: Impl[Time] = default_time,
    clock: Impl[Mclock] = default_monotonic_clock,
) -> Impl[Ipv6]:
    """IPv6 configured by the keys [GROUP-]ips, netmasks and gateways, whose default is `config`."""
    config = record(config, Ipv6Config, "ipv6_config")
    named = (
        keys.ipv6_ips(config.addresses, group),
        keys.netmasks(config.netmasks, group),
        keys.gateways(config.gateways, group),
    )
    return StaticIpv6(named)(eth, random, time, clock)
