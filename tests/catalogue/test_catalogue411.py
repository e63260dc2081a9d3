"""The catalogue of MirageOS 4.11, row by row, in plans of small applications on every target."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mirage_devices.v4 as m
from functoria import Impl, Key, Node, Package, Plan, Type, Unsupported, Value, arg, quote
from functoria.errors import DeviceError, InvalidName, InvalidPackage, InvalidValue, TypeMismatch
from tests.catalogue_rows411 import ALL, ETH, FAMILY, IPV4, IPV6, NET, ROWS, STACK, on

NETWORK = "Mirage_runtime_network."


def plan_of(*impls: Impl[Any], context: dict[str, Any] | None = None, deps: list[Any] | None = None) -> Plan:
    """Return the plan of a unikernel whose only job takes `impls`, and depends on `deps`."""
    signature: Any = m.job
    for impl in reversed(impls):
        signature = impl.signature >> signature
    main: Any = m.main("Unikernel.Main", signature, deps=deps or [])
    return m.register("small", [main(*impls)], src=None).plan(context)


def argument(plan: Plan, position: int = 0) -> Node:
    """Return the node of the implementation that the job got at this position."""
    return next(node for node in plan.devices if node.module == "Unikernel.Main").arguments[position]


def modules(plan: Plan) -> list[str]:
    """Return the modules of the plan, in order of initialisation."""
    return [node.module for node in plan.devices]


def shown(wanted: Package) -> str:
    """Return a package in the form of the rows."""
    libraries = "" if wanted.libraries == (wanted.name,) else f"[{','.join(wanted.libraries)}]"
    bounds = f"{wanted.min or ''}..{wanted.max or ''}" if wanted.min or wanted.max else ""
    return f"{wanted.name}{libraries}({bounds}{',build' * wanted.build})"


def own_packages(plan: Plan, node: Node) -> list[str]:
    """Return the packages of the device of `node`, without those of its runtime arguments."""
    own = [demand.package for demand in plan.demands if demand.node.device == node.device]
    runtime = {package for each in node.device.runtime_args for package in each.packages}
    return sorted({shown(package) for package in own if package not in runtime})


def connected(device: m.Device[Any], plan: Plan, needed: int) -> str:
    """Return the device's code, with M for its module and $0, … and @0, … for its values, and single blanks."""
    values = [f"${n}" for n in range(needed)] + [f"@{n}" for n in range(len(device.runtime_args))]
    return " ".join(device.connect(plan.info, "M", values).split())


def runtime(device: m.Device[Any]) -> str:
    """Return the runtime arguments of a device in the form of the rows."""
    return " | ".join(each.code.replace(NETWORK, "N.") for each in device.runtime_args)


WHERE = [(name, target) for name, row in ROWS.items() for target in row.targets]
REFUSED = [(name, target) for name, row in ROWS.items() for target in ALL if target not in row.targets]


def test_the_rows_are_of_every_target_and_every_device_that_is_an_argument() -> None:
    assert sorted(ALL) == sorted(m.TARGETS)
    made = {name for name in dir(m) if name.islower() and isinstance(getattr(m, name), Impl)}
    special = re.compile(r"(default|no|mock)_(sleep|ptime|mtime|random|reporter)|dhcp_proj_\w+")
    assert {name for name in made if not special.fullmatch(name)} <= set(ROWS)


@pytest.mark.parametrize(("name", "target"), WHERE)
def test_a_device_is_as_its_row_says(name: str, target: str) -> None:
    row = ROWS[name]
    plan = plan_of(row.impl, context={"target": target})
    node = argument(plan)
    device = node.device
    assert str(device.type) == on(target, row.type)
    assert node.module == on(target, row.module)
    assert own_packages(plan, node) == sorted(on(target, row.packages).split())
    assert [key.name for key in device.keys] == on(target, row.keys).split()
    assert [dep.module for dep in node.deps] == row.deps.split()
    assert runtime(device) == on(target, row.runtime)
    assert connected(device, plan, len(node.arguments) + len(node.deps)) == on(target, row.connect)
    assert {package.scope for package in plan.packages} == {"monorepo", "switch"}


