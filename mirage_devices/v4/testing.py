"""Strategies of Hypothesis for unikernels of MirageOS 4: runtime arguments, packages with a scope, modules, whole applications.

Hypothesis comes with `functoria[testing]`. `functoria.testing` has the rest: `contexts`, `check`, `terms`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

import mirage_devices.v4 as m
from functoria import App, FunctoriaError, Impl, Package
from functoria.testing import bounds, constructor, module_paths, names, recipes
from functoria.testing.made import made
from functoria.testing.terms import Constructor, Recipe
from functoria.types import Type, functor
from mirage_devices.v4 import runtime_args as known
from mirage_devices.v4.runtime_args import RuntimeArg

_GROUPS: SearchStrategy[str | None] = st.sampled_from([None, "one", "two"])
_TEXTS = st.text(min_size=1, max_size=8).filter(str.isprintable)
_NETWORKS = _TEXTS.filter(lambda text: not set(text) & {"'", '"', "\\"})
"""Names of network interfaces that the files of every target can express."""
_PATHS = st.sampled_from(["htdocs", "a/b", "data dir", "it's", "%{x}"])
_NUMBERS = st.none() | st.integers(1, 2**20)
_SECONDS: SearchStrategy[int | None] = st.none() | st.integers(1, 1000)


def packages(named: SearchStrategy[str] | None = None) -> SearchStrategy[Package]:
    """Draw packages of either scope, with libraries as 4.x counts them, some for building only, some pinned with a version.

    `named` is a strategy in place of any name. The simplest is `a`, of the monorepo.
    """
    libraries: SearchStrategy[dict[str, Any]] = st.sampled_from(
        [{}, {"sublibs": ["unix"]}, {"sublibs": ["", "x"]}, {"libs": []}]
    )
    pins: SearchStrategy[dict[str, Any]] = st.sampled_from(
        [{}, {}, {"pin": "git+https://example.org/x#main"}, {"pin": "git+https://example.org/x", "pin_version": "2.0"}]
    )
    return made(
        lambda name, scope, within, build, libs, pin: m.package(
            name, scope=scope, min=within.min, max=within.max, build=build, **libs, **pin
        ),
        names() if named is None else named,
        st.sampled_from(["monorepo", "switch"]),
        bounds(),
        st.booleans(),
        libraries,
        pins,
    )


def runtime_args() -> SearchStrategy[RuntimeArg]:
    """Draw runtime arguments: terms of the unikernel's own modules, with packages or without, and those of networks.

    The latter have defaults or none, groups and sections of the manual. The simplest is `A.a`.
    """
    own = made(
        lambda module, name, brought: m.runtime_arg(f"{module}.{name}", packages=brought),
        module_paths(),
        names(),
        st.lists(packages(st.sampled_from(["duration", "fmt", "ipaddr"])).filter(_plain), max_size=1),
    )
    return own | st.one_of([_network(*each) for each in _NETWORK])


def _plain(package: Package) -> bool:
    """Whether it can be merged with every other declaration of the same package that is drawn."""
    return package.scope == "monorepo" and package.pin is None and (package.min, package.max) == (None, None)


def _network(make: Callable[..., RuntimeArg], *defaults: SearchStrategy[Any]) -> SearchStrategy[RuntimeArg]:
    docs = st.none() | st.sampled_from(["NETWORK", 'A "SECTION"'])
    return made(make, *defaults, group=_GROUPS, docs=docs)


_V4, _V6 = st.ip_addresses(v=4), st.ip_addresses(v=6)
_INTERFACES = st.sampled_from(["10.0.0.2/24", "192.168.1.5/16"])
_INTERFACES6 = st.none() | st.just("fc00::2/64")
_NETWORK: tuple[tuple[Any, ...], ...] = (
    (known.interface, _TEXTS),
    (known.ipv4_network, _INTERFACES),
    (known.ipv4_optional_network,),
    (known.ipv4_gateway, st.none() | _V4),
    (known.ipv6_network, _INTERFACES6),
    (known.ipv6_gateway, st.none() | _V6),
    (known.accept_router_advertisements,),
    (known.ipv4_only,),
    (known.ipv6_only,),
    (known.resolver, st.lists(_TEXTS, max_size=2)),
    (known.syslog, st.none() | _V4 | _V6),
    (known.syslog_port, st.none() | st.integers(1, 65535)),
    (known.syslog_truncate, _NUMBERS),
    (known.syslog_keyname, st.none() | _TEXTS),
    (known.monitor, st.none() | _V4),
    (known.dns_servers, st.none() | st.lists(st.just("udp:10.0.0.1"), max_size=2)),
    (known.dns_timeout, _SECONDS),
    (known.dns_cache_size, _NUMBERS),
    (known.he_connect_timeout, _SECONDS),
    (known.he_resolve_retries, _NUMBERS),
    (known.ssh_key, st.none() | _TEXTS),
    (known.ssh_password, st.none() | _TEXTS),
    (known.http_headers, st.none() | st.dictionaries(st.just("X-A"), _TEXTS, max_size=1)),
)
"""The arguments for networks in mirage-runtime, with defaults for those that take one."""


def modules(type: Type[Any], *, deps: Sequence[Impl[Any]] = ()) -> SearchStrategy[Any]:
    """Draw modules made by `main`, of `type`, with runtime arguments, after `deps`. The simplest has nothing but a module."""
    return made(
        lambda module, given: m.main(module, type, runtime_args=given, deps=deps),
        module_paths(),
        st.lists(runtime_args(), max_size=3),
    )


def _stack(net: Any, group: str | None, network: str) -> Any:
    return m.generic_stackv4v6(net, group=group, ipv4_network=network)


_CRUNCHED: tuple[Any, ...] = (
    constructor(m.crunch, m.kv_ro, _PATHS),
    constructor(m.direct_kv_ro, m.kv_ro, _PATHS),
    constructor(lambda path, group: m.generic_kv_ro(path, group=group), m.kv_ro, _PATHS, _GROUPS),
)
"""Constructors over a directory, which need a newer mirage-kv-mem than `kv_rw_mem`."""
_COMMON: tuple[Any, ...] = (
    m.noop,
    m.default_network,
    m.default_qubesdb,
    m.resolver_unix_system,
    constructor(lambda dev, group: m.netif(dev, group=group), m.network, _NETWORKS, _GROUPS),
    constructor(m.ethif, m.network >> m.ethernet),
    constructor(m.arp, m.ethernet >> m.arpv4),
    constructor(
        lambda net, eth, arp, g: m.ipv4_of_dhcp(net, eth, arp, group=g),
        functor([m.network, m.ethernet, m.arpv4], m.dhcp_ipv4),
        _GROUPS,
    ),
    m.dhcp_proj_ipv4,
    m.dhcp_proj_net,
    m.dhcp_proj_lease,
    m.no_lease,
    constructor(
        lambda eth, arp, g, net: m.create_ipv4(eth, arp, group=g, network=net),
        m.ethernet >> m.arpv4 >> m.ipv4,
        _GROUPS,
        _INTERFACES,
    ),
    constructor(
        lambda net, eth, g, at: m.create_ipv6(net, eth, group=g, network=at),
        m.network >> m.ethernet >> m.ipv6,
        _GROUPS,
        _INTERFACES6,
    ),
    constructor(lambda one, two, g: m.create_ipv4v6(one, two, group=g), m.ipv4 >> m.ipv6 >> m.ipv4v6, _GROUPS),
    constructor(m.ipv4_qubes, m.qubesdb >> m.ethernet >> m.arpv4 >> m.ipv4),
    constructor(m.direct_icmpv4, m.ipv4 >> m.icmpv4),
    constructor(m.direct_udp, m.ipv4v6 >> m.udpv4v6),
    constructor(lambda ip, g: m.direct_tcp(ip, group=g), m.ipv4v6 >> m.tcpv4v6, _GROUPS),
    constructor(_stack, m.network >> m.stackv4v6, _GROUPS, _INTERFACES),
    constructor(lambda net, g: m.generic_stackv4v6_with_lease(net, group=g)[1], m.network >> m.lease, _GROUPS),
    constructor(lambda g: m.socket_stackv4v6(group=g), m.stackv4v6, _GROUPS),
    constructor(m.tcpv4v6_of_stackv4v6, m.stackv4v6 >> m.tcpv4v6),
    constructor(lambda stack, tls: m.conduit_direct(stack, tls=tls), m.stackv4v6 >> m.conduit, st.booleans()),
    constructor(m.resolver_dns, m.stackv4v6 >> m.resolver),
    constructor(
        lambda stack, g, at: m.generic_happy_eyeballs(stack, group=g, connect_timeout=at),
        m.stackv4v6 >> m.happy_eyeballs,
        _GROUPS,
        _SECONDS,
    ),
    constructor(
        lambda stack, he, g, at: m.generic_dns_client(stack, he, group=g, timeout=at),
        m.stackv4v6 >> m.happy_eyeballs >> m.dns_client,
        _GROUPS,
        _SECONDS,
    ),
    constructor(m.mimic_happy_eyeballs, m.stackv4v6 >> m.happy_eyeballs >> m.dns_client >> m.mimic),
    constructor(m.git_tcp, m.tcpv4v6 >> m.mimic >> m.git_client),
    constructor(
        lambda tcp, mimic, g, key: m.git_ssh(tcp, mimic, group=g, key=key),
        m.tcpv4v6 >> m.mimic >> m.git_client,
        _GROUPS,
        st.none() | _TEXTS,
    ),
    constructor(lambda tcp, mimic, g: m.git_http(tcp, mimic, group=g), m.tcpv4v6 >> m.mimic >> m.git_client, _GROUPS),
    constructor(m.merge_git_clients, m.git_client >> m.git_client >> m.git_client),
    constructor(m.cohttp_server, m.conduit >> m.http),
    constructor(m.httpaf_server, m.conduit >> m.http),
    constructor(m.cohttp_client, m.resolver >> m.conduit >> m.http_client),
    constructor(lambda tcp, port: m.paf_server(tcp, port=port), m.tcpv4v6 >> m.http_server, runtime_args()),
    constructor(m.paf_client, m.tcpv4v6 >> m.mimic >> m.alpn_client),
    constructor(lambda stack, g: m.syslog_udp(stack, group=g), m.stackv4v6 >> m.syslog, _GROUPS),
    constructor(lambda stack, g: m.syslog_tcp(stack, group=g), m.stackv4v6 >> m.syslog, _GROUPS),
    constructor(lambda stack, kv, g: m.syslog_tls(stack, kv, group=g), m.stackv4v6 >> m.kv_ro >> m.syslog, _GROUPS),
    constructor(lambda stack, g: m.monitoring(stack, group=g), m.stackv4v6 >> m.job, _GROUPS),
    constructor(m.block_of_file, m.block, _PATHS),
    constructor(m.block_of_xenstore_id, m.block, st.sampled_from(["51712", "/dev/xvdi1"])),
    constructor(m.ramdisk, m.block, _TEXTS),
    constructor(
        lambda name, g: m.generic_block(name, group=g), m.block, st.sampled_from(["disk.img", "51712"]), _GROUPS
    ),
    constructor(
        lambda block, key, nonce: m.ccm_block(key, block, nonce_len=nonce),
        m.block >> m.block,
        runtime_args(),
        st.none() | st.integers(7, 13),
    ),
    constructor(
        lambda mode, args: m.docteur("https://example.org/x", mode=mode, analyze=args),
        m.kv_ro,
        st.sampled_from(["fast", "light"]),
        runtime_args(),
    ),
    constructor(lambda block, size: m.chamelon(block, program_block_size=size), m.block >> m.kv_rw, runtime_args()),
    constructor(m.tar_kv_ro, m.block >> m.kv_ro),
    constructor(m.tar_kv_rw, m.block >> m.kv_rw),
    constructor(m.fat_ro, m.block >> m.kv_ro),
    constructor(m.direct_kv_rw, m.kv_rw, _PATHS),
)
CATALOGUE: tuple[Impl[Any] | Constructor, ...] = (*_COMMON, *_CRUNCHED)
"""The devices of MirageOS 4.11, and its functions that make them, with the signatures that they have: for `terms`.

