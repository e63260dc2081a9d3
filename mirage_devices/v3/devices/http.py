"""HTTP servers."""

from __future__ import annotations

from collections.abc import Sequence

from attr import frozen

from functoria import Impl, Info, Type, package
from functoria.impl import typed
from mirage_devices.v3.device import Device
from mirage_devices.v3.devices.conduit import Conduit
from mirage_devices.v3.devices.conduit import conduit as conduit_type


class Http:
    """Label of `http` for type checkers."""


http: Type[Http] = Type("http")
"""An HTTP server."""


@frozen
class HttpServer(Device[Http]):
    """cohttp's server over a conduit."""

    conduit: Impl[Conduit]

    type = http
    module = "Cohttp_mirage.Server_with_conduit"
    name = "http"
    packages = (package("cohttp-mirage", min="1.0.0", max="2.0.0"),)

    @property
    def deps(self) -> tuple[Impl[Conduit]]:
        return (self.conduit,)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        (conduit,) = self.expect(values, 1)
        return f"{module}.connect {conduit}"


def http_server(conduit: Impl[Conduit]) -> Impl[Http]:
    """Cohttp's server over `conduit`. Raises TypeMismatch for anything else."""
    return HttpServer(typed(conduit, conduit_type, "the argument of http_server"))
