"""The catalogue of MirageOS 3.3, row by row, in plans of small applications on every target."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mirage_devices as m
from functoria import Impl, Key, Node, Package, Plan, TypeMismatch, Unsupported, foreign, job, package
from functoria import register as register_core
from functoria.device import AnyDevice
from functoria.emit.main_ml import names_of
from functoria.errors import DeviceError, DuplicateKey, FunctoriaError, InvalidName, InvalidValue
from mirage_devices.v3.devices.block import BlockFile, xenstore_id
from mirage_devices.v3.keys import prng
from tests.catalogue_rows import ALL, BUT_MUEN, CONSTRUCTORS, FAMILIES, FAMILY, ROWS, TYPES, on
from tests.tools import run


def plan_of(*impls: Impl[Any], context: dict[str, Any] | None = None, **options: Any) -> Plan:
    """Return the plan of a unikernel whose only job takes `impls`; `options` are passed to `register`."""
    signature: Any = job
    for impl in reversed(impls):
        signature = impl.signature >> signature
    main: Any = foreign("Unikernel.Main", signature)
    return m.register("small", [main(*impls)], **options).plan(context)


def argument(plan: Plan, position: int = 0) -> Node:
    """Return the node of the implementation that the job got at this position."""
    return next(node for node in plan.devices if node.module == "Unikernel.Main").arguments[position]


def modules(plan: Plan) -> list[str]:
    """Return the modules of the plan, in order of initialisation."""
    return [node.module for node in plan.devices]


def shown(wanted: Package) -> str:
    """Return a package in the form of the rows: sublibraries after +, {} for no library at all, then the bounds."""
    subs = [library.removeprefix(wanted.name) for library in wanted.libraries if library != wanted.name]
    libraries = "".join(f"+{sub[1:]}" for sub in subs) if wanted.libraries else "{}"
    bounds = f"{wanted.min or ''}..{wanted.max or ''}" if wanted.min or wanted.max else ""
    return f"{wanted.name}{libraries}({bounds}{',build' * wanted.build})"


def own_packages(plan: Plan, node: Node) -> list[str]:
    """Return the packages of the device of `node` itself."""
    return sorted(shown(demand.package) for demand in plan.demands if demand.node.device == node.device)


def connected(device: AnyDevice, plan: Plan, count: int) -> str:
    """Return the device's code, with M for its module and $0, $1, … for its values, and single blanks."""
    return " ".join(device.connect(plan.info, "M", [f"${n}" for n in range(count)]).split())


WHERE = [(name, target) for name, row in ROWS.items() for target in row.targets]
REFUSED = [(name, target) for name, row in ROWS.items() for target in ALL if target not in row.targets]


@pytest.mark.parametrize("name", [*TYPES, *CONSTRUCTORS])
def test_a_name_of_the_catalogue_is_imported_from_mirage_devices(name: str) -> None:
    namespace: dict[str, Any] = {}
    exec("from mirage_devices import *", namespace)  # as in configurations
    assert namespace[name] is getattr(m, name)


@pytest.mark.parametrize("name", TYPES)
def test_a_type_has_the_name_it_is_known_by(name: str) -> None:
    # Reporters and tracing are jobs.
    assert str(getattr(m, name)) == {"reporter": "job", "tracing": "job"}.get(name, name)


def test_the_stub_lists_the_same_names_from_the_same_modules() -> None:
    stub = Path(str(m.__file__)).with_suffix(".pyi")
    imported = {
        alias.asname: node.module
        for node in ast.walk(ast.parse(stub.read_text()))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname == alias.name
    }
    assert sorted(imported) == sorted(vars(m)["__all__"])
    for name, module in imported.items():
        assert getattr(sys.modules[str(module)], name) is getattr(m, name)


