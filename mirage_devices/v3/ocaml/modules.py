"""The OCaml modules of MirageOS 3.3, for one evaluation of a config.ml."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Interface, IPv6Interface
from typing import TYPE_CHECKING, Any

from attr import frozen

import functoria
import mirage_devices
from functoria import Type, foreign
from functoria.impl import AnyImpl
from functoria.location import Location
from functoria.names import value_name
from functoria.ocaml import cmdliner, codecs, converters, devices, dsl, joined, keys
from functoria.ocaml.abstract_codecs import ImplCodec
from functoria.ocaml.builtin import module, raw, words
from functoria.ocaml.codecs import Codec
from functoria.ocaml.opaque import opaque
from functoria.ocaml.others import ipaddr
from functoria.ocaml.scope import Made, Names
from functoria.ocaml.simple_types import SIMPLE
from functoria.ocaml.values import Wrapped
from mirage_devices.v3 import keys as own_keys
from mirage_devices.v3 import targets
from mirage_devices.v3.arguments import ipv4_address, ipv4_interface, ipv6_address, ipv6_network
from mirage_devices.v3.devices.ip import ipv4_config, ipv6_config
from mirage_devices.v3.ocaml import objects, unread

if TYPE_CHECKING:
    from functoria.ocaml.program import Session

CONSTANTS = words(
    """
    app_info arpv4 block conduit console default_argv default_console default_monotonic_clock
    default_network default_posix_clock default_qubesdb default_random default_time ethernet fs http info
    ipv4 ipv6 job kv_ro mclock network no_argv no_reporter nocrypto nocrypto_random noop pclock
    qubesdb random reporter resolver resolver_unix_system stackv4 stdlib_random syslog tcpv4 tcpv6 time tracing
    udpv4 udpv6
    """
)
"""Types and devices with the same name in Python."""

FUNCTIONS: Mapping[str, str] = {
    "archive": "block impl -> kv_ro impl",
    "archive_of_files": "?dir:string -> unit -> kv_ro impl",
    "arp": "?clock:mclock impl -> ?time:time impl -> ethernet impl -> arpv4 impl",
    "block_of_file": "string -> block impl",
    "block_of_xenstore_id": "string -> block impl",
    "conduit_direct": "?tls:bool -> stackv4 impl -> conduit impl",
    "create_ipv4": "?group:string -> ?config:ipv4_config -> ?random:random impl -> ?clock:mclock impl -> ethernet impl -> "
    "arpv4 impl -> ipv4 impl",
    "create_ipv6": "?random:random impl -> ?time:time impl -> ?clock:mclock impl -> ?group:string -> ethernet impl -> "
    "ipv6_config -> ipv6 impl",
    "crunch": "string -> kv_ro impl",
    "custom_console": "string -> console impl",
    "default_reporter": "?clock:pclock impl -> ?ring_size:int -> ?level:Logs.level -> unit -> reporter impl",
    "dhcp_ipv4_stack": "?group:string -> ?random:random impl -> ?time:time impl -> ?arp:(ethernet impl -> arpv4 impl) -> "
    "network impl -> stackv4 impl",
    "direct_kv_ro": "string -> kv_ro impl",
    "direct_stackv4": "?clock:mclock impl -> ?random:random impl -> ?time:time impl -> ?group:string -> network impl -> "
    "ethernet impl -> arpv4 impl -> ipv4 impl -> stackv4 impl",
    "direct_tcp": "?clock:mclock impl -> ?random:random impl -> ?time:time impl -> 'a ip impl -> 'a tcp impl",
    "direct_udp": "?random:random impl -> 'a ip impl -> 'a udp impl",
    "etif": "network impl -> ethernet impl",
    "farp": "?clock:mclock impl -> ?time:time impl -> ethernet impl -> arpv4 impl",
    "fat": "block impl -> fs impl",
    "fat_of_files": "?dir:string -> ?regexp:string -> unit -> fs impl",
    "generic_block": "?group:string -> ?key:block_kind value -> string -> block impl",
    "generic_kv_ro": "?group:string -> ?key:kv_ro_kind value -> string -> kv_ro impl",
    "generic_stackv4": "?group:string -> ?config:ipv4_config -> ?dhcp_key:bool value -> ?net_key:net_kind value -> "
    "network impl -> stackv4 impl",
    "http_server": "conduit impl -> http impl",
    "ipv4_qubes": "?random:random impl -> ?clock:mclock impl -> qubesdb impl -> ethernet impl -> arpv4 impl -> ipv4 impl",
    "kv_ro_of_fs": "fs impl -> kv_ro impl",
    "mprof_trace": "size:int -> unit -> tracing impl",
    "netif": "?group:string -> string -> network impl",
    "qubes_ipv4_stack": "?group:string -> ?qubesdb:qubesdb impl -> ?arp:(ethernet impl -> arpv4 impl) -> network impl -> "
    "stackv4 impl",
    "ramdisk": "string -> block impl",
    "resolver_dns": "?ns:Ipaddr.V4.t -> ?ns_port:int -> ?time:time impl -> stackv4 impl -> resolver impl",
    "socket_stackv4": "?group:string -> Ipaddr.V4.t list -> stackv4 impl",
    "socket_tcpv4": "?group:string -> Ipaddr.V4.t option -> tcpv4 impl",
    "socket_udpv4": "?group:string -> Ipaddr.V4.t option -> udpv4 impl",
    "static_ipv4_stack": "?group:string -> ?config:ipv4_config -> ?arp:(ethernet impl -> arpv4 impl) -> network impl -> "
    "stackv4 impl",
    "syslog_config": "?port:int -> ?truncate:int -> ?server:Ipaddr.V4.t -> string -> syslog_config",
    "syslog_tcp": "?config:syslog_config -> ?console:console impl -> ?clock:pclock impl -> stackv4 impl -> syslog impl",
    "syslog_tls": "?config:syslog_config -> ?keyname:string -> ?console:console impl -> ?clock:pclock impl -> stackv4 impl -> "
    "kv_ro impl -> syslog impl",
    "syslog_udp": "?config:syslog_config -> ?console:console impl -> ?clock:pclock impl -> stackv4 impl -> syslog impl",
}
"""The OCaml type of each constructor of the catalogue."""

KEYS: Mapping[str, str] = {
    "block": "?group:string -> unit -> block_kind key",
    "dhcp": "?group:string -> unit -> bool key",
    "interface": "?group:string -> string -> string key",
    "kv_ro": "?group:string -> unit -> kv_ro_kind key",
    "net": "?group:string -> unit -> net_kind key",
    "prng": "?group:string -> unit -> prng_kind key",
    "syslog": "Ipaddr.V4.t option -> Ipaddr.V4.t option key",
    "syslog_hostname": "string -> string key",
    "syslog_port": "int option -> int option key",
    "tracing_size": "int -> int key",
}
"""The constructors of keys in the module Key."""
V4_KEYS: Mapping[str, tuple[str, Any]] = {
    "gateway": ("?group:string -> Ipaddr.V4.t option -> Ipaddr.V4.t option key", own_keys.ipv4_gateway),
    "ips": ("?group:string -> Ipaddr.V4.t list -> Ipaddr.V4.t list key", own_keys.ips),
    "network": ("?group:string -> address_in_network -> address_in_network key", own_keys.ipv4),
    "socket": ("?group:string -> Ipaddr.V4.t option -> Ipaddr.V4.t option key", own_keys.socket),
}
"""The constructors of keys in Key.V4."""
V6_KEYS: Mapping[str, tuple[str, Any]] = {
    "gateways": ("?group:string -> Ipaddr.V6.t list -> Ipaddr.V6.t list key", own_keys.gateways),
    "ips": ("?group:string -> Ipaddr.V6.t list -> Ipaddr.V6.t list key", own_keys.ipv6_ips),
    "netmasks": ("?group:string -> v6_network list -> v6_network list key", own_keys.netmasks),
}
"""The constructors of keys in Key.V6."""

TARGET = codecs.variants(
    Unix="unix",
    MacOSX="macosx",
    Xen="xen",
    Qubes="qubes",
    Virtio="virtio",
    Hvt="hvt",
    Muen="muen",
    Genode="genode",
)


@frozen
class _AddressInNetwork(Codec):
    """The codec of a prefix with an address in it, which are a single object in Python."""

    def python(self, value: Any, at: Location) -> Any:
        pair = codecs.TupleCodec(self.name, (SIMPLE["Ipaddr.V4.Prefix.t"], SIMPLE["Ipaddr.V4.t"]))
        prefix, address = pair.python(value, at)
        return IPv4Interface(f"{address}/{prefix.network.prefixlen}")

    def ocaml(self, value: Any) -> Any:
        return (IPv4Interface(value.network), value.ip)


@frozen
class _Network(Codec):
    """The codec of an IPv6 prefix; a key holds its network."""

    def python(self, value: Any, at: Location) -> Any:
        return SIMPLE["Ipaddr.V6.Prefix.t"].python(value, at).network

    def ocaml(self, value: Any) -> Any:
        return IPv6Interface(value)


_ADDRESS = _AddressInNetwork("a prefix and an address")
_V4, _V6 = SIMPLE["Ipaddr.V4.t"], SIMPLE["Ipaddr.V6.t"]
_V6_PREFIX = _Network("Ipaddr.V6.Prefix.t")


def _option(codec: Codec) -> Codec:
    return codecs.OptionCodec(f"{codec.name} option", codec)


def _list(codec: Codec) -> Codec:
    return codecs.ListCodec(f"{codec.name} list", codec)


def syslog_record(**fields: Any) -> Any:
    """Make a record of syslog from its fields."""
    hostname = fields.pop("hostname")
    return mirage_devices.syslog_config(hostname, **fields)


RECORDS: Mapping[str, codecs.RecordCodec] = {
    "ipv4_config": codecs.RecordCodec("ipv4_config", (("network", _ADDRESS), ("gateway", _option(_V4))), ipv4_config),
    "ipv6_config": codecs.RecordCodec(
        "ipv6_config",
        (("addresses", _list(_V6)), ("netmasks", _list(_V6_PREFIX)), ("gateways", _list(_V6))),
        ipv6_config,
    ),
    "syslog_config": codecs.RecordCodec(
        "syslog_config",
        (
            ("hostname", codecs.STRING),
            ("server", _option(_V4)),
            ("port", _option(codecs.INT)),
            ("truncate", _option(codecs.INT)),
        ),
        syslog_record,
    ),
}
"""The record types, with the function that makes the Python value of each."""

_TYPES: Mapping[str, Codec] = {
    **RECORDS,
    "address_in_network": _ADDRESS,
    "v6_network": _V6_PREFIX,
    "block_kind": codecs.variants(XenstoreId="xenstore", BlockFile="file", Ramdisk="ramdisk"),
    "kv_ro_kind": codecs.variants(Archive="archive", Crunch="crunch", Direct="direct", Fat="fat"),
    "net_kind": codecs.variants(Direct="direct", Socket="socket"),
    "prng_kind": codecs.variants(Stdlib="stdlib", Nocrypto="nocrypto"),
    "_ ip": codecs.Anything("an address's type"),
    "_ tcp": codecs.Anything("a type of TCP"),
    "_ udp": codecs.Anything("a type of UDP"),
    "devices": codecs.Same("typ", Type),
}


def types(name: str) -> Codec | None:
    """Return the codec of the type that signatures call `name`."""
    if name.endswith(" impl"):
        found = getattr(mirage_devices, name.removesuffix(" impl"), None)
        return ImplCodec(name, found) if isinstance(found, Type) else None
    return _TYPES.get(name)


PACKAGE = (
    "?build:bool -> ?sublibs:string list -> ?ocamlfind:string list -> ?min:string -> ?max:string -> ?pin:string -> "
    "string -> package"
)
FOREIGN = (
    "?packages:package list -> ?keys:abstract_key list -> ?deps:abstract_impl list -> string -> devices -> 'a impl"
)
REGISTER = (
    "?argv:argv impl -> ?tracing:tracing impl -> ?reporter:reporter impl -> ?keys:abstract_key list -> "
    "?packages:package list -> string -> job impl list -> unit"
)


def _named_module(name: Any, at: Location) -> str:
    return value_name(codecs.STRING.python(name, at), of="module")


def _register(session: Session) -> Any:
    return session.registering(mirage_devices.register)


def direct_stackv4(*impls: Any, group: str | None = None, **named: Any) -> AnyImpl:
    """Make the stack, ignoring the group."""
    return mirage_devices.direct_stackv4(*impls, **named)


def _values(session: Session) -> dict[str, Any]:
    table: dict[str, Any] = {name: getattr(mirage_devices, name) for name in CONSTANTS}
    table |= {name: (text, getattr(mirage_devices, name)) for name, text in FUNCTIONS.items()}
    table["direct_stackv4"] = (FUNCTIONS["direct_stackv4"], direct_stackv4)
    table |= dsl.functions(session.types)
    del table["dep"]
    return table | {
        "package": (PACKAGE, functoria.package),
        "foreign": (FOREIGN, foreign),
        "register": (REGISTER, _register(session)),
        "impl": raw("impl", ".", objects.impl),
        "tcp": mirage_devices.tcpv4,  # in OCaml, for any version of IP; nearly always this one is meant
        "udp": mirage_devices.udpv4,
        "run": raw("run", ".", lambda unit, at: ()),
    }


def _keys() -> Names:
    table: dict[str, Any] = keys.functions("both")
    table |= {name: (text, getattr(own_keys, name)) for name, text in KEYS.items()}
    for key, codec in (
        (targets.target, TARGET),
        (own_keys.warn_error, codecs.BOOL),
        (own_keys.target_debug, codecs.BOOL),
        (own_keys.no_depext, codecs.BOOL),
    ):
        table[key.name] = Wrapped("key", key, codec)
    table["logs"] = Wrapped("key", own_keys.logs(), codecs.ANY)
    table["is_unix"] = Wrapped("value", targets.is_unix, codecs.BOOL)
    arguments: dict[str, Any] = keys.argument_functions(stages=True) | converters.converters()
    arguments |= {
        "list": joined.list_without_separator(),
        "conv": raw("Key.Arg.conv", "~conv ~serialize ~runtime_conv", converters.runtime_conv),
        "ipv4_address": converters.converter(ipv4_address, _V4),
        "ipv4": converters.converter(ipv4_interface, _ADDRESS),
        "ipv6": converters.converter(ipv6_address, _V6),
        "ipv6_prefix": converters.converter(ipv6_network, _V6_PREFIX),
    }
    return module(
        "Key",
        table,
        types,
        Arg=module("Key.Arg", arguments),
        V4=module("Key.V4", V4_KEYS, types),
        V6=module("Key.V6", V6_KEYS, types),
    )


_MODULES = words(
    """
    argv arpv4 block conduit conduit_connector console dhcp ethernet fs gui http icmp ip kv_ro mclock network
    pclock qrexec qubesdb random reporter resolver stackv4 syslog tcp time tracing udp
    """
)


def modules(session: Session) -> dict[str, Names]:
    """Return the modules of the release."""
    key = unread.add(_keys())
    info = unread.add(module("Info", {name: value for name, value in devices.information().items() if name != "get"}))
    naming = module(
        "Name",
        {
            "ocamlify": raw("Name.ocamlify", ".", _named_module),
            "create": raw("Name.create", ". ~prefix", session.types.numbered, pure=False),
        },
    )
    values = _values(session)
    mirage = unread.add(module("Mirage", values, types, Key=key, Info=info))
    own = {name: values[name] for name in words("typ @-> $ abstract if_impl match_impl package foreign impl job")}
    functoria_ = unread.add(module("Functoria", own, types, Info=info))
    table = {name: getattr(mirage_devices, name) for name in words("argv info noop")}
    functoria_app = unread.add(module("Functoria_app", table, types, Name=naming))
    types_of_file = session.types
    for each in (mirage, functoria_):
        each.constructors["Type"] = Made("Type", True, build=lambda value: types_of_file.typ(value, Location("", 0)))
        each.constructors["Abstract"] = Made("Abstract", True, build=lambda value: Wrapped("abstract_impl", value))
        each.classes |= {"base_configurable": objects.base_configurable, "foreign": objects.foreign}
    mirage.records.update({name: tuple(field for field, _ in codec.fields) for name, codec in RECORDS.items()})
    found = {
        "Mirage": mirage,
        "Functoria": functoria_,
        "Functoria_app": functoria_app,
        "Functoria_key": key,
        "Mirage_key": key,
    }
    found |= {f"Mirage_impl_{name}": mirage for name in _MODULES}
    icmp = {name: getattr(mirage_devices, name) for name in ("icmpv4", "icmpv6")}
    icmp["direct_icmpv4"] = ("ipv4 impl -> icmpv4 impl", mirage_devices.direct_icmpv4)
    found["Mirage_impl_icmp"] = module("Mirage_impl_icmp", icmp, types)
    found["Mirage_impl_misc"] = opaque("Mirage_impl_misc", Log=opaque("Mirage_impl_misc.Log"))
    found |= {"Cmdliner": cmdliner.cmdliner(), "Ipaddr": ipaddr(lenient=True)}
    return found
