"""The catalogue of MirageOS 4.11, constructor by constructor, as rows to compare with."""

# ruff: noqa: F403, F405 - all names of the catalogue are meant, as in a configuration that imports them so

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from attrs import frozen

from functoria import Impl
from mirage_devices.v4 import *

FAMILIES = {
    "unix": ("unix", "macosx"),
    "solo5": ("hvt", "spt", "virtio", "muen", "genode"),
    "xen": ("xen", "qubes"),
    "unikraft": ("unikraft-firecracker", "unikraft-qemu"),
}
ALL = tuple(target for targets in FAMILIES.values() for target in targets)
FAMILY = {target: family for family, targets in FAMILIES.items() for target in targets}
BUT_MUEN = tuple(target for target in ALL if target != "muen")

Fact: TypeAlias = str | Mapping[str, str]
"""Facts for every target, or by target or family, with `else` for the others."""


@frozen
class Row:
    """The facts about one constructor."""

    impl: Impl[Any]
    type: Fact
    module: Fact
    packages: Fact
    """Each as NAME[LIBRARIES](MIN..MAX,build); the libraries are left out if they are NAME alone."""
    connect: Fact
    """The code: `M` is the module, `$0` and so on are the values of arguments and dependencies, `@0` of runtime arguments."""
    runtime: Fact = ""
    """The code of each runtime argument, joined by ` | `, with `N.` for Mirage_runtime_network."""
    keys: Fact = ""
    deps: str = ""
    targets: tuple[str, ...] = ALL
    """On each target that does not refuse it."""


def on(target: str, fact: Fact) -> str:
    """Return the fact that holds on `target`: the target's own, or else its family's, or else that of the others."""
    if isinstance(fact, str):
        return fact
    return fact.get(target, fact.get(FAMILY[target], fact.get("else", "")))


NET = netif("tap1")
ETH = ethif(NET)
ARP = arp(ETH)
IPV4 = create_ipv4(ETH, ARP)
IPV6 = create_ipv6(NET, ETH)
IP = create_ipv4v6(IPV4, IPV6)
CLIENT = ipv4_of_dhcp(NET, ETH, ARP)
STACK = direct_stackv4v6(NET, ETH, ARP, IPV4, IPV6)
TCP = tcpv4v6_of_stackv4v6(STACK)
HE = generic_happy_eyeballs(STACK)
DNS = generic_dns_client(STACK, HE)
MIMIC = mimic_happy_eyeballs(STACK, HE, DNS)
RAM = ramdisk("ram")
PORT = runtime_arg("Unikernel.port")

_TCPIP = "tcpip[tcpip.{}](9.0.0..10.0.0)"
_CLIENT = "charrua-client[charrua-client.mirage](3.0.0..4.0.0)"
_FRONT = "mirage-block-xen[mirage-block-xen.front](2.1.0..3.0.0)"
_BLOCK = {
    "unix": "mirage-block-unix(2.12.0..3.0.0)",
    "solo5": "mirage-block-solo5(0.8.0..0.9.0)",
    "xen": _FRONT,
    "unikraft": "mirage-block-unikraft(1.0.0..2.0.0)",
}
_ANY4 = 'N.V4.network {}(Ipaddr.V4.Prefix.of_string_exn "10.0.0.2/24")'
_MEM = "mirage-kv-mem(4.0.0..5.0.0) crunch(4.0.0..5.0.0,build)"
_KV_UNIX = "mirage-kv-unix(2.1.0..3.0.0)"
_SYSLOG = "logs-syslog[logs-syslog.mirage](0.5.0..0.6.0)"
_GIT = "git-net(..1.0.0)"
_SERVERS = (
    "let nameservers = match {}, {} with | Some (_ :: _ as servers), _ -> Some servers | _, None -> None | _, Some options -> "
    "match Dhcp_wire.collect_dns_servers options with | [] -> None | told -> Some (List.concat_map (fun ip -> "
    '[ Fmt.str "udp:%a" Ipaddr.V4.pp ip; Fmt.str "tcp:%a" Ipaddr.V4.pp ip ]) told) in '
)
_NO_SERVER = (
    'match @0 with | None -> Logs.warn (fun m -> m "no syslog server specified, dumping logs to stdout"); '
    "Lwt.return_unit"
)
_CREATED = ">|= (function | Ok reporter -> Logs.set_reporter reporter | Error error -> invalid_arg error)"
_DOCTEUR = (
    'Lwt.map (fun result -> Rresult.R.(failwith_error_msg (reword_error (fun error -> msgf "%a" M.pp_error error) result))) '
    '(M.connect ~analyze:@0 "{}")'
)
_KEY = (
    "let key = match @0 with None -> raise (Invalid_argument __LOC__) | Some key -> key in let key = if String.length key > 2 "
    '&& String.sub key 0 2 = "0x" then String.sub key 2 (String.length key - 2) else key in '
)