@pytest.mark.parametrize(("name", "target"), WHERE)
def test_a_device_is_as_its_row_says(name: str, target: str) -> None:
    row = ROWS[name]
    plan = plan_of(row.impl, context={"target": target})
    node = argument(plan)
    device = node.device
    assert str(device.type) == row.type
    assert node.module == on(target, row.module)
    assert own_packages(plan, node) == sorted(on(target, row.packages).split())
    assert [key.name for key in device.keys] == row.keys.split()
    assert [dep.module for dep in node.deps] == row.deps.split()
    assert connected(device, plan, len(node.arguments) + len(node.deps)) == on(target, row.connect)


@pytest.mark.parametrize(("name", "target"), REFUSED)
def test_a_device_is_refused_where_its_row_leaves_the_target_out(name: str, target: str) -> None:
    with pytest.raises(Unsupported, match=target):
        plan_of(ROWS[name].impl, context={"target": target})


@pytest.mark.parametrize("name", ROWS)
def test_a_wrong_number_of_values_is_an_error_that_names_the_device(name: str) -> None:
    row = ROWS[name]
    plan = plan_of(row.impl, context={"target": row.targets[0]})
    node = argument(plan)
    count = len(node.arguments) + len(node.deps) + 1
    with pytest.raises(DeviceError, match=re.escape(node.module)):
        connected(node.device, plan, count)


@pytest.mark.parametrize("target", ALL)
def test_the_root_brings_what_every_unikernel_needs(target: str) -> None:
    plan = plan_of(context={"target": target})
    assert (plan.root.module, str(plan.root.device.type)) == ("Mirage_runtime", "job")
    family = {
        "unix": ["mirage-unix(3.1.0..3.2.0)"],
        "xen": ["mirage-xen(3.1.0..3.2.0)"],
        "solo5": [f"solo5-bindings-{target}{{}}(0.4.0..0.5.0)", "mirage-solo5(0.5.0..0.6.0)"],
    }[FAMILY[target]]
    types = [f"mirage-{name}(3.3.0..3.4.0)" for name in ("types-lwt", "types", "runtime")]
    build = ["dune(1.1.0..,build)", "ocamlfind(,build)"]
    assert own_packages(plan, plan.root) == sorted(["ocaml(4.04.2..,build)", "lwt()", *types, *family, *build])
    assert {key.name for key in plan.root.device.keys} == {"target", "warn_error", "target_debug", "no_depext"}


def test_ukvm_is_hvt_with_a_warning() -> None:
    with pytest.warns(FutureWarning, match="hvt"):
        plan = plan_of(context={"target": "ukvm"})
    assert plan.values["target"] == "hvt"


@pytest.mark.parametrize(("said", "module"), [("stdlib", "Mirage_random_stdlib"), ("nocrypto", "Nocrypto.Rng")])
def test_default_random_is_what_prng_says(said: str, module: str) -> None:
    assert argument(plan_of(m.default_random, context={"prng": said})).module == module


def test_fortuna_and_nocrypto_are_the_same() -> None:
    assert argument(plan_of(m.default_random, context={"prng": "fortuna"})).module == "Nocrypto.Rng"
    assert prng().accept("fortuna") == prng().accept("nocrypto") == "nocrypto"
    assert prng().converter.literal("nocrypto") == "`Nocrypto"


@pytest.mark.parametrize("target", ALL)
def test_default_network_is_tap0_on_unix_and_0_elsewhere(target: str) -> None:
    plan = plan_of(m.default_network, context={"target": target})
    assert plan.values["interface"] == ("tap0" if FAMILY[target] == "unix" else "0")


@pytest.mark.parametrize("group", [None, "data"])
@pytest.mark.parametrize("target", BUT_MUEN)
def test_generic_kv_ro_is_what_its_key_says(target: str, group: str | None) -> None:
    direct = "Kvro_fs_unix" if FAMILY[target] == "unix" else "Static_t"
    name = "data-kv_ro" if group else "kv_ro"
    found = {
        said: argument(plan_of(m.generic_kv_ro("t", group), context={"target": target, **context})).module
        for said, context in {"": {}, **{said: {name: said} for said in ("fat", "archive", "crunch", "direct")}}.items()
    }
    over = {"fat": "Mirage_fs_lwt.To_KV_RO", "archive": "Tar_mirage.Make_KV_RO"}
    assert found == {"": "Static_t", "crunch": "Static_t", "direct": direct, **over}


