"""Stacks of IPv4 and IPv6, with TCP and UDP, and choices between them."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface
from typing import Any, TypeVarTuple

from attr import field, frozen

from functoria import Impl, Info, Key, Type, Value, if_impl, lift
from mirage_devices.refusal import unsupported
from mirage_devices.v4 import keys, runtime_args
from mirage_devices.v4.device import Connecting, Device
from mirage_devices.v4.devices.dhcp import (
    DhcpRequests,
    Lease,
    dhcp_proj_ipv4,
    dhcp_proj_lease,
    dhcp_proj_net,
    ipv4_of_dhcp,
    no_lease,
)
from mirage_devices.v4.devices.ethernet import Arpv4, Ethernet, arp, arpv4, ethernet, ethif
from mirage_devices.v4.devices.ip import (
    DEFAULT_NETWORK,
    Ipv4,
    Ipv4v6,
    Ipv6,
    create_ipv4,
    create_ipv4v6,
    create_ipv6,
    ipv4_qubes,
    ipv4v6,
)
from mirage_devices.v4.devices.network import Network, network
from mirage_devices.v4.devices.qubesdb import default_qubesdb
from mirage_devices.v4.devices.transport import (
    Icmpv4,
    Tcpv4v6,
    Udpv4v6,
    direct_icmpv4,
    direct_tcp,
    direct_udp,
    icmpv4,
    tcpv4v6,
    udpv4v6,
)
from mirage_devices.v4.runtime_args import RuntimeArg
from mirage_devices.v4.targets import is_qubes, is_unix, target
from mirage_devices.v4.tcpip import tcpip

Ts = TypeVarTuple("Ts")


class Stackv4v6:
    """Label of `stackv4v6` for type checkers."""


stackv4v6: Type[Stackv4v6] = Type("stackv4v6")
"""IPv4 and IPv6, with TCP and UDP."""


@frozen
class DirectStack(Connecting[Network, Ethernet, Arpv4, Ipv4v6, Icmpv4, Udpv4v6, Tcpv4v6, Stackv4v6]):
    """A stack in OCaml, down to the network interface."""

    type = network >> ethernet >> arpv4 >> ipv4v6 >> icmpv4 >> udpv4v6 >> tcpv4v6 >> stackv4v6
    module = "Tcpip_stack_direct.MakeV4V6"
    name = "stackv4v6"
    own_packages = (tcpip("stack-direct"),)


def direct_stackv4v6(
    net: Impl[Network],
    eth: Impl[Ethernet],
    arp: Impl[Arpv4],
    ipv4: Impl[Ipv4],
    ipv6: Impl[Ipv6],
    *,
    group: str | None = None,
) -> Impl[Stackv4v6]:
    """A stack over `net` with these layers, adding ICMP, UDP and TCP."""
    ip = create_ipv4v6(ipv4, ipv6, group=group)
    parts = DirectStack() @ net @ eth @ arp @ ip
    return parts @ direct_icmpv4(ipv4) @ direct_udp(ip) @ direct_tcp(ip, group=group)


@frozen
class _Socket:
    """The runtime arguments of sockets."""

    ipv4_only: RuntimeArg
    ipv6_only: RuntimeArg
    ipv4: RuntimeArg
    ipv6: RuntimeArg
    chosen_by: Key[Any] | None = field(default=None, eq=False, repr=False)

    def all(self) -> tuple[RuntimeArg, ...]:
        """The arguments in the order of their values."""
        return (self.ipv4_only, self.ipv6_only, self.ipv4, self.ipv6)


@frozen
class _Sockets(Device[*Ts]):
    """A protocol by sockets of the operating system."""

    given: _Socket

    @property
    def runtime_args(self) -> tuple[RuntimeArg, ...]:
        """The runtime arguments for the IP versions and networks that it is bound to."""
        return self.given.all()

    def configure(self, info: Info) -> None:
        if not is_unix.evaluate(info.get):
            key = self.given.chosen_by
            remedy = (
                "use generic_stackv4v6, which has another stack there"
                if key is None
                else f"leave --{key.name}={info.get(key)} out there"
            )
            raise unsupported(self, f"sockets are on the targets unix and macosx, not on {info.get(target)}: {remedy}")

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        ipv4_only, ipv6_only, ipv4, ipv6 = self.expect(values, 4)
        return f"{module}.connect ~ipv4_only:{ipv4_only} ~ipv6_only:{ipv6_only} {ipv4} {ipv6}"


@frozen
class SocketUdp(_Sockets[Udpv4v6]):
    """UDP by sockets of the operating system."""

    type = udpv4v6
    module = "Udpv4v6_socket"
    name = "udp_socket"
    own_packages = (tcpip("udpv4v6-socket"),)


@frozen
class SocketTcp(_Sockets[Tcpv4v6]):
    """TCP by sockets of the operating system."""

    type = tcpv4v6
    module = "Tcpv4v6_socket"
    name = "tcp_socket"
    own_packages = (tcpip("tcpv4v6-socket"),)


@frozen
class SocketStack(Connecting[Stackv4v6]):
    """A stack of sockets of the operating system."""

    given: _Socket

    type = stackv4v6
    module = "Tcpip_stack_socket.V4V6"
    name = "stackv4v6"
    own_packages = (tcpip("stack-socket"),)

    @property
    def deps(self) -> tuple[SocketUdp, SocketTcp]:
        return (SocketUdp(self.given), SocketTcp(self.given))


def socket_stackv4v6(*, group: str | None = None) -> Impl[Stackv4v6]:
    """A stack of sockets of the operating system, on unix and macosx."""
    return _sockets(group, None)


def _sockets(group: str | None, chosen_by: Key[Any] | None) -> SocketStack:
    """Return the same stack. `chosen_by` is the key that selects it, for the error message on other targets."""
    given = _Socket(
        runtime_args.ipv4_only(group=group),
        runtime_args.ipv6_only(group=group),
        runtime_args.ipv4_network("0.0.0.0/0", group=group),
        runtime_args.ipv6_network(None, group=group),
        chosen_by,
    )
    return SocketStack(given)


def _kind(qubes: bool, unix: bool, net: str | None, no_dhcp: bool) -> str:
    """Return the kind of stack for `generic_stackv4v6`."""
    if qubes:
        return "qubes"
    if net in ("host", "socket"):
        return "socket"
    if not no_dhcp:
        return "dhcp"
    return "socket" if unix and net is None else "static"


def generic_stackv4v6_with_lease(
    net: Impl[Network],
    *,
    group: str | None = None,
    dhcp_requests: DhcpRequests | None = None,
    ipv4_network: IPv4Interface | str = DEFAULT_NETWORK,
    ipv4_gateway: IPv4Address | str | None = None,
    ipv6_network: IPv6Interface | str | None = None,
    ipv6_gateway: IPv6Address | str | None = None,
) -> tuple[Impl[Stackv4v6], Impl[Lease]]:
    """A stack over `net`, and its DHCP lease, if any.

    It is configured by DHCP or, with the key [GROUP-]no-dhcp, has the IPv4 address `ipv4_network` and the gateway
    `ipv4_gateway`. On Qubes both come from the domain's database. With [GROUP-]net=host, and on unix and macosx also with
    no-dhcp unless [GROUP-]net=ocaml is given, it is a stack of sockets, which does not use `net`.
    """
    stack_net = keys.net(group=group)
    no_dhcp = keys.no_dhcp(group=group)
    kind: Value[str] = lift(_kind, is_qubes, is_unix, stack_net.value, no_dhcp.value)
    eth = ethif(net)
    address = arp(eth)
    ipv6 = create_ipv6(net, eth, group=group, network=ipv6_network, gateway=ipv6_gateway)
    static = create_ipv4(eth, address, group=group, network=ipv4_network, gateway=ipv4_gateway)
    client = ipv4_of_dhcp(net, eth, address, group=group, dhcp_requests=dhcp_requests)
    inner = dhcp_proj_net @ client
    inner_ipv6 = create_ipv6(inner, eth, group=group, network=ipv6_network, gateway=ipv6_gateway)
    by_dhcp = direct_stackv4v6(inner, eth, address, dhcp_proj_ipv4 @ client, inner_ipv6, group=group)
    stack = if_impl(
        kind.eq("qubes"),
        direct_stackv4v6(net, eth, address, ipv4_qubes(default_qubesdb, eth, address), ipv6, group=group),
        if_impl(
            kind.eq("socket"),
            _sockets(group, stack_net),
            if_impl(kind.eq("dhcp"), by_dhcp, direct_stackv4v6(net, eth, address, static, ipv6, group=group)),
        ),
    )
    return stack, if_impl(kind.eq("dhcp"), dhcp_proj_lease @ client, no_lease)


def generic_stackv4v6(
    net: Impl[Network],
    *,
    group: str | None = None,
    ipv4_network: IPv4Interface | str = DEFAULT_NETWORK,
    ipv4_gateway: IPv4Address | str | None = None,
    ipv6_network: IPv6Interface | str | None = None,
    ipv6_gateway: IPv6Address | str | None = None,
) -> Impl[Stackv4v6]:
    """A stack over `net`: see `generic_stackv4v6_with_lease`."""
    return generic_stackv4v6_with_lease(
        net,
        group=group,
        ipv4_network=ipv4_network,
        ipv4_gateway=ipv4_gateway,
        ipv6_network=ipv6_network,
        ipv6_gateway=ipv6_gateway,
    )[0]


@frozen
class TcpOfStack(Connecting[Stackv4v6, Tcpv4v6]):
    """The TCP of a stack."""

    type = stackv4v6 >> tcpv4v6
    module = "Tcpip_stack_direct.TCPV4V6"
    name = "tcpv4v6"
    own_packages = (tcpip("stack-direct"),)


def tcpv4v6_of_stackv4v6(stack: Impl[Stackv4v6]) -> Impl[Tcpv4v6]:
    """The TCP of `stack`."""
    return TcpOfStack() @ stack
