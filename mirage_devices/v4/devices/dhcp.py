"""DHCP: a unikernel's address, and other information from DHCP servers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address
from typing import Any
from weakref import WeakKeyDictionary

from attr import evolve, field, frozen

from functoria import Impl, Info, Type
from functoria.errors import InvalidValue
from functoria.impl import typed
from functoria.printable import worded
from mirage_devices.v4 import runtime_args
from mirage_devices.v4.device import Connecting, Device
from mirage_devices.v4.devices.ethernet import Arpv4, Ethernet, arpv4, ethernet
from mirage_devices.v4.devices.ip import Ipv4, ipv4
from mirage_devices.v4.devices.network import Network, network
from mirage_devices.v4.packages import package
from mirage_devices.v4.runtime_args import RuntimeArg

_CLIENT = package("charrua-client", compatible="3.0.0", sublibs=["mirage"])
_SUBNET_MASK, _ROUTERS, _DNS_SERVERS = 1, 3, 6
"""Options of RFC 2132."""


class DhcpIpv4:
    """Label of `dhcp_ipv4` for type checkers."""


class Lease:
    """Label of `lease` for type checkers."""


dhcp_ipv4: Type[DhcpIpv4] = Type("dhcp_ipv4")
"""A DHCP client, with its network and address."""
lease: Type[Lease] = Type("lease")
"""The lease of a DHCP client, if there is one."""


def _codes(codes: Iterable[int]) -> tuple[int, ...]:
    if isinstance(codes, (str, bytes)) or not isinstance(codes, Iterable):
        raise InvalidValue(
            f"options of DHCP must be a list of numbers from 1 to 254, not {worded(codes)}", objects=[codes]
        )
    kept = list(codes)
    for code in kept:
        if isinstance(code, bool) or not isinstance(code, int) or not 1 <= code <= 254:
            raise InvalidValue(f"an option of DHCP must be a number from 1 to 254, not {worded(code)}", objects=[code])
    return tuple(sorted(set(kept)))


@frozen
class DhcpRequests:
    """The options that a DHCP client requests in addition to those it always needs. Made by `make_dhcp_requests`."""

    codes: tuple[int, ...] = field(default=(), converter=_codes)


def make_dhcp_requests(codes: Iterable[int] = ()) -> DhcpRequests:
    """Request the options `codes`, numbers from 1 to 254 of RFC 2132. Raises InvalidValue for others."""
    return DhcpRequests(codes)


def add_dhcp_request(requests: DhcpRequests, code: int) -> DhcpRequests:
    """Add the option `code`, a number from 1 to 254, to `requests`. Raises InvalidValue for others."""
    return evolve(_requests(requests, "requests of add_dhcp_request"), codes=(*requests.codes, code))


def _requests(requests: object, what: str) -> DhcpRequests:
    if not isinstance(requests, DhcpRequests):
        raise InvalidValue(
            f"{what} must be the result of make_dhcp_requests, not {worded(requests)}", objects=[requests]
        )
    return requests


@frozen
class MakeDhcpIpv4(Device[Network, Ethernet, Arpv4, DhcpIpv4]):
    """A DHCP client. Runtime arguments for the address and gateway take precedence over its lease."""

    address: RuntimeArg
    gateway: RuntimeArg
    ipv6_only: RuntimeArg
    requests: DhcpRequests

    type = network >> ethernet >> arpv4 >> dhcp_ipv4
    module = "Dhcp_ipv4.Make"
    name = "dhcp_ipv4"
    own_packages = (_CLIENT,)

    @property
    def runtime_args(self) -> tuple[RuntimeArg, ...]:
        """The runtime arguments for the network, the gateway, and IPv6 only."""
        return (self.address, self.gateway, self.ipv6_only)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """Request the given options, and DNS servers if a resolver takes these from the lease."""
        net, eth, arp, network, gateway, ipv6_only = self.expect(values, 6)
        codes = {_SUBNET_MASK, _ROUTERS, *self.requests.codes}
        if self in _told_servers(info):
            codes.add(_DNS_SERVERS)
        asked = "; ".join(map(str, sorted(codes)))
        return (
            f"let requests = Option.map (List.map Dhcp_wire.int_to_option_code_exn) (Some [{asked}]) in\n"
            "  let options = [ Dhcp_wire.Hostname (Mirage_runtime.name ()) ] in\n"
            f"  {module}.connect ~no_init:{ipv6_only} ?cidr:{network} ?gateway:{gateway} ?requests ~options {net} {eth} {arp}"
        )


_known: WeakKeyDictionary[Info, frozenset[Any]] = WeakKeyDictionary()


def _told_servers(info: Info) -> frozenset[Any]:
    """Return the clients from which resolvers take DNS servers."""
    if info not in _known:
        asking = [node for node in info.nodes if getattr(node.device, "dhcp_requests", None) is not None]
        found = [(node, client.device) for node in asking for told in node.deps for client in told.arguments]
        _known[info] = frozenset(
            client
            for node, client in found
            if isinstance(client, MakeDhcpIpv4) and client.requests == node.device.dhcp_requests
        )
    return _known[info]


def ipv4_of_dhcp(
    net: Impl[Network],
    eth: Impl[Ethernet],
    arp: Impl[Arpv4],
    *,
    group: str | None = None,
    dhcp_requests: DhcpRequests | None = None,
    gateway: IPv4Address | str | None = None,
) -> Impl[DhcpIpv4]:
    """A DHCP client over `net`, which also requests the options of `dhcp_requests`."""
    device = MakeDhcpIpv4(
        runtime_args.ipv4_optional_network(group=group),
        runtime_args.ipv4_gateway(gateway, group=group),
        runtime_args.ipv6_only(group=group),
        DhcpRequests() if dhcp_requests is None else _requests(dhcp_requests, "dhcp_requests of ipv4_of_dhcp"),
    )
    return device @ net @ eth @ arp


@frozen
class ProjNet(Connecting[DhcpIpv4, Network]):
    """The network interface of a DHCP client, without the client's own frames."""

    type = dhcp_ipv4 >> network
    module = "Dhcp_ipv4.Proj_net"
    name = "dhcp_net"
    own_packages = (_CLIENT,)