@pytest.mark.parametrize("group", [None, "data"])
def test_generic_block_is_what_its_key_says(group: str | None) -> None:
    name = "data-block" if group else "block"
    impl = m.generic_block("a.img", group)

    def code(**context: str) -> str:
        plan = plan_of(impl, context={"target": "xen", **context})
        return connected(argument(plan).device, plan, 0)

    assert code() == code(**{name: "ramdisk"}) == 'M.connect ~name:"a.img"'
    assert code(**{name: "xenstore"}) == 'M.connect "a.img"'
    assert code(**{name: "file"}) == 'M.connect "51728"'


STACKS = {
    "qubes": ["Qubesdb_ipv4.Make", "Tcpip_stack_direct.Make"],
    "socket": ["Tcpip_stack_socket"],
    "dhcp": ["Dhcp_ipv4.Make", "Tcpip_stack_direct.Make"],
    "static": ["Static_ipv4.Make", "Tcpip_stack_direct.Make"],
}


@pytest.mark.parametrize("group", [None, "web"])
@pytest.mark.parametrize("dhcp", ["true", "false"])
@pytest.mark.parametrize("net", ["direct", "socket"])
@pytest.mark.parametrize("target", ALL)
def test_generic_stackv4_is_what_target_and_keys_say(target: str, net: str, dhcp: str, group: str | None) -> None:
    prefix = f"{group}-" if group else ""
    context = {"target": target, f"{prefix}net": net, f"{prefix}dhcp": dhcp}
    impl = m.generic_stackv4(m.default_network, group)
    kind = "qubes" if target == "qubes" else "socket" if net == "socket" else "dhcp" if dhcp == "true" else "static"
    if kind == "socket" and FAMILY[target] != "unix":
        with pytest.raises(Unsupported, match=target):
            plan_of(impl, context=context)
        return
    plan = plan_of(impl, context=context)
    every = {module for names in STACKS.values() for module in names}
    assert [module for module in modules(plan) if module in every] == STACKS[kind]
    if kind == "socket":
        assert [str(address) for address in plan.values[f"{prefix}ips"]] == ["0.0.0.0"]


@pytest.mark.parametrize("stack", [m.static_ipv4_stack, m.dhcp_ipv4_stack, m.qubes_ipv4_stack])
def test_a_direct_stack_is_over_the_arp_that_is_asked_for(stack: Any) -> None:
    assert "Arpv4.Make" in modules(plan_of(stack(m.netif("0")), context={"target": "xen"}))
    other = modules(plan_of(stack(m.netif("0"), arp=m.farp), context={"target": "xen"}))
    assert "Arp.Make" in other
    assert "Arpv4.Make" not in other


def test_a_dhcp_stack_has_charrua_s_client_and_its_address() -> None:
    plan = plan_of(m.dhcp_ipv4_stack(m.default_network))
    client = next(node for node in plan.devices if node.module == "Dhcp_client_mirage.Make")
    address = next(node for node in plan.devices if node.module == "Dhcp_ipv4.Make")
    assert str(client.device.type) == "random >> time >> network >> dhcp"
    assert str(address.device.type) == "dhcp >> random >> mclock >> ethernet >> arpv4 >> ipv4"
    for node in (client, address):
        assert own_packages(plan, node) == ["charrua-client-mirage(0.11.0..0.12.0)"]
    assert connected(client.device, plan, 3) == "M.connect $2"
    assert connected(address.device, plan, 5) == "M.connect $0 $2 $3 $4"


