"""Syslog: logs sent to a server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVarTuple

from attr import frozen

from functoria import Impl, Info, Key, Package, Type, arg, package
from mirage_devices.v3 import keys
from mirage_devices.v3.arguments import accepted, count, ipv4_address, port, record
from mirage_devices.v3.device import Device
from mirage_devices.v3.devices.console import Console, console, default_console
from mirage_devices.v3.devices.kv_ro import KvRo, kv_ro
from mirage_devices.v3.devices.pclock import Pclock, default_posix_clock, pclock
from mirage_devices.v3.devices.stack import Stackv4, stackv4

if TYPE_CHECKING:
    from ipaddress import IPv4Address


Ts = TypeVarTuple("Ts")


class Syslog:
    """Label of `syslog` for type checkers."""


syslog: Type[Syslog] = Type("syslog")
"""Sends logs to a server."""

_OVER_STACK = console >> pclock >> stackv4 >> syslog
_OVER_TLS = console >> pclock >> stackv4 >> kv_ro >> syslog


@frozen
class SyslogConfig:
    """The server that logs are sent to, and the host name they carry. Made by `syslog_config`."""

    hostname: str
    server: IPv4Address | None = None
    port: int | None = None
    truncate: int | None = None

    def __attrs_post_init__(self) -> None:
        server, truncate = arg.some(ipv4_address), arg.some(count)
        accepted(self, "syslog_config", hostname=arg.string, server=server, port=arg.some(port), truncate=truncate)


def syslog_config(
    hostname: str,
    port: int | None = None,
    truncate: int | None = None,
    server: IPv4Address | str | None = None,
) -> SyslogConfig:
    """Logs with the host name `hostname`, sent to `server` at `port`, truncated to `truncate` bytes. Raises InvalidValue."""
    return SyslogConfig(hostname, server, port, truncate)  # type: ignore[arg-type]  # it converts text


DEFAULT_SYSLOG = syslog_config("no_name")
"""The default configuration: no server, so nothing is sent."""


@frozen
class SyslogClient(Device[*Ts]):
    """A syslog client with a transport of the library logs-syslog."""

    config: SyslogConfig
    module: str
    type: Type[*Ts]
    packages: tuple[Package, ...]
    transport: str
    keyname: str | None = None

    def __attrs_post_init__(self) -> None:
        record(self.config, SyslogConfig, "syslog_config")

    @property
    def name(self) -> str:
        return f"{self.transport}_syslog"

    @property
    def server(self) -> Key[Any]:
        """The key for the server's address."""
        return keys.syslog(self.config.server)

    @property
    def port(self) -> Key[Any]:
        """The key for the server's port."""
        return keys.syslog_port(self.config.port)

    @property
    def hostname(self) -> Key[str]:
        """The key for the host name in messages."""
        return keys.syslog_hostname(self.config.hostname)

    @property
    def keys(self) -> tuple[Key[Any], ...]:
        return (self.server, self.port, self.hostname)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """Create the client and set the reporter; do nothing without a server."""
        self.expect(values, len(self.type.parameters))
        truncate = "" if self.config.truncate is None else f" ~truncate:({self.config.truncate})"
        keyname = "" if self.keyname is None else f" ~keyname:{self.ocaml_string(self.keyname)}"
        create = f"{module}.create {' '.join(values)} ~hostname:{self.hostname.call} ?port server{truncate}{keyname} ()"
        if self.transport == "udp":
            start = f"let reporter = {create} in\n    Logs.set_reporter reporter;\n    return ()"
        else:
            start = (
                f"{create} >>= function\n"
                "    | Ok reporter -> Logs.set_reporter reporter; return ()\n"
                "    | Error e -> invalid_arg e"
            )
        return (
            f"match {self.server.call} with\n  | None -> return ()\n  | Some server ->\n"
            f"    let port = {self.port.call} in\n    {start}"
        )


def _packages(*sublibs: str) -> tuple[Package]:
    return (package("logs-syslog", min="0.2.0", max="0.3.0", sublibs=sublibs),)


def syslog_udp(
    stack: Impl[Stackv4],
    config: SyslogConfig = DEFAULT_SYSLOG,
    console: Impl[Console] = default_console,
    clock: Impl[Pclock] = default_posix_clock,
) -> Impl[Syslog]:
    """Logs sent by UDP. `config` has the defaults of the keys syslog, syslog-port and syslog-hostname."""
    client = SyslogClient(config, "Logs_syslog_mirage.Udp", _OVER_STACK, _packages("mirage"), "udp")
    return client(console, clock, stack)


def syslog_tcp(
    stack: Impl[Stackv4],
    config: SyslogConfig = DEFAULT_SYSLOG,
    console: Impl[Console] = default_console,
    clock: Impl[Pclock] = default_posix_clock,
) -> Impl[Syslog]:
    """Logs sent by TCP. `config` has the defaults of the keys syslog, syslog-port and syslog-hostname."""
    client = SyslogClient(config, "Logs_syslog_mirage.Tcp", _OVER_STACK, _packages("mirage"), "tcp")
    return client(console, clock, stack)


def syslog_tls(
    stack: Impl[Stackv4],
    kv: Impl[KvRo],
    keyname: str | None = None,
    config: SyslogConfig = DEFAULT_SYSLOG,
    console: Impl[Console] = default_console,
    clock: Impl[Pclock] = default_posix_clock,
) -> Impl[Syslog]:
    """Logs sent by TLS, with the certificate `keyname` of the store `kv`."""
    packages = _packages("mirage", "mirage.tls")
    keyname = arg.some(arg.string).accept(keyname, of="keyname of syslog_tls")
    client = SyslogClient(config, "Logs_syslog_mirage_tls.Tls", _OVER_TLS, packages, "tls", keyname)
    return client(console, clock, stack, kv)