ROWS: dict[str, Row] = {
    # Arguments, and the arguments of register.
    "default_argv": Row(
        default_argv,
        "argv",
        "Mirage_bootvar",
        {
            family: f"mirage-bootvar[mirage-bootvar,mirage-bootvar.{implementation}](1.0.0..2.0.0)"
            for family, implementation in (("xen", "xen"), ("solo5", "solo5"), ("else", "unix"))
        },
        "return (M.argv ())",
    ),
    "no_argv": Row(no_argv, "argv", "Mirage_runtime", "", 'return [| "" |]'),
    "noop": Row(noop, "job", "Unit", "", "return ()"),
    # Key/value stores.
    "crunch": Row(crunch("My-Dir/x.y"), "kv_ro", "Static_my_dir_x_y", _MEM, "M.connect ()"),
    "direct_kv_ro": Row(
        direct_kv_ro("htdocs"),
        "kv_ro",
        {"xen": "Static_htdocs", "solo5": "Static_htdocs", "else": "Mirage_kv_unix"},
        {"xen": _MEM, "solo5": _MEM, "else": _KV_UNIX},
        {"xen": "M.connect ()", "solo5": "M.connect ()", "else": 'M.connect "htdocs"'},
    ),
    "generic_kv_ro": Row(generic_kv_ro("htdocs"), "kv_ro", "Static_htdocs", _MEM, "M.connect ()"),
    "direct_kv_rw": Row(direct_kv_rw("rw"), "kv_rw", "Mirage_kv_unix", _KV_UNIX, 'M.connect "rw"'),
    "kv_rw_mem": Row(kv_rw_mem(), "kv_rw", "Mirage_kv_mem", "mirage-kv-mem(3.0.0..4.0.0)", "M.connect ()"),
    "tar_kv_ro": Row(
        tar_kv_ro(RAM), "block >> kv_ro", "Tar_mirage.Make_KV_RO", "tar-mirage(1.0.0..4.0.0)", "M.connect $0"
    ),
    "tar_kv_rw": Row(
        tar_kv_rw(RAM), "block >> kv_rw", "Tar_mirage.Make_KV_RW", "tar-mirage(2.2.0..4.0.0)", "M.connect $0"
    ),
    "fat_ro": Row(fat_ro(RAM), "block >> kv_ro", "Fat.KV_RO", "fat-filesystem(0.15.0..0.16.0)", "M.connect $0"),
    "chamelon": Row(
        chamelon(RAM, program_block_size=runtime_arg("Unikernel.size")),
        "block >> kv_rw",
        "Kv.Make",
        "chamelon[chamelon.kv](0.0.8..)",
        'M.connect ~program_block_size:@0 $0 >|= Result.map_error (Fmt.str "%a" M.pp_error) '
        ">|= Result.fold ~ok:Fun.id ~error:failwith",
        "Unikernel.size",
    ),
    "docteur": Row(
        docteur("relativize://assets", mode="light"),
        "kv_ro",
        {"xen": "Docteur_solo5.Light", "solo5": "Docteur_solo5.Light", "else": "Docteur_unix.Light"},
        {"xen": "docteur-solo5(0.0.6..)", "solo5": "docteur-solo5(0.0.6..)", "else": "docteur-unix(0.0.6..)"},
        {"xen": _DOCTEUR.format("docteur"), "solo5": _DOCTEUR.format("docteur"), "else": _DOCTEUR.format("disk.img")},
        "Mirage_runtime.analyze",
        {"xen": "disk-output disk-name", "solo5": "disk-output disk-name", "else": "disk-output"},
    ),
    "docteur analyze": Row(
        docteur("https://example.org/x", analyze=runtime_arg("Unikernel.analyze")),
        "kv_ro",
        {"xen": "Docteur_solo5.Fast", "solo5": "Docteur_solo5.Fast", "else": "Docteur_unix.Fast"},
        {"xen": "docteur-solo5(0.0.6..)", "solo5": "docteur-solo5(0.0.6..)", "else": "docteur-unix(0.0.6..)"},
        {"xen": _DOCTEUR.format("docteur"), "solo5": _DOCTEUR.format("docteur"), "else": _DOCTEUR.format("disk.img")},
        "Unikernel.analyze",
        {"xen": "disk-output disk-name", "solo5": "disk-output disk-name", "else": "disk-output"},
    ),
    # Block devices.
    "block_of_file": Row(
        block_of_file("disk1.img"),
        "block",
        "Block",
        _BLOCK,
        {"xen": 'M.connect "51728"', "else": 'M.connect "disk1.img"'},
        targets=BUT_MUEN,
    ),
    "block_of_xenstore_id": Row(
        block_of_xenstore_id("/dev/xvdi1"),
        "block",
        "Block",
        _FRONT,
        'M.connect "/dev/xvdi1"',
        targets=FAMILIES["xen"],
    ),
    "ramdisk": Row(RAM, "block", "Ramdisk", "mirage-block-ramdisk()", 'M.connect ~name:"ram"'),
    "generic_block": Row(generic_block("x"), "block", "Ramdisk", "mirage-block-ramdisk()", 'M.connect ~name:"x"'),
    "generic_block key": Row(
        generic_block("x", key=is_xen.if_("xenstore", "ramdisk")),
        "block",
        {"xen": "Block", "else": "Ramdisk"},
        {"xen": _FRONT, "else": "mirage-block-ramdisk()"},
        {"xen": 'M.connect "x"', "else": 'M.connect ~name:"x"'},
    ),
    "ccm_block": Row(
        ccm_block(runtime_arg("Unikernel.key"), RAM),
        "block >> block",
        "Block_ccm.Make",
        "mirage-block-ccm(2.0.0..3.0.0)",
        _KEY + "M.connect ?nonce_len:None ~key:(Cstruct.of_hex key) $0",
        "Unikernel.key",
    ),
    "ccm_block nonce_len": Row(
        ccm_block(runtime_arg("Unikernel.key"), RAM, nonce_len=8),
        "block >> block",
        "Block_ccm.Make",
        "mirage-block-ccm(2.0.0..3.0.0)",
        _KEY + "M.connect ?nonce_len:(Some 8) ~key:(Cstruct.of_hex key) $0",
        "Unikernel.key",
    ),
    # Networks.
    "netif": Row(
        netif("tap1", group="g"),
        "network",
        "Netif",
        {
            "unix": "mirage-net-unix(3.0.0..4.0.0)",
            "macosx": "mirage-net-macosx(1.8.0..2.0.0)",
            "xen": "mirage-net-xen(2.1.0..3.0.0)",
            "qubes": "mirage-net-xen(2.1.0..3.0.0) mirage-qubes(2.0.0..3.0.0)",
            "solo5": "mirage-net-solo5(0.8.0..0.9.0)",
            "unikraft": "mirage-net-unikraft(1.0.0..2.0.0)",
        },
        {"solo5": 'M.connect "tap1"', "else": "M.connect @0"},
        {"solo5": "", "else": 'N.interface ~group:"g" "tap1"'},
    ),
    "default_network": Row(
        default_network,
        "network",
        "Netif",
        {
            "unix": "mirage-net-unix(3.0.0..4.0.0)",
            "macosx": "mirage-net-macosx(1.8.0..2.0.0)",
            "xen": "mirage-net-xen(2.1.0..3.0.0)",
            "qubes": "mirage-net-xen(2.1.0..3.0.0) mirage-qubes(2.0.0..3.0.0)",
            "solo5": "mirage-net-solo5(0.8.0..0.9.0)",
            "unikraft": "mirage-net-unikraft(1.0.0..2.0.0)",
        },
        {"solo5": 'M.connect "service"', "else": "M.connect @0"},
        {"unix": 'N.interface "tap0"', "solo5": "", "else": 'N.interface "0"'},
    ),
    "ethif": Row(ETH, "network >> ethernet", "Ethernet.Make", "ethernet(3.0.0..4.0.0)", "M.connect $0"),
    "arp": Row(ARP, "ethernet >> arpv4", "Arp.Make", "arp[arp.mirage](4.0.0..5.0.0)", "M.connect $0"),
    "create_ipv4": Row(
        create_ipv4(ETH, ARP, group="g"),
        "ethernet >> arpv4 >> ipv4",
        "Static_ipv4.Make",
        _TCPIP.format("ipv4"),
        "M.connect ~no_init:@2 ~cidr:@0 ?gateway:@1 $0 $1",
        _ANY4.format('~group:"g" ') + ' | N.V4.gateway ~group:"g" None | N.ipv6_only ~group:"g" ()',
    ),
    "create_ipv4 with a network and a gateway": Row(
        create_ipv4(ETH, ARP, network="10.1.0.2/16", gateway="10.1.0.1"),
        "ethernet >> arpv4 >> ipv4",
        "Static_ipv4.Make",
        _TCPIP.format("ipv4"),
        "M.connect ~no_init:@2 ~cidr:@0 ?gateway:@1 $0 $1",
        'N.V4.network (Ipaddr.V4.Prefix.of_string_exn "10.1.0.2/16") | '
        'N.V4.gateway (Some (Ipaddr.V4.of_string_exn "10.1.0.1")) | N.ipv6_only ()',
    ),
    "ipv4_of_dhcp": Row(
        ipv4_of_dhcp(NET, ETH, ARP, dhcp_requests=make_dhcp_requests([119, 15]), gateway="10.0.0.1"),
        "network >> ethernet >> arpv4 >> dhcp_ipv4",
        "Dhcp_ipv4.Make",
        _CLIENT,
        "let requests = Option.map (List.map Dhcp_wire.int_to_option_code_exn) (Some [1; 3; 15; 119]) in "
        "let options = [ Dhcp_wire.Hostname (Mirage_runtime.name ()) ] in "
        "M.connect ~no_init:@2 ?cidr:@0 ?gateway:@1 ?requests ~options $0 $1 $2",
        'N.V4.optional_network () | N.V4.gateway (Some (Ipaddr.V4.of_string_exn "10.0.0.1")) | N.ipv6_only ()',
    ),
    "dhcp_proj_net": Row(dhcp_proj_net @ CLIENT, "dhcp_ipv4 >> network", "Dhcp_ipv4.Proj_net", _CLIENT, "M.connect $0"),
    "dhcp_proj_ipv4": Row(dhcp_proj_ipv4 @ CLIENT, "dhcp_ipv4 >> ipv4", "Dhcp_ipv4.Proj_ipv4", _CLIENT, "M.connect $0"),
    "dhcp_proj_lease": Row(
        dhcp_proj_lease @ CLIENT, "dhcp_ipv4 >> lease", "Dhcp_ipv4.Proj_lease", _CLIENT, "M.connect $0"
    ),
    "no_lease": Row(no_lease, "lease", "Lwt", "", "Lwt.return None"),
    "ipv4_qubes": Row(
        ipv4_qubes(default_qubesdb, ETH, ARP),
        "qubesdb >> ethernet >> arpv4 >> ipv4",
        "Qubesdb_ipv4.Make",
        "mirage-qubes-ipv4(2.0.0..3.0.0)",
        "M.connect $0 $1 $2",
        targets=FAMILIES["xen"],
    ),
    "create_ipv6": Row(
        IPV6,
        "network >> ethernet >> ipv6",
        "Ipv6.Make",
        _TCPIP.format("ipv6"),
        "M.connect ~no_init:@3 ~handle_ra:@2 ?cidr:@0 ?gateway:@1 $0 $1",
        "N.V6.network None | N.V6.gateway None | N.V6.accept_router_advertisements () | N.ipv4_only ()",
    ),
    "create_ipv6 with a network and a gateway": Row(
        create_ipv6(NET, ETH, group="g", network="fd00::2/64", gateway="fd00::1"),
        "network >> ethernet >> ipv6",
        "Ipv6.Make",
        _TCPIP.format("ipv6"),
        "M.connect ~no_init:@3 ~handle_ra:@2 ?cidr:@0 ?gateway:@1 $0 $1",
        'N.V6.network ~group:"g" (Some (Ipaddr.V6.Prefix.of_string_exn "fd00::2/64")) | '
        'N.V6.gateway ~group:"g" (Some (Ipaddr.V6.of_string_exn "fd00::1")) | '
        'N.V6.accept_router_advertisements ~group:"g" () | N.ipv4_only ~group:"g" ()',
    ),
    "create_ipv4v6": Row(
        IP,
        "ipv4 >> ipv6 >> ipv4v6",
        "Tcpip_stack_direct.IPV4V6",
        _TCPIP.format("stack-direct"),
        "M.connect ~ipv4_only:@0 ~ipv6_only:@1 $0 $1",
        "N.ipv4_only () | N.ipv6_only ()",
    ),
    "direct_icmpv4": Row(direct_icmpv4(IPV4), "ipv4 >> icmpv4", "Icmpv4.Make", _TCPIP.format("icmpv4"), "M.connect $0"),
    "direct_udp": Row(direct_udp(IP), "ipv4v6 >> udpv4v6", "Udp.Make", _TCPIP.format("udp"), "M.connect $0"),
    "direct_udp over IPv4": Row(direct_udp(IPV4), "ipv4 >> udpv4", "Udp.Make", _TCPIP.format("udp"), "M.connect $0"),
    "direct_tcp": Row(direct_tcp(IP), "ipv4v6 >> tcpv4v6", "Tcp.Flow.Make", _TCPIP.format("tcp"), "M.connect $0"),
    "direct_tcp over IPv6": Row(
        direct_tcp(IPV6), "ipv6 >> tcpv6", "Tcp.Flow.Make", _TCPIP.format("tcp"), "M.connect $0"
    ),
    "direct_stackv4v6": Row(
        STACK,
        "network >> ethernet >> arpv4 >> ipv4v6 >> icmpv4 >> udpv4v6 >> tcpv4v6 >> stackv4v6",
        "Tcpip_stack_direct.MakeV4V6",
        _TCPIP.format("stack-direct"),
        "M.connect $0 $1 $2 $3 $4 $5 $6",
    ),
    "socket_stackv4v6": Row(
        socket_stackv4v6(),
        "stackv4v6",
        "Tcpip_stack_socket.V4V6",
        _TCPIP.format("stack-socket"),
        "M.connect $0 $1",
        deps="Udpv4v6_socket Tcpv4v6_socket",
        targets=FAMILIES["unix"],
    ),
    "generic_stackv4v6": Row(
        generic_stackv4v6(NET),
        "network >> ethernet >> arpv4 >> ipv4v6 >> icmpv4 >> udpv4v6 >> tcpv4v6 >> stackv4v6",
        "Tcpip_stack_direct.MakeV4V6",
        _TCPIP.format("stack-direct"),
        "M.connect $0 $1 $2 $3 $4 $5 $6",
    ),
    "generic_stackv4v6_with_lease": Row(
        generic_stackv4v6_with_lease(NET)[1],
        {"qubes": "lease", "else": "dhcp_ipv4 >> lease"},
        {"qubes": "Lwt", "else": "Dhcp_ipv4.Proj_lease"},
        {"qubes": "", "else": _CLIENT},
        {"qubes": "Lwt.return None", "else": "M.connect $0"},
    ),
    "tcpv4v6_of_stackv4v6": Row(
        TCP,
        "stackv4v6 >> tcpv4v6",
        "Tcpip_stack_direct.TCPV4V6",
        _TCPIP.format("stack-direct"),
        "M.connect $0",
    ),
    # Names.
    "resolver_dns": Row(
        resolver_dns(STACK, ns=["tls:9.9.9.9", "1.1.1.1"]),
        "stackv4v6 >> resolver",
        "Resolver_mirage.Make",
        "conduit-mirage(8.0.0..9.0.0)",
        "let nameservers = @0 in M.v ?nameservers $0 >|= function Ok r -> r | Error (`Msg e) -> invalid_arg e",
        'N.resolver ~default:["tls:9.9.9.9"; "1.1.1.1"] ()',
    ),
    "resolver_dns dhcp": Row(
        resolver_dns(STACK, dhcp=(make_dhcp_requests(), no_lease)),
        "stackv4v6 >> resolver",
        "Resolver_mirage.Make",
        "conduit-mirage(8.0.0..9.0.0) charrua(2.0.0..4.0.0)",
        _SERVERS.format("@0", "$1") + "M.v ?nameservers $0 >|= function Ok r -> r | Error (`Msg e) -> invalid_arg e",
        "N.resolver ()",
        deps="Lwt",
    ),
    "resolver_unix_system": Row(
        resolver_unix_system,
        "resolver",
        "Resolver_lwt",
        "conduit-mirage(8.0.0..9.0.0) conduit-lwt-unix(8.0.0..9.0.0)",
        "Lwt.return Resolver_lwt_unix.system",
        targets=FAMILIES["unix"],
    ),
    "generic_happy_eyeballs": Row(
        generic_happy_eyeballs(STACK, group="g", aaaa_timeout=1, resolve_retries=2),
        "stackv4v6 >> happy_eyeballs",
        "Happy_eyeballs_mirage.Make",
        "happy-eyeballs-mirage(2.0.0..3.0.0)",
        "M.connect_device ?aaaa_timeout:@0 ?connect_delay:@1 ?connect_timeout:@2 ?resolve_timeout:@3 ?resolve_retries:@4 "
        "?timer_interval:@5 $0",
        'N.he_aaaa_timeout ~group:"g" (Some 1L) | N.he_connect_delay ~group:"g" None | N.he_connect_timeout ~group:"g" None | '
        'N.he_resolve_timeout ~group:"g" None | N.he_resolve_retries ~group:"g" (Some 2) | N.he_timer_interval ~group:"g" None',
    ),
    "generic_dns_client": Row(
        generic_dns_client(STACK, HE, timeout=7, nameservers=["tcp:1.1.1.1"], cache_size=8),
        "stackv4v6 >> happy_eyeballs >> dns_client",
        "Dns_client_mirage.Make",
        "dns-client-mirage(10.0.0..11.0.0)",
        "let nameservers = @0 in M.connect ?nameservers ?timeout:@1 ?cache_size:@2 ($0, $1)",
        'N.dns_servers (Some ["tcp:1.1.1.1"]) | N.dns_timeout (Some 7L) | N.dns_cache_size (Some 8)',
    ),
    "generic_dns_client dhcp": Row(
        generic_dns_client(STACK, HE, dhcp=(make_dhcp_requests(), no_lease)),
        "stackv4v6 >> happy_eyeballs >> dns_client",
        "Dns_client_mirage.Make",
        "dns-client-mirage(10.0.0..11.0.0) charrua(2.0.0..4.0.0)",
        _SERVERS.format("@0", "$2") + "M.connect ?nameservers ?timeout:@1 ?cache_size:@2 ($0, $1)",
        "N.dns_servers None | N.dns_timeout None | N.dns_cache_size None",
        deps="Lwt",
    ),
    # HTTP and git.
    "conduit_direct": Row(
        conduit_direct(STACK),
        "stackv4v6 >> conduit",
        "Conduit_mirage.TCP",
        "conduit-mirage(8.0.0..9.0.0)",
        "Lwt.return $0",
    ),
    "conduit_direct tls": Row(
        conduit_direct(STACK, tls=True),
        "conduit >> conduit",
        "Conduit_mirage.TLS",
        "conduit-mirage(8.0.0..9.0.0) tls-mirage(2.0.0..3.0.0)",
        "Lwt.return $0",
    ),
    "cohttp_server": Row(
        cohttp_server(conduit_direct(STACK)),
        "conduit >> http",
        "Cohttp_mirage.Server.Make",
        "cohttp-mirage(6.1.0..7.0.0)",
        "Lwt.return (M.listen $0)",
    ),
    "cohttp_client": Row(
        cohttp_client(resolver_dns(STACK), conduit_direct(STACK)),
        "resolver >> conduit >> http_client",
        "Cohttp_mirage.Client.Make",
        "cohttp-mirage(6.1.0..7.0.0)",
        "Lwt.return (M.ctx $0 $1)",
    ),
    "httpaf_server": Row(
        httpaf_server(conduit_direct(STACK)),
        "http",
        "Httpaf_mirage.Server_with_conduit",
        "httpaf-mirage()",
        "Lwt.return (M.listen $0)",
        deps="Conduit_mirage.TCP",
    ),
    "paf_server": Row(
        paf_server(TCP, port=PORT),
        "tcpv4v6 >> http_server",
        "Paf_mirage.Make",
        "paf[paf.mirage](0.8.0..0.9.0)",
        "M.init ~port:@0 $0",
        "Unikernel.port",
    ),
    "paf_client": Row(
        paf_client(TCP, MIMIC),
        "tcpv4v6 >> mimic >> alpn_client",
        "Http_mirage_client.Make",
        "http-mirage-client(0.0.9..0.1.0)",
        "M.connect $1",
    ),
    "mimic_happy_eyeballs": Row(
        MIMIC,
        "stackv4v6 >> happy_eyeballs >> dns_client >> mimic",
        "Mimic_happy_eyeballs.Make",
        "mimic-happy-eyeballs(0.0.9..)",
        "M.connect $1",
    ),
    "git_tcp": Row(git_tcp(TCP, MIMIC), "tcpv4v6 >> mimic >> git_client", "Git_net.TCP.Make", _GIT, "M.connect $1"),
    "git_ssh": Row(
        git_ssh(TCP, MIMIC, authenticator="SHA256:a", key="ed25519:b"),
        "tcpv4v6 >> mimic >> git_client",
        "Git_net.SSH.Make",
        _GIT,
        "M.connect $1 >>= M.with_optionnal_key ?authenticator:@2 ~key:@0 ~password:@1",
        'N.ssh_key (Some "ed25519:b") | N.ssh_password None | N.ssh_authenticator (Some "SHA256:a")',
    ),
    "git_http": Row(
        git_http(TCP, MIMIC, headers=[("A", "b"), ("C", 'd"')]),
        "tcpv4v6 >> mimic >> git_client",
        "Git_net.HTTP.Make",
        _GIT,
        "M.connect $1 >>= M.with_optional_tls_config_and_headers ?headers:@1 ?authenticator:@0",
        'N.tls_authenticator None | N.http_headers (Some [("A", "b"); ("C", "d\\"")])',
    ),
    "merge_git_clients": Row(
        merge_git_clients(git_tcp(TCP, MIMIC), git_ssh(TCP, MIMIC)),
        "git_client >> git_client >> git_client",
        "Mimic.Merge",
        "mimic()",
        "Lwt.return (Mimic.merge $0 $1)",
    ),
    # Logs, and Qubes.
    "syslog_udp": Row(
        syslog_udp(STACK),
        "stackv4v6 >> syslog",
        "Logs_syslog_mirage.Udp",
        _SYSLOG,
        _NO_SERVER
        + " | Some server -> Logs.set_reporter (M.create $0 ~hostname:(Mirage_runtime.name ()) ~port:@1 server "
        "?truncate:@2 ()); Lwt.return_unit",
        "N.syslog None | N.syslog_port None | N.syslog_truncate None",
    ),
    "syslog_tcp": Row(
        syslog_tcp(STACK, group="g"),
        "stackv4v6 >> syslog",
        "Logs_syslog_mirage.Tcp",
        _SYSLOG,
        _NO_SERVER
        + " | Some server -> M.create $0 ~hostname:(Mirage_runtime.name ()) ~port:@1 server ?truncate:@2 () "
        + _CREATED,
        'N.syslog ~group:"g" None | N.syslog_port ~group:"g" None | N.syslog_truncate ~group:"g" None',
    ),
    "syslog_tls": Row(
        syslog_tls(STACK, crunch("tls")),
        "stackv4v6 >> kv_ro >> syslog",
        "Logs_syslog_mirage_tls.Tls",
        "logs-syslog[logs-syslog.mirage,logs-syslog.mirage.tls](0.5.0..0.6.0)",
        _NO_SERVER + " | Some server -> M.create $0 $1 ~hostname:(Mirage_runtime.name ()) ~port:@1 server ?truncate:@2 "
        "?keyname:@3 () " + _CREATED,
        "N.syslog None | N.syslog_port None | N.syslog_truncate None | N.syslog_keyname None",
    ),
    "monitoring": Row(
        monitoring(STACK),
        "stackv4v6 >> job",
        "Mirage_monitoring.Make",
        "mirage-monitoring(0.0.6..0.1.0)",
        'Lwt.return (match @0 with | None -> Logs.warn (fun m -> m "no monitor specified, not outputting statistics") '
        "| Some ip -> M.create ip ~hostname:(Mirage_runtime.name ()) $0)",
        "N.monitor None",
    ),
    "default_qubesdb": Row(
        default_qubesdb,
        "qubesdb",
        "Qubes.DB",
        "mirage-qubes(2.0.0..3.0.0)",
        "M.connect ~domid:0 ()",
        targets=FAMILIES["xen"],
    ),
}
