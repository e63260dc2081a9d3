"""The devices and targets of MirageOS 3.3, under its own names.

Each name is imported from its module on first use, because a unikernel uses only few of them. `__init__.pyi` lists them for
type checkers.
"""

from importlib import import_module
from typing import Any

from functoria import argv, info, job
from functoria.location import library
from mirage_devices.moved import keep

_DEVICES = {
    "app_info": "app_info",
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
    "tcp": "Tcpv4 Tcpv6 direct_tcp socket_tcpv4 tcpv4 tcpv6",
    "time": "Time default_time time",
    "tracing": "mprof_trace tracing",
    "udp": "Udpv4 Udpv6 direct_udp socket_udpv4 udpv4 udpv6",
}
"""The names of devices and types, by their module."""
_OTHERS = {
    "application": "Mirage register",
    "arguments": "Threshold ipv4_address ipv4_interface ipv6_address ipv6_network log_threshold",
    "keys": "no_depext target_debug warn_error",
    "targets": "TARGETS add_target is_solo5 is_unix is_xen target",
}

_HOME = {
    name: f"{__name__}.v3.{folder}{module}"
    for folder, homes in (("devices.", _DEVICES), ("", _OTHERS))
    for module, names in homes.items()
    for name in names.split()
}
keep(__name__, dict.fromkeys(_HOME.values()))
_HOME["noop"] = "functoria.jobs"

__all__ = sorted([*_HOME, "argv", "info", "job"])  # pyright: ignore[reportUnsupportedDunderAll] # __init__.pyi says it

library(__name__)


_OTHERS_OF = "mirage_devices.v3.devices"
"""The group of entry points under which other distributions offer devices by name: see `mirage_devices.others`."""


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        from mirage_devices.others import device

        return device(__name__, _OTHERS_OF, name)
    value = globals()[name] = getattr(import_module(_HOME[name]), name)
    return value


def __dir__() -> list[str]:
    from mirage_devices.others import named

    return sorted({*__all__, *named(_OTHERS_OF)})
