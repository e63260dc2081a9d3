"""The devices and targets of MirageOS 3.3, under its own names.

A name is imported from its module when it is first asked for, for a unikernel uses few of them. `__init__.pyi` says the
same to type checkers.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

from functoria import argv, info, job
from functoria.location import library

_NAMES = {
    "app_info": "app_info",
    "application": "Mirage register",
    "arguments": "Threshold ipv4_address ipv4_interface ipv6_address ipv6_network log_threshold",
    "argv": "argv_solo5 argv_unix argv_xen default_argv no_argv",
    "arp": "Arpv4 arp arpv4 farp",
    "block": "Block archive archive_of_files block block_of_file block_of_xenstore_id generic_block ramdisk",
    "conduit": "Conduit ConduitConnector conduit conduit_connector conduit_direct tcp_conduit_connector "
    "tls_conduit_connector",
    "console": "Console console custom_console default_console",
    "ethernet": "Ethernet ethernet etif",
    "fs": "Fs fat fat_of_files fs generic_kv_ro kv_ro_of_fs",
    "http": "Http http http_server",
    "icmp": "Icmpv4 Icmpv6 direct_icmpv4 icmpv4 icmpv6",
    "ip": "Ipv4 Ipv4Config Ipv6 Ipv6Config create_ipv4 create_ipv6 ipv4 ipv4_config ipv4_qubes ipv6 ipv6_config",
    "keys": "no_depext target_debug warn_error",
    "kv_ro": "KvRo crunch direct_kv_ro kv_ro",
    "mclock": "Mclock default_monotonic_clock mclock",
    "network": "Network default_network netif network",
    "pclock": "Pclock default_posix_clock pclock",
    "qubesdb": "Qubesdb default_qubesdb qubesdb",
    "random": "Random default_random nocrypto nocrypto_random random stdlib_random",
    "reporter": "default_reporter no_reporter reporter",
    "resolver": "Resolver resolver resolver_dns resolver_unix_system",
    "stack": "Stackv4 dhcp_ipv4_stack direct_stackv4 generic_stackv4 qubes_ipv4_stack socket_stackv4 stackv4 "
    "static_ipv4_stack",
    "syslog": "Syslog SyslogConfig syslog syslog_config syslog_tcp syslog_tls syslog_udp",
    "targets": "TARGETS is_solo5 is_unix is_xen target",
    "tcp": "Tcpv4 Tcpv6 direct_tcp socket_tcpv4 tcpv4 tcpv6",
    "time": "Time default_time time",
    "tracing": "mprof_trace tracing",
    "udp": "Udpv4 Udpv6 direct_udp socket_udpv4 udpv4 udpv6",
}
"""The names, by the module that they live in."""

_HOME = {name: f"{__name__}.{module}" for module, names in _NAMES.items() for name in names.split()}
_HOME["noop"] = "functoria.runtime"

__all__ = sorted([*_HOME, "argv", "info", "job"])  # pyright: ignore[reportUnsupportedDunderAll] # __init__.pyi says it

library(__name__)


class _Catalogue(ModuleType):
    """This package. Some names are those of modules too, such as `console`: here the catalogue's is meant."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (isinstance(value, ModuleType) and name in __all__):
            super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        if name not in _HOME:
            raise AttributeError(f"module {__name__} has no attribute {name}")
        value = getattr(import_module(_HOME[name]), name)
        setattr(self, name, value)
        return value

    def __dir__(self) -> list[str]:
        return __all__


sys.modules[__name__].__class__ = _Catalogue
