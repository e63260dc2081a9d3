"""Conduit: connections by TCP, and by TLS over them."""

from __future__ import annotations

from collections.abc import Sequence

from attr import frozen

from functoria import Impl, Info, Type, arg
from mirage_devices.v4.device import Device
from mirage_devices.v4.devices.stack import Stackv4v6, stackv4v6
from mirage_devices.v4.packages import package

_CONDUIT = package("conduit-mirage", compatible="8.0.0")


class Conduit:
    """Label of `conduit` for type checkers."""


conduit: Type[Conduit] = Type("conduit")
"""Connections by any protocol."""


@frozen
class TcpConduit(Device[Stackv4v6, Conduit]):
    """Connections by TCP."""

    type = stackv4v6 >> conduit
    module = "Conduit_mirage.TCP"
    name = "conduit"
    own_packages = (_CONDUIT,)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        (stack,) = self.expect(values, 1)
        return f"Lwt.return {stack}"


@frozen
class TlsConduit(Device[Conduit, Conduit]):
    """Connections by TLS over others."""

    type = conduit >> conduit
    module = "Conduit_mirage.TLS"
    name = "conduit_tls"
    own_packages = (package("tls-mirage", compatible="2.0.0"), _CONDUIT)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        (inner,) = self.expect(values, 1)
        return f"Lwt.return {inner}"


def conduit_direct(stack: Impl[Stackv4v6], *, tls: bool = False) -> Impl[Conduit]:
    """Connections over `stack`, by TCP or, with `tls`, by TLS."""
    over_tls = arg.bool.accept(tls, of="tls of conduit_direct")
    tcp = TcpConduit() @ stack
    return TlsConduit() @ tcp if over_tls else tcp
