"""Every constructor of MirageOS's devices, by type, and random unikernels that use them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

import mirage_devices as m
from functoria import App, foreign, functor, job
from functoria.testing import Recipe, common_keys, constructor, module_paths, recipes
from functoria.types import Type

groups: SearchStrategy[str | None] = st.sampled_from([None, "one", "two"])
paths = st.sampled_from([".", "t", "data dir", "päth", "it's", 'a"b', "a/b", "%{x}", "$HOME"])
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\n\r"), max_size=8)
addresses = st.ip_addresses(v=4)
ports = st.none() | st.integers(1, 65535)
lengths = st.none() | st.integers(0, 65535)
# Keys with the same name must be the same key, so the defaults depend on the group: None stands for MirageOS's own.
v4 = {None: None, "one": m.ipv4_config("10.0.0.3/24", "10.0.0.1"), "two": m.ipv4_config("192.168.0.9/16")}
v6 = {"six": m.ipv6_config(["fe80::2"]), "other": m.ipv6_config(["fc00::2"], ["fc00::/64"], ["fc00::1"])}
bound = {None: None, "one": "10.0.0.3", "two": None}
logs = st.builds(lambda truncate: m.syslog_config('host "1"', 514, truncate, "10.0.0.4"), lengths)
arps = st.sampled_from([m.arp, m.farp])


def _stack(make: Any) -> Any:
    """Return a function that makes a stack over an interface with `make`, which takes its ARP as a keyword argument."""
    return lambda net, group, arp: make(net, group, arp=arp)


def _static(net: Any, group: str | None, arp: Any) -> Any:
    return m.static_ipv4_stack(net, group, v4[group], arp)


CATALOGUE: list[Any] = [
    m.default_time,
    m.default_posix_clock,
    m.default_monotonic_clock,
    m.stdlib_random,
    m.nocrypto_random,
    m.default_random,
    m.nocrypto,
    m.noop,
    m.app_info,
    m.argv_unix,
    m.argv_xen,
    m.argv_solo5,
    m.no_argv,
    m.default_argv,
    m.default_console,
    constructor(m.custom_console, m.console, texts.filter(bool)),
    constructor(lambda clock, size, level: m.default_reporter(clock, size, level), m.pclock >> m.reporter,
                st.none() | st.integers(1, 99), st.sampled_from(["info", "debug", "Error"])),
    constructor(lambda stack, con, clock, conf: m.syslog_udp(stack, conf, con, clock),
                m.stackv4 >> m.console >> m.pclock >> m.syslog, logs),
    constructor(lambda stack, con, clock, conf: m.syslog_tcp(stack, conf, con, clock),
                m.stackv4 >> m.console >> m.pclock >> m.syslog, logs),
    constructor(lambda stack, kv, con, clock, key, conf: m.syslog_tls(stack, kv, key, conf, con, clock),
                m.stackv4 >> m.kv_ro >> m.console >> m.pclock >> m.syslog, st.none() | texts, logs),
    constructor(m.crunch, m.kv_ro, paths),
    constructor(m.direct_kv_ro, m.kv_ro, paths),
    constructor(m.archive, m.block >> m.kv_ro),
    constructor(m.archive_of_files, m.kv_ro, paths),
    constructor(m.generic_kv_ro, m.kv_ro, paths, groups),
    constructor(m.kv_ro_of_fs, m.fs >> m.kv_ro),
    constructor(m.fat, m.block >> m.fs),
    constructor(m.fat_of_files, m.fs, paths, st.sampled_from(["*", "*.html", "[ab]?"])),
    constructor(m.block_of_file, m.block, paths),
    constructor(m.block_of_xenstore_id, m.block, st.sampled_from(["51712", "/dev/xvdi1", "xvdb"])),
    constructor(m.ramdisk, m.block, texts),
    constructor(m.generic_block, m.block, st.sampled_from(["disk.img", "51712"]), groups),
    m.default_network,
    constructor(lambda group: m.netif(f"tap {group}", group), m.network, groups.filter(bool)),
    constructor(m.etif, m.network >> m.ethernet),
    constructor(m.arp, m.ethernet >> m.mclock >> m.time >> m.arpv4),
    constructor(m.farp, m.ethernet >> m.mclock >> m.time >> m.arpv4),
    constructor(lambda eth, arp, rnd, clock, group: m.create_ipv4(eth, arp, group, v4[group], rnd, clock),
                m.ethernet >> m.arpv4 >> m.random >> m.mclock >> m.ipv4, groups),
    constructor(m.ipv4_qubes, m.qubesdb >> m.ethernet >> m.arpv4 >> m.random >> m.mclock >> m.ipv4),
    constructor(lambda eth, rnd, time, clock, group: m.create_ipv6(eth, v6[group], group, rnd, time, clock),
                m.ethernet >> m.random >> m.time >> m.mclock >> m.ipv6, st.sampled_from(["six", "other"])),
    constructor(m.direct_icmpv4, m.ipv4 >> m.icmpv4),
    constructor(m.direct_udp, m.ipv4 >> m.random >> m.udpv4),
    constructor(m.direct_udp, m.ipv6 >> m.random >> m.udpv6),
    constructor(m.direct_tcp, m.ipv4 >> m.mclock >> m.random >> m.time >> m.tcpv4),
    constructor(m.direct_tcp, m.ipv6 >> m.mclock >> m.random >> m.time >> m.tcpv6),
    constructor(lambda group: m.socket_udpv4(bound[group], group), m.udpv4, groups),
    constructor(lambda group: m.socket_tcpv4(bound[group], group), m.tcpv4, groups),
    constructor(m.direct_stackv4, functor([m.network, m.ethernet, m.arpv4, m.ipv4, m.mclock, m.random, m.time], m.stackv4)),
    constructor(lambda group: m.socket_stackv4(["0.0.0.0"], group), m.stackv4, groups),
    constructor(_static, m.network >> m.stackv4, groups, arps),
    constructor(_stack(m.dhcp_ipv4_stack), m.network >> m.stackv4, groups, arps),
    constructor(_stack(m.qubes_ipv4_stack), m.network >> m.stackv4, groups, arps),
    constructor(lambda net, group: m.generic_stackv4(net, group, v4[group]), m.network >> m.stackv4, groups),
    m.tcp_conduit_connector,
    m.tls_conduit_connector,
    constructor(m.conduit_direct, m.stackv4 >> m.conduit, st.booleans()),
    constructor(lambda stack, time, ns, port: m.resolver_dns(stack, ns, port, time),
                m.stackv4 >> m.time >> m.resolver, st.none() | addresses, ports),
    m.resolver_unix_system,
    constructor(m.http_server, m.conduit >> m.http),
    m.default_qubesdb,
]  # fmt: skip
"""The devices of `mirage_devices`, and the functions that make devices, with their signatures."""

TYPES: list[Type[Any]] = [
    m.time, m.pclock, m.mclock, m.random, m.console, m.kv_ro, m.fs, m.block, m.network, m.ethernet, m.arpv4, m.ipv4,
    m.ipv6, m.icmpv4, m.udpv4, m.udpv6, m.tcpv4, m.tcpv6, m.stackv4, m.conduit_connector, m.conduit, m.resolver, m.http,
    m.syslog, m.qubesdb, m.info, m.job,
]  # fmt: skip
"""The types that the catalogue has devices of, except `argv`, which the unikernel adds itself."""


@st.composite
def unikernels(draw: st.DrawFn) -> Recipe:
    """The parts of a unikernel: a main module over up to four devices of any types, with keys and dependencies."""
    wanted = draw(st.lists(st.sampled_from(TYPES), min_size=1, max_size=4))
    deps = draw(st.lists(st.sampled_from(TYPES), max_size=1))
    parts = tuple(draw(recipes(CATALOGUE, type, depth=2)) for type in (*wanted, *deps))
    module, keys = draw(module_paths()), draw(st.lists(st.sampled_from(common_keys()), unique=True, max_size=3))

    def main(*made: Any) -> Any:
        arguments, after = made[: len(wanted)], made[len(wanted) :]
        applied: Any = foreign(f"Unikernel.{module}", functor(wanted, job), keys=keys, deps=after)
        for argument in arguments:
            applied = applied @ argument
        return applied

    return Recipe(main, parts)


@st.composite
def applications(draw: st.DrawFn) -> App:
    """Random unikernels, registered under a name, with a reporter or without, and sometimes with tracing."""
    name = draw(st.sampled_from(["x", "hello-world", "btc-piñata", "a.b"]))
    reporter = draw(st.sampled_from([None, m.no_reporter]))
    tracing = draw(st.sampled_from([None, None, None, m.mprof_trace(100)]))
    argv = draw(st.sampled_from([m.default_argv, m.no_argv]))
    made: Any = draw(unikernels()).build()
    return m.register(name, [made], reporter=reporter, tracing=tracing, argv=argv)