`kv_rw_mem` is left out: its bounds exclude those of `crunch`, so that no unikernel has both.
"""
IN_MEMORY: tuple[Impl[Any] | Constructor, ...] = (*_COMMON, constructor(m.kv_rw_mem, m.kv_rw))
"""The same with `kv_rw_mem`, and without constructors over a directory."""
TYPES: tuple[Type[Any], ...] = (
    m.network, m.ethernet, m.arpv4, m.ipv4, m.ipv6, m.ipv4v6, m.dhcp_ipv4, m.lease, m.icmpv4, m.udpv4v6, m.tcpv4v6,
    m.stackv4v6, m.conduit, m.resolver, m.happy_eyeballs, m.dns_client, m.mimic, m.git_client, m.http, m.http_client,
    m.http_server, m.alpn_client, m.syslog, m.block, m.kv_ro, m.kv_rw, m.qubesdb, m.job,
)  # fmt: skip
"""The types of which the catalogue makes something."""
_RANDOMS = [m.default_random, m.no_random]


@st.composite
def unikernels(draw: st.DrawFn) -> Recipe:
    """Draw jobs: modules over up to three devices of any types, with dependencies and runtime arguments."""
    known = draw(st.sampled_from([CATALOGUE, IN_MEMORY]))
    types = [type for type in TYPES if type is not m.kv_ro or known is CATALOGUE]
    wanted = draw(st.lists(st.sampled_from(types), max_size=3))
    after = draw(st.lists(st.sampled_from(types), max_size=1))
    parts = tuple(draw(recipes(known, type, depth=2)) for type in (*wanted, *after))
    module, given = draw(module_paths()), draw(st.lists(runtime_args(), max_size=3))
    brought = draw(st.lists(packages(), unique_by=lambda package: package.name, max_size=2))

    def make(*made: Any) -> Any:
        arguments, deps = made[: len(wanted)], made[len(wanted) :]
        signature: Any = m.job
        for type in reversed(wanted):
            signature = type >> signature
        job: Any = m.main(module, signature, packages=brought, runtime_args=given, deps=deps)
        for argument in arguments:
            job = job @ argument
        return job

    return Recipe(make, parts)


def applications() -> SearchStrategy[App]:
    """Draw unikernels of MirageOS 4.11 that some target supports, with arguments of `register`. The simplest is called `a`."""
    return _applications().filter(_somewhere)


@st.composite
def _applications(draw: st.DrawFn) -> App:
    name = draw(names() | st.sampled_from(["hello-world", "a.b", "9p"]))
    chosen: dict[str, Any] = {
        "argv": draw(st.sampled_from([m.default_argv, m.no_argv])),
        "reporter": draw(st.sampled_from([None, m.no_reporter, m.default_reporter(level=None)])),
        "sleep": draw(st.sampled_from([m.default_sleep, m.no_sleep])),
        "ptime": draw(st.sampled_from([m.default_ptime, m.no_ptime, m.mock_ptime])),
        "mtime": draw(st.sampled_from([m.default_mtime, m.no_mtime, m.mock_mtime])),
        "random": draw(st.sampled_from(_RANDOMS)),
    }
    job: Any = draw(unikernels()).build()
    return m.register(name, [job], src=None, **chosen)


def _somewhere(app: App) -> bool:
    """Whether it can be planned for any target."""
    for target in m.TARGETS:
        with suppress(FunctoriaError):
            app.plan(target=target)
            return True
    return False


st.register_type_strategy(RuntimeArg, runtime_args())