def test_images_of_files_are_block_devices_of_their_own() -> None:
    plan = plan_of(m.fat_of_files("t", "*.txt"), m.archive_of_files("t"))
    made = [node for node in plan.devices if node.module == "Block"]
    assert [own_packages(plan, node) for node in made] == [
        ["fat-filesystem(0.12.0..0.13.0)", "mirage-block-unix(2.5.0..3.0.0)"],
        ["mirage-block-unix(2.5.0..3.0.0)"],
    ]
    images = {node.device.image for node in made}
    assert {re.sub(r"_block\w*", "", image) for image in images} == {"fat.img", "tar.img"}
    with pytest.raises(Unsupported, match="muen"):
        plan_of(m.archive_of_files("t"), context={"target": "muen"})


def test_records_take_text_for_addresses_and_refuse_other_text() -> None:
    config = m.ipv4_config("10.0.0.2/24", gateway="10.0.0.1")
    assert (str(config.network), str(config.gateway)) == ("10.0.0.2/24", "10.0.0.1")
    assert m.syslog_config("host", server="192.168.1.5").server is not None
    assert plan_of(m.syslog_udp(m.static_ipv4_stack(m.default_network))).values["syslog-hostname"] == "no_name"
    for wrong in (
        lambda: m.ipv4_config("10.0.0.2"),
        lambda: m.ipv4_config("10.0.0.2/24", "here"),
        lambda: m.ipv6_config(["10.0.0.1"]),
        lambda: m.ipv6_config(["fe80::1%eth0"]),
        lambda: m.ipv6_config(["fe80::1"], ["fe80::%3/64"]),
        lambda: m.ipv6_config(["fe80::1"], ["fe80::/64"], ["fe80::2%1"]),
        lambda: m.syslog_config("host", server="there"),
        lambda: m.syslog_config("host", port=65536),
        lambda: m.syslog_config("host", port=0),
        lambda: m.syslog_config("host", truncate=-1),
        lambda: m.resolver_dns(m.static_ipv4_stack(m.default_network), ns_port=-7),
        lambda: m.mprof_trace(-1),
        lambda: m.socket_stackv4(["anywhere"]),
    ):
        with pytest.raises(InvalidValue):
            wrong()


def test_a_v4_layer_refuses_a_v6_address() -> None:
    net = m.default_network
    eth = m.etif(net)
    ip6: Any = m.create_ipv6(eth, m.ipv6_config(["fe80::2"]))
    with pytest.raises(TypeMismatch, match="ipv4"):
        m.direct_stackv4(net, eth, m.arp(eth), ip6)
    with pytest.raises(TypeMismatch, match="ipv4"):
        m.direct_icmpv4(ip6)


MAKERS: list[tuple[Any, set[str]]] = [
    (lambda group: m.netif(f"tap-{group}", group), {"interface"}),
    (lambda group: m.static_ipv4_stack(m.netif(f"tap-{group}", group), group), {"interface", "ipv4", "ipv4-gateway"}),
    (
        lambda group: m.generic_stackv4(m.netif(f"tap-{group}", group), group),
        {"interface", "ipv4", "ipv4-gateway", "net", "dhcp"},
    ),
    (lambda group: m.generic_kv_ro(f"dir-{group}", group), {"kv_ro"}),
    (lambda group: m.generic_block(f"block-{group}", group), {"block"}),
]


@pytest.mark.parametrize(("make", "keys"), MAKERS)
def test_two_of_a_kind_in_groups_have_their_own_devices_keys_and_names(make: Any, keys: set[str]) -> None:
    plan = plan_of(make("left"), make("right"))
    left, right = argument(plan, 0), argument(plan, 1)
    assert left.device != right.device or left.arguments != right.arguments
    wanted = {f"{group}-{name}" for group in ("left", "right") for name in keys}
    assert wanted <= {key.name for key in plan.keys}
    assert not keys & {key.name for key in plan.keys}
    names = names_of(plan.info)
    assert names.values[left.index] != names.values[right.index]
    assert len(set(names.values)) == len(names.values)


@pytest.mark.parametrize(("make", "keys"), MAKERS)
def test_what_is_made_twice_alike_is_one_device(make: Any, keys: set[str]) -> None:
    plan = plan_of(make("left"), make("left"))
    assert argument(plan, 0) is argument(plan, 1)


