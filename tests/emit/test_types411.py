"""Every emitted main module of MirageOS 4.11 type-checks without warnings against libraries like the real ones."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st

from functoria import job
from functoria.errors import FunctoriaError, Unsupported
from functoria.testing import recipes
from mirage_devices.v4 import (
    arp,
    block,
    create_ipv4,
    default_network,
    direct_tcp,
    ethif,
    generic_dns_client,
    generic_happy_eyeballs,
    generic_stackv4v6,
    git_http,
    git_ssh,
    git_tcp,
    main,
    mimic_happy_eyeballs,
    netif,
    paf_client,
    ramdisk,
    register,
    runtime_args,
    tcpv4,
    tcpv4v6_of_stackv4v6,
)
from mirage_devices.v4.devices.block import CcmBlock
from mirage_devices.v4.devices.docteur import Docteur
from mirage_devices.v4.devices.http import PafServer
from mirage_devices.v4.devices.kv import Chamelon
from mirage_devices.v4.testing import CATALOGUE, TYPES
from tests.catalogue_rows411 import ALL, FAMILIES, FAMILY, ROWS
from tests.emit.own_modules import SIGNATURES, in_one_file
from tests.emit.plans411 import distinct, plans
from tests.libraries import tree
from tests.libraries.facts import V4
from tests.ocaml_runtime import Runtime
from tests.tools import run

WARNINGS = "@1..3@5..28@30..39@43@46..47@49..57@61..62@67@69@70-40-41-42-44-45-48-58-59-60-66-70"
"""The warnings of dune's default profile, without 70, as in the executable's stanza."""
_ELSEWHERE = {
    "unix": ("solo5", "xen", "unikraft", "macosx"),
    "solo5": ("unix", "xen", "unikraft", "macosx"),
    "xen": ("unix", "solo5", "unikraft", "macosx"),
    "unikraft": ("unix", "solo5", "xen", "macosx"),
}
"""For each family, the suffixes of packages for other families."""


def _directories(runtime: Runtime, family: str) -> list[str]:
    """Return the directories of all libraries that a unikernel of `family` may be compiled with."""
    found = dict.fromkeys(V4.libraries[name].directory for name in tree.OF_4.libraries if name not in V4.virtual)
    found |= dict.fromkeys(
        V4.libraries[name].directory for name, said in V4.virtual.items() if "implements" not in said
    )
    ends = tuple(f"mirage-{kind}-{system}" for kind in ("net", "block") for system in _ELSEWHERE[family])
    paths = [runtime.prefix / "lib" / each for each in found if each[:1] not in "^+" and not each.startswith(ends)]
    return [str(path) for path in paths if path.is_dir()]


def checked(runtime: Runtime, directory: Path, family: str, texts: dict[str, str]) -> str:
    """Return the messages of the type checker for `texts`, by name, for targets of `family`; it stops at the first error."""
    directory.mkdir()
    names = {f"m{number}.ml": name for number, name in enumerate(texts)}
    for file, name in names.items():
        (directory / file).write_text(texts[name])
    there = [word for path in _directories(runtime, family) for word in ("-I", path)]
    packages = ",".join([*tree.OF_4.debian, "lwt.unix"])
    flags = ["-w", WARNINGS, "-strict-sequence", "-strict-formats", "-stop-after", "typing"]
    done = run(
        "ocamlfind", "ocamlc", "-thread", "-package", packages, *there, *flags, *names, cwd=directory, check=False
    )
    said = done.stdout + "\n".join(
        line for line in done.stderr.splitlines() if not line.startswith("findlib: [WARNING]")
    )
    assert bool(done.returncode) == bool(said.strip())
    return said


@pytest.mark.parametrize("family", FAMILIES)
def test_main_modules_of_recorded_configurations_type_check(runtime4: Runtime, tmp_path: Path, family: str) -> None:
    found = distinct(FAMILIES[family])
    assert len(found) > 60
    texts = {f"{name} {target}": in_one_file(plans(target)[name]) for name, target in found.values()}
    assert checked(runtime4, tmp_path / "types", family, texts) == ""


@pytest.mark.parametrize("target", ["unix", "hvt", "xen", "qubes", "unikraft-qemu"])
def test_main_modules_with_each_device_of_the_catalogue_type_check(
    runtime4: Runtime, tmp_path: Path, target: str
) -> None:
    texts = {}
    for name, row in ROWS.items():
        if target not in row.targets:
            continue
        if str(row.impl.signature) in SIGNATURES:
            made: Any = main("Unikernel.Main", row.impl.signature >> job) @ row.impl
        else:
            made = main("Unikernel.Main", job, deps=[row.impl])
        texts[name] = in_one_file(register("small", [made]).plan(target=target))
    assert len(texts) > 50
    assert checked(runtime4, tmp_path / "types", FAMILY[target], texts) == ""


_TYPED = (CcmBlock, Chamelon, Docteur, PafServer)
"""Devices whose runtime argument has a fixed type, which random arguments do not have."""


@pytest.mark.filterwarnings("ignore:two devices claim")
@settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_main_modules_of_random_unikernels_type_check(
    runtime4: Runtime, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    types = data.draw(st.lists(st.sampled_from(TYPES), min_size=1, max_size=4))
    parts = [data.draw(recipes(CATALOGUE, type, depth=3)) for type in types]
    target = data.draw(st.sampled_from(ALL))
    signature: Any = job
    for type in reversed(types):
        signature = type >> signature
    made: Any = main("Unikernel.Main", signature)
    for part in parts:
        made = made @ part.build()
    try:
        plan = register("small", [made], src=None).plan(target=target)
    except FunctoriaError:
        reject()  # a device is not for this target, or two claim one key
    assume(not any(isinstance(node.device, _TYPED) for node in plan.devices))
    directory = tmp_path_factory.mktemp("types") / "types"
    assert checked(runtime4, directory, FAMILY[target], {"random": in_one_file(plan)}) == ""


GIVEN: dict[str, Any] = {
    "dns_servers": ["tcp:1.1.1.1", 'udp:"'],
    "http_headers": {"A": "b", "C": 'd"'},
    "interface": "tap0",
    "ipv4_gateway": "10.0.0.1",
    "ipv4_network": "10.0.0.2/24",
    "ipv6_gateway": "2001:db8::1",
    "ipv6_network": "2001:db8::2/64",
    "monitor": "2001:db8::3",
    "resolver": ["tls:9.9.9.9"],
    "syslog": "10.0.0.3",
}
"""Defaults of runtime arguments; the others are numbers, strings or None, according to their names."""
TEXTS = ("ssh_key", "ssh_password", "ssh_authenticator", "tls_authenticator", "syslog_keyname")
WITHOUT = ("accept_router_advertisements", "ipv4_only", "ipv6_only", "ipv4_optional_network")
"""Runtime arguments without a default."""


def _arguments(**more: str) -> list[Any]:
    """Return each runtime argument of a network with a default, given with `more`."""
    made = []
    for name, function in inspect.getmembers(runtime_args, inspect.isfunction):
        if function.__module__ != runtime_args.__name__ or name[0] == "_" or name in ("runtime_arg", "given"):
            continue
        default = GIVEN.get(name, "text" if name in TEXTS else 2**40 if "timeout" in name else 7)
        made.append(function(*([] if name in WITHOUT else [default]), **more))
    return made


@pytest.mark.parametrize("more", [{}, {"group": "g"}, {"docs": 'A "SECTION"'}, {"group": "g", "docs": "MINE"}], ids=str)
def test_runtime_arguments_with_defaults_type_check(runtime4: Runtime, tmp_path: Path, more: dict[str, str]) -> None:
    arguments = _arguments(**more)
    assert len(arguments) == 29
    plan = register("small", [main("Unikernel", job, runtime_args=arguments)]).plan(target="unix")
    assert checked(runtime4, tmp_path / "types", "unix", {"arguments": in_one_file(plan)}) == ""


def test_runtime_arguments_without_defaults_type_check(runtime4: Runtime, tmp_path: Path) -> None:
    arguments = [
        getattr(runtime_args, name)() for name in [*TEXTS, *WITHOUT, *(set(GIVEN) - {"interface", "ipv4_network"})]
    ]
    plan = register("small", [main("Unikernel", job, runtime_args=arguments)]).plan(target="unix")
    assert checked(runtime4, tmp_path / "types", "unix", {"arguments": in_one_file(plan)}) == ""


NETS = [netif(name) for name in ("tap0", "tap1")]
STACKS = [generic_stackv4v6(net, group=name) for net, name in zip(NETS, ("one", "two"), strict=True)]
EYEBALLS = [generic_happy_eyeballs(stack, group=name) for stack, name in zip(STACKS, ("one", "two"), strict=True)]
CLIENTS = [generic_dns_client(*each) for each in zip(STACKS, EYEBALLS, strict=True)]
TCPS = [tcpv4v6_of_stackv4v6(stack) for stack in STACKS]
CONNECTIONS = [mimic_happy_eyeballs(*each) for each in zip(STACKS, EYEBALLS, CLIENTS, strict=True)]


@pytest.mark.parametrize("same", [True, False])
@pytest.mark.parametrize("target", ["unix", "hvt"])
@pytest.mark.parametrize(
    "made",
    [
        lambda one, two: generic_dns_client(STACKS[one], EYEBALLS[two]),
        lambda one, two: mimic_happy_eyeballs(STACKS[one], EYEBALLS[two], CLIENTS[two]),
        lambda one, two: mimic_happy_eyeballs(STACKS[one], EYEBALLS[one], CLIENTS[two]),
        lambda one, two: git_tcp(TCPS[one], CONNECTIONS[two]),
        lambda one, two: git_ssh(TCPS[one], CONNECTIONS[two]),
        lambda one, two: git_http(TCPS[one], CONNECTIONS[two]),
        lambda one, two: paf_client(TCPS[one], CONNECTIONS[two]),
    ],
)
def test_what_is_over_two_stacks_is_refused_for_it_has_no_type(
    runtime4: Runtime, tmp_path: Path, made: Callable[[int, int], Any], target: str, same: bool
) -> None:
    """Two stacks of sockets are accepted, because they are the same module."""
    impl = made(0, 0 if same else 1)
    app = register("small", [main("Unikernel.Main", impl.signature >> job) @ impl], src=None)
    sockets = {"one-net": "host", "two-net": "host"} if target == "unix" else {}
    if same or sockets:
        given = {key: value for key, value in sockets.items() if key in {each.name for each in app.keys}}
        text = in_one_file(app.plan({"target": target, **given}))
        assert checked(runtime4, tmp_path / "types", FAMILY[target], {"ours": text}) == ""
    if not same:
        with pytest.raises(Unsupported, match=r"over another .* than its own"):
            app.plan(target="hvt")


# Mistakes are reported.


@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        ("network", "(Ethernet1)(Arp1)", "(Arp1)(Ethernet1)", "not included|do not match"),
        ("network", "Ethernet1.connect _netif", "Ethernet1.connect", "type"),
        ("network", "~ipv6_only:", "~ipv6:", "label"),
        ("dns", "(_stackv4v6, _happy_eyeballs)", "_stackv4v6 _happy_eyeballs", "type"),
        ("hello", "let run t =", "let more = 1 2\nlet run t =", "not a function"),
        # Output of the real tool.
        ("piece-git", "(Some 7L)", "(Some 7)", "int64"),
    ],
)
def test_what_is_wrong_is_told(
    runtime4: Runtime, tmp_path: Path, name: str, old: str, new: str, complaint: str
) -> None:
    text = in_one_file(plans("hvt")[name])
    assert old in text
    assert re.search(complaint, checked(runtime4, tmp_path / "types", "solo5", {name: text.replace(old, new)}))


def test_utcp_over_one_version_of_ip_is_refused_for_it_has_no_type(runtime4: Runtime, tmp_path: Path) -> None:
    code = "module Tcp (E : Ethernet.S) (A : Arp.S) = Utcp_mirage.Make (Static_ipv4.Make (E) (A))\n"
    assert "Ipaddr.V4.t" in checked(runtime4, tmp_path / "theirs", "unix", {"utcp": code})
    over_both = "module Tcp (I : Tcpip.Ip.S with type ipaddr = Ipaddr.t) = Utcp_mirage.Make (I)\n"
    assert checked(runtime4, tmp_path / "ours", "unix", {"utcp": over_both}) == ""
    link = ethif(default_network)
    alone: Any = direct_tcp(create_ipv4(link, arp(link)))
    app = register("small", [main("Unikernel.Main", tcpv4 >> job) @ alone])
    with pytest.raises(Unsupported, match="create_ipv4v6"):
        app.plan(target="unix", utcp=True)
    assert app.plan(target="unix").files()


def test_a_job_s_values_are_of_the_types_of_its_arguments(runtime4: Runtime, tmp_path: Path) -> None:
    """The unikernels that the tests generate only accept values of these types."""
    plan = register("small", [main("Unikernel.Main", block >> job) @ ramdisk("memory")]).plan(target="unix")
    text = in_one_file(plan)
    assert checked(runtime4, tmp_path / "types", "unix", {"ours": text}) == ""
    other = text.replace("Unikernel_main.start _ramdisk", "Unikernel_main.start ()")
    assert other != text
    assert "type" in checked(runtime4, tmp_path / "others", "unix", {"other": other})
