"""Connecting by name: happy eyeballs, and DNS clients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attr import frozen

from functoria import Impl, Info, Package, Type
from mirage_devices.v4 import runtime_args
from mirage_devices.v4.device import Device
from mirage_devices.v4.devices.dhcp import Dhcp, DhcpRequests, lease_of, servers_of
from mirage_devices.v4.devices.resolver import CHARRUA
from mirage_devices.v4.devices.stack import Stackv4v6, stackv4v6
from mirage_devices.v4.packages import package
from mirage_devices.v4.runtime_args import RuntimeArg


class HappyEyeballs:
    """Label of `happy_eyeballs` for type checkers."""


class DnsClient:
    """Label of `dns_client` for type checkers."""


happy_eyeballs: Type[HappyEyeballs] = Type("happy_eyeballs")
"""Connecting to the first address of a name that answers, by IPv4 or IPv6."""
dns_client: Type[DnsClient] = Type("dns_client")
"""A DNS client."""


@frozen
class MakeHappyEyeballs(Device[Stackv4v6, HappyEyeballs]):
    """Happy eyeballs over a stack."""

    arguments: tuple[RuntimeArg, ...]

    type = stackv4v6 >> happy_eyeballs
    module = "Happy_eyeballs_mirage.Make"
    name = "happy_eyeballs"
    own_packages = (package("happy-eyeballs-mirage", compatible="2.0.0"),)

    @property
    def runtime_args(self) -> tuple[RuntimeArg, ...]:
        """The runtime arguments for its timeouts and retries."""
        return self.arguments

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        stack, *given = self.expect(values, 7)
        labels = (f"?{name}:{value}" for name, value in zip(_TIMES, given, strict=True))
        return f"{module}.connect_device {' '.join(labels)} {stack}"


_TIMES = ("aaaa_timeout", "connect_delay", "connect_timeout", "resolve_timeout", "resolve_retries", "timer_interval")


def generic_happy_eyeballs(
    stack: Impl[Stackv4v6],
    *,
    group: str | None = None,
    aaaa_timeout: int | None = None,
    connect_delay: int | None = None,
    connect_timeout: int | None = None,
    resolve_timeout: int | None = None,
    resolve_retries: int | None = None,
    timer_interval: int | None = None,
) -> Impl[HappyEyeballs]:
    """Happy eyeballs over `stack`. Times are in nanoseconds; None is the library's default.

    The runtime arguments `--[GROUP-]he-…` override them.
    """
    arguments = (
        runtime_args.he_aaaa_timeout(aaaa_timeout, group=group),
        runtime_args.he_connect_delay(connect_delay, group=group),
        runtime_args.he_connect_timeout(connect_timeout, group=group),
        runtime_args.he_resolve_timeout(resolve_timeout, group=group),
        runtime_args.he_resolve_retries(resolve_retries, group=group),
        runtime_args.he_timer_interval(timer_interval, group=group),
    )
    return MakeHappyEyeballs(arguments) @ stack


@frozen
class MakeDnsClient(Device[Stackv4v6, HappyEyeballs, DnsClient]):
    """A DNS client over a stack and happy eyeballs."""

    servers: RuntimeArg
    timeout: RuntimeArg
    cache_size: RuntimeArg
    dhcp_requests: DhcpRequests | None
    lease: tuple[Any, ...]

    type = stackv4v6 >> happy_eyeballs >> dns_client
    module = "Dns_client_mirage.Make"
    name = "dns_client"

    @property
    def own_packages(self) -> tuple[Package, ...]:
        """Its packages: dns-client-mirage, and charrua if a lease provides the servers."""
        return (package("dns-client-mirage", compatible="10.0.0"), *((CHARRUA,) if self.lease else ()))

    @property
    def deps(self) -> tuple[Any, ...]:
        return self.lease

    @property
    def runtime_args(self) -> tuple[RuntimeArg, ...]:
        """The runtime arguments for the servers, the timeout, and the size of the cache."""
        return (self.servers, self.timeout, self.cache_size)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        stack, eyeballs, *lease, servers, timeout, cache_size = self.expect(values)
        found = f"let nameservers = {servers_of(lease[0], servers) if lease else servers} in\n  "
        labels = f"?nameservers ?timeout:{timeout} ?cache_size:{cache_size}"
        return f"{found}{module}.connect {labels} ({stack}, {eyeballs})"


def generic_dns_client(
    stack: Impl[Stackv4v6],
    he: Impl[HappyEyeballs],
    *,
    dhcp: Dhcp | None = None,
    group: str | None = None,
    timeout: int | None = None,
    nameservers: Sequence[str] | None = None,
    cache_size: int | None = None,
) -> Impl[DnsClient]:
    """A DNS client over `stack` and `he`.

    `nameservers` are servers such as `tcp:1.1.1.1` or `tls:9.9.9.9`, `timeout` is in nanoseconds, and `cache_size` counts
    entries; runtime arguments `--[GROUP-]dns-…` override them. `dhcp` is a pair of the requests and the lease of a DHCP client,
    whose servers are used if no others are given.
    """
    requests, lease = lease_of(dhcp, "generic_dns_client")
    device = MakeDnsClient(
        runtime_args.dns_servers(nameservers, group=group),
        runtime_args.dns_timeout(timeout, group=group),
        runtime_args.dns_cache_size(cache_size, group=group),
        requests,
        lease,
    )
    return device @ stack @ he
