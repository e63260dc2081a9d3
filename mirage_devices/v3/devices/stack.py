"""Network stacks: UDP and TCP over IPv4, in OCaml or of the host."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from attr import frozen

from functoria import Impl, Info, Key, Type, Value, lift, match_impl
from functoria.errors import InvalidValue
from functoria.printable import worded
from mirage_devices.v3 import keys
from mirage_devices.v3.device import Device
from mirage_devices.v3.devices.arp import Arpv4, arp, arpv4
from mirage_devices.v3.devices.ethernet import Ethernet, ethernet, etif
from mirage_devices.v3.devices.icmp import Icmpv4, direct_icmpv4, icmpv4
from mirage_devices.v3.devices.ip import Ipv4, Ipv4Config, create_ipv4, dhcp_client, ipv4, ipv4_of_dhcp, ipv4_qubes
from mirage_devices.v3.devices.mclock import Mclock, default_monotonic_clock
from mirage_devices.v3.devices.network import Network, network
from mirage_devices.v3.devices.qubesdb import Qubesdb, default_qubesdb
from mirage_devices.v3.devices.random import Random, default_random, random
from mirage_devices.v3.devices.sockets import Socket
from mirage_devices.v3.devices.tcp import Tcpv4, direct_tcp, socket_tcpv4, tcpv4
from mirage_devices.v3.devices.tcpip import tcpip
from mirage_devices.v3.devices.time import Time, default_time, time
from mirage_devices.v3.devices.udp import Udpv4, direct_udp, socket_udpv4, udpv4
from mirage_devices.v3.targets import is_qubes

if TYPE_CHECKING:
    from ipaddress import IPv4Address

Arp = Callable[[Impl[Ethernet]], Impl[Arpv4]]
"""A constructor of ARP over ethernet: `arp` or `farp`."""


class Stackv4:
    """Label of `stackv4` for type checkers."""


stackv4: Type[Stackv4] = Type("stackv4")
"""A network stack of IPv4."""


class DirectStackv4(Device[Time, Random, Network, Ethernet, Arpv4, Ipv4, Icmpv4, Udpv4, Tcpv4, Stackv4]):
    """tcpip's own stack, from its layers."""

    type = time >> random >> network >> ethernet >> arpv4 >> ipv4 >> icmpv4 >> udpv4 >> tcpv4 >> stackv4
    module = "Tcpip_stack_direct.Make"
    name = "stackv4"
    packages = tcpip("stack-direct")

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        _, _, *layers = self.expect(values, 9)
        return " ".join([f"{module}.connect", *layers])


@frozen
class SocketStackv4(Socket):
    """A stack of sockets of the host."""

    address: Key[Any]

    type = stackv4
    module = "Tcpip_stack_socket"
    name = "stackv4_socket"
    packages = tcpip("stack-socket")
    deps = (socket_udpv4(), socket_tcpv4())


def direct_stackv4(
    net: Impl[Network],
    eth: Impl[Ethernet],
    arp: Impl[Arpv4],
    ip: Impl[Ipv4],
    clock: Impl[Mclock] = default_monotonic_clock,
    random: Impl[Random] = default_random,
    time: Impl[Time] = default_time,
) -> Impl[Stackv4]:
    """A stack over `ip` and the layers below it. Raises TypeMismatch for IPv6."""
    lower = DirectStackv4()(time, random, net, eth, arp, ip)
    return lower @ direct_icmpv4(ip) @ direct_udp(ip, random) @ direct_tcp(ip, clock, random, time)


def socket_stackv4(ips: Sequence[IPv4Address | str], group: str | None = None) -> Impl[Stackv4]:
    """The host's stack, bound to the addresses of the key [GROUP-]ips, by default `ips`. Raises InvalidValue.

    Its UDP and TCP are bound to the address of the key `socket`, which all such stacks share regardless of their groups.
    """
    return SocketStackv4(keys.ips(ips, group))


def _over(arp: Arp, eth: Impl[Ethernet]) -> Impl[Arpv4]:
    if callable(arp):
        return arp(eth)
    raise InvalidValue(f"arp is {worded(arp)}, but must be a function of ethernet: arp or farp", objects=[arp])


def static_ipv4_stack(
    net: Impl[Network], group: str | None = None, config: Ipv4Config | None = None, arp: Arp = arp
) -> Impl[Stackv4]:
    """A stack with the address given by keys: see `create_ipv4`."""
    eth = etif(net)
    resolution = _over(arp, eth)
    return direct_stackv4(net, eth, resolution, create_ipv4(eth, resolution, group, config))


def dhcp_ipv4_stack(
    net: Impl[Network],
    group: str | None = None,
    random: Impl[Random] = default_random,
    time: Impl[Time] = default_time,
    arp: Arp = arp,
) -> Impl[Stackv4]:
    """A stack with the address given by DHCP. It has no keys, so `group` has no effect."""
    eth = etif(net)
    resolution = _over(arp, eth)
    return direct_stackv4(net, eth, resolution, ipv4_of_dhcp(dhcp_client(random, time, net), eth, resolution))


def qubes_ipv4_stack(
    net: Impl[Network], group: str | None = None, qubesdb: Impl[Qubesdb] = default_qubesdb, arp: Arp = arp
) -> Impl[Stackv4]:
    """A stack with the address given by Qubes. It has no keys, so `group` has no effect."""
    eth = etif(net)
    resolution = _over(arp, eth)
    return direct_stackv4(net, eth, resolution, ipv4_qubes(qubesdb, eth, resolution))


def _choose(qubes: bool, net: str, dhcp: bool) -> str:
    if qubes:
        return "qubes"
    if net == "socket":
        return "socket"
    return "dhcp" if dhcp else "static"


def generic_stackv4(
    net: Impl[Network],
    group: str | None = None,
    config: Ipv4Config | None = None,
    dhcp_key: Value[bool] | None = None,
    net_key: Value[str] | None = None,
) -> Impl[Stackv4]:
    """The stack selected by the target and keys.

    On qubes, `qubes_ipv4_stack`. Otherwise the host's stack on 0.0.0.0 if the key [GROUP-]net is socket; `dhcp_ipv4_stack`
    if [GROUP-]dhcp is true; and `static_ipv4_stack` if not. `dhcp_key` and `net_key` are values to use instead of these
    keys.
    """
    dhcp, socket = keys.dhcp(group), keys.net(group)
    own: list[Key[Any]] = [*([dhcp] if dhcp_key is None else []), *([socket] if net_key is None else [])]
    choice = lift(
        _choose,
        is_qubes,
        socket.value if net_key is None else net_key,
        dhcp.value if dhcp_key is None else dhcp_key,
    )
    return match_impl(
        choice,
        {
            "dhcp": dhcp_ipv4_stack(net, group),
            "socket": socket_stackv4(["0.0.0.0"], group),
            "qubes": qubes_ipv4_stack(net, group),
        },
        default=static_ipv4_stack(net, group, config),
        keys=own,
    )
