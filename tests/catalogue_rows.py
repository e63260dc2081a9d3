"""The catalogue of MirageOS 3.3, constructor by constructor, as rows to compare with."""

# ruff: noqa: F403, F405 - all names of the catalogue are meant, as in a configuration that imports them so

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from functoria import Impl
from mirage_devices import *

FAMILIES = {
    "unix": ("unix", "macosx"),
    "xen": ("xen", "qubes"),
    "solo5": ("virtio", "hvt", "muen", "genode"),
}
ALL = tuple(target for targets in FAMILIES.values() for target in targets)
FAMILY = {target: family for family, targets in FAMILIES.items() for target in targets}
BUT_MUEN = tuple(target for target in ALL if target != "muen")

_TYPES = """time pclock mclock random argv console reporter syslog tracing kv_ro block fs network ethernet arpv4 ipv4 ipv6
icmpv4 icmpv6 udpv4 udpv6 tcpv4 tcpv6 stackv4 conduit_connector conduit resolver http qubesdb info job"""
_CONSTRUCTORS = """default_time default_posix_clock default_monotonic_clock stdlib_random nocrypto_random nocrypto default_random
no_argv default_argv custom_console default_console default_reporter no_reporter syslog_config syslog_udp syslog_tcp
syslog_tls mprof_trace crunch direct_kv_ro archive archive_of_files fat fat_of_files kv_ro_of_fs generic_kv_ro
block_of_file block_of_xenstore_id ramdisk generic_block netif default_network etif arp farp create_ipv4 ipv4_qubes
create_ipv6 direct_icmpv4 direct_udp direct_tcp socket_udpv4 socket_tcpv4 direct_stackv4 socket_stackv4
static_ipv4_stack dhcp_ipv4_stack qubes_ipv4_stack generic_stackv4 ipv4_config ipv6_config conduit_direct resolver_dns
resolver_unix_system http_server default_qubesdb app_info register noop"""
TYPES, CONSTRUCTORS = _TYPES.split(), _CONSTRUCTORS.split()


@frozen
class Row:
    """The facts about one constructor. Facts that differ by target are given by target, or by family."""

    impl: Impl[Any]
    type: str
    module: str | Mapping[str, str]
    packages: str | Mapping[str, str]
    connect: str | Mapping[str, str]
    """The code, where `M` is the module and `$0` and so on are the values."""
    keys: str = ""
    deps: str = ""
    targets: tuple[str, ...] = ALL
    """On each target that does not refuse it."""


def on(target: str, fact: str | Mapping[str, str]) -> str:
    """Return the fact that holds on `target`: the target's own, or else its family's; None if there is neither."""
    return fact if isinstance(fact, str) else fact.get(target, fact.get(FAMILY[target], ""))


NET = netif("tap0")
ETH = etif(NET)
ARP = arp(ETH)
IP = create_ipv4(ETH, ARP)
IP6 = create_ipv6(ETH, ipv6_config(["fe80::2"], ["fe80::/64"], ["fe80::1"]))
STACK = static_ipv4_stack(NET)
FILE = block_of_file("disk.img")
CLOCK = {"unix": "mirage-clock-unix(1.2.0..2.0.0)"}
CLOCK |= dict.fromkeys(("xen", "solo5"), "mirage-clock-freestanding(1.2.0..2.0.0)")
BLOCK_PACKAGES = {
    "unix": "mirage-block-unix(2.5.0..3.0.0)",
    "xen": "mirage-block-xen+front(1.5.0..2.0.0)",
    "solo5": "mirage-block-solo5(0.4.0..0.5.0)",
}
CONSOLE = {"unix": "Console_unix", "xen": "Console_xen", "solo5": "Console_solo5"}
CONSOLE_PACKAGES = {
    "unix": "mirage-console-unix(2.2.0..3.0.0)",
    "xen": "mirage-console-xen(2.2.0..3.0.0)",
    "solo5": "mirage-console-solo5(0.3.0..0.4.0)",
}
CONDUIT = "mirage-conduit(3.0.1..4.0.0)"
CHARRUA = "charrua-client-mirage(0.11.0..0.12.0)"
SYSLOG_KEYS = "syslog syslog-port syslog-hostname"
SYSLOG = (
    "match (Key_gen.syslog ()) with | None -> return () | Some server -> let port = (Key_gen.syslog_port ()) in "
    "M.create $0 $1 $2{kv} ~hostname:(Key_gen.syslog_hostname ()) ?port server{more} () >>= function "
    "| Ok reporter -> Logs.set_reporter reporter; return () | Error e -> invalid_arg e"
)
OVER_STACK = "console >> pclock >> stackv4 >> "
OVER_CLOCK = "random >> mclock >> ethernet >> arpv4 >> ipv4"
LAYERS = "network >> ethernet >> arpv4 >> ipv4 >> icmpv4 >> udpv4 >> tcpv4 >> stackv4"


