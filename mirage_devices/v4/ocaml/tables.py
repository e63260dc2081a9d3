"""The values of MirageOS 4.11's interfaces, by name, with their types as OCaml writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functoria.ocaml import codecs
from functoria.ocaml.abstract_codecs import ImplCodec, Kind
from functoria.ocaml.builtin import words
from functoria.ocaml.codecs import Codec
from functoria.types import Type
from mirage_devices import v4
from mirage_devices.v4 import runtime_args

CONSTANTS = words(
    """
    alpn_client argv arpv4 block conduit default_argv default_mtime default_network default_ptime
    default_qubesdb default_random default_sleep dhcp_ipv4 dhcp_proj_ipv4 dhcp_proj_lease dhcp_proj_net
    dns_client ethernet git_client happy_eyeballs http http_client http_server ipv4 ipv4v6 ipv6 job kv_ro kv_rw
    lease mimic mock_mtime mock_ptime mtime network no_argv no_lease no_mtime no_ptime no_random no_reporter
    no_sleep noop ptime qubesdb random reporter resolver resolver_unix_system sleep stackv4v6 syslog tcpv4v6
    udpv4v6
    """
)
"""Types and devices with the same name in Python."""

FUNCTIONS: Mapping[str, str] = {
    "arp": "ethernet impl -> arpv4 impl",
    "block_of_file": "string -> block impl",
    "block_of_xenstore_id": "string -> block impl",
    "ccm_block": "?nonce_len:int -> string option runtime_arg -> block impl -> block impl",
    "chamelon": "program_block_size:int runtime_arg -> block impl -> kv_rw impl",
    "cohttp_client": "resolver impl -> conduit impl -> http_client impl",
    "cohttp_server": "conduit impl -> http impl",
    "conduit_direct": "?tls:bool -> stackv4v6 impl -> conduit impl",
    "create_ipv4": "?group:string -> ethernet impl -> arpv4 impl -> ipv4 impl",
    "create_ipv4v6": "?group:string -> ipv4 impl -> ipv6 impl -> ipv4v6 impl",
    "create_ipv6": "?group:string -> network impl -> ethernet impl -> ipv6 impl",
    "crunch": "string -> kv_ro impl",
    "default_reporter": "?level:Logs.level option -> unit -> reporter impl",
    "direct_kv_ro": "string -> kv_ro impl",
    "direct_kv_rw": "string -> kv_rw impl",
    "direct_stackv4v6": "?group:string -> network impl -> ethernet impl -> arpv4 impl -> ipv4 impl -> ipv6 impl -> "
    "stackv4v6 impl",
    "direct_tcp": "?group:string -> 'a ip impl -> 'a tcp impl",
    "direct_udp": "'a ip impl -> 'a udp impl",
    "docteur": "?mode:docteur_mode -> ?name:string key -> ?output:string key -> ?analyze:bool runtime_arg -> ?branch:string -> "
    "?extra_deps:string list -> string -> kv_ro impl",
    "ethif": "network impl -> ethernet impl",
    "etif": "network impl -> ethernet impl",
    "fat_ro": "block impl -> kv_ro impl",
    "generic_block": "?group:string -> ?key:block_kind value -> string -> block impl",
    "generic_dns_client": "?dhcp:dhcp_requests * lease impl -> ?group:string -> ?timeout:int64 -> ?nameservers:string list -> "
    "?cache_size:int -> stackv4v6 impl -> happy_eyeballs impl -> dns_client impl",
    "generic_happy_eyeballs": "?group:string -> ?aaaa_timeout:int64 -> ?connect_delay:int64 -> ?connect_timeout:int64 -> "
    "?resolve_timeout:int64 -> ?resolve_retries:int -> ?timer_interval:int64 -> stackv4v6 impl -> happy_eyeballs impl",
    "generic_kv_ro": "?group:string -> ?key:kv_ro_kind value -> string -> kv_ro impl",
    "generic_stackv4v6": "?group:string -> ?ipv4_network:Ipaddr.V4.Prefix.t -> ?ipv4_gateway:Ipaddr.V4.t -> "
    "?ipv6_network:Ipaddr.V6.Prefix.t -> ?ipv6_gateway:Ipaddr.V6.t -> network impl -> stackv4v6 impl",
    "generic_stackv4v6_with_lease": "?group:string -> ?dhcp_requests:dhcp_requests -> ?ipv4_network:Ipaddr.V4.Prefix.t -> "
    "?ipv4_gateway:Ipaddr.V4.t -> ?ipv6_network:Ipaddr.V6.Prefix.t -> ?ipv6_gateway:Ipaddr.V6.t -> network impl -> "
    "stackv4v6 impl * lease impl",
    "git_http": "?group:string -> ?authenticator:string -> ?headers:(string * string) list -> tcpv4v6 impl -> mimic impl -> "
    "git_client impl",
    "git_ssh": "?group:string -> ?authenticator:string -> ?key:string -> ?password:string -> tcpv4v6 impl -> mimic impl -> "
    "git_client impl",
    "git_tcp": "tcpv4v6 impl -> mimic impl -> git_client impl",
    "httpaf_server": "conduit impl -> http impl",
    "ipv4_of_dhcp": "?group:string -> ?dhcp_requests:dhcp_requests -> ?gateway:Ipaddr.V4.t -> network impl -> ethernet impl -> "
    "arpv4 impl -> dhcp_ipv4 impl",
    "ipv4_qubes": "qubesdb impl -> ethernet impl -> arpv4 impl -> ipv4 impl",
    "kv_rw_mem": "unit -> kv_rw impl",
    "merge_git_clients": "git_client impl -> git_client impl -> git_client impl",
    "mimic_happy_eyeballs": "stackv4v6 impl -> happy_eyeballs impl -> dns_client impl -> mimic impl",
    "monitoring": "?group:string -> stackv4v6 impl -> job impl",
    "netif": "?group:string -> string -> network impl",
    "paf_client": "tcpv4v6 impl -> mimic impl -> alpn_client impl",
    "paf_server": "port:int runtime_arg -> tcpv4v6 impl -> http_server impl",
    "ramdisk": "string -> block impl",
    "resolver_dns": "?dhcp:dhcp_requests * lease impl -> ?ns:string list -> stackv4v6 impl -> resolver impl",
    "syslog_tcp": "?group:string -> stackv4v6 impl -> syslog impl",
    "syslog_tls": "?group:string -> stackv4v6 impl -> kv_ro impl -> syslog impl",
    "syslog_udp": "?group:string -> stackv4v6 impl -> syslog impl",
    "tar_kv_ro": "block impl -> kv_ro impl",
    "tar_kv_rw": "block impl -> kv_rw impl",
    "tcpv4v6_of_stackv4v6": "stackv4v6 impl -> tcpv4v6 impl",
}
"""The OCaml type of each constructor of the catalogue."""

KEYS: Mapping[str, str] = {
    "block": "?group:string -> unit -> block_kind key",
    "kv_ro": "?group:string -> unit -> kv_ro_kind key",
    "net": "?group:string -> unit -> net_kind option key",
    "no_dhcp": "?group:string -> unit -> bool key",
    "utcp": "?group:string -> unit -> bool key",
}
"""The constructors of keys in the module Key."""

_GROUPED = "?group:string -> ?docs:string -> "


def _optional(kind: str) -> str:
    return f"{_GROUPED}{kind} option -> {kind} option runtime_arg"


RUNTIME_ARGS: Mapping[str, tuple[str, Any]] = {
    "interface": (f"{_GROUPED}string -> string runtime_arg", runtime_args.interface),
    "ipv4_only": (f"{_GROUPED}unit -> bool runtime_arg", runtime_args.ipv4_only),
    "ipv6_only": (f"{_GROUPED}unit -> bool runtime_arg", runtime_args.ipv6_only),
    "resolver": (f"{_GROUPED}?default:string list -> unit -> string list option runtime_arg", runtime_args.resolver),
    "dns_servers": (_optional("string list"), runtime_args.dns_servers),
    "dns_timeout": (_optional("int64"), runtime_args.dns_timeout),
    "dns_cache_size": (_optional("int"), runtime_args.dns_cache_size),
    "he_aaaa_timeout": (_optional("int64"), runtime_args.he_aaaa_timeout),
    "he_connect_delay": (_optional("int64"), runtime_args.he_connect_delay),
    "he_connect_timeout": (_optional("int64"), runtime_args.he_connect_timeout),
    "he_resolve_timeout": (_optional("int64"), runtime_args.he_resolve_timeout),
    "he_resolve_retries": (_optional("int64"), runtime_args.he_resolve_retries),
    "he_timer_interval": (_optional("int64"), runtime_args.he_timer_interval),
    "ssh_key": (_optional("string"), runtime_args.ssh_key),
    "ssh_password": (_optional("string"), runtime_args.ssh_password),
    "ssh_authenticator": (_optional("string"), runtime_args.ssh_authenticator),
    "tls_authenticator": (_optional("string"), runtime_args.tls_authenticator),
    "http_headers": (
        f"{_GROUPED}(string * string) list option -> (string * string) list option runtime_arg",
        runtime_args.http_headers,
    ),
    "syslog": (_optional("Ipaddr.t"), runtime_args.syslog),
    "syslog_port": (f"{_GROUPED}int option -> int runtime_arg", runtime_args.syslog_port),
    "syslog_truncate": (_optional("int"), runtime_args.syslog_truncate),
    "syslog_keyname": (_optional("string"), runtime_args.syslog_keyname),
    "monitor": (_optional("Ipaddr.t"), runtime_args.monitor),
    "logs": ("thresholds runtime_arg", runtime_args.logs),
    "delay": ("int runtime_arg", runtime_args.delay),
}
"""The OCaml types of the values in the module Runtime_arg."""
V4_ARGS: Mapping[str, tuple[str, Any]] = {
    "network": (f"{_GROUPED}Ipaddr.V4.Prefix.t -> Ipaddr.V4.Prefix.t runtime_arg", runtime_args.ipv4_network),
    "optional_network": (f"{_GROUPED}unit -> Ipaddr.V4.Prefix.t runtime_arg", runtime_args.ipv4_optional_network),
    "gateway": (_optional("Ipaddr.V4.t"), runtime_args.ipv4_gateway),
}
"""The OCaml types of the values in Runtime_arg.V4."""
V6_ARGS: Mapping[str, tuple[str, Any]] = {
    "network": (_optional("Ipaddr.V6.Prefix.t"), runtime_args.ipv6_network),
    "gateway": (_optional("Ipaddr.V6.t"), runtime_args.ipv6_gateway),
    "accept_router_advertisements": (
        f"{_GROUPED}unit -> bool runtime_arg",
        runtime_args.accept_router_advertisements,
    ),
}
"""The OCaml types of the values in Runtime_arg.V6."""

TARGET = codecs.variants(
    Unix="unix",
    MacOSX="macosx",
    Xen="xen",
    Qubes="qubes",
    Virtio="virtio",
    Hvt="hvt",
    Spt="spt",
    Muen="muen",
    Genode="genode",
    Firecracker="unikraft-firecracker",
    QEMU="unikraft-qemu",
)

_TYPES: Mapping[str, Codec] = {
    "block_kind": codecs.variants(XenstoreId="xenstore", BlockFile="file", Ramdisk="ramdisk"),
    "docteur_mode": codecs.variants(Fast="fast", Light="light"),
    "kv_ro_kind": codecs.variants(Crunch="crunch", Direct="direct"),
    "net_kind": codecs.variants(Host="host", OCaml="ocaml"),
    "scope": codecs.variants(Switch="switch", Monorepo="monorepo"),
    "thresholds": codecs.Anything("a list of thresholds"),
    "_ ip": codecs.Anything("an address's type"),
    "_ tcp": codecs.Anything("a type of TCP"),
    "_ udp": codecs.Anything("a type of UDP"),
    "devices": codecs.Same("typ", Type),
    "dhcp_requests": Kind("requests of DHCP", "dhcp_requests"),
}


def types(name: str) -> Codec | None:
    """Return the codec of the type that signatures call `name`."""
    if name.endswith(" impl"):
        found = getattr(v4, name.removesuffix(" impl"), None)
        return ImplCodec(name, found) if isinstance(found, Type) else None
    return _TYPES.get(name)
