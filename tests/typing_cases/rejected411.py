"""Mistakes with 4.11's catalogue that type checkers find: one in each line that ends with the mark."""

from __future__ import annotations

from functoria import Impl, Job, Type
from mirage_devices.v4 import (
    Block,
    Network,
    Tcpv4v6,
    arp,
    block,
    block_of_file,
    ccm_block,
    chamelon,
    cohttp_server,
    conduit_direct,
    create_ipv4,
    create_ipv4v6,
    create_ipv6,
    crunch,
    default_mtime,
    default_network,
    default_ptime,
    default_qubesdb,
    default_random,
    default_reporter,
    default_sleep,
    dhcp_proj_ipv4,
    dhcp_proj_net,
    direct_icmpv4,
    direct_stackv4v6,
    direct_tcp,
    direct_udp,
    docteur,
    ethif,
    generic_dns_client,
    generic_happy_eyeballs,
    generic_kv_ro,
    generic_stackv4v6,
    generic_stackv4v6_with_lease,
    git_ssh,
    git_tcp,
    if_impl,
    ipv4,
    is_unix,
    job,
    keys,
    kv_ro,
    kv_rw,
    kv_rw_mem,
    main,
    make_dhcp_requests,
    merge_git_clients,
    mimic_happy_eyeballs,
    monitoring,
    netif,
    network,
    noop,
    package,
    paf_server,
    ramdisk,
    register,
    resolver_dns,
    runtime_arg,
    runtime_args,
    stackv4v6,
    syslog_tls,
    tar_kv_ro,
    tar_kv_rw,
    target,
    tcp,
    tcpv4v6,
    tcpv4v6_of_stackv4v6,
    udp,
    udpv4v6,
)

unikernel = main("Unikernel.Main", network >> block >> job)
port = runtime_arg("Unikernel.port")
net, disk = default_network, ramdisk("x")
eth = ethif(net)
v4, v6 = create_ipv4(eth, arp(eth)), create_ipv6(net, eth)
both = create_ipv4v6(v4, v6)
stack, lease = generic_stackv4v6_with_lease(net)
he = generic_happy_eyeballs(stack)
dns = generic_dns_client(stack, he)
over = tcpv4v6_of_stackv4v6(stack)
connections = mimic_happy_eyeballs(stack, he, dns)

# Arguments: a wrong one, in the wrong order, one too many.
unikernel @ disk  # E
unikernel @ net @ net  # E
unikernel @ disk @ net  # E
unikernel(net, disk, disk)  # E
unikernel @ network  # E
unikernel @ port  # E
wrong: Impl[Job] = unikernel @ net  # E
wrong_type: Type[Network, Job] = network >> block >> job  # E

# main: types, runtime arguments, packages, dependencies and libraries must be of the right kind.
main("Unikernel.Main", "job")  # E
main("Unikernel.Main", job, runtime_args=["Unikernel.hello"])  # E
main("Unikernel.Main", job, runtime_args=[keys.net()])  # E
main("Unikernel.Main", job, packages=["lwt"])  # E
main("Unikernel.Main", job, deps=[network])  # E
main("Unikernel.Main", job, local_libs=[3])  # E
main("Unikernel.Main", job, keys=[keys.net()])  # E
package("x", scope="elsewhere")  # E
package("x", ocamlfind=["x"])  # E
runtime_arg(3)  # E
runtime_args.ipv4_network()  # E
runtime_args.dns_timeout("soon", group=3)  # E
runtime_args.http_headers(3)  # E

# Networks: which layer is over which.
ethif(eth)  # E
arp(net)  # E
create_ipv4(net, arp(eth))  # E
create_ipv4(eth, arp(eth), network=24)  # E
create_ipv4v6(v6, v4)  # E
direct_icmpv4(v6)  # E
direct_udp(eth)  # E
udp(network)  # E
tcp(ipv4)(v4)  # E
of_both: Impl[Tcpv4v6] = direct_tcp(v4)  # E
main("Unikernel.Main", udpv4v6 >> job) @ direct_udp(v4)  # E
main("Unikernel.Main", tcpv4v6 >> job) @ direct_tcp(v6)  # E
dhcp_proj_net @ net  # E
given: Impl[Network] = dhcp_proj_ipv4  # E
direct_stackv4v6(net, eth, arp(eth), v6, v4)  # E
generic_stackv4v6(net, dhcp=True)  # E
generic_stackv4v6(net, group=3)  # E
generic_stackv4v6_with_lease(net, dhcp_requests=[6])  # E
stack @ net  # E
monitoring(net)  # E

# Names, HTTP and git.
generic_happy_eyeballs(stack, aaaa_timeout="1s")  # E
generic_dns_client(stack, dns)  # E
generic_dns_client(stack, he, dhcp=lease)  # E
generic_dns_client(stack, he, dhcp=(lease, make_dhcp_requests()))  # E
resolver_dns(stack, ns=9)  # E
cohttp_server(stack)  # E
conduit_direct(over)  # E
paf_server(over, port=80)  # E
paf_server(over)  # E
git_tcp(connections, over)  # E
git_ssh(over, connections, key=b"x")  # E
merge_git_clients(git_tcp(over, connections), over)  # E
syslog_tls(stack, kv_rw_mem())  # E

# Stores and disks.
generic_kv_ro("htdocs", key=keys.kv_ro())  # E
generic_kv_ro("htdocs", key="crunch")  # E
ccm_block("key", disk)  # E
chamelon(disk)  # E
docteur("x", mode="slow")  # E
docteur("x", name="disk")  # E
main("Unikernel.Main", kv_rw >> job) @ tar_kv_ro(disk)  # E
main("Unikernel.Main", kv_ro >> job) @ tar_kv_rw(disk)  # E
if_impl(is_unix, block_of_file("x"), crunch("x"))  # E
if_impl(target, block_of_file("x"), disk)  # E

# register: jobs, and every argument in its own place.
register("x", [net], src=None)  # E
register("x", noop, src=None)  # E
register("x", [noop], sleep=default_ptime)  # E
register("x", [noop], ptime=default_mtime)  # E
register("x", [noop], mtime=default_sleep)  # E
register("x", [noop], random=default_qubesdb)  # E
register("x", [noop], reporter=default_reporter)  # E
register("x", [noop], reporter=noop)  # E
register("x", [noop], argv=default_random)  # E
main("Unikernel.Main", stackv4v6 >> job) @ netif("x")  # E
labelled: Impl[Block] = netif("x")  # E
