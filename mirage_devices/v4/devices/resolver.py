"""Resolvers of names, as conduit uses them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attr import frozen

from functoria import Impl, Info, Package, Type
from mirage_devices.refusal import unsupported
from mirage_devices.v4 import runtime_args
from mirage_devices.v4.device import Device
from mirage_devices.v4.devices.dhcp import Dhcp, DhcpRequests, lease_of, servers_of
from mirage_devices.v4.devices.stack import Stackv4v6, stackv4v6
from mirage_devices.v4.packages import package
from mirage_devices.v4.runtime_args import RuntimeArg
from mirage_devices.v4.targets import is_unix, target

_CONDUIT = package("conduit-mirage", compatible="8.0.0")
CHARRUA = package("charrua", min="2.0.0", max="4.0.0")
"""The options of DHCP."""


class Resolver:
    """Label of `resolver` for type checkers."""


resolver: Type[Resolver] = Type("resolver")
"""A resolver of names, as conduit uses it."""


@frozen
class DnsResolver(Device[Stackv4v6, Resolver]):
    """A resolver by DNS, over a stack."""

    servers: RuntimeArg
    dhcp_requests: DhcpRequests | None
    lease: tuple[Any, ...]

    type = stackv4v6 >> resolver
    module = "Resolver_mirage.Make"
    name = "resolver"

    @property
    def own_packages(self) -> tuple[Package, ...]:
        """Its packages: conduit-mirage, and charrua if a lease provides the servers."""
        return (_CONDUIT, *((CHARRUA,) if self.lease else ()))

    @property
    def deps(self) -> tuple[Any, ...]:
        return self.lease

    @property
    def runtime_args(self) -> tuple[RuntimeArg]:
        """The runtime argument for the servers."""
        return (self.servers,)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """Make the resolver; an error becomes Invalid_argument."""
        stack, *lease, servers = self.expect(values)
        found = f"let nameservers = {servers_of(lease[0], servers) if lease else servers} in\n  "
        return f"{found}{module}.v ?nameservers {stack} >|= function Ok r -> r | Error (`Msg e) -> invalid_arg e"


def resolver_dns(stack: Impl[Stackv4v6], *, dhcp: Dhcp | None = None, ns: Sequence[str] = ()) -> Impl[Resolver]:
    """A DNS resolver over `stack` with the servers `ns`; the runtime argument `--resolver` overrides them.

    `dhcp` is a pair of the requests and the lease of a DHCP client, whose servers are used if no others are given.
    """
    requests, lease = lease_of(dhcp, "resolver_dns")
    return DnsResolver(runtime_args.resolver(ns), requests, lease) @ stack


def _host_packages(unix: bool) -> tuple[Package, ...]:
    return (_CONDUIT, package("conduit-lwt-unix", compatible="8.0.0")) if unix else ()


@frozen
class HostResolver(Device[Resolver]):
    """The resolver of the operating system."""

    type = resolver
    module = "Resolver_lwt"
    name = "resolver"
    own_packages = is_unix.map(_host_packages)

    def configure(self, info: Info) -> None:
        if not is_unix.evaluate(info.get):
            raise unsupported(
                self,
                f"the resolver of the system is on the targets unix and macosx, not on {info.get(target)}",
            )

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        return "Lwt.return Resolver_lwt_unix.system"


resolver_unix_system: Impl[Resolver] = HostResolver()
"""The resolver of the operating system, on unix and macosx."""
