"""HTTP: servers and clients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attr import frozen

from functoria import Impl, Info, Type
from functoria.impl import typed
from mirage_devices.v4 import runtime_args
from mirage_devices.v4.device import Device
from mirage_devices.v4.devices.conduit import Conduit, conduit
from mirage_devices.v4.devices.mimic import Mimic, mimic
from mirage_devices.v4.devices.resolver import Resolver, resolver
from mirage_devices.v4.devices.transport import Tcpv4v6, tcpv4v6
from mirage_devices.v4.packages import package
from mirage_devices.v4.runtime_args import RuntimeArg

_COHTTP = package("cohttp-mirage", compatible="6.1.0")


class Http:
    """Label of `http` for type checkers."""


class HttpClient:
    """Label of `http_client` for type checkers."""


class HttpServer:
    """Label of `http_server` for type checkers."""


class AlpnClient:
    """Label of `alpn_client` for type checkers."""


http: Type[Http] = Type("http")
"""An HTTP server over conduit."""
http_client: Type[HttpClient] = Type("http_client")
"""An HTTP client over conduit."""
http_server: Type[HttpServer] = Type("http_server")
"""A server for HTTP/1.1 and HTTP/2 over TCP."""
alpn_client: Type[AlpnClient] = Type("alpn_client")
"""An HTTP client that negotiates the version with the server."""


@frozen
class CohttpServer(Device[Conduit, Http]):
    """cohttp's server."""

    type = conduit >> http
    module = "Cohttp_mirage.Server.Make"
    name = "http"
    own_packages = (_COHTTP,)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        (connections,) = self.expect(values, 1)
        return f"Lwt.return ({module}.listen {connections})"


def cohttp_server(conduit: Impl[Conduit]) -> Impl[Http]:
    """Cohttp's HTTP server over `conduit`."""
    return CohttpServer() @ conduit


@frozen
class CohttpClient(Device[Resolver, Conduit, HttpClient]):
    """cohttp's client."""

    type = resolver >> conduit >> http_client
    module = "Cohttp_mirage.Client.Make"
    name = "http_client"
    own_packages = (_COHTTP,)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        names, connections = self.expect(values, 2)
        return f"Lwt.return ({module}.ctx {names} {connections})"


def cohttp_client(resolver: Impl[Resolver], conduit: Impl[Conduit]) -> Impl[HttpClient]:
    """Cohttp's HTTP client over `conduit`, which finds servers by `resolver`."""
    return CohttpClient() @ resolver @ conduit


@frozen
class HttpafServer(Device[Http]):
    """httpaf's server, over its dependency."""

    connections: Any

    type = http
    module = "Httpaf_mirage.Server_with_conduit"
    name = "http"
    own_packages = (package("httpaf-mirage"),)

    @property
    def deps(self) -> tuple[Any]:
        return (self.connections,)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        (connections,) = self.expect(values, 1)
        return f"Lwt.return ({module}.listen {connections})"


def httpaf_server(conduit: Impl[Conduit]) -> Impl[Http]:
    """Httpaf's HTTP server over `conduit`."""
    return HttpafServer(typed(conduit, _CONDUIT_TYPE, "the argument of httpaf_server"))


_CONDUIT_TYPE = conduit


@frozen
class PafServer(Device[Tcpv4v6, HttpServer]):
    """paf's server."""

    port: RuntimeArg

    type = tcpv4v6 >> http_server
    module = "Paf_mirage.Make"
    name = "http_server"
    own_packages = (package("paf", compatible="0.8.0", sublibs=["mirage"]),)

    @property
    def runtime_args(self) -> tuple[RuntimeArg]:
        """The runtime argument for the port."""
        return (self.port,)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        tcp, port = self.expect(values, 2)
        return f"{module}.init ~port:{port} {tcp}"


def paf_server(tcp: Impl[Tcpv4v6], *, port: RuntimeArg) -> Impl[HttpServer]:
    """Paf's HTTP server over `tcp`, on the port given by the runtime argument `port`."""
    return PafServer(runtime_args.given(port, "port of paf_server")) @ tcp


@frozen
class PafClient(Device[Tcpv4v6, Mimic, AlpnClient]):
    """http-mirage-client."""

    type = tcpv4v6 >> mimic >> alpn_client
    module = "Http_mirage_client.Make"
    name = "alpn_client"
    own_packages = (package("http-mirage-client", compatible="0.0.9"),)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        _, connections = self.expect(values, 2)
        return f"{module}.connect {connections}"


def paf_client(tcp: Impl[Tcpv4v6], mimic: Impl[Mimic]) -> Impl[AlpnClient]:
    """A client for HTTP/1.1 and HTTP/2 over `tcp` and `mimic`."""
    return PafClient() @ tcp @ mimic