@pytest.mark.parametrize(("name", "target"), REFUSED)
def test_a_device_is_refused_where_its_row_leaves_the_target_out(name: str, target: str) -> None:
    with pytest.raises(Unsupported, match=target) as refused:
        plan_of(ROWS[name].impl, context={"target": target})
    assert refused.value.locations


@pytest.mark.parametrize("name", ROWS)
def test_a_wrong_number_of_values_is_an_error_that_names_the_device(name: str) -> None:
    row = ROWS[name]
    plan = plan_of(row.impl, context={"target": row.targets[0]})
    node = argument(plan)
    count = len(node.arguments) + len(node.deps) + len(node.device.runtime_args) + 1
    with pytest.raises(DeviceError, match=re.escape(type(node.device).__name__)):
        node.device.connect(plan.info, "M", ["x"] * count)


_NAMES = """qubesdb default_qubesdb sleep default_sleep no_sleep ptime default_ptime no_ptime mock_ptime mtime default_mtime
no_mtime mock_mtime random default_random no_random kv_ro direct_kv_ro crunch generic_kv_ro kv_rw direct_kv_rw kv_rw_mem
docteur chamelon tar_kv_rw block tar_kv_ro fat_ro generic_block ramdisk block_of_xenstore_id block_of_file ccm_block
network netif default_network ethernet etif ethif arpv4 arp ipv4 ipv6 ipv4_qubes ipv4v6 dhcp_ipv4 lease ipv4_of_dhcp
dhcp_proj_net dhcp_proj_ipv4 dhcp_proj_lease no_lease create_ipv4 create_ipv6 create_ipv4v6 make_dhcp_requests
add_dhcp_request udp udpv4v6 direct_udp tcp tcpv4v6 direct_tcp stackv4v6 generic_stackv4v6 generic_stackv4v6_with_lease
direct_stackv4v6 tcpv4v6_of_stackv4v6 conduit conduit_direct resolver resolver_unix_system resolver_dns happy_eyeballs
generic_happy_eyeballs dns_client generic_dns_client syslog syslog_tls syslog_tcp syslog_udp monitoring http
cohttp_server httpaf_server http_client cohttp_client http_server paf_server alpn_client paf_client argv default_argv
no_argv reporter default_reporter no_reporter mimic mimic_happy_eyeballs git_client merge_git_clients git_tcp git_ssh
git_http job noop register main package runtime_arg if_impl match_impl"""


def test_every_name_of_4_11_is_there() -> None:
    namespace: dict[str, Any] = {}
    exec("from mirage_devices.v4 import *", namespace)  # as in configurations
    assert [name for name in _NAMES.split() if name not in namespace] == []
    assert namespace["keys"].net().name == "net"
    assert namespace["runtime_args"].ipv4_only().code == "Mirage_runtime_network.ipv4_only ()"
    named = {name: value for name, value in namespace.items() if isinstance(value, Type)}
    assert {str(value) for value in named.values()} == set(named)


# Order: the devices of a hypervisor are numbered in the order in which they are configured


def test_dependencies_are_configured_before_arguments() -> None:
    deps = [m.netif("dep"), m.block_of_file("dep.img")]
    plan = plan_of(m.netif("arg"), m.block_of_file("arg.img"), deps=deps, context={"target": "hvt"})
    devices = json.loads(plan.files()["mirage/manifest.json"])["devices"]
    assert [each["name"] for each in devices] == ["arg", "dep", "dep.img", "arg.img"]


