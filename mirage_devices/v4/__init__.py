"""The devices and targets of MirageOS 4.11, under its own names.

Each name is imported from its module on first use, because a unikernel uses only few of them. `__init__.pyi` lists them for
type checkers.
"""

from importlib import import_module
from typing import Any

from functoria import argv as argv
from functoria import job as job

_DEVICES = {
    "argv": "default_argv no_argv",
    "block": "Block block block_of_file block_of_xenstore_id ccm_block generic_block ramdisk",
    "conduit": "Conduit conduit conduit_direct",
    "dhcp": "DhcpIpv4 DhcpRequests Lease add_dhcp_request dhcp_ipv4 dhcp_proj_ipv4 dhcp_proj_lease dhcp_proj_net "
    "ipv4_of_dhcp lease make_dhcp_requests no_lease",
    "dns": "DnsClient HappyEyeballs dns_client generic_dns_client generic_happy_eyeballs happy_eyeballs",
    "docteur": "docteur",
    "ethernet": "Arpv4 Ethernet arp arpv4 ethernet ethif etif",
    "git": "GitClient git_client git_http git_ssh git_tcp merge_git_clients",
    "http": "AlpnClient Http HttpClient HttpServer alpn_client cohttp_client cohttp_server http http_client http_server "
    "httpaf_server paf_client paf_server",
    "ip": "Ipv4 Ipv4v6 Ipv6 create_ipv4 create_ipv4v6 create_ipv6 ipv4 ipv4_qubes ipv4v6 ipv6",
    "job": "noop",
    "kv": "KvRo KvRw chamelon crunch direct_kv_ro direct_kv_rw fat_ro generic_kv_ro kv_ro kv_rw kv_rw_mem tar_kv_ro "
    "tar_kv_rw",
    "mimic": "Mimic mimic mimic_happy_eyeballs",
    "mtime": "Mtime default_mtime mock_mtime mtime no_mtime",
    "network": "Network default_network netif network",
    "ptime": "Ptime default_ptime mock_ptime no_ptime ptime",
    "qubesdb": "Qubesdb default_qubesdb qubesdb",
    "random": "Random default_random no_random random",
    "reporter": "Reporter default_reporter no_reporter reporter",
    "resolver": "Resolver resolver resolver_dns resolver_unix_system",
    "sleep": "Sleep default_sleep no_sleep sleep",
    "stack": "Stackv4v6 direct_stackv4v6 generic_stackv4v6 generic_stackv4v6_with_lease socket_stackv4v6 stackv4v6 "
    "tcpv4v6_of_stackv4v6",
    "syslog": "Syslog monitoring syslog syslog_tcp syslog_tls syslog_udp",
    "transport": "Icmpv4 Tcpv4 Tcpv4v6 Tcpv6 Udpv4 Udpv4v6 Udpv6 direct_icmpv4 direct_tcp direct_udp icmpv4 tcp tcpv4 tcpv4v6 "
    "tcpv6 udp udpv4 udpv4v6 udpv6",
}
"""The names of devices and types, by their module."""
_OTHERS = {
    "application": "Mirage main register",
    "device": "Device Install",
    "keys": "extra_repos no_depext no_extra_repo",
    "packages": "package",
    "runtime_args": "RuntimeArg runtime_arg",
    "targets": "TARGETS add_target is_solo5 is_unikraft is_unix is_xen target",
}

_HOME = {
    name: f"{__name__}.{folder}{module}"
    for folder, homes in (("devices.", _DEVICES), ("", _OTHERS))
    for module, names in homes.items()
    for name in names.split()
}
_HOME["if_impl"] = _HOME["match_impl"] = "functoria.impl"

_MODULES = ("keys", "runtime_args")
"""Modules whose names are used with theirs before, as `keys.net()`: in MirageOS they are `Key` and `Runtime_arg`."""

__all__ = sorted([*_HOME, *_MODULES, "argv", "job"])  # pyright: ignore[reportUnsupportedDunderAll] # __init__.pyi says it


_OTHERS_OF = "mirage_devices.v4.devices"
"""The group of entry points under which other distributions offer devices by name: see `mirage_devices.others`."""


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    if name not in _HOME:
        from mirage_devices.others import device

        return device(__name__, _OTHERS_OF, name)
    value = globals()[name] = getattr(import_module(_HOME[name]), name)
    return value


def __dir__() -> list[str]:
    from mirage_devices.others import named

    return sorted({*__all__, *named(_OTHERS_OF)})
