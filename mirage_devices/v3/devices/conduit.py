"""Conduit: connections by name, with or without TLS."""

from __future__ import annotations

from collections.abc import Sequence

from attr import frozen

from functoria import Impl, Info, Package, Type, arg, package
from functoria.impl import AnyImpl
from mirage_devices.v3.device import Device
from mirage_devices.v3.devices.random import nocrypto
from mirage_devices.v3.devices.stack import Stackv4, stackv4


class Conduit:
    """Label of `conduit` for type checkers."""


class ConduitConnector:
    """Label of `conduit_connector` for type checkers."""


conduit: Type[Conduit] = Type("conduit")
"""A way to make connections."""
conduit_connector: Type[ConduitConnector] = Type("conduit_connector")
"""Adds one kind of connections to a conduit."""

CONDUIT: Package = package("mirage-conduit", min="3.0.1", max="4.0.0")
"""The package of conduits and resolvers."""


class TcpConnector(Device[Stackv4, ConduitConnector]):
    """Connections by TCP."""

    type = stackv4 >> conduit_connector
    module = "Conduit_mirage.With_tcp"
    name = "tcp_conduit_connector"
    packages = (CONDUIT,)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        (stack,) = self.expect(values, 1)
        return f"return ({module}.connect {stack})"


class TlsConnector(Device[ConduitConnector]):
    """Connections by TLS, over those of previous connectors."""

    type = conduit_connector
    module = "Conduit_mirage"
    name = "tls_conduit_connector"
    packages = (package("tls", min="0.9.2", max="0.10.0", sublibs=["mirage"]), CONDUIT)
    deps = (nocrypto,)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 1)
        return f"return {module}.with_tls"


@frozen
class DirectConduit(Device[Conduit]):
    """A conduit with the kinds of connections of `connectors`, in their order."""

    connectors: tuple[Impl[ConduitConnector], ...]

    type = conduit
    module = "Conduit_mirage"
    name = "conduit"
    packages = (CONDUIT,)

    @property
    def deps(self) -> tuple[AnyImpl, ...]:
        return (nocrypto, *self.connectors)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        _, *connectors = self.expect(values, 1 + len(self.connectors))
        return "\n  >>= ".join([f"return {module}.empty", *connectors])


tcp_conduit_connector: Impl[Stackv4, ConduitConnector] = TcpConnector()
"""Connections by TCP, over a stack."""
tls_conduit_connector: Impl[ConduitConnector] = TlsConnector()
"""Connections by TLS; must follow the connector for TCP."""


def conduit_direct(stack: Impl[Stackv4], tls: bool = False) -> Impl[Conduit]:
    """A conduit over `stack`: TCP, and with `tls` also TLS."""
    tcp = tcp_conduit_connector @ stack
    both = arg.bool.accept(tls, of="tls of conduit_direct")
    return DirectConduit((tcp, tls_conduit_connector) if both else (tcp,))