@pytest.mark.parametrize("target", ["xen", "qubes"])
def test_disks_have_one_number_for_xl_and_in_the_code(target: str) -> None:
    disks = [m.block_of_file("a"), m.docteur("https://example.org/x"), m.block_of_file("b"), m.ramdisk("r")]
    plan = plan_of(*disks, context={"target": target})
    connects = [connected(argument(plan, position).device, plan, 0) for position in (0, 2)]
    assert connects == ['M.connect "51728"', 'M.connect "51760"']  # the first and the third: docteur's is the second
    if target == "xen":
        found = re.findall(r"vdev=(\w+), access=rw, target=(\w+)", plan.files()["mirage/small.xl"])
        assert found == [("xvdb", "a"), ("xvdc", "docteur"), ("xvdd", "b")]


def test_a_device_that_two_need_has_the_number_of_the_first() -> None:
    one, two = m.block_of_file("one"), m.block_of_file("two")
    plan = plan_of(m.tar_kv_ro(two), one, two, context={"target": "qubes"})
    assert connected(argument(plan, 1).device, plan, 0) == 'M.connect "51744"'


def test_two_devices_over_one_disk_are_refused_with_both_places() -> None:
    name = Key.opt("where", arg.string, default="disk", stage="configure")
    disks = [m.docteur("https://example.org/x", name=name), m.block_of_file("disk")]
    with pytest.raises(Unsupported, match="two devices use the disk disk") as refused:
        plan_of(*disks, context={"target": "hvt"})
    assert len({each.line for each in refused.value.locations}) == 1  # both are in one line above
    assert len(refused.value.locations) == 2
    plan_of(*disks, context={"target": "unix"})


# Stacks

CHOICES = {
    ("unix", None, False): "Dhcp_ipv4.Make",
    ("unix", None, True): "Tcpip_stack_socket.V4V6",
    ("unix", "host", False): "Tcpip_stack_socket.V4V6",
    ("macosx", "socket", True): "Tcpip_stack_socket.V4V6",
    ("unix", "ocaml", True): "Static_ipv4.Make",
    ("unix", "direct", False): "Dhcp_ipv4.Make",
    ("hvt", None, False): "Dhcp_ipv4.Make",
    ("hvt", None, True): "Static_ipv4.Make",
    ("xen", "ocaml", True): "Static_ipv4.Make",
    ("unikraft-qemu", None, True): "Static_ipv4.Make",
    ("qubes", "host", True): "Qubesdb_ipv4.Make",
    ("qubes", None, False): "Qubesdb_ipv4.Make",
}


@pytest.mark.parametrize(("chosen", "expected"), CHOICES.items())
def test_the_stack_is_the_first_that_fits(chosen: tuple[str, str | None, bool], expected: str) -> None:
    target, net, no_dhcp = chosen
    context = {"target": target, "no-dhcp": no_dhcp, **({"net": net} if net else {})}
    stack, told = m.generic_stackv4v6_with_lease(NET)
    found = modules(plan_of(stack, told, context=context))
    kinds = {"Dhcp_ipv4.Make", "Tcpip_stack_socket.V4V6", "Static_ipv4.Make", "Qubesdb_ipv4.Make"}
    assert kinds & set(found) == {expected}
    assert ("Dhcp_ipv4.Proj_lease" in found) == (expected == "Dhcp_ipv4.Make") != ("Lwt" in found)
    plan = plan_of(m.generic_stackv4v6(NET), context=context)
    assert kinds & set(modules(plan)) == {expected}


@pytest.mark.parametrize("target", ["hvt", "xen", "unikraft-firecracker"])
def test_sockets_are_refused_off_unix_and_the_reason_names_the_option(target: str) -> None:
    with pytest.raises(Unsupported, match=rf"sockets are on the targets unix and macosx, not on {target}.*--net"):
        plan_of(m.generic_stackv4v6(NET), context={"target": target, "net": "host"})


def test_groups_keep_stacks_apart() -> None:
    stacks = [m.generic_stackv4v6(m.netif(f"tap{n}", group=group), group=group) for n, group in enumerate("ab")]
    plan = plan_of(*stacks, context={"a-no-dhcp": True, "a-net": "ocaml", "b-utcp": True})
    assert {"Static_ipv4.Make", "Dhcp_ipv4.Make", "Tcp.Flow.Make", "Utcp_mirage.Make"} <= set(modules(plan))
    text = plan.files()["mirage/main.ml"]
    assert text.count("register_arg @@\n  Mirage_runtime_network.ipv4_only ~group:") == 2