@frozen
class ProjIpv4(Connecting[DhcpIpv4, Ipv4]):
    """The IPv4 of a DHCP client."""

    type = dhcp_ipv4 >> ipv4
    module = "Dhcp_ipv4.Proj_ipv4"
    name = "dhcp_ip"
    own_packages = (_CLIENT,)


@frozen
class ProjLease(Connecting[DhcpIpv4, Lease]):
    """The lease of a DHCP client."""

    type = dhcp_ipv4 >> lease
    module = "Dhcp_ipv4.Proj_lease"
    name = "dhcp_lease"
    own_packages = (_CLIENT,)


dhcp_proj_net: Impl[DhcpIpv4, Network] = ProjNet()
"""A functor from a DHCP client to its network interface."""
dhcp_proj_ipv4: Impl[DhcpIpv4, Ipv4] = ProjIpv4()
"""A functor from a DHCP client to its IPv4."""
dhcp_proj_lease: Impl[DhcpIpv4, Lease] = ProjLease()
"""A functor from a DHCP client to its lease."""


@frozen
class NoLease(Device[Lease]):
    """No lease, for a unikernel that is configured otherwise."""

    type = lease
    module = "Lwt"
    name = "lease"

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        return "Lwt.return None"


no_lease: Impl[Lease] = NoLease()
"""No lease, for a unikernel that is configured otherwise."""

Dhcp = tuple[DhcpRequests, Impl[Lease]]
"""The requests and the lease of a DHCP client, from which a resolver takes DNS servers."""


def lease_of(dhcp: Dhcp | None, what: str) -> tuple[DhcpRequests | None, tuple[Any, ...]]:
    """Return the requests and the lease in the argument `dhcp` of `what`. Raises InvalidValue unless it is a pair."""
    if dhcp is None:
        return None, ()
    if not isinstance(dhcp, tuple) or len(dhcp) != 2:
        raise InvalidValue(f"dhcp of {what} must be a pair of requests and a lease, not {worded(dhcp)}", objects=[dhcp])
    requests, told = dhcp
    return _requests(requests, f"the first of dhcp of {what}"), (typed(told, lease, f"the second of dhcp of {what}"),)


def servers_of(lease: str, given: str) -> str:
    """Return OCaml code for name servers: those `given`, an option, or else those in `lease`, by UDP and TCP."""
    return (
        f"match {given}, {lease} with\n  | Some (_ :: _ as servers), _ -> Some servers\n  | _, None -> None\n"
        "  | _, Some options ->\n    match Dhcp_wire.collect_dns_servers options with\n    | [] -> None\n    | told ->\n"
        '      Some (List.concat_map (fun ip -> [ Fmt.str "udp:%a" Ipaddr.V4.pp ip; Fmt.str "tcp:%a" Ipaddr.V4.pp ip ]) told)'
    )
