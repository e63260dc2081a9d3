"""Programs over 4.11's catalogue that type checkers accept, with the exact types that they infer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_type

from functoria import App, Argv, Impl, Info, Job, Key, Package, Type, Value, staged_pps, stanzas
from mirage_devices.v4 import (
    AlpnClient,
    Arpv4,
    Block,
    Conduit,
    Device,
    DhcpIpv4,
    DhcpRequests,
    DnsClient,
    Ethernet,
    GitClient,
    HappyEyeballs,
    Http,
    HttpClient,
    HttpServer,
    Icmpv4,
    Install,
    Ipv4,
    Ipv4v6,
    Ipv6,
    KvRo,
    KvRw,
    Lease,
    Mimic,
    Mtime,
    Network,
    Ptime,
    Qubesdb,
    Random,
    Reporter,
    Resolver,
    RuntimeArg,
    Sleep,
    Stackv4v6,
    Syslog,
    Tcpv4,
    Tcpv4v6,
    Udpv4v6,
    Udpv6,
    arp,
    block,
    block_of_file,
    ccm_block,
    chamelon,
    cohttp_client,
    cohttp_server,
    conduit_direct,
    create_ipv4,
    create_ipv4v6,
    create_ipv6,
    crunch,
    default_argv,
    default_mtime,
    default_network,
    default_ptime,
    default_qubesdb,
    default_random,
    default_reporter,
    default_sleep,
    dhcp_proj_ipv4,
    dhcp_proj_lease,
    dhcp_proj_net,
    direct_icmpv4,
    direct_kv_rw,
    direct_stackv4v6,
    direct_tcp,
    direct_udp,
    docteur,
    ethif,
    fat_ro,
    generic_block,
    generic_dns_client,
    generic_happy_eyeballs,
    generic_kv_ro,
    generic_stackv4v6,
    generic_stackv4v6_with_lease,
    git_client,
    git_http,
    git_ssh,
    git_tcp,
    http_server,
    httpaf_server,
    if_impl,
    ipv4,
    ipv4_of_dhcp,
    ipv4_qubes,
    ipv6,
    is_solo5,
    is_unix,
    job,
    keys,
    kv_ro,
    kv_rw,
    main,
    make_dhcp_requests,
    match_impl,
    merge_git_clients,
    mimic_happy_eyeballs,
    mock_ptime,
    monitoring,
    netif,
    network,
    no_lease,
    noop,
    package,
    paf_client,
    paf_server,
    ramdisk,
    register,
    resolver_dns,
    runtime_arg,
    runtime_args,
    stackv4v6,
    syslog_tls,
    syslog_udp,
    tar_kv_ro,
    tar_kv_rw,
    target,
    tcp,
    tcpv4v6_of_stackv4v6,
    udp,
)

# Signatures, and modules of the unikernel's own.
assert_type(network, Type[Network])
assert_type(network >> block >> job, Type[Network, Block, Job])
assert_type(udp(ipv6) >> tcp(ipv4) >> job, Type[Udpv6, Tcpv4, Job])
unikernel = main("Unikernel.Main", network >> block >> job)
assert_type(unikernel, Impl[Network, Block, Job])
assert_type(unikernel @ default_network, Impl[Block, Job])
assert_type(unikernel @ default_network @ ramdisk("x"), Impl[Job])
assert_type(unikernel(netif("tap0", group="g"), generic_block("x")), Impl[Job])
assert_type(main("Unikernel", job), Impl[Job])

# Runtime arguments, keys and packages.
port = runtime_arg("Unikernel.port", packages=[package("duration")])
assert_type(port, RuntimeArg)
assert_type(runtime_args.ipv4_network("10.0.0.2/24", group="g", docs="NETWORK"), RuntimeArg)
assert_type(runtime_args.he_aaaa_timeout(1), RuntimeArg)
assert_type(keys.net(group="g"), Key[str | None])
assert_type(keys.no_dhcp(), Key[bool])
assert_type(target, Key[str])
assert_type(is_solo5, Value[bool])
extra: Value[Sequence[Package]] = is_unix.if_([package("a", sublibs=["", "b"])], [package("c", scope="switch")])
told = main(
    "Unikernel.Main", job, packages=extra, runtime_args=[port], deps=[noop, default_network], local_libs=["mine"]
)

# Networks.
eth = ethif(default_network)
assert_type(eth, Impl[Ethernet])
assert_type(arp(eth), Impl[Arpv4])
v4, v6 = create_ipv4(eth, arp(eth), network="10.0.0.2/24", gateway=None), create_ipv6(default_network, eth)
both = create_ipv4v6(v4, v6)
assert_type((v4, v6, both), tuple[Impl[Ipv4], Impl[Ipv6], Impl[Ipv4v6]])
assert_type(direct_icmpv4(v4), Impl[Icmpv4])
assert_type(direct_udp(v6), Impl[Udpv6])
assert_type(direct_udp(both), Impl[Udpv4v6])
assert_type(direct_tcp(v4, group="g"), Impl[Tcpv4])
assert_type(direct_tcp(both), Impl[Tcpv4v6])
client = ipv4_of_dhcp(default_network, eth, arp(eth), dhcp_requests=make_dhcp_requests([119]))
assert_type(client, Impl[DhcpIpv4])
assert_type(dhcp_proj_net @ client, Impl[Network])
assert_type(dhcp_proj_ipv4 @ client, Impl[Ipv4])
assert_type(dhcp_proj_lease @ client, Impl[Lease])
assert_type(ipv4_qubes(default_qubesdb, eth, arp(eth)), Impl[Ipv4])
assert_type(direct_stackv4v6(default_network, eth, arp(eth), v4, v6), Impl[Stackv4v6])
stack, lease = generic_stackv4v6_with_lease(default_network, dhcp_requests=make_dhcp_requests())
assert_type(stack, Impl[Stackv4v6])
assert_type(lease, Impl[Lease])
assert_type(generic_stackv4v6(default_network, group="g", ipv6_gateway="fd00::1"), Impl[Stackv4v6])
assert_type(tcpv4v6_of_stackv4v6(stack), Impl[Tcpv4v6])

# Names, HTTP, git, logs.
he = generic_happy_eyeballs(stack, resolve_retries=3)
assert_type(he, Impl[HappyEyeballs])
dns = generic_dns_client(stack, he, dhcp=(make_dhcp_requests(), lease))
assert_type(dns, Impl[DnsClient])
assert_type(resolver_dns(stack, ns=["tls:9.9.9.9"], dhcp=(DhcpRequests(), no_lease)), Impl[Resolver])
assert_type(conduit_direct(stack, tls=True), Impl[Conduit])
assert_type(cohttp_server(conduit_direct(stack)), Impl[Http])
assert_type(httpaf_server(conduit_direct(stack)), Impl[Http])
assert_type(cohttp_client(resolver_dns(stack), conduit_direct(stack)), Impl[HttpClient])
over = tcpv4v6_of_stackv4v6(stack)
mimic = mimic_happy_eyeballs(stack, he, dns)
assert_type(mimic, Impl[Mimic])
assert_type(paf_server(over, port=port), Impl[HttpServer])
assert_type(paf_client(over, mimic), Impl[AlpnClient])
clients = merge_git_clients(git_tcp(over, mimic), git_ssh(over, mimic, key="ed25519:x"))
assert_type(merge_git_clients(clients, git_http(over, mimic, headers={"A": "b"})), Impl[GitClient])
assert_type(main("Unikernel.Main", git_client >> http_server >> job) @ clients, Impl[HttpServer, Job])
assert_type(syslog_tls(stack, crunch("tls"), group="g"), Impl[Syslog])
assert_type(monitoring(stack), Impl[Job])

# Stores and disks.
assert_type(generic_kv_ro("htdocs", key=keys.kv_ro(group="web").value), Impl[KvRo])
assert_type(tar_kv_ro(block_of_file("x.tar")), Impl[KvRo])
assert_type(fat_ro(ramdisk("x")), Impl[KvRo])
assert_type(direct_kv_rw("rw"), Impl[KvRw])
assert_type(tar_kv_rw(ccm_block(port, ramdisk("x"), nonce_len=8)), Impl[KvRw])
assert_type(chamelon(ramdisk("x"), program_block_size=port), Impl[KvRw])
assert_type(docteur("relativize://assets", mode="light", analyze=port), Impl[KvRo])
assert_type(if_impl(is_unix, block_of_file("a"), ramdisk("b")), Impl[Block])
assert_type(match_impl(target.value, {"hvt": crunch("a")}, default=fat_ro(ramdisk("b"))), Impl[KvRo])

# The arguments of register, each of its own kind.
assert_type(default_argv, Impl[Argv])
assert_type(default_reporter(level=None), Impl[Reporter])
assert_type(default_sleep, Impl[Sleep])
assert_type(default_ptime, Impl[Ptime])
assert_type(default_mtime, Impl[Mtime])
assert_type(default_random, Impl[Random])
assert_type(default_qubesdb, Impl[Qubesdb])
app = register("x", [unikernel(default_network, ramdisk("x")), told], ptime=mock_ptime, src=None)
assert_type(app, App)


class Store(Device[Stackv4v6, KvRo, KvRw]):
    """A custom device."""

    type = stackv4v6 >> kv_ro >> kv_rw
    module = "Store.Make"
    runtime_args = (port,)
    own_packages = (package("store"),)
    deps = (syslog_udp(stack),)

    def install(self, info: Info) -> Install:
        return Install(etc=("store.conf",))


assert_type(Store() @ stack @ crunch("x"), Impl[KvRw])

# How a unikernel's own modules are built.
built = main(
    "Unikernel", job, local_libs=["own"], modules=["A"], preprocess=["lwt_ppx"], stanzas=["(x)", ("y", ("z",))]
)
assert_type(built, Impl[Job])
assert_type(stanzas("(x)", sources=["data/"]), Impl[Job])
assert_type(register("built", [built], preprocess=staged_pps("a"), modules=[], stanzas=[]), App)