def test_utcp_is_over_both_versions_alone() -> None:
    ip = m.create_ipv4v6(IPV4, IPV6)
    plan = plan_of(m.direct_tcp(ip, group="g"), context={"g-utcp": True})
    assert connected(argument(plan).device, plan, 1) == 'Lwt.return (M.connect "g" $0)'
    assert (
        connected(argument(plan_of(m.direct_tcp(ip), context={"utcp": True})).device, plan, 1).count('"service"') == 1
    )
    for alone in (m.direct_tcp(IPV4), m.direct_tcp(IPV6)):
        assert "Tcp.Flow.Make" in modules(plan_of(alone))
        with pytest.raises(Unsupported, match="create_ipv4v6"):
            plan_of(alone, context={"utcp": True})


def test_types_of_protocols_follow_the_version_of_ip() -> None:
    for ip, version in ((IPV4, m.ipv4), (IPV6, m.ipv6), (m.create_ipv4v6(IPV4, IPV6), m.ipv4v6)):
        assert m.direct_udp(ip).signature is m.udp(version)  # type: ignore[call-overload]
        assert m.direct_tcp(ip).signature is m.tcp(version)  # type: ignore[call-overload]
    assert (m.udp(m.ipv4v6), m.tcp(m.ipv4v6)) == (m.udpv4v6, m.tcpv4v6)
    wrong: Any = ETH
    for make in (m.direct_udp, m.direct_tcp):
        with pytest.raises(TypeMismatch, match=r"must be over ipv4, ipv6 or ipv4v6, not over wrong, an ethernet"):
            make(wrong)
    for of in (m.udp, m.tcp):
        with pytest.raises(TypeMismatch, match="must be over ipv4, ipv6 or ipv4v6"):
            of(wrong)


# DHCP


def _codes(plan: Plan) -> list[str]:
    """Return the options that each DHCP client requests."""
    return re.findall(r"\(Some \[([\d; ]+)\]\) in", plan.files()["mirage/main.ml"])


def test_a_client_of_dhcp_asks_for_servers_where_a_resolver_takes_them_from_its_lease() -> None:
    requests = m.add_dhcp_request(m.make_dhcp_requests(), 119)
    stack, told = m.generic_stackv4v6_with_lease(NET, dhcp_requests=requests)
    he = m.generic_happy_eyeballs(stack)
    other, _ = m.generic_stackv4v6_with_lease(m.netif("tap2"), group="other", dhcp_requests=requests)
    dns = m.generic_dns_client(stack, he, dhcp=(requests, told))
    assert _codes(plan_of(dns, other)) == ["1; 3; 6; 119", "1; 3; 119"]
    assert _codes(plan_of(m.resolver_dns(stack, dhcp=(requests, told)))) == ["1; 3; 6; 119"]
    assert _codes(plan_of(m.generic_dns_client(stack, he), told)) == ["1; 3; 119"]
    assert _codes(plan_of(dns, context={"target": "qubes"})) == []


def test_requests_are_values() -> None:
    requests = m.make_dhcp_requests([3, 1, 3])
    more = m.add_dhcp_request(requests, 6)
    assert requests == m.make_dhcp_requests((1, 3))
    assert (requests.codes, more.codes) == ((1, 3), (1, 3, 6))


# Identity


def test_devices_are_equal_by_value_where_4_11_makes_one_per_call() -> None:
    for make in (
        lambda: m.generic_stackv4v6(NET),
        lambda: m.block_of_file("x"),
        lambda: m.crunch("x"),
        lambda: m.netif("x"),
        lambda: m.generic_happy_eyeballs(STACK),
        lambda: m.docteur("https://example.org/x"),
        lambda: m.kv_rw_mem(),
        lambda: m.main("Unikernel", m.job, runtime_args=[m.runtime_arg("Unikernel.x")]),
    ):
        one, two = make(), make()
        assert one == two
    stacks = [m.generic_stackv4v6(NET), m.generic_stackv4v6(NET)]
    assert modules(plan_of(*stacks)).count("Tcpip_stack_direct.MakeV4V6") == 1