def test_two_devices_that_claim_one_key_are_refused_and_told_of_groups() -> None:
    with pytest.raises(DuplicateKey, match="group") as refused:
        plan_of(m.netif("tap0"), m.netif("tap1"))
    assert {getattr(key, "name", None) for key in refused.value.objects} == {"interface"}
    assert all(place.file == __file__ for place in refused.value.locations)


@pytest.mark.parametrize("target", ALL)
@pytest.mark.parametrize("sublibs", [None, ["lwt"], ["mirage"]])
def test_nocrypto_without_entropy_is_refused_with_a_hint(target: str, sublibs: list[str] | None) -> None:
    wanted = package("nocrypto", sublibs=sublibs)
    bare = foreign("Unikernel", job, packages=[wanted])
    with pytest.raises(Unsupported, match=r"add the device nocrypto to the deps") as refused:
        m.register("small", [bare]).plan(target=target)
    assert [place.file for place in refused.value.locations] == [__file__]
    fed = foreign("Unikernel", job, packages=[wanted], deps=[m.nocrypto])
    assert "nocrypto" in m.register("small", [fed]).plan(target=target).libraries


def test_entropy_is_asked_for_only_where_nocrypto_is_linked() -> None:
    built = foreign("Unikernel", job, packages=[package("nocrypto", build=True), package("nocrypto-like")])
    assert m.register("small", [built]).plan().package("nocrypto").build
    assert "nocrypto" in plan_of(m.default_random, context={"prng": "nocrypto"}).libraries


def test_ids_of_xenstore_are_those_of_linux_s_block_front_end() -> None:
    # xvda to xvdp have major number 202 and 16 minor ones each; later disks have the extended form.
    assert [xenstore_id(number) for number in (1, 2, 15, 16, 17)] == [51728, 51744, 51952, 268439552, 268439808]


@given(st.sets(st.integers(min_value=1, max_value=2**20 - 1), min_size=2))
def test_ids_of_xenstore_differ_and_ascend(numbers: set[int]) -> None:
    ids = [xenstore_id(number) for number in sorted(numbers)]
    assert ids == sorted(set(ids))
    for number, found in zip(sorted(numbers), ids, strict=True):
        assert found >> 28 == (number >= 16)


def _files(plan: Plan) -> list[str]:
    return [device.image for device in plan.info.all(BlockFile)]


def test_block_devices_are_numbered_as_the_configuration_names_them() -> None:
    names = [f"{letter}.img" for letter in "qwertyuiopasdfghjkl"]
    for target in ("xen", "qubes"):
        plan = plan_of(*map(m.block_of_file, names), context={"target": target})
        assert _files(plan) == names
        nodes = [argument(plan, position) for position in range(len(names))]
        wanted = [f'M.connect "{xenstore_id(number)}"' for number in range(1, len(names) + 1)]
        assert [connected(node.device, plan, 0) for node in nodes] == wanted


def test_block_devices_have_the_same_numbers_on_every_run() -> None:
    program = (
        "from mirage_devices import *; from functoria import foreign\n"
        "main = foreign('Unikernel.Main', block >> block >> fs >> kv_ro >> job)\n"
        "app = register('x', [main(block_of_file('b'), block_of_file('a'), fat_of_files('t'), archive_of_files('t'))])\n"
        "files = app.plan(target='xen').files()\n"
        "print(files['x.xl'], files['main.ml'])"
    )
    printed = {run(sys.executable, "-c", program, PYTHONHASHSEED=seed).stdout for seed in ("0", "1", "2", "3")}
    assert len(printed) == 1
    assert 'connect "51776"' in printed.pop()


def test_no_reporter_leaves_the_reporter_out() -> None:
    assert "Mirage_logs.Make" in modules(plan_of())
    silent = plan_of(reporter=m.no_reporter)
    assert "Mirage_logs.Make" not in modules(silent)
    assert not [node for node in silent.devices if node.device == m.no_reporter]
    assert "logs" not in {key.name for key in silent.keys}


