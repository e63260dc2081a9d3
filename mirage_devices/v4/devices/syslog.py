"""Sending logs and statistics to servers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVarTuple

from attr import frozen

from functoria import Impl, Info, Job, Type, job
from mirage_devices.v4 import runtime_args
from mirage_devices.v4.device import Device
from mirage_devices.v4.devices.kv import KvRo, kv_ro
from mirage_devices.v4.devices.stack import Stackv4v6, stackv4v6
from mirage_devices.v4.packages import package
from mirage_devices.v4.runtime_args import RuntimeArg

Ts = TypeVarTuple("Ts")
_SYSLOG = package("logs-syslog", compatible="0.5.0", sublibs=["mirage"])
_NO_SERVER = "no syslog server specified, dumping logs to stdout"
_NO_MONITOR = "no monitor specified, not outputting statistics"


class Syslog:
    """Label of `syslog` for type checkers."""


syslog: Type[Syslog] = Type("syslog")
"""Logs sent to a server. It must be a dependency of the devices that log."""


@frozen
class _Sending(Device[*Ts]):
    """Logs sent to a syslog server."""

    server: RuntimeArg
    port: RuntimeArg
    truncate: RuntimeArg

    name = "syslog"

    @property
    def runtime_args(self) -> tuple[RuntimeArg, ...]:
        """The runtime arguments for the server, its port, and the maximum length of messages."""
        return (self.server, self.port, self.truncate)

    def sent(self, module: str, over: str, given: Sequence[str], more: str = "", *, waited: bool = True) -> str:
        """Return code that sets the reporter if a server is given."""
        server, port, truncate = given
        create = f"{module}.create {over} ~hostname:(Mirage_runtime.name ()) ~port:{port} server ?truncate:{truncate}{more} ()"
        if waited:
            made = (
                f"{create} >|= (function\n      | Ok reporter -> Logs.set_reporter reporter\n"
                "      | Error error -> invalid_arg error)"
            )
        else:
            made = f"Logs.set_reporter ({create}); Lwt.return_unit"
        return (
            f"match {server} with\n"
            f'  | None -> Logs.warn (fun m -> m "{_NO_SERVER}"); Lwt.return_unit\n  | Some server -> {made}'
        )


@frozen
class SyslogUdp(_Sending[Stackv4v6, Syslog]):
    """Logs sent by UDP."""

    type = stackv4v6 >> syslog
    module = "Logs_syslog_mirage.Udp"
    own_packages = (_SYSLOG,)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        stack, *given = self.expect(values, 4)
        return self.sent(module, stack, given, waited=False)


@frozen
class SyslogTcp(_Sending[Stackv4v6, Syslog]):
    """Logs sent by TCP."""

    type = stackv4v6 >> syslog
    module = "Logs_syslog_mirage.Tcp"
    own_packages = (_SYSLOG,)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        stack, *given = self.expect(values, 4)
        return self.sent(module, stack, given)


@frozen
class SyslogTls(_Sending[Stackv4v6, KvRo, Syslog]):
    """Logs sent by TLS, with keys from a store."""

    keyname: RuntimeArg

    type = stackv4v6 >> kv_ro >> syslog
    module = "Logs_syslog_mirage_tls.Tls"
    own_packages = (package("logs-syslog", compatible="0.5.0", sublibs=["mirage", "mirage.tls"]),)

    @property
    def runtime_args(self) -> tuple[RuntimeArg, ...]:
        """The runtime arguments of syslog, and one for the name of the key."""
        return (self.server, self.port, self.truncate, self.keyname)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        stack, store, *given, keyname = self.expect(values, 6)
        return self.sent(module, f"{stack} {store}", given, f" ?keyname:{keyname}")


def _arguments(group: str | None) -> tuple[RuntimeArg, RuntimeArg, RuntimeArg]:
    server, port = runtime_args.syslog(group=group), runtime_args.syslog_port(group=group)
    return server, port, runtime_args.syslog_truncate(group=group)


def syslog_udp(stack: Impl[Stackv4v6], *, group: str | None = None) -> Impl[Syslog]:
    """Logs sent by UDP to the server given by `--[GROUP-]syslog`."""
    return SyslogUdp(*_arguments(group)) @ stack


def syslog_tcp(stack: Impl[Stackv4v6], *, group: str | None = None) -> Impl[Syslog]:
    """Logs sent by TCP to the server given by `--[GROUP-]syslog`."""
    return SyslogTcp(*_arguments(group)) @ stack


def syslog_tls(stack: Impl[Stackv4v6], kv: Impl[KvRo], *, group: str | None = None) -> Impl[Syslog]:
    """Logs sent by TLS to the server given by `--[GROUP-]syslog`, with keys from `kv`."""
    return SyslogTls(*_arguments(group), runtime_args.syslog_keyname(group=group)) @ stack @ kv


@frozen
class Monitoring(Device[Stackv4v6, Job]):
    """Statistics sent to a monitor."""

    address: RuntimeArg

    type = stackv4v6 >> job
    module = "Mirage_monitoring.Make"
    name = "monitoring"
    own_packages = (package("mirage-monitoring", compatible="0.0.6"),)

    @property
    def runtime_args(self) -> tuple[RuntimeArg]:
        """The runtime argument for the monitor."""
        return (self.address,)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        stack, address = self.expect(values, 2)
        return (
            f"Lwt.return (match {address} with\n"
            f'  | None -> Logs.warn (fun m -> m "{_NO_MONITOR}")\n'
            f"  | Some ip -> {module}.create ip ~hostname:(Mirage_runtime.name ()) {stack})"
        )


def monitoring(stack: Impl[Stackv4v6], *, group: str | None = None) -> Impl[Job]:
    """A job that sends statistics to the monitor given by `--[GROUP-]monitor`."""
    return Monitoring(runtime_args.monitor(group=group)) @ stack