# The arguments of register


@pytest.mark.parametrize("target", ALL)
def test_what_is_linked_is_chosen_by_target(target: str) -> None:
    implementation = {"xen": "solo5"}.get(FAMILY[target], FAMILY[target])
    plan = plan_of(context={"target": target})
    for name in ("sleep", "ptime", "mtime"):
        assert plan.package(f"mirage-{name}").libraries == (f"mirage-{name}", f"mirage-{name}.{implementation}")
    quiet = m.register("x", [], sleep=m.no_sleep, ptime=m.mock_ptime, mtime=m.no_mtime, src=None).plan(target=target)
    # The job that waits needs the real sleep, whatever the unikernel itself uses.
    assert quiet.package("mirage-sleep").libraries == ("mirage-sleep", f"mirage-sleep.{implementation}")
    assert quiet.package("mirage-ptime").libraries == ("mirage-ptime", "mirage-ptime.mock")
    assert "mirage-mtime" not in {package.name for package in quiet.packages}


def test_the_first_jobs_are_in_the_order_of_the_catalogue() -> None:
    root = plan_of().root
    first = ["Mirage_runtime", "Cmdliner_stdlib", "Mirage_runtime", "Mirage_logs", "Mirage_sleep", "Mirage_ptime"]
    assert [node.module for node in root.deps] == [
        *first,
        "Mirage_mtime",
        "Mirage_crypto_rng_mirage",
        "Mirage_runtime",
        "Unikernel.Main",
    ]
    names = [node.device.name for node in root.deps]
    assert names[:4] == ["runtime_args", "ocaml_runtime", "delay", "reporter"]


@pytest.mark.parametrize("level", [None, "app", "error", "warning", "info", "debug", "Debug"])
def test_levels_of_the_reporter(level: str | None) -> None:
    plan = m.register("x", [], reporter=m.default_reporter(level=level), src=None).plan()
    said = "None" if level is None else f"(Some Logs.{level.capitalize()})"
    assert f"set_level ~default:{said} _mirage_runtime_logs" in plan.files()["mirage/main.ml"]


def test_a_dot_in_the_name_is_in_no_name_of_dune_s() -> None:
    files = m.register("http-fetch.x", [], src=None).plan(target="hvt").files()
    assert "(name http-fetch_x-hvt)" in files["dune-project"]
    assert "mirage/http-fetch_x-hvt.opam" in files
    assert "(target http-fetch.x.hvt)" in files["dune.build"]


class Lonely(m.Device[Any]):
    """A job without arguments."""

    type = m.job
    module = "Lonely"


def test_a_job_that_is_handed_nothing_is_refused() -> None:
    both = m.if_impl(m.is_unix, m.noop, Lonely())
    for job in (Lonely(), both):
        with pytest.raises(DeviceError, match=r"Lonely has no arguments.*noop") as refused:
            m.register("x", [job], src=None)
        assert [place.file for place in refused.value.locations] == [__file__]

    class Waiting(Lonely):
        deps = (m.noop,)

    class Told(Lonely):
        runtime_args = (m.runtime_arg("Lonely.arg"),)

    m.register("x", [Waiting(), Told(), m.noop, m.main("Unikernel", m.job)], src=None).plan().files()


def test_a_key_of_the_running_program_is_refused() -> None:
    late = Key.opt("late", arg.string, default="", stage="run")
    with pytest.raises(Unsupported, match=r"late is given when the program runs.*runtime_arg"):
        m.register("x", [m.noop], keys=[late], src=None).plan()