@pytest.mark.parametrize("target", ["unix", "macosx", "xen", "qubes"])
def test_tracing_starts_before_all_other_devices(target: str) -> None:
    plan = plan_of(m.default_console, tracing=m.mprof_trace(1000), context={"target": target})
    text = plan.files()["main.ml"]
    started = text.index("let lazy _ = mprof_trace")
    forced = [match.start() for match in re.finditer(r"Lazy\.force", text)]
    assert started < forced[-1]
    # Anything forced before is inside of a lazy value that nothing has forced yet.
    assert not re.search(r"^let (?!\w+ = lazy \(|return|run|\(\) = Printexc)", text[:started], re.MULTILINE)


def test_devices_start_in_the_order_of_the_catalogue() -> None:
    plan = plan_of(tracing=m.mprof_trace(1), context={"target": "qubes"})
    init = [node.module for node in plan.root.deps]
    assert init == ["Qubes.RExec", "Qubes.GUI", "Key_gen", "Mirage_logs.Make", "MProf", "Unikernel.Main"]
    keys = next(node for node in plan.devices if node.module == "Key_gen")
    assert [dep.module for dep in keys.deps] == ["Bootvar"]


NAMES = {"http-fetch": "http_fetch", "decks.openmirage.org": "decksopenmirageorg", "btc-piñata": "btc_piata"}


@pytest.mark.parametrize(("title", "name"), NAMES.items())
@pytest.mark.parametrize("target", ALL)
def test_an_application_s_name_is_spelt_in_ascii_wherever_it_names_something(
    title: str, name: str, target: str
) -> None:
    plan = m.register(title, [foreign("Unikernel", job)]).plan(target=target)
    files = set(plan.files())
    assert f"mirage-unikernel-{name}-{target}.opam" in files
    suffix = {"unix": "", "xen": ".xen", "solo5": f".{target}"}[FAMILY[target]]
    assert plan.root.device.result(plan.info) == f"{name}{suffix}"
    common = {"main.ml", "key_gen.ml", "dune", "dune-project", "Makefile", f"mirage-unikernel-{name}-{target}.opam"}
    script = set() if FAMILY[target] == "unix" else {"link.sh"}
    guests = {
        "xen": {f"{name}.xl", f"{name}.xl.in", f"{name}.xe", f"{name}_libvirt.xml"},
        "virtio": {f"{name}_libvirt.xml"},
    }
    assert files == common | script | guests.get(target, set())


@pytest.mark.parametrize("title", ["", "ñ", "!?", "1st", "42", "é1"])
def test_a_name_that_leaves_nothing_or_starts_with_a_digit_is_refused(title: str) -> None:
    with pytest.raises(InvalidName):
        m.register(title, [])


@given(st.text(max_size=20))
def test_any_name_is_spelt_in_ascii_or_refused(title: str) -> None:
    kept = re.sub(r"[^A-Za-z0-9_]", "", title.replace("-", "_"))
    if not kept or kept[0].isdigit():
        with pytest.raises(FunctoriaError):
            m.register(title, [])
    else:
        assert m.register(title, []).name == kept


def test_a_key_keeps_its_name_on_the_command_line_and_has_another_in_ocaml() -> None:
    key = Key.opt("long-name", m.ipv4_address, default="10.0.0.1")
    assert (key.options, key.call) == (("--long-name",), "(Key_gen.long_name ())")
    plan = register_core("small", [foreign("Unikernel", job, keys=[key])]).plan()
    assert "let long_name ()" in plan.files()["key_gen.ml"]


@pytest.mark.parametrize("target", ALL)
def test_is_unix_is_xen_and_is_solo5_know_the_families(target: str) -> None:
    found = {name: getattr(m, f"is_{name}").evaluate(lambda _: target) for name in FAMILIES}
    assert found == {name: name == FAMILY[target] for name in FAMILIES}