def _tcpip(sublib: str) -> Mapping[str, str]:
    more = {"unix": "+unix", "xen": "+xen", "solo5": ""}
    return {family: f"tcpip+{sublib}{last}(3.5.0..3.6.0)" for family, last in more.items()}


ROWS = {
    "default_time": Row(default_time, "time", "OS.Time", "", "return ()"),
    "default_posix_clock": Row(default_posix_clock, "pclock", "Pclock", CLOCK, "M.connect ()"),
    "default_monotonic_clock": Row(default_monotonic_clock, "mclock", "Mclock", CLOCK, "M.connect ()"),
    "stdlib_random": Row(
        stdlib_random, "random", "Mirage_random_stdlib", "mirage-random-stdlib(..0.1.0)", "M.initialize ()"
    ),
    "nocrypto_random": Row(
        nocrypto_random, "random", "Nocrypto.Rng", "nocrypto(0.5.4..0.6.0)", "return ()", deps="Nocrypto_entropy"
    ),
    "nocrypto": Row(
        nocrypto,
        "job",
        "Nocrypto_entropy",
        {
            "unix": "nocrypto+lwt(0.5.4..0.6.0)",
            "xen": "nocrypto+mirage(0.5.4..0.6.0) zarith-xen{}(..2.0)",
            "solo5": "nocrypto+mirage(0.5.4..0.6.0) zarith-freestanding{}(..2.0)",
        },
        {"unix": "M_lwt.initialize ()", "xen": "M_mirage.initialize ()", "solo5": "M_mirage.initialize ()"},
    ),
    "default_argv": Row(
        default_argv,
        "argv",
        "Bootvar",
        {
            "unix": "mirage-bootvar-unix(0.1.0..0.2.0)",
            "xen": "mirage-bootvar-xen(0.4.0..0.5.0)",
            "solo5": "mirage-bootvar-solo5(0.3.0..0.4.0)",
        },
        {
            "unix": "M.argv ()",
            "xen": "let filter (key, _) = List.mem key (List.map snd Key_gen.runtime_keys) in M.argv ~filter ()",
            "solo5": "M.argv ()",
        },
    ),
    "no_argv": Row(no_argv, "argv", "Mirage_runtime", "", 'return [| "" |]'),
    "default_console": Row(default_console, "console", CONSOLE, CONSOLE_PACKAGES, 'M.connect "0"'),
    "custom_console": Row(custom_console("log"), "console", CONSOLE, CONSOLE_PACKAGES, 'M.connect "log"'),
    "default_reporter": Row(
        default_reporter(ring_size=20, level="debug"),
        "pclock >> job",
        "Mirage_logs.Make",
        "mirage-logs(0.3.0..0.4.0)",
        "let ring_size = Some 20 in let reporter = M.create ?ring_size $0 in "
        "Mirage_runtime.set_level ~default:Logs.Debug (Key_gen.logs ()); M.set_reporter reporter; return reporter",
        keys="logs",
    ),
    "no_reporter": Row(no_reporter, "job", "Mirage_runtime", "", "return ()"),
    "syslog_udp": Row(
        syslog_udp(STACK, syslog_config("me", truncate=100)),
        OVER_STACK + "syslog",
        "Logs_syslog_mirage.Udp",
        "logs-syslog+mirage(0.2.0..0.3.0)",
        "match (Key_gen.syslog ()) with | None -> return () | Some server -> let port = (Key_gen.syslog_port ()) in "
        "let reporter = M.create $0 $1 $2 ~hostname:(Key_gen.syslog_hostname ()) ?port server ~truncate:(100) () in "
        "Logs.set_reporter reporter; return ()",
        keys=SYSLOG_KEYS,
    ),
    "syslog_tcp": Row(
        syslog_tcp(STACK),
        OVER_STACK + "syslog",
        "Logs_syslog_mirage.Tcp",
        "logs-syslog+mirage(0.2.0..0.3.0)",
        SYSLOG.format(kv="", more=""),
        keys=SYSLOG_KEYS,
    ),
    "syslog_tls": Row(
        syslog_tls(STACK, crunch("tls"), "own"),
        OVER_STACK + "kv_ro >> syslog",
        "Logs_syslog_mirage_tls.Tls",
        "logs-syslog+mirage+mirage.tls(0.2.0..0.3.0)",
        SYSLOG.format(kv=" $3", more=' ~keyname:"own"'),
        keys=SYSLOG_KEYS,
    ),
    "mprof_trace": Row(
        mprof_trace(1000),
        "job",
        "MProf",
        {
            "unix": "mirage-profile(..1.0.0) mirage-profile-unix(..1.0.0)",
            "xen": "mirage-profile(..1.0.0) mirage-profile-xen(..1.0.0)",
        },
        {
            "unix": 'let buffer = MProf_unix.mmap_buffer ~size:(Key_gen.tracing_size ()) "trace.ctf" in let trace_config = '
            "M.Trace.Control.make buffer MProf_unix.timestamper in M.Trace.Control.start trace_config; return ()",
            "xen": "let trace_pages = MProf_xen.make_shared_buffer ~size:(Key_gen.tracing_size ()) in let buffer = "
            "trace_pages |> Io_page.to_cstruct |> Cstruct.to_bigarray in let trace_config = M.Trace.Control.make buffer "
            "MProf_xen.timestamper in M.Trace.Control.start trace_config; MProf_xen.share_with (module Gnt.Gntshr) "
            "(module OS.Xs) ~domid:0 trace_pages |> OS.Main.run; return ()",
        },
        keys="tracing_size",
        targets=FAMILIES["unix"] + FAMILIES["xen"],
    ),
    "crunch": Row(crunch("t"), "kv_ro", "Static_t", "io-page(2.0.0..3.0.0) crunch(2.0.0..3.0.0,build)", "M.connect ()"),
    "direct_kv_ro": Row(
        direct_kv_ro("t"),
        "kv_ro",
        {"unix": "Kvro_fs_unix", "xen": "Static_t", "solo5": "Static_t"},
        {"unix": "mirage-fs-unix(1.5.0..2.0.0)"}
        | dict.fromkeys(("xen", "solo5"), "io-page(2.0.0..3.0.0) crunch(2.0.0..3.0.0,build)"),
        {"unix": 'M.connect "t"', "xen": "M.connect ()", "solo5": "M.connect ()"},
    ),
    "archive": Row(
        archive(FILE),
        "block >> kv_ro",
        "Tar_mirage.Make_KV_RO",
        "tar-mirage(0.9.0..0.10.0)",
        "M.connect $0",
        targets=BUT_MUEN,
    ),
    "fat": Row(fat(FILE), "block >> fs", "Fat.FS", "fat-filesystem(0.12.0..0.13.0)", "M.connect $0", targets=BUT_MUEN),
    "kv_ro_of_fs": Row(
        kv_ro_of_fs(fat(ramdisk("r"))),
        "fs >> kv_ro",
        "Mirage_fs_lwt.To_KV_RO",
        "mirage-fs-lwt(1.0.0..2.0.0)",
        "M.connect $0",
    ),
    "block_of_file": Row(
        FILE,
        "block",
        "Block",
        BLOCK_PACKAGES,
        {"unix": 'M.connect "disk.img"', "xen": 'M.connect "51728"', "solo5": 'M.connect "disk.img"'},
        targets=BUT_MUEN,
    ),
    "block_of_xenstore_id": Row(
        block_of_xenstore_id("51712"),
        "block",
        "Block",
        BLOCK_PACKAGES["xen"],
        'M.connect "51712"',
        targets=FAMILIES["xen"],
    ),
    "ramdisk": Row(ramdisk("label"), "block", "Ramdisk", "mirage-block-ramdisk()", 'M.connect ~name:"label"'),
    "netif": Row(
        NET,
        "network",
        "Netif",
        {
            "unix": "mirage-net-unix(2.3.0..3.0.0)",
            "macosx": "mirage-net-macosx(1.4.0..2.0.0)",
            "xen": "mirage-net-xen(1.7.0..2.0.0)",
            "qubes": "mirage-net-xen(1.7.0..2.0.0) mirage-qubes(0.4..0.7)",
            "solo5": "mirage-net-solo5(0.4.0..0.5.0)",
        },
        "M.connect (Key_gen.interface ())",
        keys="interface",
    ),
    "etif": Row(ETH, "network >> ethernet", "Ethif.Make", "tcpip+ethif(3.5.0..3.6.0)", "M.connect $0"),
    "arp": Row(
        ARP, "ethernet >> mclock >> time >> arpv4", "Arpv4.Make", "tcpip+arpv4(3.5.0..3.6.0)", "M.connect $0 $1"
    ),
    "farp": Row(
        farp(ETH), "ethernet >> mclock >> time >> arpv4", "Arp.Make", "arp+mirage(0.2.0..0.3.0)", "M.connect $0 $1"
    ),
    "create_ipv4": Row(
        IP,
        OVER_CLOCK,
        "Static_ipv4.Make",
        _tcpip("ipv4"),
        "let (network, ip) = (Key_gen.ipv4 ()) in M.connect ~ip ~network ~gateway:(Key_gen.ipv4_gateway ()) $1 $2 $3",
        keys="ipv4 ipv4-gateway",
    ),
    "ipv4_qubes": Row(
        ipv4_qubes(default_qubesdb, ETH, ARP),
        f"qubesdb >> {OVER_CLOCK}",
        "Qubesdb_ipv4.Make",
        "mirage-qubes-ipv4(0.6..0.7)",
        "M.connect $0 $2 $3 $4",
        targets=FAMILIES["xen"],
    ),
    "create_ipv6": Row(
        IP6,
        "ethernet >> random >> time >> mclock >> ipv6",
        "Ipv6.Make",
        _tcpip("ipv6"),
        "M.connect ~ip:(Key_gen.ips ()) ~netmask:(Key_gen.netmasks ()) ~gateways:(Key_gen.gateways ()) $0 $3",
        keys="ips netmasks gateways",
    ),
    "direct_icmpv4": Row(direct_icmpv4(IP), "ipv4 >> icmpv4", "Icmpv4.Make", _tcpip("icmpv4"), "M.connect $0"),
    "direct_udp": Row(direct_udp(IP), "ipv4 >> random >> udpv4", "Udp.Make", _tcpip("udp"), "M.connect $0"),
    "direct_udp v6": Row(direct_udp(IP6), "ipv6 >> random >> udpv6", "Udp.Make", _tcpip("udp"), "M.connect $0"),
    "direct_tcp": Row(
        direct_tcp(IP), "ipv4 >> time >> mclock >> random >> tcpv4", "Tcp.Flow.Make", _tcpip("tcp"), "M.connect $0 $2"
    ),
    "direct_tcp v6": Row(
        direct_tcp(IP6), "ipv6 >> time >> mclock >> random >> tcpv6", "Tcp.Flow.Make", _tcpip("tcp"), "M.connect $0 $2"
    ),
    "socket_udpv4": Row(
        socket_udpv4(),
        "udpv4",
        "Udpv4_socket",
        _tcpip("udpv4-socket"),
        "M.connect (Key_gen.socket ())",
        keys="socket",
        targets=FAMILIES["unix"],
    ),
    "socket_tcpv4": Row(
        socket_tcpv4(),
        "tcpv4",
        "Tcpv4_socket",
        _tcpip("tcpv4-socket"),
        "M.connect (Key_gen.socket ())",
        keys="socket",
        targets=FAMILIES["unix"],
    ),
    "direct_stackv4": Row(
        direct_stackv4(NET, ETH, ARP, IP),
        f"time >> random >> {LAYERS}",
        "Tcpip_stack_direct.Make",
        _tcpip("stack-direct"),
        "M.connect $2 $3 $4 $5 $6 $7 $8",
    ),
    "socket_stackv4": Row(
        socket_stackv4(["0.0.0.0"]),
        "stackv4",
        "Tcpip_stack_socket",
        _tcpip("stack-socket"),
        "M.connect (Key_gen.ips ()) $0 $1",
        keys="ips",
        deps="Udpv4_socket Tcpv4_socket",
        targets=FAMILIES["unix"],
    ),
    "tcp_conduit_connector": Row(
        tcp_conduit_connector @ STACK,
        "stackv4 >> conduit_connector",
        "Conduit_mirage.With_tcp",
        CONDUIT,
        "return (M.connect $0)",
    ),
    "tls_conduit_connector": Row(
        tls_conduit_connector,
        "conduit_connector",
        "Conduit_mirage",
        f"tls+mirage(0.9.2..0.10.0) {CONDUIT}",
        "return M.with_tls",
        deps="Nocrypto_entropy",
    ),
    "conduit_direct": Row(
        conduit_direct(STACK),
        "conduit",
        "Conduit_mirage",
        CONDUIT,
        "return M.empty >>= $1",
        deps="Nocrypto_entropy Conduit_mirage.With_tcp",
    ),
    "conduit_direct tls": Row(
        conduit_direct(STACK, tls=True),
        "conduit",
        "Conduit_mirage",
        CONDUIT,
        "return M.empty >>= $1 >>= $2",
        deps="Nocrypto_entropy Conduit_mirage.With_tcp Conduit_mirage",
    ),
    "resolver_dns": Row(
        resolver_dns(STACK, ns="9.9.9.9", ns_port=53),
        "time >> stackv4 >> resolver",
        "Resolver_mirage.Make_with_stack",
        CONDUIT,
        'let ns = (Some (Ipaddr.V4.of_string_exn "9.9.9.9")) in let ns_port = (Some (53)) in '
        "return (M.R.init ?ns ?ns_port ~stack:$1 ())",
    ),
    "resolver_unix_system": Row(
        resolver_unix_system,
        "resolver",
        "Resolver_lwt",
        f"{CONDUIT} conduit-lwt-unix(1.0.0..2.0.0)",
        "return M_unix.system",
        targets=FAMILIES["unix"],
    ),
    "http_server": Row(
        http_server(conduit_direct(STACK)),
        "http",
        "Cohttp_mirage.Server_with_conduit",
        "cohttp-mirage(1.0.0..2.0.0)",
        "M.connect $0",
        deps="Conduit_mirage",
    ),
    "default_qubesdb": Row(
        default_qubesdb,
        "qubesdb",
        "Qubes.DB",
        "mirage-qubes(0.4..0.7)",
        "M.connect ~domid:0 ()",
        targets=FAMILIES["xen"],
    ),
    "app_info": Row(app_info, "info", "Info_gen", "functoria-runtime()", "return M.info"),
}