def test_a_key_of_a_branch_that_is_not_taken_is_refused() -> None:
    app = m.register("x", [m.main("Unikernel.Main", m.kv_ro >> m.job) @ m.docteur("https://example.org/x")], src=None)
    assert app.plan(target="hvt", disk_name="d", disk_output="d.img").files()
    with pytest.raises(
        Unsupported, match=r"disk-name is given, but nothing in the unikernel has that key on unix.*leave it out"
    ):
        app.plan(target="unix", disk_name="d")
    # A key that decides a choice exists wherever the choice does.
    stack = m.generic_stackv4v6(NET, group="g")
    assert plan_of(stack, context={"target": "qubes", "g-net": "host", "g-no-dhcp": True, "g-utcp": True}).files()


def test_main_takes_packages_that_depend_on_keys() -> None:
    extra: Value[Sequence[Package]] = m.is_unix.if_([m.package("here")], [m.package("there")])
    app = m.register("x", [m.main("Unikernel", m.job, packages=extra)], src=None)
    assert app.plan(target="unix").package("here")
    assert app.plan(target="hvt").package("there")


@pytest.mark.parametrize("library", ["", "a b", "-x", "a)", ".x", "é"])
def test_names_of_local_libraries(library: str) -> None:
    with pytest.raises(InvalidName, match="not the name of a dune library"):
        m.main("Unikernel", m.job, local_libs=[library])


def test_local_libraries_come_last_and_as_they_are_given() -> None:
    app = m.register("x", [m.main("Unikernel", m.job, local_libs=["zz", "my-lib.sub", "aa"])], src=None)
    text = app.plan().files()["dune.build"]
    assert re.search(r"mirage-unix\s+zz\s+my-lib\.sub\s+aa\)", text)
    assert "zz" not in {package.name for package in app.plan().packages}


# Packages


def test_a_declaration_without_a_scope_goes_with_either() -> None:
    from functoria import merge, package

    for scoped in (m.package("p"), m.package("p", scope="switch")):
        for both in ([scoped, package("p")], [package("p"), scoped]):
            assert merge(both).scope == scoped.scope
    assert merge([package("p"), package("p")]).scope is None


# Runtime arguments

ADDRESSES = {
    "ipv4_network": (st.ip_addresses(v=4), IPv4Interface, "V4.Prefix"),
    "ipv4_gateway": (st.ip_addresses(v=4), IPv4Address, "V4"),
    "ipv6_network": (st.ip_addresses(v=6), IPv6Interface, "V6.Prefix"),
    "ipv6_gateway": (st.ip_addresses(v=6), IPv6Address, "V6"),
}


@pytest.mark.parametrize("name", ADDRESSES)
@given(st.data())
def test_addresses_are_written_as_they_are_whichever_way_they_are_given(name: str, data: st.DataObject) -> None:
    addresses, kind, module = ADDRESSES[name]
    address = data.draw(addresses)
    length = data.draw(st.integers(0, address.max_prefixlen)) if "network" in name else None
    value = kind(f"{address}/{length}" if length is not None else str(address))
    made = getattr(m.runtime_args, name)
    assert made(value) == made(str(value))
    assert f'Ipaddr.{module}.of_string_exn "{value}"' in made(value).code


NUMBERS = [
    "dns_timeout",
    "he_aaaa_timeout",
    "he_connect_delay",
    "he_connect_timeout",
    "he_resolve_timeout",
    "he_timer_interval",
]


@pytest.mark.parametrize("name", NUMBERS)
@given(st.integers(-(2**63), 2**63 - 1))
def test_numbers_of_64_bits_are_literals_of_such(name: str, value: int) -> None:
    said = f"{value}L" if value >= 0 else f"({value}L)"
    assert getattr(m.runtime_args, name)(value).code == f"{NETWORK}{name} (Some {said})"
    assert getattr(m.runtime_args, name)().code == f"{NETWORK}{name} None"


