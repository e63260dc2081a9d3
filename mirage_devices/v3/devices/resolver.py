"""Resolvers of names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from attr import frozen

from functoria import Impl, Info, Type, arg, package
from mirage_devices.refusal import unsupported
from mirage_devices.v3.arguments import ipv4_address, port
from mirage_devices.v3.device import Device
from mirage_devices.v3.devices.conduit import CONDUIT
from mirage_devices.v3.devices.stack import Stackv4, stackv4
from mirage_devices.v3.devices.time import Time, default_time, time
from mirage_devices.v3.targets import is_unix

if TYPE_CHECKING:
    from ipaddress import IPv4Address


class Resolver:
    """Label of `resolver` for type checkers."""


resolver: Type[Resolver] = Type("resolver")
"""Finds the address of a name."""


class UnixResolver(Device[Resolver]):
    """The host's own resolver."""

    type = resolver
    module = "Resolver_lwt"
    name = "resolver_unix"
    packages = is_unix.if_((CONDUIT, package("conduit-lwt-unix", min="1.0.0", max="2.0.0")), ())

    def configure(self, info: Info) -> None:
        if not is_unix.evaluate(info.get):
            raise unsupported(
                self,
                f"the host's resolver is only on the targets unix and macosx, not on "
                f"{info.context['target']}: choose one of these with -t",
            )

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        return f"return {module}_unix.system"


@frozen
class DnsResolver(Device[Time, Stackv4, Resolver]):
    """A DNS client. Without a name server it uses the library's default."""

    ns: IPv4Address | None
    ns_port: int | None

    type = time >> stackv4 >> resolver
    module = "Resolver_mirage.Make_with_stack"
    name = "resolver"
    packages = (CONDUIT,)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        _, stack = self.expect(values, 2)
        return (
            f"let ns = {arg.some(ipv4_address).literal(self.ns)} in\n"
            f"  let ns_port = {arg.some(arg.int).literal(self.ns_port)} in\n"
            f"  return ({module}.R.init ?ns ?ns_port ~stack:{stack} ())"
        )


resolver_unix_system: Impl[Resolver] = UnixResolver()
"""The host's own resolver. Only on unix and macosx."""


def resolver_dns(
    stack: Impl[Stackv4],
    ns: IPv4Address | str | None = None,
    ns_port: int | None = None,
    time: Impl[Time] = default_time,
) -> Impl[Resolver]:
    """A DNS client over `stack`, which uses the server `ns` at port `ns_port`. Raises InvalidValue."""
    address: Any = arg.some(ipv4_address).accept(ns, of="ns of resolver_dns")
    number = arg.some(port).accept(ns_port, of="ns_port of resolver_dns")
    return DnsResolver(address, number)(time, stack)