@pytest.mark.parametrize("name", ["dns_cache_size", "he_resolve_retries", "syslog_port", "syslog_truncate"])
@given(st.integers(-(2**62), 2**62 - 1))
def test_numbers_are_literals(name: str, value: int) -> None:
    said = str(value) if value >= 0 else f"({value})"
    assert getattr(m.runtime_args, name)(value).code == f"{NETWORK}{name} (Some {said})"


TEXTS = ["ssh_key", "ssh_password", "ssh_authenticator", "tls_authenticator", "syslog_keyname"]


@pytest.mark.parametrize("name", TEXTS)
@given(st.text(st.characters(codec="utf-8")))
def test_texts_are_quoted(name: str, value: str) -> None:
    assert getattr(m.runtime_args, name)(value).code == f"{NETWORK}{name} (Some {quote.ocaml(value)})"


@pytest.mark.parametrize("name", ["syslog", "monitor"])
def test_addresses_of_either_version(name: str) -> None:
    made = getattr(m.runtime_args, name)
    assert made("10.0.0.1").code == f'{NETWORK}{name} (Some (Ipaddr.of_string_exn "10.0.0.1"))'
    assert made(IPv6Address("fd00::1")).code == f'{NETWORK}{name} (Some (Ipaddr.of_string_exn "fd00::1"))'


def test_group_and_section_come_first_and_empty_ones_are_none() -> None:
    args = m.runtime_args
    assert args.interface("x", group="g", docs="MY SECTION").code == (
        f'{NETWORK}interface ~group:"g" ~docs:"MY SECTION" "x"'
    )
    assert args.ipv4_only(group="", docs="") == args.ipv4_only()
    assert args.resolver(["1.1.1.1"], group="g").code == f'{NETWORK}resolver ~group:"g" ~default:["1.1.1.1"] ()'
    assert {package for each in (args.monitor(), args.ssh_key()) for package in each.packages} == {args.NETWORK}


WRONG: list[tuple[str, Any]] = [
    ("ipv4_network", "10.0.0.2"),
    ("ipv4_network", "10.0.0.2/33"),
    ("ipv4_network", None),
    ("ipv4_network", 3),
    ("ipv4_gateway", "10.0.0.2/24"),
    ("ipv4_gateway", IPv4Interface("10.0.0.2/24")),
    ("ipv4_gateway", True),
    ("ipv6_network", "fd00::1"),
    ("ipv6_network", "10.0.0.2/24"),
    ("ipv6_gateway", "fe80::1%eth0"),
    ("ipv6_gateway", b"\0" * 16),
    ("dns_timeout", 2**63),
    ("dns_timeout", True),
    ("dns_timeout", 1.5),
    ("dns_timeout", "x"),
    ("dns_cache_size", 2**62),
    ("dns_servers", 3),
    ("dns_servers", [3]),
    ("resolver", object()),
    ("http_headers", "A:b"),
    ("http_headers", [("a",)]),
    ("http_headers", {"a": 3}),
    ("ssh_key", 3),
    ("syslog", "host.example.org"),
    ("monitor", 3),
    ("interface", None),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_default_is_an_error_at_the_line_that_gives_it(name: str, value: Any) -> None:
    with pytest.raises(InvalidValue, match=name.removeprefix("ipv4_").removeprefix("ipv6_").split("_")[0]) as refused:
        getattr(m.runtime_args, name)(value)
    assert [place.file for place in refused.value.locations] == [__file__]


@pytest.mark.parametrize("group", ["a b", "-x", 'a"', "a=b", 3, True, "a\n"])
def test_a_group_is_the_beginning_of_an_option(group: Any) -> None:
    for make in (m.runtime_args.ipv4_only, m.keys.net, m.keys.utcp):
        with pytest.raises((InvalidValue, InvalidName)):
            make(group=group)


def test_packages_that_are_no_packages() -> None:
    for wrong in ("lwt", [3], 3):
        with pytest.raises(InvalidValue):
            m.main("Unikernel", m.job, packages=wrong)  # type: ignore[arg-type]
    with pytest.raises(InvalidPackage):
        m.package("p", scope="elsewhere")  # type: ignore[arg-type]
